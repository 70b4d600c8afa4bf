package tool

import (
	"io"
	"os"
	"sync"
	"time"
)

// streams are the ends of a program's standard streams. What is nil is
// /dev/null.
type streams struct {
	// Ours.
	stdin          *os.File
	stdout, stderr *source
	// The program's.
	childIn, childOut, childErr *os.File

	// noTerminal is why the program got a pipe instead of the terminal that
	// was asked for; nil where it got what was asked for.
	noTerminal error

	feeding sync.WaitGroup
}

// An opener is where the ends of streams come from: ours, or the one to read,
// comes first.
type opener struct {
	pipe, terminal func() (r, w *os.File, err error)
}

func systemOpener() opener { return opener{pipe: os.Pipe, terminal: openTerminal} }

// openStreams opens the streams that c asks for. Where it fails nothing stays
// open. A Mac that has no pseudo-terminal left gives a pipe in its place.
func openStreams(c Command, open opener) (*streams, error) {
	st := &streams{}
	if err := st.open(c, open); err != nil {
		st.closeChildFiles()
		st.close()
		return nil, err
	}
	return st, nil
}

func (st *streams) open(c Command, open opener) error {
	var err error
	if c.Stdin != nil {
		if st.childIn, st.stdin, err = open.pipe(); err != nil {
			return err
		}
	}
	if c.Discard {
		return nil
	}
	if c.Terminal {
		st.stdout, st.childOut, st.noTerminal = open.source(open.terminal)
	}
	if st.stdout == nil {
		if st.stdout, st.childOut, err = open.source(open.pipe); err != nil {
			return err
		}
	}
	st.stderr, st.childErr, err = open.source(open.pipe)
	return err
}

func (o opener) source(open func() (r, w *os.File, err error)) (*source, *os.File, error) {
	r, w, err := open()
	if err != nil {
		return nil, nil, err
	}
	s, err := newSource(r, o.pipe)
	if err != nil {
		closeFiles(r, w)
		return nil, nil, err
	}
	return s, w, nil
}

// childFiles returns the program's ends, for an exec.Cmd: an interface that
// holds a nil *os.File would not be nil.
func (st *streams) childFiles() (stdin io.Reader, stdout, stderr io.Writer) {
	if st.childIn != nil {
		stdin = st.childIn
	}
	if st.childOut != nil {
		stdout = st.childOut
	}
	if st.childErr != nil {
		stderr = st.childErr
	}
	return stdin, stdout, stderr
}

func (st *streams) closeChildFiles() {
	closeFiles(st.childIn, st.childOut, st.childErr)
}

// close gives our ends up. A feed under way ends.
func (st *streams) close() {
	closeFiles(st.stdin)
	st.feeding.Wait()
	for _, s := range []*source{st.stdout, st.stderr} {
		if s != nil {
			s.Close()
		}
	}
}

func closeFiles(files ...*os.File) {
	for _, f := range files {
		if f != nil {
			f.Close()
		}
	}
}

// feed writes the standard input and closes it.
func (st *streams) feed(data []byte) {
	if st.stdin == nil {
		return
	}
	st.feeding.Go(func() {
		// A program that does not want its input has no use for the error.
		_, _ = st.stdin.Write(data)
		st.stdin.Close()
	})
}

// A piece is what one read of an output stream returned.
type piece struct {
	stderr bool
	data   []byte
}

// drain reads the sources, of which either may be nil, until nothing more
// comes: to the end of the streams, or until soon after the end of c.
func drain(c *child, stdout, stderr *source) <-chan piece {
	pieces := make(chan piece)
	var reading sync.WaitGroup
	for i, s := range []*source{stdout, stderr} {
		if s != nil {
			reading.Go(func() { read(s, i == 1, pieces) })
		}
	}
	done := make(chan struct{})
	go func() {
		reading.Wait()
		close(done)
		close(pieces)
	}()
	go stopAfter(c, done, stdout, stderr)
	return pieces
}

// read passes on what a source gives until it ends.
func read(s *source, stderr bool, pieces chan<- piece) {
	buf := make([]byte, 32<<10)
	for {
		n, err := s.Read(buf)
		if err != nil {
			// The end of the stream. Any other error ends it as well, and
			// what the program makes of that shows in its exit status.
			return
		}
		pieces <- piece{stderr, append([]byte(nil), buf[:n]...)}
	}
}

// outputGrace is how long output is still waited for after a program has
// ended while something that it started holds its output open.
const outputGrace = time.Second

// stopAfter stops the sources a little after the end of c, unless they are
// done before.
func stopAfter(c *child, done <-chan struct{}, sources ...*source) {
	select {
	case <-c.over:
	case <-done:
		return
	}
	timer := time.NewTimer(outputGrace)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-done:
		return
	}
	for _, s := range sources {
		if s != nil {
			s.stop()
		}
	}
}
