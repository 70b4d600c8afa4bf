package deferral

import (
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"installordefer/deferral/settings"
	"installordefer/internal/clock"
	"installordefer/internal/macos"
)

var (
	monday = time.Date(2026, 11, 23, 10, 0, 0, 0, time.UTC)
	safari = Update{Label: "Safari27.0TahoeAuto-27.0", Name: "Safari 27.0"}
	tahoe  = Update{Label: "macOS Tahoe 26.7-25G229", Name: "macOS Tahoe 26.7", Restart: true, System: true}
	intel  = macos.Machine{Build: "25G72"}
	m1     = macos.Machine{Build: "25G72", AppleSilicon: true}
)

func at(after time.Duration) clock.Moment {
	return clock.Moment{Wall: monday.Add(after), Continuous: time.Hour + after, Boot: "first"}
}

// found is a Mac on which updates were found at monday.
func found(set settings.Settings, updates ...Update) State {
	return State{}.Checked(Found, updates, set, intel, at(0), time.UTC)
}

var ada = Person{Name: "ada", UID: 501}

// see has somebody look who is there.
func see(s *Situation, p People) { s.Wake.People = Look(p, nil, s.Now) }

func unlooked(s *Situation)  { s.Wake.People, s.Wake.Mac = Fact[People]{}, Fact[Condition]{} }
func nobody(s *Situation)    { see(s, People{}) }
func behind(s *Situation)    { see(s, People{Behind: 1}) }
func unchecked(s *Situation) { s.Wake.Checked = false }
func manual(s *Situation)    { s.Settings.ManualUpdates = true }

func allow(s *Situation, c Consent) { s.Wake.Allowed = Allowed{c, ada} }

// woken is the situation at the beginning of a wake.
func woken(s Situation) (Situation, []string) { return Apply(s, Woke{First: true}) }

func situation(st State, after time.Duration) Situation {
	return situationAt(st, at(after))
}

// heard is a round of which these people have had all the notice that there is.
func heard(st State, uids ...int) State {
	for _, uid := range uids {
		st.Round.hears(Notice{Lock: Lock{UID: uid, For: 24 * time.Hour}, Asked: true})
	}
	return st
}

// situationAt is a wake in which everything has been looked at, with ada at the
// screen, and checked and downloaded.
func situationAt(st State, now clock.Moment) Situation {
	s := Situation{Settings: settings.Defaults(), State: heard(st, 0, 501, 502), Now: now, Machine: intel, Zone: time.UTC}
	s.Wake.Checked, s.Wake.Downloads = true, Labels(st.Round.Updates)
	s.Wake.Mac = Look(Condition{}, nil, s.Now)
	s.Wake.Busy = Look(false, nil, s.Now)
	s.Wake.Owner = Ownership{UID: ada.UID, Owner: true, Looked: true, Known: true}
	see(&s, People{Person: ada, Present: true})
	return s
}

func TestWhatIsDecidedBeforeTheDeadline(t *testing.T) {
	set := settings.Defaults()
	round := found(set, safari, tahoe)
	deferred := round.Deferred(4*time.Hour, at(0))
	nothing := State{}.Checked(None, nil, set, intel, at(0), time.UTC)
	nothingLeft := round.Checked(None, nil, set, intel, at(time.Hour), time.UTC)
	failing := State{}.Checked(Unknown, nil, set, intel, at(0), time.UTC)
	decides(t, []decision{
		{"a new Mac is checked", State{}, 0, unchecked, DoCheck},
		{"a failed check is not repeated in the same wake", failing, time.Second, nil, Wait},
		{"a failed check is repeated after five minutes", failing, 5 * time.Minute, unchecked, DoCheck},
		{"a failed check is not repeated before", failing, 4 * time.Minute, unchecked, Wait},
		{"one check that says none removes nothing", nothing, time.Second, nil, Wait},
		{"a second one is asked for in the next wake", nothing, 5 * time.Minute, unchecked, DoCheck},
		{"two that say none remove the job", nothing.Checked(None, nil, set, intel, at(5*time.Minute), time.UTC), 5 * time.Minute, nil, Remove},
		{"two in the same wake do not", nothing.Checked(None, nil, set, intel, at(time.Minute), time.UTC), time.Minute, nil, Wait},
		{"an update that vanished is not prompted for", nothingLeft, time.Hour, nil, Wait},
		{"updates lead to a prompt", round, time.Minute, nil, Prompt},
		{"before the prompt somebody looks who is there", round, time.Minute, unlooked, LookAtPeople},
		{"before the prompt updates are downloaded", round, time.Minute, func(s *Situation) { s.Wake.Downloads = nil }, Download},
		{"an old list is checked again before the prompt", round, time.Hour, unchecked, DoCheck},
		{"nobody at the screen is not prompted", round, time.Minute, nobody, Wait},
		{"a screen that cannot be looked at is not taken for an empty one", round, 73 * time.Hour, func(s *Situation) { s.Wake.People.Known = false }, Wait},
		{"FileVault at work delays the prompt", round, time.Minute, func(s *Situation) { s.Wake.Mac.Is.Converting = true }, Wait},
		{"a deferral is waited for", deferred, time.Hour, unlooked, Wait},
		{"ten minutes before its end nothing is looked at", deferred, 4*time.Hour - 10*time.Minute, unlooked, Wait},
		{"a later wake looks who will be asked", deferred, 4*time.Hour - 10*time.Minute + time.Second, unlooked, LookAtPeople},
		{"and checks before the prompt is due", deferred, 4*time.Hour - 10*time.Minute + time.Second, unchecked, DoCheck},
		{"a wake that comes five minutes before its end ends before it", deferred, 4*time.Hour - 5*time.Minute, nil, Wait},
		{"a later one waits for it", deferred, 4*time.Hour - 5*time.Minute + time.Second, nil, AwaitPrompt},
		{"one that has asked already does not", deferred, 4*time.Hour - time.Minute, func(s *Situation) { s.Wake.Asked = true }, Wait},
		{"after a deferral somebody looks around", deferred, 4 * time.Hour, unlooked, LookAtPeople},
		{"after a deferral there is a prompt", deferred, 4 * time.Hour, nil, Prompt},
		{"a click installs", round, time.Minute, func(s *Situation) { allow(s, Clicked) }, Install},
		{"a click does not install on a low battery", round, time.Minute, func(s *Situation) {
			allow(s, Clicked)
			s.Wake.Mac.Is = Condition{OnBattery: true, BatteryPercent: 5}
		}, TellObstacle},
		{"a low percentage on the power adapter is no obstacle", round, time.Minute, func(s *Situation) {
			allow(s, Clicked)
			s.Wake.Mac.Is.BatteryPercent = 5
		}, Install},
		{"a click does not install while FileVault is at work", round, time.Minute, func(s *Situation) {
			allow(s, Clicked)
			s.Wake.Mac.Is.Converting = true
		}, TellObstacle},
		{"one second before the deadline there is a prompt", round, 72*time.Hour - time.Second, nil, Prompt},
	})
}

func TestWhatIsDecidedAfterTheDeadline(t *testing.T) {
	set := settings.Defaults()
	round := found(set, safari, tahoe)
	decides(t, []decision{
		{"at the deadline there is the final prompt", round, 72 * time.Hour, nil, FinalPrompt},
		{"a deferral that was written past the deadline by hand does not outlast it", until(round, 74*time.Hour), 72 * time.Hour, nil, FinalPrompt},
		{"a deferral does not outlast the deadline", round.Deferred(4*time.Hour, at(71*time.Hour)), 72 * time.Hour, nil, FinalPrompt},
		{"the end of the countdown installs", round, 73 * time.Hour, func(s *Situation) { allow(s, CountedDown) }, Install},
		{"the end of the countdown installs nothing on a low battery", round, 73 * time.Hour, func(s *Situation) {
			allow(s, CountedDown)
			s.Wake.Mac.Is = Condition{OnBattery: true, BatteryPercent: 5}
		}, TellObstacle},
		{"the end of the countdown installs nothing while FileVault is at work", round, 73 * time.Hour, func(s *Situation) {
			allow(s, CountedDown)
			s.Wake.Mac.Is.Converting = true
		}, TellObstacle},
		{"after the deadline an empty screen is not counted down for", round, 73 * time.Hour, nobody, Install},
		{"behind the login window what needs no restart is installed", round, 73 * time.Hour, behind, Install},
		{"behind the login window nothing is restarted for", found(set, tahoe), 73 * time.Hour, behind, Wait},
		{"FileVault at work delays the installation", round, 73 * time.Hour, func(s *Situation) { s.Wake.Mac.Is.Converting = true }, TellObstacle},
		{"on Apple silicon macOS is the person's to install", found(set, tahoe), 73 * time.Hour, func(s *Situation) { s.Machine = m1 }, OpenPane},
		{"on Apple silicon the rest is counted down for first", round, 73 * time.Hour, func(s *Situation) { s.Machine = m1 }, FinalPrompt},
		{"on Apple silicon nothing is forced on an empty screen", found(set, tahoe), 73 * time.Hour, func(s *Situation) { s.Machine = m1; nobody(s) }, Wait},
		{"with ManualUpdates everything is the person's", round, 73 * time.Hour, func(s *Situation) { s.Settings.ManualUpdates = true }, OpenPane},
		{"on Apple silicon macOS is not downloaded", found(set, tahoe), time.Minute, func(s *Situation) { s.Machine, s.Wake.Downloads = m1, nil }, Prompt},
		{"a failed installation is not tried again at once", round.installFailedBecause(set, "no space", at(73*time.Hour)), 73*time.Hour + 29*time.Minute, nil, Wait},
		{"a failed installation is tried again later", round.installFailedBecause(set, "no space", at(73*time.Hour)), 73*time.Hour + 30*time.Minute, nil, FinalPrompt},
	})
}

func TestNobodyAtTheScreenIsNotNobody(t *testing.T) {
	const behind = "The login window is up, but 1 person is logged in behind it"
	tests := []struct {
		name   string
		people People
		set    func(*settings.Settings)
		after  time.Duration
		why    string
		plan   Plan
	}{
		{name: "before the deadline", people: People{Behind: 1}, after: time.Hour, why: behind + ". The prompt comes when somebody is at the screen."},
		{name: "before the deadline, with nobody", after: time.Hour, why: "Nobody is logged in. The prompt comes when somebody is at the screen."},
		{name: "after it only the quiet ones are installed", people: People{Behind: 1}, after: 73 * time.Hour,
			why: "The deadline has passed. " + behind + ", so only what needs no restart is installed.", plan: Plan{Quiet: []Update{safari}}},
		{name: "after it, over two people", people: People{Behind: 2}, after: 73 * time.Hour,
			why: "The deadline has passed. The login window is up, but 2 people are logged in behind it, so only what needs no restart is installed.", plan: Plan{Quiet: []Update{safari}}},
		{name: "after it, with nobody", after: 73 * time.Hour, why: "The deadline has passed. Nobody is logged in.",
			plan: Plan{Quiet: []Update{safari}, Restarting: []Update{tahoe}}},
		{name: "after it, where everything is a person's", people: People{Behind: 1}, after: 73 * time.Hour, set: func(s *settings.Settings) { s.ManualUpdates = true },
			why: "The deadline has passed, but the updates need a person. " + behind + "."},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := situation(found(settings.Defaults(), safari, tahoe), tt.after)
			see(&s, tt.people)
			if tt.set != nil {
				tt.set(&s.Settings)
			}
			d := Decide(s)
			if d.Why != tt.why {
				t.Errorf("says %q, want %q", d.Why, tt.why)
			}
			var plan Plan
			if d.Work != nil {
				plan = d.Work.Plan
			}
			if diff := cmp.Diff(tt.plan, plan); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestWhatIsDecidedAboutARestart(t *testing.T) {
	set := settings.Defaults()
	round := found(set, safari, tahoe)
	begun := round.Begin(StepSoft, []string{tahoe.Label}, false, intel, at(80*time.Hour))
	soft := begun.Asked(501, at(80*time.Hour))
	decides(t, []decision{
		{"a soft restart is given its time", soft, 80*time.Hour + 5*time.Minute - time.Second, nil, TimeToSave},
		{"a soft restart that was never asked for is followed by no hard one", begun, 81 * time.Hour, nil, Wait},
		{"it is not taken for granted that its dialog was seen", soft, 80*time.Hour + 5*time.Minute, nil, TimeToSave},
		{"a hard restart follows it", soft, 80*time.Hour + 5*time.Minute, func(s *Situation) {
			s.Machine = macos.Machine{}
			s.Wake.Restart.Ready, s.Wake.Restart.ToolEnded = true, s.Now.Add(-time.Minute)
		}, HardRestart},
		{"a hard restart is given its time", soft.harden(at(81 * time.Hour)), 81*time.Hour + 9*time.Minute, nil, AwaitRestart},
		{"a hard restart that did not happen is repeated", soft.harden(at(81 * time.Hour)), 81*time.Hour + 10*time.Minute, nil, TimeToSave},
		{"after three restarts nothing more is enforced", withRestarts(round, 3), 90 * time.Hour, nil, Wait},
		{"a removal that was begun goes on", State{Round: Round{Step: Step{Kind: StepRemove}}}, 0, nil, Remove},
	})
}

// A decision is a row of the tables above: what is decided some time after the
// updates were found, in a situation that edit may change.
type decision struct {
	name  string
	state State
	after time.Duration
	edit  func(*Situation)
	want  Do
}

func decides(t *testing.T, rows []decision) {
	for _, c := range rows {
		t.Run(c.name, func(t *testing.T) {
			s := situation(c.state, c.after)
			if c.edit != nil {
				c.edit(&s)
			}
			s, _ = woken(s)
			d := Decide(s)
			if d.Do != c.want {
				t.Errorf("decided %q (%s), want %q", d.Do, d.Why, c.want)
			}
			if d.Why == "" {
				t.Error("the decision gives no reason")
			}
		})
	}
}

func until(s State, after time.Duration) State {
	s.DeferredUntil = monday.Add(after)
	return s
}

func withRestarts(s State, n int) State {
	s.Round.Restarts = n
	return s
}

func TestARestartIsFollowedByACheck(t *testing.T) {
	st := found(settings.Defaults(), tahoe).Begin(StepSoft, []string{tahoe.Label}, false, intel, at(80*time.Hour))
	s := situation(st, 0)
	s.Wake.Checked = false
	s.Now = clock.Moment{Wall: monday.Add(81 * time.Hour), Continuous: time.Minute, Boot: "second"}
	if d := Decide(s); d.Do != DoCheck {
		t.Fatalf("decided %q, want a check", d.Do)
	}

	newBuild := macos.Machine{Build: "25G229"}
	proven := st.Checked(None, nil, s.Settings, newBuild, s.Now, time.UTC)
	if !proven.Proven {
		t.Error("the new build running and an empty list after the restart prove that nothing is left")
	}
	oldBuild := st.Checked(None, nil, s.Settings, intel, s.Now, time.UTC)
	if oldBuild.Proven {
		t.Error("an empty list alone, with the old build running, must be confirmed by a second check")
	}
	failed := st.Checked(Unknown, nil, s.Settings, newBuild, s.Now, time.UTC)
	if failed.Proven || failed.Round.Step.Kind != StepSoft {
		t.Error("a failed check after the restart proves nothing and concludes nothing")
	}
	still := st.Checked(Found, []Update{tahoe}, s.Settings, intel, s.Now, time.UTC)
	if still.Round.Step.Kind != NoStep || still.Round.Failures != 1 || still.Round.Restarts != 1 {
		t.Errorf("an update that is still listed after the restart is a failure: %+v", still.Round)
	}
	if !still.ForcedAfter.Equal(st.ForcedAfter) {
		t.Error("the deadline moved")
	}
	other := st.Checked(Found, []Update{safari}, s.Settings, newBuild, s.Now, time.UTC)
	for _, after := range []State{oldBuild, other} {
		if after.Round.Step.Kind != NoStep || after.Round.Failures != 0 {
			t.Errorf("the restart is over and installed what it was for: %+v", after.Round)
		}
	}
}

func TestAnInterruptedInstallationIsAFailureAndNoConsent(t *testing.T) {
	st := found(settings.Defaults(), safari).Begin(StepInstall, []string{safari.Label}, false, intel, at(time.Hour))
	s, notes := woken(situation(st, 2*time.Hour))
	if d := Decide(s); d.Do != Wait || s.State.Round.Failures != 1 || len(notes) == 0 {
		t.Errorf("decided %q with %d failures and notes %q", d.Do, s.State.Round.Failures, notes)
	}
}

func TestTheLastPromptIsTheOneWhoseDeferralWouldReachTheDeadline(t *testing.T) {
	st := found(settings.Defaults(), safari)
	for after, want := range map[time.Duration]bool{
		67*time.Hour + 59*time.Minute: false,
		68 * time.Hour:                true,
		71 * time.Hour:                true,
	} {
		if d := Decide(situation(st, after)); d.Last != want {
			t.Errorf("after %v the last prompt is %v, want %v", after, d.Last, want)
		}
	}
}

func TestTheFirstWakeAfterARestartChecksAndTheNextOneWaits(t *testing.T) {
	st := found(settings.Defaults(), tahoe).Deferred(4*time.Hour, at(0))
	s := situation(st, 0)
	unchecked(&s)
	unlooked(&s)
	s.Now = clock.Moment{Wall: monday.Add(time.Hour), Continuous: time.Minute, Boot: "second"}
	if d := Decide(s); d.Do != DoCheck {
		t.Fatalf("decided %q (%s), want a check", d.Do, d.Why)
	}
	s.State = st.Checked(Unknown, nil, s.Settings, intel, s.Now, time.UTC)
	if d := Decide(s); d.Do != Wait {
		t.Errorf("after a check that failed: %q (%s), want to wait for the end of the deferral", d.Do, d.Why)
	}
}

func TestANewerUpdateInheritsTheDeadline(t *testing.T) {
	st := found(settings.Defaults(), safari)
	newer := Update{Label: "Safari27.1TahoeAuto-27.1", Name: "Safari 27.1"}
	next := st.Checked(Found, []Update{newer, tahoe}, settings.Defaults(), intel, at(70*time.Hour), time.UTC)
	if !next.ForcedAfter.Equal(st.ForcedAfter) {
		t.Errorf("the deadline moved from %v to %v", st.ForcedAfter, next.ForcedAfter)
	}
	vanished := next.Checked(None, nil, settings.Defaults(), intel, at(70*time.Hour+time.Minute), time.UTC)
	back := vanished.Checked(Found, []Update{newer}, settings.Defaults(), intel, at(71*time.Hour), time.UTC)
	if !back.ForcedAfter.Equal(st.ForcedAfter) || back.FirstNone != (clock.Moment{}) {
		t.Error("an update that was gone for a moment gets no new deadline, and the row of empty checks is broken")
	}
}

func TestUnansweredPromptsComeBackLaterEachTimeAndNeverLaterThanADeferral(t *testing.T) {
	set := settings.Defaults()
	st := found(set, safari)
	now := time.Duration(0)
	before := time.Duration(0)
	for range 12 {
		st = st.Unanswered(set, at(now))
		left := st.DeferralLeft(at(now))
		if left < before || left > set.DeferralPeriod {
			t.Fatalf("after %d prompts without an answer the next comes in %v", st.Round.NoAnswers, left)
		}
		before, now = left, now+left
	}
	if before != set.DeferralPeriod {
		t.Errorf("the delay ends at %v, want %v", before, set.DeferralPeriod)
	}
}

func TestSkipDeferralIsDueAtOnceAndStillCountsDown(t *testing.T) {
	set := settings.Defaults()
	set.SkipDeferral = true
	s := situation(found(set, tahoe), 0)
	s.Settings = set
	if d := Decide(s); d.Do != FinalPrompt {
		t.Errorf("decided %q, want the final prompt", d.Do)
	}
}

func TestAListChosenByOtherSettingsIsNotActedUpon(t *testing.T) {
	allowed := settings.Defaults()
	allowed.AllowMajorUpgrades = true
	st := found(allowed, tahoe)
	for _, c := range []struct {
		name    string
		hours   time.Duration
		checked bool
		want    Do
	}{
		{"before a prompt", 1, false, DoCheck},
		{"before the final prompt", 80, false, DoCheck},
		{"after a check that failed", 80, true, Wait},
	} {
		t.Run(c.name, func(t *testing.T) {
			now := at(c.hours * time.Hour)
			st := st
			if c.checked {
				st = st.Checked(Unknown, nil, settings.Defaults(), intel, now, time.UTC)
			}
			s := situationAt(st, now)
			s.Wake.Checked = c.checked
			s.State.LastCheck.At = now
			if d := Decide(s); d.Do != c.want {
				t.Errorf("decided %q: %s", d.Do, d.Why)
			}
			s.Settings.AllowMajorUpgrades = true
			if d := Decide(s); d.Do == c.want {
				t.Errorf("with the settings that chose the list, too, decided %q: %s", d.Do, d.Why)
			}
		})
	}
}

func TestACountdownIsNoConsentWhenTheDeadlineHasNotPassedAnyMore(t *testing.T) {
	st := found(settings.Defaults(), safari)
	s := situation(st, time.Minute)
	allow(&s, CountedDown)
	if d := Decide(s); d.Do != Prompt {
		t.Errorf("decided %q: %s", d.Do, d.Why)
	}
}

func TestAMacThatHasJustStartedWaitsForWhoSwitchedItOn(t *testing.T) {
	st := found(settings.Defaults(), tahoe)
	for _, c := range []struct {
		up   time.Duration
		want Do
	}{{time.Minute, Wait}, {9 * time.Minute, Wait}, {10 * time.Minute, Install}} {
		now := clock.Moment{Wall: monday.Add(80 * time.Hour), Continuous: c.up, Boot: "another"}
		st.LastCheck = Check{At: now, Outcome: Found}
		s := situationAt(st, now)
		nobody(&s)
		d := Decide(s)
		if d.Do != c.want {
			t.Errorf("%v after the start decided %q: %s", c.up, d.Do, d.Why)
		}
	}
}

func TestWhatStaysListedIsInstalledAgainMoreAndMoreSeldom(t *testing.T) {
	st := found(settings.Defaults(), safari, tahoe)
	var pauses []time.Duration
	now := at(80 * time.Hour)
	for range 5 {
		st = st.Begin(StepInstall, []string{safari.Label}, false, intel, now).Installed(settings.Defaults(), now)
		st = st.Checked(Found, []Update{safari, tahoe}, settings.Defaults(), intel, now, time.UTC)
		pauses = append(pauses, st.Round.Pause.left(now))
		now = now.Add(pauses[len(pauses)-1])
	}
	if want := []time.Duration{30 * time.Minute, time.Hour, 2 * time.Hour, 4 * time.Hour, 4 * time.Hour}; !slices.Equal(pauses, want) {
		t.Errorf("pauses of %v, want %v", pauses, want)
	}
	st = st.Checked(Found, []Update{tahoe}, settings.Defaults(), intel, now, time.UTC)
	if got := st.Installed(settings.Defaults(), now).Round.Pause.left(now); got != 30*time.Minute {
		t.Errorf("after one of them was gone a pause of %v, want 30m", got)
	}
}

func TestARestartThatWasOnlyBegunCounts(t *testing.T) {
	st := found(settings.Defaults(), tahoe).Begin(StepSoft, []string{tahoe.Label}, false, intel, at(80*time.Hour))
	s, _ := woken(Situation{Settings: settings.Defaults(), State: st, Now: at(81 * time.Hour), Machine: intel, Zone: time.UTC})
	if r := s.State.Round; r.Restarts != 1 || r.Step.Kind != NoStep {
		t.Errorf("%d restarts, step %q", r.Restarts, r.Step.Kind)
	}
}

func TestAHardRestartThatDoesNotHappenIsCountedAgainAndEndsInStopping(t *testing.T) {
	st := found(settings.Defaults(), tahoe).Begin(StepHard, []string{tahoe.Label}, false, intel, at(0))
	for range restartsMost {
		st = st.harden(at(0))
	}
	if !st.Stopped() {
		t.Fatalf("%d restarts", st.Round.Restarts)
	}
	s := situation(st, 2*hardAgain)
	if d := Decide(s); d.Do != Wait && d.Do != DoCheck {
		t.Errorf("after %d restarts it decides to %s", st.Round.Restarts, d.Do)
	}
}
