package wake

import (
	"context"
	"fmt"
	"time"

	"installordefer/deferral"
	"installordefer/internal/clock"
	"installordefer/internal/logging"
	"installordefer/prompt"
)

// unseenBy says why, by the word of the helper, nobody can see its dialog. It is
// empty where somebody can.
func unseenBy(s prompt.Sight) string {
	switch s {
	case prompt.Shown:
		return ""
	case prompt.Covered:
		return "Other windows cover the dialog."
	case prompt.Locked:
		return "The screen is locked."
	case prompt.DisplayOff:
		return "The display is off."
	}
	return "The helper has not brought the dialog to the screen."
}

// unopened tells whether a helper has shown nothing yet.
func unopened(s prompt.Sight) bool { return s == prompt.Unsaid || s == prompt.Opening }

// sighted takes what the helper says of its dialog, where that is new.
func (w *wake) sighted(s prompt.Sight) error {
	why := unseenBy(s)
	if why == w.s.Wake.Unseen && (why != "" || !w.s.State.Round.Lock.Unshown) {
		return nil
	}
	return w.take(deferral.Sighted{Why: why})
}

// hear waits for the answer for d, whatever is seen of the dialog meanwhile.
func (w *wake) hear(ctx context.Context, window Window, d time.Duration) (prompt.Answer, bool) {
	for end := w.now().Add(d).Continuous; ; {
		a, answered := window.Wait(ctx, end-w.now().Continuous)
		if answered || ctx.Err() != nil || w.now().Continuous >= end {
			return a, answered
		}
	}
}

// A watch counts how long the dialog of an act has been seen, and how long it
// has not been.
type watch struct {
	w          *wake
	a          deferral.Act
	seen, idle meter
	open       bool   // it was opened
	up         bool   // it has been seen
	why        string // nobody can see it now
	missed     bool   // the time since the look before does not count as seen

	since  time.Duration // when it was opened
	before meter         // as it was seen up to the look before
}

// watch begins to count.
func (w *wake) watch(a deferral.Act) watch {
	return watch{w: w, a: a, seen: meter{last: w.now()}, idle: meter{last: w.now()}}
}

// opened takes note of a dialog that has just been opened.
func (c *watch) opened(window Window) error {
	if err := c.w.sighted(window.Sight()); err != nil {
		return err
	}
	c.why, c.open, c.since = deferral.Paused(c.w.s, c.a), true, c.w.now().Continuous
	c.up = c.up || c.why == ""
	return nil
}

// look looks whether the dialog can be seen, and counts the time since it looked
// last: as seen only where it was seen at both ends. Window is nil while the
// dialog is away; what the helper said last then holds.
func (c *watch) look(ctx context.Context, window Window) error {
	before := c.why
	c.before = c.seen
	if window != nil {
		if err := c.w.sighted(window.Sight()); err != nil {
			return err
		}
	}
	why, err := c.w.paused(ctx, c.a)
	if err != nil {
		return err
	}
	c.why = why
	counts, other := &c.seen, &c.idle
	if why != "" || before != "" || !c.open {
		counts, other = other, counts
	}
	c.missed = counts.count(c.w.s.Now) || counts == &c.idle
	other.last = c.w.s.Now
	c.up = c.up || c.open && why == ""
	return nil
}

// until is for how long the dialog was seen whose helper ended that long after it was
// opened: it may have gone while something was looked at.
func (c *watch) until(after time.Duration) time.Duration {
	return min(c.seen.seen, c.before.seen+max(c.since+after-c.before.last.Continuous, 0))
}

// held tells whether the countdown on the screen has to be set again: it has gone on
// while nobody could see it, if only until the dialog had come up.
func (c *watch) held() bool { return c.missed }

// neverUp tells whether the helper has never brought the dialog to the screen,
// though nothing else would have kept anybody from seeing it.
func (c *watch) neverUp(s prompt.Sight) bool { return !c.up && unopened(s) && c.why == unseenBy(s) }

// notShown is why a dialog is taken away that never came to the screen.
const notShown = "its helper has not shown it"

// neverUp logs that a dialog was opened that nobody has seen, and returns the
// failure.
func (w *wake) neverUp(dialog, why string) string {
	return w.failed(logging.Prompt, fmt.Errorf("the %s never came to the screen, so nobody was asked: %s", dialog, why))
}

// A meter counts time awake.
type meter struct {
	last clock.Moment
	seen time.Duration
}

// count counts the time since it was asked last, and tells whether the Mac has
// slept in it. It then counts for nothing.
func (m *meter) count(now clock.Moment) (slept bool) {
	since, _ := now.Since(m.last)
	m.last = now
	if since > deferral.Asleep {
		return true
	}
	m.seen += since
	return false
}
