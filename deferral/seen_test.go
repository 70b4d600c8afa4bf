package deferral

import (
	"errors"
	"testing"
	"time"

	"installordefer/deferral/settings"
)

func TestPaused(t *testing.T) {
	const covered = "Other windows cover the dialog."
	locked := People{Person: ada, Present: true, Locked: true}
	there := People{Person: ada, Present: true}
	for _, c := range []struct {
		name  string
		after time.Duration
		act   Do
		by    Allowed
		sees  People
		says  string
		long  bool // it has been so for MaxLockedTime
		want  string
	}{
		{name: "what is seen counts", after: 73 * time.Hour, act: FinalPrompt, sees: there},
		{name: "what the helper has not shown does not", after: 73 * time.Hour, act: FinalPrompt, sees: there, says: covered, want: covered},
		{name: "nor in the time to save", after: 73 * time.Hour, act: TimeToSave, sees: there, says: covered, want: covered},
		{name: "a helper is not believed for ever", after: 73 * time.Hour, act: FinalPrompt, sees: there, says: covered, long: true},
		{name: "before the deadline it is", after: time.Hour, act: TimeToSave, sees: there, says: covered, long: true, want: covered},
		{name: "behind her own lock a restart that she has clicked is on its way", after: time.Hour, act: TimeToSave, by: Allowed{Clicked, ada}, sees: locked, says: covered},
		{name: "one that she has not clicked is not", after: 73 * time.Hour, act: TimeToSave, by: Allowed{CountedDown, ada}, sees: locked, says: covered, want: "The screen is locked. The countdown waits until it is unlocked."},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := situation(found(settings.Defaults(), safari, tahoe), c.after)
			see(&s, c.sees)
			s.Wake.Restart.Allowed = c.by
			if c.long {
				s.State.Round.Lock = Lock{UID: ada.UID, Unshown: true, For: s.Settings.MaxLockedTime, At: s.Now}
			}
			s, _ = Apply(s, Sighted{c.says})
			if why := Paused(s, Act{Do: c.act, Who: ada}); why != c.want {
				t.Errorf("%q; want %q", why, c.want)
			}
		})
	}
}

func TestTheTimeInWhichNothingIsSeenIsOneCount(t *testing.T) {
	s := situation(found(settings.Defaults(), tahoe), 73*time.Hour)
	look := func(after time.Duration, p People) {
		s.Now = s.Now.Add(after)
		s, _ = Apply(s, Looked{Look(p, nil, s.Now)})
	}
	there := People{Person: ada, Present: true}
	look(0, there)
	s, _ = Apply(s, Sighted{"The helper has not brought the dialog to the screen."})
	look(5*time.Minute, there)
	s, _ = Apply(s, Began{Act{Do: LookAtPeople}})
	look(5*time.Minute, there)                                            // no dialog is open
	look(5*time.Minute, People{Person: ada, Present: true, Locked: true}) // she locks the screen meanwhile
	if got := s.State.Round.Lock.For; got != 15*time.Minute {
		t.Errorf("nothing was seen for %v, want a quarter of an hour", got)
	}
	s, _ = Apply(s, Sighted{})
	if l := s.State.Round.Lock; l != (Lock{}) {
		t.Errorf("after a dialog was seen there is still %+v", l)
	}
}

func TestAPromptThatNeverCameToTheScreenIsNone(t *testing.T) {
	for _, c := range []struct {
		name    string
		unshown bool
		want    int
	}{{"one that nobody answers is one", false, 1}, {"one that never came up is none", true, 0}} {
		t.Run(c.name, func(t *testing.T) {
			s := situation(found(settings.Defaults(), safari), time.Hour)
			s, _ = Apply(s, Began{Act{Do: Prompt, Updates: just(safari)}})
			s, _ = Apply(s, Answered{Answer: Answer{To: Prompt, Who: ada, Unshown: c.unshown}})
			if got := s.State.Round.Prompts; got != c.want {
				t.Errorf("%d prompts, want %d", got, c.want)
			}
		})
	}
}

func TestWhoHasLoggedInByFastUserSwitchingCountsWithinAQuarterOfAnHour(t *testing.T) {
	s := situation(found(settings.Defaults(), safari), time.Hour)
	named := People{Person: ada, Present: true, Behind: 1}
	look := func(p People, err error) {
		s, _ = Apply(s, Looked{Look(p, err, s.Now)})
	}
	unknown := errors.New("unsettled")
	for wake, counts := range []bool{false, false, true, true} {
		look(named, unknown)
		if s.Wake.People.Known != counts {
			t.Errorf("after %d minutes she counts: %v", wake*5, s.Wake.People.Known)
		}
		s.Now = s.Now.Add(5 * time.Minute)
	}
	look(People{}, unknown) // a look that tells nothing
	if s.Wake.People.Known {
		t.Error("where nobody is named somebody counts")
	}
	look(named, unknown)
	if !s.Wake.People.Known {
		t.Error("a look that told nothing has made it begin anew")
	}
	s.Now = s.Now.Add(time.Second)
	look(People{Person: Person{Name: "grace", UID: 502}, Present: true}, unknown)
	if s.Wake.People.Known {
		t.Error("another who is named counts at once")
	}
	s.Now = s.Now.Add(8 * time.Hour) // asleep
	look(People{Person: Person{Name: "grace", UID: 502}, Present: true}, unknown)
	if s.Wake.People.Known {
		t.Error("time asleep counts")
	}
	look(named, nil)
	if u := s.State.Round.Unsettled; u != (Lock{}) {
		t.Errorf("settled, there is still %+v", u)
	}
}
