package tool

import (
	"context"
	"errors"
	"fmt"
	"os/exec"
	"path/filepath"
	"time"

	"installordefer/internal/clock"
	"installordefer/internal/volume"
)

// A System runs the programs of the Mac that the job runs on, or of a
// simulated one that lies in a folder.
type System struct {
	// Volume is where the programs lie, at an absolute path.
	Volume volume.Volume
	// Env is added to the fixed environment, for simulated programs.
	Env []string
	// Clock counts the limits; nil means the clock of the machine. With a
	// simulated clock that runs fast limits are as much shorter.
	Clock clock.Clock
	// Grace is how long a program that has to end is given between SIGTERM
	// and SIGKILL, in real time. 0 means two seconds.
	Grace time.Duration

	// Installs allows Installer beside the programs of the list.
	Installs bool

	// opener opens streams; its zero value means the machine's.
	opener opener
}

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

// Run runs a program to its end.
//
// An exit status other than 0 is no error. Errors are: one that wraps
// ErrNotStarted; a *TimeoutError; one that wraps the context's error. After
// the latter two the program and its process group were ended, and the result
// holds what it wrote until then.
//
// What a program that ends by itself leaves running is left alone, because
// shutdown(8) does its work that way, but it is waited for no longer than a
// second.
func (s *System) Run(ctx context.Context, c Command) (Result, error) {
	f, err := s.follow(ctx, c)
	if err != nil {
		return Result{ExitCode: -1}, err
	}
	f.keeper.Whole = true
	for p := range f.pieces {
		f.take(p)
		f.guard.progressed()
	}
	f.toTheEnd()
	return f.Result()
}

// start starts a program with the streams that it asks for.
func (s *System) start(ctx context.Context, c Command) (*child, *streams, *guard, error) {
	if err := ctx.Err(); err != nil {
		return nil, nil, nil, fmt.Errorf("%s was not run: %w", c.Path, err)
	}
	cmd, err := s.command(c)
	if err != nil {
		return nil, nil, nil, notStarted(c, err)
	}
	st, err := openStreams(c, s.streams())
	if err != nil {
		return nil, nil, nil, notStarted(c, err)
	}
	cmd.Stdin, cmd.Stdout, cmd.Stderr = st.childFiles()
	if st.noTerminal != nil {
		c.Silence *= heldBack
		c.FirstSilence *= heldBack
	}
	g := newGuard(s.clock(), c)
	ch, err := startChild(cmd, s.grace())
	st.closeChildFiles()
	if err != nil {
		st.close()
		return nil, nil, nil, notStarted(c, err)
	}
	return ch, st, g, nil
}

// heldBack is how many times as long a program may be silent that was to have
// a terminal and got a pipe: what it says then waits until it is enough for a
// write, or for the program's end.
const heldBack = 4

func (s *System) streams() opener {
	if s.opener.pipe == nil {
		return systemOpener()
	}
	return s.opener
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
	if !allowed[c.Path] && !(s.Installs && c.Path == Installer) {
		return nil, errors.New("it is not one of the programs that the job may run")
	}
	path := s.Volume.Path(string(c.Path))
	if !filepath.IsAbs(path) {
		return nil, fmt.Errorf("%q is not an absolute path", path)
	}
	return &exec.Cmd{
		Path: path,
		Args: append([]string{path}, c.Args...),
		Env:  append(append([]string{}, environment...), s.Env...),
		Dir:  "/",
	}, nil
}
