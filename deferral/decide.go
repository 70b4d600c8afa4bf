package deferral

import (
	"strconv"
	"time"

	"installordefer/deferral/settings"
	"installordefer/internal/clock"
)

// The policy's own times. They are not settings because no administrator has
// a reason to change them; each stands with its reason.
const (
	// fresh is how old a check may be for a prompt or an installation to
	// rely on it. Catalogues change within hours, prompts follow each other
	// within minutes when somebody closes the helper.
	fresh = 30 * time.Minute
	// noneApart is the time between two checks that together prove that no
	// update is left: a little less than the five minutes between wakes.
	noneApart = 4 * time.Minute
	// retryFirst and retryMost bound the time to the next try after a
	// failed check; it doubles in between.
	retryFirst, retryMost = 5 * time.Minute, 2 * time.Hour
	// PauseFirst and PauseMost do the same after a failed installation.
	PauseFirst, PauseMost = 30 * time.Minute, 4 * time.Hour
	// postponedFor is the wait for a power adapter.
	postponedFor = 15 * time.Minute
	// hardAgain is how long a hard restart may take before it is asked for
	// again.
	hardAgain = 10 * time.Minute
	// restartsMost is how many restarts a round may ask for. A Mac that
	// still lacks the update then needs an administrator, not a fourth.
	restartsMost = 3
	// silentCheck is how often Apple is asked for a version that it does not
	// offer: MDMs hold updates back for days.
	silentCheck = 6 * time.Hour
	// stoppedCheck is how often a round that has stopped looks whether
	// somebody has helped.
	stoppedCheck = 6 * time.Hour
)

// A Do is one thing to do.
type Do string

// What Decide can decide.
const (
	Wait         Do = "wait"          // end this wake; nothing to do before Decision.For has passed
	LookAround   Do = "look around"   // gather Facts, then decide again
	DoCheck      Do = "check"         // ask Apple, then decide again
	Download     Do = "download"      // download what has not been, then decide again
	Prompt       Do = "prompt"        // run or defer
	FinalPrompt  Do = "final prompt"  // the countdown that cannot be put off
	Install      Do = "install"       // install Decision.Plan
	Assist       Do = "assist"        // open Software Update for the person
	AwaitRestart Do = "await restart" // a restart was asked for softly; wait Decision.For
	HardRestart  Do = "hard restart"  // restart without asking
	Remove       Do = "remove"        // remove the job
)

// Facts are what is found out about the Mac only when it matters, because
// finding out starts programs.
type Facts struct {
	// Person is true when somebody is logged in at the screen. Unclear is
	// true when that cannot be told: nobody may be taken to be absent then.
	Person, Unclear bool
	// Behind is how many others are logged in: behind the person at the
	// screen, or behind the login window. Nobody at the screen is not nobody.
	Behind int
	// Converting is true while FileVault encrypts or decrypts the disk.
	Converting bool
	// OnBattery is true when the Mac draws from its battery, which then
	// holds BatteryPercent.
	OnBattery      bool
	BatteryPercent int
}

// Unready says why updates cannot be installed on the Mac as it is, and which
// setting decided. Both are empty where nothing is in the way.
func (f Facts) Unready(set settings.Settings) (why, setting string) {
	switch {
	case f.Converting:
		return "FileVault is encrypting or decrypting the disk. Updates wait until it has finished.", ""
	case f.OnBattery && f.BatteryPercent < set.MinimumBatteryPercent:
		return "The battery is too low to install updates safely. They are installed when the Mac is on its power adapter.", "MinimumBatteryPercent"
	}
	return "", ""
}

// Empty says, without its full stop, that nobody is at the screen, and who is
// logged in behind the login window.
func (f Facts) Empty() string {
	switch f.Behind {
	case 0:
		return "Nobody is logged in"
	case 1:
		return "The login window is up, but 1 person is logged in behind it"
	}
	return "The login window is up, but " + strconv.Itoa(f.Behind) + " people" + " are logged in behind it"
}

// A Machine is what is known of the Mac without starting a program.
type Machine struct {
	AppleSilicon bool
	// Version and Build are those of the macOS that runs, as 26.7 and 25G229.
	Version, Build string
}

// Consent is what allows an installation.
type Consent string

// The two consents.
const (
	NoConsent Consent = ""
	// Clicked means that the person clicked Run Updates.
	Clicked Consent = "clicked"
	// CountedDown means that the final countdown was on the screen to its
	// end. It counts only after the deadline, which a clock that is set right
	// meanwhile can bring back.
	CountedDown Consent = "counted down"
)

// A Situation is all that a decision depends on.
type Situation struct {
	Settings settings.Settings
	State    State
	Now      clock.Moment
	Machine  Machine
	// Zone is the Mac's time zone: for the workday and for words.
	Zone *time.Location
	// Facts is nil until somebody has looked around in this wake.
	Facts *Facts
	// Checked and Downloaded tell that this wake has done so, with whatever
	// result.
	Checked, Downloaded bool
	// Consent is what this wake has obtained.
	Consent Consent
}

// A Decision is one thing to do, and why.
type Decision struct {
	Do Do
	// For is how long to wait: with Wait until the next wake that can
	// decide otherwise, with AwaitRestart until the hard restart.
	For time.Duration
	// Why says the reason in a plain sentence, and Setting the key that
	// decided, if one did.
	Why     string
	Setting string
	// Last is set for the last prompt before the deadline.
	Last bool
	// Mandatory is set when an assisted installation can no longer be put
	// off.
	Mandatory bool
	// Plan is what to install or assist with.
	Plan Plan
	// State is the state to go on with. It is to be saved before anything
	// is done when Changed is set.
	State   State
	Changed bool
	// Notes are what Settle had to say.
	Notes []string
}

// A Plan sorts the updates of a round by the way in which they are installed.
type Plan struct {
	// Quiet are installed without a restart, Restarting with one, by
	// Apple's tool, which applies updates of macOS itself in no other way.
	// Assisted are installed by the person.
	Quiet, Restarting, Assisted []Update
}

// Automatic tells whether the plan holds anything that installs by itself.
func (p Plan) Automatic() bool { return len(p.Quiet)+len(p.Restarting) > 0 }

// MakePlan sorts updates. On Apple silicon updates of macOS itself need a
// volume owner, and with ManualUpdates everything is the person's to install.
func MakePlan(updates []Update, m Machine, set settings.Settings) Plan {
	var p Plan
	for _, u := range updates {
		switch {
		case set.ManualUpdates || m.AppleSilicon && u.System:
			p.Assisted = append(p.Assisted, u)
		case u.Restart || u.System:
			p.Restarting = append(p.Restarting, u)
		default:
			p.Quiet = append(p.Quiet, u)
		}
	}
	return p
}

// Decide decides what to do next. It reads no clock and no file and starts
// nothing: the same situation gives the same decision.
func Decide(s Situation) Decision {
	settled, notes := Settle(s.State, s.Settings, s.Now, s.Zone)
	settled, more := settled.settleStep(s.Now)
	notes = append(notes, more...)
	changed := !same(settled, s.State)
	s.State = settled
	d := decide(s)
	d.State, d.Changed, d.Notes = settled, changed, notes
	return d
}

// settleStep concludes an installation, or a soft restart that was not asked
// for yet, that this start of the Mac began and a killed job left unfinished:
// whether it worked, a check will say.
func (s State) settleStep(now clock.Moment) (State, []string) {
	step := s.Round.Step
	if step.At.Boot != now.Boot {
		return s, nil
	}
	if step.At.Follows(now) {
		s.Round.Step.At = now // no step was begun later than now
	}
	switch {
	case step.Kind == StepInstall:
	case step.Kind == StepSoft && !step.Asked:
		// It counts as a restart: Apple's tool, which was to ask for it, may
		// have outlived the job.
	default:
		return s, nil
	}
	return s.installFailed(now), []string{"An installation was interrupted. A check will say what is left to install."}
}

func decide(s Situation) Decision {
	st := s.State
	switch {
	case st.Proven || st.Round.Step.Kind == StepRemove:
		return Decision{Do: Remove, Why: "It is proven that no update is left to install."}
	case st.Round.Step.Kind != NoStep:
		return decideStep(s)
	case len(st.Round.Updates) == 0 || st.FirstNone != (clock.Moment{}):
		return decideCheck(s)
	case st.Stopped():
		return decideStopped(s)
	case s.Consent == Clicked, s.Consent == CountedDown && st.Due(s.Now):
		return decideInstall(s)
	}
	if left := st.Round.Pause.left(s.Now); left > 0 {
		return Decision{Do: Wait, For: left, Why: st.Round.Pause.Why + " The next try is in " + words(left) + "."}
	}
	if st.Due(s.Now) {
		return decideDue(s)
	}
	return decidePrompt(s)
}

// decideStep goes on with a restart that was asked for, or with an
// installation that a restart ended.
func decideStep(s Situation) Decision {
	step, st := s.State.Round.Step, s.State
	if step.At.Boot != s.Now.Boot {
		if left := st.nextCheck(s.Now); s.Checked || left > 0 && st.LastCheck.At.Boot == s.Now.Boot {
			return Decision{Do: Wait, For: max(left, time.Minute), Why: "The Mac has restarted, but whether the updates are installed could not be found out yet."}
		}
		return Decision{Do: DoCheck, Why: "The Mac has restarted. A check says whether the updates are installed."}
	}
	since, _ := s.Now.Since(step.At)
	switch {
	case step.Kind == StepSoft && since < s.Settings.HardRestartDelay:
		return Decision{Do: AwaitRestart, For: s.Settings.HardRestartDelay - since, Setting: "HardRestartDelay",
			Why: "The Mac is about to restart. There is time to save first."}
	case step.Kind == StepSoft:
		return Decision{Do: HardRestart, Setting: "HardRestartDelay",
			Why: "The Mac has not restarted within " + words(s.Settings.HardRestartDelay) + "."}
	case since < hardAgain:
		return Decision{Do: AwaitRestart, For: hardAgain - since, Why: "The Mac is restarting."}
	case st.Stopped():
		return decideStopped(s)
	default:
		return Decision{Do: HardRestart, Why: "The Mac has not restarted within " + words(hardAgain) + "."}
	}
}

// decideCheck is for a Mac on which no update is known to be left.
func decideCheck(s Situation) Decision {
	left := s.State.nextCheck(s.Now)
	lacked, lacks := lacking(s.Settings, s.Machine)
	switch {
	case lacks && s.State.FirstNone != (clock.Moment{}):
		return decideSilent(s, lacked)
	case !s.Checked && left <= 0 && s.State.FirstNone != (clock.Moment{}):
		return Decision{Do: DoCheck, Why: "The last check said that no update is left. A second one must say so too."}
	case !s.Checked && left <= 0:
		return Decision{Do: DoCheck, Why: "It is time to check for updates."}
	case s.State.FirstNone != (clock.Moment{}):
		return Decision{Do: Wait, For: max(left, time.Minute), Why: "No update is left. The next wake checks once more before the job removes itself."}
	default:
		return Decision{Do: Wait, For: max(left, time.Minute), Why: "Whether there are updates could not be found out. The next check is in " + words(max(left, time.Minute)) + "."}
	}
}

// decideSilent is for a Mac that must have a version which Apple does not offer
// it. There is nothing to install, and nothing is proven either.
func decideSilent(s Situation, lacked settings.Required) Decision {
	why := "RequiredVersions asks for macOS " + lacked.String() + ", but Apple offers this Mac nothing that leads to it."
	since, ok := s.Now.Since(s.State.LastCheck.At)
	if !s.Checked && (!ok || since >= silentCheck) {
		return Decision{Do: DoCheck, Setting: "RequiredVersions", Why: why}
	}
	left := max(silentCheck-since, time.Minute)
	return Decision{Do: Wait, For: left, Setting: "RequiredVersions", Why: why + " The next check is in " + words(left) + "."}
}

// decideStopped is for a round that has used up its restarts.
func decideStopped(s Situation) Decision {
	const why = "The updates are still missing after three restarts. Nothing more is enforced until an administrator has looked at this Mac."
	since, ok := s.Now.Since(s.State.LastCheck.At)
	if !s.Checked && (!ok || since >= stoppedCheck) {
		return Decision{Do: DoCheck, Why: why}
	}
	return Decision{Do: Wait, For: stoppedCheck - since, Why: why}
}

// decidePrompt is for the time before the deadline.
func decidePrompt(s Situation) Decision {
	st := s.State
	if !s.Checked && st.LastCheck.At.Boot != s.Now.Boot {
		return Decision{Do: DoCheck, Why: "The Mac has restarted since the last check, so something may have been installed."}
	}
	if left := st.DeferralLeft(s.Now); left > 0 {
		return Decision{Do: Wait, For: min(left, st.TimeLeft(s.Now)), Setting: st.DeferralSetting(),
			Why: st.deferralWords(s.clockTime(left))}
	}
	if d, wait := lookFirst(s, "The prompt comes when somebody logs in."); wait {
		return d
	}
	if !s.Facts.Person {
		return Decision{Do: Wait, Why: s.Facts.Empty() + ". The prompt comes when somebody is at the screen."}
	}
	if !s.Downloaded && len(s.missing()) > 0 {
		return Decision{Do: Download, Why: "Updates are downloaded before anybody is asked."}
	}
	left := st.TimeLeft(s.Now)
	last := left <= s.Settings.DeferralPeriod
	why := "The deadline is in " + words(left) + "."
	if last {
		why = "This is the last prompt before the deadline in " + words(left) + "."
	}
	return Decision{Do: Prompt, Last: last, Why: why, Setting: st.DeadlineSetting()}
}

// decideDue is for the time after the deadline.
func decideDue(s Situation) Decision {
	if d, wait := lookFirst(s, "The updates are overdue."); wait {
		return d
	}
	plan := MakePlan(s.State.Round.Updates, s.Machine, s.Settings)
	switch {
	case !s.Facts.Person && !plan.Automatic():
		return Decision{Do: Wait, Why: "The deadline has passed, but the updates need a person. " + s.Facts.Empty() + "."}
	case !s.Facts.Person && s.Facts.Behind > 0 && len(plan.Quiet) == 0:
		return Decision{Do: Wait, Setting: "MaxDeferralTime",
			Why: "The deadline has passed. " + s.Facts.Empty() + ". The Mac is not restarted before somebody is at the screen."}
	case !s.Facts.Person && s.Now.Continuous < s.Settings.UpdateDelay:
		// Who has switched the Mac on is about to log in, and the clock may
		// not have been set yet.
		return Decision{Do: Wait, Setting: "UpdateDelay",
			Why: "The deadline has passed. " + s.Facts.Empty() + ". Updates install when the Mac has been on for " + words(s.Settings.UpdateDelay) + "."}
	case !s.Facts.Person:
		return decideInstall(s)
	case !plan.Automatic():
		return Decision{Do: Assist, Mandatory: true, Plan: plan, Setting: s.State.DeadlineSetting(),
			Why: "The deadline has passed. The updates need a person to install them in Software Update."}
	default:
		return Decision{Do: FinalPrompt, Plan: plan, Setting: s.State.DeadlineSetting(), Why: "The deadline has passed."}
	}
}

// lookFirst gathers what prompting and installing both depend on.
func lookFirst(s Situation, nobody string) (Decision, bool) {
	otherScope := s.State.Round.Scope != scope(s.Settings)
	switch {
	case otherScope && s.State.LastCheck.Failed > 0 && s.State.nextCheck(s.Now) > 0:
		return checkAnew(s), true
	case s.Facts == nil:
		return Decision{Do: LookAround, Why: nobody}, true
	case s.Facts.Unclear:
		return Decision{Do: Wait, Why: "Who is at the screen cannot be told. The next wake looks again."}, true
	case s.Facts.Converting:
		return Decision{Do: Wait, Why: "FileVault is encrypting or decrypting the disk. Updates wait until it has finished."}, true
	case !s.Facts.Person && !s.State.Due(s.Now):
		return Decision{}, false // nobody to ask: a check would serve nobody
	case !s.Checked && s.State.stale(s.Now):
		return Decision{Do: DoCheck, Why: "The list of updates is older than " + words(fresh) + "."}, true
	case otherScope:
		return checkAnew(s), true
	}
	return Decision{}, false
}

// checkAnew is for a list of updates that was chosen by other settings. It may
// hold what an administrator no longer wants, so nothing is done with it.
func checkAnew(s Situation) Decision {
	left := s.State.nextCheck(s.Now)
	if !s.Checked && (left <= 0 || s.State.LastCheck.Failed == 0) {
		return Decision{Do: DoCheck, Why: "The settings about which updates count have changed."}
	}
	return Decision{Do: Wait, For: max(left, time.Minute),
		Why: "The settings about which updates count have changed, and what they leave could not be found out. The next check is in " + words(max(left, time.Minute)) + "."}
}

// decideInstall is for an installation that a consent, or an empty screen
// after the deadline, allows.
func decideInstall(s Situation) Decision {
	plan := MakePlan(s.State.Round.Updates, s.Machine, s.Settings)
	if s.Facts != nil {
		if why, setting := s.Facts.Unready(s.Settings); why != "" {
			return Decision{Do: Wait, Setting: setting, Why: why}
		}
	}
	var why string
	switch f := s.Facts; {
	case s.Consent == Clicked:
		why = "The person clicked Run Updates."
	case s.Consent == CountedDown:
		why = "The deadline has passed and the countdown has ended."
	case f.Behind > 0:
		// Their work is not lost for a restart that they cannot see coming.
		plan.Restarting, plan.Assisted = nil, nil
		why = "The deadline has passed. " + f.Empty() + ", so only what needs no restart is installed."
	default:
		why = "The deadline has passed. Nobody is logged in."
	}
	if !plan.Automatic() {
		return Decision{Do: Assist, Mandatory: s.State.Due(s.Now), Plan: plan, Why: why}
	}
	return Decision{Do: Install, Plan: plan, Why: why}
}

// missing returns the updates that are still to be downloaded. What the
// person installs in Software Update is left to the system to download.
func (s Situation) missing() []Update {
	plan := MakePlan(s.State.Round.Updates, s.Machine, s.Settings)
	var out []Update
	for _, u := range append(plan.Quiet, plan.Restarting...) {
		if !s.State.Round.downloaded(u.Label) {
			out = append(out, u)
		}
	}
	return out
}

// ToDownload returns the updates that a Download decision is about.
func (s Situation) ToDownload() []Update { return s.missing() }

// clockTime says when d will have passed, as a person at the Mac would.
func (s Situation) clockTime(d time.Duration) string {
	return s.Now.Wall.Add(d).In(s.Zone).Format("15:04 on Monday, 2 January")
}
