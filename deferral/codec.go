package deferral

import (
	"fmt"
	"hash/crc32"
	"slices"
	"strings"
	"time"

	"howett.net/plist"

	"installordefer/internal/clock"
)

// Keys of the state file. The first two are those of the original, so that
// what administrators have learned to type still works. The file is also the
// local preferences that settings are read from: other keys in it belong to
// an administrator and are kept as they are.
const (
	keyDeferredUntil = "AppleSoftwareUpdatesDeferredUntil" // integer, Unix seconds
	keyForcedAfter   = "AppleSoftwareUpdatesForcedAfter"   // integer, Unix seconds
	keyVersion       = "StateVersion"                      // integer
	keyRound         = "Round"                             // dictionary
)

// Keys by which later versions of the original know the first two. Nobody but
// an administrator writes them here: they count like the first two and are
// written back under those names.
const (
	keyDeferredUntilLater = "UpdatesDeferredUntil" // integer, Unix seconds
	keyForcedAfterLater   = "UpdatesForcedAfter"   // integer, Unix seconds
)

// StateVersion is the version of the state file that this code writes. A file
// of a later version is read as far as it is understood.
const StateVersion = 1

// earliest and latest bound the instants that are believed in a state file:
// 2001, before which no Mac ran this, and 2100.
const (
	earliest = 978307200
	latest   = 4102444800
)

// StateKeys returns the keys of the state file that are not settings.
func StateKeys() []string {
	return []string{keyDeferredUntil, keyForcedAfter, keyDeferredUntilLater, keyForcedAfterLater, keyVersion, keyRound}
}

// EncodeState writes s as a property list in XML, beside the keys of other
// that are not the state's own.
//
// A file that could not be read again is never written. Where it would be
// larger than MaxFile, as with titles that go on for pages, long texts are cut
// first, those of the kept profiles too; then the updates are left out, so that
// the next wake has to check, and at last the profiles. If other leaves no room
// even then, the error is ErrTooLarge.
func EncodeState(s State, other map[string]any) ([]byte, error) {
	for _, smaller := range []func(State) State{State.whole, State.shortened, State.withoutUpdates, State.withoutProfiles} {
		data, err := encodeState(smaller(s), other)
		if err != nil || len(data) <= MaxFile {
			return data, err
		}
	}
	return nil, fmt.Errorf("the state, with the settings in the same file, would be %w", ErrTooLarge)
}

func (s State) whole() State { return s }

// longText is what is kept of a text that is only for people, in bytes.
const longText = 200

func (s State) shortened() State {
	s.Round.Updates = slices.Clone(s.Round.Updates)
	for i := range s.Round.Updates {
		u := &s.Round.Updates[i]
		u.Name = cut(u.Name)
	}
	s.LastError.Text, s.Round.Pause.Why = cut(s.LastError.Text), cut(s.Round.Pause.Why)
	return s.smallerProfiles(1)
}

func cut(text string) string {
	if len(text) <= longText {
		return text
	}
	return strings.ToValidUTF8(text[:longText], "") + "…"
}

func (s State) withoutUpdates() State {
	s = s.shortened()
	s.LastCheck.At = clock.Moment{}
	s.Round.Updates, s.Round.Downloaded, s.Round.Step.Labels = nil, nil, nil
	return s.smallerProfiles(2)
}

func (s State) withoutProfiles() State {
	s = s.withoutUpdates()
	s.Round.Profiles = nil
	return s
}

func encodeState(s State, other map[string]any) ([]byte, error) {
	dict := map[string]any{}
	for k, v := range other {
		dict[k] = v
	}
	for _, k := range StateKeys() {
		delete(dict, k)
	}
	dict[keyVersion] = int64(StateVersion)
	dict[keyRound] = encodeRound(s)
	if !s.DeferredUntil.IsZero() {
		dict[keyDeferredUntil] = s.DeferredUntil.Unix()
	}
	if !s.ForcedAfter.IsZero() {
		dict[keyForcedAfter] = s.ForcedAfter.Unix()
	}
	return encodeDict(dict)
}

// encodeDict writes the binary form, as macOS itself does: each wake reads it,
// and reading XML would be most of the work of a wake that only waits. XML is
// for what the library cannot write in the binary form, as a number that is
// none, and for what it would write wrongly.
func encodeDict(dict map[string]any) ([]byte, error) {
	if !twins(dict, map[uint32]string{}) {
		if data, err := plist.Marshal(dict, plist.BinaryFormat); err == nil {
			return data, nil
		}
	}
	data, err := plist.Marshal(dict, plist.XMLFormat)
	if err != nil {
		return nil, fmt.Errorf("write a property list: %w", err)
	}
	return data, nil
}

// twins tells whether v holds two pieces of data with the same checksum. The
// library writes data once for each checksum, so that one label would become the
// other (howett.net/plist v1.0.1, plist_types.go).
func twins(v any, seen map[uint32]string) bool {
	switch v := v.(type) {
	case []byte:
		sum := crc32.ChecksumIEEE(v)
		other, known := seen[sum]
		seen[sum] = string(v)
		return known && other != string(v)
	case []any:
		return slices.ContainsFunc(v, func(e any) bool { return twins(e, seen) })
	case map[string]any:
		for _, e := range v {
			if twins(e, seen) {
				return true
			}
		}
	}
	return false
}

// put stores a value in the form that the reader expects, and nothing for one
// that is not set.
func put(d map[string]any, key string, v any) {
	switch v := v.(type) {
	case clock.Moment:
		if v != (clock.Moment{}) {
			d[key] = map[string]any{"Wall": v.Wall.UnixNano(), "Continuous": int64(v.Continuous), "Boot": string(v.Boot)}
		}
	case time.Time:
		if !v.IsZero() {
			d[key] = v.Unix()
		}
	case time.Duration:
		d[key] = int64(v)
	case int:
		if v != 0 {
			d[key] = int64(v)
		}
	case bool:
		if v {
			d[key] = v
		}
	case string:
		if v != "" {
			d[key] = v
		}
	case []string:
		if len(v) > 0 {
			d[key] = encodeStrings(v)
		}
	}
}

func encodeRound(s State) map[string]any {
	r := s.Round
	d := map[string]any{}
	put := func(key string, v any) { put(d, key, v) }
	put("Began", r.Began)
	put("Deadline", r.Deadline)
	put("MaxDeferral", r.MaxDeferral)
	put("Allowed", r.Allowed)
	put("Noticed", r.Noticed)
	put("Spent", r.Spent)
	put("Mark", r.Mark)
	put("DeferredAt", r.DeferredAt)
	put("DeferredTo", r.DeferredTo)
	put("DeferredBy", string(r.DeferredBy))
	put("Deferrals", r.Deferrals)
	put("Prompts", r.Prompts)
	put("NoAnswers", r.NoAnswers)
	put("Scope", r.Scope)
	put("Restarts", r.Restarts)
	put("Failures", r.Failures)
	put("PauseFrom", r.Pause.From)
	put("PauseFor", r.Pause.For)
	put("PauseWhy", r.Pause.Why)
	put("StepKind", string(r.Step.Kind))
	put("StepAt", r.Step.At)
	put("StepBuild", r.Step.Build)
	put("StepShutdown", r.Step.Shutdown)
	put("StepAsked", r.Step.Asked)
	put("StepAskedUID", r.Step.AskedUID)
	put("LastCheckAt", s.LastCheck.At)
	put("LastCheckOutcome", string(s.LastCheck.Outcome))
	put("LastCheckFailed", s.LastCheck.Failed)
	put("FirstNone", s.FirstNone)
	put("Proven", s.Proven)
	put("Migrated", s.Migrated)
	put("LastError", s.LastError.Text)
	put("LastErrorAt", s.LastError.At)
	put("Downloaded", r.Downloaded)
	put("StepLabels", r.Step.Labels)
	if len(r.Profiles) > 0 {
		d["Profiles"] = encodeProfiles(r.Profiles)
	}
	if len(r.Updates) > 0 {
		updates := make([]any, len(r.Updates))
		for i, u := range r.Updates {
			updates[i] = map[string]any{"Label": []byte(u.Label), "Name": plain(u.Name), "Restart": u.Restart, "System": u.System}
		}
		d["Updates"] = updates
	}
	return d
}

// encodeStrings writes labels as data: a property list's text cannot hold
// every byte that a label may.
func encodeStrings(list []string) []any {
	out := make([]any, len(list))
	for i, s := range list {
		out[i] = []byte(s)
	}
	return out
}

// plain drops what the text of a property list cannot hold.
func plain(s string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' || r == '\uFFFD' || r == '\uFFFE' || r == '\uFFFF' {
			return -1
		}
		return r
	}, strings.ToValidUTF8(s, ""))
}
