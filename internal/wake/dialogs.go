package wake

import (
	"time"

	"installordefer/deferral"
	"installordefer/internal/dialogs"
	"installordefer/prompt"
)

// dialog returns a dialog of kind with all that every dialog shares.
func (w *wake) dialog(kind prompt.Kind, updates []deferral.Update) prompt.Dialog {
	w.tick()
	d := dialogs.Of(kind, w.s.Settings)
	d.OSVersion, d.Portable = w.machine.Version, w.portable
	d.Failed = prompt.Failing(w.s.State.Round.Because)
	d.Opened = w.s.Now.Wall.In(w.Zone)
	if !w.s.State.ForcedAfter.IsZero() {
		d.Deadline, d.TimeLeft = w.s.Comes(time.Time{})
		d.TimeLeft = max(d.TimeLeft, 0)
	}
	d.Rapid = len(updates) > 0 && allRapid(updates)
	d.Updates = append(w.items(updates, true), w.items(updates, false)...)
	return d
}

// items are the updates that restart the Mac, or those that do not. What
// restarts it comes first in every dialog, so that nobody takes the next one
// for other updates.
func (w *wake) items(updates []deferral.Update, restart bool) []prompt.Item {
	var items []prompt.Item
	for _, u := range updates {
		if u.Restart != restart {
			continue
		}
		size, known := w.sizes[u.Label]
		if !known {
			size = -1
		}
		items = append(items, prompt.Item{Name: u.Name, SizeKiB: size, Restart: u.Restart})
	}
	return items
}

// way is how updates come to be installed: as soon as one of them needs the
// person, they have to be told so.
func (w *wake) way(updates []deferral.Update) prompt.Way {
	m, set := w.s.Machine, w.s.Settings
	switch {
	case len(deferral.MakePlan(updates, m, set).Assisted) == 0:
		return prompt.Itself
	case deferral.TakesPassword(m, set):
		return prompt.WithPassword
	}
	return prompt.ByPerson
}
