package launchd

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"slices"
	"syscall"
	"testing"

	"installordefer/internal/tool"
)

func TestTheJobFileOfAnUnloadedJobGoesFirst(t *testing.T) {
	l := Layout{ID: testID}
	for _, keep := range []bool{false, true} {
		all, want := steps(l, Removal{Unloaded: true, KeepState: keep}), steps(l, Removal{KeepState: keep})
		if all[0].Path != l.JobFile() || len(all) != len(want) {
			t.Errorf("%+v", all)
		}
		for _, s := range want {
			if !slices.ContainsFunc(all, func(a Step) bool { return a.What == s.What }) {
				t.Errorf("there is no step to %s", s.What)
			}
		}
	}
}

// protecting are files of which macOS protects the application.
type protecting struct {
	Files
	h   *Host
	err error
}

func (p protecting) Delete(path string) error {
	if path == p.h.HelperApp() {
		return &fs.PathError{Op: "unlinkat", Path: path, Err: p.err}
	}
	if path == p.h.SupportFolder() {
		return errors.Join(p.Files.Clear(path, []string{appName}), &fs.PathError{Op: "unlinkat", Path: path, Err: p.err})
	}
	return p.Files.Delete(path)
}

func (p protecting) Clear(path string, keep []string) error {
	return errors.Join(p.Files.Clear(path, append(keep, appName)), &fs.PathError{Op: "unlinkat", Path: p.h.HelperApp(), Err: p.err})
}

func TestAnApplicationThatMacOSProtectsStopsNothing(t *testing.T) {
	for _, unloaded := range []bool{false, true} {
		h := newMac(t)
		furnish(t, h)
		h.Files = protecting{rootFiles{h}, h, syscall.EPERM}
		var told error
		err := h.Remove(context.Background(), Removal{Unloaded: unloaded, ClearState: clearing(h), Left: func(err error) { told = err }})
		if !errors.Is(err, ErrLeft) || !errors.Is(told, syscall.EPERM) {
			t.Errorf("%v; told was %v", err, told)
		}
		list, err := os.ReadDir(h.SupportFolder())
		if len(list) != 1 || list[0].Name() != appName || err != nil {
			t.Errorf("left are %v, %v", list, err)
		}
		if left := have(t, h, h.JobFile(), h.Program(), h.StateFile()); left != nil {
			t.Errorf("left over: %v", left)
		}
		if !slices.ContainsFunc(h.Runner.(*fakeRunner).calls, func(c tool.Command) bool { return c.Args[0] == "bootout" }) {
			t.Error("the job is still loaded")
		}
		h.Files = nil // somebody has allowed it
		if err := h.Remove(context.Background(), Removal{ClearState: clearing(h)}); err != nil {
			t.Error(err)
		}
		if _, err := os.Stat(h.SupportFolder()); !errors.Is(err, fs.ErrNotExist) {
			t.Error(err)
		}
	}
	h := newMac(t)
	furnish(t, h)
	h.Files = protecting{rootFiles{h}, h, syscall.EIO}
	if err := h.Remove(context.Background(), Removal{ClearState: clearing(h)}); errors.Is(err, ErrLeft) || !errors.Is(err, syscall.EIO) {
		t.Errorf("a broken disk: %v", err)
	}
}
