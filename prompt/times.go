package prompt

import (
	"time"

	"installordefer/internal/clock"
)

// watched is the most time between two readings of the clock that a person can
// have had the dialog before the eyes. More means that the Mac slept or the
// helper was stopped.
const watched = 5 * time.Second

// times counts what runs while a dialog is on the screen. What is left until
// the deadline or the dialog's own limit runs on while the Mac sleeps; the
// countdown does not, because it has to be seen.
type times struct {
	now    time.Duration // of the continuous clock, at the last reading
	passed time.Duration // since the dialog opened

	timeLeft, countdown, timeout          time.Duration
	hasTimeLeft, hasCountdown, hasTimeout bool
}

func newTimes(d Dialog, now clock.Moment) *times {
	return &times{
		now:      now.Continuous,
		timeLeft: d.TimeLeft, hasTimeLeft: d.TimeLeft > 0,
		countdown: d.Countdown, hasCountdown: d.Countdown > 0,
		timeout: d.Timeout, hasTimeout: d.Timeout > 0,
	}
}

// pass takes over the time.
func (t *times) pass(now clock.Moment) {
	passed := max(0, now.Continuous-t.now)
	t.now = now.Continuous
	t.passed += passed
	t.timeLeft = max(0, t.timeLeft-passed)
	t.timeout = max(0, t.timeout-passed)
	t.countdown = max(0, t.countdown-min(passed, watched))
}

// next returns when to read the clock again: when the countdown has come to the
// next whole second, so that none is left out on the screen.
func (t *times) next() time.Duration {
	if left := t.countdown % time.Second; left > 0 {
		return left
	}
	return time.Second
}

// correct takes over the counts that the root job corrects.
func (t *times) correct(c Change) {
	if c.TimeLeft != nil {
		t.timeLeft, t.hasTimeLeft = *c.TimeLeft, true
	}
	if c.Countdown != nil {
		t.countdown, t.hasCountdown = *c.Countdown, true
	}
}

// change returns what the passing of time changes about the dialog.
func (t *times) change() Change {
	c := Change{Passed: new(t.passed)}
	if t.hasTimeLeft {
		c.TimeLeft = new(t.timeLeft)
	}
	if t.hasCountdown {
		c.Countdown = new(t.countdown)
	}
	return c
}

// over says whether the dialog has to end.
func (t *times) over() bool {
	return t.hasCountdown && t.countdown == 0 || t.hasTimeout && t.timeout == 0
}
