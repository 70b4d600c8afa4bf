package statefile

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"installordefer/deferral"
	"installordefer/deferral/settings"
	"installordefer/internal/clock"
	"installordefer/internal/plist"
)

// version is the version of the state file that this code writes. A file
// of a later version is read as far as it is understood.
const version = 1

// earliest and latest bound the instants that are believed in a state file:
// 2001, before which no Mac ran this, and 2200: a clock that is wrong by a
// lifetime writes nothing that the next wake takes for damage.
const (
	earliest = 978307200
	latest   = 7258118400
)

// Encode writes s as a property list in XML, beside the keys of other
// that are not the state's own.
//
// A file that could not be read again is never written. Where it would be
// larger than MaxFile, as with titles that go on for pages, long texts are cut
// first, those of the kept profiles too; then the updates are left out, so that
// the next wake has to check, and at last the profiles. If other leaves no room
// even then, the error is ErrTooLarge.
func Encode(s deferral.State, other map[string]any) ([]byte, error) {
	for _, smaller := range []func(deferral.State) deferral.State{unshortened, shortened, withoutUpdates, withoutProfiles} {
		data, err := encodeState(smaller(s), other)
		if err != nil || len(data) <= plist.MaxFile {
			return data, err
		}
	}
	return nil, fmt.Errorf("the state, with the settings in the same file, would be %w", ErrTooLarge)
}

func unshortened(s deferral.State) deferral.State { return s }

// longText is what is kept of a text that is only for people, in bytes.
const longText = 200

func shortened(s deferral.State) deferral.State {
	s.Round.Updates = slices.Clone(s.Round.Updates)
	for i := range s.Round.Updates {
		u := &s.Round.Updates[i]
		u.Name = cut(u.Name)
	}
	s.LastError.Text, s.Round.Pause.Why = cut(s.LastError.Text), cut(s.Round.Pause.Why)
	return smallerProfiles(s, 1)
}

func cut(text string) string {
	if len(text) <= longText {
		return text
	}
	return strings.ToValidUTF8(text[:longText], "") + "…"
}

func withoutUpdates(s deferral.State) deferral.State {
	s = shortened(s)
	s.LastCheck.At = clock.Moment{}
	s.Round.Updates, s.Round.Downloaded, s.Round.Step.Labels = nil, nil, nil
	return smallerProfiles(s, 2)
}

func withoutProfiles(s deferral.State) deferral.State {
	s = withoutUpdates(s)
	s.Round.Profiles = nil
	return s
}

func encodeState(s deferral.State, other map[string]any) ([]byte, error) {
	dict := map[string]any{}
	for k, v := range other {
		dict[k] = v
	}
	for _, k := range settings.StateKeys() {
		delete(dict, k)
	}
	dict[settings.KeyVersion] = int64(version)
	dict[settings.KeyRound] = encodeRound(s)
	if !s.DeferredUntil.IsZero() {
		dict[settings.KeyDeferredUntil] = s.DeferredUntil.Unix()
	}
	if !s.ForcedAfter.IsZero() {
		dict[settings.KeyForcedAfter] = s.ForcedAfter.Unix()
	}
	return plist.Encode(dict)
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

func encodeRound(s deferral.State) map[string]any {
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
