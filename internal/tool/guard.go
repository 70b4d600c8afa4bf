package tool

import (
	"context"
	"sync"
	"time"

	"installordefer/internal/clock"
)

// A guard ends a child at its limits or when the context ends.
type guard struct {
	clock clock.Clock
	path  Path

	mu     sync.Mutex
	limits Limits
}

func newGuard(cl clock.Clock, c Command) *guard {
	return &guard{clock: cl, path: c.Path, limits: NewLimits(c, cl.Now())}
}

// progressed starts the time without progress again.
func (g *guard) progressed() {
	now := g.clock.Now()
	g.mu.Lock()
	defer g.mu.Unlock()
	g.limits.Progressed(now)
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
		if ctx.Err() != nil {
			c.end()
			return EndedEarly(g.path, context.Cause(ctx))
		}
	}
}

// left returns the time until the first limit, 0 if there is none, or the
// limit that has passed.
func (g *guard) left() (time.Duration, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.limits.Left(g.clock.Now())
}
