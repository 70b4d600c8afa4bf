package launchd

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strings"
)

// maxErrors bounds, in bytes, what is kept of the last words of processes of
// the job. Go's account of one that has broken down takes a few thousand.
const maxErrors = 64 << 10

// TakeErrors returns what processes of the job before this one wrote to the
// error stream that launchd gives them, at most maxErrors bytes, and moves it
// to FormerErrors, so that it is told once and ErrorFile is empty again. Nearly
// always it is empty, which costs one look.
//
// ErrorFile itself is emptied and never deleted: launchd, which holds it open
// for this process, starts no job whose file it cannot make, for instance on a
// full disk.
func (h *Host) TakeErrors() (string, error) {
	info, err := os.Lstat(h.ErrorFile())
	if err != nil || info.Mode().IsRegular() && info.Size() == 0 && info.Mode().Perm() == errorsMode {
		if errors.Is(err, fs.ErrNotExist) {
			err = nil
		}
		return "", err
	}
	text, err := h.takeErrors()
	if err != nil {
		return text, fmt.Errorf("putting the last words of a wake before this one aside: %w", err)
	}
	return text, nil
}

// errorsMode lets nobody but root read what a broken process had in memory.
// launchd makes the file with another.
const errorsMode = 0o600

func (h *Host) takeErrors() (string, error) {
	dir, err := h.OpenFolder(h.SupportFolder())
	if err != nil {
		return "", err
	}
	defer dir.Close()
	if info, err := dir.Lstat(errorsName); err != nil || !info.Mode().IsRegular() {
		return "", errors.Join(err, fmt.Errorf("%s is not an ordinary file: %w", h.ErrorFile(), ErrUnsafe))
	}
	f, err := dir.OpenFile(errorsName, os.O_RDWR, 0)
	if err != nil {
		return "", err
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, maxErrors))
	if err != nil {
		return "", err
	}
	// What cannot be kept is told all the same, and the file must not grow.
	kept := error(nil)
	if len(data) > 0 {
		if kept = dir.RemoveAll(formerName); kept == nil {
			kept = writeNew(dir, formerName, string(data))
		}
	}
	return string(data), errors.Join(kept, f.Truncate(0), f.Chmod(errorsMode))
}

// PeekErrors returns what TakeErrors would, and changes nothing.
func (h *Host) PeekErrors() (string, error) {
	f, err := os.Open(h.ErrorFile())
	if errors.Is(err, fs.ErrNotExist) {
		return "", nil
	}
	if err != nil {
		return "", err
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, maxErrors))
	return string(data), err
}

// LastWords returns the line of text that says what happened: the one in which
// Go tells why it gives up, or the first that is not empty.
func LastWords(text string) string {
	first := ""
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		if strings.HasPrefix(line, "panic: ") || strings.HasPrefix(line, "fatal error: ") {
			return line
		}
		if first == "" {
			first = line
		}
	}
	return first
}
