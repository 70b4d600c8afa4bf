package launchd

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"installordefer/internal/tool"
	"installordefer/internal/volume"
)

const testID Identifier = "com.example.updates"

// The test binary plays other processes when it is started with a role.
const roleVariable = "LAUNCHD_TEST_ROLE"

func TestMain(m *testing.M) {
	role := os.Getenv(roleVariable)
	switch role {
	case "":
		os.Exit(m.Run())
	case "hold the lock":
		h := &Host{Layout: Layout{Volume: volume.In(os.Getenv("ROOT")), ID: testID}, Owner: os.Getuid()}
		if _, err := h.Lock(); err != nil {
			fmt.Println(err)
			os.Exit(1)
		}
	case "remove":
		removeAndBeKilled()
		os.Exit(1)
	case "become":
		fmt.Println(becomeAsTold())
		os.Exit(1)
	case "ignore SIGTERM":
		signal.Ignore(syscall.SIGTERM)
	}
	fmt.Println("ready")
	time.Sleep(time.Minute)
}

// play starts the test binary in a role, in a process group of its own when
// leader is true, and waits until it is ready.
func play(t *testing.T, role, root string, leader bool) *exec.Cmd {
	t.Helper()
	c := exec.Command(os.Args[0])
	c.Env = append(os.Environ(), roleVariable+"="+role, "ROOT="+root)
	c.SysProcAttr = &syscall.SysProcAttr{Setpgid: leader}
	out, err := c.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Process.Kill(); c.Wait() })
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil || line != "ready\n" {
		t.Fatalf("the process that should %s said %q (%v)", role, line, err)
	}
	go io.Copy(io.Discard, out)
	return c
}

// A fakeRunner answers command lines with the bytes of real tools.
type fakeRunner struct {
	t       *testing.T
	answers map[string]tool.Result
	errs    map[string]error
	calls   []tool.Command
}

func line(c tool.Command) string {
	return strings.Join(append([]string{string(c.Path)}, c.Args...), " ")
}

func (f *fakeRunner) Run(ctx context.Context, c tool.Command) (tool.Result, error) {
	f.t.Helper()
	f.calls = append(f.calls, c)
	if c.Limit == 0 {
		f.t.Errorf("%s is run without a limit", line(c))
	}
	if err := f.errs[line(c)]; err != nil {
		return tool.Result{ExitCode: -1}, err
	}
	r, ok := f.answers[line(c)]
	if !ok {
		f.t.Errorf("an unexpected command: %s", line(c))
		return tool.Result{ExitCode: -1}, errors.New("unexpected")
	}
	return r, nil
}

func (f *fakeRunner) lines() []string {
	var all []string
	for _, c := range f.calls {
		all = append(all, line(c))
	}
	return all
}

func answering(t *testing.T, answers map[string]tool.Result) *Host {
	return &Host{Layout: Layout{ID: testID}, Runner: &fakeRunner{t: t, answers: answers}}
}

// newMac lays an installed job out under a root folder.
func newMac(t *testing.T) *Host {
	t.Helper()
	root := t.TempDir()
	h := &Host{Layout: Layout{Volume: volume.In(root), ID: testID}, Owner: os.Getuid()}
	install(t, h)
	h.Runner = &fakeRunner{t: t, answers: map[string]tool.Result{
		"/usr/sbin/pkgutil --forget com.example.updates":                      {Stdout: []byte("Forgot package 'com.example.updates' on '/'.\n")},
		"/bin/launchctl bootout system/com.example.updates":                   {},
		"/usr/bin/codesign --verify --strict " + signedBy + " " + helperOnMac: {},
	}}
	return h
}

const (
	signedBy    = `-R=anchor apple generic and certificate leaf[subject.OU] = "ABCDE12345"`
	helperOnMac = "/Library/Application Support/com.example.updates/Install or Defer.app"
)

func install(t *testing.T, h *Host) {
	t.Helper()
	put(t, h.Program(), "program", 0o755)
	put(t, h.Helper(), "helper", 0o755)
	put(t, filepath.Join(h.HelperApp(), "Contents/Info.plist"), "info", 0o644)
	put(t, h.DeadlineCopy(), "deadline", 0o600)
	put(t, h.JobFile(), "job", 0o644)
}

func put(t *testing.T, name, content string, mode os.FileMode) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, []byte(content), mode); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(name, mode); err != nil {
		t.Fatal(err)
	}
}

// have lists the files and folders of the job that are there.
func have(t *testing.T, h *Host, names ...string) []string {
	t.Helper()
	var there []string
	for _, n := range names {
		if _, err := os.Lstat(n); err == nil {
			rel, _ := filepath.Rel(h.Path(), n)
			there = append(there, rel)
		}
	}
	return there
}

func needRoot(t *testing.T) {
	t.Helper()
	if os.Getuid() != 0 {
		t.Skip("needs root, to give files to someone else")
	}
}
