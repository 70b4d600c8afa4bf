package tool

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"installordefer/internal/clock"
	"installordefer/internal/volume"
)

func update(args ...string) Command { return Command{Path: SoftwareUpdate, Args: args} }

func TestAProgramGetsItsArgumentsAsTheyAre(t *testing.T) {
	s := fakeMac(t, `for a; do printf '<%s>' "$a"; done`)
	r, err := s.Run(t.Context(), update("--install", "macOS\u00a0Tahoe\u00a0 26.7-25G229", "a;b $(c) 'd'", ""))
	want := "<--install><macOS\u00a0Tahoe\u00a0 26.7-25G229><a;b $(c) 'd'><>"
	if err != nil || string(r.Stdout) != want {
		t.Errorf("got %q, %v, want %q", r.Stdout, err, want)
	}
}

func TestAProgramGetsTheFixedEnvironmentAndNothingOfOurs(t *testing.T) {
	t.Setenv("DYLD_INSERT_LIBRARIES", "/evil.dylib")
	t.Setenv("HOME", "/Users/someone")
	s := fakeMac(t, `env; pwd >&2`)
	r, err := s.Run(t.Context(), update())
	if err != nil {
		t.Fatal(err)
	}
	want := append([]string{"FAKE=" + s.Volume.Path()}, environment...)
	for _, line := range strings.Fields(string(r.Stdout)) {
		// The shell adds these by itself.
		if name, _, _ := strings.Cut(line, "="); name != "PWD" && name != "OLDPWD" && name != "SHLVL" && name != "_" && !slices.Contains(want, line) {
			t.Errorf("the program got %s", line)
		}
	}
	for _, line := range want {
		if !strings.Contains(string(r.Stdout), line+"\n") {
			t.Errorf("the program did not get %s", line)
		}
	}
	if string(r.Stderr) != "/\n" {
		t.Errorf("the program ran in %q", r.Stderr)
	}
}

func TestAnExitStatusIsNoError(t *testing.T) {
	s := fakeMac(t, `exit "$1"`)
	for _, status := range []int{0, 1, 2, 127, 255} {
		r, err := s.Run(t.Context(), update(fmt.Sprint(status)))
		if err != nil || r.ExitCode != status {
			t.Errorf("exit %d: got %d, %v", status, r.ExitCode, err)
		}
	}
}

func TestAProgramThatIsKilledByOthersHasNoExitStatus(t *testing.T) {
	s := fakeMac(t, `echo before; kill -9 $$`)
	r, err := s.Run(t.Context(), update())
	if err != nil || r.ExitCode != -1 || string(r.Stdout) != "before\n" {
		t.Errorf("got %+v, %v", r, err)
	}
}

func TestWhatCannotBeStartedSaysSo(t *testing.T) {
	s := fakeMac(t, "")
	for path, mode := range map[Path]fs.FileMode{Pmset: 0o644, "/bin/sh": 0o755} {
		there := filepath.Join(s.Volume.Path(), string(path))
		if err := os.MkdirAll(filepath.Dir(there), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(there, []byte("#!/bin/sh\n"), mode); err != nil {
			t.Fatal(err)
		}
	}
	relative := &System{Volume: volume.In("usr")}
	for _, test := range []struct {
		name    string
		system  *System
		command Command
		want    error
	}{
		{"missing", s, Command{Path: Shutdown}, fs.ErrNotExist},
		{"not executable", s, Command{Path: Pmset}, fs.ErrPermission},
		{"not on the list", s, Command{Path: "/bin/sh"}, nil},
		{"empty", s, Command{}, nil},
		{"a way around the list", s, Command{Path: "/usr/sbin/../../bin/sh"}, nil},
		{"relative root", relative, update(), nil},
		{"zero byte in an argument", s, update("a\x00b"), nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			r, err := test.system.Run(t.Context(), test.command)
			if !errors.Is(err, ErrNotStarted) || test.want != nil && !errors.Is(err, test.want) {
				t.Errorf("got %v", err)
			}
			if r.ExitCode != -1 {
				t.Errorf("exit status %d of a program that never ran", r.ExitCode)
			}
		})
	}
}

func TestBothStreamsArriveWholeAndInOrder(t *testing.T) {
	s := fakeMac(t, `i=0; while [ $i -lt 500 ]; do echo "out $i"; echo "err $i" >&2; i=$((i+1)); done`)
	next := map[bool]int{}
	r, err := follow(t.Context(), s, update(), func(l Line) {
		name := map[bool]string{false: "out", true: "err"}[l.Stderr]
		if want := fmt.Sprintf("%s %d", name, next[l.Stderr]); string(l.Text) != want {
			t.Fatalf("got %q, want %q", l.Text, want)
		}
		next[l.Stderr]++
	})
	if err != nil || next[false] != 500 || next[true] != 500 {
		t.Errorf("got %v lines, %v", next, err)
	}
	if !bytes.HasSuffix(r.Stdout, []byte("\nout 499\n")) || !bytes.HasSuffix(r.Stderr, []byte("\nerr 499\n")) || r.Cut {
		t.Errorf("the result lacks output: %d and %d bytes", len(r.Stdout), len(r.Stderr))
	}
}

func TestProgressArrivesBeforeTheProgramEnds(t *testing.T) {
	// The script goes on only when the test has seen its first percentage.
	s := fakeMac(t, `printf 'Downloading: 12.30%%\r'; until [ -e "$FAKE/seen" ]; do sleep 0.01; done; printf 'Downloading: 99.00%%\r\nDone.'`)
	var got []string
	_, err := follow(t.Context(), s, Command{Path: SoftwareUpdate, Limit: 10 * time.Second}, func(l Line) {
		got = append(got, string(l.Text))
		os.WriteFile(filepath.Join(s.Volume.Path(), "seen"), nil, 0o644)
	})
	if want := []string{"Downloading: 12.30%", "Downloading: 99.00%", "Done."}; err != nil || !slices.Equal(got, want) {
		t.Errorf("got %q, %v, want %q", got, err, want)
	}
}

func TestAFloodIsReadToItsEndAndBounded(t *testing.T) {
	s := fakeMac(t, `yes "$(printf '%0200d' 7)" | head -c 100000000; echo; echo the end`)
	var lines int
	var last string
	r, err := follow(t.Context(), s, update(), func(l Line) { lines++; last = string(l.Text) })
	if err != nil || last != "the end" || lines != 497514 {
		t.Errorf("got %d lines, the last one %q, %v", lines, last, err)
	}
	if !r.Cut || len(r.Stdout) > MaxOutput+100 || !bytes.HasSuffix(r.Stdout, []byte("7\n")) && !bytes.HasSuffix(r.Stdout, []byte("the end\n")) {
		t.Errorf("kept %d bytes, cut %v", len(r.Stdout), r.Cut)
	}
}

func TestAFloodWithoutLineEndsIsBounded(t *testing.T) {
	s := fakeMac(t, `head -c 100000000 /dev/zero`)
	var longest, lines int
	r, err := follow(t.Context(), s, update(), func(l Line) { lines++; longest = max(longest, len(l.Text)) })
	if err != nil || lines != 1 || longest != MaxLine || !r.Cut {
		t.Errorf("got %d lines of up to %d bytes, cut %v, %v", lines, longest, r.Cut, err)
	}
}

func TestStandardInputIsTheGivenBytesOrNothing(t *testing.T) {
	s := fakeMac(t, `wc -c; readlink /dev/fd/0 >&2`)
	for _, test := range []struct {
		stdin []byte
		want  string
	}{
		{nil, "0"},
		{[]byte{}, "0"},
		{[]byte("secret\n"), "7"},
		{make([]byte, 1<<20), "1048576"},
	} {
		r, err := s.Run(t.Context(), Command{Path: SoftwareUpdate, Stdin: test.stdin})
		if err != nil || strings.TrimSpace(string(r.Stdout)) != test.want {
			t.Errorf("%d bytes: the program read %q, %v", len(test.stdin), r.Stdout, err)
		}
		if runtime.GOOS == "linux" && test.stdin == nil && string(r.Stderr) != "/dev/null\n" {
			t.Errorf("standard input is %q", r.Stderr)
		}
	}
}

func TestInputThatIsNotWantedDoesNotMatter(t *testing.T) {
	s := fakeMac(t, `exec <&-; exit 4`)
	r, err := s.Run(t.Context(), Command{Path: SoftwareUpdate, Stdin: make([]byte, 1<<20)})
	if err != nil || r.ExitCode != 4 {
		t.Errorf("got %d, %v", r.ExitCode, err)
	}
}

func TestASecretIsNeitherInErrorsNorInResults(t *testing.T) {
	s := fakeMac(t, `sleep 20`)
	r, err := s.Run(t.Context(), Command{Path: SoftwareUpdate, Stdin: []byte("hunter2"), Limit: 50 * time.Millisecond})
	if text := fmt.Sprintf("%+v %+v", r, err); strings.Contains(text, "hunter2") {
		t.Error(text)
	}
	_, err = s.Run(t.Context(), Command{Path: Shutdown, Stdin: []byte("hunter2")})
	if text := fmt.Sprintf("%+v", err); strings.Contains(text, "hunter2") {
		t.Error(text)
	}
}

func TestDiscardedOutputGoesNowhere(t *testing.T) {
	s := fakeMac(t, `readlink /dev/fd/1 /dev/fd/2 >"$FAKE/fds"; yes | head -c 1000000; exit 5`)
	r, err := follow(t.Context(), s, Command{Path: SoftwareUpdate, Discard: true}, func(l Line) { t.Errorf("got %q", l.Text) })
	if err != nil || r.ExitCode != 5 || len(r.Stdout)+len(r.Stderr) != 0 {
		t.Errorf("got %+v, %v", r, err)
	}
	if data, _ := os.ReadFile(filepath.Join(s.Volume.Path(), "fds")); runtime.GOOS == "linux" && string(data[len(data)-10:]) != "/dev/null\n" {
		t.Errorf("output went to %q", data)
	}
}

func TestAProgramHasNoControllingTerminal(t *testing.T) {
	s := fakeMac(t, `if (: </dev/tty) 2>/dev/null; then echo has one; else echo has none; fi; echo $$ >"$FAKE/pids"; until [ -e "$FAKE/seen" ]; do sleep 0.01; done`)
	for _, terminal := range []bool{false, true} {
		r, err := follow(t.Context(), s, Command{Path: SoftwareUpdate, Terminal: terminal}, func(Line) {
			pid := noted(t, s, 1)[0]
			if group, err := syscall.Getpgid(pid); group != pid {
				t.Errorf("the program is in group %d, not in one of its own, %v", group, err)
			}
			if session, err := unix.Getsid(pid); session != pid {
				t.Errorf("the program is in session %d, not in one of its own, %v", session, err)
			}
			os.WriteFile(filepath.Join(s.Volume.Path(), "seen"), nil, 0o644)
		})
		os.Remove(filepath.Join(s.Volume.Path(), "seen"))
		os.Remove(filepath.Join(s.Volume.Path(), "pids"))
		if err != nil || string(r.Stdout) != "has none\n" {
			t.Errorf("terminal %v: %q %q, %v", terminal, r.Stdout, r.Stderr, err)
		}
	}
}

func TestATerminalPassesBytesAsTheyAre(t *testing.T) {
	s := fakeMac(t, `[ -t 1 ] && echo terminal; [ -t 0 ] || echo no input; [ -t 2 ] || echo no errors; printf 'a\tb\r50%%\r\n\003\004c'; echo err >&2`)
	var lines []string
	r, err := follow(t.Context(), s, Command{Path: SoftwareUpdate, Terminal: true}, func(l Line) {
		if !l.Stderr {
			lines = append(lines, string(l.Text))
		}
	})
	want := "terminal\nno input\nno errors\na\tb\r50%\r\n\x03\x04c"
	if err != nil || string(r.Stdout) != want || string(r.Stderr) != "err\n" {
		t.Errorf("got %q and %q, %v", r.Stdout, r.Stderr, err)
	}
	if want := []string{"terminal", "no input", "no errors", "a\tb", "50%", "\x03\x04c"}; !slices.Equal(lines, want) {
		t.Errorf("got lines %q", lines)
	}
}

func TestALotPassesATerminalToo(t *testing.T) {
	s := fakeMac(t, `yes 0123456789 | head -n 100000; echo the end`)
	var lines int
	r, err := follow(t.Context(), s, Command{Path: SoftwareUpdate, Terminal: true}, func(Line) { lines++ })
	if err != nil || lines != 100001 || !bytes.HasSuffix(r.Stdout, []byte("\nthe end\n")) {
		t.Errorf("got %d lines, %v", lines, err)
	}
}

func TestLimitsShrinkWithAFastClock(t *testing.T) {
	s := fakeMac(t, `sleep 60`)
	anchor := filepath.Join(t.TempDir(), "clock")
	err := clock.WriteSimulated(anchor, clock.Anchor{Wall: time.Unix(0, 0), Boot: "b", Rate: 1000})
	if err != nil {
		t.Fatal(err)
	}
	if s.Clock, err = clock.Simulated(anchor); err != nil {
		t.Fatal(err)
	}
	start := time.Now()
	_, err = s.Run(t.Context(), Command{Path: SoftwareUpdate, Limit: 3 * time.Minute})
	var timeout *TimeoutError
	if !errors.As(err, &timeout) || timeout.After != 3*time.Minute {
		t.Errorf("got %v", err)
	}
	if took := time.Since(start); took < 170*time.Millisecond || took > 20*time.Second {
		t.Errorf("three minutes at a thousand times the speed took %v", took)
	}
}

func TestAContextThatHasEndedStartsNothing(t *testing.T) {
	s := fakeMac(t, `touch "$FAKE/ran"`)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := s.Run(ctx, update())
	if !errors.Is(err, context.Canceled) || errors.Is(err, ErrNotStarted) {
		t.Errorf("got %v", err)
	}
	if _, err := os.Stat(filepath.Join(s.Volume.Path(), "ran")); err == nil {
		t.Error("the program ran")
	}
}

func TestOnlyWhoInstallsMayRunTheInstaller(t *testing.T) {
	s := fakeMac(t, `exit 0`)
	if _, err := s.Run(t.Context(), Command{Path: Installer}); !errors.Is(err, ErrNotStarted) || !strings.Contains(err.Error(), "not one of the programs") {
		t.Errorf("the root job may run it: %v", err)
	}
	s.Installs = true
	if _, err := s.Run(t.Context(), Command{Path: Installer}); err == nil || strings.Contains(err.Error(), "not one of the programs") {
		t.Errorf("the self-update may not run it: %v", err)
	}
	if _, err := s.Run(t.Context(), Command{Path: "/bin/sh"}); err == nil || !strings.Contains(err.Error(), "not one of the programs") {
		t.Errorf("the self-update may run anything: %v", err)
	}
}
