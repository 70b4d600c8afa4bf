package wake

import (
	"testing"
	"time"

	"installordefer/deferral"
	"installordefer/deferral/settings"
	"installordefer/internal/clock"
	"installordefer/internal/macos"
	"installordefer/internal/statusfile"
)

// inRound is a round that began at noon and whose deadline is three days later.
func inRound(updates ...deferral.Update) (deferral.State, clock.Moment) {
	now := clock.Moment{Wall: time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC), Continuous: time.Hour, Boot: "B"}
	return deferral.State{Migrated: true}.Checked(deferral.Found, updates, settings.Defaults(), macos.Machine{Build: "25G72"}, now, time.UTC), now
}

func TestStanding(t *testing.T) {
	round, noon := inRound(deferral.Update{Label: "macOS", Name: "macOS 26.7", Version: "26.7", Restart: true, System: true})
	day := 24 * time.Hour
	person := &deferral.People{Present: true, Person: deferral.Person{Name: "ada"}}
	for _, c := range []struct {
		name   string
		state  deferral.State
		after  time.Duration
		people *deferral.People
		edit   func(*deferral.Wake)
		word   statusfile.Word
		waits  string
	}{
		{"a Mac that was never checked", deferral.State{Migrated: true}, 0, nil, nil, statusfile.Unknown, "check"},
		{"a first check that failed", deferral.State{Migrated: true}.Checked(deferral.Unknown, nil, settings.Defaults(), macos.Machine{}, noon, time.UTC), 0, nil, nil, statusfile.Unknown, "check"},
		{"somebody about to be asked", round, time.Minute, person, nil, statusfile.Pending, "answer"},
		{"nobody at the screen", round, time.Minute, &deferral.People{}, nil, statusfile.Pending, "person at the screen"},
		{"a running deferral", round.Deferred(4*time.Hour, noon), time.Minute, nil, nil, statusfile.Deferred, "end of the deferral"},
		{"FileVault at work", round, time.Minute, person, func(w *deferral.Wake) { w.Mac.Is.Converting = true }, statusfile.Blocked, "FileVault"},
		{"somebody in a call", round, time.Minute, person, func(w *deferral.Wake) { w.Busy.Is = true }, statusfile.Pending, "person who is busy"},
		{"a screen that cannot be looked at", round, time.Minute, person, func(w *deferral.Wake) { w.People.Known = false }, statusfile.Blocked, "knowing who is at the screen"},
		{"a passed deadline", round, 3 * day, person, nil, statusfile.Due, "answer"},
		{"a deadline that passed a day ago, and nobody there", round, 4 * day, &deferral.People{Behind: 1}, nil, statusfile.Overdue, "person at the screen"},
		{"what Apple was to enforce a day ago", round, time.Minute, person, declaredFor("26.7", noon.Wall.Add(-day)), statusfile.Overdue, "answer"},
		{"what Apple was to enforce within the day", round, time.Minute, person, declaredFor("26.7", noon.Wall.Add(-day/2)), statusfile.Pending, "Apple's own date"},
		{"another version that Apple was to enforce", round, time.Minute, person, declaredFor("26.6.2", noon.Wall.Add(-day)), statusfile.Pending, "answer"},
		{"three restarts that changed nothing", stopped(round), time.Minute, nil, nil, statusfile.Blocked, "administrator"},
		{"an installation that was clicked", round, time.Minute, person, func(w *deferral.Wake) { w.Allowed.Consent = deferral.Clicked }, statusfile.Pending, "installation"},
		{"a click on a low battery", round, time.Minute, person, func(w *deferral.Wake) {
			w.Allowed.Consent, w.Mac.Is.OnBattery = deferral.Clicked, true
		}, statusfile.Blocked, "power adapter"},
		{"a person who was asked to install, past the deadline", asked(round, noon.Add(3*day)), 3*day + time.Hour, person, nil, statusfile.Overdue, "person in Software Update"},
		{"a proof that nothing is left", deferral.State{Migrated: true, Proven: true}, 0, nil, nil, statusfile.Current, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			now := noon
			now.Wall, now.Continuous = now.Wall.Add(c.after), now.Continuous+c.after
			s := deferral.Situation{
				Settings: settings.Defaults(), State: c.state, Now: now, Zone: time.UTC, Machine: macos.Machine{Build: "25G72"},
			}
			s.Settings.ManualUpdates = c.state.Round.Help != (deferral.Help{})
			s.Wake.Checked = s.State.LastCheck.Outcome != ""
			s.Wake.Downloads = deferral.Labels(s.State.Round.Updates)
			if c.people != nil {
				s.Wake.People = deferral.Look(*c.people, nil, now)
				s.Wake.Mac = deferral.Look(deferral.Condition{}, nil, now)
				s.Wake.Busy = deferral.Look(false, nil, now)
			}
			if c.edit != nil {
				c.edit(&s.Wake)
			}
			word, waits := standing(&s, deferral.Decide(s))
			if word != c.word || waits != c.waits {
				t.Errorf("%s, waiting for %q; want %s, %q", word, waits, c.word, c.waits)
			}
		})
	}
}

// declaredFor has Apple enforce a version by a date.
func declaredFor(version string, by time.Time) func(*deferral.Wake) {
	return func(w *deferral.Wake) {
		v, err := macos.ParseVersion(version)
		if err != nil {
			panic(err)
		}
		w.Declared = deferral.Look(deferral.Declared{Enforced: []deferral.Enforced{{Version: v, By: by}}}, nil, clock.Moment{Wall: by, Boot: "first", Continuous: time.Second})
	}
}

func stopped(st deferral.State) deferral.State {
	st.Round.Restarts = 3
	return st
}

func TestUnnamed(t *testing.T) {
	for _, c := range []struct{ text, name, want string }{
		{"the pane could not be opened for ada", "ada", "the pane could not be opened for the person at the screen"},
		{"/Users/ada/x: no such file", "ada", "/Users/the person at the screen/x: no such file"},
		{"adapter, Canada, ada-1, ada.", "ada", "adapter, Canada, ada-1, the person at the screen."},
		{"ada ada", "ada", "the person at the screen the person at the screen"},
		{"nobody", "", "nobody"},
	} {
		if got := unnamed(c.text, c.name); got != c.want {
			t.Errorf("%q without %q is %q, want %q", c.text, c.name, got, c.want)
		}
	}
}

func TestAHoldIsToldWhateverElseThereIs(t *testing.T) {
	round, noon := inRound(deferral.Update{Label: "Safari", Name: "Safari"})
	for _, after := range []time.Duration{time.Minute, 3 * 24 * time.Hour, 9 * 24 * time.Hour} {
		now := noon
		now.Wall, now.Continuous = now.Wall.Add(after), now.Continuous+after
		s := deferral.Situation{
			Settings: settings.Defaults(), State: round, Now: now, Zone: time.UTC,
			Hold: deferral.Hold{Since: now.Wall.Add(-time.Hour), Until: now.Wall.Add(time.Hour)},
		}
		s.Wake.Checked = true
		s.Wake.Downloads = deferral.Labels(round.Round.Updates)
		if word, waits := standing(&s, deferral.Decide(s)); word != statusfile.Held || waits != "end of the hold" {
			t.Errorf("after %v: %s, waiting for %q", after, word, waits)
		}
	}
}

// asked is a round in which a person was asked at a moment to install what only
// they can.
func asked(s deferral.State, at clock.Moment) deferral.State {
	s.Round.Help = deferral.Help{At: at}
	return s
}
