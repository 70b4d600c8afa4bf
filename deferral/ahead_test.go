package deferral

import (
	"testing"
	"time"

	"installordefer/deferral/settings"
)

// deferring is a Mac on which so much of a deferral is left.
func deferring(t *testing.T, left time.Duration) *flow {
	f := play(t, found(settings.Defaults(), safari), at(time.Minute), intel)
	f.answer(f.does(Prompt), Defer, time.Minute)
	f.does(Wait)
	f.later(4*time.Hour - left)
	return f
}

func TestAPromptIsPreparedBeforeItIsDue(t *testing.T) {
	t.Run("a slow list does not make it late", func(t *testing.T) {
		f := deferring(t, 6*time.Minute)
		due := f.s.Now.Add(6 * time.Minute)
		f.does(DoCheck)
		f.comes(5*time.Minute+30*time.Second, Checked{Outcome: Found, Updates: just(safari)})
		f.comes(f.does(AwaitPrompt).For, Woke{})
		if f.does(Prompt); f.s.Now.Wall.Sub(due.Wall) != 0 {
			t.Errorf("the prompt comes at %v and was due at %v", f.s.Now.Wall, due.Wall)
		}
	})
	t.Run("a list that is fresh counts in the wake after", func(t *testing.T) {
		f := deferring(t, 6*time.Minute)
		f.does(DoCheck)
		f.comes(time.Minute, Checked{Outcome: Found, Updates: just(safari)})
		f.does(Wait)
		f.later(3 * time.Minute)
		checked := f.s.State.LastCheck.At
		f.comes(f.does(AwaitPrompt).For, Woke{})
		if f.does(Prompt); f.s.State.LastCheck.At != checked {
			t.Error("it is asked for again")
		}
	})
	t.Run("what is new on the list is downloaded before, too", func(t *testing.T) {
		f := deferring(t, 6*time.Minute)
		f.does(DoCheck)
		f.comes(time.Minute, Checked{Outcome: Found, Updates: []Update{safari, tahoe}})
		if a := f.does(Download); a.Updates[0].Label != tahoe.Label {
			t.Errorf("%s is downloaded", a.Updates[0].Label)
		}
	})
}

func TestWhereThereIsNoHurryNothingIsPrepared(t *testing.T) {
	t.Run("ten minutes before it is due", func(t *testing.T) {
		f := deferring(t, 10*time.Minute)
		if a := Decide(f.s); a.Do != Wait || a.Gate != "deferral" {
			t.Errorf("decided %q by %q (%s)", a.Do, a.Gate, a.Why)
		}
	})
	t.Run("once somebody was asked in this wake, which leaves it to the next", func(t *testing.T) {
		f := deferring(t, 6*time.Minute)
		f.s.Wake.Asked = true
		if a := Decide(f.s); a.Do != Wait || a.Gate != "deferral" {
			t.Errorf("decided %q by %q (%s)", a.Do, a.Gate, a.Why)
		}
	})
	t.Run("where quiet hours hold it then, the deferral is what it waits for now", func(t *testing.T) {
		f := deferring(t, 6*time.Minute)
		f.s.Settings = read(t, map[string]any{"QuietHours": []any{"00:00-23:59"}})
		if a := Decide(f.s); a.Do != Wait || a.Gate != "deferral" {
			t.Errorf("decided %q by %q (%s)", a.Do, a.Gate, a.Why)
		}
	})
	t.Run("for nobody", func(t *testing.T) {
		f := deferring(t, 6*time.Minute)
		f.people = &People{}
		if f.does(Wait); f.s.Wake.Checked {
			t.Error("it has checked")
		}
	})
	t.Run("nor for who is busy", func(t *testing.T) {
		f := deferring(t, 6*time.Minute)
		f.busy = true
		if f.does(Wait); f.s.Wake.Checked {
			t.Error("it has checked")
		}
	})
}

func TestADeferralThatEndsWithTheDeadlineLeadsToNoPromptOfASecond(t *testing.T) {
	set := settings.Defaults()
	for left, want := range map[time.Duration]Do{200 * time.Millisecond: AwaitPrompt, 59 * time.Second: AwaitPrompt, time.Minute: Prompt} {
		st := found(set, safari).Deferred(4*time.Hour, at(68*time.Hour-left))
		s := situation(st, 72*time.Hour-left)
		if a := Decide(s); a.Do != want || want == AwaitPrompt && a.For != left {
			t.Errorf("%v before the deadline it decides %q for %v (%s), want %q", left, a.Do, a.For, a.Why, want)
		}
	}
}

func TestWhoSawTheDeadlinePassIsCountedDownForAtOnce(t *testing.T) {
	set := settings.Defaults()
	round := toldTo(found(set, safari), at(60*time.Hour)).Deferred(4*time.Hour, at(68*time.Hour))
	f := returns(t, round, set, 72*time.Hour-9*time.Second)
	f.comes(f.does(AwaitPrompt).For, Woke{})
	f.does(FinalPrompt)
}
