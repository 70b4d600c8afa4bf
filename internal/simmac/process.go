package simmac

import (
	"context"
	"errors"
	"time"

	"installordefer/internal/clock"
)

// A Death is what a Process panics with, from inside whatever call it is in,
// when the process it stands for is ended: killed, or gone with the Mac.
// Whoever started the process recovers it.
type Death struct {
	// Why says it in a few words.
	Why string
	// Over is true when it is the story that ends, not the process.
	Over bool
}

func (d Death) String() string { return "the root job ended: " + d.Why }

// longSleep is the shortest sleep that counts as a side effect. The ticks of a
// countdown do not, or a crash would be planned for each of its seconds.
const longSleep = 20 * time.Second

// errDead is what calls of a dead process return.
var errDead = errors.New("this process is dead")

// A Process is one start of the root job in process: the clock, the runner and
// the signals that it has. After its death it does nothing any more.
type Process struct {
	// Context is cancelled when the process gets SIGTERM.
	Context context.Context

	m      *Mac
	cancel context.CancelFunc
	doomed string // why it must end
	over   bool
	dead   bool
	atEnd  []func()
}

// Begin starts a process of the root job. Only one can be alive at a time.
func (m *Mac) Begin() *Process {
	p := &Process{m: m}
	p.Context, p.cancel = context.WithCancel(context.Background())
	m.job.process = p
	m.interrupt = p.interrupt
	return p
}

// End says that the process has come to its end, by itself or by a Death.
func (p *Process) End() {
	p.dead = true
	p.cancel()
	if p.m.job.process == p {
		p.m.job.process = nil
		p.m.interrupt = nil
	}
	for _, f := range p.atEnd {
		f()
	}
}

// AtEnd lets f happen at the end of the process, however it ends: what the
// kernel does with its pipes and locks.
func (p *Process) AtEnd(f func()) { p.atEnd = append(p.atEnd, f) }

// Dead tells whether the process has been ended from outside.
func (p *Process) Dead() bool { return p.dead }

// interrupt raises the death of a process that must end.
func (p *Process) interrupt() {
	if p.doomed != "" && !p.dead {
		p.dead = true
		panic(Death{Why: p.doomed, Over: p.over})
	}
}

// doom lets the process end at the next thing it does.
func (p *Process) doom(why string) {
	if p.doomed == "" {
		p.doomed = why
	}
}

// Now reads the clocks.
func (p *Process) Now() clock.Moment { return p.m.Now() }

// Sleep waits on the continuous clock.
func (p *Process) Sleep(ctx context.Context, d time.Duration) error {
	p.SleepUntil(ctx, d, func() bool { return false })
	if p.dead {
		return errDead
	}
	return ctx.Err()
}

// SleepUntil waits at most d on the continuous clock, or until ready, and
// reports whether it is.
func (p *Process) SleepUntil(ctx context.Context, d time.Duration, ready func() bool) bool {
	if p.dead {
		return false
	}
	var e Effect
	if d >= longSleep {
		e = p.Effect("sleep")
	}
	d = max(d, 0)
	target, half := p.m.now+d, p.m.now+d/2
	for !ready() && (p.m.now < target || p.m.asleep) && ctx.Err() == nil {
		to := target
		switch {
		case e.strikes(InTheMiddle) && p.m.now < half:
			to = half
		case p.m.now >= target:
			to = p.nextOccurrence()
		}
		p.m.advanceOne(to)
		if p.m.now >= half {
			e.Middle()
		}
	}
	e.After()
	return ready()
}

// nextOccurrence returns when something will happen. Where nothing ever will,
// the story is over.
func (p *Process) nextOccurrence() time.Duration {
	if len(p.m.queue) == 0 {
		p.m.endStory()
		p.interrupt()
	}
	return p.m.queue[0].at
}
