package logging

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"

	"installordefer/internal/golden"
)

func story(log *Logger) {
	log.Notice(Settings, "The deadline is 3 days after the first check (MaxDeferralTime).")
	log.Debug(State, "Read 512 bytes.")
	log.Notice(Check, "2 updates are in scope: Safari 27.0, macOS 26.7.")
	log.Error(Download, "The download of Safari failed: no network. The prompt comes without it.")
	log.Info(Prompt, "The console user is kim (501).")
}
func TestTheLogOnATerminal(t *testing.T) {
	var b strings.Builder
	story(New(Writer(&b), fixed))
	golden.Check(t, "testdata/terminal.golden", b.String())
}

func TestTheDiagnosticLog(t *testing.T) {
	path := filepath.Join(t.TempDir(), "install-or-defer.log")
	log := New(File(path), fixed)
	story(log)
	if err := log.Close(); err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	golden.Check(t, "testdata/file.golden", string(data))
	if info, _ := os.Stat(path); info.Mode() != 0o640 {
		t.Errorf("the file has the mode %v", info.Mode())
	}
}

func TestEntriesBelowALevelAreLeftOut(t *testing.T) {
	var r recorder
	log := New(atLeast(levelNotice, &r), fixed)
	story(log)
	log.Close()
	if got := len(r.entries); got != 3 || r.closed != 1 {
		t.Errorf("got %d entries and %d closings:\n%s", got, r.closed, r.texts())
	}
}

func TestSeveralSinksAndOneThatFails(t *testing.T) {
	var good, bad recorder
	log := New(Multi(&bad, &good), fixed)
	log.Notice(Job, "1")
	bad.err = errors.New("the disk is\nfull")
	log.Notice(Job, "2")
	log.Notice(Job, "3")
	bad.err = nil
	log.Notice(Job, "4")
	bad.err = errors.New("gone")
	log.Notice(Job, "5")
	want := "notice job: 1\n" +
		`error job: A part of the log is missing: the disk is\nfull. The job goes on.` + "\n" +
		"notice job: 2\nnotice job: 3\nnotice job: 4\n" +
		"error job: A part of the log is missing: gone. The job goes on.\n" +
		"notice job: 5\n"
	if good.texts() != want {
		t.Errorf("the good one got\n%swant\n%s", good.texts(), want)
	}
	if want := "notice job: 1\nnotice job: 4\n"; bad.texts() != want {
		t.Errorf("the bad one got\n%s", bad.texts())
	}
	if err := log.Close(); err == nil || good.closed != 1 || bad.closed != 1 {
		t.Errorf("closing: %v, %d, %d", err, good.closed, bad.closed)
	}
}

func TestTheLogIsRotated(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "x.log")
	log := New(File(path), fixed)
	long := strings.Repeat("x", 900)
	const lines = 8000 // about 7.5 MB
	for i := range lines {
		log.Notice(Job, "%05d %s", i, long)
	}
	log.Close()

	// Newest first.
	paths := []string{path, path + ".1", path + ".2", path + ".3", path + ".4"}
	if entries, _ := os.ReadDir(dir); len(entries) != len(paths) {
		t.Errorf("the folder holds %v", entries)
	}
	var kept []string
	for i, p := range slices.Backward(paths) {
		data, err := os.ReadFile(p)
		if err != nil {
			t.Fatal(err)
		}
		if len(data) > maxFileSize || i > 0 && len(data) < maxFileSize-1000 {
			t.Errorf("%s holds %d bytes", p, len(data))
		}
		if info, _ := os.Stat(p); info.Mode() != 0o640 {
			t.Errorf("%s has the mode %v", p, info.Mode())
		}
		kept = append(kept, strings.Split(strings.TrimSuffix(string(data), "\n"), "\n")...)
	}
	for i, line := range kept {
		if want := fmt.Sprintf(" notice job: %05d xxx", lines-len(kept)+i); !strings.Contains(line, want) {
			t.Fatalf("line %d of %d is %.60q, want %q", i, len(kept), line, want)
		}
	}
	if len(kept) < 4400 {
		t.Errorf("only %d lines are kept", len(kept))
	}
}

func TestALogIsAppendedToAndItsSizeIsKnown(t *testing.T) {
	path := filepath.Join(t.TempDir(), "x.log")
	if err := os.WriteFile(path, []byte(strings.Repeat("old line\n", maxFileSize/9)), 0o600); err != nil {
		t.Fatal(err)
	}
	log := New(File(path), fixed)
	log.Notice(Job, "%s", "a line that does not fit any more")
	log.Close()
	if info, err := os.Stat(path + ".1"); err != nil || info.Size() < maxFileSize-9 {
		t.Errorf("the full file was not set aside: %v", err)
	}
	if data, _ := os.ReadFile(path); strings.Count(string(data), "\n") != 1 {
		t.Errorf("the new file holds %.100q", data)
	}
}

func TestTwoProgramsCanWriteTheSameLog(t *testing.T) {
	path := filepath.Join(t.TempDir(), "x.log")
	one, two := New(File(path), fixed), New(File(path), fixed)
	one.Notice(Job, "a")
	two.Notice(Job, "b")
	one.Notice(Job, "c")
	two.Notice(Job, "d")
	errs := errors.Join(one.Close(), two.Close())
	data, err := os.ReadFile(path)
	if err := errors.Join(errs, err); err != nil {
		t.Fatal(err)
	}
	var texts string
	for line := range strings.Lines(string(data)) {
		texts += strings.TrimSpace(line[strings.LastIndex(line, ":")+1:])
	}
	if texts != "abcd" {
		t.Errorf("got\n%s", data)
	}
}

func TestALogHasItsModeWhateverItHadBefore(t *testing.T) {
	defer syscall.Umask(syscall.Umask(0o077))
	for _, before := range []fs.FileMode{0, 0o600, 0o666} {
		path := filepath.Join(t.TempDir(), "x.log")
		if before != 0 {
			if err := errors.Join(os.WriteFile(path, nil, before), os.Chmod(path, before)); err != nil {
				t.Fatal(err)
			}
		}
		log := New(File(path), fixed)
		log.Notice(Job, "x")
		log.Close()
		if info, err := os.Stat(path); err != nil || info.Mode() != 0o640 {
			t.Errorf("before %v, now %v, %v", before, info.Mode(), err)
		}
	}
}

func TestALogThatWasMovedAwayIsOpenedAgain(t *testing.T) {
	path := filepath.Join(t.TempDir(), "x.log")
	log := New(File(path), fixed)
	log.Notice(Job, "first")
	if err := os.Rename(path, path+".moved"); err != nil {
		t.Fatal(err)
	}
	log.Notice(Job, "second")
	if err := errors.Join(os.Remove(path), os.WriteFile(path, nil, 0o640)); err != nil {
		t.Fatal(err)
	}
	log.Notice(Job, "third")
	log.Close()
	if data, _ := os.ReadFile(path); !strings.HasSuffix(string(data), "job: third\n") || strings.Count(string(data), "\n") != 1 {
		t.Errorf("the file holds %q", data)
	}
}

func TestALogIsNotWrittenWhereSomethingElseIs(t *testing.T) {
	dir := t.TempDir()
	victim := filepath.Join(dir, "victim")
	if err := os.WriteFile(victim, []byte("precious"), 0o644); err != nil {
		t.Fatal(err)
	}
	link, folder := filepath.Join(dir, "link.log"), filepath.Join(dir, "folder.log")
	if err := errors.Join(os.Symlink(victim, link), os.Mkdir(folder, 0o755)); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{link, folder, filepath.Join(dir, "missing", "x.log"), "/dev/null"} {
		s := File(path)
		if err := s.Log(Entry{at, levelNotice, Job, "x"}); err == nil || !strings.Contains(err.Error(), path) {
			t.Errorf("%s: %v", path, err)
		}
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	}
	if data, _ := os.ReadFile(victim); string(data) != "precious" {
		t.Errorf("the file behind the link holds %q", data)
	}
}

func TestNothingIsOpenedBeforeTheFirstEntry(t *testing.T) {
	path := filepath.Join(t.TempDir(), "x.log")
	log := New(File(path), fixed)
	log.Close()
	if _, err := os.Lstat(path); err == nil {
		t.Error("the file was made")
	}
}
