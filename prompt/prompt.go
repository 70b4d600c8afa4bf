// Package prompt is what people read and answer: the dialogs, their texts, and
// the conversation about one dialog between the root job and the helper, the
// process that shows it on the screen of the person at the Mac.
//
// A dialog is facts and the administrator's own texts. The helper says them in
// the person's language (package words) and keeps what it says true while the
// dialog stands there; the root job has no words for people.
//
// The root job writes the dialog to the helper's standard input, one line of
// JSON, and may write changes after it, one line each. The helper writes lines
// of what is seen of its dialog to standard output, where it is asked to, and
// then one line, its answer; it says the same again with its exit code. When its standard input ends, the helper takes the dialog away.
//
// What must hold here: an answer counts only when line and exit code agree, it
// names this dialog, the dialog offers it, and a person can have given it
// (not within the first second). Everything else is no answer, with the reason
// in words, and no answer is never consent. Both sides read with bounds and
// never trust the length or shape of what they are sent. Text that comes from
// Apple's catalogue, from a profile or from the person is shown and nothing
// else: it is never taken for a template, a command or a format.
package prompt

import (
	"fmt"
	"time"
)

// protocol is the version of the line protocol. A side that meets another
// version refuses to talk.
const protocol = 2

// A Kind is the kind of a dialog.
type Kind string

// The dialogs.
const (
	// RunOrDefer offers to install now or to be asked again later.
	RunOrDefer Kind = "run-or-defer"
	// RunNow comes when the deadline has passed: it cannot be put off and
	// counts down to the installation.
	RunNow Kind = "run-now"
	// Updating says what is being installed. It has no buttons.
	Updating Kind = "updating"
	// InstallNow says what to do in Software Update, where only the person
	// can install. Its button opens Software Update again.
	InstallNow Kind = "install-now"
	// InTheWay says what keeps the updates from being installed. The person can
	// put it aside; it ends when the root job finds nothing in the way.
	InTheWay Kind = "in-the-way"
	// Password asks for the password of Account.
	Password Kind = "password"
)

// A Dialog is everything the helper needs to show one dialog: facts, and the
// administrator's own texts as they were written.
type Dialog struct {
	// ID names this dialog; the answer repeats it. Open makes a random one
	// when it is empty.
	ID   string
	Kind Kind
	// Tells asks the helper to tell what is seen of the dialog. Open sets it.
	Tells bool

	// Own are the administrator's texts by the tag of their language. Those
	// under "" are for every language that has no own.
	Own map[string]Texts
	// Language is the tag of the language to speak; empty means the person's.
	Language string

	// Logo is the path of a PNG or ICNS file; empty means the icon of
	// Software Update. LogoDark is the one for dark looks; empty means Logo.
	Logo, LogoDark string
	// Help is the address, with https, of the page that a help button opens;
	// empty means no such button.
	Help string
	// OSVersion is the version of the macOS that is running, as "26.6".
	OSVersion string

	// Updates are the updates that the dialog is about, and Way is how they
	// come to be installed. Rapid says that all of them are rapid security
	// updates, Declared that Apple enforces them by itself at the deadline.
	Updates         []Item
	Way             Way
	Rapid, Declared bool

	// Choices are the deferrals on offer, in ascending order. RunOrDefer needs
	// at least one. None ends after Deadline. Usual is the index of the one
	// that is chosen as the dialog opens.
	Choices []Choice
	Usual   int
	// Agreed is when the person clicked Run Updates, in the time zone to show it
	// in, where RunOrDefer counts down to what was agreed to then.
	Agreed time.Time
	// Failed says why the last installation failed; it is empty where it did
	// not.
	Failed Failing
	// Last says that this is the last prompt that can be put off.
	Last bool

	// Opened is when the dialog opens, in the time zone to show times in.
	Opened time.Time

	// Deadline is when the updates can no longer be put off, in the time
	// zone to show it in; zero when there is none to show. TimeLeft is the
	// time until then as the dialog opens.
	Deadline time.Time
	TimeLeft time.Duration

	// Timeout is how long the helper waits for an answer; then it ends by
	// itself and answers ResultTimeout. 0 means no limit.
	Timeout time.Duration
	// Countdown is what a dialog counts down from, RunNow to the
	// installation and Updating to the restart that follows it; at 0 the
	// helper ends by itself and answers ResultTimeout. 0 means no countdown.
	// Time in which the Mac sleeps does not count. Whole is what the countdown
	// was at first, where another dialog has shown some of it.
	Countdown, Whole time.Duration

	// Progress is what an Updating dialog without a countdown shows at
	// first; nil means progress of unknown extent.
	Progress *Progress

	// Shutdown says that a countdown of Updating ends with the Mac shut down,
	// not restarted. Others is how many other people are logged in.
	Shutdown bool
	Others   int
	// Portable says that the Mac has a battery.
	Portable bool
	// Obstacle is what an InTheWay dialog tells of.
	Obstacle *Obstacle

	// NotAllowed says that the person at the Mac may not install the updates
	// of an InstallNow dialog, so that somebody else has to.
	NotAllowed bool
	// Pane is the address or the path of what the button of InstallNow or
	// InTheWay opens, in the person's own session: Software Update, or what
	// fills the disk. Empty means no button.
	Pane string

	// Account is whose password a Password dialog asks for.
	Account string
	// Rejected says that the password given before was wrong.
	Rejected *Rejected
}

// A Failing is why an installation failed. One that the helper does not know is
// any other.
type Failing string

// The failings.
const (
	// FailedAtApple: Apple's servers could not be reached.
	FailedAtApple Failing = "network"
	// FailedForSpace: the disk had too little space.
	FailedForSpace Failing = "space"
	// Failed: something else went wrong.
	Failed Failing = "other"
)

// Texts are texts of the administrator's for one dialog. What is empty is said
// in the words of the helper.
type Texts struct {
	// Heading and Body are templates, Run and Defer the texts of the buttons,
	// Contact is whom people ask.
	Heading, Body, Run, Defer, Contact string
}

// A Way is how updates come to be installed.
type Way string

// The ways.
const (
	// Itself: they install by themselves.
	Itself Way = ""
	// WithPassword: they install once the person has given a password.
	WithPassword Way = "password"
	// ByPerson: the person has to install them in Software Update.
	ByPerson Way = "person"
)

// An Obstacle is something that keeps updates from being installed.
type Obstacle struct {
	Is Obstruction
	// Percent is what the battery holds, NeedsPercent what it has to hold.
	Percent, NeedsPercent int
	// FreeKiB is the free space of the disk, and NeedsKiB what has to be free in
	// all; 0 means that nobody knows.
	FreeKiB, NeedsKiB int64
}

// An Obstruction names an obstacle.
type Obstruction string

// The obstructions.
const (
	// LowBattery: the battery holds too little, and the adapter is not
	// connected.
	LowBattery Obstruction = "battery"
	// LowSpace: the disk has too little space.
	LowSpace Obstruction = "space"
	// NoNetwork: the Mac has no network.
	NoNetwork Obstruction = "network"
	// DiskAtWork: FileVault encrypts or decrypts the disk.
	DiskAtWork Obstruction = "disk"
)

// An Item is one update as the dialog lists it.
type Item struct {
	// Name is what people call the update, with its version where that is
	// part of it.
	Name string
	// SizeKiB is the size of the download in KiB, or -1 when unknown.
	SizeKiB int64
	// Restart says that installing it restarts the Mac.
	Restart bool
}

// A Choice is one deferral on offer.
type Choice struct {
	// For is the length of the deferral, Until its end, in the time zone to
	// show it in.
	For   time.Duration
	Until time.Time
	// Fixed says that it ends at Until, not For after the click.
	Fixed bool
}

// A Progress is how far an installation has come.
type Progress struct {
	// Fraction is between 0 and 1, or negative when unknown.
	Fraction float64
	// Updates are the names of what is being installed.
	Updates []string
	// Restarting says that Apple's tool is done and restarts the Mac next.
	Restarting bool
}

// Rejected says that a password was wrong.
type Rejected struct {
	// TriesLeft is how many more tries there are, this one included.
	TriesLeft int
}

// A Change is what is different about a dialog that is on the screen. Fields
// that are nil or empty leave the dialog as it is.
type Change struct {
	// TimeLeft and Countdown correct what the helper counts by itself, for
	// instance after the Mac has slept. A Countdown of 0 ends the dialog.
	TimeLeft, Countdown *time.Duration
	Progress            *Progress
	// Obstacle is what is in the way now.
	Obstacle *Obstacle
	// Passed is the time since the dialog opened. The helper counts it, and it
	// is not on the wire.
	Passed *time.Duration
}

// A Result is how a dialog ended.
type Result string

// The results.
const (
	// ResultRun: the person clicked the button that runs the updates, or the
	// one that restarts the Mac before its countdown has ended.
	ResultRun Result = "run"
	// ResultDefer: the person chose a deferral.
	ResultDefer Result = "defer"
	// ResultTimeout: the dialog's time or its countdown ran out.
	ResultTimeout Result = "timeout"
	// ResultPassword: the person typed a password.
	ResultPassword Result = "password"
	// ResultCancel: the person does not want to give a password, has read that
	// they may not install the updates, or has put the dialog aside.
	ResultCancel Result = "cancel"
	// ResultClosed: the root job took the dialog away.
	ResultClosed Result = "closed"
	// ResultNone: there is no answer that counts.
	ResultNone Result = "none"
)

// The exit codes of the helper. 0 is not among them, because AppKit exits with
// it by itself at log-out, nor is 2, with which every Go program crashes.
const (
	// ExitNone: the helper was told to end, or could not show the dialog.
	ExitNone     = 1
	ExitRun      = 10
	ExitDefer    = 11
	ExitTimeout  = 12
	ExitPassword = 13
	ExitCancel   = 14
	ExitClosed   = 15
)

// exitCodes says which exit code goes with each result.
var exitCodes = map[Result]int{
	ResultRun:      ExitRun,
	ResultDefer:    ExitDefer,
	ResultTimeout:  ExitTimeout,
	ResultPassword: ExitPassword,
	ResultCancel:   ExitCancel,
	ResultClosed:   ExitClosed,
	ResultNone:     ExitNone,
}

// An Answer is what became of a dialog.
type Answer struct {
	Result Result
	// Choice is the index in Choices of the deferral that the person chose.
	Choice int
	// Secret is the password that the person typed. Whoever takes it wipes
	// it after use.
	Secret Secret
	// After is the time to the answer on the continuous clock, measured by the
	// root job: of a click since the dialog was first seen, where the helper
	// says so, and of all else since it was opened.
	After time.Duration
	// Why says in words, for the log, why there is no answer.
	Why string
}

// A Secret is a password. It never prints itself.
type Secret []byte

// Wipe overwrites s.
func (s Secret) Wipe() { clear(s) }

// Format prints a placeholder, whatever the verb.
func (s Secret) Format(f fmt.State, verb rune) { fmt.Fprint(f, "(hidden)") }

// MarshalJSON encodes a placeholder, so that no log can hold a secret.
func (s Secret) MarshalJSON() ([]byte, error) { return []byte(`"(hidden)"`), nil }
