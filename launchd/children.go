package launchd

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strconv"
	"time"

	"golang.org/x/sys/unix"
)

// When the root job dies, launchd ends the rest of its process group. The
// helper leads a group of its own, so that it can be ended with all it
// started, and escapes that. So each such child is noted: one small file,
// named after the process and holding the time of its start, by which the
// next wake knows it again.

// errNoProcess says that a process is gone, or only waits to be forgotten.
var errNoProcess = errors.New("no such process")

// Remember notes a child that leads its own process group. Call forget when
// the child has ended.
func (h *Host) Remember(pid int) (forget func(), err error) {
	started, err := processStart(pid)
	if errors.Is(err, errNoProcess) {
		return func() {}, nil
	}
	if err != nil {
		return nil, fmt.Errorf("noting the helper's process %d: %w", pid, err)
	}
	dir, err := h.childrenFolder()
	if err != nil {
		return nil, fmt.Errorf("noting the helper's process %d: %w", pid, err)
	}
	name := strconv.Itoa(pid)
	err = dir.RemoveAll(name)
	if err == nil {
		err = writeNew(dir, name, started)
	}
	if err != nil {
		dir.Close()
		return nil, fmt.Errorf("noting the helper's process %d: %w", pid, err)
	}
	return func() { dir.Remove(name); dir.Close() }, nil
}

func writeNew(dir *os.Root, name, text string) error {
	f, err := dir.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	_, err = f.WriteString(text)
	return errors.Join(err, f.Close())
}

// childrenFolder opens the folder of the notes, made where there is none.
func (h *Host) childrenFolder() (*os.Root, error) {
	support, err := h.OpenFolder(h.SupportFolder())
	if err != nil {
		return nil, err
	}
	defer support.Close()
	if err := support.Mkdir(childrenName, 0o700); err != nil && !errors.Is(err, fs.ErrExist) {
		return nil, err
	}
	return h.OpenFolder(h.support(childrenName))
}

// SweepHelpers ends what is left of helpers whose root job was killed, and
// returns their process ids. A process is only ended if it is still the one
// that was noted. A child whose leader is gone already is left: the helper
// ends by itself when its input closes.
func (h *Host) SweepHelpers(ctx context.Context) (ended []int, err error) {
	notes := h.support(childrenName)
	// Hardly ever is there one, and a wake that waits need not open folder after
	// folder to find that out.
	if _, err := os.Lstat(notes); errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	dir, err := h.OpenFolder(notes)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("looking for helpers left over: %w", err)
	}
	defer dir.Close()
	list, err := entries(dir)
	if err != nil {
		return nil, fmt.Errorf("looking for helpers left over: %w", err)
	}
	for _, e := range list {
		pid, err := strconv.Atoi(e.Name())
		if err == nil && pid > 1 && e.Type().IsRegular() {
			if note, err := dir.ReadFile(e.Name()); err == nil && endGroup(ctx, pid, string(note)) {
				ended = append(ended, pid)
			}
		}
		if err := dir.RemoveAll(e.Name()); err != nil {
			return ended, fmt.Errorf("forgetting a helper left over: %w", err)
		}
	}
	return ended, nil
}

// patience is how long a left-over helper may take to end when asked.
const patience = 2 * time.Second

// endGroup ends the process group that pid leads, if pid is still the process
// that started at the time given: first by asking, then by force.
func endGroup(ctx context.Context, pid int, started string) bool {
	same := func() bool {
		now, err := processStart(pid)
		if err != nil || now != started {
			return false
		}
		group, err := unix.Getpgid(pid)
		return err == nil && group == pid
	}
	if started == "" || !same() {
		return false
	}
	_ = unix.Kill(-pid, unix.SIGTERM)
	for end := time.Now().Add(patience); time.Now().Before(end) && ctx.Err() == nil; {
		time.Sleep(20 * time.Millisecond)
		if !same() {
			return true
		}
	}
	if same() {
		_ = unix.Kill(-pid, unix.SIGKILL)
	}
	return true
}
