package softwareupdate

import (
	"context"
	"errors"
	"time"

	"installordefer/internal/clock"
	"installordefer/internal/tool"
)

// A Run is a download or an installation that Apple's updater has been ordered
// and works at. Whoever starts one waits until it is over, or stops it. Its
// methods are for one goroutine.
type Run interface {
	// Wait waits for the updater to report something, at most tick on the
	// continuous clock, and returns what it has reported since the last call,
	// in order; nothing when tick has passed or ctx has ended. Over is true,
	// beside the last reports and from then on, when the updater has ended.
	// That ctx ends does not end the updater. An updater that stays on
	// silently after its last word is ended here.
	Wait(ctx context.Context, tick time.Duration) (reports []Progress, over bool)
	// Stop ends the updater, with all that it has started, and returns when
	// it is gone. After the end it does nothing.
	Stop()
	// Result says what was reached, once it is over; also beside an error,
	// which is a *Failure, or says that the order was broken off and wraps
	// ErrStopped or the cause of the context that it was started with.
	Result() (Reached, error)
}

// ErrStopped is wrapped by the error of a run that was stopped before it had
// done what was ordered.
var ErrStopped = tool.ErrStopped

// Reached is what a download or an installation came to.
type Reached struct {
	// Done has the labels that the updater says it has downloaded or
	// installed, as ordered. Only a check afterwards is proof.
	Done []Label
	// Staged is true when an update of macOS is downloaded and prepared, and
	// waits for a restart by the updater. Only the version that the Mac runs
	// after it is proof.
	Staged bool
	// NeedsRestart and NeedsShutdown are what the updater asks for.
	NeedsRestart, NeedsShutdown bool
	// Tail has the last lines that the updater printed.
	Tail []string
}

// An updating is the Run of a Tool.
type updating struct {
	program  tool.Run
	clock    clock.Clock
	ctx      context.Context // that it was started with
	patience time.Duration   // with an updater that has said its last word
	logf     func(format string, args ...any)

	transcript *transcript
	gauge      *gauge
	spoke      clock.Moment // the last time
	told       bool         // what it reported, by the last Wait
	over       bool
	err        error
}

// start has the updater download or install. An updater that stays on silently
// after its last word is ended after patience.
func (t *Tool) start(ctx context.Context, tr *transcript, c tool.Command, patience time.Duration) (Run, error) {
	// On a pipe the updater holds its output back.
	c.Terminal = true
	c.Silence, c.FirstSilence = stallLimit, firstLimit
	program, err := t.Runner.Follow(ctx, c)
	if err != nil {
		return nil, tr.judge(context.Cause(ctx), err)
	}
	return &updating{program: program, clock: t.Clock, ctx: ctx, patience: patience, logf: t.logf, transcript: tr, gauge: newGauge(), spoke: t.Clock.Now()}, nil
}

func (u *updating) Wait(ctx context.Context, tick time.Duration) ([]Progress, bool) {
	begun := u.clock.Now()
	if u.told {
		// What was done with the last reports is no silence.
		u.told, u.spoke = false, begun
	}
	for !u.over {
		left := tick - u.since(begun)
		wait := left
		if u.transcript.lastWord {
			wait = min(left, u.patience-u.since(u.spoke))
		}
		lines, over := u.program.Wait(ctx, max(wait, 0))
		u.read(lines)
		switch {
		case over:
			u.conclude(nil)
		case len(lines) > 0:
		case ctx.Err() != nil || wait == left:
			return nil, false
		default: // it has said its last word
			u.program.Stop()
			u.conclude(ErrStopped)
		}
		if len(u.transcript.reports) > 0 {
			break
		}
	}
	reports := u.transcript.take()
	u.told = len(reports) > 0
	return reports, u.over
}

func (u *updating) since(t clock.Moment) time.Duration {
	d, _ := u.clock.Now().Since(t)
	return d
}

// read takes lines of the updater.
func (u *updating) read(lines []tool.Line) {
	for _, l := range lines {
		if u.gauge.progressed(string(l.Text)) {
			u.program.Progressed()
		}
		u.transcript.line(l)
	}
	if len(lines) > 0 {
		u.spoke = u.clock.Now()
	}
}

// conclude judges an updater that has ended. Mended is the error of a run that
// is none, because the updater was ended after its last word.
func (u *updating) conclude(mended error) {
	// What it said while it was being ended.
	lines, _ := u.program.Wait(context.Background(), 0)
	u.read(lines)
	r, err := u.program.Result()
	if r.NoTerminal != nil {
		u.logf("This Mac had no pseudo-terminal left, so Apple's tool wrote to a pipe, and its progress came late or not at all: %v.", r.NoTerminal)
	}
	var broken error
	switch {
	case u.ctx.Err() != nil:
		broken = context.Cause(u.ctx)
	case errors.Is(err, ErrStopped) && mended == nil:
		broken = ErrStopped
	case errors.Is(err, ErrStopped):
		err = nil
	}
	u.over, u.err = true, u.transcript.judge(broken, err)
	var f *Failure
	if errors.As(u.err, &f) && !(f.Downloaded && f.Operation == downloading) {
		tellTail(u.logf, f.Tail)
	}
}

func (u *updating) Stop() {
	if !u.over {
		u.program.Stop()
		u.conclude(nil)
	}
}

func (u *updating) Result() (Reached, error) {
	t := u.transcript
	r := Reached{
		Done:          t.installed,
		Staged:        len(t.staged) > 0,
		NeedsRestart:  t.restart || len(t.staged) > 0,
		NeedsShutdown: t.shutdown,
		Tail:          t.tail.lines,
	}
	if t.operation == downloading {
		r.Done = t.downloaded
	}
	return r, u.err
}
