package main

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestEveryTargetIsFound(t *testing.T) {
	all, err := find(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"softwareupdate.FuzzParseList", "internal/rules/fuzzall.FuzzExecutions"} {
		found := false
		for _, got := range all {
			found = found || got.String() == want
		}
		if !found {
			t.Errorf("%s is not among %v", want, all)
		}
	}
}

func TestAPatternSeesPackageAndName(t *testing.T) {
	if got := (target{"installordefer/internal/rules/fuzzall", "FuzzExecutions"}).short(); got != "fuzzall.FuzzExecutions" {
		t.Errorf("got %q", got)
	}
}

func TestKeptInputsComeBackAsTheyWere(t *testing.T) {
	from, to := t.TempDir(), t.TempDir()
	targets := []target{{"installordefer/deferral", "FuzzA"}, {"installordefer/deferral", "FuzzNone"}}
	inputs := map[string]string{
		"installordefer/deferral/FuzzA/0123456789abcdef":    "go test fuzz v1\nstring(\"a\")\n",
		"installordefer/deferral/FuzzA/fedcba9876543210":    "go test fuzz v1\nstring(\"b\")\n",
		"installordefer/deferral/FuzzA/large":               strings.Repeat("a", maxInput+1),
		"installordefer/deferral/FuzzGone/0123456789abcdef": "a target that is no more",
	}
	for name, text := range inputs {
		name = filepath.Join(from, name)
		if err := os.MkdirAll(filepath.Dir(name), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	var first, second bytes.Buffer
	for _, b := range []*bytes.Buffer{&first, &second} {
		if err := pack(b, from, targets); err != nil {
			t.Fatal(err)
		}
	}
	if !bytes.Equal(first.Bytes(), second.Bytes()) {
		t.Error("the same inputs gave two archives")
	}
	if err := unpack(&first, to); err != nil {
		t.Fatal(err)
	}
	for name, text := range inputs {
		got, err := os.ReadFile(filepath.Join(to, name))
		if wanted := strings.HasPrefix(text, "go test"); wanted != (err == nil) || wanted && string(got) != text {
			t.Errorf("%s: %q, %v", name, got, err)
		}
	}
}

func TestAnArchiveWritesNowhereElse(t *testing.T) {
	for _, name := range []string{"../FuzzA/0123456789abcdef", "/a/FuzzA/0123456789abcdef/..", "a/FuzzA/x", "FuzzA/0123456789abcdef"} {
		var b bytes.Buffer
		z := gzip.NewWriter(&b)
		w := tar.NewWriter(z)
		if err := w.WriteHeader(&tar.Header{Name: name, Size: 1}); err != nil {
			t.Fatal(err)
		}
		w.Write([]byte("a"))
		w.Close()
		z.Close()
		if err := unpack(&b, t.TempDir()); err == nil {
			t.Errorf("%q was unpacked", name)
		}
	}
}

func TestTheLastCountIsTaken(t *testing.T) {
	const out = `fuzz: elapsed: 0s, gathering baseline coverage: 0/12 completed
fuzz: elapsed: 0s, gathering baseline coverage: 12/12 completed, now fuzzing with 2 workers
fuzz: elapsed: 3s, execs: 325017 (108336/sec), new interesting: 11 (total: 202)
fuzz: elapsed: 5s, execs: 500000 (87491/sec), new interesting: 12 (total: 203)
PASS
`
	if got := executions(out); got != 500000 {
		t.Errorf("got %d", got)
	}
	if got := executions("fuzz: elapsed: 15s, execs: 1417971 (0/sec)\nPASS\n"); got != 1417971 {
		t.Errorf("got %d of a run without guidance", got)
	}
	if got := executions("no such target"); got != 0 {
		t.Errorf("got %d from nothing", got)
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
	for _, args := range [][]string{{"--help"}, {"1s", "a", "b"}, {"1s", "("}, {"--kept"}, {"--unguided=x"}} {
		if code := run(t.Context(), args, io.Discard, io.Discard); code != 2 {
			t.Errorf("%q gives exit code %d", args, code)
		}
	}
}

func FuzzExecutions(f *testing.F) {
	f.Add("fuzz: elapsed: 3s, execs: 325017 (108336/sec), new interesting: 11 (total: 202)")
	f.Fuzz(func(t *testing.T, out string) {
		if n := executions(out); n < 0 {
			t.Errorf("%d", n)
		}
	})
}
