package wake

import (
	"context"
	"slices"
	"time"

	"installordefer/deferral"
	"installordefer/internal/logging"
	"installordefer/prompt"
	"installordefer/softwareupdate"
)

// An updating is the dialog that is open while updates install, or nothing
// where nobody is there to see it.
type updating struct {
	w      *wake
	window Window
	group  []deferral.Update // that is being installed now
	logged int
	told   time.Duration
	staged bool // the restart is next
}

// openUpdating shows what is being installed, over all calls of Apple's tool.
// Where it cannot be shown the installation goes on without: it was allowed
// before.
func (w *wake) openUpdating(ctx context.Context, a deferral.Act) *updating {
	if w.updating != nil {
		return w.updating
	}
	w.updating = &updating{w: w}
	people := w.s.Wake.People
	if !people.Known || !people.Is.Present {
		return w.updating
	}
	updates := a.Updates
	if work := w.s.Wake.Work; work != nil {
		updates = slices.Concat(work.Plan.Quiet, work.Plan.Restarting)
	}
	dialog := w.dialog(prompt.Updating, updates)
	window, err := w.Screen.Open(ctx, consoleUser(people.Is.Person), dialog)
	if err != nil {
		w.Log.Error(logging.Install, "The dialog about the installation could not be shown: %v", err)
	} else {
		w.updating.window = window
	}
	return w.updating
}

// closeWindows takes away the dialogs that no longer belong on the screen when
// an act follows.
func (w *wake) closeWindows(next deferral.Do) {
	switch next {
	case deferral.LookAtPeople, deferral.LookAtMac, deferral.LookAtDeclared:
		return
	}
	installs := next == deferral.Install || next == deferral.InstallAndRestart || next == deferral.InstallWithPassword
	if w.updating != nil && !installs {
		w.updating.close()
		w.updating = nil
	}
	if w.staying != nil && next != deferral.Stay && next != deferral.DoCheck {
		w.staying.Close()
		w.staying = nil
	}
}

// say names what is being installed now.
func (u *updating) say(group []deferral.Update) {
	u.group, u.logged = group, 0
	u.show(-1)
}

// progress shows what Apple's tool reports.
func (u *updating) progress(p softwareupdate.Progress, restarts bool) {
	if p.Phase == softwareupdate.PhaseStaged && restarts && !u.staged {
		// Whether the tool asks apps to quit before, nobody can see.
		u.staged = true
		u.w.Log.Notice(logging.Restart, "Apple's tool has prepared the updates and restarts the Mac.")
		u.change(prompt.Change{Progress: &prompt.Progress{Fraction: 1, Updates: names(u.group), Restarting: true}})
		return
	}
	if tenth := int(p.Fraction * 10); tenth > u.logged {
		u.logged = tenth
		u.w.Log.Notice(logging.Install, "Installing %s: %d %%.", titles(u.group), tenth*10)
	}
	// The tool reports hundreds of times; twice a second is enough to see.
	if now := u.w.now().Continuous; now-u.told >= 500*time.Millisecond || p.Fraction >= 1 {
		u.told = now
		u.show(p.Fraction)
	}
}

// show says how far the installation is; below 0 nobody knows.
func (u *updating) show(fraction float64) {
	if !u.staged {
		u.change(prompt.Change{Progress: &prompt.Progress{Fraction: fraction, Updates: names(u.group)}})
	}
}

func (u *updating) change(c prompt.Change) {
	if u.window != nil {
		_ = u.window.Change(c) // nobody answers this dialog
	}
}

func (u *updating) close() {
	if u.window != nil {
		u.window.Close()
	}
}
