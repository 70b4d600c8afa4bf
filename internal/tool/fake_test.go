package tool

import (
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
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
	return &System{Root: root, Env: []string{"FAKE=" + root}, Grace: 300 * time.Millisecond}
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

// noted returns the process numbers that the script wrote to $FAKE/pids.
func noted(t *testing.T, s *System, n int) (pids []int) {
	t.Helper()
	waitFor(t, "the process numbers", func() bool {
		data, _ := os.ReadFile(filepath.Join(s.Root, "pids"))
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
