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
	// it is false the tool is called off.
	mayRestart func(softwareupdate.Progress) bool
	calledOff  bool
	// staged, if set, is called once when Apple's tool is about to restart
	// the Mac.
	staged   func(*updating)
	isStaged bool
}

// openUpdating shows what is being installed. Where it cannot be shown the
// installation goes on without: it was allowed before.
func (w *wake) openUpdating(ctx context.Context, updates []deferral.Update) *updating {
	u := &updating{w: w}
	c, err := w.Host.Console(ctx)
	if err != nil || !c.Present {
		return u
	}
	dialog := w.dialog(prompt.Updating, w.set.MessageUpdatingHeading, w.set.MessageUpdating, updates, true)
	if u.window, err = w.Screen.Open(ctx, c.User, dialog); err != nil {
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

// toolTick is how long Apple's tool is waited for at a time.
const toolTick = 30 * time.Second

// accompany follows Apple's tool to its end. With each of its reports goOn is
// asked, and in each tick mayStay; where one is false, and when the wake is to
// end, the tool is ended.
func accompany(ctx context.Context, run softwareupdate.Run, mayStay func() bool, goOn func(softwareupdate.Progress) bool) (softwareupdate.Reached, error) {
	defer run.Stop() // also in a panic
	for goes := true; goes; {
		reports, over := run.Wait(ctx, toolTick)
		goes = !over && ctx.Err() == nil && mayStay()
		for _, p := range reports {
			if ctx.Err() != nil || !goOn(p) {
				goes = false
				break
			}
		}
	}
	run.Stop()
	return run.Result()
}

// progress shows what Apple's tool reports, and says whether it may go on.
func (u *updating) progress(p softwareupdate.Progress) bool {
	if u.mayRestart != nil && !u.mayRestart(p) {
		u.calledOff = true
		return false
	}
	if p.Phase == softwareupdate.PhaseStaged && u.staged != nil && !u.isStaged {
		u.isStaged = true
		u.staged(u)
		return true
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
	return true
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
