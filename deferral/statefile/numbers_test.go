package statefile

import (
	"fmt"
	"maps"
	"math"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	howett "howett.net/plist"

	"installordefer/deferral"
	"installordefer/deferral/settings"
	"installordefer/internal/clock"
	"installordefer/internal/plist"
)

// notThere stands for a key that is missing.
type notThere struct{}

// oddValues are what a number in a property list may have become.
var oddValues = map[string]any{
	"missing":            notThere{},
	"text":               "soon",
	"empty text":         "",
	"a negative in text": "-7",
	"minus one":          int64(-1),
	"the least":          int64(math.MinInt64),
	"the greatest":       int64(math.MaxInt64),
	"unsigned":           uint64(math.MaxUint64),
	"fifty years":        int64(50 * 365 * 24 * time.Hour),
	"another start":      "other",
	"a day":              int64(24 * time.Hour),
	"three days":         int64(72 * time.Hour),
	"a hundred days":     int64(100 * 24 * time.Hour),
	"three":              int64(3),
	"zero":               int64(0),
	"one":                int64(1),
	"a fraction":         1.5,
	"no number":          math.NaN(),
	"infinite":           math.Inf(1),
	"a huge real":        1e300,
	"true":               true,
	"false":              false,
	"a date":             monday,
	"data":               []byte("7"),
	"an array":           []any{int64(7)},
	"a dictionary":       map[string]any{"Wall": int64(7)},
}

// numbers are the ways to every number in a property list.
func numbers(dict map[string]any) [][]string {
	var out [][]string
	for _, key := range slices.Sorted(maps.Keys(dict)) {
		switch v := dict[key].(type) {
		case int64, uint64:
			out = append(out, []string{key})
		case string:
			if key == "Boot" {
				out = append(out, []string{key})
			}
		case map[string]any:
			for _, rest := range numbers(v) {
				out = append(out, append([]string{key}, rest...))
			}
		}
	}
	return out
}

// with returns a state file in which the value at the end of a way is another.
func with(t *testing.T, data []byte, way []string, value any) []byte {
	t.Helper()
	var top map[string]any
	if _, err := howett.Unmarshal(data, &top); err != nil {
		t.Fatal(err)
	}
	in := top
	for _, key := range way[:len(way)-1] {
		in = in[key].(map[string]any)
	}
	if key := way[len(way)-1]; value == (any)(nil) {
		t.Fatal("a property list holds no nil")
	} else if _, missing := value.(notThere); missing {
		delete(in, key)
	} else {
		in[key] = value
	}
	out, err := plist.Encode(top)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// rounds are states at some moment, with nothing due.
func rounds() map[string]struct {
	st  deferral.State
	now clock.Moment
} {
	up := func(days int, after time.Duration, boot clock.Boot) clock.Moment {
		return clock.Moment{Wall: monday.Add(after), Continuous: time.Duration(days)*24*time.Hour + after, Boot: boot}
	}
	begun := func(m clock.Moment) deferral.State {
		return deferral.State{Migrated: true}.Checked(deferral.Found, []deferral.Update{safari, tahoe}, settings.Defaults(), intel, m, time.UTC)
	}
	full := func(st deferral.State, m clock.Moment) deferral.State {
		st = st.Prompted().Deferred(4*time.Hour, m).DownloadEnded([]string{safari.Label})
		st = st.Failed("The disk was full.", m)
		st.Round.NoAnswers, st.Round.Failures, st.Round.Restarts, st.LastCheck.Failed = 2, 1, 1, 1
		st.Round.Pause = deferral.Pause{From: m, For: time.Hour, Why: "Because."}
		return st.Marked(m)
	}
	list := map[string]struct {
		st  deferral.State
		now clock.Moment
	}{}
	add := func(name string, st deferral.State, now clock.Moment) {
		list[name] = struct {
			st  deferral.State
			now clock.Moment
		}{st, now}
	}
	long := up(300, 0, "first")
	add("a Mac that has been up for long", full(begun(long), up(300, time.Hour, "first")), up(300, 2*time.Hour, "first"))
	add("a Mac that has restarted", full(begun(long), up(300, time.Hour, "first")), clock.Moment{Wall: monday.Add(26 * time.Hour), Continuous: 20 * time.Hour, Boot: "second"})
	add("a deferral that is over", full(begun(long), up(300, time.Hour, "first")), up(300, 30*time.Hour, "first"))
	soft := full(begun(long), up(300, time.Hour, "first")).Begin(deferral.StepSoft, []string{tahoe.Label}, false, intel, up(300, 2*time.Hour, "first")).Asked(501, up(300, 2*time.Hour, "first"))
	add("a restart that was asked for", soft.Marked(up(300, 2*time.Hour, "first")), up(300, 2*time.Hour+time.Minute, "first"))
	none := full(begun(long), up(300, time.Hour, "first"))
	none.FirstNone = up(300, time.Hour, "first")
	noticed := full(begun(long), up(300, time.Hour, "first"))
	noticed.ForcedAfter = monday.Add(55 * time.Hour)
	noticed.Round.Deadline, noticed.Round.Noticed, noticed.Round.Allowed = noticed.ForcedAfter, true, 55*time.Hour
	add("a round with notice", noticed.Marked(up(300, time.Hour, "first")), up(300, 2*time.Hour, "first"))
	add("a check that found nothing", none, up(300, time.Hour+time.Minute, "first"))
	return list
}

// unsummed returns a state file as versions wrote it that knew no sum.
func unsummed(t *testing.T, data []byte) []byte {
	t.Helper()
	return with(t, data, []string{settings.KeyRound, keySum}, notThere{})
}

// onlyTheSumTells tells whether nothing but the sum can know that a number is not
// the one that was written: it is in bounds, and nothing else depends on it.
func onlyTheSumTells(st deferral.State, way []string, odd string) bool {
	inBounds := map[string][]string{
		"Spent":     {"a day", "three days", "a hundred days"},
		"Restarts":  {"three"},
		"Mark.Boot": {"another start", "text", "a negative in text"},
	}
	if st.Round.Noticed {
		lengths := []string{"zero", "one", "three", "a day", "three days", "a hundred days"}
		inBounds["Allowed"], inBounds["MaxDeferral"] = lengths, lengths
	}
	return way[0] == settings.KeyRound && slices.Contains(inBounds[strings.Join(way[1:], ".")], odd)
}

// TestNumbers puts every odd value in the place of every number of the state. A
// file without a sum has to be told from what its numbers say of each other.
func TestNumbers(t *testing.T) {
	for name, round := range rounds() {
		data, err := Encode(round.st)
		if err != nil {
			t.Fatal(err)
		}
		var top map[string]any
		if _, err := howett.Unmarshal(data, &top); err != nil {
			t.Fatal(err)
		}
		ways := numbers(top)
		if len(ways) < 25 {
			t.Fatalf("only %d numbers in the state: %v", len(ways), ways)
		}
		want := decide(situationAt(round.st, round.now))
		if forcing(want) {
			t.Fatalf("undamaged it decides to %s", want.Do)
		}
		for _, c := range []struct{ copied, summed bool }{{true, true}, {false, true}, {true, false}, {false, false}} {
			t.Run(fmt.Sprintf("%s, its copy there: %v, its sum: %v", name, c.copied, c.summed), func(t *testing.T) {
				data := data
				if !c.summed {
					data = unsummed(t, data)
				}
				for _, way := range ways {
					for odd, value := range oddValues {
						if !c.summed && onlyTheSumTells(round.st, way, odd) {
							continue
						}
						f, m := newStore()
						if c.copied {
							m.files["copy"] = data
						}
						m.files["state"] = with(t, data, way, value)
						st, problems := load(t, f)
						for _, wrong := range damagedNumber(st, round.now, want, way[min(len(way)-1, 1)], odd, c.copied, problems) {
							t.Errorf("%s is %s: %s", strings.Join(way, "."), odd, wrong)
						}
					}
				}
			})
		}
	}
}

// forcing tells whether a decision installs or restarts, or is about to.
func forcing(d decided) bool {
	return d.Do == deferral.FinalPrompt || d.Do == deferral.Install || d.Do == deferral.HardRestart || d.Late || d.Assist != nil || d.Do == deferral.Remove
}

// damagedNumber returns what is wrong with a state in which the number under
// key is odd: it must not force what was not due, it must cost no day, and what
// is wrong must be said.
func damagedNumber(st deferral.State, now clock.Moment, want decided, key, odd string, copied bool, problems []settings.Problem) (wrong []string) {
	fail := func(format string, args ...any) { wrong = append(wrong, fmt.Sprintf(format, args...)) }
	got := decide(situationAt(st, now))
	if forcing(got) {
		fail("it decides to %s: %s (%v)", got.Do, got.Why, problems)
	}
	if got.State.Stopped() != want.State.Stopped() {
		fail("the round is stopped: %v", got.State.Stopped())
	}
	if left, were := got.State.TimeLeft(now), want.State.TimeLeft(now); left != were {
		fail("%v is left, and %v with nothing wrong (%v)", left, were, problems)
	}
	if !got.State.ForcedAfter.Equal(want.State.ForcedAfter) {
		fail("the deadline is %v and was %v (%v)", got.State.ForcedAfter, want.State.ForcedAfter, problems)
	}
	// These may be right, or are not there in a state that has none.
	possible := slices.Contains([]string{"zero", "one", "three", "a day", "three days", "a hundred days", "another start", "text", "empty text", "a negative in text", "fifty years", "missing"}, odd)
	if !possible && !slices.ContainsFunc(problems, func(p settings.Problem) bool { return p.Key == key }) {
		fail("nothing is said of it: %v", problems)
	}
	for _, p := range problems {
		if p.Used == "" || p.Used == "nothing" {
			fail("it is not said what this means: %s", p)
		}
	}
	return wrong
}

func TestMendedBy(t *testing.T) {
	set := settings.Defaults()
	begun := found(set, safari).Deferred(4*time.Hour, at(0))
	t.Run("a round without a number takes its reckoning from the copy, and nothing else", func(t *testing.T) {
		f, m := newStore()
		begun.Migrated = true
		save(t, f, begun)
		later := begun.Prompted().Deferred(time.Hour, at(0))
		save(t, f, later)
		m.files["state"] = with(t, m.files["state"], []string{settings.KeyRound, "Allowed"}, "soon")
		got, problems := load(t, reopen(m))
		if !reflect.DeepEqual(got, later) || len(problems) != 2 {
			t.Errorf("got\n%+v, want\n%+v, %v", got, later, problems)
		}
	})
	t.Run("a copy with a damaged number brings no round", func(t *testing.T) {
		f, m := newStore()
		save(t, f, begun)
		m.files["copy"] = with(t, m.files["copy"], []string{settings.KeyRound, "Allowed"}, int64(-1))
		m.files["state"] = with(t, m.files["state"], []string{settings.KeyRound, "Spent"}, int64(-1))
		got, problems := load(t, reopen(m))
		if !got.ForcedAfter.Equal(begun.ForcedAfter) || reckoned(&got.Round) || len(problems) != 2 || problems[1].Source != "copy of the deadline" {
			t.Errorf("%+v, %v", got, problems)
		}
		if left := decide(situation(got, 0)).State.TimeLeft(at(0)); left != 72*time.Hour {
			t.Errorf("%v is left", left)
		}
	})
	t.Run("a mark that lies ahead tells nothing", func(t *testing.T) {
		st := found(set, safari)
		st.Round.Mark = at(300 * 24 * time.Hour)
		if now := (clock.Moment{Wall: monday, Continuous: 200 * 24 * time.Hour, Boot: "first"}); st.Due(now) {
			t.Errorf("%v is left", st.TimeLeft(now))
		}
	})
	t.Run("a step that lies ahead was begun now", func(t *testing.T) {
		st := found(set, tahoe).Begin(deferral.StepSoft, []string{tahoe.Label}, false, intel, at(time.Hour)).Asked(501, at(time.Hour))
		d := decide(situation(st, 0))
		if d.Do != deferral.TimeToSave || d.Late || d.State.Round.Step.At != at(0) {
			t.Errorf("%s, the step at %v", d.Do, d.State.Round.Step.At)
		}
	})
}
