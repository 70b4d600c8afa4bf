package statefile

import (
	"context"
	"errors"
	"io/fs"
	"time"

	"installordefer/deferral"
	"installordefer/deferral/settings"
)

// migrate takes over the earliest deadline and deferral of the original.
func (f *Store) migrate(s deferral.State) (deferral.State, []settings.Problem) {
	s.Migrated = true
	var problems []settings.Problem
	for _, domain := range f.Formerly {
		path := f.fileOf(domain)
		data, err := f.Disk.Read(path)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		var dict map[string]any
		if err == nil {
			dict, err = decodeDict(data)
		}
		if err != nil {
			problems = append(problems, settings.Problem{Key: path, Value: "the file", Reason: err.Error(), Used: "no deadline from it", Source: "the original's state"})
			continue
		}
		in := &reader{dict: dict}
		s.ForcedAfter = earlier(s.ForcedAfter, in.instant(settings.KeyForcedAfter, time.Time{}), in.instant(settings.KeyForcedAfterLater, time.Time{}))
		s.DeferredUntil = earlier(s.DeferredUntil, in.instant(settings.KeyDeferredUntil, time.Time{}), in.instant(settings.KeyDeferredUntilLater, time.Time{}))
		problems = append(problems, in.problems...)
		f.moved = append(f.moved, domain)
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

// forgetFormer takes the original's deadline out of its preferences once it is
// safe here, so that a later round does not begin with it. What cannot be changed
// is left: the state remembers that it has been read.
func (f *Store) forgetFormer(ctx context.Context) {
	for _, domain := range f.moved {
		now, err := settings.ReadLocal(f.Disk.Read, f.fileOf(domain))
		if err != nil {
			continue
		}
		keys := append(settings.StateKeys(), "UpdateList")
		var failed error
		for _, key := range keys {
			if _, there := now.Values[key]; there {
				failed = errors.Join(failed, f.Defaults.DeleteDefault(ctx, domain, key))
			}
		}
		_ = f.leave(domain, keys, failed)
	}
	f.moved = nil
}
