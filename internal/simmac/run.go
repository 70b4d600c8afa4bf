package simmac

import (
	"bytes"
	"context"
	"fmt"
	"math"
	"time"

	"installordefer/internal/tool"
)

// Run runs a program of the Mac to its end, within its limits.
func (p *Process) Run(ctx context.Context, c tool.Command) (tool.Result, error) {
	r, err := p.follow(ctx, c)
	if err != nil {
		return tool.Result{ExitCode: -1}, err
	}
	r.keeper.Whole = true
	for !r.over {
		r.step(never)
	}
	return r.Result()
}

// Follow starts a program of the Mac that is followed while it works.
func (p *Process) Follow(ctx context.Context, c tool.Command) (tool.Run, error) {
	r, err := p.follow(ctx, c)
	if err != nil {
		return nil, err // not r: an interface that holds a nil *run would not be nil
	}
	return r, nil
}

func (p *Process) follow(ctx context.Context, c tool.Command) (*run, error) {
	switch {
	case p.dead:
		return nil, errDead
	case ctx.Err() != nil:
		return nil, fmt.Errorf("%s was not run: %w", c.Path, ctx.Err())
	}
	r := &run{p: p, ctx: ctx, path: c.Path, effect: p.start(c.Path), limits: tool.NewLimits(c, p.m.Now())}
	var err error
	r.program, err = p.m.Start(Started{
		Argv: append([]string{string(c.Path)}, c.Args...), Stdin: bytes.Clone(c.Stdin), Terminal: c.Terminal, Output: r.output,
	})
	if err != nil {
		return nil, err
	}
	r.effect.Middle()
	return r, nil
}

// start is the side effect of starting a program. One that only answers a
// question changes nothing, so that a crash in it is one after whatever was done
// before: only the first of each kind in a story counts.
func (p *Process) start(path tool.Path) Effect {
	switch path {
	case tool.Scutil, tool.Ioreg, tool.Pmset, tool.Fdesetup, tool.Dscl, tool.Diskutil, tool.Codesign, tool.Df:
		if p.m.looked[path] {
			return Effect{}
		}
		p.m.looked[path] = true
	}
	return p.Effect("run " + string(path))
}

// A run is one run of a program, as the root job sees it. What comes of its
// output and when its time is up is the real runner's; only the waiting is the
// model's.
type run struct {
	p       *Process
	ctx     context.Context // that it was started with
	path    tool.Path
	program *Program
	effect  Effect
	keeper  tool.Keeper // where nobody takes lines, every byte is progress
	limits  tool.Limits
	over    bool
	err     error
}

// never is later than any story.
const never = time.Duration(math.MaxInt64)

// step lets at most one thing happen, at most until to.
func (r *run) step(to time.Duration) {
	m := r.p.m
	left, late := r.limits.Left(m.Now())
	switch {
	case r.program.ended:
		r.end(nil)
		return
	case r.ctx.Err() != nil:
		r.kill(context.Cause(r.ctx))
		return
	case m.asleep:
		to = never
	case late != nil:
		r.program.Kill()
		r.end(late)
		return
	case left > 0:
		to = min(to, m.now+left)
	}
	if to == never {
		to = r.p.nextOccurrence()
	}
	m.advanceOne(to)
}

// Wait waits for output.
func (r *run) Wait(ctx context.Context, tick time.Duration) ([]tool.Line, bool) {
	m := r.p.m
	for end := m.now + tick; !r.over && !r.p.dead; {
		if lines := r.keeper.Lines(); len(lines) > 0 {
			return lines, false
		}
		if !r.program.ended && !m.asleep && (ctx.Err() != nil || m.now >= end) {
			return nil, false
		}
		r.step(end)
	}
	return r.keeper.Lines(), r.over
}

// Progressed starts the time without progress anew.
func (r *run) Progressed() { r.limits.Progressed(r.p.m.Now()) }

// Stop ends the program.
func (r *run) Stop() {
	if !r.over && !r.p.dead {
		r.kill(tool.ErrStopped)
	}
}

// Result says how it ended.
func (r *run) Result() (tool.Result, error) { return r.keeper.Result(r.program.code), r.err }

func (r *run) kill(why error) {
	r.program.Kill()
	r.end(tool.EndedEarly(r.path, why))
}

func (r *run) end(err error) {
	r.keeper.End()
	r.over, r.err = true, err
	r.effect.After()
}

// output takes what the program prints, while the process lives.
func (r *run) output(stderr bool, b []byte) {
	if r.p.dead {
		return
	}
	r.keeper.Take(stderr, b)
	if r.keeper.Whole {
		r.Progressed()
	}
}
