package deferral

import (
	"slices"
	"strings"
	"time"

	"installordefer/internal/clock"
)

// A Do is one thing to do.
type Do string

// What Decide can decide. But for Wait and GiveUp each is one effect: one look,
// one dialog, one call of one of Apple's tools, one restart.
const (
	Wait                Do = "wait"                  // end this wake; nothing to do before Act.For has passed
	LookAtPeople        Do = "look who is there"     // People
	LookAtMac           Do = "look at the Mac"       // Condition
	LookAtBusy          Do = "look who is busy"      // whether the person at the screen is
	LookAtDeclared      Do = "look what is declared" // Declared
	LookAtHardware      Do = "look which Mac it is"  // its UUID
	DoCheck             Do = "check"                 // ask Apple
	Download            Do = "download"              // Act.Updates, which is one
	Prompt              Do = "prompt"                // run or defer
	FinalPrompt         Do = "final prompt"          // the countdown that cannot be put off
	TellObstacle        Do = "say what is in the way"
	Announce            Do = "announce"              // the countdown to what was clicked a while ago
	AwaitPrompt         Do = "await the prompt"      // Act.For: it comes before the next wake
	Install             Do = "install"               // Act.Updates, without a restart
	InstallAndRestart   Do = "install and restart"   // Act.Updates, by the call that restarts the Mac
	SoftRestart         Do = "soft restart"          // ask loginwindow, which asks apps
	TimeToSave          Do = "time to save"          // Act.For with the dialog about saving
	ToolRestart         Do = "restart by the tool"   // Act.Updates, by the call that restarts without asking
	HardRestart         Do = "hard restart"          // restart without asking
	AwaitRestart        Do = "await restart"         // one is under way; wait Act.For
	LookForOwner        Do = "look for an owner"     // whether Act.Who may authorise updates
	AskPassword         Do = "ask for the password"  // of Act.Who
	InstallWithPassword Do = "install with password" // Act.Updates, by the call that restarts the Mac
	OpenPane            Do = "open Software Update"  // for the person
	Stay                Do = "stay"                  // keep the dialog about installing on the screen for Act.For
	GiveUp              Do = "give up"               // what Act.Of names: it is not allowed now
	Remove              Do = "remove"                // remove the job
)

// Looks tells whether nothing but a look is done.
func (d Do) Looks() bool { return strings.HasPrefix(string(d), "look ") }

// Tick is how often whatever lasts is looked after.
func (d Do) Tick() time.Duration {
	switch d {
	case FinalPrompt, TimeToSave, Announce:
		return 5 * time.Second
	case TellObstacle:
		return 15 * time.Second
	case Stay:
		return 10 * time.Minute // each ends with a check
	}
	return 30 * time.Second
}

const (
	// Asleep is how long a tick of a dialog takes when the Mac has slept
	// meanwhile: far longer than one that only comes late. It then counts for
	// nothing.
	Asleep = 30 * time.Second
	// Reopen is the wait before a dialog that was closed is shown again. A final
	// prompt that is closed at once stays away for twice as long each time, for
	// reopenMost at most.
	Reopen     = 2 * time.Second
	reopenMost = time.Minute
)

// An Act is one thing to do, and why.
type Act struct {
	Do Do
	// For is how long: with Wait until the next wake that can decide
	// otherwise.
	For time.Duration
	// Why says the reason in a plain sentence, and Setting the key that
	// decided, if one did.
	Why, Setting string
	// Who is whom it is for.
	Who Person
	// Updates are what it is about.
	Updates []Update
	// Consent is what allows it, and Unattended is true where it is allowed
	// because nobody was there.
	Consent    Consent
	Unattended bool
	// By is the date of a prompt that is not the deadline: the one by which Apple
	// enforces the updates, or the end of a notice.
	By time.Time
	// Notice is set for a prompt past the deadline. By is then when the countdown may
	// begin.
	Notice bool
	// Last is set for the last prompt before the deadline.
	Last bool
	// Kept is set for what comes because an earlier click can be obeyed now.
	Kept bool
	// Again is set for a final prompt that has been closed before, and for a
	// password after one that was not accepted. Tries is how many are left.
	Again bool
	Tries int
	// Late is set where a restart that was asked for has not happened.
	Late bool
	// Of is what GiveUp gives up, and Gate what keeps an act from happening, or
	// what TellObstacle tells of.
	Of   Do
	Gate string
	// Patience is how long a dialog may be missing from the screen before the
	// act ends.
	Patience time.Duration
	// Work and Assist are what the act is the first of.
	Work   *Work
	Assist *Assist

	// fresh is set where the list of updates must be, and needsOwner where only
	// an owner of the volume can do what a person is asked for.
	fresh, needsOwner bool
	// asks is set where a person is about to be asked for a password.
	asks bool
}

// OfPeople tells whether it is who is there, or not knowing it, that keeps an
// act from happening.
func (a *Act) OfPeople() bool {
	return a.Gate == "unknown" || a.Gate == "somebody" || a.Gate == "another"
}

// LookNow tells whether who is there has to be looked at while an act runs:
// while a dialog counts on being seen, and while Apple's tool works that restarts the
// Mac of its own accord, every few seconds where nobody is there to see it, and
// otherwise when it has come to its end with an update.
func (a *Act) LookNow(last Fact[People], now clock.Moment, ends bool) bool {
	often := a.Unattended || a.Do == ToolRestart || slices.Contains(shownActs, a.Do)
	return slices.Contains(looked, a.Do) && (ends || often && now.Continuous-last.At.Continuous >= looseFor)
}

// LookAtMacNow tells whether the Mac's condition has to be looked at while a
// countdown runs.
func (a *Act) LookAtMacNow(last Fact[Condition], now clock.Moment) bool {
	return slices.Contains(countdowns, a.Do) && now.Continuous-last.At.Continuous >= counting
}

// The least of the policy's own times that belong to an act.
const (
	// assistMost is how long one assisted dialog stays when the deadline has
	// passed; then the next wake looks at everything again and shows it again.
	assistMost = time.Hour
	// passwordTries is how often a password may be typed. More would lock
	// accounts of organisations that count wrong ones.
	passwordTries = 3
	// passwordTime is how long the password dialog waits.
	passwordTime = 5 * time.Minute
	// unseenMost is how long the dialog about saving may be missing from the
	// screen before the restart is taken back.
	unseenMost = 5 * time.Minute
	// toolGrace is what a restart gets that Apple's tool was to make.
	toolGrace = time.Minute
	// leastSeen is the least that counts for each time the final prompt came
	// up, so that closing it at once, again and again, cannot put the end off
	// for ever. After a wait, half of it counts, so that longer ones do not
	// either. Gone sooner than atOnce, it was closed at once.
	leastSeen = time.Second
	atOnce    = 15 * time.Second
	// looseFor and freshFor are how old people may be for a dialog, and the
	// Mac's condition for an installation: a prompt or a countdown takes an
	// hour, in which anybody may pull the power adapter.
	looseFor = 10 * time.Second
	freshFor = 10 * time.Second
	// counting is how old that condition may be in a countdown.
	counting = time.Minute
	// busyFor is how old it may be that somebody is not busy: a check takes
	// minutes, in which a call begins.
	busyFor = time.Minute
)
