package simmac

import (
	"bytes"
	"context"
	"fmt"
	"time"

	"installordefer/internal/tool"
)

// Run runs a program of the Mac to its end, within its limits. It means the
// same as tool.System's.
func (p *Process) Run(ctx context.Context, c tool.Command, each func(tool.Line)) (tool.Result, error) {
	switch {
	case p.dead:
		return tool.Result{ExitCode: -1}, errDead
	case ctx.Err() != nil:
		return tool.Result{ExitCode: -1}, fmt.Errorf("%s was not run: %w", c.Path, ctx.Err())
	}
	e := p.Effect("run " + string(c.Path))
	r := run{p: p, c: c, each: each, began: p.m.now, progress: p.m.now}
	var err error
	r.program, err = p.m.Start(Started{
		Argv: append([]string{string(c.Path)}, c.Args...), Stdin: bytes.Clone(c.Stdin), Terminal: c.Terminal, Output: r.output,
	})
	if err != nil {
		return tool.Result{ExitCode: -1}, err
	}
	e.Middle()
	err = r.toTheEnd(ctx)
	e.After()
	return r.result(), err
}

// A run is one run of a program, as the root job sees it.
type run struct {
	p        *Process
	c        tool.Command
	each     func(tool.Line)
	program  *Program
	began    time.Duration
	progress time.Duration // the last one
	out, err stream
}

// A stream is what came of one output stream.
type stream struct {
	kept    []byte
	cut     bool
	pending []byte // the line that has not ended yet
	afterCR bool   // a newline now belongs to the carriage return before
}

func (r *run) toTheEnd(ctx context.Context) error {
	m := r.p.m
	for !r.program.ended {
		if ctx.Err() != nil {
			r.program.Kill()
			return endedEarly(string(r.c.Path), ctx.Err())
		}
		at, silent, limited := r.deadline()
		if limited && m.now >= at && !m.asleep {
			r.program.Kill()
			err := &tool.TimeoutError{Path: r.c.Path, After: r.c.Limit, Silent: silent}
			if silent {
				err.After = r.c.Silence
			}
			return err
		}
		if !limited || m.asleep {
			at = r.p.nextOccurrence()
		}
		m.advanceOne(at)
	}
	r.lastLine(false, &r.out)
	r.lastLine(true, &r.err)
	return nil
}

// overslept is how far past its end the time without progress must be noticed
// to be taken for a sleep of the Mac.
const overslept = time.Minute

// deadline returns when the program must be ended, on the continuous clock. A
// sleep of the Mac does not count as time without progress.
func (r *run) deadline() (at time.Duration, silent, limited bool) {
	if !r.p.m.asleep && r.p.m.now-r.progress-r.c.Silence > overslept {
		r.progress = r.p.m.now
	}
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
		r.progress = r.p.m.now
	}
	s := &r.out
	if stderr {
		s = &r.err
	}
	s.keep(b)
	for len(b) > 0 {
		if s.afterCR && b[0] == '\n' {
			s.afterCR, b = false, b[1:]
			continue
		}
		s.afterCR = false
		end := bytes.IndexAny(b, "\r\n")
		if end < 0 {
			s.pending = append(s.pending, b...)
			return
		}
		line := append(s.pending, b[:end]...)
		s.afterCR, s.pending, b = b[end] == '\r', nil, b[end+1:]
		r.line(stderr, line)
	}
}

// keep keeps the first and the last half of what there is too much of.
func (s *stream) keep(b []byte) {
	s.kept = append(s.kept, b...)
	if len(s.kept) > 2*tool.MaxOutput {
		s.shorten()
	}
}

func (s *stream) shorten() {
	if len(s.kept) > tool.MaxOutput {
		s.cut = true
		half := tool.MaxOutput / 2
		s.kept = append(s.kept[:half:half], s.kept[len(s.kept)-half:]...)
	}
}

func (r *run) line(stderr bool, text []byte) {
	l := tool.Line{Stderr: stderr, Text: text}
	if r.c.Progress != nil && r.c.Progress(l) {
		r.progress = r.p.m.now
	}
	if r.each != nil {
		r.each(l)
	}
}

func (r *run) lastLine(stderr bool, s *stream) {
	if len(s.pending) > 0 {
		r.line(stderr, s.pending)
	}
}

func (r *run) result() tool.Result {
	r.out.shorten()
	r.err.shorten()
	return tool.Result{Stdout: r.out.kept, Stderr: r.err.kept, Cut: r.out.cut || r.err.cut, ExitCode: r.program.code}
}
