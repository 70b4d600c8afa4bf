package deferral

import (
	"testing"
	"time"

	"installordefer/internal/clock"
)

// helped is a Mac with Apple silicon past its deadline, on which ada has been shown
// the dialog about installing and has put it aside.
func helped(t *testing.T) Situation {
	s := situation(found(read(t, nil), tahoe), 73*time.Hour)
	s.Machine = m1
	for _, e := range []Event{Began{Decide(s)}, PaneOpened{}, Began{Act{Do: Stay, For: time.Hour}}, Stayed{Answered: true},
		Checked{Outcome: Found, Updates: just(tahoe)}} {
		s, _ = Apply(s, e)
	}
	return s
}

// isThere has wakes come every five minutes for so long, with ada at the screen or, with
// locked, behind its lock, and edits the last.
func isThere(s Situation, after time.Duration, locked bool, edit func(*Situation)) Situation {
	for ; after > 5*time.Minute; after -= 5 * time.Minute {
		s = nextWake(s, 5*time.Minute, func(s *Situation) { see(s, People{Person: ada, Present: true, Locked: locked}) })
	}
	return nextWake(s, after, edit)
}

// startsAgain has a wake come after a start of the Mac.
func startsAgain(s *Situation) {
	s.Now.Boot, s.Now.Continuous = "next", time.Hour
	s.State.LastCheck.At, s.State.Round.Mark = s.Now, clock.Moment{Boot: "next", Continuous: 1, Wall: s.Now.Wall}
	s.Wake.Mac.At, s.Wake.Busy.At = s.Now, s.Now
}

func TestOnlyTimeAtTheScreenCountsUntilAPersonIsAskedAgain(t *testing.T) {
	t.Run("time behind the lock does not count", func(t *testing.T) {
		if a := Decide(isThere(helped(t), 20*time.Hour, true, nil)); a.Do != Wait || a.Gate != "asked" {
			t.Errorf("decided %q by %q (%s)", a.Do, a.Gate, a.Why)
		}
	})
	t.Run("nor does what lies before and after a lock", func(t *testing.T) {
		s := helped(t)
		for i := range 80 {
			s = nextWake(s, 5*time.Minute, func(s *Situation) { see(s, People{Person: ada, Present: true, Locked: i%2 == 0}) })
		}
		if left := s.State.Round.Help.left(s.Now); left != AskedApart {
			t.Errorf("%v are left", left)
		}
	})
	t.Run("but a day later they are asked all the same", func(t *testing.T) {
		if a := Decide(isThere(helped(t), 24*time.Hour+5*time.Minute, true, nil)); a.Do != OpenPane {
			t.Errorf("decided %q by %q (%s)", a.Do, a.Gate, a.Why)
		}
	})
	t.Run("or a day after a clock that was ahead is set right", func(t *testing.T) {
		s := isThere(helped(t), 10*time.Minute, true, func(s *Situation) {
			startsAgain(s)
			s.Now.Wall = s.Now.Wall.Add(-48 * time.Hour)
			see(s, People{Person: ada, Present: true, Locked: true})
		})
		if a := Decide(isThere(s, 24*time.Hour+5*time.Minute, true, nil)); a.Do != OpenPane {
			t.Errorf("decided %q by %q (%s)", a.Do, a.Gate, a.Why)
		}
	})
}

func TestAPersonWhoMustInstallIsAskedFourTimesADay(t *testing.T) {
	for _, c := range []struct {
		name  string
		after time.Duration
		edit  func(*Situation)
		do    Do
	}{
		{"a wake later nobody is asked", 5 * time.Minute, nil, Wait},
		{"nor after five hours", 5 * time.Hour, nil, Wait},
		{"but after six", 6*time.Hour + 5*time.Minute, nil, OpenPane},
		{"a start of the Mac makes it no sooner", 5 * time.Hour, startsAgain, Wait},
		{"and hardly later", 6*time.Hour + 15*time.Minute, startsAgain, OpenPane},
		{"nor does a clock that is set back", 6 * time.Hour, func(s *Situation) {
			startsAgain(s)
			s.Now.Wall = s.Now.Wall.Add(-48 * time.Hour)
			s.State.LastCheck.At = s.Now
		}, Wait},
	} {
		t.Run(c.name, func(t *testing.T) {
			if a := Decide(isThere(helped(t), c.after, false, c.edit)); a.Do != c.do {
				t.Errorf("decided %q by %q (%s), want %q", a.Do, a.Gate, a.Why, c.do)
			}
		})
	}
	t.Run("killing the dialog brings it back no sooner", func(t *testing.T) {
		s := situation(found(read(t, nil), tahoe), 73*time.Hour)
		s.Machine = m1
		for _, e := range []Event{Began{Decide(s)}, PaneOpened{}, Began{Act{Do: Stay, For: time.Hour}}, Stayed{Closed: true}} {
			s, _ = Apply(s, e)
		}
		if a := Decide(nextWake(s, 10*time.Minute, nil)); a.Do != Wait {
			t.Errorf("decided %q (%s)", a.Do, a.Why)
		}
	})
	t.Run("one that could not be shown is tried again", func(t *testing.T) {
		s := situation(found(read(t, nil), tahoe), 73*time.Hour)
		s.Machine = m1
		for _, e := range []Event{Began{Decide(s)}, PaneOpened{}, Began{Act{Do: Stay, For: time.Hour}}, Stayed{Closed: true, Failure: "It could not be shown."}} {
			s, _ = Apply(s, e)
		}
		if a := Decide(nextWake(s, 10*time.Minute, nil)); a.Do != OpenPane {
			t.Errorf("decided %q (%s)", a.Do, a.Why)
		}
	})
}

func TestWhatGoesOnUntilAPersonIsAskedAgain(t *testing.T) {
	t.Run("what needs no person is counted down for meanwhile", func(t *testing.T) {
		a := Decide(nextWake(helped(t), 5*time.Minute, func(s *Situation) {
			s.State.Round.Updates = append(s.State.Round.Updates, safari)
		}))
		if a.Do != FinalPrompt {
			t.Errorf("decided %q by %q (%s)", a.Do, a.Gate, a.Why)
		}
	})
	t.Run("and when it is installed nobody is asked for the rest", func(t *testing.T) {
		s := nextWake(helped(t), 5*time.Minute, func(s *Situation) {
			s.State.Round.Updates = append(s.State.Round.Updates, safari)
		})
		allow(&s, CountedDown)
		s.Wake.Mac, s.Wake.People.Last = Look(Condition{}, nil, s.Now), true
		for _, e := range []Event{Began{Decide(s)}, Installed{OK: true}} {
			s, _ = Apply(s, e)
		}
		if s.Wake.Assist != nil || !s.Wake.Recheck {
			t.Errorf("they are helped with %v, and a check follows: %v", s.Wake.Assist, s.Wake.Recheck)
		}
	})
	t.Run("and a deadline that is moved later has its prompts", func(t *testing.T) {
		s := nextWake(helped(t), 5*time.Minute, nil)
		s.State.ForcedAfter, s.State.Round.Allowed = s.Now.Wall.Add(48*time.Hour), 200*time.Hour
		if a := Decide(s); a.Do != Prompt {
			t.Errorf("decided %q by %q (%s)", a.Do, a.Gate, a.Why)
		}
	})
	t.Run("a check follows a start of the Mac", func(t *testing.T) {
		s := nextWake(helped(t), time.Hour, nil)
		s.Now.Boot, s.Wake.Checked = "next", false
		if a := Decide(s); a.Do != DoCheck {
			t.Errorf("decided %q by %q (%s)", a.Do, a.Gate, a.Why)
		}
	})
}

func TestWhyAnInstallationFailedIsKept(t *testing.T) {
	fails := func(because Failing, failure string) State {
		s := situation(found(read(t, nil), safari), time.Hour)
		allow(&s, Clicked)
		for _, e := range []Event{Began{Decide(s)}, Installed{OK: failure == "", Failure: failure, Because: because}} {
			s, _ = Apply(s, e)
		}
		return s.State
	}
	for name, c := range map[string]struct{ got, want Failing }{
		"Apple could not be reached":     {fails(LacksApple, "Why.").Round.Because, LacksApple},
		"something that nobody can name": {fails(NotFailing, "Why.").Round.Because, OtherFailed},
		"it did not fail":                {fails(NotFailing, "").Round.Because, NotFailing},
	} {
		if c.got != c.want {
			t.Errorf("%s: %q, want %q", name, c.got, c.want)
		}
	}
}

func TestWhatWasAllowedPastTheDeadlineWaitsFor(t *testing.T) {
	for name, c := range map[string]struct {
		mac  Fact[Condition]
		want PauseFor
	}{
		"its power adapter":      {Fact[Condition]{Known: true, Is: Condition{OnBattery: true, BatteryPercent: 5}}, PauseForPower},
		"FileVault":              {Fact[Condition]{Known: true, Is: Condition{Converting: true}}, PauseForVault},
		"nothing that is known":  {Fact[Condition]{Known: true}, PauseForTime},
		"what could not be read": {Fact[Condition]{Is: Condition{OnBattery: true, BatteryPercent: 5}}, PauseForTime},
	} {
		t.Run(name, func(t *testing.T) {
			s := situation(found(read(t, nil), safari), 73*time.Hour)
			s.Wake.Mac = c.mac
			allow(&s, Clicked)
			if s, _ = Apply(s, Rested{Gate: "power"}); s.State.Round.Pause.WaitsFor() != c.want {
				t.Errorf("it waits for %v (%s), want %v", s.State.Round.Pause.WaitsFor(), s.State.Round.Pause.Why, c.want)
			}
		})
	}
}
