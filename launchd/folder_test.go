package launchd

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"installordefer/internal/volume"
)

// spoil makes one part of the way to the support folder unsafe.
type spoil struct {
	name string
	root bool // needs root
	do   func(t *testing.T, path string)
}

var spoils = []spoil{
	{"a link from the root", false, func(t *testing.T, path string) { relink(t, path, path+" elsewhere") }},
	{"a link beside it", false, func(t *testing.T, path string) { relink(t, path, filepath.Base(path)+" elsewhere") }},
	{"the group writes", false, func(t *testing.T, path string) { chmod(t, path, 0o775) }},
	{"everyone writes", false, func(t *testing.T, path string) { chmod(t, path, 0o777) }},
	{"everyone writes, sticky", false, func(t *testing.T, path string) { chmod(t, path, 0o777|os.ModeSticky) }},
	{"another owner", true, func(t *testing.T, path string) {
		if err := os.Chown(path, 501, 20); err != nil {
			t.Fatal(err)
		}
	}},
	{"a file", false, func(t *testing.T, path string) {
		if err := os.RemoveAll(path); err != nil {
			t.Fatal(err)
		}
		put(t, path, "", 0o644)
	}},
}

// relink moves path aside and puts a link to where it is now in its place.
func relink(t *testing.T, path, target string) {
	t.Helper()
	if err := os.Rename(path, path+" elsewhere"); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(target, path); err != nil {
		t.Fatal(err)
	}
}

func chmod(t *testing.T, path string, mode os.FileMode) {
	t.Helper()
	if err := os.Chmod(path, mode); err != nil {
		t.Fatal(err)
	}
}

// eachSpoiled runs f on a Mac for each part of the way to folder and each
// way in which it can be unsafe.
func eachSpoiled(t *testing.T, folder func(Layout) string, f func(t *testing.T, h *Host)) {
	parts, err := Layout{ID: testID}.below(folder(Layout{ID: testID}))
	if err != nil {
		t.Fatal(err)
	}
	for n := range len(parts) {
		for _, s := range spoils {
			t.Run(filepath.Join(parts[:n+1]...)+": "+s.name, func(t *testing.T) {
				if s.root {
					needRoot(t)
				}
				h := newMac(t)
				s.do(t, h.Path(parts[:n+1]...))
				f(t, h)
			})
		}
	}
}

func TestAFolderIsOpenedOnlyWhenNobodyElseCanWriteTheWayToIt(t *testing.T) {
	h := newMac(t)
	dir, err := h.OpenFolder(h.SupportFolder())
	if err != nil {
		t.Fatal(err)
	}
	dir.Close()
	eachSpoiled(t, Layout.SupportFolder, func(t *testing.T, h *Host) {
		if dir, err := h.OpenFolder(h.SupportFolder()); err == nil {
			dir.Close()
			t.Error("opened")
		} else if errors.Is(err, fs.ErrNotExist) {
			t.Errorf("taken for missing: %v", err)
		}
	})
}

func TestTheRootItselfIsChecked(t *testing.T) {
	h := newMac(t)
	chmod(t, h.Path(), 0o777)
	if _, err := h.OpenFolder(h.SupportFolder()); !errors.Is(err, ErrUnsafe) {
		t.Error(err)
	}
}

func TestAMissingFolderIsMissing(t *testing.T) {
	h := &Host{Layout: Layout{Volume: volume.In(t.TempDir()), ID: testID}, Owner: os.Getuid()}
	if _, err := h.OpenFolder(h.SupportFolder()); !errors.Is(err, fs.ErrNotExist) {
		t.Error(err)
	}
	h.Volume = volume.In(h.Path("nowhere"))
	if _, err := h.OpenFolder(h.SupportFolder()); !errors.Is(err, fs.ErrNotExist) {
		t.Error(err)
	}
}

func TestNothingOutsideTheRootIsOpened(t *testing.T) {
	h := newMac(t)
	for _, path := range []string{"/", filepath.Dir(h.Path()), h.Path() + "/../x", "/etc"} {
		if dir, err := h.OpenFolder(path); err == nil {
			dir.Close()
			t.Errorf("%s was opened", path)
		}
	}
}
