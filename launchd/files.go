package launchd

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"golang.org/x/sys/unix"
)

// files returns the files of the job.
func (h *Host) files() Files {
	if h.Files != nil {
		return h.Files
	}
	return rootFiles{h}
}

// rootFiles are the files under the root of a Host.
type rootFiles struct{ h *Host }

// Delete deletes what path names, a link itself instead of what it leads to.
// What is not there is deleted already.
func (f rootFiles) Delete(path string) error {
	dir, err := f.h.OpenFolder(filepath.Dir(path))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	defer dir.Close()
	if err := dir.RemoveAll(filepath.Base(path)); err != nil {
		return err
	}
	return syncFolder(dir)
}

// Clear deletes what is in a folder, but the names to keep.
func (f rootFiles) Clear(path string, keep []string) error {
	dir, err := f.h.OpenFolder(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	defer dir.Close()
	list, err := entries(dir)
	if err != nil {
		return err
	}
	var failed []error
	for _, e := range list {
		if slices.Contains(keep, e.Name()) {
			continue
		}
		if err := dir.RemoveAll(e.Name()); err != nil {
			failed = append(failed, err) // the others go all the same
		}
	}
	if err := syncFolder(dir); err != nil {
		failed = append(failed, err)
	}
	return errors.Join(failed...)
}

// Mark notes that the removal has begun, and of which program. It lets a wake
// that finds the note go on with the removal, and one of a package that was
// installed again in the meantime not.
func (f rootFiles) Mark() error {
	dir, err := f.h.OpenFolder(f.h.SupportFolder())
	if errors.Is(err, fs.ErrNotExist) {
		return nil // the folder goes after all that the note is for
	}
	if err != nil {
		return err
	}
	defer dir.Close()
	is, err := identity(dir, programName)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	if old, err := dir.ReadFile(removingName); err == nil && string(old) == is {
		return nil
	}
	if err := dir.RemoveAll(removingName); err != nil {
		return err
	}
	note, err := dir.OpenFile(removingName, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	_, err = note.WriteString(is)
	if err = errors.Join(err, note.Sync(), note.Close()); err != nil {
		return err
	}
	return syncFolder(dir)
}

// Marked tells whether the removal of this very program was noted.
func (f rootFiles) Marked() (bool, error) {
	dir, err := f.h.OpenFolder(f.h.SupportFolder())
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	defer dir.Close()
	if info, err := dir.Lstat(removingName); err != nil || !info.Mode().IsRegular() {
		return false, nil
	}
	note, err := dir.ReadFile(removingName)
	if err != nil {
		return false, err
	}
	is, err := identity(dir, programName)
	if err != nil {
		return false, nil
	}
	return string(note) == is, nil
}

// identity tells one file from any other that ever had its name.
func identity(dir *os.Root, name string) (string, error) {
	f, err := dir.Open(".")
	if err != nil {
		return "", err
	}
	defer f.Close()
	var st unix.Stat_t
	if err := unix.Fstatat(int(f.Fd()), name, &st, unix.AT_SYMLINK_NOFOLLOW); err != nil {
		return "", err
	}
	return fmt.Sprintf("%d %d %d.%09d\n", st.Dev, st.Ino, st.Ctim.Sec, st.Ctim.Nsec), nil
}
