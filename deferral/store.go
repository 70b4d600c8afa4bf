package deferral

import (
	"errors"
	"fmt"
	"io/fs"
	"time"
)

// A Disk holds the files of a FileStore.
type Disk interface {
	// Read returns a file of at most MaxFile bytes. A file that is not there
	// is fs.ErrNotExist.
	Read(path string) ([]byte, error)
	// Write replaces a file as a whole, readable by root alone, and is
	// durable before it returns.
	Write(path string, data []byte) error
	// Remove removes a file; one that is not there is no error.
	Remove(path string) error
	// SetAside renames a file that cannot be read, keeping it for an
	// administrator, and says where it went.
	SetAside(path string) (string, error)
}

// A FileStore keeps the state in two files. The one that administrators know
// holds everything. The other holds what it was when the deadline was last
// set: should the first be lost or broken, the deadline is not.
type FileStore struct {
	Disk Disk
	// Path is the state file, Copy the second one.
	Path, Copy string
	// Formerly are the state files of the original, from which a running
	// deadline is taken over once.
	Formerly []string

	other  map[string]any
	copied time.Time
	moved  []string
}

// Load reads the state. What cannot be read is set aside and reported; the
// error is only for a disk that does not answer.
func (f *FileStore) Load() (State, []Problem, error) {
	s, problems, err := f.read(f.Path, true)
	if err != nil {
		return State{}, problems, err
	}
	c, more, err := f.read(f.Copy, false)
	if err != nil {
		return State{}, problems, err
	}
	problems = append(problems, more...)
	f.copied = c.ForcedAfter
	if !s.Active() && c.Active() {
		problems = append(problems, Problem{Key: keyForcedAfter, Value: "nothing", Source: "state file",
			Reason: "the state file was lost", Used: "the deadline " + c.ForcedAfter.Format(time.RFC3339) + " from its copy"})
		c.Round.Step, c.LastCheck, c.DeferredUntil = Step{}, Check{}, time.Time{}
		s = c
	}
	if !s.Migrated {
		s, more = f.migrate(s)
		problems = append(problems, more...)
	}
	return s, problems, nil
}

func (f *FileStore) read(path string, main bool) (State, []Problem, error) {
	data, err := f.Disk.Read(path)
	if errors.Is(err, fs.ErrNotExist) {
		return State{}, nil, nil
	}
	if err != nil && !errors.Is(err, ErrTooLarge) {
		return State{}, nil, fmt.Errorf("read the state from %s: %w", path, err)
	}
	var s State
	var problems []Problem
	var other map[string]any
	if err == nil {
		s, other, problems, err = DecodeState(data)
	}
	if err != nil {
		aside, errAside := f.Disk.SetAside(path)
		if errAside != nil {
			aside = "nowhere: " + errAside.Error()
		}
		return State{}, []Problem{{Key: path, Value: fmt.Sprintf("%d bytes", len(data)), Reason: err.Error(),
			Used: "no state from it; the file was moved to " + aside, Source: "state file"}}, nil
	}
	if main {
		f.other = other
	}
	return s, problems, nil
}

// migrate takes over the earliest deadline and deferral of the original.
func (f *FileStore) migrate(s State) (State, []Problem) {
	s.Migrated = true
	var problems []Problem
	for _, path := range f.Formerly {
		data, err := f.Disk.Read(path)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		var dict map[string]any
		if err == nil {
			dict, err = decodeDict(data)
		}
		if err != nil {
			problems = append(problems, Problem{Key: path, Value: "the file", Reason: err.Error(), Used: "no deadline from it", Source: "the original's state"})
			continue
		}
		in := &reader{dict: dict}
		s.ForcedAfter = earlier(s.ForcedAfter, in.instant(keyForcedAfter), in.instant("UpdatesForcedAfter"))
		s.DeferredUntil = earlier(s.DeferredUntil, in.instant(keyDeferredUntil), in.instant("UpdatesDeferredUntil"))
		problems = append(problems, in.problems...)
		f.moved = append(f.moved, path)
	}
	return s, problems
}

// earlier returns the earliest of the times that are set.
func earlier(times ...time.Time) time.Time {
	var first time.Time
	for _, t := range times {
		if !t.IsZero() && (first.IsZero() || t.Before(first)) {
			first = t
		}
	}
	return first
}

// Save makes s durable. A deadline that is new is written to the copy first,
// so that it is never in the file that people see without being safe.
func (f *FileStore) Save(s State) error {
	if s.Active() && !s.ForcedAfter.Equal(f.copied) {
		data, err := EncodeState(s, nil)
		if err != nil {
			return err
		}
		if err := f.Disk.Write(f.Copy, data); err != nil {
			return fmt.Errorf("save the deadline: %w", err)
		}
		f.copied = s.ForcedAfter
	}
	data, err := EncodeState(s, f.other)
	if err != nil {
		return err
	}
	if err := f.Disk.Write(f.Path, data); err != nil {
		return fmt.Errorf("save the state: %w", err)
	}
	f.forgetFormer()
	return nil
}

// forgetFormer takes the original's deadline out of its files once it is safe
// here, so that a later round does not begin with it. A file that cannot be
// changed is left: the state remembers that it has been read.
func (f *FileStore) forgetFormer() {
	for _, path := range f.moved {
		data, err := f.Disk.Read(path)
		if err != nil {
			continue
		}
		dict, err := decodeDict(data)
		if err != nil {
			continue
		}
		for _, k := range []string{keyForcedAfter, keyDeferredUntil, "UpdatesForcedAfter", "UpdatesDeferredUntil", "UpdateList"} {
			delete(dict, k)
		}
		_ = f.keepOnly(path, dict)
	}
	f.moved = nil
}

// Clear removes the state, the copy first. Settings that an administrator has
// put into the same file stay.
func (f *FileStore) Clear() error {
	if err := f.Disk.Remove(f.Copy); err != nil {
		return fmt.Errorf("remove the copy of the deadline: %w", err)
	}
	if err := f.keepOnly(f.Path, f.other); err != nil {
		return fmt.Errorf("remove the state: %w", err)
	}
	f.copied = time.Time{}
	return nil
}

// keepOnly leaves nothing but dict in the file, and no file where dict is
// empty.
func (f *FileStore) keepOnly(path string, dict map[string]any) error {
	if len(dict) == 0 {
		return f.Disk.Remove(path)
	}
	data, err := encodeDict(dict)
	if err != nil {
		return err
	}
	return f.Disk.Write(path, data)
}
