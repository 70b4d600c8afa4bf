package launchd

import (
	"errors"
	"os"
	"path/filepath"
)

// CheckOwned checks that only root can have written a file: that it is an ordinary
// one of root's, in folders of root's. What is not so wraps ErrUnsafe.
func (h *Host) CheckOwned(path string) error {
	dir, err := h.OpenFolder(filepath.Dir(path))
	if err != nil {
		return err
	}
	defer dir.Close()
	info, err := dir.Lstat(filepath.Base(path))
	if err != nil {
		return err
	}
	return h.checkOrdinary(info, path)
}

// ClearWay moves what lies in the place of a file of the job, and is no ordinary
// file of root's, into the job's folder, with an end added to its name. What is
// found there counts for nothing. The notes say what was moved, one log line each.
// Whoever calls it holds the lock, so that the folders are known to be root's.
func (h *Host) ClearWay(end string) (notes []string) {
	for _, path := range []string{h.StateFile(), h.DeadlineCopy(), h.HoldFile(), h.HistoryFile(), h.StatusFile()} {
		info, err := os.Lstat(path)
		if err == nil {
			err = h.checkOrdinary(info, path)
		}
		if !errors.Is(err, ErrUnsafe) {
			continue // whoever reads it says what is wrong with the disk
		}
		to := h.support(filepath.Base(path) + end)
		if failed := os.Rename(path, to); failed != nil {
			to = "nowhere: " + failed.Error()
		}
		notes = append(notes, err.Error()+". It does not count, and was moved to "+to)
	}
	return notes
}
