package main

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/creack/pty"
	"golang.org/x/sys/unix"

	"installordefer/internal/clock"
	"installordefer/prompt"
)

// helperPath is the helper as it is built without AppKit.
var helperPath string

// behind is set in a copy of the test that stands between the root job and the
// helper, as launchctl and sudo do.
const behind = "PROMPT_TEST_BEHIND"

func TestMain(m *testing.M) {
	if path := os.Getenv(behind); path != "" {
		os.Exit(standBetween(path))
	}
	os.Exit(buildAndRun(m))
}

// spoilt is the exit code of a copy of the test that did not get its terminal
// back as it was.
const spoilt = 99

// standBetween starts the helper in a process group of its own, passes the
// pipes on, and returns the helper's exit code.
func standBetween(path string) int {
	before := terminalNow()
	c := exec.Command(path)
	c.Stdin, c.Stdout, c.Stderr = os.Stdin, os.Stdout, os.Stderr
	c.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	_ = c.Run()
	if terminalNow() != before {
		return spoilt
	}
	return c.ProcessState.ExitCode()
}

// terminalNow returns the settings of the terminal and the process group that
// has it.
func terminalNow() string {
	tty, err := os.Open("/dev/tty")
	if err != nil {
		return err.Error()
	}
	defer tty.Close()
	group, err := unix.IoctlGetInt(int(tty.Fd()), unix.TIOCGPGRP)
	if err != nil {
		return err.Error()
	}
	c := exec.Command("stty", "-a")
	c.Stdin = tty
	out, _ := c.CombinedOutput()
	return fmt.Sprintf("%d %s", group, out)
}

func buildAndRun(m *testing.M) int {
	dir, err := os.MkdirTemp("", "prompt")
	if err != nil {
		panic(err)
	}
	defer os.RemoveAll(dir)
	helperPath = filepath.Join(dir, "install-or-defer-prompt")
	build := exec.Command("go", "build", "-o", helperPath, ".")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		panic(string(out))
	}
	return m.Run()
}

// A desk is a helper with a terminal of its own, the person's end of that
// terminal, and the root job's end of the conversation.
type desk struct {
	*prompt.Conversation
	child *child
	tty   *os.File

	mu     sync.Mutex
	screen bytes.Buffer
	log    bytes.Buffer
}

func (k *desk) Write(p []byte) (int, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.screen.Write(p)
}

func (k *desk) seen() string {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.screen.String()
}

// sit starts a helper with the dialog d.
func sit(t *testing.T, c *exec.Cmd, d prompt.Dialog) *desk {
	t.Helper()
	return sitAt(t, clock.System(), c, d)
}

// sitAt is sit on a clock of its own.
func sitAt(t *testing.T, now clock.Clock, c *exec.Cmd, d prompt.Dialog) *desk {
	t.Helper()
	k := &desk{}
	tty, person, err := pty.Open()
	if err != nil {
		t.Fatal(err)
	}
	defer person.Close()
	if err := pty.Setsize(person, &pty.Winsize{Rows: 40, Cols: 80}); err != nil {
		t.Fatal(err)
	}
	k.tty = closable(t, tty)
	c.Stderr = &k.log
	c.ExtraFiles = []*os.File{person}
	c.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Setctty: true, Ctty: 3}
	if k.child, err = start(c); err != nil {
		t.Fatal(err)
	}
	if k.Conversation, err = prompt.Open(k.child, now, d); err != nil {
		t.Fatal(err)
	}
	go io.Copy(k, k.tty)
	t.Cleanup(func() {
		k.Close()
		k.tty.Close()
		if t.Failed() {
			t.Logf("the screen:\n%q", k.seen())
		}
	})
	return k
}

// closable returns f in a form whose Close ends a Read that waits.
func closable(t *testing.T, f *os.File) *os.File {
	t.Helper()
	defer f.Close()
	fd, err := unix.FcntlInt(f.Fd(), unix.F_DUPFD_CLOEXEC, 0)
	if err == nil {
		err = unix.SetNonblock(fd, true)
	}
	if err != nil {
		t.Fatal(err)
	}
	return os.NewFile(uintptr(fd), f.Name())
}

func helper(args ...string) *exec.Cmd { return exec.Command(helperPath, args...) }

func helperBehind(t *testing.T) *exec.Cmd {
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	c := exec.Command(self)
	c.Env = append(os.Environ(), behind+"="+helperPath)
	return c
}

// until waits until the screen shows text.
func (k *desk) until(t *testing.T, text string) {
	t.Helper()
	for end := time.Now().Add(10 * time.Second); !strings.Contains(k.seen(), text); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("the screen does not show %q", text)
		}
	}
}

// types waits until the person can have read the dialog, and types.
func (k *desk) types(t *testing.T, s string) {
	t.Helper()
	k.until(t, "─\r\n")
	time.Sleep(prompt.TooFast + 200*time.Millisecond)
	if _, err := k.tty.WriteString(s); err != nil {
		t.Fatal(err)
	}
}

// answer waits for the answer.
func (k *desk) answer(t *testing.T) prompt.Answer {
	t.Helper()
	for end := time.Now().Add(20 * time.Second); time.Now().Before(end); {
		if a, ok := k.Wait(t.Context(), time.Until(end)); ok {
			return a
		}
	}
	t.Fatal("there is no answer")
	return prompt.Answer{}
}

func ask(kind prompt.Kind) prompt.Dialog {
	return prompt.Dialog{
		Kind: kind, Language: "en", Opened: time.Now(), Own: map[string]prompt.Texts{"": {Heading: "Updates are available", Body: "Please run them."}},
		Choices: []prompt.Choice{{For: 4 * time.Hour, Until: time.Now().Add(4 * time.Hour)}, {For: time.Hour, Until: time.Now().Add(time.Hour)}},
	}
}

func TestThePersonAnswersOnTheTerminal(t *testing.T) {
	tests := map[string]struct {
		kind prompt.Kind
		keys string
		want prompt.Answer
	}{
		"run":      {prompt.RunOrDefer, "r", prompt.Answer{Result: prompt.ResultRun}},
		"defer":    {prompt.RunOrDefer, "\r", prompt.Answer{Result: prompt.ResultDefer}},
		"escape":   {prompt.RunOrDefer, "\x1b", prompt.Answer{Result: prompt.ResultDefer}},
		"choose":   {prompt.RunOrDefer, "2", prompt.Answer{Result: prompt.ResultDefer, Choice: 1}},
		"run now":  {prompt.RunNow, "r", prompt.Answer{Result: prompt.ResultRun}},
		"password": {prompt.Password, "hüntér2\r", prompt.Answer{Result: prompt.ResultPassword, Secret: prompt.Secret("hüntér2")}},
		"cancel":   {prompt.Password, "hun\x1b", prompt.Answer{}},
		"cancel 2": {prompt.Password, "\x1b", prompt.Answer{Result: prompt.ResultCancel}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			k := sit(t, helper(), ask(test.kind))
			k.types(t, test.keys)
			if test.want.Result == "" {
				// Pasted with more, Escape is part of a password.
				if a, ok := k.Wait(t.Context(), 500*time.Millisecond); ok {
					t.Errorf("got %+v", a)
				}
				return
			}
			a := k.answer(t)
			if a.Result != test.want.Result || a.Choice != test.want.Choice || string(a.Secret) != string(test.want.Secret) {
				t.Errorf("got %+v, want %+v", a, test.want)
			}
			if a.After < prompt.TooFast || a.After > time.Minute {
				t.Errorf("it took %v", a.After)
			}
			if strings.Contains(k.seen(), "ntér2") {
				t.Error("the password is on the screen")
			}
			if k.log.Len() > 0 {
				t.Errorf("the log says %q", &k.log)
			}
		})
	}
}

func TestTheHelperTakesTheTerminalFromTheBackgroundAndGivesItBack(t *testing.T) {
	t.Parallel()
	k := sit(t, helperBehind(t), ask(prompt.RunOrDefer))
	k.types(t, "r")
	if a := k.answer(t); a.Result != prompt.ResultRun {
		t.Errorf("got %+v", a)
	}
}

func TestTheDialogStaysTrue(t *testing.T) {
	t.Parallel()
	d := ask(prompt.RunNow)
	d.Countdown = 10 * time.Minute
	k := sit(t, helper(), d)
	k.until(t, "9:58")
	if err := k.Change(prompt.Change{Countdown: new(3 * time.Minute)}); err != nil {
		t.Fatal(err)
	}
	k.until(t, "2:59")
}

func TestTheHelperEndsWhenItsTimeIsOver(t *testing.T) {
	t.Parallel()
	limited, counting := ask(prompt.RunOrDefer), ask(prompt.RunNow)
	limited.Timeout, counting.Countdown = 2*time.Second, 2*time.Second
	for _, d := range []prompt.Dialog{limited, counting} {
		k := sit(t, helper(), d)
		if a := k.answer(t); a.Result != prompt.ResultTimeout {
			t.Errorf("%s: got %+v", d.Kind, a)
		}
	}
}

func TestTheHelperEndsWhenItIsAsked(t *testing.T) {
	tests := map[string]struct {
		do   func(t *testing.T, k *desk)
		want prompt.Result
		why  string
	}{
		"dialog taken away": {func(t *testing.T, k *desk) { k.Close() }, prompt.ResultClosed, "its dialog was taken away"},
		"SIGTERM":           {func(t *testing.T, k *desk) { send(t, k, syscall.SIGTERM) }, prompt.ResultNone, "the helper was told to end before there was an answer"},
		"SIGHUP":            {func(t *testing.T, k *desk) { send(t, k, syscall.SIGHUP) }, prompt.ResultNone, "the helper was told to end before there was an answer"},
		"Control-C":         {func(t *testing.T, k *desk) { k.types(t, "\x03") }, prompt.ResultNone, "the helper was told to end before there was an answer"},
		"SIGKILL":           {func(t *testing.T, k *desk) { send(t, k, syscall.SIGKILL) }, prompt.ResultNone, "the helper was killed or crashed"},
		"crash":             {func(t *testing.T, k *desk) { send(t, k, syscall.SIGABRT) }, prompt.ResultNone, "the helper crashed (exit code 2)"},
		"terminal gone":     {func(t *testing.T, k *desk) { k.tty.Close() }, prompt.ResultNone, "the helper was told to end before there was an answer"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			k := sit(t, helper(), ask(prompt.RunOrDefer))
			k.until(t, "Updates are available")
			began := time.Now()
			test.do(t, k)
			if a := k.answer(t); a.Result != test.want || a.Why != test.why {
				t.Errorf("got %+v, want %s, %s", a, test.want, test.why)
			}
			if took := time.Since(began); took > 5*time.Second {
				t.Errorf("it took %v", took)
			}
		})
	}
}

func send(t *testing.T, k *desk, s syscall.Signal) {
	t.Helper()
	if err := syscall.Kill(k.child.command.Process.Pid, s); err != nil {
		t.Fatal(err)
	}
}

func TestAStoppedHelperIsEndedAtItsLimit(t *testing.T) {
	t.Parallel()
	d := ask(prompt.RunOrDefer)
	d.Timeout = 2 * time.Second
	k := sit(t, helper(), d)
	k.until(t, "Updates are available")
	send(t, k, syscall.SIGSTOP)
	if a := k.answer(t); a.Result != prompt.ResultNone || a.Why != "the helper did not end by itself after 2 seconds" {
		t.Errorf("got %+v", a)
	}
}

func TestTheHelperEndsWithItsParent(t *testing.T) {
	t.Parallel()
	c := helperBehind(t)
	c.SysProcAttr = &syscall.SysProcAttr{Setsid: true} // no terminal, which would tell too
	k, err := start(c)
	if err != nil {
		t.Fatal(err)
	}
	defer k.stdin.Close() // which stays open, so that only the parent is gone
	time.Sleep(500 * time.Millisecond)
	if err := c.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	k.Wait()
	began := time.Now()
	if err := k.stdout.SetReadDeadline(began.Add(5 * time.Second)); err != nil {
		t.Fatal(err)
	}
	if _, err := k.stdout.Read(make([]byte, 1)); err != io.EOF {
		t.Errorf("the helper is still there: %v", err)
	}
}

func TestAHelperWithoutTerminalOrDialogSaysSo(t *testing.T) {
	tests := map[string]struct{ in, want string }{
		"no terminal": {`{"protocol":2,"id":"a","kind":"updating"}` + "\n", "The dialog is not shown: there is no terminal to ask on: "},
		"no dialog":   {"", "The dialog is not shown: read the dialog: EOF\n"},
		"rubbish":     {"run\n", "The dialog is not shown: read the dialog: invalid character 'r' looking for beginning of value\n"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := helper()
			c.Stdin = strings.NewReader(test.in)
			c.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
			var log bytes.Buffer
			c.Stderr = &log
			if err := c.Run(); c.ProcessState.ExitCode() != prompt.ExitNone || !strings.HasPrefix(log.String(), test.want) {
				t.Errorf("%v, log %q, want exit code %d, %q", err, &log, prompt.ExitNone, test.want)
			}
		})
	}
}

func TestTheCommandLine(t *testing.T) {
	tests := map[string]struct {
		args []string
		code int
		want string
	}{
		"help":         {[]string{"--help"}, 0, "Shows one dialog of Install or Defer."},
		"unknown flag": {[]string{"--now"}, prompt.ExitNone, "flag provided but not defined: -now\n"},
		"no clock":     {[]string{"--clock", "/nonexistent"}, prompt.ExitNone, "reading the simulated clock"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			c := helper(test.args...)
			out, _ := c.CombinedOutput()
			if code := c.ProcessState.ExitCode(); code != test.code || !strings.HasPrefix(string(out), test.want) {
				t.Errorf("exit code %d, %q", code, out)
			}
		})
	}
}

func TestASimulatedClockHurriesTheDialog(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "clock")
	if err := clock.WriteSimulated(path, clock.Anchor{Wall: time.Now(), Boot: "b", Rate: 3600}); err != nil {
		t.Fatal(err)
	}
	simulated, err := clock.Simulated(path)
	if err != nil {
		t.Fatal(err)
	}
	d := ask(prompt.RunOrDefer)
	d.Timeout = time.Hour
	began := time.Now()
	k := sitAt(t, simulated, helper("--clock", path), d)
	for end := time.Now().Add(20 * time.Second); ; {
		a, ok := k.Wait(t.Context(), time.Minute)
		if ok {
			if a.Result != prompt.ResultTimeout || time.Since(began) > 15*time.Second {
				t.Errorf("after %v: %+v", time.Since(began), a)
			}
			return
		}
		if time.Now().After(end) {
			t.Fatal("there is no answer")
		}
	}
}
