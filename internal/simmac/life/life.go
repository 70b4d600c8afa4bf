// Package life lets the real root job live on a simulated Mac, in process and
// under its virtual clock: launchd's starts, the doors that the job has to its
// Mac, its log, its crashes. Weeks take milliseconds.
//
// What must hold here: the job is the real one, and so is everything that
// reads bytes (the parsers, the judging of answers, the codec of the state).
// Only what touches files, processes and time is the model's. After the death
// of the job's process nothing that it still does has any effect.
package life

import (
	"fmt"
	"time"

	"installordefer/deferral"
	"installordefer/deferral/statefile"
	"installordefer/internal/logging"
	"installordefer/internal/macos"
	"installordefer/internal/simmac"
	"installordefer/internal/wake"
	"installordefer/launchd"
	"installordefer/softwareupdate"
)

// A Life is the root job on one simulated Mac.
type Life struct {
	Mac *simmac.Mac
	ID  launchd.Identifier
	// Each, if set, is called after each wake.
	Each func(Wake)
	// Wakes counts the wakes so far, Killed those that did not end by
	// themselves, Removed tells whether the job has removed itself.
	Wakes, Killed int
	Removed       bool

	// Forgetful lives read every file anew in every wake, as a real Mac does,
	// at a quarter of the speed.
	Forgetful bool
	// Jumps lets the life go from one interesting moment to the next: see idle.
	Jumps bool

	idleUntil time.Duration // since the story began
	idleWhy   string        // of the wake that ended last
	written   int           // writes of the disk when the last wake had ended
	seen      uint64        // what had happened when it ended
	wrong     error         // settings of an event that cannot be written

	layout launchd.Layout
	memory memory
	shown  int // dialogs so far
	last   *simmac.Showing
}

// A Wake is how one wake ended.
type Wake struct {
	Outcome wake.Outcome
	Err     error
	// Asked is true when the process ended because it got SIGTERM.
	Asked bool
	// Died says how the process was ended; empty when it ended by itself.
	Died string
}

// New installs the job of the package with this identifier on a Mac.
func New(m *simmac.Mac, id launchd.Identifier) *Life {
	l := &Life{Mac: m, ID: id, layout: launchd.Layout{ID: id}}
	d := m.Disk()
	l.memory = memory{disk: d}
	for _, path := range []string{l.layout.JobFile(), l.layout.Program(), l.layout.Helper()} {
		d.Put(path, []byte(path))
	}
	return l
}

// Profile gives the Mac a configuration profile with these bytes, a property
// list, or takes it away where they are nil.
func (l *Life) Profile(plist []byte) {
	if plist == nil {
		l.Mac.Disk().Delete(l.layout.ManagedFile())
		return
	}
	l.Mac.Disk().Put(l.layout.ManagedFile(), plist)
}

// Run lets the job live until the story is d old. It ends there, whatever the
// job is in the middle of.
func (l *Life) Run(d time.Duration) {
	l.Mac.EndAt(d)
	l.Live(d)
}

// Live lets the job live until the story is d old; a wake that has begun before
// then is lived to its end.
func (l *Life) Live(d time.Duration) {
	for l.Mac.WaitForStart(d) {
		if !l.Jumps || l.Mac.Elapsed() >= l.idleUntil || l.Mac.Happened() != l.seen {
			l.wake()
		}
	}
}

// longestJump is how much of a life is left out at most: once an hour a wake
// writes down the time that the round has taken.
const longestJump = 55 * time.Minute

// A look is a wake that only looks whether something has changed: it is short, and
// comes again soon.
const (
	lookLasts = 5 * time.Second
	lookAgain = 5 * time.Minute
)

// idle notes for how long the starts of launchd are left out after a wake that
// began at a time. While nothing but time passes, a wake that has nothing to do is
// followed by others: for as long as it says, and, where it only looks again and
// again, to the deadline. A look of which something was written down counts.
func (l *Life) idle(w Wake, began time.Duration) {
	now, next := l.Mac.Elapsed(), w.Outcome.Next
	looks := w.Err == nil && w.Died == "" && now-began < lookLasts && next <= lookAgain
	writes := l.Mac.Disk().Writes
	again := looks && w.Outcome.Why == l.idleWhy && now+next > l.idleUntil && writes == l.written
	l.idleUntil, l.idleWhy, l.seen, l.written = now+min(next, longestJump), "", l.Mac.Happened(), writes
	if looks {
		l.idleWhy = w.Outcome.Why
	}
	if !again || !l.Jumps {
		return
	}
	l.idleUntil = now + longestJump
	if st, err := l.State(); err == nil && st.Active() {
		if left := st.ForcedAfter.Sub(l.Mac.Now().Wall); left > 0 {
			l.idleUntil = min(l.idleUntil, now+left)
		}
	}
}

// wake is one start of the job by launchd.
func (l *Life) wake() {
	m := l.Mac
	if _, there := m.Disk().Get(l.layout.Program()); !there {
		m.Record(simmac.Event{Kind: simmac.JobEnded, Failed: true, Text: "launchd cannot start the job: its program is gone"})
		return
	}
	l.Wakes++
	if m.Journal.Keeps(simmac.JobStarted) {
		m.Record(simmac.Event{Kind: simmac.JobStarted})
	}
	began := m.Elapsed()
	w := l.process()
	switch {
	case w.Died != "":
		l.Killed++
		m.Record(simmac.Event{Kind: simmac.JobKilled, Text: w.Died})
	case m.Journal.Keeps(simmac.JobEnded):
		text := w.Outcome.Why
		if w.Err != nil {
			text = w.Err.Error()
		}
		m.Record(simmac.Event{Kind: simmac.JobEnded, Text: text, Failed: w.Err != nil && !w.Asked})
	}
	l.idle(w, began)
	l.Removed = l.Removed || w.Outcome.Removed || !m.JobLoaded() && !m.JobInstalled()
	if l.Each != nil {
		l.Each(w)
	}
}

// process runs one process of the job to its end, of whatever kind.
func (l *Life) process() (w Wake) {
	p := l.Mac.Begin()
	defer p.End()
	defer func() {
		switch d := recover().(type) {
		case nil:
		case simmac.Death:
			w.Died = d.Why
		default:
			panic(d)
		}
	}()
	if l.last != nil {
		l.last.Kill() // a helper that outlived its root job is swept away
		l.last = nil
	}
	w.Outcome, w.Err = l.job(p).Wake(p.Context)
	w.Asked = w.Err != nil && p.Context.Err() != nil
	return w
}

// job wires the job as the command does on a real Mac.
func (l *Life) job(p *simmac.Process) *wake.Job {
	log, host := logger{l.Mac}, l.newHost(p)
	os, _ := macos.ParseVersion(l.Mac.OS().Version)
	return &wake.Job{
		Clock: p,
		Store: l.newStore(host),
		Updater: &softwareupdate.Tool{Runner: p, Clock: p, OS: os, Log: func(format string, args ...any) {
			log.Notice(logging.Check, format, args...)
		}},
		Host:     host,
		Holds:    statefile.HoldFile{Disk: l.Mac.Disk(), Path: l.layout.HoldFile()},
		Screen:   &screen{life: l, process: p},
		Log:      log,
		Settings: l.readFiles,
		Zone:     l.Mac.Zone(),
		History:  past{l}, Board: board{l}, Identifier: string(l.ID), Version: "1.0.0",
	}
}

// State reads the job's state as it stands on the disk, as an administrator's
// tool would, and changes nothing.
func (l *Life) State() (deferral.State, error) {
	data, ok := l.Mac.Disk().Get(l.layout.StateFile())
	if !ok {
		return deferral.State{}, nil
	}
	s, _, err := l.memory.decode(data)
	return s, err
}

// logger writes the job's log into the journal.
type logger struct{ m *simmac.Mac }

func (l logger) Debug(category logging.Category, format string, args ...any) {}

func (l logger) Notice(category logging.Category, format string, args ...any) {
	l.write(category, false, format, args)
}

func (l logger) Error(category logging.Category, format string, args ...any) {
	l.write(category, true, format, args)
}

func (l logger) write(category logging.Category, failed bool, format string, args []any) {
	if l.m.Journal.Keeps(simmac.Logged) {
		l.m.Record(simmac.Event{Kind: simmac.Logged, Name: string(category), Text: fmt.Sprintf(format, args...), Failed: failed})
	}
}
