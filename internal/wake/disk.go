package wake

import (
	"errors"
	"io/fs"
	"os"
	"time"

	"installordefer/deferral/statefile"
	"installordefer/internal/atomicfile"
	"installordefer/internal/plist"
)

// stateMode lets root alone read and write the state.
const stateMode = 0o600

// A FileDisk is the real disk of a statefile.Store.
type FileDisk struct{}

// Read reads a file without following links.
func (FileDisk) Read(path string) ([]byte, error) {
	data, err := atomicfile.Read(path, plist.MaxFile)
	if errors.Is(err, atomicfile.ErrTooLarge) {
		return nil, statefile.ErrTooLarge
	}
	return data, err
}

// Write replaces a file as a whole and durably.
func (FileDisk) Write(path string, data []byte) error {
	return atomicfile.Write(path, data, stateMode)
}

// Remove removes a file; one that is not there is no error.
func (FileDisk) Remove(path string) error {
	if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

// SetAside renames a file to a name that tells when.
func (FileDisk) SetAside(path string) (string, error) {
	aside := path + atomicfile.Aside(time.Now())
	return aside, os.Rename(path, aside)
}
