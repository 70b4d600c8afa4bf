package tool

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"sync"
)

// A Process is a program that runs beside the job and talks with it.
type Process struct {
	// Stdin is the write end of a pipe. A program that is stopped does not
	// read: set a write deadline before writing more than a pipe holds.
	Stdin *os.File
	// Stdout is the read end of a pipe. It ends when the program has ended,
	// at the latest a second later if something that it started still holds
	// the other end. Close it when done.
	Stdout io.ReadCloser

	child  *child
	ended  chan struct{} // closed when err and stderr are set
	err    error
	stderr output
}

// Start starts a program that runs until it ends, until Kill, until c.Limit
// has passed, or until ctx ends. Of c only Path, Args and Limit have a
// meaning; the rest must be empty.
func (s *System) Start(ctx context.Context, c Command) (*Process, error) {
	if err := ctx.Err(); err != nil {
		return nil, fmt.Errorf("%s was not run: %w", c.Path, err)
	}
	if c.Stdin != nil || c.Silence != 0 || c.Progress != nil || c.Terminal || c.Discard {
		return nil, notStarted(c, errors.New("only a path, arguments and a limit can be asked for"))
	}
	cmd, err := s.command(c)
	if err != nil {
		return nil, notStarted(c, err)
	}
	st, err := openStreams(Command{Stdin: []byte{}})
	if err != nil {
		return nil, notStarted(c, err)
	}
	cmd.Stdin, cmd.Stdout, cmd.Stderr = st.childFiles()
	g := newGuard(s.clock(), c)
	ch, err := startChild(cmd, s.grace())
	st.closeChildFiles()
	if err != nil {
		st.close()
		return nil, notStarted(c, err)
	}
	p := &Process{Stdin: st.stdin, Stdout: st.stdout, child: ch, ended: make(chan struct{})}
	go p.wait(ctx, c, g, st)
	return p, nil
}

// wait follows the program to its end.
func (p *Process) wait(ctx context.Context, c Command, g *guard, st *streams) {
	var reading sync.WaitGroup
	pieces := make(chan piece)
	reading.Add(1)
	go read(st.stderr, true, pieces, &reading)
	done := make(chan struct{})
	go func() {
		reading.Wait()
		close(done)
		close(pieces)
	}()
	go stopAfter(p.child, make(chan struct{}), st.stdout, st.stderr)
	watched := make(chan error, 1)
	go func() { watched <- g.watch(ctx, p.child) }()
	for piece := range pieces {
		p.stderr.add(piece.data)
	}
	<-p.child.over
	p.err = <-watched
	if timeout := (*TimeoutError)(nil); p.err != nil && !errors.As(p.err, &timeout) {
		p.err = fmt.Errorf("%s was ended early: %w", c.Path, p.err)
	}
	st.stderr.Close()
	close(p.ended)
}

// Pid returns the number of the process and of the process group it leads.
func (p *Process) Pid() int { return p.child.pid() }

// Wait waits for the end of the program and returns its exit status, -1 if it
// did not exit by itself. The error is a *TimeoutError or wraps the context's
// error. It may be called again.
func (p *Process) Wait() (exitCode int, err error) {
	<-p.ended
	return p.child.code, p.err
}

// Stderr returns what the program wrote to its standard error, bounded by
// MaxOutput. It waits for the program's end.
func (p *Process) Stderr() []byte {
	<-p.ended
	return p.stderr.bytes()
}

// Kill closes Stdin, ends the program and its process group, and returns when
// they are gone. It may be called again, and after the end.
func (p *Process) Kill() {
	p.Stdin.Close()
	p.child.end()
	<-p.ended
}
