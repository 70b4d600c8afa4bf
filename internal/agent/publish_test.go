package agent

import (
	"testing"
	"time"

	"installordefer/deferral"
	"installordefer/deferral/settings"
	"installordefer/internal/clock"
	"installordefer/internal/statusfile"
)

// inRound is a round that began at noon and whose deadline is three days later.
func inRound(updates ...deferral.Update) (deferral.State, clock.Moment) {
	now := clock.Moment{Wall: time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC), Continuous: time.Hour, Boot: "B"}
	return deferral.State{Migrated: true}.Checked(deferral.Found, updates, settings.Defaults(), deferral.Machine{Build: "25G72"}, now, time.UTC), now
}

func TestStanding(t *testing.T) {
	round, noon := inRound(deferral.Update{Label: "macOS", Name: "macOS 26.7", Restart: true, System: true})
	day := 24 * time.Hour
	person := &deferral.Facts{Person: true}
	for _, c := range []struct {
		name    string
		state   deferral.State
		after   time.Duration
		facts   *deferral.Facts
		consent deferral.Consent
		word    statusfile.Word
		waits   string
	}{
		{"a Mac that was never checked", deferral.State{Migrated: true}, 0, nil, "", statusfile.Unknown, "check"},
		{"a first check that failed", deferral.State{Migrated: true}.Checked(deferral.Unknown, nil, settings.Defaults(), deferral.Machine{}, noon, time.UTC), 0, nil, "", statusfile.Unknown, "check"},
		{"somebody about to be asked", round, time.Minute, person, "", statusfile.Pending, "answer"},
		{"nobody at the screen", round, time.Minute, &deferral.Facts{}, "", statusfile.Pending, "person at the screen"},
		{"a running deferral", round.Deferred(4*time.Hour, noon), time.Minute, nil, "", statusfile.Deferred, "end of the deferral"},
		{"FileVault at work", round, time.Minute, &deferral.Facts{Person: true, Converting: true}, "", statusfile.Blocked, "FileVault"},
		{"a screen that cannot be looked at", round, time.Minute, &deferral.Facts{Unclear: true}, "", statusfile.Blocked, "knowing who is at the screen"},
		{"a passed deadline", round, 3 * day, person, "", statusfile.Due, "answer"},
		{"a deadline that passed a day ago, and nobody there", round, 4 * day, &deferral.Facts{Behind: 1}, "", statusfile.Overdue, "person at the screen"},
		{"three restarts that changed nothing", stopped(round), time.Minute, nil, "", statusfile.Blocked, "administrator"},
		{"an installation that was clicked", round, time.Minute, person, deferral.Clicked, statusfile.Pending, "installation"},
		{"a proof that nothing is left", deferral.State{Migrated: true, Proven: true}, 0, nil, "", statusfile.Current, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			now := noon
			now.Wall, now.Continuous = now.Wall.Add(c.after), now.Continuous+c.after
			s := deferral.Situation{
				Settings: settings.Defaults(), State: c.state, Now: now, Zone: time.UTC, Facts: c.facts, Consent: c.consent,
				Checked: true, Downloaded: true, Machine: deferral.Machine{Build: "25G72"},
			}
			if s.State.LastCheck.Outcome == "" {
				s.Checked = false
			}
			word, waits := standing(s, deferral.Decide(s))
			if word != c.word || waits != c.waits {
				t.Errorf("%s, waiting for %q; want %s, %q", word, waits, c.word, c.waits)
			}
		})
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
