package selfupdate

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"installordefer/internal/golden"
	"installordefer/launchd"
	"installordefer/pkg/internal/sample"
	"installordefer/pkg/release"
)

func TestANewerVersionIsInstalledOnce(t *testing.T) {
	m := newMac(t)
	m.put("new.pkg", "1.1")
	said := m.run()
	for _, want := range []string{"Installing version 1.1 of this program in place of 1.0.", "Version 1.1 of this program is installed."} {
		if !strings.Contains(said, want) {
			t.Errorf("it does not say %q:\n%s", want, said)
		}
	}
	for range 3 {
		if said := m.run(); said != "" {
			t.Errorf("it says afterwards:\n%s", said)
		}
	}
	m.receipt = "1.0" // an administrator has gone back
	if err := os.Chtimes(m.at(drop+"/new.pkg"), sample.Time, sample.Time); err != nil {
		t.Fatal(err)
	}
	if said := m.run(); !strings.Contains(said, "each version is tried once") {
		t.Errorf("after the way back it says:\n%s", said)
	}
	if !slices.Equal(m.installs, []string{"1.1"}) {
		t.Errorf("it was installed %v", m.installs)
	}
	if left, _ := filepath.Glob(m.layout().SelfUpdateFolder() + "/copy*"); len(left) > 0 {
		t.Errorf("left: %v", left)
	}
}

func TestWhatCameOfItIsForEverybodyToRead(t *testing.T) {
	m := newMac(t)
	m.run()
	if _, err := os.Stat(m.layout().SelfUpdateOutcome()); err == nil {
		t.Error("before there was an offer there is an outcome")
	}
	m.put("new.pkg", "1.1")
	during := outcome{}
	m.before["installer -pkg"] = func() { during = m.outcome() }
	m.run()
	if during.Outcome != isInstalling || during.Version != "1.1" {
		t.Errorf("during the installation: %+v", during)
	}
	want := outcome{Schema: 1, Outcome: isInstalled, Version: "1.1", Said: "Version 1.1 of this program is installed.", At: "2025-11-18T00:00:00Z"}
	if got := m.outcome(); got != want {
		t.Errorf("afterwards: %+v", got)
	}
	if info, err := os.Stat(m.layout().SelfUpdateOutcome()); err != nil || info.Mode() != 0o644 {
		t.Errorf("not everybody can read it: %v, %v", info, err)
	}
	m.put("left.pkg", "0.9")
	if said := m.run(); !strings.Contains(said, "Refused left.pkg") || m.outcome() != want {
		t.Errorf("an older package that was left in the folder hides what was installed: %+v\n%s", m.outcome(), said)
	}
	_ = os.Chmod(m.at(drop), 0o777)
	m.run()
	got := m.outcome()
	if !strings.Contains(got.Problem, "Nothing in it is installed") {
		t.Errorf("of a folder that anybody can write it says %q", got.Problem)
	}
	if got.Problem = ""; got != want {
		t.Errorf("what came of the last offer is lost: %+v", got)
	}
	_ = os.Chmod(m.at(drop), 0o755)
	m.run()
	if got := m.outcome(); got != want {
		t.Errorf("once the folder is safe: %+v", got)
	}
}

func TestOfSeveralVersionsTheLatestIsInstalled(t *testing.T) {
	m := newMac(t)
	m.put("a.pkg", "1.9")
	m.put("b.pkg", "1.10")
	m.put("c.pkg", "1.2")
	m.run()
	m.run()
	if !slices.Equal(m.installs, []string{"1.10"}) {
		t.Errorf("installed: %v", m.installs)
	}
}

// What a folder can hold that must not be installed, and what is said of it. Each
// is said once.
func TestWhatIsRefused(t *testing.T) {
	path := func(m *mac, name string) string { return m.at(drop + "/" + name) }
	cases := []struct {
		name string
		do   func(m *mac)
	}{
		{"one bit of the package is another", func(m *mac) { flip(m, "new.pkg", 2000) }},
		{"the package ends early", func(m *mac) { cut(m, "new.pkg") }},
		{"one letter of the signature is another", func(m *mac) { swap(m, "new.pkg.note", -10) }},
		{"a note of another key", func(m *mac) { _, m.public, _ = release.NewKey("example.com") }},
		{"a note that is empty", func(m *mac) { m.write(path(m, "new.pkg.note"), nil) }},
		{"an older version", func(m *mac) { m.put("new.pkg", "0.9") }},
		{"the version that is installed", func(m *mac) { m.put("new.pkg", "1.0") }},
		{"another identifier", func(m *mac) { other(m, func(r *release.Release) { r.Identifier = "com.example.other" }) }},
		{"a note that lies about the version", func(m *mac) { other(m, func(r *release.Release) { r.Version = "1.3" }) }},
		{"what is no package", func(m *mac) {
			m.write(path(m, "new.pkg"), []byte("text"))
			other(m, func(r *release.Release) {
				r.Size, r.SHA256 = 4, "982d9e3eb996f559e633f4d194def3761d909f5a3b647d1a851fead67c32c9d1"
			})
		}},
		{"a link for the package", func(m *mac) { link(m, "new.pkg") }},
		{"a link for the note", func(m *mac) { link(m, "new.pkg.note") }},
		{"a folder for the package", func(m *mac) {
			_ = os.Remove(path(m, "new.pkg"))
			_ = os.Mkdir(path(m, "new.pkg"), 0o755)
		}},
		{"a package that others can write", func(m *mac) { _ = os.Chmod(path(m, "new.pkg"), 0o666) }},
		{"no signature of Apple's, in a build that knows its team", func(m *mac) { m.team = "ABCDE12345" }},
		{"another team", func(m *mac) {
			m.team, m.signature = "ABCDE12345", signedBy("Developer ID Installer: Other (ZZZZZ99999)")
		}},
		{"a certificate that is not for packages", func(m *mac) {
			m.team, m.signature = "ABCDE12345", signedBy("Developer ID Application: Example (ABCDE12345)")
		}},
		{"a certificate that Apple does not know", func(m *mac) { m.signature = "signed by untrusted certificate" }},
		{"a copy that is swapped after it was verified", func(m *mac) {
			m.after["pkgutil --check-signature"] = func() { m.write(m.layout().SelfUpdateFolder()+"/copy.pkg", pkg(m.t, "6.6")) }
		}},
		{"the Installer fails", func(m *mac) { m.exit = 1 }},
		{"the receipt stays that of the old version", func(m *mac) { m.after["installer -pkg"] = func() { m.receipt = "1.0" } }},
	}
	var all strings.Builder
	for _, c := range cases {
		m := newMac(t)
		m.put("new.pkg", "1.2")
		c.do(m)
		said := m.run()
		fmt.Fprintf(&all, "# %s\n%s\n", c.name, changing.ReplaceAllString(said, "…"))
		if o := m.outcome(); o.Outcome != isRefused && o.Outcome != hasFailed || !strings.Contains(said, o.Said) || len(o.Said) < 20 {
			t.Errorf("%s: everybody reads %+v", c.name, o)
		}
		if len(m.installs) > 0 && c.name != "the receipt stays that of the old version" {
			t.Errorf("%s: installed %v", c.name, m.installs)
		}
		if again := m.run(); again != "" {
			t.Errorf("%s: it is said again:\n%s", c.name, again)
		}
		if left, _ := filepath.Glob(m.layout().SelfUpdateFolder() + "/copy*"); len(left) > 0 {
			t.Errorf("%s: left: %v", c.name, left)
		}
	}
	golden.Check(t, "testdata/refused.txt", all.String())
}

// A package may be swapped in the folder as often as somebody likes: what is
// installed is the copy.
func TestASwapInTheFolderChangesNothing(t *testing.T) {
	for _, at := range []string{"pkgutil --check-signature", "pkgutil --pkg-info"} {
		m := newMac(t)
		m.put("new.pkg", "1.2")
		n := 0
		m.after[at] = func() {
			if n++; n == 1 {
				m.write(m.at(drop+"/new.pkg"), pkg(t, "6.6"))
			}
		}
		said := m.run()
		want := []string{"1.2"}
		if at == "pkgutil --pkg-info" { // before it is copied
			want = nil
		}
		if !slices.Equal(m.installs, want) {
			t.Errorf("swapped after %s: installed %v\n%s", at, m.installs, said)
		}
	}
}

func TestNothingOfAnUnsafeFolderIsTaken(t *testing.T) {
	for name, do := range map[string]func(m *mac){
		"others can write it":       func(m *mac) { _ = os.Chmod(m.at(drop), 0o777) },
		"others can write above it": func(m *mac) { _ = os.Chmod(m.at("/Library"), 0o777) },
		"it is a link": func(m *mac) {
			_ = os.Rename(m.at(drop), m.at("/Library/Elsewhere"))
			_ = os.Symlink(m.at("/Library/Elsewhere"), m.at(drop))
		},
	} {
		m := newMac(t)
		m.put("new.pkg", "1.2")
		do(m)
		if _, err := m.tryRun(); !errors.Is(err, launchd.ErrUnsafe) || len(m.installs) > 0 {
			t.Errorf("%s: %v, installed %v", name, err, m.installs)
		}
	}
}

func TestItWaitsForAnIdleMoment(t *testing.T) {
	for name, do := range map[string]func(m *mac) (undo func()){
		"a wake is at work": func(m *mac) func() {
			release, err := (&launchd.Host{Layout: m.layout(), Owner: os.Getuid()}).Lock()
			if err != nil {
				t.Fatal(err)
			}
			return release
		},
		"a step is under way": func(m *mac) func() {
			m.underWay = "the step hard restart"
			return func() { m.underWay = "" }
		},
		"nobody can tell": func(m *mac) func() {
			m.underWayErr = errors.New("the disk does not answer")
			return func() { m.underWayErr = nil }
		},
	} {
		m := newMac(t)
		m.put("new.pkg", "1.2")
		undo := do(m)
		said := m.run()
		if len(m.installs) > 0 {
			t.Errorf("%s: installed all the same:\n%s", name, said)
		}
		undo()
		if said := m.run(); len(m.installs) != 1 {
			t.Errorf("%s: not installed afterwards:\n%s", name, said)
		}
	}
}

// A wake that is started while the Installer works finds the lock taken.
func TestNoWakeBeginsDuringAnInstallation(t *testing.T) {
	m := newMac(t)
	m.put("new.pkg", "1.2")
	m.before["installer -pkg"] = func() {
		if _, err := (&launchd.Host{Layout: m.layout(), Owner: os.Getuid()}).Lock(); !errors.Is(err, launchd.ErrBusy) {
			t.Errorf("a wake could begin: %v", err)
		}
	}
	m.run()
	if len(m.installs) != 1 {
		t.Error("nothing was installed")
	}
}

func TestWithoutAFolderNothingIsDone(t *testing.T) {
	m := newMac(t)
	m.put("new.pkg", "1.2")
	m.folder = ""
	if said := m.run(); said != "" || len(m.installs) > 0 {
		t.Errorf("it says %q and has installed %v", said, m.installs)
	}
	m.folder = "/Library/Nowhere"
	if said := m.run(); said != "" || len(m.installs) > 0 {
		t.Errorf("it says %q and has installed %v", said, m.installs)
	}
}

// killed is what a kill of the process does to a test.
var errKilled = errors.New("killed")

// The process is killed before or after each program that it runs. The next start
// comes to one whole version, and installs no version twice.
func TestAKillOnlyDelaysTheInstallation(t *testing.T) {
	steps := []string{"pkgutil --pkg-info", "pkgutil --check-signature", "installer -pkg"}
	for _, step := range steps {
		for when, hooks := range map[string]func(m *mac) map[string]func(){
			"before": func(m *mac) map[string]func() { return m.before },
			"after":  func(m *mac) map[string]func() { return m.after },
		} {
			for nth := 1; nth <= 2; nth++ {
				m := newMac(t)
				m.put("new.pkg", "1.2")
				n := 0
				hooks(m)[step] = func() {
					if n++; n == nth {
						panic(errKilled)
					}
				}
				func() {
					defer func() { _ = recover() }()
					m.run()
				}()
				_ = os.RemoveAll(m.at(drop)) // it can do without the folder once it has begun
				begun := m.record() != nil
				if !begun {
					m.put("new.pkg", "1.2")
				}
				said := m.run()
				if m.receipt != "1.2" || !slices.Equal(m.installs, []string{"1.2"}) {
					t.Errorf("killed %s %s for the %d. time: installed %v, the receipt says %s\n%s", when, step, nth, m.installs, m.receipt, said)
				}
			}
		}
	}
}

// record returns the open try, if there is one.
func (m *mac) record() *try {
	rec, err := (&Updater{Host: &launchd.Host{Layout: m.layout()}, Log: nil}).load()
	if err != nil {
		m.t.Fatal(err)
	}
	return rec.open()
}

func TestAnInstallationThatIsAlwaysCutOffIsGivenUp(t *testing.T) {
	m := newMac(t)
	m.put("new.pkg", "1.2")
	begun := 0
	m.before["installer -pkg"] = func() { begun++; panic(errKilled) }
	for range 6 {
		func() {
			defer func() { _ = recover() }()
			m.run()
		}()
	}
	if begun != mostBegun {
		t.Errorf("begun %d times", begun)
	}
	if said := m.run(); said != "" || len(m.installs) > 0 {
		t.Errorf("it goes on: %s", said)
	}
}

func TestItTakesItselfOff(t *testing.T) {
	for name, do := range map[string]func(l launchd.Layout){
		"after the job is gone":                func(l launchd.Layout) { _ = os.Remove(l.JobFile()); _ = os.RemoveAll(l.SupportFolder()) },
		"after a package came that has it not": func(l launchd.Layout) { _ = os.Remove(l.SelfUpdateJobFile()) },
	} {
		m := newMac(t)
		m.put("new.pkg", "1.2")
		l := m.layout()
		do(l)
		said := m.run()
		for _, path := range []string{l.SelfUpdateFolder(), l.SelfUpdateJobFile()} {
			if _, err := os.Lstat(path); err == nil {
				t.Errorf("%s: %s is still there", name, path)
			}
		}
		if m.booted || len(m.installs) > 0 || !strings.Contains(said, "takes itself off") {
			t.Errorf("%s: loaded %v, installed %v\n%s", name, m.booted, m.installs, said)
		}
	}
	m := newMac(t)
	_ = os.Remove(m.layout().JobFile()) // the removal has begun, and goes on
	m.run()
	if _, err := os.Lstat(m.layout().SelfUpdateProgram()); err != nil || !m.booted {
		t.Errorf("it has left before the job: %v", err)
	}
}

func TestARecordThatCannotBeReadIsReplaced(t *testing.T) {
	for _, text := range []string{"", "{", `{"judged": 5}`, strings.Repeat("x", maxRecord+1), "null"} {
		m := newMac(t)
		m.put("new.pkg", "1.2")
		m.write(m.layout().SelfUpdateFolder()+"/record.json", []byte(text))
		if said := m.run(); len(m.installs) != 1 {
			t.Errorf("%.20q: %s", text, said)
		}
	}
}

func TestMoreNotesThanItLooksAtAreTold(t *testing.T) {
	m := newMac(t)
	for i := range mostOffers + 1 {
		m.write(m.at(fmt.Sprintf("%s/%02d.pkg", drop, i)), nil)
		m.write(m.at(fmt.Sprintf("%s/%02d.pkg.note", drop, i)), nil)
	}
	if said := m.run(); !strings.Contains(said, "holds 21 notes. Only the first 20") {
		t.Error(said)
	}
}

// changing is what differs from one run or one build to the next.
var changing = regexp.MustCompile(`(?m)^\d\d:\d\d:\d\d self-update: |[0-9a-f]{64}|\d{4,}|\+[0-9a-f]{8}`)

func signedBy(signer string) string {
	return "signed by a developer certificate issued by Apple for distribution\n   Certificate Chain:\n    1. " + signer
}

// swap puts another letter of base64 in the place of one, counted from the end.
func swap(m *mac, name string, at int) {
	change(m, name, at, func(b byte) byte {
		if b == 'A' {
			return 'B'
		}
		return 'A'
	})
}

func flip(m *mac, name string, at int) { change(m, name, at, func(b byte) byte { return b ^ 1 }) }

func change(m *mac, name string, at int, to func(byte) byte) {
	data, err := os.ReadFile(m.at(drop + "/" + name))
	if err != nil {
		m.t.Fatal(err)
	}
	if at < 0 {
		at += len(data)
	}
	data[at] = to(data[at])
	m.write(m.at(drop+"/"+name), data)
}

func cut(m *mac, name string) {
	data, err := os.ReadFile(m.at(drop + "/" + name))
	if err != nil {
		m.t.Fatal(err)
	}
	m.write(m.at(drop+"/"+name), bytes.Clone(data[:len(data)/2]))
}

func other(m *mac, change func(*release.Release)) {
	m.write(m.at(drop+"/new.pkg.note"), m.note(pkg(m.t, "1.2"), change))
}

func link(m *mac, name string) {
	path := m.at(drop + "/" + name)
	if err := errors.Join(os.Rename(path, path+".real"), os.Symlink(name+".real", path)); err != nil {
		m.t.Fatal(err)
	}
}
