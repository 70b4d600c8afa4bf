package wake

import (
	"installordefer/deferral"
	"installordefer/prompt"
)

// dialog returns a dialog of kind with everything that all dialogs share.
func (w *wake) dialog(kind prompt.Kind, heading, body string, updates []deferral.Update, last bool) prompt.Dialog {
	f := w.templateFacts(updates, last)
	d := prompt.Dialog{
		Kind:       kind,
		Logo:       w.s.Settings.MessagingLogo,
		OSVersion:  w.machine.OSVersion,
		RunLabel:   w.s.Settings.InstallButtonLabel,
		DeferLabel: w.s.Settings.DeferButtonLabel,
		TimeLeft:   max(f.TimeLeft, 0),
		Heading:    w.render(heading, f),
		Body:       w.render(body, f),
	}
	for _, u := range updates {
		size, known := w.sizes[u.Label]
		if !known {
			size = -1
		}
		d.Updates = append(d.Updates, prompt.Item{Name: u.Name, SizeKiB: size, Restart: u.Restart})
	}
	return d
}

func (w *wake) templateFacts(updates []deferral.Update, last bool) prompt.Facts {
	w.s.Now = w.now()
	f := prompt.Facts{
		TimeLeft:  w.s.State.TimeLeft(w.s.Now),
		Deadline:  w.s.Deadline(),
		Mechanism: prompt.Mechanism(w.machine.OSVersion),
		Contact:   w.s.Settings.SupportContact,
		Last:      last,
	}
	for _, u := range updates {
		f.Updates = append(f.Updates, u.Name)
		f.Restart = f.Restart || u.Restart
	}
	return f
}

// render fills in a message. What is wrong with a message was reported when
// the settings were read; it is shown as it is written.
func (w *wake) render(text string, f prompt.Facts) string {
	s, _ := prompt.Render(text, f)
	return s
}
