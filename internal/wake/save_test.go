package wake

import (
	"slices"
	"testing"
	"time"

	"installordefer/deferral"
	"installordefer/launchd"
	"installordefer/prompt"
)

func from(start time.Duration) func(time.Duration) bool { return between(start, 1<<60) }

func between(start, end time.Duration) func(time.Duration) bool {
	return func(at time.Duration) bool { return at >= time.Hour+start && at-time.Hour < end }
}

func TestTheTimeToSaveIsGivenToWhomItIsFor(t *testing.T) {
	closed := &prompt.Answer{Result: prompt.ResultNone}
	tests := []struct {
		name string
		mac  fake
		why  string
		left bool
		// counted is set where a countdown has allowed the restart, and no click.
		counted bool
		took    time.Duration
		asked   bool
	}{
		{name: "she has all of it", took: 5 * time.Minute, asked: true},
		{name: "a dialog that she closes comes back, and the time goes on", mac: fake{answer: closed, lasts: time.Second}, took: 5 * time.Minute, asked: true},
		{name: "she does not want to wait", mac: fake{answer: &prompt.Answer{Result: prompt.ResultRun}, lasts: 20 * time.Second}, took: 20 * time.Second, asked: true},
		{name: "a dialog that never comes up has asked nobody", mac: fake{broken: true}, took: 5 * time.Minute, why: "The dialog about saving could not be shown to ada."},
		{name: "a dialog that a helper never shows has asked nobody", mac: fake{sight: says(prompt.Opening)}, took: 5 * time.Minute, why: "The dialog about saving could not be shown to ada."},
		{name: "other windows cover the dialog", mac: fake{sight: saysAfter(time.Minute, prompt.Covered)}, took: 5*time.Minute + 55*time.Second, asked: true, why: "The dialog about saving could not be shown to ada."},
		{name: "she locks the screen after her click, and her helper says so", mac: fake{locked: from(time.Minute), sight: saysAfter(time.Minute, prompt.Locked)}, took: 5 * time.Minute, asked: true},
		{name: "another takes the screen", mac: fake{console: after(time.Minute, at(grace), nil)}, took: time.Minute, asked: true, why: "Another person has come to the screen and is told first."},
		{name: "nobody can tell who is there", mac: fake{console: after(time.Minute, launchd.Console{}, launchd.ErrUnsettled)}, took: time.Minute, asked: true, why: "Could not tell who is logged in."},
		{name: "she goes behind the login window", mac: fake{console: after(time.Minute, launchd.Console{Behind: 1}, nil)}, took: time.Minute, asked: true,
			why: "The login window is up, but 1 person is logged in behind it."},
		{name: "she locks the screen after her click and goes", mac: fake{locked: from(time.Minute)}, took: 5 * time.Minute, asked: true},
		{name: "she locks the screen after a countdown", mac: fake{locked: from(time.Minute)}, counted: true, took: 5*time.Minute + 55*time.Second, asked: true,
			why: "The screen is locked. The countdown waits until it is unlocked."},
		{name: "she locks the screen for two minutes after a countdown", mac: fake{locked: between(time.Minute, 3*time.Minute)}, counted: true, took: 7 * time.Minute, asked: true},
		{name: "the lid is closed", mac: fake{dark: from(time.Minute)}, took: 5*time.Minute + 55*time.Second, asked: true,
			why: "The Mac is awake without its display, so nothing is shown, installed or restarted."},
		{name: "she logs out", mac: fake{console: after(time.Minute, launchd.Console{}, nil)}, took: time.Minute, asked: true, left: true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			f := &tt.mac
			w := f.wake()
			w.s.State.Round.Step = deferral.Step{Kind: deferral.StepSoft, At: f.now}
			w.s.Wake.Restart.Allowed = deferral.Allowed{Consent: deferral.Clicked, Who: ada}
			if tt.counted {
				w.s.Wake.Restart.Allowed.Consent = deferral.CountedDown
				w.s.State.ForcedAfter = time.Unix(1, 0)
			}
			begun := f.now
			e, err := w.timeToSave(t.Context(), deferral.Decide(w.s))
			if err != nil {
				t.Fatal(err)
			}
			took, _ := f.now.Since(begun)
			if err := w.take(e); err != nil {
				t.Fatal(err)
			}
			next := deferral.Decide(w.s)
			if next.Do == deferral.GiveUp != (tt.why != "") || tt.why != "" && next.Why != tt.why || next.Unattended != tt.left {
				t.Errorf("then %s, because %q, unattended %v; want %q, %v", next.Do, next.Why, next.Unattended, tt.why, tt.left)
			}
			if over := took - tt.took; over < 0 || over > deferral.TimeToSave.Tick() {
				t.Errorf("it took %v, want %v", took, tt.took)
			}
			asked := slices.ContainsFunc(f.saved, func(s deferral.Step) bool { return s.Asked && s.AskedUID == ada.UID })
			if asked != tt.asked {
				t.Errorf("that she was asked is saved: %v, want %v", asked, tt.asked)
			}
		})
	}
}
