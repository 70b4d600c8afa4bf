package tool

import (
	"context"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"installordefer/internal/clock"
	"installordefer/internal/volume"
)

// fakeMac returns a System whose softwareupdate is a shell script. At the end
// of the test no goroutine, file or process of it may be left.
func fakeMac(t *testing.T, script string) *System {
	t.Helper()
	root := t.TempDir()
	path := filepath.Join(root, string(SoftwareUpdate))
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte("#!/bin/sh\n"+script), 0o755); err != nil {
		t.Fatal(err)
	}
	goroutines, files := runtime.NumGoroutine(), openFiles(t)
	t.Cleanup(func() {
		waitFor(t, "the goroutines to end", func() bool { return runtime.NumGoroutine() <= goroutines })
		waitFor(t, "the files to be closed", func() bool { return openFiles(t) <= files })
	})
	return &System{Volume: volume.In(root), Env: []string{"FAKE=" + root}, Grace: 300 * time.Millisecond}
}

func openFiles(t *testing.T) int {
	entries, err := os.ReadDir("/dev/fd")
	if err != nil {
		t.Skip("no list of open files here: ", err)
	}
	return len(entries)
}

func waitFor(t *testing.T, what string, done func() bool) {
	t.Helper()
	for deadline := time.Now().Add(5 * time.Second); !done(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(deadline) {
			buf := make([]byte, 1<<16)
			t.Errorf("still waiting for %s\n%s", what, buf[:runtime.Stack(buf, true)])
			return
		}
	}
}

// follow follows a program to its end and passes each line on.
func follow(ctx context.Context, s *System, c Command, each func(Line)) (Result, error) {
	run, err := s.Follow(ctx, c)
	if err != nil {
		return Result{ExitCode: -1}, err
	}
	for {
		lines, over := run.Wait(context.Background(), time.Minute)
		for _, l := range lines {
			each(l)
		}
		if over {
			return run.Result()
		}
	}
}

// A patientClock lets no time pass before the script has noted two process
// numbers, and then all that is waited for. Limits then need no real time, and
// a slow machine does not end a script too soon.
type patientClock struct {
	noted string
	mu    sync.Mutex
	now   clock.Moment
}

func patient(s *System) *patientClock {
	return &patientClock{noted: filepath.Join(s.Volume.Path(), "pids"), now: clock.Moment{Boot: "b"}}
}

func (c *patientClock) Now() clock.Moment {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *patientClock) Sleep(ctx context.Context, d time.Duration) error {
	for {
		if data, _ := os.ReadFile(c.noted); len(strings.Fields(string(data))) >= 2 {
			break
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(5 * time.Millisecond):
		}
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
	return ctx.Err()
}

// noted returns the process numbers that the script wrote to $FAKE/pids.
func noted(t *testing.T, s *System, n int) (pids []int) {
	t.Helper()
	waitFor(t, "the process numbers", func() bool {
		data, _ := os.ReadFile(filepath.Join(s.Volume.Path(), "pids"))
		pids = nil
		for _, field := range strings.Fields(string(data)) {
			pid, err := strconv.Atoi(field)
			if err != nil {
				t.Fatal(err)
			}
			pids = append(pids, pid)
		}
		return len(pids) >= n
	})
	return pids
}

func mustBeGone(t *testing.T, pids []int) {
	t.Helper()
	for _, pid := range pids {
		waitFor(t, "process "+strconv.Itoa(pid)+" to be gone", func() bool { return !alive(pid) })
	}
}

// alive reports whether a process runs. One that has ended but was not yet
// collected by the parent it was left to does not.
func alive(pid int) bool {
	if syscall.Kill(pid, 0) != nil {
		return false
	}
	stat, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/stat")
	if err != nil {
		return !os.IsNotExist(err) || runtime.GOOS != "linux"
	}
	_, after, _ := strings.Cut(string(stat), ") ")
	return !strings.HasPrefix(after, "Z")
}
