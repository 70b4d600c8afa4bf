package logging

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"installordefer/internal/golden"
	"installordefer/internal/tool"
	"installordefer/internal/volume"
)

// fakeLogger returns a Mac whose logger(1) is a shell script.
func fakeLogger(t *testing.T, script string) *tool.System {
	t.Helper()
	root := t.TempDir()
	path := filepath.Join(root, string(tool.Logger))
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte("#!/bin/sh\n"+script), 0o755); err != nil {
		t.Fatal(err)
	}
	return &tool.System{Volume: volume.In(root), Env: []string{"FAKE=" + root}, Grace: 100 * time.Millisecond}
}

func readFake(sys *tool.System, name string) string {
	data, _ := os.ReadFile(filepath.Join(sys.Volume.Path(), name))
	return string(data)
}

func TestOneLoggerServesAllEntries(t *testing.T) {
	sys := fakeLogger(t, `echo "$*" >>"$FAKE/args"; cat >>"$FAKE/lines"; sleep 0.1; echo done >>"$FAKE/lines"`)
	log := New(Tool(sys, "Install or Defer"), fixed)
	story(log)
	if err := log.Close(); err != nil {
		t.Fatal(err)
	}
	if got := readFake(sys, "args"); got != "-t Install or Defer\n" {
		t.Errorf("logger was started with %q", got)
	}
	golden.Check(t, "testdata/logger.golden", readFake(sys, "lines"))

	log.Notice(Job, "again")
	log.Close()
	if got := readFake(sys, "lines"); !strings.HasSuffix(got, "job: again\ndone\n") {
		t.Errorf("after a new start: %q", got)
	}
}

func TestEntriesArriveAtOnce(t *testing.T) {
	sys := fakeLogger(t, `while read -r line; do echo "$line" >>"$FAKE/lines"; done`)
	log := New(Tool(sys, "x"), fixed)
	defer log.Close()
	log.Notice(Job, "first")
	for deadline := time.Now().Add(5 * time.Second); readFake(sys, "lines") != "job: first\n"; time.Sleep(5 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("got %q", readFake(sys, "lines"))
		}
	}
}

func TestDebugEntriesStartNoLogger(t *testing.T) {
	sys := fakeLogger(t, `touch "$FAKE/started"`)
	log := New(Tool(sys, "x"), fixed)
	log.Debug(Job, "Nothing to do until four.")
	if err := log.Close(); err != nil {
		t.Error(err)
	}
	if _, err := os.Stat(filepath.Join(sys.Volume.Path(), "started")); err == nil {
		t.Error("logger was started")
	}
}

func TestALoggerThatIsMissingOrEndsOrHangsIsAnError(t *testing.T) {
	s := Tool(&tool.System{Volume: volume.In(t.TempDir())}, "x")
	if err := s.Log(Entry{at, levelNotice, Job, "x"}); err == nil || !strings.Contains(err.Error(), "logger") {
		t.Errorf("missing: %v", err)
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}

	s = Tool(fakeLogger(t, `exit 0`), "x")
	var err error
	for deadline := time.Now().Add(5 * time.Second); err == nil && time.Now().Before(deadline); time.Sleep(time.Millisecond) {
		err = s.Log(Entry{at, levelNotice, Job, "x"})
	}
	if err == nil || !strings.Contains(err.Error(), "takes no more lines") {
		t.Errorf("ended: %v", err)
	}
	s.Close()

	s = Tool(fakeLogger(t, `kill -STOP $$; sleep 60`), "x")
	start := time.Now()
	for err = nil; err == nil && time.Since(start) < 20*time.Second; {
		err = s.Log(Entry{at, levelNotice, Job, strings.Repeat("x", maxText)})
	}
	if err == nil || !strings.Contains(err.Error(), "takes no more lines") {
		t.Errorf("stopped: %v", err)
	}
	s.Close()
}

func TestClosingDoesNotWaitForALoggerThatHangs(t *testing.T) {
	s := Tool(fakeLogger(t, `trap '' TERM; while :; do sleep 1; done`), "x")
	if err := s.Log(Entry{at, levelNotice, Job, "x"}); err != nil {
		t.Fatal(err)
	}
	start := time.Now()
	s.Close()
	if took := time.Since(start); took > 10*time.Second {
		t.Errorf("took %v", took)
	}
}
