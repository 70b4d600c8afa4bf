package tool

import (
	"bytes"
	"context"
	"errors"
	"time"

	"installordefer/internal/clock"
)

// A Run is a program that was started and is followed while it works. Whoever
// starts one waits until it is over, or stops it. Its methods are for one
// goroutine; its limits hold also while nobody waits.
type Run interface {
	// Wait waits for output, at most tick on the continuous clock, and
	// returns the lines that have come since the last call, in the order of
	// their arrival; none when tick has passed or ctx has ended. Over is
	// true, beside the last lines and from then on, when the program has
	// ended. That ctx ends does not end the program.
	Wait(ctx context.Context, tick time.Duration) (lines []Line, over bool)
	// Progressed starts the time without progress again; see Command.Silence.
	Progressed()
	// Stop ends the program and its process group and returns when it is
	// gone. Lines that came until then are still returned by Wait. After the
	// end it does nothing.
	Stop()
	// Result says how it ended, once it is over. The error is a *TimeoutError
	// or wraps ErrStopped or the error of the context that it was started
	// with; the result then holds what the program wrote until it was ended.
	Result() (Result, error)
}

// ErrStopped is wrapped by the error of a run that was stopped.
var ErrStopped = errors.New("it was stopped")

// Follow starts a program that is followed while it works, until it ends, a
// limit has passed, or ctx ends. The error wraps ErrNotStarted or ctx's error.
// What holds for a run that is waited for holds for this one.
func (s *System) Follow(ctx context.Context, c Command) (Run, error) {
	f, err := s.follow(ctx, c)
	if err != nil {
		return nil, err // not f: an interface that holds a nil *followed would not be nil
	}
	return f, nil
}

func (s *System) follow(ctx context.Context, c Command) (*followed, error) {
	running, stop := context.WithCancelCause(ctx)
	ch, st, g, err := s.start(running, c)
	if err != nil {
		stop(nil)
		return nil, err
	}
	f := &followed{
		child: ch, streams: st, guard: g, clock: s.clock(), stop: stop,
		stdin: bytes.Clone(c.Stdin), pieces: drain(ch, st.stdout, st.stderr), ended: make(chan error, 1),
	}
	st.feed(f.stdin)
	go func() { f.ended <- g.watch(running, ch) }()
	return f, nil
}

// A followed is a program of the Mac that is followed.
type followed struct {
	child   *child
	streams *streams
	guard   *guard
	clock   clock.Clock
	stop    context.CancelCauseFunc
	stdin   []byte // a copy, which may be a secret
	pieces  <-chan piece
	ended   chan error // gets why the program was ended, or nil

	keeper Keeper
	over   bool
	err    error
}

func (f *followed) take(p piece) { f.keeper.Take(p.stderr, p.data) }

func (f *followed) Wait(ctx context.Context, tick time.Duration) ([]Line, bool) {
	if f.over {
		return f.keeper.Lines(), true
	}
	ticking, stop := context.WithCancel(ctx)
	defer stop()
	ticked := make(chan struct{})
	go func() {
		// Also when it is cut short.
		defer close(ticked)
		_ = f.clock.Sleep(ticking, tick)
	}()
	for {
		var ended <-chan error
		if f.pieces == nil {
			ended = f.ended
		}
		select {
		case p, more := <-f.pieces:
			if !more {
				f.pieces = nil
				continue
			}
			f.take(p)
			if lines := f.keeper.Lines(); len(lines) > 0 {
				return lines, false
			}
		case f.err = <-ended:
			f.conclude()
			return f.keeper.Lines(), true
		case <-ticked:
			return nil, false
		}
	}
}

func (f *followed) Progressed() { f.guard.progressed() }

func (f *followed) Stop() {
	f.stop(ErrStopped)
	f.toTheEnd()
}

// toTheEnd takes what comes until the program is gone.
func (f *followed) toTheEnd() {
	if f.over {
		return
	}
	if f.pieces != nil {
		for p := range f.pieces {
			f.take(p)
		}
	}
	f.err = <-f.ended
	f.conclude()
}

// conclude is for when the output and the program have ended.
func (f *followed) conclude() {
	f.over = true
	f.keeper.End()
	f.streams.close()
	clear(f.stdin)
	f.stop(nil)
}

func (f *followed) Result() (Result, error) {
	r := f.keeper.Result(f.child.code)
	r.NoTerminal = f.streams.noTerminal
	return r, f.err
}
