package launchd

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"sync"

	"golang.org/x/sys/unix"
)

// ErrBusy says that another wake of the job is at work.
var ErrBusy = errors.New("another wake of the job is at work")

// Lock makes sure that only one wake acts at a time. It does not wait: while
// another holds the lock the error wraps ErrBusy. The lock is the kernel's; it
// goes with the process that holds it, however that ends.
func (h *Host) Lock() (release func(), err error) {
	dir, err := h.openFolder(h.SupportFolder())
	if err != nil {
		return nil, fmt.Errorf("locking out other wakes of the job: %w", err)
	}
	defer dir.Close()
	// Removal deletes the file of a lock that it holds. Whoever had opened it
	// before then locks a file that is gone, and has to look again.
	for range 3 {
		f, err := h.lockFile(dir)
		if err != nil {
			return nil, fmt.Errorf("locking out other wakes of the job: %w", err)
		}
		held, err := f.Stat()
		if err == nil {
			var named fs.FileInfo
			if named, err = dir.Lstat(lockName); err == nil && os.SameFile(held, named) {
				var once sync.Once
				return func() { once.Do(func() { f.Close() }) }, nil
			}
		}
		f.Close()
	}
	return nil, fmt.Errorf("the lock file was deleted again and again: %w", ErrBusy)
}

// lockFile opens the lock file and locks it.
func (h *Host) lockFile(dir *os.Root) (*os.File, error) {
	f, err := dir.OpenFile(lockName, os.O_RDWR|os.O_CREATE|unix.O_NONBLOCK, 0o600)
	if err != nil {
		return nil, err
	}
	if err := h.checkLock(dir, f); err != nil {
		f.Close()
		return nil, err
	}
	err = unix.Flock(int(f.Fd()), unix.LOCK_EX|unix.LOCK_NB)
	if err != nil {
		f.Close()
		if errors.Is(err, unix.EWOULDBLOCK) {
			return nil, ErrBusy
		}
		return nil, err
	}
	return f, nil
}

func (h *Host) checkLock(dir *os.Root, f *os.File) error {
	if named, err := dir.Lstat(lockName); err == nil && named.Mode()&fs.ModeSymlink != 0 {
		return fmt.Errorf("%s is a link: %w", h.LockFile(), ErrUnsafe)
	}
	info, err := f.Stat()
	if err != nil {
		return err
	}
	if !info.Mode().IsRegular() {
		return fmt.Errorf("%s is no ordinary file: %w", h.LockFile(), ErrUnsafe)
	}
	return h.checkOwned(info, h.LockFile())
}
