package deferral

import (
	"strings"
	"testing"
	"time"

	"installordefer/deferral/settings"
	"installordefer/internal/clock"
	"installordefer/internal/macos"
)

func TestWhatMDMDefersKeepsTheJob(t *testing.T) {
	wakes := func(st State, after time.Duration) Situation {
		s := situation(st, after)
		s.Wake.Checked = false
		return s
	}
	checked := func(s Situation) State {
		s, _ = Apply(s, Checked{Outcome: Withheld, Withheld: "macOS Tahoe 26.7"})
		return s.State
	}
	for name, st := range map[string]State{"before a round": {Migrated: true}, "in a round": found(settings.Defaults(), tahoe), "after a first none": found(settings.Defaults(), safari).Checked(None, nil, settings.Defaults(), intel, at(time.Hour), time.UTC)} {
		t.Run(name, func(t *testing.T) {
			began := 2 * time.Hour
			st := checked(wakes(st, began))
			for after := began; after < began+5*days; after += 5 * time.Minute {
				s := wakes(st, after)
				switch d := Decide(s); {
				case d.Do == DoCheck:
					since, _ := s.Now.Since(st.LastCheck.At)
					if since < 24*time.Hour || since > 24*time.Hour+5*time.Minute {
						t.Fatalf("after %v it checks, %v after the last time", after, since)
					}
					st = checked(s)
				case d.Do != Wait:
					t.Fatalf("after %v: %q (%s)", after, d.Do, d.Why)
				case !strings.Contains(d.Why, "MDM defers macOS Tahoe 26.7"):
					t.Fatalf("it says %q", d.Why)
				}
			}
			if st.Proven {
				t.Error("it is proven that nothing is left")
			}
			back := st.Checked(Found, []Update{tahoe}, settings.Defaults(), intel, at(began+5*days), time.UTC)
			if back.Withheld != "" || !back.Active() {
				t.Errorf("MDM lets go, and the state is %+v", back)
			}
			none := st.Checked(None, nil, settings.Defaults(), intel, at(began+5*days), time.UTC)
			if none.Proven || none.FirstNone == (clock.Moment{}) {
				t.Error("what MDM deferred counts as a first \"none\"")
			}
		})
	}
	t.Run("a check that fails is tried again as ever", func(t *testing.T) {
		st := checked(wakes(State{Migrated: true}, 0)).Checked(Unknown, nil, settings.Defaults(), intel, at(time.Hour), time.UTC)
		if d := Decide(wakes(st, 2*time.Hour)); d.Do != DoCheck {
			t.Errorf("%q (%s)", d.Do, d.Why)
		}
	})
}

func TestASecondNoneComesHoursLaterWhileWhatTheRoundIsForDoesNotRun(t *testing.T) {
	brings := tahoe
	brings.Version = "26.7"
	old, updated := macos.Machine{Version: "26.6", Build: "25G72"}, macos.Machine{Version: "26.7", Build: "25G229"}
	none := func(st State, m macos.Machine, after time.Duration, boot clock.Boot) State {
		now := at(after)
		now.Boot = boot
		return st.Checked(None, nil, settings.Defaults(), m, now, time.UTC)
	}
	boot := at(0).Boot
	st := State{Migrated: true}.Checked(Found, []Update{brings}, settings.Defaults(), old, at(0), time.UTC)
	first := none(st, old, time.Hour, boot)
	for name, c := range map[string]struct {
		st     State
		proven bool
	}{
		"five minutes later": {none(first, old, time.Hour+5*time.Minute, boot), false},
		"five hours later":   {none(first, old, 6*time.Hour, boot), false},
		"six hours later":    {none(first, old, 7*time.Hour, boot), true},
		"after a restart":    {none(first, old, time.Hour+5*time.Minute, "another"), true},
		"five minutes later, and what it is for runs":    {none(first, updated, time.Hour+5*time.Minute, boot), true},
		"five minutes later, in a round without a macOS": {none(none(found(settings.Defaults(), safari), old, time.Hour, boot), old, time.Hour+5*time.Minute, boot), true},
	} {
		if c.st.Proven != c.proven {
			t.Errorf("%s: proven is %v", name, c.st.Proven)
		}
	}
	s := situation(first, time.Hour+10*time.Minute)
	s.Machine, s.Wake.Checked = old, false
	if d := Decide(s); d.Do != Wait || !strings.Contains(d.Why, brings.Name) || d.For < 5*time.Hour {
		t.Errorf("%q for %v: %s", d.Do, d.For, d.Why)
	}
}
