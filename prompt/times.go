package prompt

import (
	"time"

	"installordefer/internal/clock"
)

// times counts what runs while a dialog is on the screen.
type times struct {
	timeLeft, countdown, timeout counter
}

// A counter counts down from a value since a moment.
type counter struct {
	from  time.Duration
	since clock.Moment
	runs  bool
}

func newTimes(d Dialog, now clock.Moment) *times {
	return &times{
		timeLeft:  counter{d.TimeLeft, now, d.TimeLeft > 0},
		countdown: counter{d.Countdown, now, d.Countdown > 0},
		timeout:   counter{d.Timeout, now, d.Timeout > 0},
	}
}

// left returns what is left now, at least 0.
func (c counter) left(now clock.Moment) time.Duration {
	passed, _ := now.Since(c.since)
	return max(0, c.from-passed)
}

// change takes over the counts that the root job corrects.
func (t *times) change(c Change, now clock.Moment) {
	if c.TimeLeft != nil {
		t.timeLeft = counter{*c.TimeLeft, now, true}
	}
	if c.Countdown != nil {
		t.countdown = counter{*c.Countdown, now, true}
	}
}

// passed returns what the passing of time changes about the dialog.
func (t *times) passed(now clock.Moment) Change {
	var c Change
	if t.timeLeft.runs {
		c.TimeLeft = new(t.timeLeft.left(now))
	}
	if t.countdown.runs {
		c.Countdown = new(t.countdown.left(now))
	}
	return c
}

// over says whether the dialog has to end.
func (t *times) over(now clock.Moment) bool {
	return t.countdown.runs && t.countdown.left(now) == 0 || t.timeout.runs && t.timeout.left(now) == 0
}
