package deferral

import (
	"fmt"
	"slices"
	"time"

	"howett.net/plist"

	"installordefer/internal/clock"
)

const (
	// profileKept is how long the settings of a profile that is away go on.
	// MDMs take profiles away for minutes when they renew them, and for a
	// night when a Mac falls out of a group by mistake.
	profileKept = 24 * time.Hour
	// largestKept bounds what is kept of one profile, in bytes. Numbers, flags
	// and patterns fit; long texts are left out where they do not.
	largestKept = 12 << 10
	// longestNumber is how long a number may be that was written as a text, in
	// bytes, where something is left out.
	longestNumber = 40
	// mostProfiles bounds how many are kept: this program's own, and those for
	// the original.
	mostProfiles = 4
)

// A Profile is a configuration profile as the round has last seen it.
type Profile struct {
	// Path is its file.
	Path string
	// Sum tells whether the file is another since.
	Sum string
	// Values are its settings, as a property list in binary form.
	Values []byte
	// Gone is set while the file has no settings, and GoneAt is the time spent
	// in the round when that was first seen. Time spent is what clocks that are
	// set cannot change, nor a restart of the Mac.
	Gone   bool
	GoneAt time.Duration
}

// InForce returns the files with what the round has kept in the place of the
// profiles that are away: for a day one that is absent, empty or damaged counts
// as unchanged. The state is the one to go on with; the notes say in words what
// came and went, one log line each.
func (s State) InForce(files Files, now clock.Moment) (State, Files, []string) {
	if !s.Active() {
		return s, files, nil
	}
	spent := s.Round.spent(now)
	managed, list := append([]ManagedFile(nil), files.Managed...), s.Round.Profiles
	var notes []string
	kept := false
	for i := range managed {
		m := &managed[i]
		p := keptOf(list, m.Path)
		if p == nil || m.Away == "" && !p.Gone {
			continue
		}
		is, note := p.seen(m, spent)
		if list = replaced(list, is); note != "" {
			notes = append(notes, note)
		}
		kept = kept || m.Kept
	}
	if kept {
		files.Managed = managed
		files = files.asRead()
	}
	s.Round.Profiles = list
	return s.Keeping(files), files, notes
}

// seen returns what is kept of a profile once its file is seen, and what there
// is to say of it.
func (p Profile) seen(m *ManagedFile, spent time.Duration) (Profile, string) {
	if m.Away != "" {
		return p.standIn(m, spent)
	}
	note := "The profile " + p.Path + " is back after " + words(spent-p.GoneAt) + "."
	p.Gone, p.GoneAt = false, 0
	return p, note
}

// standIn puts what is kept into the place of a file without settings. A profile
// without values is kept no longer.
func (p Profile) standIn(m *ManagedFile, spent time.Duration) (Profile, string) {
	note := ""
	switch {
	case !p.Gone:
		p.Gone, p.GoneAt = true, spent
		note = fmt.Sprintf("The profile %s %s. Its settings go on as they were until it has been away for %s.", p.Path, m.Away, words(profileKept))
	case spent < p.GoneAt: // the round was taken over anew since
		p.GoneAt = spent
	case spent-p.GoneAt >= profileKept:
		return Profile{Path: p.Path}, fmt.Sprintf("The profile %s has been away for %s. Its settings no longer count.", p.Path, words(profileKept))
	}
	layer, err := DecodeLayer(m.Layer.Name, p.Values)
	if err != nil {
		return Profile{Path: p.Path}, fmt.Sprintf("The profile %s %s, and what the job had kept of it cannot be read: %v. Its settings no longer count.", p.Path, m.Away, err)
	}
	m.Layer, m.Kept = layer, true
	if m.Problem != nil {
		problem := *m.Problem
		problem.Used = "what it held before"
		m.Problem = &problem
	}
	return p, note
}

// Keeping returns s with the profiles that are there now. Whoever saves a state
// calls it before, so that a round has its settings from its first minute.
func (s State) Keeping(files Files) State {
	if s.Active() {
		s.Round.Profiles = keeping(s.Round.Profiles, files.Managed)
	}
	return s
}

func keeping(list []Profile, managed []ManagedFile) []Profile {
	var ours []Profile
	for i := range managed {
		m := &managed[i]
		p := keptOf(list, m.Path)
		switch {
		case m.Away == "" && (p == nil || p.Sum != m.Sum):
			ours = replaced(ours, Profile{Path: m.Path, Sum: m.Sum, Values: keepable(m.Layer.Values)})
		case p != nil:
			ours = replaced(ours, *p)
		}
	}
	return ours
}

// keptOf returns what is kept of the profile with that file; nil when nothing is.
func keptOf(list []Profile, path string) *Profile {
	for i := range list {
		if list[i].Path == path {
			return &list[i]
		}
	}
	return nil
}

// replaced returns a list with p in the place of what was kept of it. Without
// values nothing is.
func replaced(list []Profile, p Profile) []Profile {
	var out []Profile
	found := false
	for _, q := range list {
		if q.Path == p.Path {
			q, found = p, true
		}
		if len(q.Values) > 0 {
			out = append(out, q)
		}
	}
	if !found && len(p.Values) > 0 {
		out = append(out, p)
	}
	return out
}

// What is left out of a kept profile where it would be too large: nothing, the
// texts for people, or all but numbers and flags.
var leftOut = [][]Kind{nil, {Text, Body, Path}, {Text, Body, Path, Patterns, Choices}}

// keepable writes the settings among values in a bounded form. They are kept as
// the profile had them and are checked like a profile when they are read again.
func keepable(values map[string]any) []byte {
	for step := range leftOut {
		if data := without(values, step); len(data) <= largestKept {
			return data
		}
	}
	return nil
}

// without writes the settings among values that are kept in a step of leftOut.
// It is empty where there are none.
func without(values map[string]any, step int) []byte {
	in := settingsIn(values)
	for name, v := range in {
		text, isText := v.(string)
		if k, _ := KeyNamed(name); slices.Contains(leftOut[step], k.Kind) || step > 0 && isText && len(text) > longestNumber {
			delete(in, name)
		}
	}
	if len(in) == 0 {
		return nil
	}
	data, err := plist.Marshal(in, plist.BinaryFormat)
	if err != nil {
		return nil
	}
	return data
}

// smallerProfiles leaves out of each kept profile what a step of leftOut says.
func (s State) smallerProfiles(step int) State {
	list := s.Round.Profiles
	for _, p := range s.Round.Profiles {
		layer, err := DecodeLayer(ProfileLayer, p.Values)
		if p.Values = nil; err == nil {
			p.Values = without(layer.Values, step)
		}
		list = replaced(list, p)
	}
	s.Round.Profiles = list
	return s
}

// encodeProfiles writes the kept profiles as a property list has them.
func encodeProfiles(list []Profile) []any {
	var out []any
	for _, p := range list {
		d := map[string]any{"Path": plain(p.Path), "Sum": p.Sum, "Values": p.Values}
		if p.Gone {
			d["Gone"], d["GoneAt"] = true, int64(p.GoneAt)
		}
		out = append(out, d)
	}
	return out
}

// profiles reads the kept profiles. One that cannot be right is left out.
func (r *reader) profiles(key string) []Profile {
	v, ok := r.dict[key]
	if !ok {
		return nil
	}
	items, _ := v.([]any)
	var list []Profile
	for _, item := range items {
		if p, ok := decodeProfile(item); ok && len(list) < mostProfiles {
			list = replaced(list, p)
		}
	}
	if len(list) != len(items) || len(items) == 0 {
		r.report(key, fmt.Sprintf("%T", v), "not a list of profiles", "what can be read of it")
	}
	return list
}

func decodeProfile(item any) (p Profile, ok bool) {
	d, _ := item.(map[string]any)
	p.Path, _ = d["Path"].(string)
	p.Sum, _ = d["Sum"].(string)
	p.Values, _ = d["Values"].([]byte)
	p.Gone, _ = d["Gone"].(bool)
	at, whole := wholeNumber(d["GoneAt"])
	if p.Gone {
		p.GoneAt = time.Duration(at)
	}
	right := p.Path != "" && len(p.Values) > 0 && len(p.Values) <= largestKept
	return p, right && (!p.Gone || whole && at >= 0 && p.GoneAt <= longestKept)
}
