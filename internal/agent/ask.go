package agent

import (
	"context"
	"fmt"
	"time"

	"installordefer/deferral"
	"installordefer/internal/clock"
	"installordefer/internal/logging"
	"installordefer/prompt"
)

const (
	// retell is how often a dialog's text is brought up to date.
	retell = 30 * time.Second
	// tick is how often the final countdown looks at the clock.
	tick = 5 * time.Second
	// asleepAfter is how long a tick takes when the Mac has slept meanwhile:
	// far longer than one that only comes late. It then counts for nothing.
	asleepAfter = 30 * time.Second
	// reopen is the wait before a dialog that was closed is shown again.
	reopen = 2 * time.Second
	// leastSeen is the least that counts for each time the final prompt came
	// up, so that closing it at once, again and again, cannot put the end off
	// for ever.
	leastSeen = time.Second
)

// ask shows the prompt and records the answer. Whatever is not a clear answer
// of the person who was asked is none: it is no consent, and it defers for
// less than an answer would.
func (w *wake) ask(ctx context.Context, d deferral.Decision) error {
	updates := w.st.Round.Updates
	dialog := w.dialog(prompt.RunOrDefer, w.set.MessageInstallOrDeferHeading, w.set.MessageInstallOrDefer, updates, d.Last)
	dialog.Choices = w.choices()
	dialog.Deadline = w.deadline()
	dialog.Timeout = min(w.set.PromptTimeout, w.st.TimeLeft(w.now()))
	w.asked = true
	w.byHand = false
	w.st = w.st.Prompted()
	if err := w.save(); err != nil {
		return err
	}
	a := w.askOnce(ctx, dialog, d.Last)
	if ctx.Err() != nil {
		return nil
	}
	return w.record(ctx, dialog, a)
}

// record makes an answer part of the state.
func (w *wake) record(ctx context.Context, dialog prompt.Dialog, a prompt.Answer) error {
	if a.Result != prompt.ResultNone {
		if why := w.notThere(ctx); why != "" {
			a = prompt.Answer{Result: prompt.ResultNone, After: a.After, Why: why}
		}
	}
	// While the dialog was open a clock may have been set, and the state.
	if !w.heed() {
		w.settle()
	}
	now, after := w.now(), a.After.Round(time.Second)
	w.answered = a.Result != prompt.ResultRun
	switch a.Result {
	case prompt.ResultRun:
		w.Log.Notice(logging.Prompt, "%s clicked Run Updates after %v.", w.person.Name, after)
		w.consent = deferral.Clicked
		return nil
	case prompt.ResultDefer:
		w.deferTo(w.deferred(dialog.Choices[a.Choice].For, now))
		w.Log.Notice(logging.Prompt, "%s clicked Defer after %v. %s.", w.person.Name, after, w.nextPrompt())
	case prompt.ResultTimeout:
		w.deferTo(w.st.TimedOut(w.set, now))
		w.Log.Notice(logging.Prompt, "Nobody answered within %v, which counts as Defer. %s.", after, w.nextPrompt())
	default:
		w.deferTo(w.st.Unanswered(w.set, now))
		w.Log.Notice(logging.Prompt, "There was no answer: %s. %s.", a.Why, w.nextPrompt())
	}
	return w.save()
}

// deferred is the state after a click on Defer.
func (w *wake) deferred(length time.Duration, now clock.Moment) deferral.State {
	if len(w.set.DeferralChoices) > 0 {
		return w.st.Chose(length, now)
	}
	return w.st.Deferred(length, now)
}

// nextPrompt says, without its full stop, when the next prompt comes, and the
// setting that decided.
func (w *wake) nextPrompt() string {
	if w.st.DeferredUntil.IsZero() {
		return "The deadline has passed, so the next prompt is the final one" + because(w.st.DeadlineSetting())
	}
	return "The next prompt comes at " + w.clockTime(w.st.DeferredUntil) + because(w.st.DeferralSetting())
}

// askOnce shows the dialog until it is answered, and keeps its text true.
func (w *wake) askOnce(ctx context.Context, dialog prompt.Dialog, last bool) prompt.Answer {
	window, err := w.Screen.Open(ctx, w.person, dialog)
	if err != nil {
		w.failed(logging.Prompt, fmt.Errorf("the prompt could not be shown: %w", err))
		return prompt.Answer{Result: prompt.ResultNone, Why: "the prompt could not be shown"}
	}
	defer window.Close()
	body := dialog.Body
	end := w.now().Add(dialog.Timeout)
	for {
		a, ok := window.Wait(ctx, retell)
		if ok {
			return a
		}
		now := w.now()
		if ctx.Err() != nil || now.Continuous > end.Continuous+retell || w.st.Due(now) {
			// The helper should have ended by itself.
			return prompt.Answer{Result: prompt.ResultTimeout, After: dialog.Timeout}
		}
		w.mark()
		left := max(w.st.TimeLeft(now), 0)
		change := prompt.Change{TimeLeft: &left}
		if text := w.render(w.set.MessageInstallOrDefer, w.templateFacts(w.st.Round.Updates, last)); text != body {
			body, change.Body = text, text
		}
		_ = window.Change(change) // a helper that is gone answers in Wait
	}
}

// stillThere tells whether the person who was asked is still at the screen.
func (w *wake) stillThere(ctx context.Context) bool { return w.notThere(ctx) == "" }

// notThere says why the person who was asked may not be at the screen any more.
// It is empty where they are.
func (w *wake) notThere(ctx context.Context) string {
	c, err := w.Host.Console(ctx)
	switch {
	case err != nil:
		return "who is at the screen now cannot be told"
	case !c.Present:
		return "nobody is at the screen any more"
	case c.User.UID != w.person.UID:
		return "another person is at the screen now"
	}
	return ""
}

// hasLeft tells whether the person who was asked has left the screen beyond
// doubt.
func (w *wake) hasLeft(ctx context.Context) bool {
	c, err := w.Host.Console(ctx)
	return err == nil && (!c.Present || c.User.UID != w.person.UID)
}

// countDown shows the final prompt until its countdown has been on the screen
// to the end or the person has clicked. Only time on the screen counts: not
// time asleep, and not time in which somebody has closed the dialog.
func (w *wake) countDown(ctx context.Context, d deferral.Decision) error {
	updates := append(append([]deferral.Update{}, d.Plan.Restarting...), d.Plan.Quiet...)
	dialog := w.dialog(prompt.RunNow, w.set.MessageInstallHeading, w.set.MessageInstall, updates, true)
	if f := w.facts; f.OnBattery && f.BatteryPercent < w.set.MinimumBatteryPercent {
		dialog.Body += fmt.Sprintf("\n\nThe battery holds %d %%. Please connect the power adapter: updates are not installed before.", f.BatteryPercent)
	}
	w.st = w.st.Prompted()
	if err := w.save(); err != nil {
		return err
	}
	var seen time.Duration
	for seen < w.set.UpdateDelay {
		dialog.Countdown, dialog.ID = w.set.UpdateDelay-seen, ""
		clicked, shown, why := w.countOnce(ctx, dialog)
		if ctx.Err() != nil {
			return nil
		}
		seen += shown
		if clicked {
			w.Log.Notice(logging.Prompt, "%s clicked Run Updates.", w.person.Name)
			w.consent = deferral.Clicked
			return nil
		}
		if !w.st.Due(w.now()) {
			w.Log.Notice(logging.Prompt, "The final prompt is taken away: the clock was set, and the deadline has not passed any more.")
			return nil
		}
		if seen >= w.set.UpdateDelay {
			break
		}
		if shown == 0 || !w.stillThere(ctx) {
			// Nobody sees it: the next wake looks who is there.
			w.Log.Notice(logging.Prompt, "The final prompt is not on the screen: %s. It comes again in the next wake.", why)
			w.st = w.st.Unseen(w.now())
			return w.save()
		}
		w.Log.Notice(logging.Prompt, "The final prompt was closed after %v: %s. It is shown again for the remaining %v.", shown, why, w.set.UpdateDelay-seen)
		if err := w.Clock.Sleep(ctx, reopen); err != nil {
			return nil
		}
	}
	if !w.stillThere(ctx) {
		w.facts = nil // who is there now decides anew
		return nil
	}
	w.Log.Notice(logging.Prompt, "The countdown of %v has ended (UpdateDelay).", w.set.UpdateDelay)
	w.consent = deferral.CountedDown
	return nil
}

// countOnce shows the final prompt once and says how long it was on the
// screen.
func (w *wake) countOnce(ctx context.Context, dialog prompt.Dialog) (clicked bool, shown time.Duration, why string) {
	window, err := w.Screen.Open(ctx, w.person, dialog)
	if err != nil {
		w.failed(logging.Prompt, fmt.Errorf("the final prompt could not be shown, and nothing is installed while %s cannot see it: %w", w.person.Name, err))
		return false, 0, "it could not be shown"
	}
	defer window.Close()
	defer func() { shown = max(shown, leastSeen) }()
	for last := w.now(); ctx.Err() == nil; {
		a, answered := window.Wait(ctx, min(tick, max(dialog.Countdown-shown, time.Second)))
		since, slept := w.awakeSince(&last)
		if !slept {
			shown += since
		}
		switch {
		case answered && a.Result == prompt.ResultRun:
			return true, shown, ""
		case answered && a.Result == prompt.ResultTimeout:
			return false, shown, "its countdown ended before its time"
		case answered:
			return false, shown, a.Why
		case shown >= dialog.Countdown, !w.st.Due(last):
			return false, shown, ""
		case slept:
			left := dialog.Countdown - shown
			_ = window.Change(prompt.Change{Countdown: &left})
		}
	}
	return false, shown, "the wake was ended"
}

// clockTime writes a time as administrators read it in the log.
func (w *wake) clockTime(t time.Time) string { return t.In(w.Zone).Format("2006-01-02 15:04:05") }
