package launchd

import (
	"bytes"
	"testing"

	"github.com/google/go-cmp/cmp"
	"howett.net/plist"
)

// documented are the keys of launchd.plist(5) that a job of ours may use, with
// a value of their type. Left out on purpose: KeepAlive, which starts a job
// again that has ended well.
var documented = map[string]any{
	"Label": "", "Program": "", "ProgramArguments": []any{}, "RunAtLoad": false,
	"StartInterval": uint64(0), "ThrottleInterval": uint64(0), "ExitTimeOut": uint64(0),
	"Umask": uint64(0), "EnvironmentVariables": map[string]any{}, "ProcessType": "",
	"AbandonProcessGroup": false, "AssociatedBundleIdentifiers": []any{},
	"StandardOutPath": "", "StandardErrorPath": "", "WorkingDirectory": "",
}

func TestTheJobFileKeepsToTheDocumentedKeys(t *testing.T) {
	data, err := JobConfig{ID: testID, Args: []string{"wake"}, HelperID: "com.example.updates.prompt"}.Plist()
	if err != nil {
		t.Fatal(err)
	}
	var got map[string]any
	if _, err := plist.Unmarshal(data, &got); err != nil {
		t.Fatal(err)
	}
	for key, value := range got {
		kind, ok := documented[key]
		if !ok {
			t.Errorf("%s is no key of a job", key)
		} else if !sameType(kind, value) {
			t.Errorf("%s is a %T, want a %T", key, value, kind)
		}
	}
	want := map[string]any{
		"Label":                       "com.example.updates",
		"ProgramArguments":            []any{"/Library/Application Support/com.example.updates/install-or-defer", "wake"},
		"RunAtLoad":                   true,
		"StartInterval":               uint64(300),
		"ExitTimeOut":                 uint64(30),
		"Umask":                       uint64(18), // 022
		"StandardErrorPath":           "/Library/Application Support/com.example.updates/errors",
		"EnvironmentVariables":        map[string]any{"PATH": "/usr/bin:/bin:/usr/sbin:/sbin", "GOMAXPROCS": "1"},
		"AssociatedBundleIdentifiers": []any{"com.example.updates.prompt"},
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
}

func sameType(a, b any) bool {
	switch a.(type) {
	case string:
		_, ok := b.(string)
		return ok
	case bool:
		_, ok := b.(bool)
		return ok
	case uint64:
		_, ok := b.(uint64)
		return ok
	case []any:
		_, ok := b.([]any)
		return ok
	}
	_, ok := b.(map[string]any)
	return ok
}

func TestTheJobFileIsTheSameEachTime(t *testing.T) {
	first, err := JobConfig{ID: testID}.Plist()
	if err != nil {
		t.Fatal(err)
	}
	for range 20 {
		if again, _ := (JobConfig{ID: testID}).Plist(); !bytes.Equal(first, again) {
			t.Fatal("it changed")
		}
	}
	if !bytes.HasPrefix(first, []byte(`<?xml version="1.0" encoding="UTF-8"?>`)) || !bytes.HasSuffix(first, []byte("</plist>\n")) {
		t.Errorf("%s", first)
	}
	if bytes.Contains(first, []byte("AssociatedBundleIdentifiers")) || bytes.Contains(first, []byte("KeepAlive")) {
		t.Errorf("%s", first)
	}
}

func TestAnotherIdentifierChangesEveryPlace(t *testing.T) {
	one, _ := JobConfig{ID: "com.example.one", HelperID: "com.example.one.prompt"}.Plist()
	two, _ := JobConfig{ID: "com.example.two", HelperID: "com.example.two.prompt"}.Plist()
	if !bytes.Equal(bytes.ReplaceAll(one, []byte("example.one"), []byte("example.two")), two) || bytes.Contains(two, []byte("one")) {
		t.Errorf("%s", two)
	}
	if _, err := (JobConfig{ID: "../x"}).Plist(); err == nil {
		t.Error("a path passed for an identifier")
	}
}

func TestTheJobsEnvironmentIsSaidOutright(t *testing.T) {
	data, _ := JobConfig{ID: testID}.Plist()
	if n := bytes.Count(data, []byte("/usr/local")); n != 0 {
		t.Error("a folder that people can write is in PATH")
	}
}
