package scripts_test

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"howett.net/plist"

	"installordefer/pkg/internal/sample"
	"installordefer/pkg/scripts"
)

// A disk is a made-up Mac: a folder with its files, and the model.
type disk struct {
	t     *testing.T
	root  string
	shell []string
	// selfUpdate says that the package brings the self-update.
	selfUpdate bool
}

// shells are those that /bin/sh can be. On macOS it is bash 3.2 as sh, or dash
// where somebody chose it.
func shells(t *testing.T) map[string][]string {
	t.Helper()
	found := map[string][]string{"sh": {"sh"}}
	if testing.Short() {
		return found
	}
	sh, err := exec.LookPath("sh")
	if err != nil {
		t.Fatal(err)
	}
	is, _ := filepath.EvalSymlinks(sh)
	for name, command := range map[string][]string{"dash": {"dash"}, "bash": {"bash", "--posix"}} {
		if _, err := exec.LookPath(name); err == nil && filepath.Base(is) != name {
			found[name] = command
		}
	}
	return found
}

// onEachShell runs a test on a fresh Mac for each shell.
func onEachShell(t *testing.T, test func(t *testing.T, d *disk)) {
	t.Helper()
	for name, command := range shells(t) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test(t, newDisk(t, command))
		})
	}
}

func newDisk(t *testing.T, shell []string) *disk {
	d := &disk{t: t, root: t.TempDir(), shell: shell}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range []string{
		"bin/launchctl", "bin/rm", "bin/sleep", "bin/date", "usr/sbin/pkgutil", "usr/sbin/chown",
		"usr/bin/xattr", "usr/libexec/PlistBuddy", "usr/bin/defaults", "usr/bin/id",
	} {
		d.link(self, p)
	}
	for _, p := range []string{"bin/chmod", "usr/bin/find", "usr/bin/grep", "usr/bin/head"} {
		real, err := exec.LookPath(filepath.Base(p))
		if err != nil {
			t.Fatal(err)
		}
		d.link(real, p)
	}
	d.plist("System/Library/CoreServices/SystemVersion.plist", map[string]any{"ProductVersion": "15.1"})
	for _, p := range []string{"Library/LaunchDaemons", "Library/Preferences", "Library/Scripts", "private/tmp"} {
		d.folder(p)
	}
	d.write("Library/Scripts/somebody else's.sh", "#!/bin/sh\n")
	d.write("Library/LaunchDaemons/com.somebody.else.plist", "")
	d.change(func(m *mac) {
		m.Jobs = map[string]*job{"com.somebody.else": {Dialogs: 1}}
		m.Owned = map[string]string{}
	})
	return d
}

func (d *disk) path(p string) string { return filepath.Join(d.root, p) }

func (d *disk) folder(p string) {
	d.t.Helper()
	if err := os.MkdirAll(d.path(p), 0o755); err != nil {
		d.t.Fatal(err)
	}
}

func (d *disk) link(target, p string) {
	d.t.Helper()
	d.folder(filepath.Dir(p))
	if err := os.Symlink(target, d.path(p)); err != nil {
		d.t.Fatal(err)
	}
}

func (d *disk) write(p, text string) {
	d.t.Helper()
	d.folder(filepath.Dir(p))
	if err := os.WriteFile(d.path(p), []byte(text), 0o644); err != nil {
		d.t.Fatal(err)
	}
}

func (d *disk) plist(p string, dict map[string]any) {
	d.t.Helper()
	data, err := plist.Marshal(dict, plist.XMLFormat)
	if err != nil {
		d.t.Fatal(err)
	}
	d.write(p, string(data))
}

func (d *disk) read(p string) string {
	d.t.Helper()
	data, err := os.ReadFile(d.path(p))
	if err != nil {
		d.t.Fatal(err)
	}
	return string(data)
}

func (d *disk) has(p string) bool {
	_, err := os.Lstat(d.path(p))
	return !errors.Is(err, fs.ErrNotExist)
}

func (d *disk) model() *mac { return readMac(d.path("model.json")) }

// change sets up the model; it begins with nothing in it.
func (d *disk) change(set func(*mac)) {
	d.t.Helper()
	m := &mac{}
	if d.has("model.json") {
		m = d.model()
	}
	set(m)
	m.write(d.path("model.json"))
}

// load puts a job on the Mac and has launchd run it.
func (d *disk) load(label string, j job) {
	d.t.Helper()
	d.plist("Library/LaunchDaemons/"+label+".plist", map[string]any{"Label": label})
	d.change(func(m *mac) { m.Jobs[label] = &j })
}

var (
	toolPath = regexp.MustCompile(`(?:/usr)?/(?:bin|sbin|libexec)/[A-Za-z]+`)
	filePath = regexp.MustCompile(`"/(Library|private|System)`)
)

// onDisk rewrites a script so that it works on the folder instead of the
// machine.
func (d *disk) onDisk(text []byte) string {
	first, rest, _ := strings.Cut(string(text), "\n")
	rest = toolPath.ReplaceAllStringFunc(rest, d.path)
	rest = filePath.ReplaceAllString(rest, `"`+d.root+`/$1`)
	rest = strings.Replace(rest, "\nroot=${volume%/}\n", "\nroot="+d.root+"${volume%/}\n", 1)
	return first + "\n" + rest
}

// run runs a script and returns what it printed and its exit status. Nothing
// may be on the path: a tool that a script does not name in full is not found.
func (d *disk) run(name scripts.Name, identifier string, args ...string) (string, int) {
	d.t.Helper()
	text, err := scripts.Render(name, scripts.Build{Identifier: identifier, Version: "1.2.3", SelfUpdate: d.selfUpdate})
	if err != nil {
		d.t.Fatal(err)
	}
	file := d.path(string(name) + ".test")
	if err := os.WriteFile(file, []byte(d.onDisk(text)), 0o700); err != nil {
		d.t.Fatal(err)
	}
	cmd := exec.Command(d.shell[0], append(append(d.shell[1:], file), args...)...)
	cmd.Dir = d.root
	cmd.Env = []string{"PATH=/nowhere", modelEnv + "=" + d.path("model.json")}
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	err = cmd.Run()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		d.t.Fatal(err)
	}
	if strings.Contains(errs.String(), "not found") || strings.Contains(errs.String(), "unbound") || strings.Contains(errs.String(), "not set") {
		d.t.Errorf("%s: %s", name, errs.String())
	}
	for line := range strings.Lines(out.String()) {
		if !strings.HasPrefix(line, identifier+": ") || !strings.HasSuffix(line, ".\n") {
			d.t.Errorf("%s says %q, which is no sentence under its name", name, line)
		}
	}
	return strings.ReplaceAll(out.String(), d.root, ""), cmd.ProcessState.ExitCode()
}

// install plays the Installer on a volume: preinstall, files, postinstall.
// What the scripts said is returned, and the exit status of the one that
// failed.
func (d *disk) install(volume string) (string, int) {
	d.t.Helper()
	args := []string{"/private/tmp/x.pkg", volume, volume, "/"}
	said, code := d.run(scripts.Preinstall, id1, args...)
	if code != 0 {
		return said, code
	}
	d.files(volume)
	more, code := d.run(scripts.Postinstall, id1, args...)
	return said + more, code
}

const id1 = string(sample.ID)

// files puts the package's files on a volume, each in the place of an older.
func (d *disk) files(volume string) {
	d.t.Helper()
	tree := sample.Package(d.t).Payload
	for _, e := range tree {
		if !e.Dir {
			os.Remove(filepath.Join(d.path(volume), e.Path))
		}
	}
	if err := tree.Extract(d.path(volume)); err != nil {
		d.t.Fatal(err)
	}
}

// snapshot lists the files of the Mac with their contents, but the model.
func (d *disk) snapshot() map[string]string {
	d.t.Helper()
	out := map[string]string{}
	err := filepath.WalkDir(d.path("."), func(p string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() || e.Type()&fs.ModeSymlink != 0 || strings.HasSuffix(p, ".test") || e.Name() == "model.json" {
			return err
		}
		data, err := os.ReadFile(p)
		out[strings.TrimPrefix(p, d.root)] = string(data)
		return err
	})
	if err != nil {
		d.t.Fatal(err)
	}
	return out
}

// called tells whether a tool was called with arguments that begin so.
func (m *mac) called(prefix string) bool {
	return slices.ContainsFunc(m.Calls, func(c string) bool { return strings.HasPrefix(c, prefix) })
}
