package deferral

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"installordefer/deferral/settings"
	"installordefer/internal/clock"
)

// has has wakes come every five minutes for so long, with nothing to do in them.
func (f *flow) has(d time.Duration) {
	f.Helper()
	for ; d >= 5*time.Minute; d -= 5 * time.Minute {
		f.later(5 * time.Minute)
		if a := f.does(Wait); a.Gate != "notice" && a.Gate != "locked" {
			f.Fatalf("it waits for %q: %s", a.Gate, a.Why)
		}
	}
}

// toldTo is a round in which ada was asked once.
func toldTo(st State, now clock.Moment) State {
	st.told(501, 0, now)
	return st
}

// hasTheRest has a wake wait for the end of the notice.
func (f *flow) hasTheRest() {
	f.Helper()
	f.later(5 * time.Minute)
	f.comes(f.does(AwaitPrompt).For, Woke{})
}

// returns plays a wake in which everybody has heard what the state says.
func returns(t *testing.T, st State, set settings.Settings, after time.Duration) *flow {
	f := &flow{T: t, people: there(ada)}
	f.s = Situation{Settings: set, State: st, Now: at(after), Machine: intel, Zone: time.UTC}
	f.apply(Woke{First: true})
	return f
}

func TestWhoWasAwayWhenTheDeadlinePassedHasNoticeFirst(t *testing.T) {
	set := settings.Defaults()
	round := found(set, safari)
	asked := toldTo(round, at(time.Hour))
	t.Run("back from leave, with a prompt that can wait for the hour", func(t *testing.T) {
		f := returns(t, asked, set, 500*time.Hour)
		a := f.does(Prompt)
		if want := f.s.Now.Wall.Add(time.Hour); !a.Notice || !a.Last || !a.By.Equal(want) {
			t.Errorf("notice %v, last %v, by %v, want %v", a.Notice, a.Last, a.By, want)
		}
		if offers := f.s.Offers(a); len(offers) != 1 || !offers[0].Until.Equal(a.By) {
			t.Errorf("it offers %v", offers)
		}
		f.answer(a, Defer, time.Minute)
		if a := f.does(Wait); a.Gate != "notice" || a.Setting != "MinimumNotice" {
			t.Errorf("it waits for %q (%s)", a.Gate, a.Setting)
		}
		if f.s.State.Round.Deferrals != 0 || f.s.State.DeferralLeft(f.s.Now) > 0 {
			t.Error("it counts as a deferral")
		}
		f.has(50 * time.Minute)
		f.hasTheRest()
		f.does(FinalPrompt)
	})
	t.Run("a prompt that stays for the hour is the hour", func(t *testing.T) {
		f := returns(t, asked, set, 500*time.Hour)
		a := f.does(Prompt)
		for range 12 {
			f.s.Now = f.s.Now.Add(5 * time.Minute)
			f.apply(Looked{Look(*f.people, nil, f.s.Now)})
		}
		f.answer(a, TimedOut, 0)
		f.does(FinalPrompt)
	})
	t.Run("a click is obeyed at once", func(t *testing.T) {
		f := returns(t, asked, set, 500*time.Hour)
		f.answer(f.does(Prompt), Run, time.Minute)
		f.does(Install)
	})
	t.Run("who is there when it passes, and was asked long before, has had it", func(t *testing.T) {
		returns(t, asked, set, 72*time.Hour+5*time.Minute).does(FinalPrompt)
	})
	t.Run("who was asked half an hour before has the rest", func(t *testing.T) {
		f := returns(t, toldTo(round, at(71*time.Hour+30*time.Minute)), set, 72*time.Hour)
		if a := f.does(Wait); a.Gate != "notice" || a.For != 30*time.Minute {
			t.Errorf("it waits %v for %q", a.For, a.Gate)
		}
		f.has(25 * time.Minute)
		f.later(5 * time.Minute)
		f.does(FinalPrompt)
	})
	t.Run("who was never asked has all of it", func(t *testing.T) {
		returns(t, round, set, 72*time.Hour).does(Prompt)
	})
}

func TestNoticeIsTimeAtTheScreen(t *testing.T) {
	set := settings.Defaults()
	round := found(set, safari)
	asked := toldTo(round, at(time.Hour))
	t.Run("each person has their own", func(t *testing.T) {
		f := returns(t, asked, set, 72*time.Hour)
		f.people = there(grace)
		if a := f.does(Prompt); a.Who != grace {
			t.Errorf("%s is asked", a.Who.Name)
		}
	})
	t.Run("time behind the lock does not count", func(t *testing.T) {
		f := returns(t, asked, set, 500*time.Hour)
		f.answer(f.does(Prompt), Defer, time.Second)
		f.has(30 * time.Minute)
		f.people.Locked = true
		f.has(2 * time.Hour)
		f.people.Locked = false
		f.later(5 * time.Minute)
		if a := f.does(Wait); a.Gate != "notice" || a.For < 25*time.Minute {
			t.Errorf("it waits %v for %q", a.For, a.Gate)
		}
	})
	t.Run("nor does sleep", func(t *testing.T) {
		f := returns(t, asked, set, 500*time.Hour)
		f.answer(f.does(Prompt), Defer, time.Second)
		f.later(3 * time.Hour)
		if a := f.does(Wait); a.Gate != "notice" || a.For < 55*time.Minute {
			t.Errorf("it waits %v for %q", a.For, a.Gate)
		}
	})
	t.Run("a prompt that nobody has seen was none", func(t *testing.T) {
		f := returns(t, asked, set, 500*time.Hour)
		a := f.does(Prompt)
		f.apply(Answered{Answer: Answer{To: a.Do, Who: a.Who, Unshown: true}})
		f.does(Wait)
		f.later(5 * time.Minute)
		f.does(Prompt)
	})
	t.Run("a day by the clock on the wall ends it", func(t *testing.T) {
		f := returns(t, asked, set, 500*time.Hour)
		f.answer(f.does(Prompt), Defer, time.Second)
		f.later(24*time.Hour - time.Minute)
		f.does(Wait)
		f.later(time.Minute)
		f.does(FinalPrompt)
	})
	t.Run("SkipDeferral leaves none", func(t *testing.T) {
		now := settings.Defaults()
		now.SkipDeferral = true
		returns(t, round, now, 0).does(FinalPrompt)
	})
	t.Run("nobody has more of it than of the whole time", func(t *testing.T) {
		short := allows(10 * time.Minute)
		f := returns(t, toldTo(found(short, safari), at(time.Second)), short, 10*time.Minute)
		f.comes(f.does(AwaitPrompt).For, Woke{}) // for the second before the prompt
		f.does(FinalPrompt)
	})
}

// showsNone has five minutes pass in which the prompt was opened and not shown.
func (f *flow) showsNone() {
	f.Helper()
	a := f.does(Prompt)
	f.apply(Answered{Answer: Answer{To: a.Do, Who: a.Who, Unshown: true}})
	f.does(Wait)
	f.later(5 * time.Minute)
}

func TestAHelperThatShowsNoPrompt(t *testing.T) {
	set := settings.Defaults()
	asked := toldTo(found(set, safari), at(time.Hour))
	t.Run("puts what is due off for MaxLockedTime", func(t *testing.T) {
		f := returns(t, asked, set, 500*time.Hour)
		for range set.MaxLockedTime / (5 * time.Minute) {
			f.showsNone()
		}
		f.does(FinalPrompt)
	})
	t.Run("and begins that time again once it shows one", func(t *testing.T) {
		f := returns(t, asked, set, 500*time.Hour)
		for range 12 {
			f.showsNone()
		}
		if l := f.s.State.Round.Lock; l.For < 50*time.Minute {
			t.Errorf("of an hour in which nothing was seen %v counts", l.For)
		}
		f.answer(f.does(Prompt), Defer, time.Minute)
		if l := f.s.State.Round.Lock; l.For > 0 || l.Unshown {
			t.Errorf("the time in which nothing was seen is still %v", l.For)
		}
	})
}

func TestWhatBringsTheDeadlineNearerIsToldAgain(t *testing.T) {
	round := toldTo(found(settings.Defaults(), safari), at(time.Hour))
	for name, now := range map[string]settings.Settings{
		"another length": allows(2 * days),
		"a date":         read(t, map[string]any{"DeadlineDate": "2026-11-25T10:00"}),
	} {
		t.Run(name, func(t *testing.T) {
			st, _ := Settle(round, now, at(3*time.Hour), time.UTC)
			if n := st.Round.notice(501); n.Asked || !st.ForcedAfter.Before(round.ForcedAfter) {
				t.Errorf("asked %v, by %v", n.Asked, st.ForcedAfter)
			}
		})
	}
	st, _ := Settle(round, allows(5*days), at(3*time.Hour), time.UTC)
	if !st.Round.notice(501).Asked {
		t.Error("a later deadline is no news")
	}
}

// Whoever comes and goes, nobody is counted down who was not asked, and was then not
// at the screen for MinimumNotice, or was not there when the deadline passed and asked
// that long before; but a day ends it, and so does a lock. And nobody is asked twice.
func TestNobodyIsCountedDownWithoutNotice(t *testing.T) {
	set := settings.Defaults()
	rapid.Check(t, func(t *rapid.T) {
		st := found(set, safari)
		m := &machine{T: t, people: People{Person: ada, Present: true}}
		m.s = Situation{Settings: set, State: st, Now: at(70 * time.Hour), Zone: time.UTC, Machine: intel}
		asked, seen, since, told := map[int]time.Duration{}, map[int]time.Duration{}, map[int]time.Duration{}, map[int]int{}
		for range 200 {
			if rapid.IntRange(0, 5).Draw(t, "moves") == 0 {
				m.people = People{Person: rapid.SampledFrom([]Person{ada, grace}).Draw(t, "who"), Present: m.draw("present"), Locked: m.draw("locked")}
			}
			p, now := m.people, m.s.Now.Continuous
			step := rapid.SampledFrom([]time.Duration{5 * time.Minute, 5 * time.Minute, 5 * time.Minute, 40 * time.Minute}).Draw(t, "step")
			m.s.Wake = Wake{Checked: true, Downloads: Labels(st.Round.Updates), Mac: Look(Condition{}, nil, m.s.Now)}
			m.take(Woke{First: true})
			a := Decide(m.s)
			for a.Do == LookAtPeople || a.Do == AwaitPrompt || a.Do == DoCheck {
				m.take(Began{a})
				switch a.Do {
				case LookAtPeople:
					m.take(Looked{Look(m.people, nil, m.s.Now)})
				case DoCheck:
					m.take(Checked{Outcome: Found, Updates: st.Round.Updates})
				default:
					m.s.Now = m.s.Now.Add(a.For)
				}
				m.take(Woke{})
				a = Decide(m.s)
			}
			uid := p.Person.UID
			if p.Present && !p.Locked && m.s.due() {
				if _, known := since[uid]; !known {
					since[uid] = now
				}
			}
			switch a.Do {
			case Prompt:
				if a.Notice {
					if told[uid]++; told[uid] > 1 {
						t.Fatalf("%s is asked again", p.Person.Name)
					}
					asked[uid], seen[uid] = now, 0
				} else if _, was := asked[uid]; !was {
					asked[uid] = now
				}
				m.take(Began{a})
				m.take(Answered{Answer: Answer{To: Prompt, Who: a.Who, Reply: Defer, For: time.Hour}})
				m.take(Looked{Look(m.people, nil, m.s.Now)})
			case FinalPrompt:
				at, was := asked[uid]
				there := was && told[uid] == 0 && now-at >= set.MinimumNotice && since[uid] <= 73*time.Hour+10*time.Minute
				if !there && seen[uid] < set.MinimumNotice-time.Minute && now-since[uid] < 24*time.Hour && !m.s.waitedEnough() {
					t.Fatalf("%s is counted down, asked %v, at the screen for %v", p.Person.Name, was, seen[uid])
				}
				return
			case Install:
				return // of an empty screen
			}
			m.s.Now = m.s.Now.Add(step)
			if p.Present && !p.Locked && step <= 10*time.Minute {
				seen[uid] += m.s.Now.Continuous - now
			}
		}
	})
}

// A night window would never be met if a lock counted from its opening.
func TestALockCountsWhileTheWindowIsClosed(t *testing.T) {
	set := read(t, map[string]any{"MaintenanceWindows": []any{"03:00-05:00"}})
	f := returns(t, found(set, safari), set, 72*time.Hour)
	f.people.Locked = true
	for range 17 * 12 {
		if a := f.does(Wait); a.Gate != "window" && a.Gate != "locked" {
			t.Fatalf("it waits for %q: %s", a.Gate, a.Why)
		}
		f.later(5 * time.Minute)
	}
	if a := f.does(FinalPrompt); f.s.Now.Wall.Hour() != 3 || a.Who != ada {
		t.Errorf("%s at %v", a.Who.Name, f.s.Now.Wall)
	}
}
