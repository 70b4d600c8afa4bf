package wake

import (
	"cmp"
	"context"
	"fmt"
	"strings"

	"installordefer/deferral"
	"installordefer/internal/logging"
	"installordefer/prompt"
)

// ask shows the prompt until it is answered.
func (w *wake) ask(ctx context.Context, a deferral.Act) (deferral.Event, error) {
	updates := a.Updates
	dialog := w.dialog(prompt.RunOrDefer, updates)
	offers := w.offer(&dialog, a)
	dialog.Deadline, dialog.TimeLeft = w.s.Comes(a.By)
	dialog.Declared = !a.By.IsZero() && !a.Notice
	dialog.Timeout = a.For
	dialog.Last, dialog.Way, dialog.Others = a.Last, w.way(updates), w.s.Wake.People.Is.Behind
	out := deferral.Answer{To: a.Do, Who: a.Who}
	window, err := w.Screen.Open(ctx, consoleUser(a.Who), dialog)
	if err != nil {
		out.Why, out.Unshown = "the prompt could not be shown", true
		return deferral.Answered{Answer: out, Failure: w.failed(logging.Prompt, fmt.Errorf("the prompt could not be shown: %w", err))}, nil
	}
	defer window.Close()
	answer, err := w.await(ctx, a, window)
	if err != nil {
		return nil, err
	}
	out.After, out.Why = answer.After, answer.Why
	out.Aside = answer.Result == unseen
	if s := window.Sight(); unopened(s) && !out.Aside && answer.Result != prompt.ResultRun && answer.Result != prompt.ResultDefer {
		out.Unshown, out.Why = true, cmp.Or(answer.Why, notShown)
		return deferral.Answered{Answer: out, Failure: w.neverUp("prompt", out.Why)}, nil
	}
	switch answer.Result {
	case prompt.ResultRun:
		out.Reply = deferral.Run
	case prompt.ResultDefer:
		w.chose(&out, offers[answer.Choice])
	case prompt.ResultTimeout:
		out.Reply = deferral.TimedOut
	}
	return deferral.Answered{Answer: out}, nil
}

// unseen is the result of a prompt that nobody could see. No helper answers so.
const unseen prompt.Result = "unseen"

// await waits for the answer to the prompt, and tells it the time that is left:
// the helper counts by itself, and a clock may be set.
func (w *wake) await(ctx context.Context, a deferral.Act, window Window) (prompt.Answer, error) {
	end := w.now().Add(a.For)
	covered := meter{last: w.now()}
	opening := w.now().Add(a.Do.Tick())
	for {
		answer, ok := window.Wait(ctx, a.Do.Tick())
		if ok {
			return answer, nil
		}
		w.passed()
		hidden, err := w.paused(ctx, a)
		if err != nil || hidden != "" {
			return prompt.Answer{Result: unseen, Why: hidden}, err
		}
		switch s := window.Sight(); {
		case unopened(s) && w.s.Now.Continuous >= opening.Continuous:
			return prompt.Answer{Result: prompt.ResultNone, Why: notShown}, nil
		case s == prompt.Covered:
			covered.count(w.s.Now)
		case unopened(s) || s == prompt.Shown:
			covered = meter{last: w.s.Now}
		}
		if s := window.Sight(); s == prompt.Locked || s == prompt.DisplayOff || s == prompt.Covered && covered.seen >= a.Patience {
			return prompt.Answer{Result: unseen, Why: strings.TrimSuffix(unseenBy(s), ".")}, nil
		}
		if ctx.Err() != nil || w.s.Now.Continuous > end.Continuous+a.Do.Tick() || w.s.State.Due(w.s.Now) && a.By.IsZero() {
			// The helper should have ended by itself.
			return prompt.Answer{Result: prompt.ResultTimeout, After: a.For}, nil
		}
		if why := deferral.MayContinue(w.s, a); why != "" {
			return prompt.Answer{Result: prompt.ResultNone, Why: why}, nil
		}
		if err := w.mark(); err != nil {
			w.Log.Error(logging.State, "%v", err)
		}
		_, left := w.s.Comes(a.By)
		left = max(left, 0)
		_ = window.Change(prompt.Change{TimeLeft: &left}) // a helper that is gone answers in Wait
	}
}
