package tool

import (
	"time"

	"installordefer/internal/clock"
)

// Limits count the time that one run of a program has, on the continuous
// clock. They wait for nothing: whoever runs the program tells them the time.
type Limits struct {
	path     Path
	limit    time.Duration
	silence  time.Duration // that is allowed now
	later    time.Duration // that is allowed after the first progress
	started  clock.Moment
	progress clock.Moment // the last one
}

// NewLimits returns the limits of a command that is started now.
func NewLimits(c Command, now clock.Moment) Limits {
	l := Limits{path: c.Path, limit: c.Limit, silence: c.Silence, later: c.Silence, started: now, progress: now}
	if c.FirstSilence > 0 {
		l.silence = c.FirstSilence
	}
	return l
}

// Progressed starts the time without progress again.
func (l *Limits) Progressed(now clock.Moment) { l.progress, l.silence = now, l.later }

// asleep is how far past its end the time without progress must be noticed to
// be taken for a sleep of the Mac. A clock looks every few seconds.
const asleep = time.Minute

// Left returns the time until the first limit, 0 if there is none, or a
// *TimeoutError for the limit that has passed.
func (l *Limits) Left(now clock.Moment) (time.Duration, error) {
	var left time.Duration
	if l.limit > 0 {
		left = l.limit - since(now, &l.started)
		if left <= 0 {
			return 0, &TimeoutError{Path: l.path, After: l.limit}
		}
	}
	if l.silence > 0 {
		quiet := l.silence - since(now, &l.progress)
		if quiet < -asleep {
			// Nothing makes progress on a Mac that sleeps. A download that
			// went well until the lid was closed gets its full time again.
			l.progress, quiet = now, l.silence
		}
		if quiet <= 0 {
			return 0, &TimeoutError{Path: l.path, After: l.silence, Silent: true}
		}
		if left == 0 || quiet < left {
			left = quiet
		}
	}
	return left, nil
}

// since returns the time since t. When that is not known, because the clock
// belongs to another boot, counting starts again.
func since(now clock.Moment, t *clock.Moment) time.Duration {
	d, ok := now.Since(*t)
	if !ok {
		*t = now
	}
	return d
}
