package deferral

import (
	"testing"
	"time"

	"installordefer/deferral/settings"
)

func TestGates(t *testing.T) {
	round, passed := time.Hour, 73*time.Hour
	restartOf := func(w *Wake, st *State, now Situation) {
		w.Restart.Allowed = Allowed{Clicked, ada}
		*st = st.Begin(StepSoft, []string{tahoe.Label}, false, intel, now.Now).Asked(ada.UID, now.Now)
	}
	saving := func(p People) func(*Situation) {
		return func(s *Situation) {
			restartOf(&s.Wake, &s.State, *s)
			see(s, p)
		}
	}
	installing := func(by Allowed, edit func(*Situation)) func(*Situation) {
		return func(s *Situation) {
			work := newWork(Plan{Quiet: just(safari)}, by, s.Settings)
			*s, _ = Apply(*s, Began{Act{Do: Install, Updates: just(safari), Work: work}})
			s.Wake.Mac = Look(Condition{}, nil, s.Now)
			see(s, People{Person: ada, Present: true})
			edit(s)
		}
	}
	clicked, counted := Allowed{Clicked, ada}, Allowed{CountedDown, ada}
	unknown := func(s *Situation) { s.Wake.People.Known = false }
	converting := func(s *Situation) { s.Wake.Mac.Is.Converting = true }
	low := func(s *Situation) { s.Wake.Mac.Is = Condition{OnBattery: true, BatteryPercent: 5} }
	short := func(s *Situation) { s.Wake.Mac.Is.FreeKiB = 5e6; s.short(15e6) }
	dark := func(s *Situation) { s.Wake.People.Is.Dark = true }
	locked := func(s *Situation) { s.Wake.People.Is.Locked = true }
	comes := func(p Person) func(*Situation) {
		return func(s *Situation) { see(s, People{Person: p, Present: true}) }
	}
	// The gates of the hours are in gates_hours_test.go, what only pauses a dialog in seen_test.go.
	seen := map[string]bool{"window": true, "unseen": true}
	for _, c := range []struct {
		name  string
		after time.Duration
		edit  func(*Situation)
		gate  string
		does  Do
		of    Do // what is given up, or waits
	}{
		{"the first check waits for its share", round, func(s *Situation) {
			s.Settings.StartSpread, s.State = 24*time.Hour, State{Came: s.Now.Wall, Share: Shares}
			s.State.Round.Mark, s.Wake.Checked = s.Now, false
		}, "start", Wait, ""},
		{"after a failure nobody is asked at once", round, func(s *Situation) { s.State = s.State.paused("It failed.", s.Now) }, "pause", Wait, ""},
		{"who must install is not asked again at once", passed, func(s *Situation) {
			s.Settings.ManualUpdates = true
			s.State = s.State.asking(s.Now)
		}, "asked", Wait, ""},
		{"a prompt waits for the end of a deferral", round, func(s *Situation) { s.State = s.State.Deferred(time.Hour, s.Now) }, "deferral", Wait, ""},
		{"nothing is done by a list that others chose", round, func(s *Situation) {
			s.Settings.AllowMajorUpgrades = true
			s.State.LastCheck = Check{At: s.Now, Outcome: Unknown, Failed: 1}
		}, "list", Wait, ""},
		{"a countdown does not allow what a clock that is set right forbids", round, installing(counted, func(*Situation) {}), "deadline", GiveUp, Install},
		{"nobody is asked while nobody can tell who is there", round, unknown, "unknown", Wait, ""},
		{"nothing more is installed while nobody can tell who is there", round, installing(clicked, unknown), "unknown", GiveUp, Install},
		{"nobody who is there is asked", round, nobody, "nobody", Wait, ""},
		{"who was away is told first", passed, func(s *Situation) {
			s.State.Round.Notices = []Notice{{Lock: Lock{UID: 501, For: time.Minute, At: s.Now}, Asked: true, Since: s.Now.Wall, Spent: s.State.Round.spent(s.Now)}}
		}, "notice", Wait, ""},
		{"a person is needed", passed, func(s *Situation) { manual(s); nobody(s) }, "nobody", Wait, ""},
		{"somebody comes to an empty screen", passed, installing(Allowed{}, comes(ada)), "somebody", GiveUp, Install},
		{"another comes to the screen", round, installing(clicked, comes(grace)), "another", GiveUp, Install},
		{"another comes in the time to save", round, saving(People{Person: grace, Present: true}), "another", GiveUp, TimeToSave},
		{"the screen passes to the login window", round, saving(People{Behind: 1}), "login window", GiveUp, TimeToSave},
		{"before the deadline others would lose their work", round, saving(People{Person: ada, Present: true, Behind: 1}), "others", GiveUp, TimeToSave},
		{"the Mac is not restarted over the login window", passed, func(s *Situation) {
			s.State.Round.Updates = just(tahoe)
			behind(s)
		}, "behind", Wait, ""},
		{"in a bag nobody is asked", round, dark, "dark", Wait, ""},
		{"in a bag nothing is installed", round, installing(clicked, dark), "dark", GiveUp, Install},
		{"in a bag nothing is restarted", round, func(s *Situation) {
			saving(People{Person: ada, Present: true, Dark: true})(s)
		}, "dark", GiveUp, TimeToSave},
		{"behind a lock nobody is asked", round, locked, "locked", Wait, ""},
		{"behind a lock no countdown begins", passed, locked, "locked", Wait, ""},
		{"who has switched the Mac on is about to log in", passed, func(s *Situation) {
			s.Settings.UpdateDelay = 1000 * time.Hour
			nobody(s)
		}, "start of the Mac", Wait, ""},
		{"FileVault delays a prompt", round, converting, "conversion", Wait, ""},
		{"FileVault stops the next call", round, installing(clicked, converting), "conversion", GiveUp, Install},
		{"a low battery delays what was clicked", round, func(s *Situation) { allow(s, Clicked); low(s) }, "power", TellObstacle, ""},
		{"without a network no countdown begins", passed, func(s *Situation) { s.Wake.Mac.Is.Offline = true }, "network", TellObstacle, ""},
		{"without space nothing that was clicked begins", round, func(s *Situation) { allow(s, Clicked); short(s) }, "space", TellObstacle, ""},
		{"a low battery stops the next call", round, installing(clicked, low), "power", GiveUp, Install},
		{"who is no owner is not asked for what only one can do", round, func(s *Situation) {
			s.State.Round.Updates, s.Machine = just(tahoe), m1
			s.Wake.Owner.Owner, s.Wake.Told = false, true
		}, "no owner", Wait, ""},
		{"in a call nobody is asked", round, func(s *Situation) { s.Wake.Busy.Is = true }, "busy", Wait, ""},
		{"in a call no countdown begins", passed, func(s *Situation) { s.Wake.Busy.Is = true }, "busy", Wait, ""},
		{"a dialog comes once in a wake", round, func(s *Situation) { s.Wake.Asked = true }, "shown", Wait, ""},
	} {
		seen[c.gate] = true
		t.Run(c.name, func(t *testing.T) {
			s := situation(found(settings.Defaults(), safari, tahoe), c.after)
			c.edit(&s)
			if a := Decide(s); a.Gate != c.gate || a.Do != c.does || a.Of != c.of || a.Why == "" {
				t.Errorf("%s of %q: %s (%q); want %s of %q by %q", a.Do, a.Of, a.Why, a.Gate, c.does, c.of, c.gate)
			}
		})
	}
	for _, g := range gates {
		if len(g.running) == 0 && !seen[g.name] {
			t.Errorf("no row closes the gate %q", g.name)
		}
	}
}

func TestMayContinue(t *testing.T) {
	empty, both := People{}, People{Person: ada, Present: true, Behind: 1}
	for _, c := range []struct {
		name  string
		after time.Duration
		act   Act
		sees  People
		stops bool
	}{
		{"a prompt stays before the deadline", time.Hour, Act{Do: Prompt}, both, false},
		{"a prompt does not stay past it", 73 * time.Hour, Act{Do: Prompt}, both, true},
		{"nor does a download", 73 * time.Hour, Act{Do: Download}, both, true},
		{"a countdown goes on past it", 73 * time.Hour, Act{Do: FinalPrompt}, both, false},
		{"a countdown ends before it", time.Hour, Act{Do: FinalPrompt}, both, true},
		{"an installation is never broken off", time.Hour, Act{Do: Install, Unattended: true}, both, false},
		{"one that restarts the Mac is, for whom is behind", time.Hour, Act{Do: InstallAndRestart, Consent: Clicked, Who: ada}, both, true},
		{"past the deadline it is not", 73 * time.Hour, Act{Do: InstallAndRestart, Who: ada}, both, false},
		{"it goes on when everybody has left", time.Hour, Act{Do: InstallAndRestart, Consent: Clicked, Who: ada}, empty, false},
		{"one on an empty screen is broken off for who comes", 73 * time.Hour, Act{Do: ToolRestart, Unattended: true}, both, true},
		{"nobody needs time to save who has left", time.Hour, Act{Do: TimeToSave, Who: ada}, empty, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := situation(found(settings.Defaults(), safari, tahoe), c.after)
			see(&s, c.sees)
			if why := MayContinue(s, c.act); (why != "") != c.stops {
				t.Errorf("it stops, because %q; want %v", why, c.stops)
			}
		})
	}
}

func TestTheSettingOfAGateIsTheOneThatDecided(t *testing.T) {
	set := settings.Defaults()
	set.SkipDeferral = true
	s := situation(found(set, tahoe), time.Hour)
	s.Settings = set
	s.State.Round.Updates = just(tahoe)
	see(&s, People{Behind: 1})
	if a := Decide(s); a.Gate != "behind" || a.Setting != "SkipDeferral" {
		t.Errorf("%q is closed by %q", a.Gate, a.Setting)
	}
}
