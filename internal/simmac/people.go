package simmac

import (
	"time"

	"installordefer/prompt"
)

// A Temper is what a person usually does with a dialog.
type Temper string

// The tempers.
const (
	// Defers defers each time after 20 seconds and lets a countdown run out.
	Defers Temper = "defers"
	// Runs clicks Run Updates after 15 seconds.
	Runs Temper = "runs"
	// Ignores never touches a dialog.
	Ignores Temper = "ignores"
	// LogsOut logs out 30 seconds after a dialog came.
	LogsOut Temper = "logs out"
	// Kills ends the helper with a signal after 5 seconds.
	Kills Temper = "kills"
	// Freezes stops the helper (SIGSTOP) after 5 seconds.
	Freezes Temper = "freezes"
	// Hasty has something answer for them in under a second.
	Hasty Temper = "hasty"
	// WorstMoment clicks Run Updates in the very second in which the dialog
	// would end by itself.
	WorstMoment Temper = "worst moment"
	// Rubbish has a helper of their own, which prints what is no answer.
	Rubbish Temper = "rubbish"
	// Listed does what Person.Answers says.
	Listed Temper = "listed"
)

// A Person is what somebody at the Mac does with dialogs.
type Person struct {
	Temper Temper
	// Answers are what the person does with one dialog after the other; the
	// last one is repeated. Used where Temper is Listed.
	Answers []Reaction
	// InstallsAfter is the time after which the person installs the updates
	// in Software Update once a dialog has asked for it; 0 means never.
	InstallsAfter time.Duration
	// SavesAfter is the time after which the person saves the work that
	// refused a restart; 0 means never.
	SavesAfter time.Duration
	// CancelsRestarts clicks Cancel when macOS asks before a soft restart.
	CancelsRestarts bool
	// NoPassword cancels when asked for a password. WrongPasswords is how
	// often a wrong one is typed first.
	NoPassword     bool
	WrongPasswords int
}

// A Reaction is what a person does with one dialog.
type Reaction struct {
	// After is the time from the dialog's appearance.
	After time.Duration
	Do    Act
	// Choice is the index of the deferral chosen from the menu; with 0 the menu is
	// left as it stands.
	Choice int
}

// An Act is something that a person does with a dialog.
type Act string

// The acts.
const (
	ActNothing    Act = "nothing"
	ActRun        Act = "run"
	ActDefer      Act = "defer"
	ActLogOut     Act = "log out"
	ActKill       Act = "kill"
	ActFreeze     Act = "freeze"
	ActCrash      Act = "crash"       // the helper crashes with exit code 2
	ActQuit       Act = "quit"        // AppKit's own quit, exit code 0 and no answer
	ActRubbish    Act = "rubbish"     // a line that is no answer
	ActDisagree   Act = "disagree"    // "run" on the line, "defer" as exit code
	ActForeign    Act = "foreign"     // an answer to another dialog
	ActTwice      Act = "twice"       // two answers
	ActLastMoment Act = "last moment" // run, when the dialog's time is over
	ActPassword   Act = "password"
	ActSleep      Act = "close lid"
	ActLock       Act = "lock"
	ActSwitch     Act = "switch user"
	ActAside      Act = "put aside" // the dialog about what is in the way
)

// reaction returns what the person does with this dialog.
func (s *Showing) reaction() Reaction {
	p := &s.session.account.Person
	switch s.Dialog.Kind {
	case prompt.Updating:
		return Reaction{Do: ActNothing}
	case prompt.Password:
		return Reaction{After: 12 * time.Second, Do: ActPassword}
	case prompt.InstallNow, prompt.InTheWay:
		if r, ok := p.harm(); ok {
			return r
		}
		if s.Dialog.Kind == prompt.InTheWay && (p.Temper == Defers || p.Temper == "") {
			return Reaction{After: 20 * time.Second, Do: ActAside}
		}
		return Reaction{Do: ActNothing}
	}
	if p.Temper == Listed {
		return p.listed(s.Dialog.Kind)
	}
	if r, ok := p.harm(); ok {
		return r
	}
	switch p.Temper {
	case Runs:
		return Reaction{After: 15 * time.Second, Do: ActRun}
	case WorstMoment:
		return Reaction{Do: ActLastMoment}
	case Defers, "":
		if s.Dialog.Kind == prompt.RunOrDefer {
			return Reaction{After: 20 * time.Second, Do: ActDefer}
		}
	}
	return Reaction{Do: ActNothing}
}

// harm returns what a hostile temper does to any dialog.
func (p *Person) harm() (Reaction, bool) {
	switch p.Temper {
	case LogsOut:
		return Reaction{After: 30 * time.Second, Do: ActLogOut}, true
	case Kills:
		return Reaction{After: 5 * time.Second, Do: ActKill}, true
	case Freezes:
		return Reaction{After: 5 * time.Second, Do: ActFreeze}, true
	case Hasty:
		return Reaction{After: 300 * time.Millisecond, Do: ActRun}, true
	case Rubbish:
		return Reaction{After: 3 * time.Second, Do: ActRubbish}, true
	}
	return Reaction{}, false
}

// listed takes the next answer from the list. A deferral does not fit a
// dialog that offers none; it stays for the next one.
func (p *Person) listed(k prompt.Kind) Reaction {
	if len(p.Answers) == 0 {
		return Reaction{Do: ActNothing}
	}
	r := p.Answers[0]
	if k != prompt.RunOrDefer && r.Do == ActDefer {
		return Reaction{Do: ActNothing}
	}
	if len(p.Answers) > 1 {
		p.Answers = p.Answers[1:]
	}
	return r
}

// SetTemper changes what a person usually does with dialogs.
func (m *Mac) SetTemper(name string, t Temper) {
	if a := m.account(name); a != nil {
		a.Person.Temper = t
		m.noteName(FactChanged, name, a.FullName+" changes their ways: "+string(t)+".")
	}
}
