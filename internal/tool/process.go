package tool

import (
	"context"
	"errors"
	"io"
	"os"
)

// A Process is a program that runs beside the job and talks with it.
type Process struct {
	// Stdin is the write end of a pipe. A program that is stopped does not
	// read: set a write deadline before writing.
	Stdin *os.File
	// Stdout is the read end of a pipe. It ends when the program has ended,
	// at the latest a second later if something that it started still holds
	// the other end. Close it when done; that ends a Read under way.
	Stdout io.ReadCloser

	child  *child
	ended  chan struct{} // closed when err and stderr are complete
	err    error
	stderr output
}

// Start starts a program that runs until it ends, until Kill, until c.Limit
// has passed, or until ctx ends. Of c only Path, Args and Limit have a
// meaning; the rest must be empty.
func (s *System) Start(ctx context.Context, c Command) (*Process, error) {
	if c.Stdin != nil || c.Silence != 0 || c.FirstSilence != 0 || c.Terminal || c.Discard {
		return nil, notStarted(c, errors.New("only a path, arguments and a limit can be asked for"))
	}
	c.Stdin = []byte{} // a pipe, which nothing is fed to
	ch, st, g, err := s.start(ctx, c)
	if err != nil {
		return nil, err
	}
	p := &Process{Stdin: st.stdin, Stdout: st.stdout, child: ch, ended: make(chan struct{})}
	go p.follow(ctx, g, st)
	return p, nil
}

// follow follows the program to its end.
func (p *Process) follow(ctx context.Context, g *guard, st *streams) {
	watched := make(chan error, 1)
	go func() { watched <- g.watch(ctx, p.child) }()
	go stopAfter(p.child, st.stdout.stopped, st.stdout)
	for piece := range drain(p.child, nil, st.stderr) {
		p.stderr.add(piece.data)
	}
	p.err = <-watched
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
// the program is gone. It may be called again, and after the end.
func (p *Process) Kill() {
	p.Stdin.Close()
	p.child.end()
	<-p.ended
}
