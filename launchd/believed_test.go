package launchd

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/sys/unix"
)

// strange is what can lie in the place of a file, and is none of root's own.
var strange = []spoil{
	{"a link to a file of root's", false, func(t *testing.T, path string) {
		put(t, path+" elsewhere", "theirs", 0o600)
		link(t, path+" elsewhere", path)
	}},
	{"a link to nothing", false, func(t *testing.T, path string) { link(t, "nowhere", path) }},
	{"a folder", false, func(t *testing.T, path string) { put(t, filepath.Join(path, "in it"), "theirs", 0o600) }},
	{"a pipe", false, func(t *testing.T, path string) {
		if err := unix.Mkfifo(path, 0o600); err != nil {
			t.Fatal(err)
		}
	}},
	{"a file that everybody writes", false, func(t *testing.T, path string) { put(t, path, "theirs", 0o666) }},
	{"a file that the group writes", false, func(t *testing.T, path string) { put(t, path, "theirs", 0o620) }},
	{"somebody else's file", true, func(t *testing.T, path string) {
		put(t, path, "theirs", 0o600)
		if err := os.Chown(path, 501, 20); err != nil {
			t.Fatal(err)
		}
	}},
}

func link(t *testing.T, target, path string) {
	t.Helper()
	if err := os.Symlink(target, path); err != nil {
		t.Fatal(err)
	}
}

func TestWhatLiesInTheWay(t *testing.T) {
	const end = ".broken-20261130T120000Z"
	own := map[string]func(Layout) string{"state": Layout.StateFile, "copy": Layout.DeadlineCopy, "hold": Layout.HoldFile, "history": Layout.HistoryFile, "status": Layout.StatusFile}
	for what, path := range own {
		for _, s := range strange {
			t.Run(what+": "+s.name, func(t *testing.T) {
				if s.root {
					needRoot(t)
				}
				h := newMac(t)
				at := path(h.Layout)
				if err := os.RemoveAll(at); err != nil {
					t.Fatal(err)
				}
				s.do(t, at)
				was, err := os.Lstat(at)
				if err != nil {
					t.Fatal(err)
				}
				notes := h.ClearWay(end)
				if len(notes) != 1 || !strings.Contains(notes[0], at) || !strings.HasSuffix(notes[0], "not safe to use. It does not count, and was moved to "+h.support(filepath.Base(at)+end)) {
					t.Errorf("it says %q", notes)
				}
				aside := h.support(filepath.Base(at) + end)
				if is, err := os.Lstat(aside); err != nil || !os.SameFile(was, is) {
					t.Errorf("it is not at %s: %v", aside, err)
				}
				if _, err := os.Lstat(at); !errors.Is(err, fs.ErrNotExist) {
					t.Errorf("something is still in the way: %v", err)
				}
				if data, err := os.ReadFile(at + " elsewhere"); err == nil && string(data) != "theirs" {
					t.Error("the link was followed")
				}
				if notes := h.ClearWay(end); len(notes) > 0 {
					t.Errorf("the next wake says %q", notes)
				}
			})
		}
	}
	t.Run("what is the job's own stays", func(t *testing.T) {
		h := newMac(t)
		for _, path := range own {
			put(t, path(h.Layout), "ours", 0o600)
		}
		if notes := h.ClearWay(end); len(notes) > 0 {
			t.Errorf("it says %q", notes)
		}
	})
	t.Run("what cannot be moved is told", func(t *testing.T) {
		h := newMac(t)
		link(t, "nowhere", h.StateFile())
		put(t, h.support(stateName+end, "in it"), "", 0o600)
		if notes := h.ClearWay(end); len(notes) != 1 || !strings.Contains(notes[0], "moved to nowhere: ") {
			t.Errorf("it says %q", notes)
		}
	})
}

func TestAProfileIsBelievedOnlyAsAFileOfRootsBelowFoldersOfRoots(t *testing.T) {
	h := newMac(t)
	if err := h.CheckOwned(h.ManagedFile()); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("without one: %v", err)
	}
	put(t, h.ManagedFile(), "ours", 0o644)
	if err := h.CheckOwned(h.ManagedFile()); err != nil {
		t.Error(err)
	}
	for _, s := range strange {
		t.Run(s.name, func(t *testing.T) {
			if s.root {
				needRoot(t)
			}
			h := newMac(t)
			put(t, filepath.Join(filepath.Dir(h.ManagedFile()), "another"), "", 0o644)
			s.do(t, h.ManagedFile())
			if err := h.CheckOwned(h.ManagedFile()); !errors.Is(err, ErrUnsafe) {
				t.Errorf("it is believed: %v", err)
			}
		})
	}
	t.Run("folder", func(t *testing.T) {
		eachSpoiled(t, Layout.SupportFolder, func(t *testing.T, h *Host) {
			if err := h.CheckOwned(h.DeadlineCopy()); err == nil || errors.Is(err, fs.ErrNotExist) {
				t.Errorf("it is believed: %v", err)
			}
		})
	})
}
