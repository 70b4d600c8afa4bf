package atomicfile

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"

	"golang.org/x/sys/unix"
)

// ErrTooLarge is wrapped by the error of Read for a file over the limit.
var ErrTooLarge = errors.New("the file is larger than it may be")

// errNotRegular is wrapped by the error of Read for what is not an ordinary file:
// a symbolic link, a folder, a pipe, a device.
var errNotRegular = errors.New("it is not an ordinary file")

// Read returns the content of path, which must be an ordinary file of at most
// limit bytes. A symbolic link at path is refused, never followed.
func Read(path string, limit int64) ([]byte, error) {
	// Without O_NONBLOCK opening a named pipe would wait for a writer.
	f, err := os.OpenFile(path, os.O_RDONLY|unix.O_NOFOLLOW|unix.O_NONBLOCK, 0)
	if errors.Is(err, unix.ELOOP) || errors.Is(err, unix.ENXIO) {
		// A link, or a socket.
		return nil, fmt.Errorf("reading %s: %w", path, errNotRegular)
	}
	if err != nil {
		return nil, fmt.Errorf("reading %s: %w", path, err)
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, fmt.Errorf("reading %s: %w", path, err)
	}
	if !info.Mode().IsRegular() {
		return nil, fmt.Errorf("reading %s: %w", path, errNotRegular)
	}
	var data bytes.Buffer
	data.Grow(int(min(info.Size(), limit)) + bytes.MinRead) // in one piece
	if _, err := data.ReadFrom(io.LimitReader(f, limit+1)); err != nil {
		return nil, fmt.Errorf("reading %s: %w", path, err)
	}
	if int64(data.Len()) > limit {
		return nil, fmt.Errorf("reading %s: %w: more than %d bytes", path, ErrTooLarge, limit)
	}
	return data.Bytes(), nil
}
