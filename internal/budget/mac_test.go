package budget

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"howett.net/plist"

	"installordefer/deferral"
	"installordefer/deferral/settings"
	"installordefer/deferral/statefile"
	"installordefer/internal/clock"
	"installordefer/internal/macos"
	"installordefer/internal/volume"
	"installordefer/internal/wake"
	"installordefer/launchd"
)

const module = "installordefer/"

// programs holds the programs that the tests run, built once.
var programs string

func TestMain(m *testing.M) {
	os.Exit(func() int {
		dir, err := os.MkdirTemp("", "budget")
		if err != nil {
			panic(err)
		}
		defer os.RemoveAll(dir)
		programs = dir
		return m.Run()
	}())
}

// program builds a command of this module for this machine as the package
// builds it, and returns its path.
func program(t testing.TB, pkg string) string {
	t.Helper()
	path := filepath.Join(programs, filepath.Base(pkg))
	if _, err := os.Stat(path); err == nil {
		return path
	}
	cmd := exec.Command("go", "build", "-trimpath", "-gcflags=all=-l", "-ldflags", "-s -w", "-o", path, module+pkg)
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("go build %s: %v\n%s", pkg, err, out)
	}
	return path
}

func rootJob(t testing.TB) string { return program(t, "cmd/install-or-defer") }

// A mac is a folder that the root job takes for the disk of a Mac.
type mac struct {
	layout launchd.Layout
	now    clock.Moment
}

// newMac lays out a Mac with the job installed, a profile, and a clock that
// stands still.
func newMac(t testing.TB) *mac {
	t.Helper()
	root, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(root, 0o755); err != nil {
		t.Fatal(err)
	}
	m := &mac{
		layout: launchd.Layout{Volume: volume.In(root), ID: "com.github.install-or-defer"},
		now:    clock.Moment{Wall: time.Date(2026, 9, 21, 12, 0, 0, 0, time.UTC), Continuous: 40 * time.Hour, Boot: "1"},
	}
	for _, dir := range []string{"private/var/simmac", "var/log", "Library/Preferences"} {
		m.folder(t, filepath.Join(root, dir))
	}
	m.setClock(t, m.now)
	m.file(t, filepath.Join(root, "System/Library/CoreServices/SystemVersion.plist"), plistOf("ProductVersion", "26.6", "ProductBuildVersion", "25G72"))
	m.file(t, filepath.Join(root, "private/var/simmac/machine.json"), `{"appleSilicon": true}`)
	// macOS writes the settings of profiles in binary form.
	profile, err := plist.Marshal(map[string]any{"SupportContact": "the help desk", "MaxDeferralTime": 3 * 86400}, plist.BinaryFormat)
	if err != nil {
		t.Fatal(err)
	}
	m.file(t, m.layout.ManagedFile(), string(profile))
	job, err := launchd.JobConfig{ID: m.layout.ID}.Plist()
	if err != nil {
		t.Fatal(err)
	}
	m.file(t, m.layout.JobFile(), string(job))
	m.file(t, m.layout.Helper(), "#!/bin/sh\nexit 1\n")
	m.file(t, m.layout.LockFile(), "")
	return m
}

func plistOf(pairs ...string) string {
	var b strings.Builder
	b.WriteString("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<plist version=\"1.0\"><dict>\n")
	for i := 0; i < len(pairs); i += 2 {
		fmt.Fprintf(&b, "<key>%s</key><string>%s</string>\n", pairs[i], pairs[i+1])
	}
	b.WriteString("</dict></plist>\n")
	return b.String()
}

func (m *mac) folder(t testing.TB, path string) {
	t.Helper()
	if err := os.MkdirAll(path, 0o755); err != nil {
		t.Fatal(err)
	}
}

func (m *mac) file(t testing.TB, path, text string) {
	t.Helper()
	m.folder(t, filepath.Dir(path))
	if err := os.WriteFile(path, []byte(text), 0o755); err != nil {
		t.Fatal(err)
	}
}

func (m *mac) setClock(t testing.TB, now clock.Moment) {
	t.Helper()
	err := clock.WriteSimulated(filepath.Join(m.layout.Path(), "private/var/simmac/clock.json"),
		clock.Anchor{Wall: now.Wall, Continuous: now.Continuous, Boot: now.Boot})
	if err != nil {
		t.Fatal(err)
	}
}

// inRound puts the Mac into a round whose prompt was deferred for four hours a
// while ago.
func (m *mac) inRound(t testing.TB, ago time.Duration) {
	t.Helper()
	then := m.now
	then.Wall, then.Continuous = then.Wall.Add(-ago), then.Continuous-ago
	updates := []deferral.Update{
		{Label: "Safari27.0TahoeAuto-27.0", Name: "Safari 27.0"},
		{Label: "macOS Tahoe 26.7-25G229", Name: "macOS Tahoe 26.7", Restart: true, System: true},
	}
	machine := macos.Machine{AppleSilicon: true, Build: "25G72"}
	s := deferral.State{Migrated: true}.Checked(deferral.Found, updates, settings.Defaults(), machine, then, time.UTC)
	s = s.DownloadEnded([]string{updates[0].Label}).Prompted().Deferred(4*time.Hour, then)
	s = s.Keeping(settings.ReadFiles(func(path string) ([]byte, error) {
		return os.ReadFile(filepath.Join(m.layout.Path(), path))
	}, string(m.layout.ID)))
	store := statefile.Store{Disk: wake.FileDisk{}, Path: m.layout.StateFile(), Copy: m.layout.DeadlineCopy()}
	m.folder(t, filepath.Dir(m.layout.StateFile()))
	if err := store.Save(s); err != nil {
		t.Fatal(err)
	}
	shown := map[string]any{
		settings.KeyForcedAfter: s.ForcedAfter.Unix(), settings.KeyForcedAfterLater: s.ForcedAfter.Unix(),
		settings.KeyDeferredUntil: s.DeferredUntil.Unix(), settings.KeyDeferredUntilLater: s.DeferredUntil.Unix(),
	}
	data, err := plist.Marshal(shown, plist.BinaryFormat)
	if err != nil {
		t.Fatal(err)
	}
	m.file(t, m.layout.LocalFile(), string(data))
	m.told(t)
}

// told has a wake that waits tell machines how the Mac stands, so that the next
// one finds that told.
func (m *mac) told(t testing.TB) {
	t.Helper()
	state, err := os.ReadFile(m.layout.StateFile())
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(rootJob(t), "--root", m.layout.Path())
	cmd.Env = m.environment(t)
	if out, err := cmd.CombinedOutput(); err != nil || len(out) > 0 {
		t.Fatalf("%v: %s", err, out)
	}
	if err := os.WriteFile(m.layout.StateFile(), state, 0o600); err != nil {
		t.Fatal(err)
	}
}

// environment is what launchd gives the root job, as its file says.
func (m *mac) environment(t testing.TB) []string {
	t.Helper()
	data, err := os.ReadFile(m.layout.JobFile())
	if err != nil {
		t.Fatal(err)
	}
	var job struct{ EnvironmentVariables map[string]string }
	if _, err := plist.Unmarshal(data, &job); err != nil || len(job.EnvironmentVariables) == 0 {
		t.Fatalf("the job file gives no environment: %v", err)
	}
	var env []string
	for name, value := range job.EnvironmentVariables {
		env = append(env, name+"="+value)
	}
	return env
}

// tree returns every file of the Mac with its size, mode and time of change.
func (m *mac) tree(t testing.TB) string {
	t.Helper()
	var b strings.Builder
	err := filepath.WalkDir(m.layout.Path(), func(path string, d os.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		fmt.Fprintf(&b, "%s %v %d %v\n", path, info.Mode(), info.Size(), info.ModTime())
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return b.String()
}
