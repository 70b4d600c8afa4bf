package launchd

import (
	"context"
	"errors"
	"testing"

	"golang.org/x/sys/unix"
)

// withFiles runs f while the process may open files only up to a number, so
// that one of f's operations fails: a lower number, an earlier one.
func withFiles(t *testing.T, most uint64, f func()) {
	t.Helper()
	var limit unix.Rlimit
	if err := unix.Getrlimit(unix.RLIMIT_NOFILE, &limit); err != nil {
		t.Fatal(err)
	}
	few := unix.Rlimit{Cur: most, Max: limit.Max}
	if err := unix.Setrlimit(unix.RLIMIT_NOFILE, &few); err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := unix.Setrlimit(unix.RLIMIT_NOFILE, &limit); err != nil {
			t.Fatal(err)
		}
	}()
	f()
}

func TestAMacThatIsOutOfFilesLosesNothing(t *testing.T) {
	pid := play(t, "end when asked", "", true).Process.Pid
	failures := map[string]int{}
	for most := uint64(3); most < 40; most++ {
		h := newMac(t)
		stay := furnish(t, h)
		steps := map[string]func() error{
			"lock": func() error {
				release, err := h.Lock()
				if err == nil {
					release()
				}
				return err
			},
			"remember": func() error {
				forget, err := h.Remember(pid)
				if err == nil {
					forget()
				}
				return err
			},
			"sweep":  func() error { _, err := h.SweepHelpers(context.Background()); return err },
			"check":  func() error { return h.checkHelperFiles() },
			"begun":  func() error { _, err := h.RemovalBegun(); return err },
			"remove": func() error { return h.Remove(context.Background(), Removal{ClearState: clearing(h)}) },
		}
		for _, name := range []string{"lock", "remember", "sweep", "check", "begun", "remove"} {
			withFiles(t, most, func() {
				switch err := steps[name](); {
				case errors.Is(err, unix.EMFILE):
					failures[name]++
				case err != nil:
					t.Errorf("%s, with %d files: %v", name, most, err)
				}
			})
		}
		if there := have(t, h, h.Program(), h.JobFile()); len(there) == 1 {
			t.Errorf("with %d files a removal left only %v", most, there)
		}
		if err := h.Remove(context.Background(), Removal{ClearState: clearing(h)}); err != nil {
			t.Error(err)
		}
		checkGone(t, h, stay)
	}
	for _, name := range []string{"lock", "remember", "sweep", "check", "begun", "remove"} {
		if failures[name] == 0 {
			t.Errorf("%s never ran out of files", name)
		}
	}
}

func TestAnAnswerWithoutEndIsRefused(t *testing.T) {
	text := append([]byte("<dictionary> {\n"), make([]byte, 1<<20)...)
	if c, err := ParseConsoleUser(text); !errors.Is(err, errUnreadable) {
		t.Errorf("%+v, %v", c, err)
	}
}
