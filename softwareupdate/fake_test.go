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

// A fakeRunner plays programs. It hands out bytes as they come, cuts them into
// lines and keeps the limits of a command, as the real one does.
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

func (r *fakeRunner) Run(ctx context.Context, c tool.Command, each func(tool.Line)) (tool.Result, error) {
	c.Args = slices.Clone(c.Args)
	c.Stdin = bytes.Clone(c.Stdin)
	r.calls = append(r.calls, c)
	if len(r.plays) == 0 {
		r.t.Fatalf("nobody expected %s %q", c.Path, c.Args)
	}
	p := r.plays[0]
	r.plays = r.plays[1:]
	if p.err != nil {
		return tool.Result{ExitCode: -1}, p.err
	}
	f := following{c: c, each: each, began: time.Now(), progress: time.Now(), result: tool.Result{ExitCode: -1, Cut: p.cut}}
	f.print(true, p.stderr)
	f.print(false, p.stdout)
	for _, s := range p.steps {
		if err := f.wait(ctx, s.after); err != nil {
			return f.result, err
		}
		f.print(false, s.text)
	}
	if p.hangs {
		if err := f.wait(ctx, 1000*time.Hour); err != nil {
			return f.result, err
		}
	}
	f.result.ExitCode = p.exit
	f.flush()
	return f.result, nil
}

// A following is one program while it runs.
type following struct {
	c               tool.Command
	each            func(tool.Line)
	began, progress time.Time
	partial         []byte // of a line on standard output
	result          tool.Result
}

func (f *following) print(stderr bool, text string) {
	if stderr {
		f.result.Stderr = append(f.result.Stderr, text...)
		for line := range lines([]byte(text)) {
			f.line(tool.Line{Stderr: true, Text: line})
		}
		return
	}
	f.result.Stdout = append(f.result.Stdout, text...)
	f.partial = append(f.partial, text...)
	for {
		i := bytes.IndexAny(f.partial, "\r\n")
		if i < 0 {
			return
		}
		f.line(tool.Line{Text: f.partial[:i]})
		f.partial = f.partial[i+1:]
	}
}

func (f *following) flush() {
	if len(f.partial) > 0 {
		f.line(tool.Line{Text: f.partial})
	}
}

func (f *following) line(l tool.Line) {
	if f.c.Progress == nil || f.c.Progress(l) {
		f.progress = time.Now()
	}
	f.each(l)
}

// wait lets d pass, unless the command ends before.
func (f *following) wait(ctx context.Context, d time.Duration) error {
	end, limit := time.Now().Add(d), error(nil)
	if f.c.Limit > 0 && f.began.Add(f.c.Limit).Before(end) {
		end, limit = f.began.Add(f.c.Limit), &tool.TimeoutError{Path: f.c.Path, After: f.c.Limit}
	}
	if f.c.Silence > 0 && f.progress.Add(f.c.Silence).Before(end) {
		end, limit = f.progress.Add(f.c.Silence), &tool.TimeoutError{Path: f.c.Path, After: f.c.Silence, Silent: true}
	}
	select {
	case <-time.After(time.Until(end)):
		return limit
	case <-ctx.Done():
		return ctx.Err()
	}
}

// fakeClock tells the time of the bubble that a test runs in.
type fakeClock struct{}

func (fakeClock) Now() clock.Moment { return clock.Moment{Wall: time.Now().UTC()} }

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
