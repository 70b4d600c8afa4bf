package deployed

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"installordefer/internal/simmac"
	"installordefer/pkg/installer"
)

// newer is the version that the self-update goes to.
const newer = "7.9.0"

// updating are two versions of the package with the self-update built in, and who
// has signed the second.
var updating struct {
	once     sync.Once
	err      error
	old, new *installer.Contents
}

func buildUpdating(t *testing.T) {
	t.Helper()
	build(t)
	updating.once.Do(func() {
		key, err := exec.Command(program("build"), "key", "--out", program("release.key"), "example.com").Output()
		if err != nil {
			updating.err = err
			return
		}
		if updating.old, updating.err = packageOf(version, strings.TrimSpace(string(key))); updating.err == nil {
			updating.new, updating.err = packageOf(newer, strings.TrimSpace(string(key)))
		}
	})
	if updating.err != nil {
		t.Fatal(updating.err)
	}
}

// packageOf builds a version of the package that takes releases of the key, and
// signs its note.
func packageOf(version, key string) (*installer.Contents, error) {
	dir := program(version)
	flags := "-X " + product + ".Version=" + version + " -X " + product + ".BundleID=" + id + " -X " + product + ".ReleaseKeys=" + key
	if err := command(nil, "go", "build", "-trimpath", "-o", dir+"/", "-ldflags", flags, "installordefer/cmd/install-or-defer", "installordefer/cmd/install-or-defer-self-update"); err != nil {
		return nil, err
	}
	app := filepath.Join(dir, "Install or Defer.app")
	if err := layOutApp(app, version); err != nil {
		return nil, err
	}
	for _, args := range [][]string{
		{"stage", "--out", dir + "/project", "--id", id, "--version", version, "--title", title, "--program", dir + "/install-or-defer", "--app", app, "--self-update", dir + "/install-or-defer-self-update"},
		{"product", "--project", dir + "/project", "--out", dir + "/new.pkg", "--any-processor"},
		{"release", "--key", program("release.key"), "--title", title, "--publisher", "Example", "--any-processor", dir + "/new.pkg"},
	} {
		if err := command([]string{"SOURCE_DATE_EPOCH=" + epoch}, program("build"), args...); err != nil {
			return nil, err
		}
	}
	data, err := os.ReadFile(dir + "/new.pkg")
	if err != nil {
		return nil, err
	}
	return installer.Open(data)
}

const dropFolder = "/Library/Example Updates"

// newUpdatingMac is a Mac with the old version, whose MDM has put the new one down.
func newUpdatingMac(t *testing.T) *mac {
	t.Helper()
	buildUpdating(t)
	m := newMac(t, simmac.Defers)
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(m.path("usr/sbin/pkgutil")); err != nil {
		t.Fatal(err)
	}
	m.link(self, "usr/sbin/pkgutil")
	m.link(self, "usr/sbin/installer")
	if err := m.Profile(map[string]any{"MaxDeferralTime": 6 * 3600, "SelfUpdateFolder": dropFolder}); err != nil {
		t.Fatal(err)
	}
	m.installPackage(updating.old)
	m.writeFile(receiptFile, []byte(version))
	for _, suffix := range []string{"", ".note"} {
		m.writeFile(dropFolder+"/new.pkg"+suffix, readFile(t, program(newer)+"/new.pkg"+suffix))
	}
	return m
}

func (m *mac) writeFile(path string, data []byte) {
	m.t.Helper()
	if err := os.MkdirAll(filepath.Dir(m.path(path)), 0o755); err != nil {
		m.t.Fatal(err)
	}
	if err := os.WriteFile(m.path(path), data, 0o644); err != nil {
		m.t.Fatal(err)
	}
}

// selfUpdate is one start of the self-update by launchd, under another program
// where one is given. It returns what the log says.
func (m *mac) selfUpdate(under ...string) string {
	m.t.Helper()
	var out bytes.Buffer
	m.While(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute)
		defer cancel()
		args := append(under, m.Layout().SelfUpdateProgram(), "--root", m.root, "--verbose")
		cmd := exec.CommandContext(ctx, args[0], args[1:]...)
		cmd.Env, cmd.Stdout, cmd.Stderr = []string{"TZ=UTC"}, &out, &out
		cmd.WaitDelay = 30 * time.Second
		_ = cmd.Run() // what came of it is on the Mac
	})
	return strings.ReplaceAll(out.String(), m.root, "")
}

// is says what is wrong with the files of a version on the Mac.
func (m *mac) is(c *installer.Contents) error {
	for _, e := range c.Payload {
		if e.Dir {
			continue
		}
		if data, err := os.ReadFile(m.path(e.Path)); err != nil || !bytes.Equal(data, e.Data) {
			return fmt.Errorf("%s is not that of version %s: %v", e.Path, c.Version(), err)
		}
	}
	return nil
}

// done returns the versions that the Installer has installed to the end.
func (m *mac) done() string {
	data, _ := os.ReadFile(m.path(doneFile))
	return strings.TrimSpace(string(data))
}

// updated checks that the new version is there as a whole, was installed once, and
// goes on with the deadline.
func (m *mac) updated(said string) {
	m.t.Helper()
	if err := m.is(updating.new); err != nil {
		m.t.Error(err)
	}
	if done := m.done(); done != newer {
		m.t.Errorf("installed %q, want once %s", done, newer)
	}
	m.Do(func(model *simmac.Mac) {
		if !model.JobLoaded() {
			m.t.Error("launchd does not have the job")
		}
	})
	if m.t.Failed() {
		m.t.Log(said)
	}
}

func TestASelfUpdateKeepsTheDeadlineAndInstallsOnce(t *testing.T) {
	t.Parallel()
	m := newUpdatingMac(t)
	m.live(30 * time.Minute)
	first := m.status()
	said := m.selfUpdate()
	if !strings.Contains(said, "Version "+newer+" of this program is installed.") {
		t.Errorf("it says:\n%s", said)
	}
	m.updated(said)
	m.live(time.Hour)
	if s := m.status(); s.Deadline == nil || first.Deadline == nil || !s.Deadline.Equal(*first.Deadline) {
		t.Errorf("the deadline went from %v to %v", first.Deadline, s.Deadline)
	}
	if out, _, _ := m.run("--version"); !strings.Contains(out, newer) {
		t.Errorf("the job says that it is %s", out)
	}
	for range 2 {
		if said := m.selfUpdate(); said != "" {
			t.Errorf("it goes on:\n%s", said)
		}
	}
	m.updated("")
}

// The self-update is killed at each step of the Installer: with it, as when the
// power fails, or alone, as when somebody kills the process.
func TestASelfUpdateThatIsKilledAtAnyStepEndsWithOneWholeVersion(t *testing.T) {
	t.Parallel()
	for step := range steps {
		for _, alone := range []string{"", " alone"} {
			name := strconv.Itoa(step) + alone
			t.Run(name, func(t *testing.T) {
				m := newUpdatingMac(t)
				m.writeFile(killFile, []byte(name))
				m.selfUpdate()
				if alone != "" {
					m.waitForReceipt()
				}
				said := ""
				for range 3 {
					said += m.selfUpdate()
				}
				m.updated(said)
			})
		}
	}
}

// waitForReceipt waits for an Installer that goes on by itself.
func (m *mac) waitForReceipt() {
	m.t.Helper()
	m.While(func() {
		for end := time.Now().Add(time.Minute); time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
			if data, _ := os.ReadFile(m.path(receiptFile)); string(data) == newer {
				return
			}
		}
		m.t.Error("the Installer has not ended")
	})
}

// The self-update is killed as it is about to change a file, for each such change.
// It writes down what it does before it does it, so this costs a start.
func TestASelfUpdateThatIsKilledAtAnyChangeOfAFileEndsWithOneWholeVersion(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("left out by -short: it builds two packages")
	}
	strace, err := exec.LookPath("strace")
	if err != nil {
		t.Skip("strace is not installed (Debian package strace), so nothing is killed")
	}
	if err := exec.Command(strace, "-o", os.DevNull, "/bin/true").Run(); err != nil {
		t.Skipf("this machine does not let a process be traced, so nothing is killed: %v", err)
	}
	kills := 0
	for _, call := range []string{"renameat", "fsync", "unlinkat"} {
		for nth := 1; ; nth++ {
			m := newUpdatingMac(t)
			log := filepath.Join(t.TempDir(), "calls")
			m.selfUpdate(strace, "-f", "-b", "execve", "-e", "signal=none", "-o", log, "-e", "trace="+call, "-e", fmt.Sprintf("inject=%s:signal=KILL:when=%d", call, nth))
			trace := string(readFile(t, log))
			killed := strings.Contains(trace, "= ?") // a call that never came back
			said := ""
			for range 3 {
				said += m.selfUpdate()
			}
			m.updated(said)
			if err := m.Close(); err != nil {
				t.Error(err)
			}
			if t.Failed() {
				t.Fatalf("killed at the %d. %s:\n%s", nth, call, trace)
			}
			if !killed {
				break
			}
			kills++
		}
	}
	t.Logf("%d kills", kills)
	// Calls are counted for each thread, so that a few may be passed over.
	if kills < 5 {
		t.Errorf("only %d kills", kills)
	}
}

func TestASelfUpdateWaitsForTheDialogToClose(t *testing.T) {
	t.Parallel()
	m := newUpdatingMac(t)
	ended := make(chan bool)
	go func() { ended <- m.live(20 * time.Minute) }()
	m.waitForPrompt(1)
	if said := m.selfUpdate(); m.done() != "" {
		t.Errorf("it has installed during a prompt:\n%s", said)
	}
	<-ended
	said := m.selfUpdate()
	m.updated(said)
}

// Whatever way the job goes, the self-update goes too.
func TestTheSelfUpdateGoesWithTheJob(t *testing.T) {
	t.Parallel()
	for name, uninstall := range ways {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			buildUpdating(t)
			m := newMac(t, simmac.Defers)
			before := m.paths()
			m.installPackage(updating.old)
			if said, err := uninstall(m); err != nil {
				t.Errorf("%v: %s", err, said)
			}
			if _, err := os.Lstat(m.Layout().SelfUpdateProgram()); err == nil {
				m.selfUpdate() // launchd starts it when the job's file has gone
			}
			m.sameAs(before)
		})
	}
}

// A package without it takes it off.
func TestAPackageWithoutSelfUpdateTakesItOff(t *testing.T) {
	t.Parallel()
	buildUpdating(t)
	m := newMac(t, simmac.Defers)
	m.installPackage(updating.old)
	if said := m.install(); !strings.Contains(said, "This package has no self-update.") {
		t.Error(said)
	}
	m.selfUpdate()
	for _, path := range []string{m.Layout().SelfUpdateFolder(), m.Layout().SelfUpdateJobFile()} {
		if m.has(path) {
			t.Errorf("%s is still there", path)
		}
	}
	m.Do(func(model *simmac.Mac) {
		if !model.JobLoaded() {
			t.Error("launchd does not have the job")
		}
	})
}
