package statefile

import (
	"cmp"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"installordefer/deferral"
	"installordefer/deferral/settings"
	"installordefer/internal/clock"
	"installordefer/internal/text"
)

// Decode reads a state file. A value that cannot be right is left out and
// reported; an error means that the file holds no property list at all.
func Decode(data []byte) (deferral.State, []settings.Problem, error) {
	got, problems, err := decode(data)
	return got.state, problems, err
}

func decode(data []byte) (kept, []settings.Problem, error) {
	dict, err := decodeDict(data)
	if err != nil {
		return kept{}, nil, err
	}
	got, problems := read(dict)
	return got, problems, nil
}

// A kept is what a state file says.
type kept struct {
	state    deferral.State
	mirrored mirrored
	version  int
}

// read takes the state out of a dictionary, be it of a state file or of the
// preferences in which the first version kept it.
func read(dict map[string]any) (got kept, problems []settings.Problem) {
	top := &reader{dict: dict}
	wrote, _ := top.integer(settings.KeyVersion, 0, math.MaxInt32, "version 1")
	if got.version = int(wrote); wrote > version {
		top.report(settings.KeyVersion, wrote, "a later version wrote this file", "what is understood of it")
	}
	round, ok := dict[settings.KeyRound].(map[string]any)
	if v, there := dict[settings.KeyRound]; there && !ok {
		top.report(settings.KeyRound, v, "not a dictionary", reckonedAgain)
	}
	in := &reader{dict: round}
	s := &got.state
	in.round(s)
	in.summed(&s.Round, got.version)
	top.twoKeys(s)
	in.between(s)
	in.consistent(s)
	if got.version >= 2 {
		got.mirrored = top.mirrored(s)
	}
	return got, append(top.problems, in.problems...)
}

// A reader takes values out of a dictionary and notes what is wrong with them.
type reader struct {
	dict     map[string]any
	problems []settings.Problem
}

// report notes that a key holds what cannot be right, and what is used instead.
func (r *reader) report(key string, value any, reason, used string) {
	r.problems = append(r.problems, settings.Problem{Key: key, Value: fmt.Sprint(value), Reason: reason, Used: used, Source: stateSource})
}

// stateSource is the name of the state file as a source of problems.
const stateSource = "state file"

func (r *reader) has(key string) bool {
	_, ok := r.dict[key]
	return ok
}

// twoKeys reads the two keys that administrators know, by either name. The
// round, which has been read before, tells what the job wrote there itself, and
// stands in for what cannot be read. A deadline that is gone comes back; a
// deferral that is gone was ended by whoever deleted it.
func (r *reader) twoKeys(s *deferral.State) {
	in := &s.Round
	s.DeferredUntil = writtenByHand(in.DeferredTo, r.instantOr(settings.KeyDeferredUntil, in.DeferredTo), r.instant(settings.KeyDeferredUntilLater, in.DeferredTo))
	s.ForcedAfter = writtenByHand(in.Deadline, r.instantOr(settings.KeyForcedAfter, in.Deadline), r.instant(settings.KeyForcedAfterLater, in.Deadline))
	if s.ForcedAfter.IsZero() {
		s.ForcedAfter = in.Deadline
	}
	if in.DeferredTo.IsZero() && in.DeferredAt != (clock.Moment{}) {
		in.DeferredTo = s.DeferredUntil
	}
}

// writtenByHand returns the earlier of two times that the job has not written
// itself. Where there is none, it is what the job wrote, if that still stands.
func writtenByHand(own, one, other time.Time) time.Time {
	switch {
	case one.Equal(own) && !other.IsZero(), one.IsZero():
		return other
	case other.Equal(own):
		return one
	}
	return earlier(one, other)
}

func (r *reader) round(s *deferral.State) {
	in := &s.Round
	r.reckoning(in)
	in.DeferredAt = r.moment("DeferredAt", "the wall clock tells when the deferral ends")
	in.DeferredTo = r.ownInstant("DeferredTo", "what "+settings.KeyDeferredUntil+" says")
	if in.DeferredBy = deferral.Cause(r.text("DeferredBy")); !in.DeferredBy.Known() {
		r.report("DeferredBy", in.DeferredBy, "not a cause of a deferral", "no cause")
		in.DeferredBy = ""
	}
	in.Deferrals = r.count("Deferrals", mostCount)
	in.Prompts = r.count("Prompts", mostCount)
	in.NoAnswers = r.count("NoAnswers", mostCount)
	in.Scope = r.text("Scope")
	in.Restarts = r.count("Restarts", mostRestarts)
	in.Failures = r.count("Failures", mostCount)
	in.Pause = r.pause()
	in.Step = deferral.Step{Kind: deferral.StepKind(r.text("StepKind")), At: r.moment("StepAt", stepChecked), Labels: r.list("StepLabels"),
		Build: r.text("StepBuild"), Shutdown: r.flag("StepShutdown"), Asked: r.flag("StepAsked"), AskedUID: r.count("StepAskedUID", 1<<31-1)}
	switch in.Step.Kind {
	case deferral.NoStep, deferral.StepInstall, deferral.StepSoft, deferral.StepHard, deferral.StepRemove:
	default:
		r.report("StepKind", in.Step.Kind, "not a step", "no step")
		in.Step = deferral.Step{}
	}
	in.Seen = r.seen("Seen")
	in.Notices, in.Held = r.notices("Notices"), r.flag("Held")
	in.Lock, in.Unsettled = r.lock("Lock"), r.lock("Unsettled")
	in.Busy = r.busy()
	in.Help = r.help()
	in.Agreed = r.agreed()
	in.Because = r.because()
	in.Told, in.Short = r.moment("ToldAt", "people are told once more what is in the way"), r.short()
	in.Downloaded = r.list("Downloaded")
	in.Updates = r.updates("Updates")
	in.Profiles = r.profiles("Profiles")
	in.Runs = r.text("Runs")
	in.DeclaredAsked = r.moment("DeclaredAsked", "nobody was asked for what Apple enforces")
	if hold := r.limits("Hold"); len(hold) == 1 {
		in.Hold = hold[0]
	}
	s.LastCheck = deferral.Check{At: r.moment("LastCheckAt", "a check is made when the list of updates is needed"), Outcome: deferral.Outcome(r.text("LastCheckOutcome")), Failed: r.count("LastCheckFailed", mostCount)}
	s.FirstNone = r.moment("FirstNone", "no check said that nothing is left")
	s.Withheld = r.text("Withheld")
	s.Proven = r.flag("Proven")
	s.Migrated = r.flag("Migrated")
	s.LastError = deferral.Trouble{Text: r.text("LastError"), At: r.ownInstant("LastErrorAt", "no time for the last error")}
}

// pause reads the pause. How long it lasts is worth less than that there is one.
func (r *reader) pause() deferral.Pause {
	p := deferral.Pause{From: r.moment("PauseFrom", "no pause"), Why: r.text("PauseWhy")}
	n, ok := r.integer("PauseFor", 0, int64(deferral.AskedApart), "a pause of half an hour")
	if p.For = time.Duration(n); !ok && p.From != (clock.Moment{}) {
		p.For = deferral.PauseFirst
	}
	return p
}

// help reads when a person was last asked to install what only they can. What cannot
// be right was never.
func (r *reader) help() deferral.Help {
	const used = "the person is asked once more"
	before := len(r.problems)
	h := deferral.Help{At: r.moment("HelpedAt", used), Seen: deferral.Lock{At: r.moment("HelpedLook", used)}}
	n, _ := r.integer("HelpedFor", 0, int64(longestKept), used)
	if h.Seen.For = time.Duration(n); len(r.problems) > before {
		return deferral.Help{}
	}
	return h
}

// integer reads a whole number; ok is false where there is none, and what is
// wrong is reported with what is used instead.
func (r *reader) integer(key string, lo, hi int64, used string) (n int64, ok bool) {
	v, ok := r.dict[key]
	if !ok {
		return 0, false
	}
	n, ok = wholeNumber(v)
	if !ok || n < lo || n > hi {
		r.report(key, v, fmt.Sprintf("not a whole number from %d to %d", lo, hi), used)
		return 0, false
	}
	return n, true
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

// instant reads an instant that an administrator has written. One that cannot be
// right means nothing, so that own stays what it is.
func (r *reader) instant(key string, own time.Time) time.Time {
	used := "none"
	if !own.IsZero() {
		used = text.Time(own, time.UTC) + ", as it was before"
	}
	n, ok := r.integer(key, earliest, latest, used)
	if !ok {
		return time.Time{}
	}
	return time.Unix(n, 0).UTC()
}

// instantOr reads an instant that both administrators and the job write. Where
// it is the job's own it is believed like that, and where it cannot be right the
// job's own stands.
func (r *reader) instantOr(key string, own time.Time) time.Time {
	if n, ok := wholeNumber(r.dict[key]); ok && !own.IsZero() && n == own.Unix() {
		return own
	}
	t := r.instant(key, own)
	if t.IsZero() && r.has(key) {
		return own
	}
	return t
}

// ownInstant reads an instant that only the job writes. It may lie in 1970: a
// clock that has lost the time begins there.
func (r *reader) ownInstant(key, used string) time.Time {
	n, ok := r.integer(key, 0, latest, used)
	if !ok {
		return time.Time{}
	}
	return time.Unix(n, 0).UTC()
}

// Bounds of what the job counts.
const (
	// mostCount bounds counts that nothing depends on but the length of a pause.
	mostCount = 1 << 30
	// mostRestarts is far more than a round asks for. A count beyond it would
	// stop a round for ever.
	mostRestarts = 100
	// longestKept bounds every stored duration, so that no sum of two
	// overflows; longer than a Mac runs.
	longestKept = 20 * 365 * 24 * time.Hour
)

func (r *reader) count(key string, most int64) int {
	n, _ := r.integer(key, 0, most, "0")
	return int(n)
}

func (r *reader) text(key string) string {
	v, ok := r.dict[key]
	if !ok {
		return ""
	}
	s, ok := v.(string)
	if !ok {
		r.report(key, v, "not text", "no text")
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

// moment reads a moment, which is whole or none: a part that is missing would
// stand for the start of the Mac, or for another one.
func (r *reader) moment(key, used string) clock.Moment {
	v, ok := r.dict[key]
	if !ok {
		return clock.Moment{}
	}
	d, _ := v.(map[string]any)
	in := &reader{dict: d}
	wall, ok1 := in.integer("Wall", 0, latest*1e9, "")
	continuous, ok2 := in.integer("Continuous", 1, int64(longestKept), "")
	boot := in.text("Boot")
	if !ok1 || !ok2 || boot == "" || len(in.problems) > 0 {
		r.report(key, v, "not a moment", used)
		return clock.Moment{}
	}
	return clock.Moment{Wall: time.Unix(0, wall).UTC(), Continuous: time.Duration(continuous), Boot: clock.Boot(boot)}
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

// name reads the name of an update. Older files have it as Title, beside a
// Version that is no part of it.
func (r *reader) name() string { return cmp.Or(r.text("Name"), r.text("Title")) }

func (r *reader) updates(key string) []deferral.Update {
	v, ok := r.dict[key]
	if !ok {
		return nil
	}
	items, _ := v.([]any)
	var out []deferral.Update
	for _, item := range items {
		d, _ := item.(map[string]any)
		label, _ := d["Label"].([]byte)
		in := &reader{dict: d}
		u := deferral.Update{Label: string(label), Name: in.name(), Restart: in.flag("Restart"), System: in.flag("System"), Version: in.text("MacOS")}
		if len(label) > 0 && len(in.problems) == 0 {
			out = append(out, u)
		}
	}
	if len(out) != len(items) || len(items) == 0 {
		r.report(key, v, "not a list of updates", "what can be read of it")
	}
	return out
}
