package deployed

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"installordefer/internal/simmac"
	"installordefer/launchd"
)

// under puts a script in the place of the installed program, which changes
// something for the process and then becomes the program.
func (m *mac) under(script string) {
	m.t.Helper()
	place := m.Layout().Program()
	real := filepath.Join(filepath.Dir(m.root), "the program")
	if _, err := os.Lstat(real); err != nil {
		if err := os.Rename(place, real); err != nil {
			m.t.Fatal(err)
		}
	}
	text := fmt.Sprintf("#!/bin/sh\n%s\nexec '%s' \"$@\"\n", script, real)
	if err := os.WriteFile(place, []byte(text), 0o755); err != nil {
		m.t.Fatal(err)
	}
}

// broken returns what processes of the job said when they broke down.
func (m *mac) broken() string {
	m.t.Helper()
	said := ""
	for _, path := range []string{m.Layout().ErrorFile(), m.Layout().FormerErrors()} {
		data, err := os.ReadFile(path)
		if err != nil && !os.IsNotExist(err) {
			m.t.Fatal(err)
		}
		said += string(data)
	}
	return said
}

// runtimeNeeds are the descriptors without which Go's runtime gives up before
// any of our code can do anything about it.
const runtimeNeeds = 9

// Every open of a wake fails in turn: with one descriptor more each time the
// job comes one open further.
func TestAWakeWithoutDescriptorsFailsAndBreaksNothing(t *testing.T) {
	t.Parallel()
	m := newMac(t, simmac.Defers)
	before := m.paths()
	m.install()
	for n := runtimeNeeds; n <= 40; n++ {
		m.under(fmt.Sprintf("ulimit -n %d", n))
		m.live(launchd.Interval)
		if said := m.broken(); strings.Contains(said, "panic") || strings.Contains(said, "fatal error") {
			t.Fatalf("with %d descriptors the job broke down:\n%s", n, said)
		}
	}
	for _, e := range m.happened(simmac.JobEnded) {
		if e.Code != 0 && e.Code != 1 {
			t.Errorf("a wake ended with %s", e.Text)
		}
	}
	m.under("")
	if !m.live(3 * 24 * time.Hour) {
		t.Fatalf("the job is still there\n%s", m.story())
	}
	m.sameButStatus(before)
	m.unloaded()
	m.lived()
	if t.Failed() {
		t.Log(m.story())
	}
}

func TestTheLastWordsOfAWakeAreTold(t *testing.T) {
	t.Parallel()
	m := newMac(t, simmac.Defers)
	m.install()
	m.under(`printf 'panic: a fault\n\ngoroutine 1 [running]:\n' >&2; exit 2; :`)
	m.live(launchd.Interval)
	health := func() string {
		for _, h := range m.status().Health {
			if h.What == "wakes" {
				return fmt.Sprint(h.OK, " ", h.Text)
			}
		}
		return ""
	}
	m.under("")
	if got := health(); !strings.HasPrefix(got, "false the last one broke down: panic: a fault;") {
		t.Errorf("status says %q", got)
	}
	m.live(2 * launchd.Interval)
	if s := m.status(); !strings.Contains(s.LastError, "a wake before this one broke down and said: panic: a fault") {
		t.Errorf("the last error is %q", s.LastError)
	}
	if got := health(); !strings.HasPrefix(got, "true ") {
		t.Errorf("after the next wake status says %q", got)
	}
	for path, want := range map[string]bool{m.Layout().ErrorFile(): false, m.Layout().FormerErrors(): true} {
		info, err := os.Stat(path)
		if err != nil {
			t.Fatal(err)
		}
		if info.Mode().Perm() != 0o600 || info.Size() > 0 != want {
			t.Errorf("%s has mode %v and %d bytes", path, info.Mode(), info.Size())
		}
	}
}

// withoutTerminals is for a process that finds no pseudo-terminal.
const withoutTerminals = `[ -n "${without-}" ] || without=yes exec unshare -m "$0" "$@"
unset without
mount --bind /dev/null /dev/ptmx || exit 99`

func TestAWholeLifeWithoutAPseudoTerminalEndsWell(t *testing.T) {
	t.Parallel()
	if out, err := exec.Command("unshare", "-m", "mount", "--bind", "/dev/null", "/dev/ptmx").CombinedOutput(); err != nil {
		t.Skipf("this machine lets nobody hide its terminals: %s", out)
	}
	m := newMac(t, simmac.Defers)
	before := m.paths()
	m.install()
	m.under(withoutTerminals)
	if !m.live(3 * 24 * time.Hour) {
		t.Fatalf("the job is still there\n%s", m.story())
	}
	m.sameButStatus(before)
	m.unloaded()
	m.lived()
	told := 0
	for _, e := range m.happened(simmac.Logged) {
		if strings.Contains(e.Text, "This Mac had no pseudo-terminal left") {
			told++
		}
	}
	if told == 0 {
		t.Error("the log does not say that there was no terminal")
	}
	if t.Failed() {
		t.Log(m.story())
	}
}
