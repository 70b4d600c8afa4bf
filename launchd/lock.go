package launchd

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"sync"

	"golang.org/x/sys/unix"
)

// ErrBusy says that another wake of the job is running.
var ErrBusy = errors.New("another wake of the job is running")

// Lock makes sure that only one wake acts at a time. It does not wait: while
// another holds the lock the error wraps ErrBusy. The lock is the kernel's; it
// goes with the process that holds it, however that ends.
func (h *Host) Lock() (release func(), err error) {
	dir, err := h.OpenFolder(h.SupportFolder())
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("the job is not installed here: %w", err)
	}
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

// lockFile opens the lock file and locks it. It opens for reading where the
// file is there already: an ordinary wake writes nothing, and a disk that
// cannot be written does not stop it.
func (h *Host) lockFile(dir *os.Root) (*os.File, error) {
	seen, err := dir.Lstat(lockName)
	if err == nil {
		err = h.checkOrdinary(seen, h.LockFile())
	}
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	f, err := dir.Open(lockName)
	if errors.Is(err, fs.ErrNotExist) {
		f, err = dir.OpenFile(lockName, os.O_RDWR|os.O_CREATE, 0o600)
	}
	if err != nil {
		return nil, err
	}
	info, err := f.Stat()
	if err == nil {
		err = h.checkOwned(info, h.LockFile())
	}
	if err == nil {
		err = unix.Flock(int(f.Fd()), unix.LOCK_EX|unix.LOCK_NB)
		if errors.Is(err, unix.EWOULDBLOCK) {
			err = ErrBusy
		}
	}
	if err != nil {
		f.Close()
		return nil, err
	}
	return f, nil
}
