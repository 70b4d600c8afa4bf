package deferral

import (
	"slices"
	"strings"
	"testing"
	"time"

	"installordefer/deferral/settings"
	"installordefer/internal/clock"
	"installordefer/internal/macos"
)

var grace = Person{Name: "grace", UID: 502}

func there(p Person) *People { return &People{Person: p, Present: true, Session: p.UID} }

// A flow is a wake that is played without a Mac: looks see what the test says,
// and a check finds what it found before.
type flow struct {
	*testing.T
	s        Situation
	people   *People
	busy     bool
	mac      Condition
	declared Declared
	trail    Trail
	notes    []string
}

// play begins a wake in a state, in which everybody has had notice.
func play(t *testing.T, st State, now clock.Moment, m macos.Machine) *flow {
	f := &flow{T: t, people: there(ada)}
	f.s = Situation{Settings: settings.Defaults(), State: heard(st, 0, 501, 502), Now: now, Machine: m, Zone: time.UTC}
	f.apply(Woke{First: true})
	return f
}

// later begins the next wake, some time after the last.
func (f *flow) later(d time.Duration) {
	f.s.Wake, f.trail = Wake{}, Trail{}
	f.s.Now = f.s.Now.Add(d)
	f.apply(Woke{First: true})
}

func (f *flow) apply(e Event) {
	var notes []string
	f.s, notes = Apply(f.s, e)
	f.notes = append(f.notes, notes...)
}

// does expects the next act to be one of those, and begins it.
func (f *flow) does(want ...Do) Act {
	f.Helper()
	for {
		f.apply(Woke{})
		a := Decide(f.s)
		if a.Do == Wait {
			f.apply(Rested{Gate: a.Gate})
		} else if f.trail.Circles(f.s, a) {
			f.Fatalf("it goes round in circles: %s", a.Do)
		} else {
			f.apply(Began{a})
		}
		if slices.Contains(want, a.Do) {
			return a
		}
		switch a.Do {
		case LookAtPeople:
			f.apply(Looked{Look(*f.people, nil, f.s.Now)})
		case LookAtDeclared:
			f.apply(LookedAtDeclared{Look(f.declared, nil, f.s.Now)})
		case LookAtBusy:
			f.apply(LookedAtBusy{Look(f.busy, nil, f.s.Now)})
		case LookForOwner:
			f.apply(OwnerFound{Ownership{UID: a.Who.UID, Owner: true, Looked: true, Known: true}})
		case LookAtMac:
			f.apply(LookedAtMac{Look(f.mac, nil, f.s.Now)})
		case DoCheck:
			f.apply(Checked{Outcome: Found, Updates: f.s.State.Round.Updates})
		case Download:
			f.apply(Downloaded{Label: a.Updates[0].Label})
		case GiveUp:
			f.apply(GaveUp{a})
		default:
			f.Fatalf("it does %s, because %s; want %s", a.Do, a.Why, want)
		}
	}
}

// comes passes time and takes what has come of an act.
func (f *flow) comes(after time.Duration, e Event) {
	f.s.Now = f.s.Now.Add(after)
	f.apply(e)
}

// away expects that a dialog stays away for so long.
func (f *flow) away(d time.Duration) {
	f.Helper()
	a := f.does(AwaitPrompt)
	if a.For != d {
		f.Errorf("it stays away for %v, want %v", a.For, d)
	}
	f.comes(a.For, Woke{})
}

// answer answers a dialog.
func (f *flow) answer(a Act, r Reply, after time.Duration) {
	f.comes(after, Answered{Answer: Answer{To: a.Do, Who: a.Who, Reply: r, For: 4 * time.Hour, After: after}})
}

// The flows play what is hard about a wake.

func TestFlowOfAPrompt(t *testing.T) {
	set := settings.Defaults()
	t.Run("a click at 12 % waits for the adapter, and she is told so", func(t *testing.T) {
		f := play(t, found(set, safari), at(time.Minute), intel)
		f.mac = Condition{OnBattery: true, BatteryPercent: 12}
		f.answer(f.does(Prompt), Run, time.Minute)
		if a := f.does(TellObstacle); a.Gate != "power" || a.Setting != "MinimumBatteryPercent" || a.Who != ada {
			t.Errorf("%s is told of %s", a.Who.Name, a.Gate)
		}
		f.comes(time.Minute, Told{})
		if a := f.does(Wait); a.Gate != "power" {
			t.Errorf("it waits for %s", a.Gate)
		}
		f.later(5 * time.Minute)
		if a := f.does(Wait); a.Gate != "power" {
			t.Errorf("it waits for %s", a.Gate)
		}
		f.mac.OnBattery = false
		f.later(5 * time.Minute)
		f.does(Install)
	})
	t.Run("the adapter comes while the dialog says so, and the updates go on", func(t *testing.T) {
		f := play(t, found(set, safari), at(time.Minute), intel)
		f.mac = Condition{OnBattery: true, BatteryPercent: 12}
		f.answer(f.does(Prompt), Run, time.Minute)
		f.does(TellObstacle)
		f.mac.OnBattery = false
		f.comes(10*time.Minute, LookedAtMac{Look(f.mac, nil, f.s.Now)})
		f.apply(Told{})
		f.does(Install)
	})
	t.Run("a profile that shortens the deadline ends the deferral, with notice", func(t *testing.T) {
		f := play(t, found(set, safari), at(time.Minute), intel)
		f.answer(f.does(Prompt), Defer, time.Minute)
		f.does(Wait)
		f.s.Settings.MaxDeferralTime = time.Hour
		f.later(90 * time.Minute)
		if a := f.does(Prompt); f.s.State.TimeLeft(f.s.Now) < 59*time.Minute || len(f.notes) == 0 {
			t.Errorf("%s %v", a.Why, f.notes)
		}
	})
	t.Run("what an administrator writes while a prompt is up holds whatever is answered", func(t *testing.T) {
		f := play(t, found(set, safari), at(time.Minute), intel)
		a := f.does(Prompt)
		written := f.s.State
		written.DeferredUntil = monday.Add(2 * time.Hour)
		f.apply(Heeded{written})
		f.answer(a, Defer, time.Minute)
		f.does(Wait)
		if got := f.s.State.DeferredUntil; !got.Equal(written.DeferredUntil) {
			t.Errorf("deferred until %v", got)
		}
	})
}

func TestFlowOfACountdown(t *testing.T) {
	set := settings.Defaults()
	t.Run("a countdown that the screen leaves is counted anew for whom it comes to", func(t *testing.T) {
		f := play(t, found(set, safari), at(73*time.Hour), intel)
		a := f.does(FinalPrompt)
		f.people = there(grace)
		f.answer(a, NoReply, 4*time.Minute)
		if a := f.does(Wait); a.Gate != "pause" {
			t.Errorf("it waits for %s", a.Gate)
		}
		f.later(5 * time.Minute)
		if a := f.does(FinalPrompt); a.Who != grace || a.For != set.UpdateDelay {
			t.Errorf("%s has %v", a.Who.Name, a.For)
		}
	})
	t.Run("a countdown that is closed comes back for the rest, and its end installs", func(t *testing.T) {
		f := play(t, found(set, safari), at(73*time.Hour), intel)
		f.answer(f.does(FinalPrompt), NoReply, 4*time.Minute)
		f.away(2 * time.Second)
		a := f.does(FinalPrompt)
		if !a.Again || a.For != 6*time.Minute {
			t.Errorf("it comes back for %v", a.For)
		}
		f.answer(a, NoReply, 6*time.Minute)
		f.does(Install)
	})
}

func TestFlowOfARestart(t *testing.T) {
	set := settings.Defaults()
	t.Run("a restart that apps refuse is followed by time to save, Apple's own and a plain one", func(t *testing.T) {
		f := play(t, found(set, tahoe), at(time.Minute), intel)
		f.answer(f.does(Prompt), Run, time.Minute)
		f.does(InstallAndRestart)
		f.comes(10*time.Minute, Installed{OK: true, Staged: true})
		a := f.does(TimeToSave)
		f.apply(AskedToSave{Who: ada})
		f.comes(a.For, Saved{Who: ada, Had: true})
		f.does(ToolRestart)
		f.comes(time.Second, ToolRestarted{})
		f.comes(f.does(AwaitRestart).For, Woke{})
		f.does(HardRestart)
		f.comes(time.Second, HardRestarted{})
		if a := f.does(AwaitRestart); a.For < 8*time.Minute || f.s.State.Round.Restarts != 1 {
			t.Errorf("%v, %d restarts", a.For, f.s.State.Round.Restarts)
		}
	})
	t.Run("nobody is restarted who has clicked and gone behind the login window", func(t *testing.T) {
		f := play(t, found(set, tahoe), at(time.Minute), intel)
		f.answer(f.does(Prompt), Run, time.Minute)
		f.does(InstallAndRestart)
		f.people = &People{Behind: 1, Session: 501}
		f.comes(10*time.Minute, Installed{OK: true, Staged: true})
		if a := f.does(GiveUp); a.Of != TimeToSave || a.Gate != "login window" {
			t.Errorf("%s, because of %s", a.Of, a.Gate)
		}
		f.apply(GaveUp{Act{Do: GiveUp, Of: TimeToSave}})
		f.does(DoCheck)
		f.apply(Checked{Outcome: Found, Updates: f.s.State.Round.Updates})
		f.does(Wait)
	})
}

func TestFlowOfAPassword(t *testing.T) {
	set := settings.Defaults()
	for name, after := range map[string]time.Duration{"after a click": time.Minute, "past the deadline": 73 * time.Hour} {
		t.Run("nobody types one in vain on a low battery, "+name, func(t *testing.T) {
			f := play(t, found(set, tahoe), at(after), macos.Machine{AppleSilicon: true, Version: "26.6", Build: "25G72"})
			f.s.Settings.AppleSiliconPassword = true
			if after < time.Hour {
				f.answer(f.does(Prompt), Run, time.Minute)
			}
			f.mac = Condition{OnBattery: true, BatteryPercent: 12}
			if a := f.does(TellObstacle, AskPassword); a.Do != TellObstacle || a.Gate != "power" {
				t.Fatalf("%s, with 12 %% left", a.Do)
			}
			f.mac.OnBattery = false
			f.comes(time.Minute, LookedAtMac{Look(f.mac, nil, f.s.Now)})
			f.apply(Told{})
			f.does(AskPassword)
		})
	}
	t.Run("a password that is wrong twice burns no restart, and one that is right is used once more by force", func(t *testing.T) {
		owned := macos.Machine{AppleSilicon: true, Version: "26.6", Build: "25G72"}
		f := play(t, found(set, tahoe), at(time.Minute), owned)
		f.s.Settings.AppleSiliconPassword = true
		f.answer(f.does(Prompt), Run, time.Minute)
		f.does(LookForOwner)
		f.comes(time.Second, OwnerFound{Ownership{UID: ada.UID, Owner: true, Looked: true, Known: true}})
		for try := range 3 {
			a := f.does(AskPassword)
			if a.Again != (try > 0) || a.Tries != 3-try {
				t.Errorf("try %d: again %v, %d left", try, a.Again, a.Tries)
			}
			f.answer(a, Password, 10*time.Second)
			f.does(InstallWithPassword)
			if try < 2 {
				f.comes(time.Second, Installed{Rejected: true})
			}
		}
		f.comes(10*time.Minute, Installed{OK: true, Staged: true})
		if f.s.State.Round.Restarts != 1 {
			t.Errorf("%d restarts", f.s.State.Round.Restarts)
		}
		f.comes(f.does(TimeToSave).For, Saved{Who: ada, Had: true})
		f.does(ToolRestart)
		f.comes(time.Minute, ToolRestarted{})
		f.comes(f.does(AwaitRestart).For, Woke{})
		f.does(Wait)
		if f.s.Wake.Password || f.s.State.Round.Step.Kind != NoStep || !strings.Contains(f.s.State.LastError.Text, "not restarted by force") {
			t.Errorf("step %q, last error %q", f.s.State.Round.Step.Kind, f.s.State.LastError.Text)
		}
	})
}

func TestFlowWithAClockThatIsSet(t *testing.T) {
	set := settings.Defaults()
	t.Run("a clock that is set right stops what only a wrong one has made due", func(t *testing.T) {
		f := play(t, found(set, tahoe), clock.Moment{Wall: monday.Add(100 * time.Hour), Continuous: time.Hour, Boot: "second"}, intel)
		f.answer(f.does(FinalPrompt), NoReply, 10*time.Minute)
		a := f.does(InstallAndRestart)
		f.s.Now.Wall = f.s.Now.Wall.Add(-100 * time.Hour)
		if why := MayContinue(f.s, a); why != clockSetBack {
			t.Errorf("it stops, because %q", why)
		}
		f.comes(time.Minute, Installed{Stopped: true})
		f.does(DoCheck)
		if f.s.State.Round.Step.Kind != NoStep || f.s.State.Round.Restarts != 0 {
			t.Errorf("step %q", f.s.State.Round.Step.Kind)
		}
	})
	t.Run("a clock that is set back in the time to save changes nothing", func(t *testing.T) {
		f := play(t, found(set, tahoe), at(80*time.Hour), intel)
		f.answer(f.does(FinalPrompt), NoReply, 10*time.Minute)
		f.does(InstallAndRestart)
		f.comes(time.Minute, Installed{OK: true})
		a := f.does(TimeToSave)
		f.s.Now.Wall = f.s.Now.Wall.Add(-100 * time.Hour)
		if why := MayContinue(f.s, a); why != "" {
			t.Errorf("it stops, because %q", why)
		}
	})
}

func TestFlowUnderWhatOthersDecide(t *testing.T) {
	set := settings.Defaults()
	hold := func(f *flow) Hold { return Hold{Since: f.s.Now.Wall, Until: f.s.Now.Wall.Add(time.Hour)} }
	t.Run("a hold finishes what is being installed, and nothing follows", func(t *testing.T) {
		f := play(t, found(set, safari, tahoe), at(time.Minute), intel)
		f.answer(f.does(Prompt), Run, time.Minute)
		a := f.does(Install)
		f.apply(Held{hold(f)})
		if why := MayContinue(f.s, a); why != "" {
			t.Errorf("it stops, because %q", why)
		}
		f.comes(time.Minute, Installed{OK: true})
		f.does(Install) // of macOS, without its restart
		f.comes(time.Minute, Installed{OK: true, Staged: true})
		if a := f.does(GiveUp); a.Gate != "hold" || a.Of != InstallAndRestart {
			t.Errorf("it gives up because of %q", a.Gate)
		}
	})
	t.Run("a hold ends a countdown, which begins anew after notice", func(t *testing.T) {
		f := play(t, found(set, safari), at(73*time.Hour), intel)
		a := f.does(FinalPrompt)
		f.apply(Held{hold(f)})
		if why := MayContinue(f.s, a); why == "" {
			t.Error("it goes on")
		}
		f.answer(a, NoReply, 4*time.Minute)
		if a := f.does(Wait); a.Gate != "hold" {
			t.Errorf("it waits for %q", a.Gate)
		}
		f.later(time.Hour)
		f.answer(f.does(Prompt), Defer, time.Second)
		f.has(set.MinimumNotice - 10*time.Minute)
		f.hasTheRest()
		if a := f.does(FinalPrompt); a.For != set.UpdateDelay {
			t.Errorf("%v are left", a.For)
		}
	})
	t.Run("Apple's own date ends a countdown an hour before it", func(t *testing.T) {
		f := play(t, found(set, safari), at(73*time.Hour), macos.Machine{Version: "26.6", Build: "25G72"})
		f.declared = Declared{Enforced: []Enforced{enforced(t, "26.7", 74*time.Hour+5*time.Minute)}}
		a := f.does(FinalPrompt)
		f.s.Now = f.s.Now.Add(6 * time.Minute)
		if why := MayContinue(f.s, a); why == "" {
			t.Error("it goes on")
		}
		f.apply(Answered{Answer: Answer{To: a.Do, Who: a.Who, After: 6 * time.Minute}})
		if a := f.does(Wait); a.Gate != "declared" {
			t.Errorf("it waits for %q", a.Gate)
		}
	})
}

// TestRecovery kills a wake after each step that is written down, and says what
// the next makes of it: in the same start of the Mac, and in another.
func TestRecovery(t *testing.T) {
	set := settings.Defaults()
	by := Allowed{Clicked, ada}
	work := newWork(Plan{Quiet: just(safari), Restarting: just(tahoe)}, by, set)
	begun := func(acts ...Act) State {
		s := situation(found(set, safari, tahoe), time.Hour)
		s.Wake.Restart.Allowed = by
		for _, a := range acts {
			s, _ = Apply(s, Began{a})
		}
		return s.State
	}
	install := Act{Do: Install, Updates: just(safari), Work: work}
	restart := Act{Do: InstallAndRestart, Updates: just(tahoe)}
	for _, c := range []struct {
		name        string
		state       State
		same, other Do
	}{
		{"a prompt is asked again", begun(Act{Do: Prompt}), Prompt, DoCheck},
		{"an installation is a failure that a check looks into", begun(install), Wait, DoCheck},
		{"a restart that Apple's tool was to ask for counts, and is checked", begun(install, restart), Wait, DoCheck},
		{"a restart that somebody was asked for goes on with time to save", begun(install, restart).Asked(501, at(time.Hour)), TimeToSave, DoCheck},
		{"a hard restart is awaited", begun(install, restart, Act{Do: HardRestart}), AwaitRestart, DoCheck},
		{"a removal goes on", begun(Act{Do: Remove}), Remove, Remove},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := play(t, c.state, at(time.Hour+time.Minute), intel)
			f.does(c.same)
			f = play(t, c.state, clock.Moment{Wall: monday.Add(2 * time.Hour), Continuous: time.Minute, Boot: "second"}, intel)
			f.does(c.other)
		})
	}
}

func just(u Update) []Update { return []Update{u} }

func TestEachPromptIsCountedOnce(t *testing.T) {
	s := situation(found(settings.Defaults(), safari), time.Minute)
	for i, act := range []Do{Prompt, FinalPrompt, FinalPrompt, Prompt} {
		s, _ = Apply(s, Began{Act{Do: act}})
		if want := []int{1, 2, 2, 3}[i]; s.State.Round.Prompts != want {
			t.Errorf("after %q for the %d. time %d prompts are counted, want %d", act, i+1, s.State.Round.Prompts, want)
		}
	}
}

func TestTheSameActTwiceWithoutAChangeIsACircle(t *testing.T) {
	s := situation(found(settings.Defaults(), safari), time.Minute)
	var trail Trail
	if trail.Circles(s, Act{Do: LookAtMac}) || trail.Circles(s, Act{Do: LookAtPeople}) {
		t.Error("two acts are no circle")
	}
	s.Now = s.Now.Add(time.Minute)
	if trail.Circles(s, Act{Do: LookAtMac}) {
		t.Error("a look that was too old when it came to a decision is no circle")
	}
	if !trail.Circles(s, Act{Do: LookAtMac}) {
		t.Error("time alone is no change")
	}
	s.State.Round.Prompts++
	if trail.Circles(s, Act{Do: DoCheck}) {
		t.Error("another state is a change")
	}
	if !trail.Circles(s, Act{Do: DoCheck}) {
		t.Error("what is no look is done once")
	}
}
