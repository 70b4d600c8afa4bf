package statefile

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"time"

	"installordefer/deferral"
	"installordefer/deferral/settings"
)

// This file holds what becomes of the two times that people know. The state file
// has them, and the preferences mirror them, so that "defaults read" shows them
// and "defaults write" changes them. macOS keeps preferences in memory and writes
// them to the disk when it sees fit: so they are changed through "defaults"
// alone, and a value in the file is somebody else's only if the job has not
// asked for it itself.

// Defaults changes the preferences of the Mac. A domain is a path without its
// ".plist".
type Defaults interface {
	// SetDefault sets a key to a whole number.
	SetDefault(ctx context.Context, domain, key string, value int64) error
	// DeleteDefault deletes a key; one that is not there is no error.
	DeleteDefault(ctx context.Context, domain, key string) error
	// ExportDefaults returns what macOS has of a domain, also what its file does
	// not have yet, as a property list.
	ExportDefaults(ctx context.Context, domain string) ([]byte, error)
}

// The names of the two times, as both generations of the original have them.
var (
	deadlineKeys = [...]string{settings.KeyForcedAfter, settings.KeyForcedAfterLater}
	deferralKeys = [...]string{settings.KeyDeferredUntil, settings.KeyDeferredUntilLater}
)

// mostMirrored bounds what is remembered of one time.
const mostMirrored = 8

// A mirrored is what the preferences may hold of the two times by the job's own
// hand: the values that they were last seen with, and those that the job has
// asked for since. They are in Unix seconds, 0 for none, the latest last.
type mirrored struct {
	deadline, deferral []int64
}

// with returns m with the times of s, which are asked for next.
func (m mirrored) with(s deferral.State) mirrored {
	return mirrored{added(m.deadline, s.ForcedAfter), added(m.deferral, s.DeferredUntil)}
}

func added(list []int64, t time.Time) []int64 {
	n := unix(t)
	if len(list) > 0 && list[len(list)-1] == n {
		return list
	}
	list = append(slices.Clone(list), n)
	return list[max(0, len(list)-mostMirrored):]
}

func unix(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.Unix()
}

// encode writes the lists. One that holds the time of s alone goes without
// saying.
func (m mirrored) encode(s deferral.State) map[string]any {
	d := map[string]any{}
	put := func(key string, list []int64, own time.Time) {
		if len(list) == 0 || len(list) == 1 && list[0] == unix(own) {
			return
		}
		numbers := make([]any, len(list))
		for i, n := range list {
			numbers[i] = n
		}
		d[key] = numbers
	}
	put(settings.KeyForcedAfter, m.deadline, s.ForcedAfter)
	put(settings.KeyDeferredUntil, m.deferral, s.DeferredUntil)
	return d
}

func (r *reader) mirrored(s *deferral.State) mirrored {
	v, there := r.dict[keyMirrored]
	d, ok := v.(map[string]any)
	if there && !ok {
		r.report(keyMirrored, v, "not a dictionary", "what the state says")
	}
	in := &reader{dict: d}
	m := mirrored{in.numbers(settings.KeyForcedAfter, s.ForcedAfter), in.numbers(settings.KeyDeferredUntil, s.DeferredUntil)}
	r.problems = append(r.problems, in.problems...)
	return m
}

func (r *reader) numbers(key string, own time.Time) []int64 {
	v, there := r.dict[key]
	if !there {
		return []int64{unix(own)}
	}
	items, _ := v.([]any)
	var list []int64
	for _, item := range items {
		if n, ok := wholeNumber(item); ok && n >= 0 && n <= latest {
			list = append(list, n)
		}
	}
	if len(list) != len(items) || len(items) == 0 || len(items) > mostMirrored {
		r.report(key, fmt.Sprintf("%T", v), "not a list of times", "what the state says")
		return []int64{unix(own)}
	}
	return list
}

// A pair is what the preferences hold of one time, under either name.
type pair struct {
	values [2]int64 // 0 for none
}

// find reads a time under either name. What the job has asked for itself is right
// whatever it is: a clock that has lost the time begins in 1970.
func find(values map[string]any, keys [2]string, ours []int64) (f pair, problems []settings.Problem) {
	in := &reader{dict: values}
	for i, key := range keys {
		if n, whole := wholeNumber(values[key]); whole && slices.Contains(ours, n) {
			f.values[i] = n
		} else if in.has(key) {
			f.values[i], _ = in.integer(key, earliest, latest, "what the state says")
		}
	}
	for i := range in.problems {
		in.problems[i].Source = preferencesSource
	}
	return f, in.problems
}

// preferencesSource is the name of the preferences as a source of problems.
const preferencesSource = "local preferences"

// byHand returns the earliest time that is neither the job's own nor one that it
// has asked for; none is 0.
func (f pair) byHand(own int64, ours []int64) (n int64) {
	for _, v := range f.values {
		if v != 0 && v != own && !slices.Contains(ours, v) && (n == 0 || v < n) {
			n = v
		}
	}
	return n
}

// deleted tells whether a name is gone that was there when the job last saw it.
func (f pair) deleted(ours []int64) bool {
	return len(ours) > 0 && !slices.Contains(ours, 0) && slices.Contains(f.values[:], 0)
}

// seen returns what is to be remembered once f was seen: that alone, where it is
// what the job asked for last.
func (f pair) seen(ours []int64) []int64 {
	if len(ours) == 0 || f.values == [2]int64{ours[len(ours)-1], ours[len(ours)-1]} {
		return slices.Compact(slices.Clone(f.values[:]))
	}
	return ours
}

// heed takes over what somebody else has written into the preferences: a
// deadline, a deferral's end, or that the deferral is over. A deadline that is
// gone comes back. The notes say in words what the state alone does not show.
func (f *Store) heed(s deferral.State) (deferral.State, []string) {
	if f.Local.Values == nil {
		return s, nil // deleted as a whole, or damaged: that takes nothing away
	}
	var notes []string
	at, problems := find(f.Local.Values, deadlineKeys, f.mirrored.deadline)
	until, more := find(f.Local.Values, deferralKeys, f.mirrored.deferral)
	for _, p := range append(problems, more...) {
		notes = append(notes, p.String())
	}
	before, ours := f.mirrored, &f.mirrored
	ours.deadline, ours.deferral = at.seen(ours.deadline), until.seen(ours.deferral)
	if n := at.byHand(unix(s.ForcedAfter), before.deadline); n != 0 {
		s.ForcedAfter = time.Unix(n, 0).UTC()
		ours.deadline = added(ours.deadline, s.ForcedAfter)
	}
	switch n := until.byHand(unix(s.DeferredUntil), before.deferral); {
	case n != 0:
		s.DeferredUntil = time.Unix(n, 0).UTC()
		ours.deferral = added(ours.deferral, s.DeferredUntil)
	case len(more) == 0 && until.deleted(before.deferral) && unix(s.DeferredUntil) == before.deferral[len(before.deferral)-1]:
		s.DeferredUntil = time.Time{}
		ours.deferral = added(ours.deferral, s.DeferredUntil)
		notes = append(notes, "The end of the deferral was deleted by hand. The deferral is over.")
	}
	return s, notes
}

// Mirror brings the preferences in line with what was saved last, and takes the
// state of the first version and of the original out of them. What could not be
// changed is tried again by the next wake.
//
// What somebody has written a moment ago, macOS may have in memory alone. It is
// asked for before anything is changed, and a key that holds such a value is left
// to Heed, which finds it in the file.
func (f *Store) Mirror(ctx context.Context) error {
	if f.saved == nil || f.damaged || f.Local.There && f.Local.Values == nil {
		return nil // nothing is saved yet, or nobody can tell what is in the file
	}
	var errs []error
	if changes := f.changes(); len(changes) > 0 {
		latest := f.inMemory(ctx)
		for _, c := range changes {
			if !c.heldBy(latest, f.Local.Values) {
				errs = append(errs, f.mirror(ctx, c))
			}
		}
	}
	f.forgetFormer(ctx)
	return errors.Join(errs...)
}

// A change is a key that is to have another value, 0 for none. Ours are those
// that it may have by the job's own hand.
type change struct {
	key  string
	want int64
	ours []int64
}

// changes are those that the preferences lack and the job has not asked for yet.
func (f *Store) changes() []change {
	var list []change
	add := func(want int64, ours []int64, keys ...string) {
		for _, key := range keys {
			v, there := f.Local.Values[key]
			n, whole := wholeNumber(v)
			isSo := want == 0 && !there || want != 0 && whole && n == want
			if n, asked := f.asked[key]; asked && n == want || !asked && isSo {
				continue
			}
			list = append(list, change{key, want, ours})
		}
	}
	add(unix(f.saved.ForcedAfter), f.mirrored.deadline, deadlineKeys[:]...)
	add(unix(f.saved.DeferredUntil), f.mirrored.deferral, deferralKeys[:]...)
	add(0, nil, settings.KeyRound, settings.KeyVersion)
	return list
}

// inMemory is what macOS has of the domain; nil where it does not say.
func (f *Store) inMemory(ctx context.Context) map[string]any {
	data, err := f.Defaults.ExportDefaults(ctx, f.Domain)
	if err != nil {
		return nil
	}
	layer, err := settings.DecodeLayer(preferencesSource, data)
	if err != nil {
		return nil
	}
	return layer.Values
}

// heldBy tells whether somebody else has changed the key since the file was read.
func (c change) heldBy(latest, file map[string]any) bool {
	if latest == nil || c.ours == nil {
		return false
	}
	v, there := latest[c.key]
	n, whole := wholeNumber(v)
	ours := (whole || !there) && slices.Contains(c.ours, n)
	return !ours && !reflect.DeepEqual(v, file[c.key])
}

// mirror sets one key, or deletes it.
func (f *Store) mirror(ctx context.Context, c change) error {
	if f.asked == nil {
		f.asked = map[string]int64{}
	}
	f.asked[c.key] = c.want
	if c.want == 0 {
		return f.Defaults.DeleteDefault(ctx, f.Domain, c.key)
	}
	return f.Defaults.SetDefault(ctx, f.Domain, c.key, c.want)
}
