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
	stdin  *os.File
	stdout *source
	stderr *source
	// The program's.
	childIn, childOut, childErr *os.File

	pieces chan piece
	fed    sync.WaitGroup
}

func openStreams(c Command) (st *streams, err error) {
	st = &streams{pieces: make(chan piece)}
	defer func() {
		if err != nil {
			st.closeChildFiles()
			st.close()
		}
	}()
	if c.Stdin != nil {
		if st.childIn, st.stdin, err = os.Pipe(); err != nil {
			return st, err
		}
	}
	if c.Discard {
		return st, nil
	}
	open := os.Pipe
	if c.Terminal {
		open = openTerminal
	}
	if st.stdout, st.childOut, err = openSource(open); err != nil {
		return st, err
	}
	st.stderr, st.childErr, err = openSource(os.Pipe)
	return st, err
}

func openSource(open func() (r, w *os.File, err error)) (*source, *os.File, error) {
	r, w, err := open()
	if err != nil {
		return nil, nil, err
	}
	s, err := newSource(r)
	return s, w, err
}

// childFiles returns the program's ends, for an exec.Cmd: an interface that
// holds a nil *os.File would not be nil.
func (st *streams) childFiles() (in io.Reader, out, err io.Writer) {
	if st.childIn != nil {
		in = st.childIn
	}
	if st.childOut != nil {
		out = st.childOut
	}
	if st.childErr != nil {
		err = st.childErr
	}
	return in, out, err
}

func (st *streams) closeChildFiles() {
	closeAll(st.childIn, st.childOut, st.childErr)
}

// close gives our ends up. A feed under way ends.
func (st *streams) close() {
	closeAll(st.stdin)
	st.fed.Wait()
	for _, s := range []*source{st.stdout, st.stderr} {
		if s != nil {
			s.Close()
		}
	}
}

// feed writes the standard input and closes it.
func (st *streams) feed(data []byte) {
	if st.stdin == nil {
		return
	}
	st.fed.Go(func() {
		// A program that does not want its input has no use for the error.
		_, _ = st.stdin.Write(data)
		st.stdin.Close()
	})
}

// drain reads both outputs into pieces and closes it when nothing more comes:
// at the end of both streams, or soon after the program has ended.
func (st *streams) drain(c *child) {
	var reading sync.WaitGroup
	for i, s := range []*source{st.stdout, st.stderr} {
		if s != nil {
			reading.Add(1)
			go read(s, i == 1, st.pieces, &reading)
		}
	}
	done := make(chan struct{})
	go func() {
		reading.Wait()
		close(done)
		close(st.pieces)
	}()
	go stopAfter(c, done, st.stdout, st.stderr)
}

// stopAfter stops the sources a little after the end of c, unless they have
// ended before.
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
	}
	for _, s := range sources {
		if s != nil {
			s.stop()
		}
	}
}
