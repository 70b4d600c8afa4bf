package agent

import (
	"context"
	"fmt"
	"time"

	"installordefer/deferral"
	"installordefer/internal/clock"
	"installordefer/internal/logging"
	"installordefer/launchd"
	"installordefer/prompt"
)

// unseenMost is how long the dialog about saving may be missing from the screen
// before the restart is taken back.
const unseenMost = 5 * time.Minute

// beginRestart writes down that a restart is about to be asked for. Nobody has
// been asked yet.
func (w *wake) beginRestart(labels []string, shutdown bool) error {
	w.st = w.st.Begin(deferral.StepSoft, labels, shutdown, w.policyMachine(), w.now())
	return w.save()
}

// restartAfterAsking restarts the Mac without asking once the person at the
// screen has had HardRestartDelay to save, in this wake: one that was killed may
// have lost its dialog with it.
func (w *wake) restartAfterAsking(ctx context.Context) error {
	uid := w.person.UID
	if step := w.st.Round.Step; step.Asked {
		uid = step.AskedUID
	}
	c, err := w.Host.Console(ctx)
	why := w.unasked(c, err, uid)
	if why == "" && !c.Present {
		return w.restartDeserted(ctx)
	}
	if why == "" {
		w.person = c.User // whom another compares with from here on
		var left bool
		if left, why = w.giveTime(ctx, c); left {
			return w.restartDeserted(ctx)
		}
	}
	switch {
	case ctx.Err() != nil:
		return nil
	case why != "":
		return w.takeBack(ctx, why)
	}
	return w.hardRestart(ctx, w.another)
}

// restartDeserted restarts a Mac that nobody is logged in to.
func (w *wake) restartDeserted(ctx context.Context) error {
	w.Log.Notice(logging.Restart, "Nobody is logged in, so nothing can be lost: %s.", restartWord(w.st.Round.Step.Shutdown))
	return w.hardRestart(ctx, w.occupied)
}

// takeBack takes a restart back that not everybody was asked for. Who is there
// then decides anew.
func (w *wake) takeBack(ctx context.Context, why string) error {
	w.Log.Notice(logging.Restart, "%s The Mac is not restarted.", why)
	w.st = w.st.Unrestarted()
	w.facts = nil
	return w.concludeInstall(ctx, installResult{}, nil)
}

// giveTime has the dialog about saving on the screen until the person there has
// had HardRestartDelay, and says why not where that does not come about. Time
// asleep does not count, nor time in which somebody else is at the screen. A
// dialog that the person has closed comes back, and goes on counting meanwhile.
// Left is true when nobody is logged in any more.
func (w *wake) giveTime(ctx context.Context, c launchd.Console) (left bool, why string) {
	step := w.st.Round.Step
	t := &saving{w: w, dialog: w.dialog(prompt.Updating, w.set.MessageUpdatingHeading, saveWork(step.Shutdown), w.byLabel(step.Labels), true)}
	defer t.close()
	var had, unseen time.Duration
	last := w.now()
	w.seen = last.Continuous
	for had < w.set.HardRestartDelay && ctx.Err() == nil {
		rest := w.set.HardRestartDelay - had
		t.show(ctx, c, rest)
		t.wait(ctx, min(tick, rest))
		switch since, slept := w.awakeSince(&last); {
		case slept:
			t.recount(rest)
		case t.asked:
			had += since
		default:
			unseen += since
		}
		if unseen >= unseenMost {
			return false, "The dialog about saving could not be shown to " + c.User.Name + "."
		}
		if !w.lookedBefore() {
			continue
		}
		now, err := w.Host.Console(ctx)
		w.seen = last.Continuous
		why = w.unasked(now, err, c.User.UID)
		if left = why == "" && !now.Present; left || why != "" {
			return left, why
		}
	}
	if ctx.Err() == nil {
		w.Log.Notice(logging.Restart, "%s has had %v to save. The Mac now %ss without asking.", c.User.Name, w.set.HardRestartDelay, verb(step.Shutdown))
	}
	return false, ""
}

// awakeSince is the time since last, which becomes now, and whether the Mac has
// slept in it.
func (w *wake) awakeSince(last *clock.Moment) (since time.Duration, slept bool) {
	now := w.now()
	since, _ = now.Since(*last)
	*last = now
	return since, since > asleepAfter
}

// tellAsked records that somebody has been asked.
func (w *wake) tellAsked(c launchd.Console) {
	w.st = w.st.Asked(c.User.UID, w.now())
	if err := w.save(); err != nil {
		w.Log.Error(logging.State, "%v", err)
	}
	w.Log.Notice(logging.Restart, "%s is asked to save. In %v the Mac %ss without asking (HardRestartDelay).",
		c.User.Name, w.set.HardRestartDelay, verb(w.st.Round.Step.Shutdown))
	if c.Behind > 0 {
		w.Log.Notice(logging.Restart, "%s logged in, too, and cannot see this.", others(c.Behind))
	}
}

// A saving is the dialog about saving, which comes back when it is closed.
type saving struct {
	w      *wake
	dialog prompt.Dialog
	window Window
	asked  bool // it was on the screen
	told   bool // that it could not be shown
}

// show brings the dialog to the screen where it is not there.
func (s *saving) show(ctx context.Context, c launchd.Console, left time.Duration) {
	if s.window != nil {
		return
	}
	s.dialog.Countdown, s.dialog.ID = left, ""
	window, err := s.w.Screen.Open(ctx, c.User, s.dialog)
	if err != nil {
		if !s.told && ctx.Err() == nil {
			s.told = true
			s.w.Log.Error(logging.Restart, "How long there is to save could not be shown: %v", err)
		}
		return
	}
	s.window = window
	if !s.asked {
		s.asked = true
		s.w.tellAsked(c)
	}
}

// wait waits while the dialog is on the screen, or for the next try.
func (s *saving) wait(ctx context.Context, d time.Duration) {
	if s.window == nil {
		_ = s.w.Clock.Sleep(ctx, d) // one that is cut short ends the wake
		return
	}
	if _, ended := s.window.Wait(ctx, d); ended {
		s.close()
		_ = s.w.Clock.Sleep(ctx, min(reopen, d))
	}
}

// recount sets the countdown anew after a sleep.
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

// saveWork is what the person reads while there is time left before a restart
// that does not ask. The dialog counts down by itself.
func saveWork(shutdown bool) string {
	return fmt.Sprintf("Please save your work now. Your Mac will %s without asking again.", verb(shutdown))
}
