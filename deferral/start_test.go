package deferral

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"installordefer/deferral/settings"
	"installordefer/internal/clock"
)

// spreading are settings whose first check waits up to four hours.
func spreading() settings.Settings {
	set := settings.Defaults()
	set.StartSpread = 4 * time.Hour
	return set
}

// waitsFrom is the situation of a Mac that waits since then.
func waitsFrom(t *testing.T, uuid string, now clock.Moment) Situation {
	t.Helper()
	s, _ := wakesAt(State{}, spreading(), now)
	if a := Decide(s); a.Do != LookAtHardware {
		t.Fatalf("the first wake does %q (%s)", a.Do, a.Why)
	}
	s, _ = Apply(s, LookedAtHardware(uuid))
	if a := Decide(s); a.Do == Wait && (!strings.HasPrefix(a.Why, "The first check on this Mac comes at 202") || a.Setting != "StartSpread") {
		t.Errorf("it waits because %s (%s)", a.Why, a.Setting)
	}
	return s
}

// checksAfter is how long a Mac waits that is always on, with a wake each minute.
func checksAfter(t *testing.T, s Situation, by func(after time.Duration) clock.Moment) time.Duration {
	t.Helper()
	for after := time.Duration(0); after <= 5*time.Hour; after += time.Minute {
		next, _ := wakesAt(s.State, s.Settings, by(after))
		switch a := Decide(next); {
		case a.Do == DoCheck:
			return after
		case a.Do != Wait || a.Gate != "start":
			t.Fatalf("after %v: %q (%s)", after, a.Do, a.Why)
		}
		s.State = next.State.Marked(next.Now)
	}
	t.Fatal("there is no check within five hours")
	return 0
}

func TestTheFirstCheckWaitsForItsShare(t *testing.T) {
	t.Run("of the Mac, and never for longer than StartSpread", func(t *testing.T) {
		var sum time.Duration
		for i := range 40 {
			uuid := fmt.Sprintf("0A1B2C3D-0000-5000-8000-%012X", i)
			after := checksAfter(t, waitsFrom(t, uuid, at(0)), at)
			if again := checksAfter(t, waitsFrom(t, uuid, at(90*days)), func(d time.Duration) clock.Moment { return at(90*days + d) }); again != after {
				t.Errorf("one Mac waits %v and then %v", after, again)
			}
			if sum += after; after > 4*time.Hour {
				t.Errorf("a Mac waits %v", after)
			}
		}
		if mean := sum / 40; mean < 90*time.Minute || mean > 150*time.Minute {
			t.Errorf("Macs wait %v on the average", mean)
		}
	})
	const late = "0A1B2C3D-0000-5000-8000-000000000003"
	whole := checksAfter(t, waitsFrom(t, late, at(0)), at)
	t.Run("whatever the clock is set to", func(t *testing.T) {
		for _, off := range []time.Duration{-20 * 365 * days, -days, -time.Hour} {
			after := checksAfter(t, waitsFrom(t, late, at(0)), func(after time.Duration) clock.Moment {
				now := at(after)
				now.Wall = now.Wall.Add(off)
				return now
			})
			if after != whole {
				t.Errorf("set by %v it waits %v instead of %v", off, after, whole)
			}
		}
	})
	t.Run("also where each start of the Mac begins in the same year", func(t *testing.T) {
		after := checksAfter(t, waitsFrom(t, late, at(0)), func(after time.Duration) clock.Moment {
			return clock.Moment{Wall: at(0).Wall, Continuous: after%(20*time.Minute) + 1, Boot: clock.Boot(fmt.Sprint("start ", after/(20*time.Minute)))}
		})
		if after > 4*time.Hour+20*time.Minute {
			t.Errorf("it waits %v", after)
		}
	})
	t.Run("and a Mac that was off meanwhile does not wait again", func(t *testing.T) {
		s := waitsFrom(t, late, at(0))
		s, _ = wakesAt(s.State, spreading(), clock.Moment{Wall: at(9 * time.Hour).Wall, Continuous: time.Minute, Boot: "next"})
		if a := Decide(s); a.Do != DoCheck {
			t.Errorf("it does %q (%s)", a.Do, a.Why)
		}
	})
}

func TestTheFirstCheckDoesNotWait(t *testing.T) {
	for name, change := range map[string]func(*Situation){
		"without StartSpread":      func(s *Situation) { s.Settings.StartSpread = 0 },
		"with SkipDeferral":        func(s *Situation) { s.Settings.SkipDeferral = true },
		"in a round taken over":    func(s *Situation) { s.State.ForcedAfter = at(days).Wall },
		"once a check has failed":  func(s *Situation) { s.State.LastCheck = Check{At: at(-time.Hour), Outcome: Unknown, Failed: 1} },
		"on a Mac that cannot say": func(s *Situation) { *s, _ = Apply(*s, LookedAtHardware("")) },
	} {
		t.Run(name, func(t *testing.T) {
			s, _ := wakesAt(State{}, spreading(), at(0))
			change(&s)
			if a := Decide(s); a.Do != DoCheck {
				t.Errorf("it does %q (%s)", a.Do, a.Why)
			}
		})
	}
}

func TestARoundAfterTheWaitKnowsNothingOfIt(t *testing.T) {
	s := waitsFrom(t, "one", at(0))
	s.Now = at(4 * time.Hour)
	got := s.State.Checked(Found, []Update{tahoe}, spreading(), intel, s.Now, time.UTC)
	want := State{}.Checked(Found, []Update{tahoe}, spreading(), intel, s.Now, time.UTC)
	if got.Changed(want) {
		t.Errorf("%+v, want %+v", got, want)
	}
}
