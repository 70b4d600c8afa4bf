package life

import (
	"cmp"
	"context"
	"fmt"
	"time"

	"installordefer/internal/clock"
	"installordefer/internal/simmac"
	"installordefer/prompt"
)

// The patience of a conversation with a helper, as prompt has it.
const (
	overtime = 5 * time.Second
	closing  = 2 * time.Second
)

// taken is why a dialog ends that the caller closes.
const taken = "its dialog was taken away"

// window is the root job's side of one dialog. It does what a
// prompt.Conversation does, without its goroutines.
type window struct {
	process *simmac.Process
	dialog  prompt.Dialog // its limits follow the changes
	opened  clock.Moment
	showing *simmac.Showing
	asked   string // why the helper was asked to end
	forced  string // why it was ended by force
	judged  bool
	answer  prompt.Answer
}

// Change tells the helper what is different.
func (w *window) Change(c prompt.Change) error {
	line, err := prompt.EncodeChange(c)
	if err != nil {
		return err
	}
	if w.over() || w.process.Dead() {
		return prompt.ErrEnded
	}
	if c.Countdown != nil {
		w.dialog.Countdown = w.since() + *c.Countdown
	}
	w.showing.Change(line)
	return nil
}

// Wait waits for the answer.
func (w *window) Wait(ctx context.Context, most time.Duration) (prompt.Answer, bool) {
	if w.process.Dead() || w.judged {
		return w.answer, w.judged
	}
	wait, own := most, ownLimit(w.dialog)
	if own > 0 {
		wait = min(most, own-w.since())
	}
	if w.process.SleepUntil(ctx, wait, w.over) {
		return w.judge(), true
	}
	if ended(ctx) || wait == most {
		return prompt.Answer{}, false
	}
	if !w.process.SleepUntil(ctx, overtime, w.over) {
		if ended(ctx) {
			return prompt.Answer{}, false
		}
		w.shut(fmt.Sprintf("the helper did not end by itself after %v", own))
	}
	return w.judge(), true
}

func (w *window) over() bool {
	_, _, over := w.showing.Ended()
	return over
}

func (w *window) since() time.Duration {
	d, _ := w.process.Now().Since(w.opened)
	return d
}

func ownLimit(d prompt.Dialog) time.Duration {
	if d.Timeout > 0 && d.Countdown > 0 {
		return min(d.Timeout, d.Countdown)
	}
	return max(d.Timeout, d.Countdown)
}

// judge judges what the helper wrote, by the real rules.
func (w *window) judge() prompt.Answer {
	if w.judged || w.process.Dead() {
		return w.answer
	}
	e := w.process.Effect("an answer")
	line, code, _ := w.showing.Ended()
	a := prompt.JudgeAnswer(w.dialog, line, code, w.showing.Took(w.opened))
	switch {
	case a.Result == prompt.ResultNone && w.forced != "":
		a.Why = w.forced
	case a.Result == prompt.ResultClosed && w.asked == taken:
		a.Why = taken
	case a.Result == prompt.ResultClosed:
		a.Result, a.Why = prompt.ResultNone, cmp.Or(w.asked, "the helper took its dialog away unasked")
	}
	w.answer, w.judged = a, true
	e.After()
	return a
}

// Close takes the dialog away, by force where it has to.
func (w *window) Close() {
	if !w.process.Dead() && !w.over() {
		w.shut(taken)
	}
}

// shut asks the helper to end, and ends it if it does not.
func (w *window) shut(why string) {
	w.asked = why
	w.showing.CloseInput()
	if w.process.SleepUntil(context.Background(), closing, w.over) {
		return
	}
	if why == taken {
		why = "the helper did not end when " + taken
	}
	w.forced = why
	w.showing.Kill()
}
