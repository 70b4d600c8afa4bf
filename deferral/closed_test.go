package deferral

import (
	"testing"
	"time"

	"installordefer/deferral/settings"
)

func TestFlowOfACountdownThatIsClosed(t *testing.T) {
	set := settings.Defaults()
	t.Run("one that is closed at once stays away for longer each time, and ends as soon", func(t *testing.T) {
		f := play(t, found(set, safari), at(73*time.Hour), intel)
		times, began := 0, f.s.Now
		for _, away := range []time.Duration{2, 4, 8, 16, 32, 60, 60} {
			f.answer(f.does(FinalPrompt), NoReply, time.Second)
			f.away(away * time.Second)
			times++
		}
		for a := f.does(FinalPrompt, Install); a.Do != Install; a = f.does(FinalPrompt, AwaitPrompt, Install) {
			if a.Do == AwaitPrompt {
				f.comes(a.For, Woke{})
				continue
			}
			times++
			f.answer(a, NoReply, time.Second)
		}
		took, _ := f.s.Now.Since(began)
		if times > 30 || took > 3*set.UpdateDelay {
			t.Errorf("it came up %d times in %v", times, took)
		}
	})
	t.Run("one that was up for a while is soon back", func(t *testing.T) {
		f := play(t, found(set, safari), at(73*time.Hour), intel)
		for _, up := range []struct{ up, away time.Duration }{
			{time.Second, 2 * time.Second}, {time.Second, 4 * time.Second}, {14 * time.Second, 8 * time.Second}, {15 * time.Second, 2 * time.Second},
		} {
			f.answer(f.does(FinalPrompt), NoReply, up.up)
			f.away(up.away)
		}
		if a := f.does(FinalPrompt); a.For != set.UpdateDelay-31*time.Second {
			t.Errorf("it comes back for %v", a.For)
		}
	})
	t.Run("one that a lock takes away counts as no wait", func(t *testing.T) {
		f := play(t, found(set, safari), at(73*time.Hour), intel)
		for _, away := range []time.Duration{2, 4, 8} {
			f.answer(f.does(FinalPrompt), NoReply, time.Second)
			f.away(away * time.Second)
		}
		a := f.does(FinalPrompt)
		f.s, _ = Apply(f.s, Answered{Answer: Answer{To: FinalPrompt, Who: a.Who, Aside: true}})
		if left := f.s.State.CountdownLeft(a.Who.UID, set.UpdateDelay); left != a.For-leastSeen {
			t.Errorf("of %v, %v are left", a.For, left)
		}
	})
	t.Run("what one person has closed does not count for another", func(t *testing.T) {
		f := play(t, found(set, safari), at(73*time.Hour), intel)
		f.answer(f.does(FinalPrompt), NoReply, time.Second)
		f.away(2 * time.Second)
		f.answer(f.does(FinalPrompt), NoReply, time.Second)
		f.away(4 * time.Second)
		f.answer(f.does(FinalPrompt), NoReply, time.Second)
		f.away(8 * time.Second)
		f.people = there(grace)
		f.comes(looseFor, Woke{})
		a := f.does(FinalPrompt)
		if a.Who != grace || a.For != set.UpdateDelay {
			t.Errorf("%s has %v", a.Who.Name, a.For)
		}
		f.answer(a, NoReply, 0)
		f.away(2 * time.Second)
		if a := f.does(FinalPrompt); a.For != set.UpdateDelay-leastSeen {
			t.Errorf("%s has %v", a.Who.Name, a.For)
		}
	})
}
