package simmac

import (
	"bytes"
	"context"
	"errors"
	"time"

	"installordefer/internal/clock"
	"installordefer/internal/tool"
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
}

// Begin starts a process of the root job. Only one can be alive at a time.
func (m *Mac) Begin() *Process {
	p := &Process{m: m}
	p.Context, p.cancel = context.WithCancel(context.Background())
	m.job.process = p
	m.interrupt = p.interrupt
	return p
}

// End says that the process has come to its end by itself or by a Death.
func (p *Process) End() {
	p.dead = true
	p.cancel()
	if p.m.job.process == p {
		p.m.job.process = nil
		p.m.interrupt = nil
	}
}

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
	if p.dead {
		return errDead
	}
	e := p.effect("sleep")
	target := p.m.now + max(d, 0)
	half := p.m.now + max(d, 0)/2
	for p.m.now < target || p.m.asleep {
		if err := ctx.Err(); err != nil {
			return err
		}
		to := target
		if e.strikes(InTheMiddle) {
			to = half
		}
		if p.m.now >= to {
			to = p.nextOccurrence()
		}
		p.m.advanceOne(to)
		if p.m.now >= half {
			e.middle()
		}
	}
	e.after()
	return ctx.Err()
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

// Run runs a program of the Mac to its end, within its limits.
func (p *Process) Run(ctx context.Context, c tool.Command, each func(tool.Line)) (tool.Result, error) {
	if p.dead {
		return tool.Result{ExitCode: -1}, errDead
	}
	e := p.effect("run " + string(c.Path))
	r := run{p: p, c: c, each: each, began: p.m.awake, progress: p.m.awake}
	r.result.ExitCode = -1
	var err error
	r.program, err = p.m.Start(Started{
		Argv: append([]string{string(c.Path)}, c.Args...), Stdin: c.Stdin, Terminal: c.Terminal, Output: r.output,
	})
	if err != nil {
		return r.result, err
	}
	e.middle()
	err = r.toTheEnd(ctx)
	e.after()
	return r.result, err
}

// A run is one run of a program, as the root job sees it.
type run struct {
	p        *Process
	c        tool.Command
	each     func(tool.Line)
	program  *Program
	began    time.Duration // of awake time
	progress time.Duration // of awake time, the last progress
	result   tool.Result
	partial  [2][]byte // the line that is not complete yet, of each stream
}

func (r *run) toTheEnd(ctx context.Context) error {
	m := r.p.m
	for !r.program.ended {
		if ctx.Err() != nil {
			r.program.Kill()
			return ctx.Err()
		}
		at, silent, limited := r.deadline()
		if limited && m.awake >= at {
			r.program.Kill()
			err := &tool.TimeoutError{Path: r.c.Path, After: r.c.Limit, Silent: silent}
			if silent {
				err.After = r.c.Silence
			}
			return err
		}
		to := r.p.m.now + (at - m.awake)
		if !limited || m.asleep {
			to = r.p.nextOccurrence()
		}
		m.advanceOne(to)
	}
	r.lastLine(0)
	r.lastLine(1)
	r.result.ExitCode = r.program.code
	return nil
}

// deadline returns when, of awake time, the program must be ended.
func (r *run) deadline() (at time.Duration, silent, limited bool) {
	if r.c.Limit > 0 {
		at, limited = r.began+r.c.Limit, true
	}
	if r.c.Silence > 0 && (!limited || r.progress+r.c.Silence < at) {
		at, silent, limited = r.progress+r.c.Silence, true, true
	}
	return at, silent, limited
}

// output takes what the program prints, while the process lives.
func (r *run) output(stderr bool, b []byte) {
	if r.p.dead {
		return
	}
	if r.c.Progress == nil {
		r.progress = r.p.m.awake
	}
	stream, i := &r.result.Stdout, 0
	if stderr {
		stream, i = &r.result.Stderr, 1
	}
	*stream = append(*stream, b...)
	if len(*stream) > tool.MaxOutput {
		r.result.Cut = true
		half := tool.MaxOutput / 2
		*stream = append((*stream)[:half:half], (*stream)[len(*stream)-half:]...)
	}
	rest := append(r.partial[i], b...)
	for {
		end := bytes.IndexAny(rest, "\r\n")
		if end < 0 {
			break
		}
		r.line(stderr, rest[:end])
		rest = rest[end+1:]
	}
	r.partial[i] = bytes.Clone(rest)
}

func (r *run) line(stderr bool, text []byte) {
	if len(text) == 0 {
		return
	}
	l := tool.Line{Stderr: stderr, Text: text}
	if r.c.Progress != nil && r.c.Progress(l) {
		r.progress = r.p.m.awake
	}
	if r.each != nil {
		r.each(l)
	}
}

func (r *run) lastLine(i int) { r.line(i == 1, r.partial[i]) }
