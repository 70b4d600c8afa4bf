package main

import (
	"io"
	"regexp"
	"strings"
	"testing"
)

func TestEveryTargetIsFound(t *testing.T) {
	all, err := find(t.Context(), regexp.MustCompile(""))
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"softwareupdate.FuzzParseList", "internal/house/fuzzall.FuzzParse"} {
		found := false
		for _, got := range all {
			found = found || got.String() == want
		}
		if !found {
			t.Errorf("%s is not among %v", want, all)
		}
	}
}

func TestThePatternChoosesTargets(t *testing.T) {
	all, err := find(t.Context(), regexp.MustCompile(`^fuzzall\.FuzzP`))
	if err != nil {
		t.Fatal(err)
	}
	if len(all) != 1 || all[0].String() != "internal/house/fuzzall.FuzzParse" {
		t.Errorf("found %v", all)
	}
}

func TestTheLastCountIsTaken(t *testing.T) {
	const out = `fuzz: elapsed: 0s, gathering baseline coverage: 0/12 completed
fuzz: elapsed: 0s, gathering baseline coverage: 12/12 completed, now fuzzing with 2 workers
fuzz: elapsed: 3s, execs: 325017 (108336/sec), new interesting: 11 (total: 202)
fuzz: elapsed: 5s, execs: 500000 (87491/sec), new interesting: 12 (total: 203)
PASS
`
	if got, want := parse(out), (counts{executions: 500000, kept: 203}); got != want {
		t.Errorf("got %+v, want %+v", got, want)
	}
	if got := parse("no such target"); got != (counts{}) {
		t.Errorf("got %+v from nothing", got)
	}
}

func TestAFailedTargetFailsTheRun(t *testing.T) {
	one := result{target: target{"installordefer/deferral", "FuzzA"}, count: counts{executions: 7}}
	var out strings.Builder
	if code := report([]result{one}, 1, &out); code != 0 || !strings.Contains(out.String(), "1 of 1 targets, 7 executions") {
		t.Errorf("exit code %d: %s", code, out.String())
	}
	one.err = io.ErrUnexpectedEOF
	if code := report([]result{one}, 1, io.Discard); code != 1 {
		t.Errorf("exit code %d after a failure", code)
	}
	one.err = nil
	if code := report([]result{one}, 2, io.Discard); code != 1 {
		t.Errorf("exit code %d though a target did not run", code)
	}
}

func TestAWrongCommandLineIsExplained(t *testing.T) {
	for _, args := range [][]string{{"--help"}, {"1s", "a", "b"}, {"1s", "("}} {
		if code := run(t.Context(), args, io.Discard, io.Discard); code != 2 {
			t.Errorf("%q gives exit code %d", args, code)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add("fuzz: elapsed: 3s, execs: 325017 (108336/sec), new interesting: 11 (total: 202)")
	f.Fuzz(func(t *testing.T, out string) {
		if c := parse(out); c.executions < 0 || c.kept < 0 {
			t.Errorf("%+v", c)
		}
	})
}
