package deferral

import (
	"fmt"
	"math"
	"slices"
	"strconv"
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
	return []string{keyDeferredUntil, keyForcedAfter, keyVersion, keyRound}
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
		u.Title, u.Version = cut(u.Title), cut(u.Version)
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

func encodeDict(dict map[string]any) ([]byte, error) {
	data, err := plist.MarshalIndent(dict, plist.XMLFormat, "\t")
	if err != nil {
		return nil, fmt.Errorf("write a property list: %w", err)
	}
	return append(data, '\n'), nil
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
			updates[i] = map[string]any{"Label": []byte(u.Label), "Title": plain(u.Title), "Version": plain(u.Version), "Restart": u.Restart, "System": u.System}
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

// DecodeState reads a state file. The keys that are not the state's own come
// back in other. A value that cannot be right is left out and reported; an
// error means that the file holds no property list at all.
func DecodeState(data []byte) (s State, other map[string]any, problems []Problem, err error) {
	dict, err := decodeDict(data)
	if err != nil {
		return State{}, nil, nil, err
	}
	top := &reader{dict: dict}
	if version := top.integer(keyVersion, 0, math.MaxInt32); version > StateVersion {
		top.report(keyVersion, version, "a later version wrote this file", "what is understood of it")
	}
	if v, ok := dict[keyRound]; ok {
		round, ok := v.(map[string]any)
		if !ok {
			top.report(keyRound, v, "not a dictionary", "nothing")
		}
		in := &reader{dict: round}
		in.round(&s)
		top.problems = append(top.problems, in.problems...)
	}
	s.DeferredUntil = top.instantOr(keyDeferredUntil, s.Round.DeferredTo)
	s.ForcedAfter = top.instantOr(keyForcedAfter, s.Round.Deadline)
	for _, k := range StateKeys() {
		delete(dict, k)
	}
	return s.repair(), dict, top.problems, nil
}

// repair restores from the round what the two keys of the original lack: an
// administrator may delete one of them.
func (s State) repair() State {
	if s.ForcedAfter.IsZero() && !s.Round.Deadline.IsZero() {
		s.ForcedAfter = s.Round.Deadline
	}
	return s
}

// A reader takes values out of a dictionary and notes what is wrong with them.
type reader struct {
	dict     map[string]any
	problems []Problem
}

func (r *reader) report(key string, value any, reason, used string) {
	r.problems = append(r.problems, Problem{Key: key, Value: fmt.Sprint(value), Reason: reason, Used: used, Source: "state file"})
}

func (r *reader) round(s *State) {
	in := &s.Round
	in.Began = r.moment("Began")
	in.Deadline = r.ownInstant("Deadline")
	in.MaxDeferral = r.duration("MaxDeferral")
	in.Allowed = r.duration("Allowed")
	in.Noticed = r.flag("Noticed")
	in.Spent = r.duration("Spent")
	in.Mark = r.moment("Mark")
	in.DeferredAt = r.moment("DeferredAt")
	in.DeferredTo = r.ownInstant("DeferredTo")
	in.Deferrals = r.count("Deferrals")
	in.Prompts = r.count("Prompts")
	in.NoAnswers = r.count("NoAnswers")
	in.Scope = r.text("Scope")
	in.Restarts = r.count("Restarts")
	in.Failures = r.count("Failures")
	in.Pause = Pause{From: r.moment("PauseFrom"), For: r.duration("PauseFor"), Why: r.text("PauseWhy")}
	in.Step = Step{Kind: StepKind(r.text("StepKind")), At: r.moment("StepAt"), Labels: r.list("StepLabels"),
		Build: r.text("StepBuild"), Shutdown: r.flag("StepShutdown"), Asked: r.flag("StepAsked")}
	switch in.Step.Kind {
	case NoStep, StepInstall, StepSoft, StepHard, StepRemove:
	default:
		r.report("StepKind", in.Step.Kind, "not a step", "no step")
		in.Step = Step{}
	}
	in.Downloaded = r.list("Downloaded")
	in.Updates = r.updates("Updates")
	in.Profiles = r.profiles("Profiles")
	s.LastCheck = Check{At: r.moment("LastCheckAt"), Outcome: Outcome(r.text("LastCheckOutcome")), Failed: r.count("LastCheckFailed")}
	s.FirstNone = r.moment("FirstNone")
	s.Proven = r.flag("Proven")
	s.Migrated = r.flag("Migrated")
	s.LastError = Trouble{Text: r.text("LastError"), At: r.ownInstant("LastErrorAt")}
	if in.Began == (clock.Moment{}) || in.Deadline.IsZero() {
		// Without these the round's bookkeeping means nothing; the deadline
		// itself stands under its own key and is taken over from there.
		in.Mark = clock.Moment{}
	}
}

func (r *reader) integer(key string, lo, hi int64) int64 {
	v, ok := r.dict[key]
	if !ok {
		return 0
	}
	n, ok := wholeNumber(v)
	if !ok || n < lo || n > hi {
		r.report(key, v, fmt.Sprintf("not a whole number from %d to %d", lo, hi), "nothing")
		return 0
	}
	return n
}

// wholeNumber reads an integer however a property list editor has typed it.
func wholeNumber(v any) (int64, bool) {
	switch v := v.(type) {
	case uint64:
		return int64(v), v <= math.MaxInt64
	case int64:
		return v, true
	case float64:
		return int64(v), v == math.Trunc(v) && math.Abs(v) < 1<<53
	case string:
		n, err := strconv.ParseInt(strings.TrimSpace(v), 10, 64)
		return n, err == nil
	}
	return 0, false
}

func (r *reader) instant(key string) time.Time {
	if _, ok := r.dict[key]; !ok {
		return time.Time{}
	}
	n := r.integer(key, earliest, latest)
	if n == 0 {
		return time.Time{}
	}
	return time.Unix(n, 0).UTC()
}

// ownInstant reads an instant that only the job writes. It may lie in 1970: a
// clock that has lost the time begins there.
func (r *reader) ownInstant(key string) time.Time {
	n := r.integer(key, 0, latest)
	if n == 0 {
		return time.Time{}
	}
	return time.Unix(n, 0).UTC()
}

// instantOr reads an instant that administrators write, too. Where it is the
// job's own, it is believed like that.
func (r *reader) instantOr(key string, own time.Time) time.Time {
	if n, ok := wholeNumber(r.dict[key]); ok && !own.IsZero() && n == own.Unix() {
		return own
	}
	return r.instant(key)
}

// longestKept bounds every stored duration, so that no sum of two overflows.
const longestKept = 100 * 365 * 24 * time.Hour

func (r *reader) duration(key string) time.Duration {
	return time.Duration(r.integer(key, 0, int64(longestKept)))
}

func (r *reader) count(key string) int { return int(r.integer(key, 0, 1<<30)) }

func (r *reader) text(key string) string {
	v, ok := r.dict[key]
	if !ok {
		return ""
	}
	s, ok := v.(string)
	if !ok {
		r.report(key, v, "not text", "nothing")
	}
	return s
}

func (r *reader) flag(key string) bool {
	v, ok := r.dict[key]
	if !ok {
		return false
	}
	b, ok := v.(bool)
	if !ok {
		r.report(key, v, "neither true nor false", "false")
	}
	return b
}

func (r *reader) moment(key string) clock.Moment {
	v, ok := r.dict[key]
	if !ok {
		return clock.Moment{}
	}
	d, ok := v.(map[string]any)
	if !ok {
		r.report(key, v, "not a moment", "nothing")
		return clock.Moment{}
	}
	in := &reader{dict: d}
	m := clock.Moment{
		Wall:       time.Unix(0, in.integer("Wall", math.MinInt64, latest*1e9)).UTC(),
		Continuous: in.duration("Continuous"),
		Boot:       clock.Boot(in.text("Boot")),
	}
	if len(in.problems) > 0 {
		r.report(key, d, "not a moment", "nothing")
		return clock.Moment{}
	}
	return m
}

func (r *reader) list(key string) []string {
	v, ok := r.dict[key]
	if !ok {
		return nil
	}
	items, _ := v.([]any)
	var out []string
	for _, item := range items {
		if b, ok := item.([]byte); ok {
			out = append(out, string(b))
		}
	}
	if len(out) != len(items) || len(items) == 0 {
		r.report(key, v, "not a list of labels", "what can be read of it")
	}
	return out
}

func (r *reader) updates(key string) []Update {
	v, ok := r.dict[key]
	if !ok {
		return nil
	}
	items, _ := v.([]any)
	var out []Update
	for _, item := range items {
		d, _ := item.(map[string]any)
		label, _ := d["Label"].([]byte)
		in := &reader{dict: d}
		u := Update{Label: string(label), Title: in.text("Title"), Version: in.text("Version"), Restart: in.flag("Restart"), System: in.flag("System")}
		if len(label) > 0 && len(in.problems) == 0 {
			out = append(out, u)
		}
	}
	if len(out) != len(items) || len(items) == 0 {
		r.report(key, v, "not a list of updates", "what can be read of it")
	}
	return out
}
