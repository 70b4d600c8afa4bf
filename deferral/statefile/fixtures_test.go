package statefile

import (
	"time"

	"installordefer/deferral"
	"installordefer/deferral/settings"
	"installordefer/internal/clock"
	"installordefer/internal/macos"
)

var (
	monday = time.Date(2026, 11, 23, 10, 0, 0, 0, time.UTC)
	safari = deferral.Update{Label: "Safari27.0TahoeAuto-27.0", Name: "Safari 27.0"}
	tahoe  = deferral.Update{Label: "macOS Tahoe 26.7-25G229", Name: "macOS Tahoe 26.7", Restart: true, System: true}
	intel  = macos.Machine{Build: "25G72"}
)

func at(after time.Duration) clock.Moment {
	return clock.Moment{Wall: monday.Add(after), Continuous: time.Hour + after, Boot: "first"}
}

// found is a Mac on which updates were found at monday.
func found(set settings.Settings, updates ...deferral.Update) deferral.State {
	return deferral.State{}.Checked(deferral.Found, updates, set, intel, at(0), time.UTC)
}

func situation(st deferral.State, after time.Duration) deferral.Situation {
	return situationAt(st, at(after))
}

// situationAt is a wake in which everything has been looked at and checked, with
// somebody at the screen.
func situationAt(st deferral.State, now clock.Moment) deferral.Situation {
	s := deferral.Situation{Settings: settings.Defaults(), State: st, Now: now, Machine: intel, Zone: time.UTC}
	s.Wake.Checked, s.Wake.Downloads = true, deferral.Labels(st.Round.Updates)
	s.Wake.Mac = deferral.Look(deferral.Condition{}, nil, now)
	s.Wake.People = deferral.Look(deferral.People{Present: true, Person: deferral.Person{Name: "ada", UID: 501}}, nil, now)
	return s
}

// A decided is what a wake begins with.
type decided struct {
	deferral.Act
	State deferral.State
}

func decide(s deferral.Situation) decided {
	s, _ = deferral.Apply(s, deferral.Woke{First: true})
	return decided{deferral.Decide(s), s.State}
}
