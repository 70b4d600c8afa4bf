// Package agent joins the rooms: it asks deferral what to do, has it done by
// softwareupdate, prompt and launchd, and tells what it did in the log.
//
// What must hold here: nothing is decided. Every step that cannot be undone is
// saved before it is taken. Every wait is one blocking call that a simulated
// clock can answer, so that a wake is the same sequence of calls on a Mac and
// in a rehearsal. An error of one step ends that step and is told; it never
// stands for an answer, a consent or a successful check.
package agent

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"time"

	"installordefer/deferral"
	"installordefer/deferral/settings"
	"installordefer/internal/clock"
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

// decisionsMost bounds the decisions of one wake. A wake that reaches it has
// lost its way; the next one starts from what is saved.
const decisionsMost = 64

// A Job is Install or Defer on one Mac.
type Job struct {
	Clock   clock.Clock
	Store   Store
	Updater Updater
	Host    Host
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
	files       settings.Files
	set         settings.Settings
	problems    []settings.Problem
	st          deferral.State
	machine     launchd.Machine
	os          macos.Version
	facts       *deferral.Facts
	looked      time.Duration // when the Mac's condition was looked at last, on the continuous clock
	seen        time.Duration // when the screen was looked at last for a dialog
	person      launchd.ConsoleUser
	sizes       map[string]int64
	checked     bool
	tried       bool // downloading
	asked       bool // the person, with a prompt
	consent     deferral.Consent
	owner       string        // of the volume, who has given
	secret      prompt.Secret // the password
	told        bool
	shown       map[deferral.Do]bool
	answered    bool // the log says already when the next prompt comes
	unpublished bool // what machines read is older, and the log says so
	byHand      bool // an administrator has written the end of the deferral during this wake
}

// Wake does what there is to do and returns when nothing is left to do for
// now. An error means that the job could not work at all; the next wake tries
// again.
func (j *Job) Wake(ctx context.Context) (Outcome, error) { return j.newWake().live(ctx) }

func (j *Job) newWake() *wake {
	return &wake{Job: j, sizes: map[string]int64{}, shown: map[deferral.Do]bool{}}
}

// live begins a wake and has it done to its end.
func (w *wake) live(ctx context.Context) (Outcome, error) {
	defer w.forget()
	mended, err := w.begin()
	if err != nil {
		return Outcome{}, err
	}
	return w.decide(ctx, mended)
}

// begin finds out what the wake starts from. It tells whether something was
// put right in the state, or is new in it, that the next wake would find again.
func (w *wake) begin() (mended bool, err error) {
	j := w.Job
	w.files = j.Settings()
	st, problems, err := j.Store.Load()
	if err != nil {
		return false, fmt.Errorf("the state could not be read, so nothing is done in this wake: %w", err)
	}
	w.st = st
	for _, p := range problems {
		w.Log.Error(logging.State, "%s", p)
	}
	kept := w.readSettings()
	if w.machine, err = j.Host.Machine(); err != nil {
		return false, fmt.Errorf("what Mac this is could not be found out, so nothing is done in this wake: %w", err)
	}
	if w.os, err = macos.ParseVersion(w.machine.OSVersion); err != nil {
		return false, fmt.Errorf("what version of macOS runs could not be found out, so nothing is done in this wake: %w", err)
	}
	if begun, err := j.Host.RemovalBegun(); err != nil {
		return false, fmt.Errorf("whether a removal was begun could not be found out, so nothing is done in this wake: %w", err)
	} else if begun {
		w.st.Round.Step.Kind = deferral.StepRemove
	}
	return w.tellBroken() || kept || len(problems) > 0, nil
}

// decide has one decision after the other done until there is nothing to do.
func (w *wake) decide(ctx context.Context, mended bool) (Outcome, error) {
	for range decisionsMost {
		if err := ctx.Err(); err != nil {
			return Outcome{}, fmt.Errorf("the wake was ended: %w", err)
		}
		mended = w.heed() || mended
		d := deferral.Decide(w.situation())
		w.st = d.State
		w.tellStart(d)
		if d.Changed || mended {
			mended = false
			if err := w.save(); err != nil {
				return Outcome{}, err
			}
		}
		w.publish(d)
		w.mirror(ctx)
		if w.outdated(d.Do) {
			w.facts = nil
			continue
		}
		if d.Do == deferral.Wait || w.shownBefore(d.Do) {
			// The next dialog belongs to the next wake, which reads the
			// settings anew.
			return w.rest(d)
		}
		removed, err := w.do(ctx, d)
		if removed || err != nil {
			return Outcome{Removed: removed}, err
		}
	}
	return Outcome{}, errors.New("the wake did not come to rest and was ended; the next one starts from what is saved")
}

// readSettings takes the settings from the files and, where a profile is away,
// from what the round has kept of it. It tells whether that has changed the state.
func (w *wake) readSettings() (changed bool) {
	st, files, notes := w.st.InForce(w.files, w.now())
	for _, n := range notes {
		w.Log.Notice(logging.Settings, "%s", n)
	}
	changed = !reflect.DeepEqual(st.Round.Profiles, w.st.Round.Profiles)
	set, _, problems := files.Settings()
	w.st, w.files, w.set = st, files, set
	w.problems = append(append(files.Problems(), problems...), w.problems...)
	return changed
}

// outdated tells whether a dialog is to come up for somebody who was looked for
// before a check or a download that took its time: the screen may be another's.
func (w *wake) outdated(do deferral.Do) bool {
	switch do {
	case deferral.Prompt, deferral.FinalPrompt, deferral.Assist:
		return w.facts != nil && w.consent == deferral.NoConsent && w.lookedBefore()
	}
	return false
}

// lookedBefore tells whether the last look around was some time ago.
func (w *wake) lookedBefore() bool {
	return w.now().Continuous-w.seen >= lookEvery
}

// shownBefore tells whether this wake has shown this dialog already.
func (w *wake) shownBefore(do deferral.Do) bool {
	switch do {
	case deferral.Prompt:
		return w.asked
	case deferral.FinalPrompt, deferral.Assist:
		if w.shown[do] {
			return true
		}
		w.shown[do] = true
	}
	return false
}

func (w *wake) situation() deferral.Situation {
	return deferral.Situation{
		Settings: w.set, State: w.st, Now: w.now(), Zone: w.Zone,
		Machine: w.policyMachine(),
		Facts:   w.facts, Checked: w.checked, Downloaded: w.tried, Consent: w.consent,
	}
}

func (w *wake) policyMachine() deferral.Machine {
	return deferral.Machine{AppleSilicon: w.machine.AppleSilicon, Version: w.machine.OSVersion, Build: w.machine.Build}
}

// now reads the clocks. The wall clock is kept without Go's own monotonic
// reading, which stands still while a Mac sleeps.
func (w *wake) now() clock.Moment {
	m := w.Clock.Now()
	m.Wall = m.Wall.Round(0).UTC()
	return m
}

// tellStart says once in a wake that does something what it starts from. A
// wake that only waits says nothing of it: it comes every five minutes.
func (w *wake) tellStart(d deferral.Decision) {
	w.note(d.Notes)
	if w.told || (d.Do == deferral.Wait || d.Do == deferral.LookAround) && len(d.Notes) == 0 {
		return
	}
	w.told = true
	for _, p := range w.problems {
		w.Log.Error(logging.Settings, "%s", p)
	}
}

// rest ends the wake.
func (w *wake) rest(d deferral.Decision) (Outcome, error) {
	if w.consent != deferral.NoConsent {
		// An allowed installation has to wait for the Mac.
		w.st = w.st.Postponed(w.now())
		if err := w.save(); err != nil {
			return Outcome{}, err
		}
	}
	tell := w.Log.Debug
	if w.told && !w.answered {
		tell = w.Log.Notice
	}
	tell(logging.Job, "%s%s", d.Why, because(d.Setting))
	return Outcome{Next: d.For, Why: d.Why}, nil
}

// because names the setting that decided.
func because(setting string) string {
	if setting == "" {
		return ""
	}
	return " (" + setting + ")"
}

// do does what was decided. removed is true when the job is gone.
func (w *wake) do(ctx context.Context, d deferral.Decision) (removed bool, err error) {
	switch d.Do {
	case deferral.LookAround:
		w.lookAround(ctx)
		return false, nil
	case deferral.DoCheck:
		w.Log.Notice(logging.Check, "%s Checking for updates.", d.Why)
		return false, w.check(ctx)
	case deferral.Download:
		return false, w.download(ctx)
	case deferral.Prompt:
		w.Log.Notice(logging.Prompt, "%s Asking %s to run updates or to defer.%s", d.Why, w.person.Name, because(d.Setting))
		return false, w.ask(ctx, d)
	case deferral.FinalPrompt:
		w.Log.Notice(logging.Prompt, "%s Updates install in %v unless %s starts them earlier (UpdateDelay).", d.Why, w.set.UpdateDelay, w.person.Name)
		return false, w.countDown(ctx, d)
	case deferral.Install:
		if w.stale() {
			w.lookAtMac(ctx, w.facts)
			return false, nil // and decide again
		}
		w.Log.Notice(logging.Install, "%s Installing updates.", d.Why)
		return false, w.install(ctx, d.Plan)
	case deferral.Assist:
		w.Log.Notice(logging.Install, "%s", d.Why)
		return false, w.assist(ctx, d)
	case deferral.AwaitRestart:
		return false, w.awaitRestart(ctx, d)
	case deferral.HardRestart:
		w.Log.Notice(logging.Restart, "%s%s", d.Why, because(d.Setting))
		return false, w.restartAfterAsking(ctx)
	case deferral.Remove:
		return w.remove(ctx, d)
	}
	return false, fmt.Errorf("nothing is known of the decision %q", d.Do)
}

// failed tells of trouble and remembers it for status.
func (w *wake) failed(category logging.Category, err error) {
	w.Log.Error(category, "%v", err)
	text := err.Error()
	if !w.set.ReportUserNames {
		text = unnamed(text, w.person.Name)
	}
	w.st = w.st.Failed(text, w.now())
}

// lookAround finds out what prompting and installing depend on. What cannot
// be found out is told. A screen that cannot be looked at stops the job, because
// somebody may be working there; the power is taken to be enough.
func (w *wake) lookAround(ctx context.Context) {
	f := &deferral.Facts{}
	w.facts = f
	w.lookAtScreen(ctx)
	if f.Unclear || !f.Person && !w.st.Due(w.now()) {
		return // nothing follows that the rest could change
	}
	w.lookAtMac(ctx, f)
	if w.lookedBefore() {
		w.lookAtScreen(ctx)
	}
}

// freshFor is how long the Mac's condition may be relied upon when something is
// installed: a prompt or a countdown takes an hour, in which anybody may pull the
// power adapter.
const freshFor = 10 * time.Second

// stale tells whether the Mac's condition has to be looked at again before
// anything is installed.
func (w *wake) stale() bool {
	return w.facts != nil && w.now().Continuous-w.looked > freshFor
}

// lookAtMac finds out whether the Mac is in a condition to install anything.
func (w *wake) lookAtMac(ctx context.Context, f *deferral.Facts) {
	var err error
	if f.Converting, err = w.Host.FileVault(ctx); err != nil {
		w.Log.Error(logging.Install, "Whether FileVault is at work could not be found out: %v", err)
	}
	power, err := w.Host.Power(ctx)
	if err != nil {
		w.Log.Error(logging.Install, "The state of the battery could not be found out: %v", err)
	}
	f.OnBattery = err == nil && power.Known && power.HasBattery && !power.OnAC
	f.BatteryPercent = power.Percent
	w.looked = w.now().Continuous
}

// lookAtScreen finds out who is there.
func (w *wake) lookAtScreen(ctx context.Context) {
	c, err := w.Host.Console(ctx)
	if err != nil {
		w.Log.Error(logging.Prompt, "Who is logged in could not be found out: %v", err)
	}
	f := w.facts
	w.person, f.Person, f.Behind, f.Unclear = c.User, c.Present, c.Behind, err != nil
	w.seen = w.now().Continuous
}

// remove removes the job. It is written down first, so that a removal that
// something interrupts goes on in the next wake.
func (w *wake) remove(ctx context.Context, d deferral.Decision) (bool, error) {
	w.Log.Notice(logging.Job, "%s Removing this job, its files and its state. The log and the settings stay.", d.Why)
	if w.st.Round.Step.Kind != deferral.StepRemove {
		w.st = w.st.Begin(deferral.StepRemove, nil, false, w.policyMachine(), w.now())
		if err := w.save(); err != nil {
			return false, err
		}
	}
	if err := w.Host.Remove(ctx, launchd.Removal{ClearState: w.Store.Clear}); err != nil {
		return false, fmt.Errorf("the job could not be removed as a whole; the next wake goes on with it: %w", err)
	}
	return true, nil
}
