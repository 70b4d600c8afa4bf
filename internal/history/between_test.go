package history

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"installordefer/deferral"
	"installordefer/deferral/settings"
	"installordefer/internal/clock"
)

// TestBetween lives a round, save by save.
func TestBetween(t *testing.T) {
	now := clock.Moment{Wall: noon, Continuous: time.Hour, Boot: "B"}
	updates := []deferral.Update{{Label: "macOS", Name: "macOS 26.7", Restart: true, System: true}, {Label: "Safari", Name: "Safari"}}
	states := []deferral.State{{}, {Migrated: true}}
	do := func(change func(*deferral.State)) {
		next := states[len(states)-1]
		change(&next)
		states = append(states, next)
	}
	do(func(s *deferral.State) {
		s.Round.Updates, s.Round.MaxDeferral = updates, 72*time.Hour
		s.Round.Began, s.Round.Deadline, s.ForcedAfter = now, noon.Add(72*time.Hour), noon.Add(72*time.Hour)
	})
	do(func(s *deferral.State) { s.Round.Prompts++ })
	do(func(s *deferral.State) { s.Round.Deferrals, s.DeferredUntil = 1, noon.Add(4*time.Hour) })
	do(func(s *deferral.State) { s.Round.Spent, s.Round.Mark = time.Hour, now })
	do(func(s *deferral.State) { s.Round.NoAnswers++ })
	do(func(s *deferral.State) {
		s.Round.Allowed = 72 * time.Hour
		*s = s.TimedOut(settings.Settings{DeferralPeriod: 2 * time.Hour}, now)
	})
	do(func(s *deferral.State) {
		s.LastError = deferral.Trouble{Text: "Apple's tool said: no space.", At: noon}
	})
	do(func(s *deferral.State) {
		s.Round.Pause = deferral.Pause{From: now, For: 15 * time.Minute, Why: "The updates have to wait for the Mac."}
	})
	do(func(s *deferral.State) {
		s.Round.Step = deferral.Step{Kind: deferral.StepInstall, Labels: []string{"Safari"}}
	})
	do(func(s *deferral.State) {
		s.Round.Step = deferral.Step{Kind: deferral.StepSoft, Labels: []string{"macOS"}}
	})
	do(func(s *deferral.State) { s.Round.Step.Kind = deferral.StepHard })
	do(func(s *deferral.State) {
		s.ForcedAfter, s.Round.Deadline = noon.Add(24*time.Hour), noon.Add(24*time.Hour)
	})
	do(func(s *deferral.State) { s.Round.Scope = "another" })
	do(func(s *deferral.State) { s.Round.Restarts = 3 })
	do(func(s *deferral.State) { s.Proven = true })
	var got [][2]string
	for i := range states[1:] {
		for _, e := range Between(states[i], states[i+1]) {
			got = append(got, [2]string{string(e.What), e.Text + " " + e.Setting})
			if e.Until != nil {
				got[len(got)-1][1] += " " + e.Until.Format(time.DateTime)
			}
		}
	}
	want := [][2]string{
		{"check", "Missing: macOS 26.7, Safari. "},
		{"deadline", "A deadline was set. MaxDeferralTime 2026-11-26 12:00:00"},
		{"prompt", "Somebody was asked to run the updates or to defer. "},
		{"answer", "The updates were deferred.  2026-11-23 16:00:00"},
		{"answer", "There was no answer.  2026-11-23 16:00:00"},
		{"answer", "There was no answer. PromptTimeout 2026-11-23 14:00:00"},
		{"failure", "Apple's tool said: no space. "},
		{"obstacle", "The updates have to wait for the Mac.  2026-11-23 12:15:00"},
		{"attempt", "Installing: Safari. "},
		{"restart", "A restart was begun that lets apps save. "},
		{"restart", "A restart was begun that does not ask. "},
		{"deadline", "The deadline was brought nearer.  2026-11-24 12:00:00"},
		{"settings", "The profile or the settings of the round have changed. "},
		{"obstacle", "The updates are still missing after three restarts. Nothing more is enforced until an administrator has looked at this Mac. "},
		{"end", "Nothing is left to install, and that is proven. "},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}
