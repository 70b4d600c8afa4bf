// Package wake joins the rooms: it asks deferral for one act after the other,
// has it done by softwareupdate, prompt and launchd, and gives back what has
// come of it.
//
// What must hold here: nothing is decided, and no act calls another. Each has
// one effect and comes back with one event; only take changes the situation, and
// saves it. Every step that cannot be undone is saved before it is taken. Every
// wait is one blocking call that a simulated clock can answer, so that a wake is
// the same sequence of calls on a Mac and in a rehearsal. An error of one act
// ends that act and is told; it never stands for an answer, a consent or a
// successful check. A wake that is asked to end believes nothing that it hears
// after that.
package wake

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"time"

	"installordefer/deferral"
	"installordefer/deferral/settings"
	"installordefer/internal/clock"
	"installordefer/internal/history"
	"installordefer/internal/logging"
	"installordefer/internal/macos"
	"installordefer/internal/statusfile"
	"installordefer/launchd"
	"installordefer/prompt"
)

// A Log takes what happens, one line each, with the category of the room that
// it happens in. Notices are the steps of the job; debug lines are for nobody
// but the curious. logging.Logger is the real one.
type Log interface {
	Debug(c logging.Category, format string, args ...any)
	Notice(c logging.Category, format string, args ...any)
	Error(c logging.Category, format string, args ...any)
}

// A Job is Install or Defer on one Mac.
type Job struct {
	Clock   clock.Clock
	Store   Store
	Updater Updater
	Host    Host
	Holds   Holder
	Screen  Screen
	Log     Log
	// Settings reads the files with settings; it is called once in each wake.
	Settings func() settings.Files
	// Zone is the Mac's time zone.
	Zone *time.Location
	// Board is where machines read how the Mac stands, and Identifier and
	// Version are what stands there of this program. Without a Board nobody is
	// told.
	Board               statusfile.Disk
	Identifier, Version string
	// History is where root reads what has happened. Without one nothing is kept.
	History history.Disk
	// Broken says, in one line, why a process of the job before this one
	// broke down; empty means that none did.
	Broken string
}

// An Outcome is how a wake ended.
type Outcome struct {
	// Removed is set when the job has removed itself.
	Removed bool
	// Next is how long there is nothing to do, and Why says for what reason.
	Next time.Duration
	Why  string
}

// A wake is one start of the job.
type wake struct {
	*Job
	s           deferral.Situation
	trail       deferral.Trail
	files       settings.Files
	problems    []settings.Problem
	machine     macos.Machine
	portable    bool // the Mac has a battery
	os          macos.Version
	sizes       map[string]int64
	mended      bool          // something was put right in the state that the next wake would find again
	noted       bool          // something was found about the state
	told        bool          // what is wrong with the settings
	badHold     bool          // the log says already that the hold cannot be read
	answered    bool          // the log says already when the next prompt comes
	owner       string        // of the volume, who has given
	secret      prompt.Secret // the password
	past        past          // what the history has of this wake
	unpublished bool          // what machines read is older, and the log says so
	updating    *updating     // the dialog while updates install
	staying     Window        // the dialog about installing
}

// Wake does what there is to do and returns when nothing is left to do for
// now. An error means that the job could not work at all; the next wake tries
// again.
func (j *Job) Wake(ctx context.Context) (Outcome, error) { return j.newWake().live(ctx) }

func (j *Job) newWake() *wake {
	return &wake{Job: j, sizes: map[string]int64{}}
}

// live begins a wake and has it done to its end.
func (w *wake) live(ctx context.Context) (Outcome, error) {
	defer w.forget()
	defer w.closeWindows(deferral.Wait)
	if err := w.begin(); err != nil {
		return Outcome{}, err
	}
	return w.turn(ctx)
}

// begin finds out what the wake starts from.
func (w *wake) begin() error {
	j := w.Job
	w.files = j.Settings()
	st, problems, err := j.Store.Load()
	if err != nil {
		return fmt.Errorf("could not read the state, so this wake does nothing: %w", err)
	}
	w.s.State, w.s.Zone, w.past.saved = st, j.Zone, st
	for _, p := range problems {
		w.Log.Error(logging.State, "%s", p)
	}
	kept := w.readSettings()
	if w.machine, err = j.Host.Machine(); err != nil {
		return fmt.Errorf("could not tell what Mac this is, so this wake does nothing: %w", err)
	}
	if w.os, err = macos.ParseVersion(w.machine.Version); err != nil {
		return fmt.Errorf("could not tell what version of macOS runs, so this wake does nothing: %w", err)
	}
	w.s.Machine = w.machine
	for i, u := range w.s.State.Round.Updates {
		w.s.State.Round.Updates[i].MacOS = isMacOS(u)
	}
	if begun, err := j.Host.RemovalBegun(); err != nil {
		return fmt.Errorf("could not tell whether a removal had begun, so this wake does nothing: %w", err)
	} else if begun {
		w.s.State.Round.Step.Kind = deferral.StepRemove
	}
	w.mended = w.tellBroken() || kept || len(problems) > 0
	return nil
}

// turn has one act after the other done until there is nothing to do.
func (w *wake) turn(ctx context.Context) (Outcome, error) {
	for first := true; ; first = false {
		if err := ctx.Err(); err != nil {
			return Outcome{}, fmt.Errorf("the wake was ended: %w", err)
		}
		w.mended = w.heed() || w.mended
		w.readHold()
		if err := w.take(deferral.Woke{First: first}); err != nil {
			return Outcome{}, err
		}
		act := deferral.Decide(w.s)
		w.publish(act)
		w.mirror(ctx)
		w.closeWindows(act.Do)
		w.tellStart(act)
		if act.Do == deferral.Wait {
			return w.rest(act)
		}
		if w.trail.Circles(w.s, act) {
			return Outcome{}, fmt.Errorf("the wake was about to %s again without a change, so it was ended; the next one starts from what is saved", act.Do)
		}
		if err := w.take(deferral.Began{Act: act}); err != nil {
			return Outcome{}, err
		}
		event, err := w.do(ctx, act)
		if err != nil || act.Do == deferral.Remove {
			return Outcome{Removed: err == nil}, err
		}
		if ctx.Err() != nil {
			continue // nothing that was heard since is believed
		}
		if err := w.take(event); err != nil {
			return Outcome{}, err
		}
	}
}

// do does one act and returns what has come of it.
func (w *wake) do(ctx context.Context, a deferral.Act) (deferral.Event, error) {
	switch a.Do {
	case deferral.LookAtPeople:
		return w.look(ctx), nil
	case deferral.LookAtMac:
		return w.lookAtMac(ctx), nil
	case deferral.LookAtBusy:
		return w.lookAtBusy(ctx), nil
	case deferral.LookAtHardware:
		return w.lookAtHardware(ctx), nil
	case deferral.LookAtDeclared:
		return w.lookAtDeclared(), nil
	case deferral.DoCheck:
		return w.check(ctx), nil
	case deferral.Download:
		return w.download(ctx, a)
	case deferral.Prompt:
		return w.ask(ctx, a)
	case deferral.FinalPrompt, deferral.Announce:
		return w.countDown(ctx, a)
	case deferral.TellObstacle:
		return w.tellObstacle(ctx, a)
	case deferral.Install, deferral.InstallAndRestart, deferral.InstallWithPassword:
		return w.install(ctx, a)
	case deferral.SoftRestart:
		return w.softRestart(ctx, a), nil
	case deferral.TimeToSave:
		return w.timeToSave(ctx, a)
	case deferral.ToolRestart:
		return w.toolRestart(ctx, a)
	case deferral.HardRestart:
		return w.hardRestart(ctx), nil
	case deferral.AwaitRestart, deferral.AwaitPrompt:
		_ = w.Clock.Sleep(ctx, a.For) // one that is cut short ends the wake
		return deferral.Woke{}, nil
	case deferral.LookForOwner:
		return w.lookForOwner(ctx, a), nil
	case deferral.AskPassword:
		return w.askPassword(ctx, a), nil
	case deferral.OpenPane:
		return w.openPane(ctx, a), nil
	case deferral.Stay:
		return w.stay(ctx, a), nil
	case deferral.GiveUp:
		return deferral.GaveUp{Act: a}, nil
	case deferral.Remove:
		return nil, w.remove(ctx)
	}
	return nil, errors.New("unknown act " + string(a.Do))
}

// failed tells of trouble, and returns how status says it.
func (w *wake) failed(category logging.Category, err error) (text string) {
	w.Log.Error(category, "%v", err)
	if text = err.Error(); !w.s.Settings.ReportUserNames {
		text = unnamed(text, w.s.Wake.People.Is.Person.Name)
	}
	return text
}

// readSettings takes the settings from the files and, where a profile is away,
// from what the round has kept of it. It tells whether that has changed the state.
func (w *wake) readSettings() (changed bool) {
	st, files, notes := w.s.State.InForce(w.files, w.now())
	for _, n := range notes {
		w.Log.Notice(logging.Settings, "%s", n)
	}
	changed = !reflect.DeepEqual(st.Round.Profiles, w.s.State.Round.Profiles)
	set, _, problems := files.Settings()
	w.s.State, w.files, w.s.Settings = st, files, set
	w.problems = append(append(files.Problems(), problems...), w.problems...)
	return changed
}

// now reads the clocks. The wall clock is kept without Go's own monotonic
// reading, which stands still while a Mac sleeps.
func (w *wake) now() clock.Moment {
	m := w.Clock.Now()
	m.Wall = m.Wall.Round(0).UTC()
	return m
}

// rest ends the wake.
func (w *wake) rest(a deferral.Act) (Outcome, error) {
	if err := w.take(deferral.Rested{Gate: a.Gate}); err != nil {
		return Outcome{}, err
	}
	tell := w.Log.Debug
	if w.told && !w.answered {
		tell = w.Log.Notice
	}
	tell(logging.Job, "%s%s", a.Why, because(a.Setting))
	return Outcome{Next: w.s.Idle(a), Why: a.Why}, nil
}

// remove removes the job. It is written down before, so that a removal that
// something interrupts goes on in the next wake.
func (w *wake) remove(ctx context.Context) error {
	left := func(err error) {
		w.Log.Error(logging.Job, "macOS does not let the application of the dialogs be deleted (%v). It stays and does nothing; the rest of this job goes.", err)
	}
	if err := w.Host.Remove(ctx, launchd.Removal{ClearState: w.clear, Left: left}); err != nil && !errors.Is(err, launchd.ErrLeft) {
		return fmt.Errorf("the job could not be removed as a whole; the next wake goes on with it: %w", err)
	}
	return nil
}
