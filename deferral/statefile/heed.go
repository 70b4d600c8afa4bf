package statefile

import (
	"reflect"
	"slices"
	"strings"
	"time"

	"installordefer/deferral"
	"installordefer/deferral/settings"
)

// Heed returns s with what an administrator has written into the state file
// since it was last read or written: a deadline, or the end of a deferral. They
// are in s as they were written; Settle judges them, and says so. The notes say
// in words what else was found, one log line each.
//
// Settings in the file are kept as they are now, and count from the next wake.
// A file that was deleted, or that cannot be read any more, costs nothing that s
// holds. The error is only for a disk that does not answer.
func (f *Store) Heed(s deferral.State) (deferral.State, []string, error) {
	was := f.main
	problems, changed, err := f.reread()
	if err != nil || !changed {
		return s, nil, err
	}
	var notes []string
	for _, p := range problems {
		notes = append(notes, p.String())
	}
	if !f.main.there {
		if len(problems) == 0 {
			notes = append(notes, "The state file was deleted while this wake ran, and with it the settings in it. The state is written again.")
		}
		return s, notes, nil
	}
	if keys := changedKeys(was.other, f.main.other); len(keys) > 0 {
		notes = append(notes, "Settings in the state file were changed while this wake ran: "+strings.Join(keys, ", ")+". They are kept and count from the next wake.")
	}
	notes = append(notes, heed(&s, &was.state, &f.main.state)...)
	return s, notes, nil
}

// reread reads the state file where it is not as it was. Where it cannot be read
// any more, the settings are those that were in it.
func (f *Store) reread() (problems []settings.Problem, changed bool, err error) {
	now, err := f.look(f.Path)
	if err != nil || now.equal(f.main.content) {
		return nil, false, err
	}
	was := f.main
	if f.main, problems, err = f.read(f.Path); err != nil {
		f.main = was
		return nil, false, err
	}
	if len(problems) > 0 && f.main.other == nil {
		f.main.other = was.other
	}
	return problems, true, nil
}

// heed takes over what somebody has written by hand: was is what the file said
// before, and now what it says. A value that the file's own round accounts for
// was not written by hand, but came back with an older state: macOS keeps
// preferences in memory and may write all of them for one that is new.
func heed(s, was, now *deferral.State) []string {
	if t := now.ForcedAfter; !t.IsZero() && !t.Equal(was.ForcedAfter) && !t.Equal(now.Round.Deadline) {
		s.ForcedAfter = t
	}
	switch t := now.DeferredUntil; {
	case !t.IsZero() && !t.Equal(was.DeferredUntil) && !t.Equal(now.Round.DeferredTo):
		s.DeferredUntil = t
	case t.IsZero() && !now.Round.DeferredTo.IsZero() && !was.DeferredUntil.IsZero() && s.DeferredUntil.Equal(was.DeferredUntil):
		s.DeferredUntil = time.Time{}
		return []string{"The end of the deferral was deleted by hand. The deferral is over."}
	}
	return nil
}

// changedKeys names what differs between two dictionaries, sorted.
func changedKeys(a, b map[string]any) []string {
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
	slices.Sort(keys)
	return keys
}
