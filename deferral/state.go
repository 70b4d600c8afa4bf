package deferral

import (
	"time"

	"installordefer/internal/clock"
)

// A State is all that the job remembers between two wakes. The zero State is
// a Mac on which nothing has been found yet.
type State struct {
	// DeferredUntil ends the running deferral; zero when there is none. It
	// is stored under the key that administrators read and write.
	DeferredUntil time.Time
	// ForcedAfter is the deadline; zero when there is no round.
	ForcedAfter time.Time
	// Round is what has happened since the first sighting of updates.
	Round Round
	// LastCheck is the last finished check, whatever it said.
	LastCheck Check
	// FirstNone is the first of an unbroken row of checks that said in
	// words that nothing in scope is left; zero when the last successful
	// check found something.
	FirstNone clock.Moment
	// Withheld names, in words, what MDM defers and would be in scope otherwise,
	// where the last check that said anything found nothing else.
	Withheld string
	// Current is when a check last said that nothing is left, on a Mac on which
	// the job stays between two rounds; zero in a round and before the first.
	Current clock.Moment
	// Share is how much of StartSpread the first check waits, from 1 to Shares, and
	// Came when the job came to the Mac; both are zero where it has not waited.
	Share int
	Came  time.Time
	// Proven is set when the absence of updates is proven. Nothing but the
	// removal follows, or the end of the round (RemoveWhenDone).
	Proven bool
	// Migrated is set once a running deadline of the original has been
	// looked for.
	Migrated bool
	// LastError is the last thing that went wrong, for status.
	LastError Trouble
}

// A Round is the time from the first sighting of updates to the proof that
// none is left. It has one deadline, and an update that replaces another
// during the round inherits it.
type Round struct {
	// Began is the first sighting.
	Began clock.Moment
	// Deadline is the deadline as the job last accepted it. Where it differs
	// from State.ForcedAfter, an administrator has changed that by hand.
	Deadline time.Time
	// MaxDeferral is the setting that Deadline was reckoned from.
	MaxDeferral time.Duration
	// Allowed is the time from Began to Deadline, the workday shift
	// included. It bounds the round on the continuous clock too.
	Allowed time.Duration
	// Limits are the deadlines from other sources than MaxDeferral. The
	// earliest of all is Deadline.
	Limits []Limit
	// Hold is the hold that a profile asks for; the zero Limit is none.
	Hold Limit
	// DeclaredAsked is when people were last asked for what Apple enforces.
	DeclaredAsked clock.Moment
	// Runs is the version of macOS that ran at the last check.
	Runs string
	// Noticed is true when Deadline and Allowed are not those that the settings
	// give, because they would have left people too little notice.
	Noticed bool
	// Profiles are the configuration profiles that the round goes by.
	Profiles []Profile
	// Spent is the continuous time spent in the round up to Mark, over all
	// starts of the Mac. Only time switched off is missing from it.
	Spent time.Duration
	Mark  clock.Moment
	// Updates are those in scope at the last check that found any.
	Updates []Update
	// Scope tells by which settings they were chosen.
	Scope string
	// DeferredAt is when the running deferral began, and DeferredTo what
	// the job then wrote to State.DeferredUntil.
	DeferredAt clock.Moment
	DeferredTo time.Time
	// DeferredBy is what the running deferral goes back to.
	DeferredBy Cause
	// Deferrals counts answers that deferred, Prompts dialogs shown,
	// NoAnswers prompts in a row that ended without an answer.
	Deferrals, Prompts, NoAnswers int
	// Downloaded names the labels downloaded in this round.
	Downloaded []string
	// Step is the step that was begun last and has not been concluded.
	Step Step
	// Restarts counts restarts asked for, Failures installations after which
	// everything was still listed.
	Restarts, Failures int
	// Pause keeps a failed installation from being tried again at once.
	Pause Pause
	// Help is when somebody was last asked to install what only they can.
	Help Help
	// Seen is what each person has seen of a final countdown that did not come
	// to its end, and Lock for how long the screen has been locked since the
	// deadline.
	Seen []Seen
	Lock Lock
	// Notices are what people have heard of the deadline, and Held is set while the
	// Mac is held: after it everybody's notice begins again.
	Notices []Notice
	Held    bool
	// Unsettled is whom macOS names although it shows another session.
	Unsettled Lock
	// Agreed is a click on Run Updates that is still to be obeyed.
	Agreed Agreed
	// Because says why the last installation failed, as people are told;
	// NotFailing where it did not.
	Because Failing
	// Told is when people were last told what is in the way, and Short what
	// Apple's tool has said of the disk.
	Told  clock.Moment
	Short Shortage
	// Busy is how long dialogs have waited for people who were busy.
	Busy Busied
}

// An Update is one update in scope, as far as the policy is concerned.
type Update struct {
	// Label goes back to Apple's tool byte for byte.
	Label string
	// Name is what people call it.
	Name string
	// Restart is true when the Mac must restart or shut down for it.
	Restart bool
	// Version is the version of macOS that it leads to; empty for others.
	Version string
	// System is true for macOS itself and its rapid responses: on Apple
	// silicon they need a volume owner, on Intel they are applied by the
	// restart that Apple's tool makes.
	System bool
	// MacOS is true for macOS itself and its rapid responses alone. It is
	// read from the label and not stored.
	MacOS bool
}

// A Check is the outcome of a finished check.
type Check struct {
	At      clock.Moment
	Outcome Outcome
	// Failed counts unknown outcomes in a row.
	Failed int
}

// An Outcome is one of the things that a check can say.
type Outcome string

// The outcomes of a check. Unknown is never None.
const (
	Found   Outcome = "updates"
	None    Outcome = "none"
	Unknown Outcome = "unknown"
	// Withheld is a list on which nothing is in scope but what MDM defers.
	Withheld Outcome = "withheld"
)

// A Step is something that cannot be undone and is therefore written down
// before it is begun.
type Step struct {
	Kind StepKind
	At   clock.Moment
	// Labels are the updates that it is about.
	Labels []string
	// Build is the build of macOS that ran when the step was begun.
	Build string
	// Shutdown is true when Apple's tool asked for a shutdown.
	Shutdown bool
	// Asked is true once the person with the user id AskedUID has been asked
	// for the soft restart, by loginwindow or by the dialog about saving, and
	// At is then when. It is not true of one that was only begun.
	Asked    bool
	AskedUID int
}

// A StepKind names a step.
type StepKind string

// The steps. NoStep means that nothing is under way.
const (
	NoStep      StepKind = ""
	StepInstall StepKind = "install"
	StepSoft    StepKind = "soft restart"
	StepHard    StepKind = "hard restart"
	StepRemove  StepKind = "remove"
)

// A Pause is a stretch of time in which nothing is tried, and why.
type Pause struct {
	From clock.Moment
	For  time.Duration
	Why  string
}

// A Failing is a kind of failure that people can make something of.
type Failing string

// The failings.
const (
	NotFailing  Failing = ""
	LacksApple  Failing = "network" // Apple could not be reached
	LacksSpace  Failing = "space"   // the disk has too little space
	OtherFailed Failing = "other"
)

// Trouble is something that went wrong, in words.
type Trouble struct {
	Text string
	At   time.Time
}

// Active tells whether a round is under way.
func (s State) Active() bool { return !s.ForcedAfter.IsZero() }

// Stopped tells whether the round has used up its restarts, so that nothing is
// enforced any more.
func (s State) Stopped() bool { return s.Round.Restarts >= restartsMost }

// left returns what is left of the pause.
func (p Pause) left(now clock.Moment) time.Duration {
	if p.For <= 0 {
		return 0
	}
	if since, ok := now.Since(p.From); ok {
		return p.For - since
	}
	return 0 // the Mac has restarted: try again
}

// DeferralLeft returns how much of the deferral is left; zero or less when
// there is none. Within one start of the Mac it is counted on the continuous
// clock, so that setting the wall clock moves it neither way.
func (s State) DeferralLeft(now clock.Moment) time.Duration {
	if s.DeferredUntil.IsZero() {
		return 0
	}
	if since, ok := now.Since(s.Round.DeferredAt); ok {
		return s.DeferredUntil.Sub(s.Round.DeferredAt.Wall) - since
	}
	return s.DeferredUntil.Sub(now.Wall)
}

// spent returns the continuous time spent in the round.
func (r *Round) spent(now clock.Moment) time.Duration {
	switch since, ok := now.Since(r.Mark); {
	case ok:
		return r.Spent + since
	case r.Mark.Boot == now.Boot:
		return r.Spent // a mark that lies ahead tells nothing
	}
	return r.Spent + now.Continuous
}

// Marked writes down the time spent in the round, or since one was over. Whoever
// saves a state marks it before, so that what a restart of the Mac makes of it is
// the time since the last save.
func (s State) Marked(now clock.Moment) State {
	if s.Round.Mark != (clock.Moment{}) {
		s.Round.Spent, s.Round.Mark = s.Round.spent(now), now
	}
	return s
}

// MarkDue tells whether the time spent should be written down again.
func (s State) MarkDue(now clock.Moment) bool {
	since, same := now.Since(s.Round.Mark)
	return s.keeps() && (!same || since >= markEvery)
}

func (s State) markedIfDue(now clock.Moment) State {
	if s.MarkDue(now) {
		return s.Marked(now)
	}
	return s
}

// TimeLeft returns the time to the deadline; zero or less when it has passed.
// It is the shorter of what the wall clock says and what is left of the time
// allowed on the continuous clock, so that setting the clock back gains
// nothing.
func (s State) TimeLeft(now clock.Moment) time.Duration {
	return min(s.ForcedAfter.Sub(now.Wall), s.Round.Allowed-s.Round.spent(now))
}

// Due tells whether the deadline has passed.
func (s State) Due(now clock.Moment) bool { return s.Active() && s.TimeLeft(now) <= 0 }
