package mutants

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

// A mutant is one mistake, put back.
type mutant struct {
	// name says what goes wrong, from where it was reported.
	name, from string
	edits      []edit
	// pkg is the package whose tests notice, test the pattern that chooses
	// the one that must fail.
	pkg, test string
}

// limit bounds the run of one test with one mutant.
const limit = 3 * time.Minute

// root is the module's folder.
func root(t *testing.T) string {
	t.Helper()
	dir, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	return dir
}

// overlay writes the changed files to a folder of their own and returns the
// file that tells the go command to build these.
func overlay(t *testing.T, texts map[string]string) string {
	t.Helper()
	dir, replace := t.TempDir(), map[string]string{}
	for file, text := range texts {
		changed := filepath.Join(dir, strconv.Itoa(len(replace))+".go")
		if err := os.WriteFile(changed, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		replace[file] = changed
	}
	data, err := json.Marshal(map[string]any{"Replace": replace})
	if err != nil {
		t.Fatal(err)
	}
	name := filepath.Join(dir, "overlay.json")
	if err := os.WriteFile(name, data, 0o600); err != nil {
		t.Fatal(err)
	}
	return name
}

// run runs the test, with a mutant where overlay names one.
func (m mutant) run(t *testing.T, root, overlay string) (output string, passed bool) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), limit)
	defer cancel()
	args := []string{"test", "-short", "-vet=off", "-run", m.test}
	if overlay != "" {
		args = append(args, "-overlay", overlay)
	}
	// The random lifetimes have a seed of their own; to them this one means a replay.
	if args = append(args, "./"+m.pkg); m.pkg != "internal/lifetimes" && draws(t, filepath.Join(root, m.pkg)) {
		args = append(args, "-rapid.seed=1", "-rapid.nofailfile")
	}
	cmd := exec.CommandContext(ctx, "go", args...)
	cmd.Dir = root
	// The random lifetimes are few.
	cmd.Env = append(os.Environ(), "LIFETIMES_WAKES=4000")
	out, err := cmd.CombinedOutput()
	if ctx.Err() != nil {
		t.Fatalf("the test did not end within %v", limit)
	}
	return string(out), err == nil
}

func TestEveryMistakeOfTheFieldIsNoticed(t *testing.T) {
	if testing.Short() {
		t.Skip("left out by -short: it builds a program for each mistake")
	}
	if _, err := exec.LookPath("go"); err != nil {
		t.Skip("the go command is not here, and it builds the mutants")
	}
	dir := root(t)
	src, err := readSource(dir)
	if err != nil {
		t.Fatal(err)
	}
	slots := make(chan bool, runtime.NumCPU())
	var mu sync.Mutex
	caught := 0
	t.Run("mutants", func(t *testing.T) {
		for _, m := range mutants {
			t.Run(strings.ReplaceAll(m.name, " ", "-"), func(t *testing.T) {
				t.Parallel()
				slots <- true
				defer func() { <-slots }()
				texts, err := src.mutate(m.edits)
				if err != nil {
					t.Fatal(err)
				}
				out, passed := m.run(t, dir, overlay(t, texts))
				switch {
				case strings.Contains(out, "no tests to run"):
					t.Errorf("%s has no test %s", m.pkg, m.test)
				case passed:
					t.Errorf("nothing notices that %s (%s): %s passes in %s", m.name, m.from, m.test, m.pkg)
				case !strings.Contains(out, "--- FAIL"):
					t.Errorf("the mutant does not build, or its test does not run:\n%s", out)
				default:
					mu.Lock()
					caught++
					mu.Unlock()
				}
			})
		}
	})
	t.Logf("%d of %d mutants are caught", caught, len(mutants))
}

// draws tells whether the tests of a package draw at random: with a mistake in
// place they draw the same every time, and keep nothing of it.
func draws(t *testing.T, dir string) bool {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(dir, "*_test.go"))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		data, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		if bytes.Contains(data, []byte(`"pgregory.net/rapid"`)) {
			return true
		}
	}
	return false
}

func TestEveryMutantFindsItsPlace(t *testing.T) {
	src, err := readSource(root(t))
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range mutants {
		if _, err := src.mutate(m.edits); err != nil {
			t.Errorf("%s: %v", m.name, err)
		}
	}
}

func TestTheTestsOfTheMutantsPassWithoutThem(t *testing.T) {
	if testing.Short() {
		t.Skip("left out by -short: these tests run in their own packages")
	}
	dir := root(t)
	patterns := map[string][]string{}
	for _, m := range mutants {
		patterns[m.pkg] = append(patterns[m.pkg], m.test)
	}
	for pkg, tests := range patterns {
		for _, test := range tests {
			if !strings.HasPrefix(test, "^") {
				t.Errorf("%s: the pattern %q does not begin with ^", pkg, test)
			}
		}
		top := make([]string, len(tests)) // subtests cannot be chosen side by side
		for i, test := range tests {
			top[i], _, _ = strings.Cut(test, "/")
		}
		m := mutant{pkg: pkg, test: strings.Join(top, "|")}
		if out, passed := m.run(t, dir, ""); !passed || strings.Contains(out, "no tests to run") {
			t.Errorf("without a mutant:\n%s", out)
		}
	}
}
