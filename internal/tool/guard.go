package tool

import (
	"context"
	"fmt"
	"sync"
	"time"

	"installordefer/internal/clock"
)

// A guard ends a child at its limits, counted on the continuous clock, or when
// the context ends.
type guard struct {
	clock   clock.Clock
	path    Path
	limit   time.Duration
	silence time.Duration

	mu       sync.Mutex
	started  clock.Moment
	progress clock.Moment // the last one
}

func newGuard(cl clock.Clock, c Command) *guard {
	now := cl.Now()
	return &guard{clock: cl, path: c.Path, limit: c.Limit, silence: c.Silence, started: now, progress: now}
}

// progressed starts the time without progress anew.
func (g *guard) progressed() {
	if g.silence <= 0 {
		return
	}
	now := g.clock.Now()
	g.mu.Lock()
	g.progress = now
	g.mu.Unlock()
}

// watch returns when the child is over. It ends the child, with its group,
// when a limit has passed or ctx ends, and then returns the reason.
func (g *guard) watch(ctx context.Context, c *child) error {
	running, stop := context.WithCancel(ctx)
	defer stop()
	go func() {
		select {
		case <-c.over:
			stop()
		case <-running.Done():
		}
	}()
	for {
		left, late := g.left()
		if late != nil {
			c.end()
			return late
		}
		if left > 0 {
			// The error says that running ended, which is looked at below.
			_ = g.clock.Sleep(running, left)
		} else {
			<-running.Done()
		}
		if c.exited() {
			return nil
		}
		if err := ctx.Err(); err != nil {
			c.end()
			return fmt.Errorf("%s was ended early: %w", g.path, err)
		}
	}
}

// asleep is how far past its end the time without progress must be noticed to
// be taken for a sleep of the Mac. A clock looks every few seconds.
const asleep = time.Minute

// left returns the time until the first limit, 0 if there is none, or the
// limit that has passed.
func (g *guard) left() (time.Duration, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	now := g.clock.Now()
	var left time.Duration
	if g.limit > 0 {
		left = g.limit - since(now, &g.started)
		if left <= 0 {
			return 0, &TimeoutError{Path: g.path, After: g.limit}
		}
	}
	if g.silence > 0 {
		quiet := g.silence - since(now, &g.progress)
		if quiet < -asleep {
			// Nothing makes progress on a Mac that sleeps. A download that
			// went well until the lid was closed gets its full time again.
			g.progress, quiet = now, g.silence
		}
		if quiet <= 0 {
			return 0, &TimeoutError{Path: g.path, After: g.silence, Silent: true}
		}
		if left == 0 || quiet < left {
			left = quiet
		}
	}
	return left, nil
}

// since returns the time since t. When that is not known, because the clock
// belongs to another boot, counting starts anew.
func since(now clock.Moment, t *clock.Moment) time.Duration {
	d, ok := now.Since(*t)
	if !ok {
		*t = now
	}
	return d
}
