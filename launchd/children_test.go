package launchd

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"syscall"
	"testing"
	"time"
)

// gone waits until a child of the test has ended.
func gone(t *testing.T, wait func() error) bool {
	t.Helper()
	ended := make(chan struct{})
	go func() { wait(); close(ended) }()
	select {
	case <-ended:
		return true
	case <-time.After(5 * time.Second):
		return false
	}
}

func TestAHelperThatOutlivedItsJobIsEnded(t *testing.T) {
	for _, role := range []string{"end when asked", "ignore SIGTERM"} {
		t.Run(role, func(t *testing.T) {
			h := newMac(t)
			child := play(t, role, h.Path(), true)
			if _, err := h.Remember(child.Process.Pid); err != nil {
				t.Fatal(err)
			}
			ended, err := h.SweepHelpers(context.Background())
			if err != nil || !slices.Equal(ended, []int{child.Process.Pid}) {
				t.Errorf("%v, %v", ended, err)
			}
			if !gone(t, child.Wait) {
				t.Error("it is still there")
			}
			if left, _ := os.ReadDir(h.support(childrenName)); len(left) != 0 {
				t.Errorf("the note is still there: %v", left)
			}
		})
	}
}

func TestAHelperThatEndedIsForgotten(t *testing.T) {
	h := newMac(t)
	child := play(t, "end when asked", h.Path(), true)
	forget, err := h.Remember(child.Process.Pid)
	if err != nil {
		t.Fatal(err)
	}
	forget()
	forget()
	if ended, err := h.SweepHelpers(context.Background()); err != nil || ended != nil {
		t.Errorf("%v, %v", ended, err)
	}
	if child.Process.Signal(syscall.Signal(0)) != nil {
		t.Error("a process that was not noted was ended")
	}
}

func TestNoOtherProcessIsEnded(t *testing.T) {
	tests := map[string]func(t *testing.T, h *Host, pid int){
		"another process under the same number": func(t *testing.T, h *Host, pid int) {
			put(t, h.support(childrenName, strconv.Itoa(pid)), "1234567", 0o600)
		},
		"a note that was cut off": func(t *testing.T, h *Host, pid int) {
			put(t, h.support(childrenName, strconv.Itoa(pid)), "", 0o600)
		},
		"a link for a note": func(t *testing.T, h *Host, pid int) {
			started, err := processStart(pid)
			if err != nil {
				t.Fatal(err)
			}
			put(t, h.support(childrenName, "other"), started, 0o600)
			symlink(t, "other", h.support(childrenName, strconv.Itoa(pid)))
		},
		"words for a number": func(t *testing.T, h *Host, pid int) {
			put(t, h.support(childrenName, "all"), "1", 0o600)
			put(t, h.support(childrenName, "-1"), "1", 0o600)
			put(t, h.support(childrenName, "0"), "1", 0o600)
			put(t, h.support(childrenName, "1"), "1", 0o600)
		},
	}
	for name, note := range tests {
		t.Run(name, func(t *testing.T) {
			h := newMac(t)
			child := play(t, "end when asked", h.Path(), true)
			note(t, h, child.Process.Pid)
			ended, err := h.SweepHelpers(context.Background())
			if err != nil || ended != nil {
				t.Errorf("%v, %v", ended, err)
			}
			if child.Process.Signal(syscall.Signal(0)) != nil {
				t.Error("it was ended")
			}
			if left, _ := os.ReadDir(h.support(childrenName)); len(left) != 0 {
				t.Errorf("notes are left: %v", left)
			}
		})
	}
}

func TestAProcessThatLeadsNoGroupIsLeftAlone(t *testing.T) {
	h := newMac(t)
	child := play(t, "end when asked", h.Path(), false) // in the group of the test itself
	if _, err := h.Remember(child.Process.Pid); err != nil {
		t.Fatal(err)
	}
	if ended, err := h.SweepHelpers(context.Background()); err != nil || ended != nil {
		t.Errorf("%v, %v", ended, err)
	}
}

func TestAProcessThatIsGoneIsNoTrouble(t *testing.T) {
	h := newMac(t)
	child := play(t, "end when asked", h.Path(), true)
	if _, err := h.Remember(child.Process.Pid); err != nil {
		t.Fatal(err)
	}
	child.Process.Kill()
	child.Wait()
	if ended, err := h.SweepHelpers(context.Background()); err != nil || ended != nil {
		t.Errorf("%v, %v", ended, err)
	}
	forget, err := h.Remember(child.Process.Pid)
	if err != nil {
		t.Fatal(err)
	}
	forget()
}

func TestWithoutNotesNothingIsSwept(t *testing.T) {
	h := newMac(t)
	if ended, err := h.SweepHelpers(context.Background()); err != nil || ended != nil {
		t.Errorf("%v, %v", ended, err)
	}
	if _, err := os.Lstat(h.support(childrenName)); err == nil {
		t.Error("sweeping made a folder")
	}
}

func TestNotesThatOthersCanWriteAreNotBelieved(t *testing.T) {
	h := newMac(t)
	child := play(t, "end when asked", h.Path(), true)
	if _, err := h.Remember(child.Process.Pid); err != nil {
		t.Fatal(err)
	}
	chmod(t, h.support(childrenName), 0o777)
	if ended, err := h.SweepHelpers(context.Background()); err == nil || ended != nil {
		t.Errorf("%v, %v", ended, err)
	}
	os.RemoveAll(h.support(childrenName))
	symlink(t, filepath.Dir(h.Path()), h.support(childrenName))
	if ended, err := h.SweepHelpers(context.Background()); err == nil || ended != nil {
		t.Errorf("%v, %v", ended, err)
	}
	if _, err := h.Remember(child.Process.Pid); err == nil {
		t.Error("a note was written through a link")
	}
}
