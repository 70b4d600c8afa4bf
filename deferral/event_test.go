package deferral

import (
	"strings"
	"testing"
	"time"

	"installordefer/deferral/settings"
	"installordefer/internal/clock"
)

func TestWhatAnEventLeaves(t *testing.T) {
	round, passed := time.Hour, 73*time.Hour
	restart := func(s *Situation) { s.Wake.Restart = Restart{Allowed: Allowed{Clicked, ada}, Ask: true} }
	work := func(s *Situation) {
		s.Wake.Work = newWork(Plan{Quiet: just(safari)}, Allowed{Clicked, ada}, s.Settings)
	}
	for _, c := range []struct {
		name  string
		after time.Duration
		edit  func(*Situation)
		event Event
		left  func(Situation) bool
	}{
		{"what the helper has said was of the dialog before", round, func(s *Situation) { s.Wake.Unseen = "Covered." }, Began{Act{Do: Prompt}},
			func(s Situation) bool { return s.Wake.Unseen == "" }},
		{"a click counts no more once another is at the screen", round, func(s *Situation) { allow(s, Clicked) }, Looked{Look(*there(grace), nil, at(round))},
			func(s Situation) bool { return s.Wake.Allowed == Allowed{} }},
		{"it does for whom it is of", round, func(s *Situation) { allow(s, Clicked) }, Looked{Look(*there(ada), nil, at(round))},
			func(s Situation) bool { return s.Wake.Allowed.Consent == Clicked }},
		{"who was not shown what Apple enforces was not asked today", round, func(s *Situation) { s.State.Round.DeclaredAsked = s.Now }, Answered{Answer: Answer{To: Prompt, Who: ada, Unshown: true}},
			func(s Situation) bool { return s.State.Round.DeclaredAsked == (clock.Moment{}) }},
		{"loginwindow is asked once", round, restart, RestartAsked{},
			func(s Situation) bool { return !s.Wake.Restart.Ask && s.State.Round.Step.Asked }},
		{"and once only where it could not be asked", round, restart, RestartAsked{Failure: "It refused."},
			func(s Situation) bool { return !s.Wake.Restart.Ask && !s.State.Round.Step.Asked }},
		{"a quiet update that asks for a restart gets one", round, work, Installed{OK: true, Restart: true},
			func(s Situation) bool { return s.Wake.Restart.Ask && s.State.Round.Step.Kind == StepSoft }},
		{"one that asks for a shutdown gets that", round, work, Installed{OK: true, Shutdown: true},
			func(s Situation) bool { return s.Wake.Restart.Ask && s.State.Round.Step.Shutdown }},
		{"after an installation what is still listed is not tried at once", round, work, Installed{OK: true},
			func(s Situation) bool { return s.State.Round.Pause.left(s.Now) == PauseFirst && s.Wake.Recheck }},
		{"a click that something is in the way of is remembered", round, func(s *Situation) { allow(s, Clicked) }, Began{Act{Do: TellObstacle}},
			func(s Situation) bool { return s.State.agreed() && s.Wake.Allowed == Allowed{} }},
		{"but not past the deadline", passed, func(s *Situation) { allow(s, Clicked) }, Began{Act{Do: TellObstacle}},
			func(s Situation) bool { return !s.State.agreed() && s.Wake.Allowed == Allowed{} }},
		{"a countdown is no click", round, func(s *Situation) { allow(s, CountedDown) }, Began{Act{Do: TellObstacle}},
			func(s Situation) bool { return !s.State.agreed() && s.Wake.Allowed == Allowed{} }},
		{"a dialog that stays has begun", passed, func(s *Situation) { s.Wake.Assist = &Assist{Who: ada} }, Began{Act{Do: Stay}},
			func(s Situation) bool { return s.Wake.Assist.Begun == s.Now }},
		{"and begins once", passed, func(s *Situation) { s.Wake.Assist = &Assist{Who: ada, Begun: at(round)} }, Began{Act{Do: Stay}},
			func(s Situation) bool { return s.Wake.Assist.Begun == at(round) }},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := situation(found(settings.Defaults(), safari, tahoe), c.after)
			c.edit(&s)
			if s, _ = Apply(s, c.event); !c.left(s) {
				t.Errorf("it leaves %+v", s.Wake)
			}
		})
	}
}

func TestWhatCountsAsUnseen(t *testing.T) {
	at73 := at(73 * time.Hour)
	seen := People{Person: ada, Present: true}
	locked := seen
	locked.Locked = true
	for _, c := range []struct {
		name    string
		sees    People
		unshown bool
		had     Lock
		counts  bool
	}{
		{"a dialog on an open screen", seen, false, Lock{}, false},
		{"a lock", locked, false, Lock{}, true},
		{"a helper that shows nothing", seen, true, Lock{}, true},
		{"a helper that has shown nothing, while none runs", seen, false, Lock{UID: ada.UID, Unshown: true, At: at73}, true},
		{"but not before another person", seen, false, Lock{UID: grace.UID, Unshown: true, At: at73}, false},
		{"the login window, with somebody behind it", People{Behind: 1}, false, Lock{}, true},
		{"nobody at all", People{}, true, Lock{}, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			st := found(settings.Defaults(), safari)
			st.Round.Lock = c.had
			st = st.lookedAt(Look(c.sees, nil, at73), c.unshown, at73)
			if l := st.Round.Lock; (l.At == at73) != c.counts {
				t.Errorf("it counts as %+v", l)
			}
		})
	}
}

func TestAPromptNamesItsUpdates(t *testing.T) {
	a := Decide(situation(found(settings.Defaults(), safari, tahoe), time.Hour))
	if got := strings.Join(Labels(a.Updates), " "); a.Do != Prompt || !strings.Contains(got, safari.Label) || !strings.Contains(got, tahoe.Label) {
		t.Errorf("%s about %q", a.Do, got)
	}
}

func TestNoticeLastsUntilAWindowOpens(t *testing.T) {
	set := read(t, map[string]any{"MaintenanceWindows": []any{"18:00-22:00"}})
	for after, want := range map[time.Duration]time.Duration{80 * time.Hour: 81 * time.Hour, 83*time.Hour + 30*time.Minute: 104 * time.Hour} {
		s := situation(found(set, safari), after)
		s.Settings, s.State.Round.Notices = set, nil
		if a := Decide(s); !a.Notice || !a.By.Equal(monday.Add(want)) {
			t.Errorf("%s by %v, want %v", a.Do, a.By, monday.Add(want))
		}
	}
}

func TestTheLockHasLastedForSoLongByASetting(t *testing.T) {
	s := situation(found(settings.Defaults(), tahoe), 90*time.Hour)
	s.State.Round.Lock = Lock{For: s.Settings.MaxLockedTime, At: s.Now}
	behind(&s)
	if a := Decide(s); a.Setting != "MaxLockedTime" || !strings.Contains(a.Why, "nobody has come to the screen for 8 hours") {
		t.Errorf("%s, because %q (%s)", a.Do, a.Why, a.Setting)
	}
}

func TestADeferralThatIsTooLong(t *testing.T) {
	set := settings.Defaults()
	set.DeferralPeriod = time.Hour
	for _, c := range []struct {
		name  string
		after time.Duration
		says  string
	}{
		{"ends when the settings allow it", time.Minute, "and ends at 2026-"},
		{"ends now where the deadline has passed", 72 * time.Hour, "and ends now."},
	} {
		t.Run(c.name, func(t *testing.T) {
			st := found(settings.Defaults(), safari).Deferred(4*time.Hour, at(0))
			if c.after > time.Hour {
				st.DeferredUntil = monday.Add(80 * time.Hour) // by hand
			}
			_, notes := Settle(st, set, at(c.after), time.UTC)
			if said := strings.Join(notes, " "); !strings.Contains(said, c.says) {
				t.Errorf("it says %q", said)
			}
		})
	}
}

func TestWhatHasChangedAboutLimits(t *testing.T) {
	a, b, later := Limit{Setting: "A", Value: "one", At: monday}, Limit{Setting: "B", Value: "two", At: monday}, Limit{Setting: "A", Value: "one", At: monday.Add(time.Hour)}
	other := Limit{Setting: "A", Value: "three", At: monday}
	for _, c := range []struct {
		was, is []Limit
		want    string
	}{
		{nil, nil, ""},
		{[]Limit{a, b}, []Limit{a, b}, ""},
		{nil, []Limit{a}, "A is one"},
		{[]Limit{a}, []Limit{later}, "A is one"},
		{[]Limit{a}, []Limit{other}, "A is now three instead of one"},
		{[]Limit{a}, nil, "A no longer applies"},
		{nil, []Limit{a, b}, "A is one and B is two"},
		{[]Limit{{Setting: "C"}}, []Limit{a, b}, "A is one, B is two and C no longer applies"},
	} {
		if got := limitChanges(c.was, c.is); got != c.want {
			t.Errorf("%q, want %q", got, c.want)
		}
	}
}
