package logging

import (
	"errors"
	"fmt"
	"os"

	"golang.org/x/sys/unix"
)

// The diagnostic log is kept in at most five files of at most a megabyte.
const (
	maxFiles    = 5
	maxFileSize = 1 << 20
)

// File returns a sink that appends to the file at path, readable by its owner
// and group only. Before the file grows over a megabyte it is renamed to
// PATH.1, and so on up to PATH.4. Nothing is opened before the first entry.
func File(path string) Sink { return &file{path: path} }

type file struct {
	path string
	f    *os.File
	size int64
}

func (s *file) Log(e Entry) error {
	text := fmt.Sprintf("%s %-6s %s: %s\n", e.Time.Format("2006-01-02 15:04:05.000 -0700"), e.Level, e.Category, e.Text)
	if err := s.open(); err != nil {
		return err
	}
	if s.size > 0 && s.size+int64(len(text)) > maxFileSize {
		if err := s.rotate(); err != nil {
			return err
		}
	}
	n, err := s.f.WriteString(text)
	s.size += int64(n)
	return err
}

// open opens the file, also when another program has moved it away.
func (s *file) open() error {
	if s.f != nil {
		ours, err1 := s.f.Stat()
		there, err2 := os.Lstat(s.path)
		if err1 == nil && err2 == nil && os.SameFile(ours, there) {
			s.size = ours.Size()
			return nil
		}
		s.Close()
	}
	const flags = os.O_WRONLY | os.O_APPEND | os.O_CREATE | unix.O_NOFOLLOW | unix.O_NONBLOCK
	f, err := os.OpenFile(s.path, flags, 0o640)
	if err != nil {
		return fmt.Errorf("opening the log: %w", err)
	}
	info, err := f.Stat()
	if err == nil && !info.Mode().IsRegular() {
		err = errors.New("it is not an ordinary file")
	}
	if err == nil && info.Mode().Perm() != 0o640 {
		err = f.Chmod(0o640)
	}
	if err != nil {
		f.Close()
		return fmt.Errorf("opening the log %s: %w", s.path, err)
	}
	s.f, s.size = f, info.Size()
	return nil
}

func (s *file) rotate() error {
	s.Close()
	for i := maxFiles - 1; i > 0; i-- {
		from := s.path
		if i > 1 {
			from = fmt.Sprintf("%s.%d", s.path, i-1)
		}
		err := os.Rename(from, fmt.Sprintf("%s.%d", s.path, i))
		if err != nil && !errors.Is(err, os.ErrNotExist) {
			return fmt.Errorf("rotating the log: %w", err)
		}
	}
	return s.open()
}

func (s *file) Close() error {
	if s.f == nil {
		return nil
	}
	f := s.f
	s.f, s.size = nil, 0
	return f.Close()
}
