package softwareupdate

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"installordefer/internal/clock"
	"installordefer/internal/tool"
)

// A fakeRunner plays programs. It hands out bytes as they come; lines and limits
// are made of them as the real one does.
type fakeRunner struct {
	t     *testing.T
	plays []play // one for each start of a program, in order
	calls []tool.Command
}

// A play is one program.
type play struct {
	stdout, stderr string
	steps          []printed // printed on standard output, after stdout
	hangs          bool      // it never ends by itself
	exit           int
	err            error // it could not be started
	cut            bool
}

// A printed is text that comes after a pause.
type printed struct {
	after time.Duration
	text  string
}

// Run plays a program to its end.
func (r *fakeRunner) Run(ctx context.Context, c tool.Command) (tool.Result, error) {
	run, err := r.Follow(ctx, c)
	if err != nil {
		return tool.Result{ExitCode: -1}, err
	}
	for {
		if _, over := run.Wait(context.Background(), 1000*time.Hour); over {
			return run.Result()
		}
		run.Progressed()
	}
}

// Follow plays a program.
func (r *fakeRunner) Follow(ctx context.Context, c tool.Command) (tool.Run, error) {
	c.Args = slices.Clone(c.Args)
	c.Stdin = bytes.Clone(c.Stdin)
	r.calls = append(r.calls, c)
	if len(r.plays) == 0 {
		r.t.Fatalf("nobody expected %s %q", c.Path, c.Args)
	}
	p := r.plays[0]
	r.plays = r.plays[1:]
	if p.err != nil {
		return nil, p.err
	}
	f := &following{ctx: ctx, play: p, limits: tool.NewLimits(c, fakeClock{}.Now()), code: -1, next: time.Now()}
	f.keeper.Take(true, []byte(p.stderr))
	f.keeper.Take(false, []byte(p.stdout))
	f.schedule()
	return f, nil
}

// A following is one program while it runs.
type following struct {
	ctx    context.Context // that it was started with
	play   play            // its steps are those that are left
	next   time.Time       // when the first of them, or the end, comes
	keeper tool.Keeper
	limits tool.Limits
	over   bool
	code   int
	err    error
}

func (f *following) schedule() {
	switch {
	case len(f.play.steps) > 0:
		f.next = f.next.Add(f.play.steps[0].after)
	case f.play.hangs:
		f.next = f.next.Add(1000 * time.Hour)
	}
}

func (f *following) Wait(ctx context.Context, tick time.Duration) ([]tool.Line, bool) {
	for end := time.Now().Add(tick); !f.over; {
		if lines := f.keeper.Lines(); len(lines) > 0 {
			return lines, false
		}
		left, late := f.limits.Left(fakeClock{}.Now())
		wait := time.Until(f.next)
		if left > 0 {
			wait = min(wait, left)
		}
		switch {
		case f.ctx.Err() != nil:
			f.end(context.Cause(f.ctx))
		case late != nil:
			f.end(late)
		case time.Until(f.next) <= 0:
			f.step()
		case ctx.Err() != nil || time.Until(end) <= 0:
			return nil, false
		default:
			f.sleep(ctx, min(wait, time.Until(end)))
		}
	}
	return f.keeper.Lines(), true
}

func (f *following) sleep(ctx context.Context, d time.Duration) {
	select {
	case <-time.After(d):
	case <-f.ctx.Done():
	case <-ctx.Done():
	}
}

// step lets the next thing happen.
func (f *following) step() {
	if len(f.play.steps) == 0 {
		f.code = f.play.exit
		f.end(nil)
		return
	}
	f.keeper.Take(false, []byte(f.play.steps[0].text))
	f.play.steps = f.play.steps[1:]
	f.schedule()
}

func (f *following) end(err error) {
	f.over, f.err = true, err
	f.keeper.End()
}

func (f *following) Progressed() { f.limits.Progressed(fakeClock{}.Now()) }

func (f *following) Stop() {
	if !f.over {
		f.end(tool.ErrStopped)
	}
}

func (f *following) Result() (tool.Result, error) {
	r := f.keeper.Result(f.code)
	r.Cut = r.Cut || f.play.cut
	return r, f.err
}

// fakeClock tells the time of the bubble that a test runs in.
type fakeClock struct{}

func (fakeClock) Now() clock.Moment {
	now := time.Now().UTC()
	return clock.Moment{Wall: now, Continuous: now.Sub(time.Unix(0, 0)), Boot: "b"}
}

func (fakeClock) Sleep(ctx context.Context, d time.Duration) error {
	select {
	case <-time.After(d):
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// A bench is a tool on fakes, and what it logged.
type bench struct {
	*Tool
	runner *fakeRunner
	log    []string
}

func newBench(t *testing.T, os string, plays ...play) *bench {
	b := &bench{runner: &fakeRunner{t: t, plays: plays}}
	b.Tool = &Tool{Runner: b.runner, Clock: fakeClock{}, Log: func(format string, args ...any) {
		b.log = append(b.log, fmt.Sprintf(format, args...))
	}}
	if os != "" {
		b.OS = version(t, os)
	}
	return b
}

// download downloads to the end and tells what is reported.
func (b *bench) download(ctx context.Context, l Label, tell ...func(Progress)) error {
	run, err := b.Download(ctx, Download{Label: l})
	_, err = toTheEnd(run, err, tell)
	return err
}

func (b *bench) install(ctx context.Context, in Install, tell ...func(Progress)) (Reached, error) {
	return install(ctx, b.Tool, in, tell...)
}

// install installs to the end and tells what is reported.
func install(ctx context.Context, t *Tool, in Install, tell ...func(Progress)) (Reached, error) {
	run, err := t.Install(ctx, in)
	return toTheEnd(run, err, tell)
}

func toTheEnd(run Run, err error, tell []func(Progress)) (Reached, error) {
	if err != nil {
		return Reached{}, err
	}
	for over := false; !over; {
		var reports []Progress
		reports, over = run.Wait(context.Background(), 30*time.Second)
		for _, p := range reports {
			for _, f := range tell {
				f(p)
			}
		}
	}
	return run.Result()
}

// args returns the arguments of each program that was started, path first.
func (b *bench) args() [][]string {
	var all [][]string
	for _, c := range b.runner.calls {
		all = append(all, append([]string{string(c.Path)}, c.Args...))
	}
	return all
}

// inBubble runs a test in virtual time, which stands still while nobody waits.
func inBubble(t *testing.T, f func(t *testing.T)) {
	t.Helper()
	synctest.Test(t, f)
}

func readFile(t *testing.T, name string) string {
	t.Helper()
	b, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}
