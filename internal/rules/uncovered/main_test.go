package main

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

func TestEveryReasonIsForALineThatIsThere(t *testing.T) {
	reasons, err := readReasons(reasonsText)
	if err != nil {
		t.Fatal(err)
	}
	if len(reasons) < 5 {
		t.Fatalf("found only %d reasons", len(reasons))
	}
	for p := range reasons {
		s, err := readSource(filepath.Join("../../..", filepath.FromSlash(p.file)))
		if err != nil {
			t.Errorf("%v: %v", p, err)
			continue
		}
		found := false
		for line := range s.lines {
			found = found || s.place(p.file, line+1) == p
		}
		if !found {
			t.Errorf("there is no such line any more: %v", p)
		}
	}
}

const code = `package room

func Do(err error) error {
	if err != nil {
		return err
	}
	if err == nil {
		return nil
	}
	return nil
}
`

func inRoom(t *testing.T, profile string) (dir, name string) {
	t.Helper()
	dir = t.TempDir()
	if err := os.MkdirAll(filepath.Join(dir, "room"), 0o755); err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{"room/a.go": code, "profile": profile} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir, filepath.Join(dir, "profile")
}

const profile = `mode: set
installordefer/room/a.go:3.26,4.16 1 1
installordefer/room/a.go:4.16,6.3 1 0
installordefer/room/a.go:7.16,9.3 2 0
installordefer/room/a.go:10.2,10.12 1 0
installordefer/room/a.go:10.2,10.12 1 1
`

func TestABlockCountsWhenAnyTestReachesIt(t *testing.T) {
	dir, _ := inRoom(t, profile)
	blocks, err := readProfile(strings.NewReader(profile))
	if err != nil {
		t.Fatal(err)
	}
	rooms, open, err := judge(blocks, map[place]string{{"room/a.go", "Do", "if err != nil {"}: "why"}, dir)
	if err != nil {
		t.Fatal(err)
	}
	if r := *rooms["room"]; r != (room{all: 5, reached: 2, excused: 1}) {
		t.Errorf("got %+v", r)
	}
	if want := []string{"room/a.go:7: Do: if err == nil {"}; !slices.Equal(open, want) {
		t.Errorf("got %q, want %q", open, want)
	}
}

func TestWhatIsNotReachedFailsTheCommand(t *testing.T) {
	dir, name := inRoom(t, profile)
	t.Chdir(dir)
	var out, problem bytes.Buffer
	if code := run([]string{name}, &out, &problem); code != 1 || !strings.Contains(out.String(), "2 blocks are not reached") || !strings.Contains(out.String(), "40.0 %") {
		t.Errorf("exit code %d: %s%s", code, out.String(), problem.String())
	}
	for _, args := range [][]string{nil, {"--help"}, {"a", "b"}} {
		if code := run(args, &out, &problem); code != 2 {
			t.Errorf("%q: exit code %d", args, code)
		}
	}
	if code := run([]string{"missing"}, &out, &problem); code != 1 {
		t.Errorf("without a profile: exit code %d", code)
	}
}

func TestWhatIsNoProfileAndNoReasonIsAnError(t *testing.T) {
	for _, text := range []string{"a", "a:1.1,2.2 x 1", "a:x,2 1 1"} {
		if _, err := readProfile(strings.NewReader(text)); err == nil {
			t.Errorf("%q was read as a profile", text)
		}
	}
	for _, text := range []string{"a | b | c", "a | b | c | ", "a | b | c | d\na | b | c | e"} {
		if _, err := readReasons(text); err == nil {
			t.Errorf("%q was read as reasons", text)
		}
	}
}
