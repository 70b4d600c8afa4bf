package deferral

import (
	"fmt"
	"slices"
	"strings"
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
	if !s.Active() || len(s.Round.Profiles) == 0 {
		return s.Keeping(files), files, nil
	}
	var notes []string
	managed := slices.Clone(files.Managed)
	for i := range managed {
		m := &managed[i]
		p, kept := s.Round.profile(m.Path)
		if !kept || m.Away == "" && !p.Gone {
			continue
		}
		var note string
		if m.Away == "" {
			note = fmt.Sprintf("The profile %s is back after %s.", p.Path, words(s.Round.spent(now)-p.GoneAt))
			p.Gone, p.GoneAt = false, 0
		} else {
			p, note = p.standIn(m, s.Round.spent(now))
		}
		s = s.withProfile(p)
		if note != "" {
			notes = append(notes, note)
		}
	}
	if slices.ContainsFunc(managed, func(m ManagedFile) bool { return m.Kept }) {
		files.Managed = managed
		files = files.asRead()
	}
	return s.Keeping(files), files, notes
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
	if !s.Active() {
		return s
	}
	for _, p := range s.Round.Profiles {
		if !slices.ContainsFunc(files.Managed, func(m ManagedFile) bool { return m.Path == p.Path }) {
			s = s.withProfile(Profile{Path: p.Path})
		}
	}
	for _, m := range files.Managed {
		if p, kept := s.Round.profile(m.Path); m.Away == "" && (!kept || p.Sum != m.Sum) {
			s = s.withProfile(Profile{Path: m.Path, Sum: m.Sum, Values: keepable(m.Layer.Values)})
		}
	}
	return s
}

// withProfile returns s with a profile in the place of what was kept of it.
// Without values nothing is.
func (s State) withProfile(p Profile) State {
	list := slices.DeleteFunc(slices.Clone(s.Round.Profiles), func(q Profile) bool { return q.Path == p.Path })
	if len(p.Values) > 0 {
		list = append(list, p)
		slices.SortFunc(list, func(a, b Profile) int { return strings.Compare(a.Path, b.Path) })
	}
	if s.Round.Profiles = list; len(list) == 0 {
		s.Round.Profiles = nil
	}
	return s
}

func (r Round) profile(path string) (Profile, bool) {
	i := slices.IndexFunc(r.Profiles, func(p Profile) bool { return p.Path == path })
	if i < 0 {
		return Profile{}, false
	}
	return r.Profiles[i], true
}

// What is left out of a kept profile where it would be too large: nothing, the
// texts for people, or all but numbers and flags.
var leftOut = [][]Kind{nil, {Text, Body, Path}, {Text, Body, Path, Patterns, Choices}}

// keepable writes the settings among values in a bounded form. They are kept as
// the profile had them and are checked like a profile when they are read again;
// where something is left out, a value that cannot be used is left out as well.
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
		if step == 0 {
			break
		}
		k, _ := KeyNamed(name)
		canonical, err := k.Canonical(v)
		if in[name] = canonical; err != nil || slices.Contains(leftOut[step], k.Kind) {
			delete(in, name)
		}
	}
	data, err := plist.Marshal(in, plist.BinaryFormat)
	if err != nil || len(in) == 0 {
		return nil
	}
	return data
}

// smallerProfiles leaves out of each kept profile what a step of leftOut says.
func (s State) smallerProfiles(step int) State {
	for _, p := range s.Round.Profiles {
		layer, err := DecodeLayer(ProfileLayer, p.Values)
		if p.Values = nil; err == nil {
			p.Values = without(layer.Values, step)
		}
		s = s.withProfile(p)
	}
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
	var s State
	for _, item := range items {
		if p, ok := decodeProfile(item); ok && len(s.Round.Profiles) < mostProfiles {
			s = s.withProfile(p)
		}
	}
	if len(s.Round.Profiles) != len(items) || len(items) == 0 {
		r.report(key, fmt.Sprintf("%T", v), "not a list of profiles", "what can be read of it")
	}
	return s.Round.Profiles
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
