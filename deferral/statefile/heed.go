package statefile

import (
	"reflect"
	"slices"
	"strings"

	"installordefer/deferral"
	"installordefer/deferral/settings"
)

// Heed returns s with what an administrator has written into the preferences
// since they were last read: a deadline, or the end of a deferral. They are in s
// as they were written; deferral.Settle judges them, and says so. The notes say
// in words what else was found, one log line each.
//
// Settings that were changed count from the next wake. Preferences that were
// deleted, or that cannot be read any more, cost nothing that s holds.
func (f *Store) Heed(s deferral.State) (deferral.State, []string) {
	notes := f.notes
	f.notes = nil
	now, changed := f.Local.Reread(f.Disk.Read, f.file())
	if f.damaged = changed && now.There && now.Values == nil; f.damaged || !changed {
		return s, notes // nothing can be told from a file that cannot be read
	}
	if keys := changedSettings(f.Local.Values, now.Values); len(keys) > 0 {
		notes = append(notes, "Local settings were changed while this wake ran: "+strings.Join(keys, ", ")+". They count from the next wake.")
	}
	f.Local = now
	clear(f.asked) // the file says now what came of it
	s, more := f.heed(s)
	return s, append(notes, more...)
}

// changedSettings names the settings that differ between two dictionaries,
// sorted.
func changedSettings(a, b map[string]any) []string {
	var keys []string
	for key, v := range a {
		if w, ok := b[key]; !ok || !reflect.DeepEqual(v, w) {
			keys = append(keys, key)
		}
	}
	for key := range b {
		if _, ok := a[key]; !ok {
			keys = append(keys, key)
		}
	}
	keys = slices.DeleteFunc(keys, func(key string) bool { return slices.Contains(settings.StateKeys(), key) })
	slices.Sort(keys)
	return keys
}
