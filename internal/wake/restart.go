package wake

import (
	"context"
	"fmt"
	"time"

	"installordefer/deferral"
	"installordefer/internal/logging"
	"installordefer/prompt"
	"installordefer/softwareupdate"
)

// softRestart asks the Mac to restart, or to shut down where Apple's tool says
// so. Apps may save first, and may refuse.
func (w *wake) softRestart(ctx context.Context, a deferral.Act) deferral.Event {
	if err := w.Host.SoftRestart(ctx, consoleUser(a.Who), w.shutdown()); err != nil && ctx.Err() == nil {
		return deferral.RestartAsked{Failure: w.failed(logging.Restart, fmt.Errorf("the soft restart could not be asked for, so apps were not asked to quit: %w", err))}
	}
	return deferral.RestartAsked{}
}

// timeToSave has the dialog about saving on the screen until the person there has
// had the time of the act or does not want to wait, or something forbids the
// restart. Time in which nobody can see it does not count. A dialog that the
// person has closed comes back, and goes on counting meanwhile.
func (w *wake) timeToSave(ctx context.Context, a deferral.Act) (deferral.Event, error) {
	who := w.s.Wake.People.Is.Person
	t := &saving{w: w, who: who, dialog: w.dialog(prompt.Updating, a.Updates)}
	t.dialog.Shutdown, t.dialog.Others, t.dialog.Whole = w.shutdown(), w.s.Wake.People.Is.Behind, a.For
	defer t.close()
	c := w.watch(a)
	for c.seen.seen < a.For && !t.now && ctx.Err() == nil {
		rest := a.For - c.seen.seen
		if t.show(ctx, rest) {
			if err := c.opened(t.window); err != nil {
				return nil, err
			}
		}
		if err := t.came(&c); err != nil {
			return nil, err
		}
		t.wait(ctx, min(a.Do.Tick(), rest))
		if err := c.look(ctx, t.window); err != nil {
			return nil, err
		}
		if err := t.came(&c); err != nil {
			return nil, err
		}
		if c.held() {
			t.recount(a.For - c.seen.seen)
		}
		if c.idle.seen >= a.Patience {
			return deferral.Saved{Who: who, Unshown: c.why == w.s.Wake.Unseen, Hidden: c.why}, nil
		}
		if stop, err := w.hasToStop(ctx, a, false); stop || err != nil {
			return deferral.Saved{Who: who}, err
		}
	}
	return deferral.Saved{Who: who, Had: true, Now: t.now}, nil
}

// A saving is the dialog about saving, which comes back when it is closed.
type saving struct {
	w      *wake
	who    deferral.Person
	dialog prompt.Dialog
	window Window
	asked  bool // it was seen, and that is written down
	told   bool // that it could not be shown
	now    bool // the person does not want to wait
}

// came writes down, once, that the person was asked: the dialog has been seen.
func (s *saving) came(c *watch) error {
	if s.asked || !c.up {
		return nil
	}
	s.asked = true
	return s.w.take(deferral.AskedToSave{Who: s.who})
}

// show opens the dialog where it is not open, and tells whether it has.
func (s *saving) show(ctx context.Context, left time.Duration) (opened bool) {
	if s.window != nil {
		return false
	}
	s.dialog.Countdown, s.dialog.ID = left, ""
	window, err := s.w.Screen.Open(ctx, consoleUser(s.who), s.dialog)
	if err != nil {
		if !s.told && ctx.Err() == nil {
			s.told = true
			s.w.Log.Error(logging.Restart, "How long there is to save could not be shown: %v", err)
		}
		return false
	}
	s.window = window
	return true
}

// wait waits while the dialog is on the screen, or for the next try.
func (s *saving) wait(ctx context.Context, d time.Duration) {
	if s.window == nil {
		_ = s.w.Clock.Sleep(ctx, d) // one that is cut short ends the wake
		return
	}
	answer, ended := s.window.Wait(ctx, d)
	switch {
	case ended && answer.Result == prompt.ResultRun:
		s.now = true
		s.close()
	case ended:
		s.close()
		if answer.Result != prompt.ResultTimeout { // what is left then comes at once
			_ = s.w.Clock.Sleep(ctx, min(deferral.Reopen, d))
		}
	}
}

// recount sets the countdown again after a sleep.
func (s *saving) recount(left time.Duration) {
	if s.window != nil {
		_ = s.window.Change(prompt.Change{Countdown: &left}) // a helper that is gone answers in Wait
	}
}

func (s *saving) close() {
	if s.window != nil {
		s.window.Close()
		s.window = nil
	}
}

// toolRestart has Apple's tool apply updates of macOS and restart the Mac without
// asking. It comes back where the tool did not do so.
func (w *wake) toolRestart(ctx context.Context, a deferral.Act) (deferral.Event, error) {
	order := softwareupdate.Install{Labels: toolLabels(a.Updates), Restart: true, Force: true, Owner: w.owner, Password: w.secret}
	_, stopped, err := w.runTool(ctx, a, order, func(softwareupdate.Progress) {})
	if ctx.Err() != nil || unsaved(err) != nil {
		return nil, unsaved(err)
	}
	e := deferral.ToolRestarted{Stopped: stopped}
	if err != nil && !stopped {
		e.Failure = w.failed(logging.Restart, err)
	}
	return e, nil
}

// hardRestart restarts the Mac without asking.
func (w *wake) hardRestart(ctx context.Context) deferral.Event {
	if err := w.Host.HardRestart(ctx, w.shutdown()); err != nil && ctx.Err() == nil {
		return deferral.HardRestarted{Failure: w.failed(logging.Restart, err)}
	}
	return deferral.HardRestarted{}
}

// shutdown tells whether Apple's tool has asked for a shutdown.
func (w *wake) shutdown() bool { return w.s.State.Round.Step.Shutdown }

func verb(shutdown bool) string {
	if shutdown {
		return "shut down"
	}
	return "restart"
}

// goes is verb of the Mac in the present: it restarts, or shuts down.
func goes(shutdown bool) string {
	if shutdown {
		return "shuts down"
	}
	return "restarts"
}

func restartWord(shutdown bool) string {
	if shutdown {
		return "shutting the Mac down"
	}
	return "restarting the Mac"
}
