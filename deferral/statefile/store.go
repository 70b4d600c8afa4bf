package statefile

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"

	"installordefer/deferral"
	"installordefer/deferral/settings"
	"installordefer/internal/plist"
	"installordefer/internal/volume"
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

// A Store keeps the state in two files in the job's folder. The first holds
// everything. The other holds what it was when the deadline was last set: should
// the first be lost or broken, the deadline is not. The two times that people
// know are in the preferences, too: see Mirror and Heed.
type Store struct {
	Disk     Disk
	Defaults Defaults
	// Path is the state file, Copy the second one.
	Path, Copy string
	// Domain is that of the job's own preferences, as "defaults" takes it, and
	// Volume has its file.
	Domain string
	Volume volume.Volume
	// Local is what that file held when the settings were read from it.
	Local settings.Local
	// Formerly are the domains of the original, from which a running deadline
	// is taken over once.
	Formerly []string

	second   file
	mirrored mirrored
	saved    *deferral.State  // what the state file holds
	asked    map[string]int64 // of Defaults since Local was read
	notes    []string         // that Load has for Heed
	moved    []string         // domains of the original
	damaged  bool             // the file of the preferences cannot be read any more
}

// A file is what a file of the state held when it was last read or written.
type file struct {
	data  []byte
	there bool
	kept
}

// file is where the preferences of the domain are on the disk.
func (f *Store) file() string { return f.fileOf(f.Domain) }

func (f *Store) fileOf(domain string) string { return f.Volume.Path(domain + ".plist") }

// Load reads the state, and what an administrator has written into the
// preferences. What cannot be read is set aside and reported; the error is only
// for a disk that does not answer. What was wrong is put right on the disk by
// the next Save.
func (f *Store) Load() (deferral.State, []settings.Problem, error) {
	main, problems, err := f.read(f.Path)
	if err != nil {
		return deferral.State{}, problems, err
	}
	s := main.state
	f.mirrored = main.mirrored
	if main.there {
		f.saved = &main.state
	}
	if !s.Active() || !reckoned(&s.Round) {
		var more []settings.Problem
		if s, more, err = f.recover(s, main.there || len(problems) > 0); err != nil {
			return deferral.State{}, problems, err
		}
		problems = append(problems, more...)
	}
	if !s.Migrated {
		var more []settings.Problem
		s, more = f.migrate(s)
		problems = append(problems, more...)
	}
	s, f.notes = f.heed(s)
	return s, problems, nil
}

// recover looks for what the state file lacks: in its copy, and, where there
// never was a state file, in the preferences, in which the first version of this
// program kept its state.
func (f *Store) recover(s deferral.State, was bool) (deferral.State, []settings.Problem, error) {
	second, problems, err := f.read(f.Copy)
	if err != nil {
		return s, problems, err
	}
	for i := range problems {
		problems[i].Source = "copy of the deadline"
	}
	f.second = second
	if _, there := f.Local.Values[settings.KeyRound]; there && !was && second.version < 2 {
		former, more := read(f.Local.Values)
		s = former.state
		f.mirrored = mirrored{[]int64{0, unix(s.Round.Deadline)}, []int64{0, unix(s.Round.DeferredTo)}}
		problems = append(problems, more...)
	}
	mended := mend(&s, &second.state)
	if len(mended) > 0 {
		f.mirrored = mirrored{} // of a time that nobody knows
	}
	return s, append(problems, mended...), nil
}

// look returns the bytes of a file. One that is too large has none.
func (f *Store) look(path string) (file, error) {
	data, err := f.Disk.Read(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return file{}, nil
	case errors.Is(err, ErrTooLarge):
		return file{there: true}, nil
	case err != nil:
		return file{}, fmt.Errorf("read the state from %s: %w", path, err)
	}
	return file{data: data, there: true}, nil
}

// read reads a file, and sets one aside that holds no state.
func (f *Store) read(path string) (file, []settings.Problem, error) {
	got, err := f.look(path)
	if err != nil || !got.there {
		return file{}, nil, err
	}
	var problems []settings.Problem
	if err = ErrTooLarge; got.data != nil {
		got.kept, problems, err = decode(got.data)
	}
	if err == nil {
		return got, problems, nil
	}
	problem := settings.Problem{Key: path, Value: fmt.Sprintf("%d bytes", len(got.data)), Reason: err.Error(), Source: stateSource}
	aside, errAside := f.Disk.SetAside(path)
	if errAside != nil {
		aside = "nowhere: " + errAside.Error()
	}
	problem.Used = "no state from it; the file was moved to " + aside
	return file{}, []settings.Problem{problem}, nil
}

// Save makes s durable. A deadline that is new is written to the copy first, so
// that it is never in the file that everything is read from without being safe;
// so is one whose copy is not there any more.
func (f *Store) Save(s deferral.State) error {
	m := f.mirrored.with(s)
	if err := f.saveCopy(s, m); err != nil {
		return fmt.Errorf("save the deadline: %w", err)
	}
	data, err := encode(s, m)
	if err != nil {
		return err
	}
	if err := f.Disk.Write(f.Path, data); err != nil {
		return fmt.Errorf("save the state: %w", err)
	}
	f.saved, f.mirrored = &s, m
	return nil
}

// saveCopy writes the copy where it does not hold the deadline of s. A round that
// is over has none: its copy goes before the state that says so is there, or it
// would bring the round back.
func (f *Store) saveCopy(s deferral.State, m mirrored) error {
	if !s.Active() {
		return f.forgetCopy()
	}
	now, err := f.look(f.Copy)
	if err == nil && now.there && !bytes.Equal(now.data, f.second.data) {
		if now.kept, _, err = decode(now.data); err == nil {
			f.second = now
		}
	}
	if err == nil && now.there && f.second.there && sameReckoning(&s, &f.second.state) {
		return nil
	}
	data, err := encode(s, m)
	if err != nil {
		return err
	}
	if err := f.Disk.Write(f.Copy, data); err != nil {
		return err
	}
	f.second = file{data: data, there: true, kept: kept{state: s, version: version}}
	return nil
}

// forgetCopy removes the copy, if there may be one.
func (f *Store) forgetCopy() error {
	if f.second.there || f.saved != nil && f.saved.Active() {
		return f.Disk.Remove(f.Copy)
	}
	return nil
}

// Clear removes the state, the copy first. Settings that an administrator has
// put into the preferences stay. Where "defaults" does not work, the keys are
// taken out of the file itself.
func (f *Store) Clear(ctx context.Context) error {
	if err := f.Disk.Remove(f.Copy); err != nil {
		return fmt.Errorf("remove the copy of the deadline: %w", err)
	}
	if err := f.Disk.Remove(f.Path); err != nil {
		return fmt.Errorf("remove the state: %w", err)
	}
	*f = Store{Disk: f.Disk, Defaults: f.Defaults, Path: f.Path, Copy: f.Copy, Domain: f.Domain, Volume: f.Volume, Formerly: f.Formerly}
	// Not those in the file alone: what was asked for a moment ago may not be
	// in it yet.
	var failed error
	for _, key := range settings.StateKeys() {
		failed = errors.Join(failed, f.Defaults.DeleteDefault(ctx, f.Domain, key))
	}
	return f.leave(f.Domain, settings.StateKeys(), failed)
}

// leave leaves nothing of a domain but what is not among the keys, which were
// asked to be deleted, or that failed. A file in which nothing is left goes.
func (f *Store) leave(domain string, keys []string, failed error) error {
	path := f.fileOf(domain)
	now, err := settings.ReadLocal(f.Disk.Read, path)
	if err != nil || now.Values == nil {
		return nil // there is none, or nobody can tell what is in it
	}
	for _, key := range keys {
		delete(now.Values, key)
	}
	if len(now.Values) == 0 {
		return f.Disk.Remove(path)
	}
	if failed == nil {
		return nil
	}
	data, err := plist.Encode(now.Values)
	if err != nil {
		return errors.Join(failed, err)
	}
	return f.Disk.Write(path, data)
}
