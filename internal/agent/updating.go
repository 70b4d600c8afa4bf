package agent

import (
	"context"
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
	what   string
	logged int
	told   time.Duration
	// mayRestart, if set, is asked with each progress of Apple's tool. Where
	// it is false the tool has been called off.
	mayRestart func(softwareupdate.Progress) bool
	// staged, if set, is called once when Apple's tool is about to restart
	// the Mac.
	staged   func(*updating)
	isStaged bool
}

// openUpdating shows what is being installed. Where it cannot be shown the
// installation goes on without: it was allowed before.
func (w *wake) openUpdating(ctx context.Context, updates []deferral.Update) *updating {
	u := &updating{w: w}
	person, present, err := w.Host.ConsoleUser(ctx)
	if err != nil || !present {
		return u
	}
	dialog := w.dialog(prompt.Updating, w.set.MessageUpdatingHeading, w.set.MessageUpdating, updates, true)
	if u.window, err = w.Screen.Open(ctx, person, dialog); err != nil {
		w.Log.Error(logging.Install, "The dialog about the installation could not be shown: %v", err)
		u.window = nil
	}
	return u
}

// say names what is being installed now.
func (u *updating) say(group []deferral.Update) {
	u.what, u.logged = titles(group), 0
	u.show(prompt.Progress{Fraction: -1, Text: u.what})
}

// progress passes on what Apple's tool reports.
func (u *updating) progress(p softwareupdate.Progress) {
	if u.mayRestart != nil && !u.mayRestart(p) {
		return
	}
	if p.Phase == softwareupdate.PhaseStaged && u.staged != nil && !u.isStaged {
		u.isStaged = true
		u.staged(u)
		return
	}
	if tenth := int(p.Fraction * 10); tenth > u.logged {
		u.logged = tenth
		u.w.Log.Notice(logging.Install, "Installing %s: %d %%.", u.what, tenth*10)
	}
	// The tool reports hundreds of times; twice a second is enough to see.
	if now := u.w.now().Continuous; now-u.told >= 500*time.Millisecond || p.Fraction >= 1 {
		u.told = now
		u.show(prompt.Progress{Fraction: p.Fraction, Text: u.what})
	}
}

func (u *updating) show(p prompt.Progress) {
	if !u.isStaged {
		u.change(prompt.Change{Progress: &p})
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
		u.window = nil
	}
}
