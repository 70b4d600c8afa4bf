package history

import (
	"errors"
	"io/fs"
	"os"

	"installordefer/internal/atomicfile"
)

// A File is the Disk of a real Mac.
type File string

// Read reads the file without following links.
func (f File) Read() ([]byte, error) { return atomicfile.Read(string(f), MaxFile) }

// Write replaces the file, for root alone to read.
func (f File) Write(data []byte) error { return atomicfile.Write(string(f), data, 0o600) }

// Remove removes the file.
func (f File) Remove() error {
	if err := os.Remove(string(f)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}
