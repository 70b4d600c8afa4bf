package agent

import (
	"time"

	"installordefer/deferral"
	"installordefer/prompt"
)

// dialog returns a dialog of kind with everything that all dialogs share.
func (w *wake) dialog(kind prompt.Kind, heading, body string, updates []deferral.Update, last bool) prompt.Dialog {
	f := w.templateFacts(updates, last)
	d := prompt.Dialog{
		Kind:       kind,
		Logo:       w.set.MessagingLogo,
		OSVersion:  w.machine.OSVersion,
		RunLabel:   w.set.InstallButtonLabel,
		DeferLabel: w.set.DeferButtonLabel,
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
	f := prompt.Facts{
		TimeLeft:  w.st.TimeLeft(w.now()),
		Deadline:  w.deadline(),
		Mechanism: prompt.Mechanism(w.machine.OSVersion),
		Contact:   w.set.SupportContact,
		Last:      last,
	}
	for _, u := range updates {
		f.Updates = append(f.Updates, u.Name)
		f.Restart = f.Restart || u.Restart
	}
	return f
}

// deadline is the deadline as it will come about: on a clock that is right
// the one that is stored.
func (w *wake) deadline() time.Time {
	now := w.now()
	comes := now.Wall.Add(w.st.TimeLeft(now)).Truncate(time.Second)
	if d := w.st.ForcedAfter.Sub(comes); d >= 0 && d <= time.Second {
		comes = w.st.ForcedAfter
	}
	return comes.In(w.Zone)
}

// render fills in a message. What is wrong with a message was reported when
// the settings were read; it is shown as it is written.
func (w *wake) render(text string, f prompt.Facts) string {
	s, _ := prompt.Render(text, f)
	return s
}

// choices are the deferrals that the prompt offers: those of the settings that
// end before the deadline, or the one that ends with it.
func (w *wake) choices() []prompt.Choice {
	lengths := w.set.DeferralChoices
	if len(lengths) == 0 {
		lengths = []time.Duration{w.set.DeferralPeriod}
	}
	now := w.now()
	left := w.st.TimeLeft(now)
	var out []prompt.Choice
	for _, d := range lengths {
		if d < left {
			out = append(out, prompt.Choice{For: d, Until: now.Wall.Add(d).In(w.Zone)})
		}
	}
	if len(out) == 0 {
		out = append(out, prompt.Choice{For: left, Until: w.deadline()})
	}
	return out
}
