package selfupdate

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/mod/sumdb/note"
	"howett.net/plist"

	"installordefer/internal/logging"
	"installordefer/internal/tool"
	"installordefer/internal/volume"
	"installordefer/launchd"
	"installordefer/pkg/installer"
	"installordefer/pkg/internal/sample"
	"installordefer/pkg/release"
)

// drop is the folder of the MDM.
const drop = "/Library/Drop"

// A mac is a folder with the job and its self-update, and the programs of macOS
// that the self-update runs.
type mac struct {
	t                *testing.T
	root             string
	private, public  string
	receipt          string // the version of the receipt; empty means none
	installs         []string
	exit             int    // of the Installer, where it fails
	signature        string // what pkgutil says
	booted           bool   // launchd has the self-update
	log              bytes.Buffer
	underWay         string
	underWayErr      error
	before, after    map[string]func() // by the command, such as "installer"
	team             string
	folder, identity string
}

func newMac(t *testing.T) *mac {
	t.Helper()
	root, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	m := &mac{
		t: t, root: root, receipt: "1.0", signature: "no signature", booted: true, folder: drop, identity: string(sample.ID),
		before: map[string]func(){}, after: map[string]func(){},
	}
	if m.private, m.public, err = release.NewKey("example.com"); err != nil {
		t.Fatal(err)
	}
	l := m.layout()
	for _, p := range []string{l.JobFile(), l.Program(), l.SelfUpdateJobFile(), l.SelfUpdateProgram()} {
		m.write(p, []byte("#!/bin/sh\n"))
	}
	if err := os.MkdirAll(m.at(drop), 0o755); err != nil {
		t.Fatal(err)
	}
	return m
}

func (m *mac) layout() launchd.Layout {
	return launchd.Layout{Volume: volume.In(m.root), ID: launchd.Identifier(m.identity)}
}

func (m *mac) at(path string) string { return filepath.Join(m.root, path) }

func (m *mac) write(path string, data []byte) {
	m.t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		m.t.Fatal(err)
	}
	if err := os.WriteFile(path, data, 0o644); err != nil {
		m.t.Fatal(err)
	}
}

// pkg is a package of a version, and put lays it into the folder with its note.
func pkg(t *testing.T, version string) []byte {
	t.Helper()
	p := sample.Package(t)
	p.Version = version
	var b bytes.Buffer
	if err := p.Component(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func (m *mac) put(name, version string) {
	m.t.Helper()
	data := pkg(m.t, version)
	m.write(m.at(drop+"/"+name), data)
	m.write(m.at(drop+"/"+name+".note"), m.note(data, func(*release.Release) {}))
}

// note signs a note, with something else in it than the package says.
func (m *mac) note(data []byte, change func(*release.Release)) []byte {
	m.t.Helper()
	r, err := release.Describe(data, true)
	if err != nil {
		m.t.Fatal(err)
	}
	change(&r)
	signed, err := release.Sign(r, m.private)
	if err != nil {
		m.t.Fatal(err)
	}
	return signed
}

func (m *mac) keys() note.Verifiers {
	keys, err := release.Keys([]string{m.public})
	if err != nil {
		m.t.Fatal(err)
	}
	return keys
}

// run is one start of the program. It returns what the log says.
func (m *mac) run() string {
	m.t.Helper()
	said, err := m.tryRun()
	if err != nil {
		said += "error: " + err.Error() + "\n"
	}
	return strings.ReplaceAll(said, m.root, "")
}

func (m *mac) tryRun() (string, error) {
	m.log.Reset()
	log := logging.New(logging.Writer(&m.log), nil)
	host := &launchd.Host{Layout: m.layout(), Runner: m, Owner: os.Getuid(), TeamID: m.team}
	err := (&Updater{
		Host: host, Runner: m, Log: log, Folder: m.folder, Keys: m.keys(), Version: "1.0",
		Now:      func() time.Time { return sample.Time },
		UnderWay: func() (string, error) { return m.underWay, m.underWayErr },
	}).Run(m.t.Context())
	log.Close()
	return m.log.String(), err
}

// outcome is what everybody can read.
func (m *mac) outcome() outcome {
	m.t.Helper()
	data, err := os.ReadFile(m.layout().SelfUpdateOutcome())
	if err != nil {
		m.t.Fatal(err)
	}
	var o outcome
	if _, err := plist.Unmarshal(data, &o); err != nil {
		m.t.Fatal(err)
	}
	return o
}

// Run plays the programs of macOS.
func (m *mac) Run(_ context.Context, c tool.Command) (tool.Result, error) {
	name := filepath.Base(string(c.Path)) + " " + c.Args[0]
	if f := m.before[name]; f != nil {
		f()
	}
	r, err := m.play(name, c.Args)
	if f := m.after[name]; f != nil {
		f()
	}
	return r, err
}

func (m *mac) play(name string, args []string) (tool.Result, error) {
	out := func(code int, format string, args ...any) (tool.Result, error) {
		return tool.Result{ExitCode: code, Stdout: fmt.Appendf(nil, format, args...)}, nil
	}
	switch name {
	case "pkgutil --pkg-info":
		if m.receipt == "" || args[1] != m.identity {
			return tool.Result{ExitCode: 1, Stderr: []byte("No receipt for '" + args[1] + "' found at '/'.\n")}, nil
		}
		return out(0, "package-id: %s\nversion: %s\nvolume: /\nlocation: \ninstall-time: 1790000000\n", args[1], m.receipt)
	case "pkgutil --check-signature":
		return out(0, "Package %q:\n   Status: %s\n", filepath.Base(args[1]), m.signature)
	case "installer -pkg":
		return m.installer(args)
	case "launchctl bootout":
		m.booted = m.booted && args[1] != "system/"+m.identity+".self-update"
		return out(0, "")
	}
	return tool.Result{}, errors.New("nobody runs " + name)
}

// installer puts nothing but the receipt, and says what it was given.
func (m *mac) installer(args []string) (tool.Result, error) {
	if !slices.Equal(args[2:], []string{"-target", "/"}) {
		m.t.Errorf("installer %v", args)
	}
	data, err := os.ReadFile(m.at(args[1]))
	if err != nil {
		m.t.Fatal(err)
	}
	c, err := installer.Open(data)
	if err != nil {
		m.t.Fatal(err)
	}
	if m.exit != 0 {
		return tool.Result{ExitCode: m.exit, Stderr: []byte("installer: Package name is Updates\ninstaller: The install failed.\n")}, nil
	}
	m.receipt = c.Version()
	m.installs = append(m.installs, c.Version())
	return tool.Result{Stdout: []byte("installer: The upgrade was successful.\n")}, nil
}
