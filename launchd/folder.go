package launchd

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sort"
	"strings"
	"syscall"
)

// ErrUnsafe is wrapped by errors about files and folders that someone other
// than root could have put there or could change.
var ErrUnsafe = errors.New("not safe to use")

// below returns the parts of a host path below the root.
func (l Layout) below(path string) ([]string, error) {
	rel, err := filepath.Rel(l.Path(), path)
	if err != nil || rel == ".." || strings.HasPrefix(rel, "../") {
		return nil, fmt.Errorf("%s is not below %s", path, l.Path())
	}
	return strings.Split(rel, "/"), nil
}

// OpenFolder opens a folder of root's, one part of its path after the other.
// Every part must be a real folder, no link, that Owner owns and nobody else
// can write; otherwise the error wraps ErrUnsafe.
func (h *Host) OpenFolder(path string) (*os.Root, error) {
	parts, err := h.below(path)
	if err != nil {
		return nil, err
	}
	at := h.Path()
	dir, err := os.OpenRoot(at)
	if err != nil {
		return nil, err
	}
	if err := h.checkOpened(dir, at, nil); err != nil {
		return nil, err
	}
	for _, part := range parts {
		at = filepath.Join(at, part)
		seen, err := dir.Lstat(part)
		if err != nil {
			dir.Close()
			return nil, err
		}
		next, err := dir.OpenRoot(part)
		dir.Close()
		if err != nil {
			return nil, unsafeIfLink(seen, at, err)
		}
		if err := h.checkOpened(next, at, seen); err != nil {
			return nil, err
		}
		dir = next
	}
	return dir, nil
}

func unsafeIfLink(seen fs.FileInfo, at string, err error) error {
	if seen.Mode()&fs.ModeSymlink != 0 {
		return fmt.Errorf("%s is a link: %w", at, ErrUnsafe)
	}
	return err
}

// checkOpened checks the folder that was opened, and that it is the one that
// was seen under its name, not one that a link led to. It closes dir when it
// fails.
func (h *Host) checkOpened(dir *os.Root, at string, seen fs.FileInfo) error {
	info, err := dir.Stat(".")
	if err == nil && seen != nil && !os.SameFile(seen, info) {
		err = fmt.Errorf("%s is a link: %w", at, ErrUnsafe)
	}
	if err == nil {
		err = h.checkOwned(info, at)
	}
	if err != nil {
		dir.Close()
	}
	return err
}

// OpenFile opens an ordinary file in a folder that OpenFolder has opened at a
// path. Owner must own it, and nobody else may write it; otherwise the error wraps
// ErrUnsafe.
func (h *Host) OpenFile(dir *os.Root, at, name string) (*os.File, error) {
	at = filepath.Join(at, name)
	seen, err := dir.Lstat(name)
	if err != nil {
		return nil, err
	}
	if err := h.checkOrdinary(seen, at); err != nil {
		return nil, err
	}
	f, err := dir.Open(name)
	if err != nil {
		return nil, err
	}
	info, err := f.Stat()
	if err == nil && !os.SameFile(seen, info) {
		err = fmt.Errorf("%s was replaced while it was opened: %w", at, ErrUnsafe)
	}
	if err == nil {
		err = h.checkOwned(info, at)
	}
	if err != nil {
		f.Close()
		return nil, err
	}
	return f, nil
}

// checkOrdinary checks that it is an ordinary file, and what checkOwned does.
func (h *Host) checkOrdinary(info fs.FileInfo, at string) error {
	if !info.Mode().IsRegular() {
		return fmt.Errorf("%s is not an ordinary file, but %s: %w", at, kind(info.Mode()), ErrUnsafe)
	}
	return h.checkOwned(info, at)
}

// kind names a file that is not an ordinary one.
func kind(m fs.FileMode) string {
	switch {
	case m&fs.ModeSymlink != 0:
		return "a link"
	case m.IsDir():
		return "a folder"
	}
	return "a device, a pipe or a socket"
}

// checkOwned checks that the owner is the expected one and that neither group
// nor others can write.
func (h *Host) checkOwned(info fs.FileInfo, at string) error {
	st, ok := info.Sys().(*syscall.Stat_t)
	if !ok {
		return fmt.Errorf("the owner of %s cannot be read: %w", at, ErrUnsafe)
	}
	if int(st.Uid) != h.Owner {
		return fmt.Errorf("%s belongs to user id %d instead of %d: %w", at, st.Uid, h.Owner, ErrUnsafe)
	}
	if mode := info.Mode().Perm(); mode&0o022 != 0 {
		return fmt.Errorf("%s can be written by others than its owner (mode %#o; chmod go-w repairs it): %w", at, mode, ErrUnsafe)
	}
	return nil
}

// syncFolder makes what was done in a folder durable, as far as the disk can.
func syncFolder(dir *os.Root) error {
	f, err := dir.Open(".")
	if err != nil {
		return err
	}
	defer f.Close()
	err = f.Sync()
	if errors.Is(err, syscall.EINVAL) || errors.Is(err, syscall.ENOTSUP) || errors.Is(err, syscall.ENOTTY) {
		return nil // this disk cannot sync folders
	}
	return err
}

// entries lists what is in a folder, in the order of the names. fs.ReadDir does
// the same, with a sort of its own for directory entries.
func entries(dir *os.Root) ([]fs.DirEntry, error) {
	f, err := dir.Open(".")
	if err != nil {
		return nil, err
	}
	defer f.Close()
	list, err := f.ReadDir(-1)
	sort.Slice(list, func(i, j int) bool { return list[i].Name() < list[j].Name() })
	return list, err
}
