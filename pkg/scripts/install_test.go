package scripts_test

import (
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"installordefer/pkg/internal/sample"
	"installordefer/pkg/scripts"
)

const (
	jobFile   = "Library/LaunchDaemons/" + id1 + ".plist"
	stateFile = "Library/Preferences/" + id1 + ".plist"
	support   = "Library/Application Support/" + id1
)

// installed fails the test unless the job is in place and at work, and what is
// not ours was left alone.
func installed(t *testing.T, d *disk, said string, code int) {
	t.Helper()
	if code != 0 {
		t.Fatalf("exit status %d: %s", code, said)
	}
	m := d.model()
	if j := m.Jobs[id1]; j == nil || j.Leaving {
		t.Errorf("the job is not loaded: %s", said)
	}
	if m.Jobs["com.somebody.else"] == nil || m.Jobs["com.somebody.else"].Dialogs != 1 {
		t.Error("a job or a dialog of somebody else was ended")
	}
	if !d.has("Library/Scripts/somebody else's.sh") || !d.has("Library/LaunchDaemons/com.somebody.else.plist") {
		t.Error("a file of somebody else was deleted")
	}
	for _, p := range []string{support, support + "/install-or-defer", support + "/uninstall", jobFile, support + "/Install or Defer.app/Contents/MacOS/install-or-defer-prompt"} {
		if m.Owned[d.path(p)] != "root:wheel" {
			t.Errorf("the owner of %s was not set", p)
		}
	}
	if m.Slept > 300 {
		t.Errorf("it took %d seconds; the Installer ends scripts after 600", m.Slept)
	}
}

func TestInstallingOnAFreshMac(t *testing.T) {
	t.Parallel()
	onEachShell(t, func(t *testing.T, d *disk) {
		said, code := d.install("/")
		installed(t, d, said, code)
		want := id1 + ": Set owners and modes.\n" +
			id1 + ": Loaded the job. It starts now, and every five minutes.\n"
		if d := cmp.Diff(want, said); d != "" {
			t.Error(d)
		}
	})
}

func TestInstallingOverItselfKeepsTheStateByteForByte(t *testing.T) {
	t.Parallel()
	onEachShell(t, func(t *testing.T, d *disk) {
		d.load(id1, job{Slow: 5, Dialogs: 1})
		d.plist(stateFile, map[string]any{"AppleSoftwareUpdatesForcedAfter": 1770000000, "AppleSoftwareUpdatesDeferredUntil": 1769990000})
		d.write(support+"/deadline.plist", "the copy")
		before := d.read(stateFile)
		d.change(func(m *mac) { m.Settling = 2 })
		said, code := d.install("/")
		installed(t, d, said, code)
		if d.read(stateFile) != before || d.read(support+"/deadline.plist") != "the copy" {
			t.Error("the state changed")
		}
		for _, want := range []string{
			"Stopped the job that was installed before. Its deadline stays.",
			"Kept the running deadline in /Library/Preferences/com.example.updates.plist: at 1770000000.",
		} {
			if !strings.Contains(said, want) {
				t.Errorf("it does not say %q:\n%s", want, said)
			}
		}
		said, code = d.install("/")
		installed(t, d, said, code)
	})
}

// What the job keeps for itself stays readable by root alone.
func TestPostinstallTouchesOnlyFilesOfThePackage(t *testing.T) {
	t.Parallel()
	onEachShell(t, func(t *testing.T, d *disk) {
		d.write(support+"/lock", "")
		if err := os.Chmod(d.path(support+"/lock"), 0o600); err != nil {
			t.Fatal(err)
		}
		said, code := d.install("/")
		installed(t, d, said, code)
		if info, err := os.Stat(d.path(support + "/lock")); err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("the lock has mode %v, %v", info.Mode(), err)
		}
	})
}

// An original is one of the scripts that this project replaces.
type original struct {
	name, label string
	helper      bool
	scripts     []string
	state       map[string]any
}

var originals = []original{
	{
		"2.x", "com.elliotjordan.install_or_defer", false,
		[]string{"install_or_defer.sh"}, map[string]any{"AppleSoftwareUpdatesForcedAfter": 1770000000},
	},
	{
		"3.x, final prompt up", "com.github.mpanighetti.install-or-defer", true,
		[]string{"Install or Defer.sh", "Install or Defer_helper.sh"}, map[string]any{"AppleSoftwareUpdatesForcedAfter": 1770000000},
	},
	{
		"7.x", "com.github.mpanighetti.install-or-defer", false,
		[]string{"Install or Defer.sh"}, map[string]any{"UpdatesForcedAfter": 1770000000, "UpdateList": "Safari"},
	},
	{
		"after 7.x", "com.github.wavebirddash.install-or-defer", false,
		[]string{"Install or Defer.sh"}, map[string]any{"UpdatesForcedAfter": 1770000000},
	},
}

func (o original) put(d *disk, volume string) {
	for _, s := range o.scripts {
		d.write(volume+"/Library/Scripts/"+s, "#!/bin/bash\n")
	}
	d.plist(volume+"/Library/Preferences/"+o.label+".plist", o.state)
	d.plist(volume+"/Library/LaunchDaemons/"+o.label+".plist", map[string]any{"Label": o.label})
	if volume != "" {
		return
	}
	d.load(o.label, job{Slow: 3, Dialogs: 1})
	if o.helper {
		d.load(o.label+"_helper", job{Dialogs: 1})
	}
	d.change(func(m *mac) { m.Receipts = append(m.Receipts, o.label) })
}

func TestInstallingOverTheOriginalKeepsItsDeadlineAndNothingElse(t *testing.T) {
	t.Parallel()
	for _, o := range originals {
		t.Run(o.name, func(t *testing.T) {
			t.Parallel()
			onEachShell(t, func(t *testing.T, d *disk) {
				o.put(d, "")
				before := d.read("Library/Preferences/" + o.label + ".plist")
				said, code := d.install("/")
				installed(t, d, said, code)
				m := d.model()
				for _, label := range []string{o.label, o.label + "_helper"} {
					if m.Jobs[label] != nil || d.has("Library/LaunchDaemons/"+label+".plist") {
						t.Errorf("the job %s is still there", label)
					}
				}
				for _, s := range o.scripts {
					if d.has("Library/Scripts/" + s) {
						t.Errorf("the script %s is still there", s)
					}
				}
				if len(m.Receipts) != 0 {
					t.Errorf("receipts %v are still there", m.Receipts)
				}
				if d.read("Library/Preferences/"+o.label+".plist") != before {
					t.Error("the deadline that the job has to take over was touched")
				}
				if want := "Kept the running deadline in /Library/Preferences/" + o.label + ".plist: at 1770000000."; !strings.Contains(said, want) {
					t.Errorf("it does not say %q:\n%s", want, said)
				}
			})
		})
	}
}

// An administrator may build with the original's own identifier. Then its
// state is ours, and its job file is the one that the package replaces.
func TestThePackageMayHaveTheIdentifierOfTheOriginal(t *testing.T) {
	t.Parallel()
	onEachShell(t, func(t *testing.T, d *disk) {
		o := originals[2]
		o.put(d, "")
		before := d.read("Library/Preferences/" + o.label + ".plist")
		said, code := d.run(scripts.Preinstall, o.label, "x.pkg", "/", "/", "/")
		if code != 0 {
			t.Fatalf("exit status %d: %s", code, said)
		}
		m := d.model()
		if m.Jobs[o.label] != nil || d.has("Library/Scripts/Install or Defer.sh") {
			t.Error("the original was not stopped or its script is still there")
		}
		if !d.has("Library/LaunchDaemons/"+o.label+".plist") || len(m.Receipts) != 1 || d.read("Library/Preferences/"+o.label+".plist") != before {
			t.Error("the job file, the receipt or the state of the package itself was touched")
		}
	})
}

func TestTheFolderInTmpGoesOnlyWhenItIsRoots(t *testing.T) {
	t.Parallel()
	if os.Getuid() != 0 {
		t.Skip("only root can make folders of two owners")
	}
	onEachShell(t, func(t *testing.T, d *disk) {
		d.write("private/tmp/install-or-defer/Install or Defer.sh", "")
		d.install("/")
		if d.has("private/tmp/install-or-defer") {
			t.Error("what the original left in /private/tmp is still there")
		}
		d.write("private/tmp/install-or-defer/x", "")
		if err := os.Chown(d.path("private/tmp/install-or-defer"), 501, 20); err != nil {
			t.Fatal(err)
		}
		d.install("/")
		if !d.has("private/tmp/install-or-defer/x") {
			t.Error("a folder of somebody else in /private/tmp was followed")
		}
		if err := os.RemoveAll(d.path("private/tmp/install-or-defer")); err != nil {
			t.Fatal(err)
		}
		d.link(d.path("Library/Scripts"), "private/tmp/install-or-defer")
		d.install("/")
		if !d.has("Library/Scripts/somebody else's.sh") {
			t.Error("a link in /private/tmp was followed")
		}
	})
}

func TestInstallingOnAnotherVolumeLeavesThisMacAlone(t *testing.T) {
	t.Parallel()
	onEachShell(t, func(t *testing.T, d *disk) {
		const volume = "Volumes/Second Mac"
		d.plist(volume+"/System/Library/CoreServices/SystemVersion.plist", map[string]any{"ProductVersion": "12.0.1"})
		originals[1].put(d, volume)
		originals[2].put(d, "")
		d.load(id1, job{})
		here := d.snapshot()
		said, code := d.install("/" + volume)
		if code != 0 {
			t.Fatalf("exit status %d: %s", code, said)
		}
		m := d.model()
		if m.called("launchctl") {
			t.Errorf("launchd was touched: %v", m.Calls)
		}
		if !d.has(volume+"/"+jobFile) || !d.has(volume+"/"+support+"/install-or-defer") {
			t.Error("the job is not on the volume")
		}
		if d.has(volume+"/Library/Scripts/Install or Defer.sh") || d.has(volume+"/Library/LaunchDaemons/"+originals[1].label+".plist") {
			t.Error("the original is still on the volume")
		}
		after := d.snapshot()
		for p, text := range here {
			if !strings.HasPrefix(p, "/"+volume) && after[p] != text {
				t.Errorf("%s of this Mac changed", p)
			}
		}
		for _, c := range m.Calls {
			if strings.HasPrefix(c, "pkgutil") && !strings.HasPrefix(c, "pkgutil --volume /"+volume+" ") {
				t.Errorf("the receipts of this Mac were touched: %s", c)
			}
		}
	})
}

func TestAMacThatCannotTakeThePackageIsLeftAsItWas(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ version, want string }{
		"macOS 11":  {"11.7.10", "The volume / has macOS 11.7.10, and this package needs macOS 12 or later. Nothing was changed."},
		"no macOS":  {"", "No macOS was found on the volume /. Nothing was changed."},
		"no number": {"Catalina", "No macOS was found on the volume /. Nothing was changed."},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			onEachShell(t, func(t *testing.T, d *disk) {
				originals[2].put(d, "")
				d.plist("System/Library/CoreServices/SystemVersion.plist", map[string]any{"ProductVersion": c.version})
				before := d.snapshot()
				said, code := d.install("/")
				if code != 1 || !strings.Contains(said, c.want) {
					t.Errorf("exit status %d: %s", code, said)
				}
				if d := cmp.Diff(before, d.snapshot()); d != "" {
					t.Error(d)
				}
				if m := d.model(); m.called("launchctl") || len(m.Receipts) != 1 {
					t.Errorf("something was done: %v", m.Calls)
				}
			})
		})
	}
}

func TestAnOriginalThatCannotBeDeletedRunsOn(t *testing.T) {
	t.Parallel()
	onEachShell(t, func(t *testing.T, d *disk) {
		o := originals[2]
		o.put(d, "")
		d.load(id1, job{})
		d.change(func(m *mac) { m.Undeletable = []string{o.label + ".plist"} })
		said, code := d.install("/")
		if code != 2 || !strings.Contains(said, "The original runs on, and nothing was installed.") {
			t.Errorf("exit status %d: %s", code, said)
		}
		m := d.model()
		if m.Jobs[o.label] == nil || m.Jobs[o.label].Dialogs != 1 || m.Jobs[id1] == nil || m.called("launchctl bootout") {
			t.Error("a job was stopped although nothing takes its place")
		}
		if !d.has("Library/Scripts/Install or Defer.sh") {
			t.Error("the script of the original, which runs on, was deleted")
		}
	})
}

func TestAScriptThatCannotBeDeletedDoesNotStopTheInstallation(t *testing.T) {
	t.Parallel()
	onEachShell(t, func(t *testing.T, d *disk) {
		originals[2].put(d, "")
		d.change(func(m *mac) { m.Undeletable = []string{"Install or Defer.sh"} })
		said, code := d.install("/")
		installed(t, d, said, code)
		if !strings.Contains(said, "Without its job it does nothing.") {
			t.Error(said)
		}
	})
}

// A job that does not end holds nothing up for good, and the installation says
// what becomes of it.
func TestAJobThatDoesNotEndIsReported(t *testing.T) {
	t.Parallel()
	onEachShell(t, func(t *testing.T, d *disk) {
		originals[2].put(d, "")
		d.load(originals[2].label, job{Slow: -2})
		d.load(id1, job{Slow: -2})
		said, code := d.install("/")
		if code != 4 {
			t.Errorf("exit status %d", code)
		}
		for _, want := range []string{
			"The job of the original did not end in time: " + originals[2].label + ".",
			"The job that was installed before did not end in time, and could not be killed.",
			"launchd did not take the job: Bootstrap failed: 37: Operation already in progress.",
		} {
			if !strings.Contains(said, want) {
				t.Errorf("it does not say %q:\n%s", want, said)
			}
		}
		if m := d.model(); m.Slept > 540 {
			t.Errorf("it took %d seconds; the Installer ends scripts after 600", m.Slept)
		}
	})
}

// launchd starts no new program in the place of one that still runs.
func TestAJobThatDoesNotEndIsKilledBeforeItsFilesAreReplaced(t *testing.T) {
	t.Parallel()
	onEachShell(t, func(t *testing.T, d *disk) {
		d.load(id1, job{Slow: -1})
		said, code := d.install("/")
		if code != 0 || !strings.Contains(said, "Stopped the job that was installed before.") || !strings.Contains(said, "Loaded the job.") {
			t.Errorf("exit status %d:\n%s", code, said)
		}
	})
}

func TestAJobThatWasSwitchedOffIsSwitchedOn(t *testing.T) {
	t.Parallel()
	onEachShell(t, func(t *testing.T, d *disk) {
		d.change(func(m *mac) {
			m.Disabled = []string{id1, "com.somebody.else"}
			m.Quarantined = []string{d.path(jobFile), d.path(support + "/install-or-defer"), "elsewhere"}
		})
		said, code := d.install("/")
		installed(t, d, said, code)
		m := d.model()
		if d := cmp.Diff([]string{"com.somebody.else"}, m.Disabled); d != "" {
			t.Error(d)
		}
		if d := cmp.Diff([]string{"elsewhere"}, m.Quarantined); d != "" {
			t.Error(d)
		}
	})
}

func TestAnInstallationThatFailedIsFinishedByTheNext(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		fault func(*disk)
		mend  func(*disk)
		code  int
		want  string
	}{
		"a file is missing": {
			func(d *disk) { os.Remove(d.path(support + "/install-or-defer")) },
			func(d *disk) { d.files("") },
			3, "A file of the package is missing: /" + support + "/install-or-defer.",
		},
		"an owner cannot be set": {
			func(d *disk) { d.change(func(m *mac) { m.Unownable = []string{"Install or Defer.app"} }) },
			func(d *disk) { d.change(func(m *mac) { m.Unownable = nil }) },
			3, "The owner or the mode of a file could not be set",
		},
		"launchd refuses": {
			func(d *disk) { d.change(func(m *mac) { m.Refuses = true }) },
			func(d *disk) { d.change(func(m *mac) { m.Refuses = false }) },
			4, "launchd did not take the job: Bootstrap failed: 5: Input/output error",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			onEachShell(t, func(t *testing.T, d *disk) {
				d.files("")
				c.fault(d)
				args := []string{"x.pkg", "/", "/", "/"}
				said, code := d.run(scripts.Postinstall, id1, args...)
				if code != c.code || !strings.Contains(said, c.want) {
					t.Errorf("exit status %d: %s", code, said)
				}
				c.mend(d)
				said, code = d.run(scripts.Postinstall, id1, args...)
				installed(t, d, said, code)
			})
		})
	}
}

// The scripts run whatever the Installer leaves out.
func TestWithoutArgumentsTheScriptsMeanThisMac(t *testing.T) {
	t.Parallel()
	onEachShell(t, func(t *testing.T, d *disk) {
		if said, code := d.run(scripts.Preinstall, id1); code != 0 {
			t.Errorf("preinstall: %d: %s", code, said)
		}
		d.files("")
		if said, code := d.run(scripts.Postinstall, id1); code != 0 || d.model().Jobs[id1] == nil {
			t.Errorf("postinstall: %d: %s", code, said)
		}
	})
}

// The names in the scripts are those of the package.
func TestTheScriptsNameWhatThePackageInstalls(t *testing.T) {
	t.Parallel()
	text, err := scripts.Render(scripts.Postinstall, scripts.Build{Identifier: id1, Version: "1.2.3"})
	if err != nil {
		t.Fatal(err)
	}
	p := sample.Package(t)
	for _, name := range []string{"install-or-defer", "uninstall", "Install or Defer.app", "Install or Defer.app/Contents/MacOS/install-or-defer-prompt"} {
		if _, ok := p.Payload.Find(support + "/" + name); !ok {
			t.Errorf("the package has no %s", name)
		}
		last := name[strings.LastIndex(name, "/")+1:]
		if !strings.Contains(string(text), "/"+last+`"`) {
			t.Errorf("postinstall does not know %s", name)
		}
	}
}
