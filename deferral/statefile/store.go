package statefile

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"

	"installordefer/deferral"
	"installordefer/deferral/settings"
	"installordefer/internal/plist"
)

// A Disk holds the files of a Store.
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

// A Store keeps the state in two files. The one that administrators know
// holds everything. The other holds what it was when the deadline was last
// set: should the first be lost or broken, the deadline is not.
//
// Administrators write into the first at any time. The store never overwrites
// what it has not read: Save refuses, and Heed says what they have written.
type Store struct {
	Disk Disk
	// Path is the state file, Copy the second one.
	Path, Copy string
	// Formerly are the state files of the original, from which a running
	// deadline is taken over once.
	Formerly []string

	main, second file
	moved        []string
}

// A file is what a file of the state held when it was last read or written.
type file struct {
	content
	state deferral.State
	other map[string]any
}

// A content is the bytes of a file.
type content struct {
	data         []byte
	there, large bool // large is a file of more than MaxFile bytes
}

func (c content) equal(o content) bool {
	return c.there == o.there && c.large == o.large && bytes.Equal(c.data, o.data)
}

// ErrChanged is the error of a Save that finds what the store has not read.
var ErrChanged = errors.New("somebody has changed the state file meanwhile")

// Load reads the state. What cannot be read is set aside and reported; the
// error is only for a disk that does not answer. What was wrong is put right on
// the disk by the next Save.
func (f *Store) Load() (deferral.State, []settings.Problem, error) {
	main, problems, err := f.read(f.Path)
	if err != nil {
		return deferral.State{}, problems, err
	}
	second, more, err := f.read(f.Copy)
	if err != nil {
		return deferral.State{}, problems, err
	}
	for i := range more {
		more[i].Source = "copy of the deadline"
	}
	f.main, f.second = main, second
	s := main.state
	problems = append(append(problems, more...), mend(&s, &second.state)...)
	if !s.Migrated {
		s, more = f.migrate(s)
		problems = append(problems, more...)
	}
	return s, problems, nil
}

// look returns the bytes of a file.
func (f *Store) look(path string) (content, error) {
	data, err := f.Disk.Read(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return content{}, nil
	case errors.Is(err, ErrTooLarge):
		return content{there: true, large: true}, nil
	case err != nil:
		return content{}, fmt.Errorf("read the state from %s: %w", path, err)
	}
	return content{data: data, there: true}, nil
}

// read reads a file, and sets one aside that holds no state.
func (f *Store) read(path string) (file, []settings.Problem, error) {
	c, err := f.look(path)
	if err != nil || !c.there {
		return file{}, nil, err
	}
	got := file{content: c}
	var problems []settings.Problem
	if err = ErrTooLarge; !c.large {
		got.state, got.other, problems, err = Decode(c.data)
	}
	if err == nil {
		return got, problems, nil
	}
	problem := settings.Problem{Key: path, Value: fmt.Sprintf("%d bytes", len(c.data)), Reason: err.Error(), Source: stateSource}
	aside, errAside := f.Disk.SetAside(path)
	if errAside != nil {
		aside = "nowhere: " + errAside.Error()
	} else {
		got.content = content{}
	}
	problem.Used = "no state from it; the file was moved to " + aside
	return got, []settings.Problem{problem}, nil
}

// Save makes s durable. A deadline that is new is written to the copy first,
// so that it is never in the file that people see without being safe; so is one
// whose copy is not there any more. Where somebody has changed the state file
// since it was read or written, nothing of it is overwritten and the error is
// ErrChanged.
func (f *Store) Save(s deferral.State) error {
	if now, err := f.look(f.Path); err != nil {
		return err
	} else if !now.equal(f.main.content) {
		return ErrChanged
	}
	if err := f.saveCopy(s); err != nil {
		return fmt.Errorf("save the deadline: %w", err)
	}
	data, err := Encode(s, f.main.other)
	if err != nil {
		return err
	}
	if err := f.Disk.Write(f.Path, data); err != nil {
		return fmt.Errorf("save the state: %w", err)
	}
	f.main.content, f.main.state = content{data: data, there: true}, s
	f.forgetFormer()
	return nil
}

// saveCopy writes the copy where it does not hold the deadline of s.
func (f *Store) saveCopy(s deferral.State) error {
	if !s.Active() {
		return nil
	}
	now, err := f.look(f.Copy)
	if err == nil && now.equal(f.second.content) && sameReckoning(&s, &f.second.state) {
		return nil
	}
	data, err := Encode(s, nil)
	if err != nil {
		return err
	}
	if err := f.Disk.Write(f.Copy, data); err != nil {
		return err
	}
	f.second = file{content: content{data: data, there: true}, state: s}
	return nil
}

// Clear removes the state, the copy first. Settings that an administrator has
// put into the same file stay.
func (f *Store) Clear() error {
	if err := f.Disk.Remove(f.Copy); err != nil {
		return fmt.Errorf("remove the copy of the deadline: %w", err)
	}
	if _, _, err := f.reread(); err != nil {
		return err
	}
	if err := f.keepOnly(f.Path, f.main.other); err != nil {
		return fmt.Errorf("remove the state: %w", err)
	}
	f.main, f.second = file{}, file{}
	return nil
}

// keepOnly leaves nothing but dict in the file, and no file where dict is
// empty.
func (f *Store) keepOnly(path string, dict map[string]any) error {
	if len(dict) == 0 {
		return f.Disk.Remove(path)
	}
	data, err := plist.Encode(dict)
	if err != nil {
		return err
	}
	return f.Disk.Write(path, data)
}
