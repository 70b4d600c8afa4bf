package tool

import (
	"errors"
	"io"
	"os"
	"sync"

	"golang.org/x/sys/unix"
)

// A source reads one output stream of a program, a pipe or a terminal, and can
// be told to stop although some process still holds the other end.
//
// It waits with select(2), on its own thread: macOS can neither poll a terminal
// nor wake a read of one that is under way.
type source struct {
	file *os.File

	reading sync.Mutex // held while Read uses the descriptors
	wake    *os.File   // readable once the source is stopped
	late    int        // bytes read since it was stopped

	stopOnce   sync.Once
	stopWriter *os.File
	stopped    chan struct{} // closed by the stop
}

// maxLate bounds what is read after the stop. It is more than any pipe holds,
// so that all that was written before it arrives, and a program that writes
// for ever is still left behind.
const maxLate = 1 << 20

func newSource(file *os.File, pipe func() (r, w *os.File, err error)) (*source, error) {
	r, w, err := pipe()
	if err != nil {
		return nil, err
	}
	return &source{file: file, wake: r, stopWriter: w, stopped: make(chan struct{})}, nil
}

// stop lets Read return what is already there and then io.EOF.
func (s *source) stop() {
	s.stopOnce.Do(func() {
		s.stopWriter.Close()
		close(s.stopped)
	})
}

// Close stops the source, waits for a Read under way and gives the stream up.
func (s *source) Close() error {
	s.stop()
	s.reading.Lock()
	defer s.reading.Unlock()
	return errors.Join(s.wake.Close(), s.file.Close())
}

// Read returns io.EOF when every process has closed the other end, or when the
// source was stopped and nothing more is there. Of a terminal Linux says EIO
// instead of the former.
func (s *source) Read(p []byte) (int, error) {
	s.reading.Lock()
	defer s.reading.Unlock()
	for {
		data, stopped, err := s.wait()
		switch {
		case errors.Is(err, unix.EINTR):
			continue
		case err != nil:
			return 0, err
		case stopped && (!data || s.late >= maxLate):
			return 0, io.EOF
		}
		n, err := unix.Read(int(s.file.Fd()), p)
		switch {
		case errors.Is(err, unix.EINTR), errors.Is(err, unix.EAGAIN):
			continue
		case err != nil:
			return 0, err
		case n == 0 && len(p) > 0:
			return 0, io.EOF
		}
		if stopped {
			s.late += n
		}
		return n, nil
	}
}

// wait waits for data, or for the end of the stream, or for the stop.
func (s *source) wait() (data, stopped bool, err error) {
	fd, wake := int(s.file.Fd()), int(s.wake.Fd())
	if fd < 0 || wake < 0 {
		return false, false, os.ErrClosed
	}
	if max(fd, wake) >= unix.FD_SETSIZE {
		return false, false, unix.EMFILE
	}
	var set unix.FdSet
	set.Set(fd)
	set.Set(wake)
	if _, err := unix.Select(max(fd, wake)+1, &set, nil, nil, nil); err != nil {
		return false, false, err
	}
	return set.IsSet(fd), set.IsSet(wake), nil
}
