package deferral

import (
	"strings"
	"testing"
	"time"

	"installordefer/internal/clock"
)

// atWork is a round past its deadline, with ada at the screen, on a Mac in that
// condition.
func atWork(t *testing.T, c Condition) Situation {
	s := situation(found(read(t, nil), safari, tahoe), 73*time.Hour)
	s.Wake.Mac = Look(c, nil, s.Now)
	return s
}

func TestNoCountdownRunsDownToNothing(t *testing.T) {
	low, roomy := Condition{OnBattery: true, BatteryPercent: 5, FreeKiB: -1}, Condition{FreeKiB: 20e6}
	for _, c := range []struct {
		name string
		mac  Condition
		edit func(*Situation)
		do   Do
		gate string
	}{
		{"the battery is low, and people are told", low, nil, TellObstacle, "power"},
		{"there is no network, and people are told", Condition{Offline: true}, nil, TellObstacle, "network"},
		{"FileVault is at work, and people are told", Condition{Converting: true}, nil, TellObstacle, "conversion"},
		{"Apple's tool lacks space, and people are told", Condition{FreeKiB: 5e6}, func(s *Situation) { s.short(15e6) }, TellObstacle, "space"},
		{"there is room again", roomy, func(s *Situation) { s.short(15e6) }, FinalPrompt, ""},
		{"nobody knows how much is free", Condition{FreeKiB: -1}, func(s *Situation) { s.short(15e6) }, FinalPrompt, ""},
		{"Apple's tool said so a day ago", Condition{FreeKiB: 5e6}, func(s *Situation) { s.short(15e6); s.State.Round.Short.At = at(48 * time.Hour) }, FinalPrompt, ""},
		{"Apple's tool did not say how much it needs", Condition{FreeKiB: 5e6}, func(s *Situation) { s.short(SpaceUnsaid); s.measured() }, TellObstacle, "space"},
		{"a gigabyte has become free since", roomy, func(s *Situation) {
			s.short(SpaceUnsaid)
			s.Wake.Mac.Is.FreeKiB = 19e6
			s.measured()
			s.Wake.Mac.Is = roomy
		}, FinalPrompt, ""},
		{"people were told a moment ago", low, func(s *Situation) { s.State.Round.Told = at(72*time.Hour + 30*time.Minute) }, Wait, "power"},
		{"people were told an hour ago", low, func(s *Situation) { s.State.Round.Told = at(72 * time.Hour) }, TellObstacle, "power"},
		{"people were told in another start of the Mac", low, func(s *Situation) { s.State.Round.Told = clock.Moment{Boot: "another", Continuous: 1} }, TellObstacle, "power"},
		{"the screen is locked, and nobody would see it", low, func(s *Situation) { s.Wake.People.Is.Locked = true }, Wait, "locked"},
		{"nobody is there to be told", low, nobody, Wait, "power"},
		{"she is in a call", low, func(s *Situation) { s.Wake.Busy.Is = true }, Wait, "power"},
		{"she was told in this wake", low, func(s *Situation) { s.Wake.Told = true }, Wait, "power"},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := atWork(t, c.mac)
			if c.edit != nil {
				c.edit(&s)
			}
			if a := Decide(s); a.Do != c.do || a.Gate != c.gate || a.Why == "" {
				t.Errorf("decided %q by %q (%s), want %q by %q", a.Do, a.Gate, a.Why, c.do, c.gate)
			}
		})
	}
	t.Run("one that is up ends when the adapter is gone", func(t *testing.T) {
		s := atWork(t, low)
		if why := MayContinue(s, Act{Do: FinalPrompt, Who: ada}); !strings.Contains(why, "battery") {
			t.Errorf("it goes on: %q", why)
		}
	})
}

func TestWhoeverIsToldOfAnObstacle(t *testing.T) {
	t.Run("is told again as soon as they can see it", func(t *testing.T) {
		s := atWork(t, Condition{Offline: true})
		s, _ = Apply(s, Began{Decide(s)})
		if s.State.Round.Told != s.Now || !s.Wake.Told {
			t.Error("a kill would bring the dialog back at once")
		}
		s, _ = Apply(s, Told{Aside: true})
		s.Wake.Told = false
		if a := Decide(s); a.Do != TellObstacle {
			t.Errorf("decided %q (%s)", a.Do, a.Why)
		}
	})
	t.Run("sees a whole countdown afterwards", func(t *testing.T) {
		s := atWork(t, Condition{Offline: true})
		s.State = s.State.saw(ada.UID, 9*time.Minute)
		allow(&s, CountedDown)
		s, _ = Apply(s, Began{Decide(s)})
		s.Wake.Mac.Is.Offline = false
		s, _ = Apply(s, Told{})
		if a := Decide(s); a.Do != FinalPrompt || a.For != s.Settings.UpdateDelay {
			t.Errorf("decided %q for %v (%s)", a.Do, a.For, a.Why)
		}
	})
	t.Run("hears why the dialog could not be shown from status", func(t *testing.T) {
		s := atWork(t, Condition{Offline: true})
		if s, _ = Apply(s, Told{Failure: "It could not be shown."}); s.State.LastError.Text != "It could not be shown." {
			t.Errorf("the last error is %q", s.State.LastError.Text)
		}
	})
}

func TestAnInstallationThatLacksSpace(t *testing.T) {
	fails := func(failures int, needs int64) Situation {
		s := situation(found(read(t, nil), safari, tahoe), time.Hour)
		s.Wake.Mac = Look(Condition{FreeKiB: 5e6}, nil, s.Now)
		s.State.Round.Failures = failures
		allow(&s, Clicked)
		s, _ = Apply(s, Began{Decide(s)})
		s.Wake.Work.Calls = s.Wake.Work.Calls[:1]
		s, _ = Apply(s, Installed{Failure: "There is no room.", NeedsKiB: needs})
		s.Wake.Recheck, s.Wake.Mac.Last = false, true
		see(&s, People{Person: ada, Present: true})
		return s
	}
	t.Run("is told of at once, and the click is remembered", func(t *testing.T) {
		s := fails(0, 15e6)
		a := Decide(s)
		if a.Do != TellObstacle || a.Gate != "space" || !strings.Contains(a.Why, "5.1 GB free, and Apple's tool needs 15.4 GB") {
			t.Fatalf("decided %q by %q (%s)", a.Do, a.Gate, a.Why)
		}
		if s, _ = Apply(s, Began{a}); !s.State.agreed() {
			t.Error("the click is forgotten")
		}
	})
	for name, s := range map[string]Situation{"pauses the second time": fails(1, 15e6), "pauses where it failed for something else": fails(0, 0)} {
		t.Run(name, func(t *testing.T) {
			if s.State.Round.Pause.left(s.Now) <= 0 {
				t.Error("it goes on at once")
			}
		})
	}
}
