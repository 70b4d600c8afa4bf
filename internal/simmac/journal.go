package simmac

import (
	"time"

	"installordefer/internal/clock"
	"installordefer/prompt"
)

// A Kind tells what sort of thing happened.
type Kind uint8

// What a journal can hold.
const (
	Booted         Kind = iota // the Mac has started
	WentDown                   // the Mac restarts or is switched off
	FellAsleep                 // the Mac sleeps
	WokeUp                     // the Mac is awake again
	DarkWoke                   // the Mac is awake without its display
	JobStarted                 // launchd started the root job
	JobEnded                   // the root job ended by itself
	JobKilled                  // the root job was ended from outside
	ToolRan                    // a program of macOS was started
	ToolEnded                  // it ended
	DialogShown                // a dialog came on the screen
	DialogChanged              // its words changed
	DialogClosed               // it went away
	Answered                   // the person did something with it
	Checked                    // the update tool has listed what it offers
	Downloaded                 // an update is on the disk
	Staged                     // a macOS update waits for its restart
	Installed                  // an update is installed
	RestartAsked               // a soft restart or shutdown was asked for
	RestartRefused             // an app or a person refused it
	RestartForced              // a restart or shutdown that does not ask
	WorkLost                   // unsaved work was lost by a forced restart
	SessionChanged             // a login, logout, switch, lock or unlock
	ClockSet                   // the wall clock was set
	ZoneSet                    // the time zone was changed
	PowerChanged               // power adapter or battery
	NetworkChanged             // network up, down or captive
	CatalogueSet               // Apple's catalogue changed
	PaneOpened                 // the Software Update pane was opened
	StateSaved                 // the root job's state was written
	StateCleared               // the root job's state was removed
	StateFailed                // a write of the state went wrong
	RemovalStep                // one step of the root job's self-removal
	JobGone                    // the root job is no longer loaded
	Logged                     // a line of the root job's log
	FactChanged                // another fact of the Mac changed
	FaultHit                   // a planned fault took effect
	kinds
)

var kindNames = [kinds]string{
	"boot", "down", "sleep", "wake", "dark-wake", "job-start", "job-end", "job-killed", "tool", "tool-end",
	"dialog", "dialog-change", "dialog-close", "answer", "check", "download", "staged", "installed",
	"restart-asked", "restart-refused", "restart-forced", "work-lost", "session", "clock", "zone",
	"power", "network", "catalogue", "pane", "state", "state-cleared", "state-failed",
	"removal-step", "job-gone", "log", "fact", "fault",
}

// String returns the name of the kind as JSON stories use it.
func (k Kind) String() string {
	if k < kinds {
		return kindNames[k]
	}
	return "unknown"
}

// An Event is one line of the journal.
type Event struct {
	Kind Kind
	// At is the time since the story began.
	At time.Duration
	// Moment is what the Mac's clocks told.
	Moment clock.Moment
	// Text says it in a plain sentence.
	Text string
	// Name is what it is about: a label, a dialog's kind, a removal step.
	Name string
	// Who is the short name of the person whose work is lost.
	Who string
	// Argv is the command line of a tool, path first.
	Argv []string
	// Code is a tool's exit status, -1 when it was killed.
	Code int
	// Shutdown is true where a restart is a shutdown.
	Shutdown bool
	// Failed is true where a log line reports an error, or a wake ended in one.
	Failed bool
	// Dialog is what came on the screen, Change what changed about it.
	Dialog *prompt.Dialog
	Change *prompt.Change
}

// A Journal keeps what happens on a Mac, in order.
type Journal struct {
	// Events are the events so far.
	Events []Event
	// Tell, if set, gets each event at once.
	Tell func(Event)
	skip uint64
}

// Skip makes the journal forget events of these kinds. Long simulations skip
// what they do not look at.
func (j *Journal) Skip(ks ...Kind) {
	for _, k := range ks {
		j.skip |= 1 << k
	}
}

// SkipAllBut makes the journal keep events of these kinds only.
func (j *Journal) SkipAllBut(ks ...Kind) {
	j.skip = 1<<kinds - 1
	for _, k := range ks {
		j.skip &^= 1 << k
	}
}

// Keeps tells whether events of this kind are kept.
func (j *Journal) Keeps(k Kind) bool { return j.skip>>k&1 == 0 }

// Of returns the events of these kinds.
func (j *Journal) Of(ks ...Kind) []Event {
	var found []Event
	for _, e := range j.Events {
		for _, k := range ks {
			if e.Kind == k {
				found = append(found, e)
				break
			}
		}
	}
	return found
}

// Count returns how many events of this kind there are.
func (j *Journal) Count(k Kind) int {
	n := 0
	for i := range j.Events {
		if j.Events[i].Kind == k {
			n++
		}
	}
	return n
}

func (m *Mac) note(k Kind, text string) { m.record(Event{Kind: k, Text: text}) }

func (m *Mac) noteName(k Kind, name, text string) {
	m.record(Event{Kind: k, Name: name, Text: text})
}

// Record writes an event into the journal with the present time.
func (m *Mac) Record(e Event) { m.record(e) }

func (m *Mac) record(e Event) {
	j := &m.Journal
	if !j.Keeps(e.Kind) {
		return
	}
	e.At, e.Moment = m.now, m.Now()
	j.Events = append(j.Events, e)
	if j.Tell != nil {
		j.Tell(e)
	}
}
