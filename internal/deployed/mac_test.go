package deployed

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"installordefer/internal/plist"
	"installordefer/internal/simmac"
	"installordefer/internal/simmac/rooted"
	"installordefer/internal/statusfile"
	"installordefer/internal/volume"
	"installordefer/internal/wake"
	"installordefer/launchd"
	"installordefer/pkg/formats/payload"
	"installordefer/pkg/installer"
	"installordefer/pkg/scripts"
)

// A mac is a simulated Mac without the job, which an MDM takes care of.
type mac struct {
	*rooted.Mac
	t    *testing.T
	root string

	mu     sync.Mutex
	events []simmac.Event
	news   chan struct{} // gets something after each event
}

// start is when the story begins.
var start = time.Date(2026, 9, 21, 8, 0, 0, 0, time.UTC)

// settings leave room for one deferral before the deadline.
var settings = map[string]any{"MaxDeferralTime": 6 * 3600}

// newMac starts a Mac that lacks two updates, with somebody of that temper in
// front of it and no trace of the job on it.
func newMac(t *testing.T, temper simmac.Temper) *mac {
	t.Helper()
	build(t)
	dir, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	m := &mac{t: t, root: filepath.Join(dir, "Mac"), news: make(chan struct{}, 1)}
	if err := os.Mkdir(m.root, 0o755); err != nil {
		t.Fatal(err)
	}
	m.Mac, err = rooted.Start(rooted.Config{
		Root: m.root, Rate: 240, Tell: m.tell, Program: program("install-or-defer"), Simtool: program("simtool"),
		Facts: simmac.Facts{
			Seed: 1, Start: start, OS: simmac.OS{Version: "26.6", Build: "25G72"},
			Accounts: []simmac.Account{{
				Name: "ada", FullName: "Ada Byron", UID: 501, Owner: true, LogsInAfter: 5 * time.Second, Person: simmac.Person{Temper: temper},
			}},
			Updates: []simmac.Update{
				{Label: "Safari27.0TahoeAuto-27.0", Title: "Safari", Version: "27.0", SizeKiB: 249465, Download: 30 * time.Second},
				{
					Label: "macOS Tahoe 26.7-25G229", Title: "macOS Tahoe 26.7", Version: "26.7", Build: "25G229",
					SizeKiB: 3039632, Action: simmac.RestartAction, Download: time.Minute,
				},
			},
			Job: simmac.Job{Label: id, Interval: launchd.Interval},
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := m.Close(); err != nil {
			t.Error(err)
		}
	})
	m.strip()
	if err := m.Profile(settings); err != nil {
		t.Fatal(err)
	}
	return m
}

// strip takes away the job that every simulated Mac comes with.
func (m *mac) strip() {
	m.t.Helper()
	m.While(func() {
		if out, err := exec.Command(m.path("bin/launchctl"), "bootout", "system/"+id).CombinedOutput(); err != nil {
			m.t.Fatalf("%v: %s", err, out)
		}
	})
	for _, p := range []string{m.Layout().SupportFolder(), m.Layout().JobFile()} {
		if err := os.RemoveAll(p); err != nil {
			m.t.Fatal(err)
		}
	}
	self, err := os.Executable()
	if err != nil {
		m.t.Fatal(err)
	}
	for _, p := range []string{"usr/libexec/PlistBuddy", "usr/sbin/chown", "bin/date", "usr/bin/id", "bin/sleep", "usr/bin/xattr"} {
		m.link(self, p)
	}
	for _, p := range []string{"bin/rm", "bin/chmod", "usr/bin/find", "usr/bin/grep", "usr/bin/head", "usr/bin/sed"} {
		real, err := exec.LookPath(path.Base(p))
		if err != nil {
			m.t.Fatal(err)
		}
		m.link(real, p)
	}
}

func (m *mac) path(p string) string { return filepath.Join(m.root, p) }

func (m *mac) link(target, p string) {
	m.t.Helper()
	if err := os.MkdirAll(filepath.Dir(m.path(p)), 0o755); err != nil {
		m.t.Fatal(err)
	}
	if err := os.Symlink(target, m.path(p)); err != nil {
		m.t.Fatal(err)
	}
}

func (m *mac) has(p string) bool {
	_, err := os.Lstat(p)
	return !errors.Is(err, fs.ErrNotExist)
}

// tell keeps the journal.
func (m *mac) tell(e simmac.Event, _ *time.Location) {
	m.mu.Lock()
	m.events = append(m.events, e)
	m.mu.Unlock()
	select {
	case m.news <- struct{}{}:
	default:
	}
}

// happened returns the events of a kind, in order.
func (m *mac) happened(k simmac.Kind) []simmac.Event {
	m.mu.Lock()
	defer m.mu.Unlock()
	var found []simmac.Event
	for _, e := range m.events {
		if e.Kind == k {
			found = append(found, e)
		}
	}
	return found
}

// story is the journal in short, for a test that failed.
func (m *mac) story() string {
	m.mu.Lock()
	defer m.mu.Unlock()
	var b strings.Builder
	for _, e := range m.events {
		b.WriteString(e.Moment.Wall.Format("Mon 15:04:05 ") + e.Kind.String() + " " + e.Name + " " + e.Text + "\n")
	}
	return b.String()
}

var (
	toolPath = regexp.MustCompile(`(?:/usr)?/(?:bin|sbin|libexec)/[A-Za-z]+`)
	filePath = regexp.MustCompile(`(["'])/(Library|private|System)`)
)

// below rewrites a script so that it works on the simulated Mac.
func (m *mac) below(script []byte) string {
	first, rest, _ := strings.Cut(string(script), "\n")
	rest = toolPath.ReplaceAllStringFunc(rest, m.path)
	rest = filePath.ReplaceAllString(rest, "${1}"+m.root+"/$2")
	rest = strings.Replace(rest, "\nroot=${volume%/}\n", "\nroot="+m.root+"${volume%/}\n", 1)
	return first + "\n" + rest
}

// sh runs a script on the Mac and returns what it said.
func (m *mac) sh(script []byte, args ...string) (string, error) {
	m.t.Helper()
	file := filepath.Join(m.t.TempDir(), "script")
	if err := os.WriteFile(file, []byte(m.below(script)), 0o700); err != nil {
		m.t.Fatal(err)
	}
	var out []byte
	var err error
	m.While(func() {
		ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
		defer cancel()
		cmd := exec.CommandContext(ctx, "sh", append([]string{file}, args...)...)
		cmd.Env = []string{"PATH=/nowhere"}
		cmd.WaitDelay = time.Second
		out, err = cmd.CombinedOutput()
	})
	return strings.ReplaceAll(string(out), m.root, ""), err
}

// run runs the installed program.
func (m *mac) run(args ...string) (stdout, stderr string, err error) {
	m.t.Helper()
	var out, errs bytes.Buffer
	m.While(func() {
		ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
		defer cancel()
		cmd := exec.CommandContext(ctx, m.Layout().Program(), append(args, "--root", m.root)...)
		cmd.Env, cmd.Stdout, cmd.Stderr = []string{"TZ=UTC"}, &out, &errs
		err = cmd.Run()
	})
	return out.String(), errs.String(), err
}

// deferring is a Mac on which ada has deferred the first prompt, and its status.
func deferring(t *testing.T) (*mac, wake.Status) {
	t.Helper()
	m := newMac(t, simmac.Defers)
	m.install()
	m.live(30 * time.Minute)
	first := m.status()
	if first.State != "deferred" {
		t.Fatalf("%+v", first)
	}
	return m, first
}

// status is what "install-or-defer status --json" says.
func (m *mac) status() wake.Status {
	m.t.Helper()
	out, errs, err := m.run("status", "--json")
	if err != nil {
		m.t.Fatalf("status: %v: %s", err, errs)
	}
	var s wake.Status
	if err := json.Unmarshal([]byte(out), &s); err != nil {
		m.t.Fatalf("%v: %s", err, out)
	}
	return s
}

// install plays the Installer and returns what the scripts said.
func (m *mac) install() string {
	m.t.Helper()
	return m.installPackage(built.pkg)
}

func (m *mac) installPackage(pkg *installer.Contents) string {
	m.t.Helper()
	said := ""
	m.While(func() {
		for _, step := range []func() (string, error){
			func() (string, error) { return m.script(pkg, scripts.Preinstall) },
			func() (string, error) {
				m.Do(func(model *simmac.Mac) { model.PutJobFile() })
				return "", m.place(pkg.Payload)
			},
			func() (string, error) { return m.script(pkg, scripts.Postinstall) },
		} {
			more, err := step()
			said += more
			if err != nil {
				m.t.Fatalf("the installation failed: %v\n%s", err, said)
			}
		}
	})
	return said
}

// script runs a script of the package as the Installer does.
func (m *mac) script(pkg *installer.Contents, name scripts.Name) (string, error) {
	m.t.Helper()
	for _, e := range pkg.Scripts {
		if e.Path == string(name) {
			return m.sh(e.Data, "/private/tmp/x.pkg", "/", "/", "/")
		}
	}
	m.t.Fatalf("the package has no %s", name)
	return "", nil
}

// place puts the files of the package in their places, each at once.
func (m *mac) place(tree payload.Tree) error {
	dir := filepath.Join(filepath.Dir(m.root), "unpacked")
	defer os.RemoveAll(dir)
	if err := tree.Extract(dir); err != nil {
		return err
	}
	for _, e := range tree {
		to := m.path(e.Path)
		if !e.Dir {
			if err := os.Rename(filepath.Join(dir, e.Path), to); err != nil {
				return err
			}
			continue
		}
		if err := os.MkdirAll(to, 0o755); err != nil {
			return err
		}
	}
	return nil
}

// live lets launchd start the job until d has passed, or until it is gone.
func (m *mac) live(d time.Duration) (gone bool) {
	m.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 3*time.Minute)
	defer cancel()
	var until time.Duration
	m.Do(func(model *simmac.Mac) { until = model.Elapsed() + d })
	err := m.Live(ctx, until)
	if ctx.Err() != nil {
		m.t.Errorf("no end after three minutes\n%s", m.story())
	}
	return err == nil
}

// paths lists everything on the Mac except what only the simulation has.
func (m *mac) paths() map[string]bool {
	m.t.Helper()
	found := map[string]bool{}
	err := filepath.WalkDir(m.root, func(p string, _ fs.DirEntry, err error) error {
		p, _ = filepath.Rel(m.root, p)
		if !strings.HasPrefix(p, "private/var/simmac") {
			found[p] = true
		}
		return err
	})
	if err != nil {
		m.t.Fatal(err)
	}
	return found
}

// sameAs fails the test when the Mac has other files than before.
func (m *mac) sameAs(before map[string]bool) {
	m.t.Helper()
	after := m.paths()
	for p := range after {
		if !before[p] && !m.emptyPreferences(p) {
			m.t.Errorf("left over: %s", p)
		}
	}
	for p := range before {
		if !after[p] {
			m.t.Errorf("gone, and was there before the package: %s", p)
		}
	}
}

// sameButStatus is sameAs for a Mac from which the job has removed itself: the
// status that it leaves says so, and everybody can read it.
func (m *mac) sameButStatus(before map[string]bool) {
	m.t.Helper()
	path := launchd.Layout{Volume: volume.In(m.root), ID: id}.StatusFile()
	data, err := os.ReadFile(path)
	if err != nil {
		m.t.Fatal(err)
	}
	dict, err := plist.Decode(data, statusfile.MaxFile)
	if err != nil {
		m.t.Fatal(err)
	}
	if s, err := statusfile.FromDict(dict); err != nil || s.Word != statusfile.Current || s.Build == "" || s.Written.IsZero() || len(s.Updates) > 0 {
		m.t.Errorf("the job has left the status %+v, %v", s, err)
	}
	if info, err := os.Stat(path); err != nil || info.Mode() != 0o644 {
		m.t.Errorf("the status has the mode %v, %v", info.Mode(), err)
	}
	if err := os.Remove(path); err != nil {
		m.t.Fatal(err)
	}
	m.sameAs(before)
}

// emptyPreferences tells whether a file is what macOS leaves of preferences in
// which nothing is set any more.
func (m *mac) emptyPreferences(p string) bool {
	return strings.HasPrefix(p, "Library/Preferences/") && len(m.dict(m.path(p))) == 0
}

// unloaded fails the test when launchd or the Installer still knows the job.
func (m *mac) unloaded() {
	m.t.Helper()
	m.Do(func(model *simmac.Mac) {
		if model.JobLoaded() {
			m.t.Error("launchd still has the job")
		}
		if model.HasReceipt() {
			m.t.Error("the receipt is still there")
		}
	})
}
