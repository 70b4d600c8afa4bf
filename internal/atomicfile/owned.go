package atomicfile

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
)

// ErrNotOwned is wrapped by the error of a check that found something in a
// path that others than its owner could have put there or can change.
var ErrNotOwned = errors.New("others than its owner can change it")

// CheckOwned reports whether path and every folder above it belong to root and
// can be changed by root alone, as far as owner and mode tell; access control
// lists are not looked at.
func CheckOwned(path string) error {
	return Ownership{}.Check(path)
}

// An Ownership says who alone may be able to change a file.
type Ownership struct {
	// UID must own everything from Stop on; 0 is root.
	UID uint32
	// Stop is the folder whose parents are no longer looked at. It is itself
	// looked at. Empty means the root folder.
	Stop string
}

// Check reports whether path, an absolute path, and every folder above it up
// to o.Stop belong to o.UID and are writable neither by a group nor by
// everybody. A symbolic link among the folders must belong to o.UID too and
// is followed; path itself must not be one.
func (o Ownership) Check(path string) error {
	if !filepath.IsAbs(path) {
		return fmt.Errorf("checking who owns %s: %w: the path is not absolute", path, fs.ErrInvalid)
	}
	if err := o.check(filepath.Clean(path)); err != nil {
		return fmt.Errorf("checking who owns %s: %w", path, err)
	}
	return nil
}

func (o Ownership) check(path string) error {
	stop := filepath.Clean("/" + o.Stop)
	if err := o.checkOne(stop, false); err != nil {
		return err
	}
	at := stop
	rest, err := below(path, stop)
	if err != nil {
		return err
	}
	for links := 0; len(rest) > 0; {
		name := rest[0]
		rest = rest[1:]
		next := filepath.Join(at, name)
		if err := o.checkOne(next, len(rest) == 0); err != nil {
			return err
		}
		target, err := os.Readlink(next)
		if err != nil {
			at = next
			continue
		}
		if links++; links > 40 {
			return fmt.Errorf("%s: too many symbolic links", next)
		}
		if !filepath.IsAbs(target) {
			target = filepath.Join(at, target)
		}
		more, err := below(filepath.Clean(target), stop)
		if err != nil {
			return err
		}
		at, rest = stop, append(more, rest...)
	}
	return nil
}

// below splits what path has below stop.
func below(path, stop string) ([]string, error) {
	if path == stop {
		return nil, nil
	}
	inside, ok := strings.CutPrefix(path, strings.TrimSuffix(stop, "/")+"/")
	if !ok {
		return nil, fmt.Errorf("%s is not in %s", path, stop)
	}
	return strings.Split(inside, "/"), nil
}

func (o Ownership) checkOne(path string, last bool) error {
	info, err := os.Lstat(path)
	if err != nil {
		return err
	}
	st, ok := info.Sys().(*syscall.Stat_t)
	if !ok {
		return fmt.Errorf("%s: its owner is not known", path)
	}
	isLink := info.Mode()&fs.ModeSymlink != 0
	switch {
	case st.Uid != o.UID:
		return fmt.Errorf("%w: %s belongs to user id %d and not to user id %d", ErrNotOwned, path, st.Uid, o.UID)
	case isLink && last:
		return fmt.Errorf("%w: %s is a symbolic link", ErrNotOwned, path)
	case !isLink && info.Mode().Perm()&0o022 != 0:
		return fmt.Errorf("%w: %s has the mode %#o", ErrNotOwned, path, info.Mode().Perm())
	}
	return nil
}
