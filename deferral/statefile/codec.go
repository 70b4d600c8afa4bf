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
	"installordefer/internal/text"
)

// version is the version of the state file that this code writes. A file of a
// later version is read as far as it is understood. Version 1 was kept in the
// preferences, beside the settings of an administrator.
const version = 2

// keyMirrored is a dictionary of what the preferences may hold by the job's own
// hand: see mirrored.
const keyMirrored = "Mirrored"

// earliest and latest bound the instants that are believed in a state file:
// 2001, before which no Mac ran this, and 2200: a clock that is wrong by a
// lifetime writes nothing that the next wake takes for damage.
const (
	earliest = 978307200
	latest   = 7258118400
)

// Encode writes s as a property list.
//
// A file that could not be read again is never written. Where it would be
// larger than plist.MaxFile, as with names that go on for pages, long texts are
// cut first, those of the kept profiles too; then the updates are left out, so
// that the next wake has to check, and at last the profiles.
func Encode(s deferral.State) ([]byte, error) { return encode(s, mirrored{}) }

func encode(s deferral.State, m mirrored) ([]byte, error) {
	for _, smaller := range []func(deferral.State) deferral.State{unshortened, shortened, withoutUpdates, withoutProfiles} {
		data, err := encodeWhole(smaller(s), m)
		if err != nil || len(data) <= plist.MaxFile {
			return data, err
		}
	}
	return nil, fmt.Errorf("the state would be %w", ErrTooLarge)
}

func unshortened(s deferral.State) deferral.State { return s }

// longText is what is kept of a text that is only for people, in bytes.
const longText = 200

func shortened(s deferral.State) deferral.State {
	s.Round.Updates = slices.Clone(s.Round.Updates)
	for i := range s.Round.Updates {
		u := &s.Round.Updates[i]
		u.Name = text.Cut(u.Name, longText)
	}
	s.LastError.Text, s.Round.Pause.Why = text.Cut(s.LastError.Text, longText), text.Cut(s.Round.Pause.Why, longText)
	return smallerProfiles(s, 1)
}

func withoutUpdates(s deferral.State) deferral.State {
	s = shortened(s)
	s.LastCheck.At = clock.Moment{}
	s.Round.Updates, s.Round.Downloaded, s.Round.Step.Labels, s.Round.Agreed = nil, nil, nil, deferral.Agreed{}
	return smallerProfiles(s, 2)
}

func withoutProfiles(s deferral.State) deferral.State {
	s = withoutUpdates(s)
	s.Round.Profiles = nil
	return s
}

func encodeWhole(s deferral.State, m mirrored) ([]byte, error) {
	dict := map[string]any{settings.KeyVersion: int64(version), settings.KeyRound: encodeRound(s)}
	if !s.DeferredUntil.IsZero() {
		dict[settings.KeyDeferredUntil] = s.DeferredUntil.Unix()
	}
	if !s.ForcedAfter.IsZero() {
		dict[settings.KeyForcedAfter] = s.ForcedAfter.Unix()
	}
	if d := m.encode(s); len(d) > 0 {
		dict[keyMirrored] = d
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
	add := func(key string, v any) { put(d, key, v) }
	encodeReckoning(d, s)
	add("Held", r.Held)
	add("DeferredAt", r.DeferredAt)
	add("DeferredTo", r.DeferredTo)
	add("DeferredBy", string(r.DeferredBy))
	add("Deferrals", r.Deferrals)
	add("Prompts", r.Prompts)
	add("NoAnswers", r.NoAnswers)
	add("Scope", r.Scope)
	add("Restarts", r.Restarts)
	add("Failures", r.Failures)
	add("PauseFrom", r.Pause.From)
	add("PauseFor", r.Pause.For)
	add("PauseWhy", r.Pause.Why)
	add("HelpedAt", r.Help.At)
	add("HelpedFor", r.Help.Seen.For)
	add("HelpedLook", r.Help.Seen.At)
	add("StepKind", string(r.Step.Kind))
	add("StepAt", r.Step.At)
	add("StepBuild", r.Step.Build)
	add("StepShutdown", r.Step.Shutdown)
	add("StepAsked", r.Step.Asked)
	add("StepAskedUID", r.Step.AskedUID)
	add("LastCheckAt", s.LastCheck.At)
	add("LastCheckOutcome", string(s.LastCheck.Outcome))
	add("LastCheckFailed", s.LastCheck.Failed)
	add("FirstNone", s.FirstNone)
	add("Withheld", text.Cut(plain(s.Withheld), longText))
	add("Proven", s.Proven)
	add("Migrated", s.Migrated)
	add("LastError", s.LastError.Text)
	add("LastErrorAt", s.LastError.At)
	add("Downloaded", r.Downloaded)
	add("StepLabels", r.Step.Labels)
	add("Runs", r.Runs)
	add("DeclaredAsked", r.DeclaredAsked)
	if hold := encodeLimits([]deferral.Limit{r.Hold}); len(hold) > 0 {
		d["Hold"] = hold
	}
	encodeSeen(d, &r)
	encodeAgreed(d, r.Agreed)
	encodeObstacles(d, &r)
	if limits := encodeLimits(r.Limits); len(limits) > 0 {
		d["Limits"] = limits
	}
	if len(r.Profiles) > 0 {
		d["Profiles"] = encodeProfiles(r.Profiles)
	}
	if len(r.Updates) > 0 {
		updates := make([]any, len(r.Updates))
		for i, u := range r.Updates {
			update := map[string]any{"Label": []byte(u.Label), "Name": plain(u.Name), "Restart": u.Restart, "System": u.System}
			put(update, "MacOS", plain(u.Version))
			updates[i] = update
		}
		d["Updates"] = updates
	}
	return d
}

// encodeReckoning writes what a deadline is reckoned by, or what is known between
// two rounds, or before the first.
func encodeReckoning(d map[string]any, s deferral.State) {
	r := &s.Round
	put(d, "Began", r.Began)
	put(d, "Deadline", r.Deadline)
	put(d, "MaxDeferral", r.MaxDeferral)
	put(d, "Allowed", r.Allowed)
	put(d, "Noticed", r.Noticed)
	in := d
	if s.Stays() || s.Share > 0 && !s.Active() {
		in = map[string]any{}
		d[keyBetween] = in
		put(in, "Current", s.Current)
		put(in, "Came", s.Came)
		put(in, "Share", s.Share)
	} else if reckoned(r) {
		put(d, keySum, sumOf(r))
	}
	put(in, "Spent", r.Spent)
	put(in, "Mark", r.Mark)
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
