package launchd

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"

	"installordefer/launchd/mac"
)

// Declared reads what Apple itself has been told to enforce, and who may install. A
// Mac of which nothing was asked has no such files.
func (h *Host) Declared() (mac.Declared, error) {
	d, err := h.declared()
	if data, unread := readBounded(h.Path(mac.RestrictionsFile), mac.MostDeclared); unread == nil {
		d.AdminByProfile = mac.ParseRestrictions(data)
	}
	return d, err
}

func (h *Host) declared() (mac.Declared, error) {
	data, err := readBounded(h.Path(mac.DeclaredFile), mac.MostDeclared)
	if errors.Is(err, fs.ErrNotExist) {
		return mac.Declared{}, nil
	}
	if err != nil {
		return mac.Declared{}, fmt.Errorf("reading what Apple has been told to enforce: %w", err)
	}
	return mac.ParseDeclared(data)
}

// DeclaredForSupport is what the file of that holds, without the keys by which macOS
// finds what it has stored of a declaration.
func (h *Host) DeclaredForSupport() ([]byte, error) {
	data, err := readBounded(h.Path(mac.DeclaredFile), mac.MostDeclared)
	if err != nil {
		return nil, err
	}
	return mac.WithoutKeys(data)
}

// InstallLogTail reads the end of the log in which macOS writes how its own
// enforcement goes.
func (h *Host) InstallLogTail() ([]byte, error) {
	f, err := os.Open(h.Path(mac.InstallLog))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("reading the log of installations: %w", err)
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, fmt.Errorf("reading the log of installations: %w", err)
	}
	if from := info.Size() - mac.LogTail; from > 0 {
		if _, err := f.Seek(from, io.SeekStart); err != nil {
			return nil, fmt.Errorf("reading the log of installations: %w", err)
		}
	}
	return io.ReadAll(io.LimitReader(f, mac.LogTail))
}
