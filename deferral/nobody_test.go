package deferral

import (
	"strings"
	"testing"
	"time"

	"installordefer/deferral/settings"
)

// Each row is a cell of the table "What happens without somebody looking": who is
// there, before or after the deadline, and what comes of it. Before the deadline
// a row may be after a click.
func TestWhatHappensWithoutSomebodyLooking(t *testing.T) {
	const before, after = time.Hour, 73 * time.Hour
	ours := []Update{safari, tahoe}
	alone := People{Person: ada, Present: true}
	withOthers := People{Person: ada, Present: true, Behind: 1}
	locked, dark := People{Person: ada, Present: true, Locked: true}, People{Person: ada, Present: true, Dark: true}
	login, empty := People{Behind: 1, Session: ada.UID}, People{}
	long := func(s *Situation) {
		s.State.Round.Lock = Lock{UID: s.Wake.People.Is.Person.UID, For: s.Settings.MaxLockedTime, At: s.Now}
	}
	click := func(s *Situation) { allow(s, Clicked) }
	counted := func(s *Situation) { allow(s, CountedDown) }
	restart := func(c Consent) func(*Situation) {
		return func(s *Situation) {
			s.Wake.Restart.Allowed = Allowed{c, ada}
			s.State = s.State.Begin(StepSoft, []string{tahoe.Label}, false, intel, s.Now).Asked(ada.UID, s.Now)
			s.Wake.People.Last = true
		}
	}
	lone := func(s *Situation) { s.Settings.InstallWhenNobody = true }
	quiet := func(s *Situation) { s.State.Round.Updates = just(safari) }
	system := func(s *Situation) { s.State.Round.Updates = just(tahoe) }
	for _, c := range []struct {
		name  string
		after time.Duration
		sees  People
		edit  []func(*Situation)
		does  Do
		gate  string
		whole bool // the restart is part of what is installed
		says  string
	}{
		{name: "one person is asked", after: before, sees: alone, does: Prompt},
		{name: "one person who has clicked", after: before, sees: alone, edit: []func(*Situation){click}, does: Install, whole: true},
		{name: "one person sees the countdown", after: after, sees: alone, does: FinalPrompt},
		{name: "one person has seen it to its end", after: after, sees: alone, edit: []func(*Situation){counted}, does: Install, whole: true},
		{name: "one person has time to save", after: after, sees: alone, edit: []func(*Situation){restart(CountedDown)}, does: TimeToSave},

		{name: "with others behind, a click installs", after: before, sees: withOthers, edit: []func(*Situation){click}, does: Install, whole: true},
		{name: "with others behind, a click restarts nothing", after: before, sees: withOthers, edit: []func(*Situation){restart(Clicked)}, does: GiveUp, gate: "others", says: "1 other person is logged in"},
		{name: "with others behind, the countdown comes", after: after, sees: withOthers, does: FinalPrompt},
		{name: "with others behind, the restart comes", after: after, sees: withOthers, edit: []func(*Situation){restart(CountedDown)}, does: TimeToSave},

		{name: "behind a lock nobody is asked", after: before, sees: locked, does: Wait, gate: "locked"},
		{name: "behind their own lock the restart goes on that they have clicked", after: before, sees: locked, edit: []func(*Situation){restart(Clicked)}, does: TimeToSave},
		{name: "behind a lock no countdown comes", after: after, sees: locked, does: Wait, gate: "locked"},
		{name: "behind a lock no restart comes", after: after, sees: locked, edit: []func(*Situation){restart(CountedDown)}, does: GiveUp, gate: "locked"},
		{name: "behind a lock of MaxLockedTime the countdown comes", after: after, sees: locked, edit: []func(*Situation){long}, does: FinalPrompt},
		{name: "behind a lock of MaxLockedTime the restart comes", after: after, sees: locked, edit: []func(*Situation){long, restart(CountedDown)}, does: TimeToSave},
		{name: "in a dark wake nobody is asked", after: before, sees: dark, does: Wait, gate: "dark"},
		{name: "in a dark wake no countdown comes", after: after, sees: dark, does: Wait, gate: "dark"},
		{name: "in a dark wake nothing restarts, however long it was locked", after: after, sees: dark, edit: []func(*Situation){long, restart(CountedDown)}, does: GiveUp, gate: "dark"},

		{name: "at the login window nobody is asked", after: before, sees: login, does: Wait, gate: "nobody", says: "1 person is logged in behind it"},
		{name: "at the login window nobody is nobody", after: before, sees: login, edit: []func(*Situation){lone}, does: Wait, gate: "nobody"},
		{name: "at the login window what needs no restart is installed", after: after, sees: login, does: Install, says: "only what needs no restart"},
		{name: "at the login window the restart waits", after: after, sees: login, edit: []func(*Situation){system}, does: Wait, gate: "behind", says: "1 person is logged in behind it"},
		{name: "at the login window a restart under way is given up", after: after, sees: login, edit: []func(*Situation){restart(CountedDown)}, does: GiveUp, gate: "login window"},
		{name: "after MaxLockedTime at the login window all of it is installed", after: after, sees: login, edit: []func(*Situation){long}, does: Install, whole: true, says: "nobody has come to the screen for 8 hours"},
		{name: "after MaxLockedTime at the login window the Mac restarts", after: after, sees: login, edit: []func(*Situation){long, restart(CountedDown)}, does: ToolRestart},

		{name: "where nobody is logged in nobody is asked", after: before, sees: empty, does: Wait, gate: "nobody", says: "Nobody is logged in"},
		{name: "where nobody is logged in the settings may let it be installed", after: before, sees: empty, edit: []func(*Situation){lone}, does: Install, whole: true, says: "Nobody is logged in"},
		{name: "so may it in a running deferral", after: before, sees: empty, edit: []func(*Situation){lone, func(s *Situation) { s.State = s.State.Deferred(time.Hour, s.Now) }}, does: Install, whole: true},
		{name: "but not as the Mac starts", after: before, sees: empty, edit: []func(*Situation){lone, func(s *Situation) { s.Settings.UpdateDelay = 1000 * time.Hour }}, does: Wait, gate: "start of the Mac", says: "Updates install when the Mac has been on"},
		{name: "nor on a hold", after: before, sees: empty, edit: []func(*Situation){lone, func(s *Situation) { s.Hold = Hold{Until: s.Now.Wall.Add(time.Hour)} }}, does: Wait, gate: "hold"},
		{name: "nor where somebody has come", after: before, sees: alone, edit: []func(*Situation){lone}, does: Prompt},
		{name: "where nobody is logged in everything is installed", after: after, sees: empty, does: Install, whole: true, says: "Nobody is logged in"},
		{name: "where nobody is logged in what needs no restart is, too", after: after, sees: empty, edit: []func(*Situation){quiet}, does: Install},
		{name: "where nobody is logged in the restart comes at once", after: after, sees: empty, edit: []func(*Situation){restart(NoConsent)}, does: ToolRestart},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := situation(found(settings.Defaults(), ours...), c.after)
			s.Wake.Mac = Look(Condition{}, nil, s.Now)
			see(&s, c.sees)
			for _, edit := range c.edit {
				edit(&s)
			}
			a := Decide(s)
			whole := a.Work != nil && len(a.Work.Plan.Restarting) > 0
			if a.Do != c.does || a.Gate != c.gate || whole != c.whole || !strings.Contains(a.Why, c.says) {
				t.Errorf("%s (gate %q, with the restart: %v), because %q; want %s, %q, %v, %q", a.Do, a.Gate, whole, a.Why, c.does, c.gate, c.whole, c.says)
			}
			if strings.Contains(a.Why, "Nobody is logged in") && !c.sees.Deserted() {
				t.Errorf("of a Mac with a session it says %q", a.Why)
			}
		})
	}
}
