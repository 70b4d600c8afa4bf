package tool

import (
	"context"
	"errors"
	"fmt"
	"os/exec"
	"path/filepath"
	"sync"
	"time"

	"installordefer/internal/clock"
)

// A System runs the programs of the Mac that the job runs on, or of a
// simulated one that lies in a folder.
type System struct {
	// Root is put in front of every program's path. It is empty on a real
	// Mac and an absolute path otherwise.
	Root string
	// Env is added to the fixed environment, for simulated programs.
	Env []string
	// Clock counts the limits; nil means the clock of the machine. With a
	// simulated clock that runs fast limits are as much shorter.
	Clock clock.Clock
	// Grace is how long a program that has to end is given between SIGTERM
	// and SIGKILL, in real time. 0 means two seconds.
	Grace time.Duration
}

// outputGrace is how long output is still waited for after a program has
// ended while something that it started holds its output open.
const outputGrace = time.Second

// environment is what every program gets. The locale is one that every Mac
// has, in English, with the decimal point; it is UTF-8 because programs that
// convert their output to the locale's characters would spoil titles and
// names under C.
var environment = []string{
	"PATH=/usr/bin:/bin:/usr/sbin:/sbin",
	"HOME=/var/root",
	"USER=root",
	"LOGNAME=root",
	"SHELL=/bin/sh",
	"LANG=en_US.UTF-8",
}

// Run runs a program to its end and passes each line of its output to each,
// which may be nil, from the caller's goroutine and in the order of arrival.
//
// An exit status other than 0 is no error. Errors are: one that wraps
// ErrNotStarted; a *TimeoutError; one that wraps the context's error. After
// the latter two the program is gone, with all of its process group, and the
// result holds what it wrote until then.
//
// What a program that ends by itself leaves running is left alone, but no
// longer waited for than a second.
func (s *System) Run(ctx context.Context, c Command, each func(Line)) (Result, error) {
	if err := ctx.Err(); err != nil {
		return Result{ExitCode: -1}, fmt.Errorf("%s was not run: %w", c.Path, err)
	}
	cmd, err := s.command(c)
	if err != nil {
		return Result{ExitCode: -1}, notStarted(c, err)
	}
	st, err := openStreams(c)
	if err != nil {
		return Result{ExitCode: -1}, notStarted(c, err)
	}
	defer st.close()
	cmd.Stdin, cmd.Stdout, cmd.Stderr = st.childFiles()
	g := newGuard(s.clock(), c)
	ch, err := startChild(cmd, s.grace())
	st.closeChildFiles()
	if err != nil {
		return Result{ExitCode: -1}, notStarted(c, err)
	}

	st.feed(c.Stdin)
	st.drain(ch)
	ended := make(chan error, 1)
	go func() { ended <- g.watch(ctx, ch) }()
	k := keeper{command: c, guard: g, each: each}
	for p := range st.pieces {
		k.take(p)
	}
	k.end()
	<-ch.over
	err = <-ended
	if timeout := (*TimeoutError)(nil); err != nil && !errors.As(err, &timeout) {
		err = fmt.Errorf("%s was ended early: %w", c.Path, err)
	}
	return k.result(ch.code), err
}

func notStarted(c Command, err error) error {
	return fmt.Errorf("%s %w: %w", c.Path, ErrNotStarted, err)
}

func (s *System) clock() clock.Clock {
	if s.Clock == nil {
		return clock.System()
	}
	return s.Clock
}

func (s *System) grace() time.Duration {
	if s.Grace <= 0 {
		return 2 * time.Second
	}
	return s.Grace
}

// command prepares a program that may be started.
func (s *System) command(c Command) (*exec.Cmd, error) {
	if !allowed[c.Path] {
		return nil, errors.New("it is not one of the programs that may be run")
	}
	if s.Root != "" && !filepath.IsAbs(s.Root) {
		return nil, fmt.Errorf("the root folder %q is not an absolute path", s.Root)
	}
	path := filepath.Join(s.Root, string(c.Path))
	return &exec.Cmd{
		Path: path,
		Args: append([]string{path}, c.Args...),
		Env:  append(append([]string{}, environment...), s.Env...),
		Dir:  "/",
	}, nil
}

// A piece is what one read of an output stream returned.
type piece struct {
	stderr bool
	data   []byte
}

// A keeper makes lines and a result of the pieces of output.
type keeper struct {
	command Command
	guard   *guard
	each    func(Line)

	lines [2]splitter // stdout, stderr
	kept  [2]output
}

func index(stderr bool) int {
	if stderr {
		return 1
	}
	return 0
}

func (k *keeper) take(p piece) {
	i := index(p.stderr)
	k.kept[i].add(p.data)
	progress := k.command.Progress == nil
	k.lines[i].take(p.data, func(text []byte) {
		progress = k.line(Line{Stderr: p.stderr, Text: text}) || progress
	})
	if progress {
		k.guard.progressed()
	}
}

// line passes a line on and reports whether it is progress.
func (k *keeper) line(l Line) bool {
	progress := k.command.Progress != nil && k.command.Progress(l)
	if k.each != nil {
		k.each(l)
	}
	return progress
}

func (k *keeper) end() {
	for i, stderr := range []bool{false, true} {
		k.lines[i].end(func(text []byte) { k.line(Line{Stderr: stderr, Text: text}) })
	}
}

func (k *keeper) result(code int) Result {
	return Result{
		Stdout:   k.kept[0].bytes(),
		Stderr:   k.kept[1].bytes(),
		Cut:      k.kept[0].left > 0 || k.kept[1].left > 0 || k.lines[0].cut || k.lines[1].cut,
		ExitCode: code,
	}
}

// read passes on what a source gives until it ends.
func read(s *source, stderr bool, pieces chan<- piece, done *sync.WaitGroup) {
	defer done.Done()
	buf := make([]byte, 32<<10)
	for {
		n, err := s.Read(buf)
		if n > 0 {
			pieces <- piece{stderr, append([]byte(nil), buf[:n]...)}
		}
		if err != nil {
			// The end of the stream; what else it may be changes nothing.
			return
		}
	}
}
