package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const source = `package room

func Old(age int, known bool) (bool, error) {
	seen++
	if !known {
		return false, nil
	}
	limit := 18
	if age >= limit {
		return true, check(age)
	}
	log("young")
	return false, nil
}

var seen int

func log(string) {}

func check(age int) error { return nil }
`

func TestSitesIn(t *testing.T) {
	sites, err := sitesIn("room/room.go", []byte(source))
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, s := range sites {
		if s.function != "Old" || s.old != source[s.from:s.to] {
			t.Errorf("%+v", s)
		}
		got = append(got, s.String())
	}
	want := []string{
		`that "seen++" is left out`,
		`"!(!known)" in place of "!known"`,
		`that "if !known { return false, nil }" is left out`,
		`that "!" is left out`,
		`that "if age >= limit { return true, check(age) }" is left out`,
		`">" in place of ">="`,
		`that "log(\"young\")" is left out`,
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
}

func TestARoomIsTried(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{
		"go.mod":       "module m\n\ngo 1.26\n",
		"room/room.go": source,
		"room/room_test.go": `package room

import "testing"

func TestOld(t *testing.T) {
	for age, want := range map[int]bool{17: false, 18: true, 19: true} {
		if old, err := Old(age, true); old != want || err != nil {
			t.Error(age, old, err)
		}
	}
	if old, _ := Old(40, false); old {
		t.Error("unknown")
	}
}
`,
	} {
		file := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	t.Chdir(dir)
	var out, errors bytes.Buffer
	code := command([]string{"-seed", "1", "-least", "60", "-limit", "2m", "room"}, &out, &errors)
	if code != 0 || errors.Len() > 0 {
		t.Errorf("exit code %d: %s%s", code, &errors, &out)
	}
	for _, want := range []string{
		`room/room.go:4: Old: nobody notices that "seen++" is left out`,
		`room/room.go:12: Old: nobody notices that "log(\"young\")" is left out`,
		"4 of 6 noticed", "1 do not build",
	} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("it does not say %q:\n%s", want, &out)
		}
	}
	if code := command([]string{"-seed", "1", "-least", "90", "-limit", "2m", "room"}, &out, &errors); code != 1 {
		t.Errorf("too few are noticed, and the exit code is %d", code)
	}
	if data, err := os.ReadFile("room/room.go"); err != nil || string(data) != source {
		t.Error("the source has been changed")
	}
}

func TestACommandLineThatIsNotUnderstood(t *testing.T) {
	var out, errors bytes.Buffer
	if code := command([]string{"--what"}, &out, &errors); code != 2 || !strings.Contains(errors.String(), "deferral, softwareupdate") {
		t.Errorf("%d: %s", code, &errors)
	}
	if code := command([]string{"no/such/room"}, &out, &errors); code != 1 {
		t.Errorf("a room that is not there: %d", code)
	}
}

func TestEveryEquivalentIsThere(t *testing.T) {
	known, err := readEquivalents(equivalentsText)
	if err != nil {
		t.Fatal(err)
	}
	t.Chdir("../../..")
	there := map[equivalent]bool{}
	for _, room := range rooms {
		sites, err := sitesOf(room)
		if err != nil {
			t.Fatal(err)
		}
		for _, s := range sites {
			there[s.key()] = true
		}
	}
	for e := range known {
		if !there[e] {
			t.Errorf("there is no such place any more: %s | %s | %s | %s", e.file, e.function, e.old, e.new)
		}
	}
	if _, err := readEquivalents("a | b | c\n"); err == nil {
		t.Error("a line of three columns is read")
	}
}
