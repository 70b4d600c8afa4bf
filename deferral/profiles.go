package deferral

import (
	"fmt"
	"maps"
	"strings"
	"time"

	"installordefer/deferral/settings"
	"installordefer/internal/clock"
	"installordefer/internal/text"
)

// profileKept is how long the settings of a profile that is away go on, and those
// of local preferences that cannot be read. MDMs take profiles away for minutes
// when they renew them, and for a night when a Mac falls out of a group by
// mistake; a file that was half written is whole again once somebody looks.
const profileKept = 24 * time.Hour

// A Profile is a configuration profile, or local preferences, as the round has
// last seen it.
type Profile struct {
	// Path is its file.
	Path string
	// Sum tells whether the file is another since.
	Sum string
	// Values are its settings, as a property list in binary form.
	Values []byte
	// Gone is set while settings are missing from the file, and GoneAt is the time spent
	// in the round when that was first seen, negative where it was before. Time
	// spent is what clocks that are set cannot change, nor a restart of the Mac.
	Gone   bool
	GoneAt time.Duration
}

// InForce returns the files with what the round has kept in the place of the
// files that are away: for a day a profile that is absent, empty or damaged counts
// as unchanged, and so do damaged local preferences. The state is the one to go on with; the notes say in words what
// came and went, one log line each.
func (s State) InForce(files settings.Files, now clock.Moment) (State, settings.Files, []string) {
	if !s.keeps() {
		return s, files, nil
	}
	spent := s.Round.spent(now)
	all, list := append([]settings.File(nil), files.List...), s.Round.Profiles
	var notes []string
	kept := false
	for i := range all {
		m := &all[i]
		p := keptOf(list, m.Path)
		if p == nil {
			continue
		}
		if m.Away == "" {
			if said := p.outlast(m); said != "" {
				kept = true
				if p.Sum != m.Sum {
					notes = append(notes, said)
				}
			}
			if !p.Gone {
				continue
			}
		}
		is, note := p.seen(m, spent)
		if list = replaced(list, is); note != "" {
			notes = append(notes, note)
		}
		kept = kept || m.Kept
	}
	if kept {
		files = files.With(all)
	}
	s.Round.Profiles = list
	return s.Keeping(files), files, notes
}

// seen returns what is kept of a profile once its file is seen, and what there
// is to say of it.
func (p Profile) seen(m *settings.File, spent time.Duration) (Profile, string) {
	if m.Away != "" {
		return p.standIn(m, spent)
	}
	note := subject(m) + " is back after " + text.Length(spent-p.GoneAt) + "."
	switch {
	case m.Local && m.Layer.Values == nil:
		note = subject(m) + " was deleted, and its settings with it."
	case m.Local:
		note = subject(m) + " can be read again after " + text.Length(spent-p.GoneAt) + "."
	}
	p.Gone, p.GoneAt = false, 0
	return p, note
}

// subject is how a file begins a line of the log.
func subject(m *settings.File) string {
	if m.Local {
		return "The file " + m.Path + " of local settings"
	}
	return "The profile " + m.Path
}

// missing says, behind its name, that the settings of a file have been missing.
func missing(m *settings.File) string {
	if m.Local {
		return "has been unreadable"
	}
	return "has been away"
}

// outlast puts what the round has had into the place of values that cannot be
// used: an administrator who mistypes a setting has not meant its default, which
// may be weeks nearer. It says which; empty where all can be used.
func (p Profile) outlast(m *settings.File) string {
	bad := settings.Unusable(m.Layer.Values)
	if len(bad) == 0 {
		return ""
	}
	had, err := settings.DecodeLayer(m.Layer.Name, p.Values)
	if err != nil {
		return "" // the defaults stand, as in a round that has kept nothing
	}
	values := maps.Clone(m.Layer.Values)
	var said []string
	for _, name := range bad {
		if v, ok := had.Values[name]; ok && len(settings.Unusable(map[string]any{name: v})) == 0 {
			said = append(said, fmt.Sprintf("%s in the %s %s is %v, which cannot be used. The round goes on with %v.", name, m.Layer.Name, p.Path, values[name], v))
			values[name] = v
		}
	}
	m.Layer.Values = values
	return strings.Join(said, " ")
}

// standIn puts what is kept into the place of a file without settings. A profile
// without values is kept no longer.
func (p Profile) standIn(m *settings.File, spent time.Duration) (Profile, string) {
	note := ""
	switch {
	case !p.Gone:
		p.Gone, p.GoneAt = true, spent
		note = fmt.Sprintf("%s %s. Its settings go on as they were until it %s for %s.", subject(m), m.Away, missing(m), text.Length(profileKept))
	case spent < p.GoneAt: // the round was taken over again since
		p.GoneAt = spent
	case spent-p.GoneAt >= profileKept:
		return Profile{Path: p.Path}, fmt.Sprintf("%s %s for %s. Its settings no longer count.", subject(m), missing(m), text.Length(profileKept))
	}
	layer, err := settings.DecodeLayer(m.Layer.Name, p.Values)
	if err != nil {
		return Profile{Path: p.Path}, fmt.Sprintf("%s %s, and what the job had kept of it cannot be read: %v. Its settings no longer count.", subject(m), m.Away, err)
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
func (s State) Keeping(files settings.Files) State {
	if s.keeps() {
		s.Round.Profiles = keeping(s.Round.Profiles, files.List)
	}
	return s
}

func keeping(list []Profile, files []settings.File) []Profile {
	var ours []Profile
	for i := range files {
		m := &files[i]
		p := keptOf(list, m.Path)
		switch {
		case m.Away == "" && m.Sum == "": // nothing is set in it
		case m.Away == "" && (p == nil || p.Sum != m.Sum):
			ours = replaced(ours, Profile{Path: m.Path, Sum: m.Sum, Values: settings.Keep(m.Layer.Values)})
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
