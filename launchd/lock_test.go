package launchd

import (
	"errors"
	"io/fs"
	"os"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"installordefer/internal/volume"
)

func TestOneWakeHoldsTheLock(t *testing.T) {
	h := newMac(t)
	release, err := h.Lock()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := h.Lock(); !errors.Is(err, ErrBusy) {
		t.Errorf("a second wake got %v", err)
	}
	release()
	release()
	again, err := h.Lock()
	if err != nil {
		t.Fatal(err)
	}
	again()
}

func TestTheLockHoldsAgainstAnotherProcessAndDiesWithIt(t *testing.T) {
	h := newMac(t)
	holder := play(t, "hold the lock", h.Path(), false)
	if _, err := h.Lock(); !errors.Is(err, ErrBusy) {
		t.Fatalf("while another process holds the lock: %v", err)
	}
	if err := holder.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	holder.Wait()
	release, err := h.Lock()
	if err != nil {
		t.Fatalf("after the holder was killed: %v", err)
	}
	release()
}

func TestOfManyWakesOneActs(t *testing.T) {
	h := newMac(t)
	type outcome struct {
		release func()
		err     error
	}
	start, outcomes := make(chan struct{}), make(chan outcome)
	for range 20 {
		go func() {
			<-start
			release, err := h.Lock()
			outcomes <- outcome{release, err}
		}()
	}
	close(start)
	acting := 0
	for range 20 {
		switch o := <-outcomes; {
		case o.err == nil:
			acting++
			defer o.release()
		case !errors.Is(o.err, ErrBusy):
			t.Error(o.err)
		}
	}
	if acting != 1 {
		t.Errorf("%d wakes got the lock", acting)
	}
}

func TestAnOrdinaryWakeDoesNotWriteTheLockFile(t *testing.T) {
	h := newMac(t)
	put(t, h.LockFile(), "", 0o400)
	chmod(t, h.SupportFolder(), 0o555)
	t.Cleanup(func() { chmod(t, h.SupportFolder(), 0o755) })
	before, _ := os.Stat(h.LockFile())
	release, err := h.Lock()
	if err != nil {
		t.Fatal(err)
	}
	release()
	after, _ := os.Stat(h.LockFile())
	if !before.ModTime().Equal(after.ModTime()) || after.Size() != 0 {
		t.Error("the lock file was written")
	}
}

func TestALockFileOfSomeoneElseIsRefused(t *testing.T) {
	tests := map[string]func(t *testing.T, h *Host){
		"a link to a file": func(t *testing.T, h *Host) {
			put(t, h.support("other"), "keep", 0o600)
			symlink(t, "other", h.LockFile())
		},
		"a link to nothing": func(t *testing.T, h *Host) { symlink(t, "nothing", h.LockFile()) },
		"a link far away":   func(t *testing.T, h *Host) { symlink(t, "/etc/passwd", h.LockFile()) },
		"a folder": func(t *testing.T, h *Host) {
			if err := os.Mkdir(h.LockFile(), 0o755); err != nil {
				t.Fatal(err)
			}
		},
		"a pipe": func(t *testing.T, h *Host) {
			if err := syscall.Mkfifo(h.LockFile(), 0o600); err != nil {
				t.Fatal(err)
			}
		},
		"one that others write": func(t *testing.T, h *Host) { put(t, h.LockFile(), "", 0o666) },
		"another's": func(t *testing.T, h *Host) {
			needRoot(t)
			put(t, h.LockFile(), "", 0o600)
			if err := os.Chown(h.LockFile(), 501, 20); err != nil {
				t.Fatal(err)
			}
		},
	}
	for name, make := range tests {
		t.Run(name, func(t *testing.T) {
			h := newMac(t)
			make(t, h)
			if release, err := h.Lock(); !errors.Is(err, ErrUnsafe) {
				if err == nil {
					release()
				}
				t.Errorf("%v", err)
			}
			if _, err := os.Lstat(h.support("nothing")); err == nil {
				t.Error("a file was made through the link")
			}
		})
	}
	eachSpoiled(t, Layout.SupportFolder, func(t *testing.T, h *Host) {
		if release, err := h.Lock(); err == nil {
			release()
			t.Error("locked")
		}
	})
}

func TestALockOnADeletedFileDoesNotCount(t *testing.T) {
	h := newMac(t)
	release, err := h.Lock()
	if err != nil {
		t.Fatal(err)
	}
	defer release()
	if err := os.Remove(h.LockFile()); err != nil {
		t.Fatal(err)
	}
	next, err := h.Lock()
	if err != nil {
		t.Fatal(err)
	}
	defer next()
	if _, err := h.Lock(); !errors.Is(err, ErrBusy) {
		t.Errorf("the new lock does not hold: %v", err)
	}
}

// A removal deletes the lock file while it holds the lock. One who had opened
// it a moment before must not take the deleted file for a free lock.
func TestTwoWakesNeverActWhileTheLockFileIsDeleted(t *testing.T) {
	h := newMac(t)
	var inside atomic.Int32
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			for range 1000 {
				release, err := h.Lock()
				if errors.Is(err, ErrBusy) {
					continue
				}
				if err != nil {
					t.Error(err)
					return
				}
				if inside.Add(1) != 1 {
					t.Error("two wakes act at the same time")
				}
				time.Sleep(20 * time.Microsecond)
				inside.Add(-1) // from here on the next one may act
				os.Remove(h.LockFile())
				release()
			}
		})
	}
	all.Wait()
}

func TestAJobThatIsNotInstalledHasNoLock(t *testing.T) {
	h := &Host{Layout: Layout{Volume: volume.In(t.TempDir()), ID: testID}, Owner: os.Getuid()}
	if _, err := h.Lock(); !errors.Is(err, fs.ErrNotExist) {
		t.Error(err)
	}
}

func symlink(t *testing.T, target, name string) {
	t.Helper()
	if err := os.Symlink(target, name); err != nil {
		t.Fatal(err)
	}
}
