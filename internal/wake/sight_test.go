package wake

import (
	"testing"
	"time"

	"installordefer/deferral"
	"installordefer/prompt"
)

// A helper takes a moment to bring its dialog up, and counts down meanwhile. Its
// countdown begins again with the first look that sees it, so that it does not end
// before the one of the root job, and a dialog come back for the difference.
func TestTheCountdownOnTheScreenBeginsWhenItIsSeen(t *testing.T) {
	opening := func(now time.Duration) prompt.Sight {
		if now < time.Hour+2*time.Second {
			return prompt.Opening
		}
		return prompt.Shown
	}
	for _, c := range []struct {
		name  string
		begin func(w *wake) (deferral.Event, error)
	}{
		{"the final prompt", func(w *wake) (deferral.Event, error) {
			return w.countDown(t.Context(), deferral.Act{Do: deferral.FinalPrompt, Who: ada, For: 10 * time.Minute, Patience: time.Hour})
		}},
		{"the time to save", func(w *wake) (deferral.Event, error) {
			w.s.State.Round.Step = deferral.Step{Kind: deferral.StepSoft, At: w.s.Now}
			w.s.Wake.Restart.Allowed = deferral.Allowed{Consent: deferral.CountedDown, Who: ada}
			return w.timeToSave(t.Context(), deferral.Act{Do: deferral.TimeToSave, Who: ada, For: 10 * time.Minute, Patience: time.Hour})
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := fake{sight: opening}
			w := f.wake()
			w.s.State.ForcedAfter = time.Unix(1, 0)
			if _, err := c.begin(w); err != nil {
				t.Fatal(err)
			}
			if len(f.dialogs) != 1 {
				t.Errorf("%d dialogs came up", len(f.dialogs))
			}
			if n := len(f.changes); n == 0 || f.changes[n-1].Countdown == nil || *f.changes[n-1].Countdown != 10*time.Minute {
				t.Errorf("the countdown was set %d times, want the last time to 10 minutes", n)
			}
		})
	}
}

func TestADialogThatIsGoneIsNotSeen(t *testing.T) {
	for _, tt := range []struct {
		name        string
		opening, up time.Duration
	}{
		{"it was up at once", 0, 3 * time.Second},
		{"it came up late, and went as the condition of the Mac was read", 56 * time.Second, 5 * time.Second},
	} {
		t.Run(tt.name, func(t *testing.T) {
			f := &fake{talks: true, lasts: tt.opening + tt.up, answer: &prompt.Answer{Result: prompt.ResultNone, Why: "the helper was killed or crashed"}}
			f.sight = func(now time.Duration) prompt.Sight {
				if now < time.Hour+tt.opening {
					return prompt.Opening
				}
				return prompt.Shown
			}
			f.network = func(now time.Duration) bool {
				if now >= time.Hour+tt.opening+tt.up {
					f.now = f.now.Add(8 * time.Second) // what the Mac's condition is takes that long to tell
				}
				return false
			}
			w := f.wake()
			w.s.State.ForcedAfter = time.Unix(1, 0)
			w.s.State.LastCheck.Failed = 1
			e, err := w.countDown(t.Context(), deferral.Act{Do: deferral.FinalPrompt, Who: ada, For: 10 * time.Minute, Patience: time.Hour})
			if err != nil {
				t.Fatal(err)
			}
			if a := e.(deferral.Answered).Answer; a.After != tt.up {
				t.Errorf("of a dialog that was up for %v, %v counts", tt.up, a.After)
			}
		})
	}
}
