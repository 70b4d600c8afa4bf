package scenario

import (
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"installordefer/internal/simmac"
)

// examples are the scenarios of the documentation.
func examples(t testing.TB) map[string][]byte {
	files, err := filepath.Glob("../../../docs/scenarios/*.json")
	if err != nil || len(files) == 0 {
		t.Fatalf("no examples: %v", err)
	}
	found := map[string][]byte{}
	for _, f := range files {
		data, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		found[filepath.Base(f)] = data
	}
	return found
}

func TestTheExamplesCanBePlayed(t *testing.T) {
	for name, data := range examples(t) {
		s, err := Decode(data)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if s.About == "" {
			t.Errorf("%s does not say what it shows", name)
		}
		m := simmac.New(s.Facts(simmac.Job{Label: "com.example.updates"}))
		s.Play(m, func(map[string]any) {})
		m.AdvanceTo(s.LengthOrDefault())
		m.Close()
	}
}

const small = `{
  "start": "2026-09-21T09:00:00+02:00",
  "mac": {"hardware": "intel", "macOS": "26.6", "build": "25G72"},
  "people": [{"name": "ada"}],
  "updates": [{"label": "a", "title": "A", "version": "1"}]
`

func TestWhatIsWrongIsNamedWithItsPlace(t *testing.T) {
	for _, c := range []struct{ json, want string }{
		{`{`, `line 1: the file ends in the middle`},
		{`[]`, `line 1: a list stands where an object is wanted`},
		{small + `}x`, `line 6: something follows the end`},
		{small + `,"peple": []}`, `line 6: there is no field "peple"; did you mean "people"?`},
		{small + `,"seed": 1, "seed": 2}`, `line 6: the field "seed" stands there twice`},
		{small + `,"seed": -1}`, `line 6: seed: -1: a number is wanted`},
		{small + `,"seed": "x"}`, `line 6: seed: a number is wanted`},
		{small + `,"zone": null}`, `line 6: zone: a text is wanted`},
		{small + `,"zone": "Mars/Olympus"}`, `zone: "Mars/Olympus" is not a time zone; write it as "Europe/Berlin"`},
		{small + `,"length": "2 fortnights"}`, `line 6: length: "2 fortnights" is no duration; write it as "30s", "90m" or "1d12h"`},
		{small + `,"length": "900d"}`, `line 6: length: "900d" is longer than 400d`},
		{small + `,"length": 5}`, `line 6: length: 5: a duration such as "90m" is wanted`},
		{small + `,"events": [{"at": "1h", "do": "slep"}]}`, `events[0]: do: "slep" is unknown; did you mean "sleep"?`},
		{small + `,"events": [{"at": "1h", "do": "wake", "for": "1h"}]}`, `events[0]: "wake" has no use for the field "for"`},
		{small + `,"events": [{"at": "1h", "do": "log in"}]}`, `events[0]: "log in" needs the field "who"`},
		{small + `,"events": [{"at": "1h", "do": "log in", "who": "eve"}]}`, `events[0]: nobody is named "eve"`},
		{small + `,"events": [{"at": "1h", "do": "network", "state": "upp"}]}`, `events[0]: state: "upp" is unknown; did you mean "up"?`},
		{small + `,"events": [{"at": "-1h", "do": "wake"}]}`, `line 6: events[0].at: "-1h" is negative`},
		{small + `,"faults": [{"tool": "scutil", "kind": "sulks"}]}`, `faults[0]: kind: "sulks" is unknown`},
		{small + `,"faults": [{"tool": " ", "kind": "silent"}]}`, `faults[0]: the field "tool" is missing`},
		{`{"start": "yesterday"}`, `line 1: start: "yesterday": a time such as`},
		{`{"mac": {"hardware": "intel", "macOS": "26.6", "build": "25G72"}}`, `the field "start" is missing`},
		{`{"start": "2026-09-21T09:00:00+02:00", "mac": {"hardware": "ppc"}}`, `mac: hardware: "ppc" is unknown; it is one of intel, apple silicon`},
		{`{"start": "2026-09-21T09:00:00+02:00", "mac": {"hardware": "intel", "macOS": "Tahoe", "build": "1"}}`, `mac: macOS is "Tahoe", but needs the form "26.6"`},
		{`{"start": "2026-09-21T09:00:00Z", "mac": {"hardware": "intel", "macOS": "26", "build": "1", "quirks": ["noisy"]}}`, `mac: quirks: "noisy" is unknown; did you mean "noise"?`},
		{`{"start": "2026-09-21T09:00:00Z", "mac": {"hardware": "intel", "macOS": "26.6", "build": "1"}, "people": [{"name": "nobody", "uid": -2}]}`, `uid is -2, but must be between 0 and 1073741824`},
		{`{"start": "2026-09-21T09:00:00Z", "mac": {"hardware": "intel", "macOS": "26.6", "build": "1"}, "people": [{"name": "root", "uid": 501}]}`, `uid is 501, but root has 0`},
		{`{"settings":` + strings.Repeat(`{"a":`, 20) + `1` + strings.Repeat(`}`, 21), `values are nested too deep`},
		{strings.Repeat(" ", MaxSize+1), `it has 1048577 bytes`},
	} {
		_, err := Decode([]byte(c.json))
		switch {
		case err == nil:
			t.Errorf("%.120s\nis taken, want the error %q", c.json, c.want)
		case !strings.Contains(err.Error(), c.want):
			t.Errorf("%.120s\nerror %q\nwant  %q", c.json, err, c.want)
		}
	}
}

func TestAnybodyCanBeAtTheMac(t *testing.T) {
	s, err := Decode([]byte(`{"start": "2026-09-21T09:00:00Z", "mac": {"hardware": "intel", "macOS": "26.6", "build": "1"}, "people": [
		{"name": "Guest", "uid": 201}, {"name": "ladmin", "uid": 80}, {"name": "root"}, {"name": "_mbsetupuser", "uid": 248}, {"name": "ada"}]}`))
	if err != nil {
		t.Fatal(err)
	}
	var got []int
	for _, a := range s.Facts(simmac.Job{}).Accounts {
		got = append(got, a.UID)
	}
	if want := []int{201, 80, 0, 248, 505}; !slices.Equal(got, want) {
		t.Errorf("the user ids are %v, want %v", got, want)
	}
}

func TestADurationReadsBackAsItWasWritten(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := Duration(rapid.Int64Range(0, int64(MaxLength)).Draw(t, "d"))
		got, err := ParseDuration(d.String())
		if err != nil || got != time.Duration(d) {
			t.Fatalf("%v was written %q and reads as %v, %v", int64(d), d, got, err)
		}
	})
}

func TestAScenarioReadsBackAsItWasWritten(t *testing.T) {
	for name, data := range examples(t) {
		s, err := Decode(data)
		if err != nil {
			t.Fatal(err)
		}
		written, err := s.Encode()
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		again, err := Decode(written)
		if err != nil {
			t.Fatalf("%s, written again: %v\n%s", name, err, written)
		}
		if !reflect.DeepEqual(s, again) {
			t.Errorf("%s is another one after writing and reading", name)
		}
	}
}

func TestEveryVerbIsDocumented(t *testing.T) {
	doc, err := os.ReadFile("../../../docs/scenarios.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, v := range verbs {
		if !strings.Contains(string(doc), "`"+v.name+"`") {
			t.Errorf("docs/scenarios.md does not say what %q does", v.name)
		}
	}
	for q := range quirks {
		if !strings.Contains(strings.ReplaceAll(string(doc), "\n", " "), `"`+q+`"`) {
			t.Errorf("docs/scenarios.md does not say what the quirk %q is", q)
		}
	}
	var all []string
	all = append(append(append(append(all, tempers...), acts...), courses...), faultKinds...)
	for _, w := range all {
		if !strings.Contains(strings.ReplaceAll(string(doc), "\n", " "), `"`+w+`"`) {
			t.Errorf("docs/scenarios.md does not have the word %q", w)
		}
	}
	for k := simmac.Kind(0); k.String() != "unknown"; k++ {
		if !strings.Contains(string(doc), "`"+k.String()+"`") {
			t.Errorf("docs/scenarios.md does not have the kind %q", k)
		}
	}
	for f := range reflect.TypeFor[Update]().NumField() {
		name, _, _ := strings.Cut(reflect.TypeFor[Update]().Field(f).Tag.Get("json"), ",")
		if !strings.Contains(string(doc), "`"+name+"`") {
			t.Errorf("docs/scenarios.md does not have the field %q of an update", name)
		}
	}
}

// FuzzPlay shows that whatever scenario is read can be played.
func FuzzPlay(f *testing.F) {
	for _, data := range examples(f) {
		f.Add(data)
	}
	f.Add([]byte(small + `,"events": [{"at": "1h", "do": "set clock", "to": "2099-01-01T00:00:00Z"}, {"at": "2h", "do": "sleep"}]}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		s, err := Decode(data)
		if err != nil {
			return
		}
		m := simmac.New(s.Facts(simmac.Job{Label: "com.example.updates"}))
		defer m.Close()
		s.Play(m, func(map[string]any) {})
		m.Journal.SkipAllBut()
		m.AdvanceTo(min(s.LengthOrDefault(), 2*24*time.Hour))
	})
}
