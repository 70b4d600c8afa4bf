package payload

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func mustNew(t *testing.T, files map[string][]byte) Tree {
	t.Helper()
	tree, err := New(files)
	if err != nil {
		t.Fatal(err)
	}
	return tree
}

func TestOwnersAndModesFollowFromTheContents(t *testing.T) {
	t.Parallel()
	tree := mustNew(t, map[string][]byte{
		"Library/Application Support/com.example/job":   []byte("\xca\xfe\xba\xbe…"),
		"Library/Application Support/com.example/text":  []byte("text"),
		"Library/Application Support/com.example/empty": nil,
		"Library/LaunchDaemons/com.example.plist":       []byte("<plist/>"),
		"run": []byte("#!/bin/sh\n"),
	})
	var got []string
	for _, e := range tree {
		got = append(got, fmt.Sprintf("%o %d:%d %s", e.UnixMode(), e.UID, e.GID, e.Path))
	}
	want := []string{
		"40755 0:0 .",
		"40755 0:0 Library",
		"40755 0:80 Library/Application Support",
		"40755 0:0 Library/Application Support/com.example",
		"100644 0:0 Library/Application Support/com.example/empty",
		"100755 0:0 Library/Application Support/com.example/job",
		"100644 0:0 Library/Application Support/com.example/text",
		"40755 0:0 Library/LaunchDaemons",
		"100644 0:0 Library/LaunchDaemons/com.example.plist",
		"100755 0:0 run",
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
}

func TestPathsThatMacOSWouldTripOverAreRefused(t *testing.T) {
	t.Parallel()
	for _, p := range []string{
		"", ".", "/Library/x", "../x", "a/../b", "a//b", "a/", "a\nb", "a\xffb", "a\x7fb",
		"Library/._x", "Library/.DS_Store", ".gitkeep", "x/.git/config", "__MACOSX/x",
		"etc/hosts", "var/log/x", "tmp/x", "System/x", "usr/local/bin/x", "bin/sh", "sbin/x",
	} {
		if _, err := New(map[string][]byte{p: nil}); err == nil {
			t.Errorf("%q was taken", p)
		}
	}
	if _, err := New(map[string][]byte{"a": nil, "a/b": nil}); err == nil {
		t.Error("a file with a file in it was taken")
	}
}

// What is on the disk has no say in owners and modes: not the umask, not the
// modes of the checkout, not the time.
func TestReadingTakesOnlyNamesAndBytes(t *testing.T) {
	files := map[string][]byte{"Library/a": []byte("a"), "Library/b": []byte("#!/bin/sh\n")}
	want := mustNew(t, files)
	for _, umask := range []int{0o000, 0o022, 0o077} {
		dir := t.TempDir()
		old := syscall.Umask(umask)
		err := want.Extract(dir)
		syscall.Umask(old)
		if err != nil {
			t.Fatal(err)
		}
		info, err := os.Stat(filepath.Join(dir, "Library/b"))
		if err != nil || info.Mode().Perm() != 0o755 {
			t.Errorf("umask %03o: mode %v, %v", umask, info.Mode(), err)
		}
		if err := os.Chmod(filepath.Join(dir, "Library/a"), 0o777); err != nil {
			t.Fatal(err)
		}
		got, err := Read(dir)
		if err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(want, got); d != "" {
			t.Errorf("umask %03o: %s", umask, d)
		}
	}
}

func TestReadingRefusesWhatIsNoPlainFile(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if err := os.Symlink("/etc/hosts", filepath.Join(dir, "link")); err != nil {
		t.Fatal(err)
	}
	if _, err := Read(dir); err == nil || !strings.Contains(err.Error(), "plain file") {
		t.Errorf("a symbolic link was taken: %v", err)
	}
	if _, err := Read(filepath.Join(dir, "nowhere")); err == nil {
		t.Error("a folder that is not there was taken")
	}
}

func TestExtractingStaysInItsFolder(t *testing.T) {
	t.Parallel()
	outside := t.TempDir()
	dir := t.TempDir()
	if err := os.Symlink(outside, filepath.Join(dir, "Library")); err != nil {
		t.Fatal(err)
	}
	tree := Tree{{Path: ".", Dir: true, Mode: 0o755}, {Path: "Library/x", Mode: 0o644, Data: []byte("x")}}
	if err := tree.Extract(dir); err == nil {
		t.Error("a file was written through a symbolic link")
	}
	if list, _ := os.ReadDir(outside); len(list) != 0 {
		t.Errorf("outside the folder there is now %v", list)
	}
}

func TestUnixModesGoThereAndBack(t *testing.T) {
	t.Parallel()
	for _, e := range []Entry{{Dir: true, Mode: 0o755}, {Mode: 0o644}, {Mode: 0o755}} {
		var back Entry
		if err := back.SetUnixMode(e.UnixMode()); err != nil || back.Dir != e.Dir || back.Mode != e.Mode {
			t.Errorf("%o became %v %o, %v", e.UnixMode(), back.Dir, back.Mode, err)
		}
	}
	var e Entry
	if err := e.SetUnixMode(0o120777); err == nil {
		t.Error("a symbolic link was taken")
	}
}
