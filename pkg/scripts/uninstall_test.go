package scripts_test

import (
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"installordefer/pkg/scripts"
)

// atWork is a Mac on which the job is installed and a deadline runs, with a
// setting that an administrator has made by hand.
func atWork(d *disk) {
	d.t.Helper()
	said, code := d.install("/")
	installed(d.t, d, said, code)
	d.plist(stateFile, map[string]any{
		"AppleSoftwareUpdatesForcedAfter": 1770000000, "AppleSoftwareUpdatesDeferredUntil": 1769990000,
		"StateVersion": 1, "Round": map[string]any{"Deferrals": 1}, "MaxDeferralTime": 600,
	})
	d.write(stateFile+".broken-20260101T000000Z", "rubbish")
	d.write(support+"/state.plist", "the state")
	d.write(support+"/deadline.plist", "the copy")
	d.change(func(m *mac) {
		m.Receipts = []string{id1, "com.somebody.else"}
		m.Jobs[id1] = &job{Slow: 3, Dialogs: 1}
	})
}

func TestUninstallLeavesSettingsAndNothingElse(t *testing.T) {
	t.Parallel()
	onEachShell(t, func(t *testing.T, d *disk) {
		before := d.snapshot()
		atWork(d)
		said, code := d.run(scripts.Uninstall, id1, "/", "The Mac", "anna")
		if code != 0 || !strings.Contains(said, "Settings of this Mac stay in /"+stateFile+".") {
			t.Errorf("exit status %d: %s", code, said)
		}
		dict, ok := readDict(d.path(stateFile))
		if d := cmp.Diff(map[string]any{"MaxDeferralTime": uint64(600)}, dict); d != "" || !ok {
			t.Error(d)
		}
		after := d.snapshot()
		delete(after, "/"+stateFile)
		if d := cmp.Diff(before, after); d != "" {
			t.Error(d)
		}
		m := d.model()
		if m.Jobs[id1] != nil || m.Jobs["com.somebody.else"] == nil || !slices.Equal(m.Receipts, []string{"com.somebody.else"}) {
			t.Errorf("jobs %v, receipts %v", m.Jobs, m.Receipts)
		}
		said, code = d.run(scripts.Uninstall, id1)
		if code != 0 || !strings.HasSuffix(said, "Nothing is left to uninstall.\n") {
			t.Errorf("again: exit status %d: %s", code, said)
		}
	})
}

func TestUninstallDeletesAStateWithoutSettings(t *testing.T) {
	t.Parallel()
	onEachShell(t, func(t *testing.T, d *disk) {
		for name, text := range map[string]string{
			"state only": `<plist><dict><key>StateVersion</key><integer>1</integer></dict></plist>`,
			"rubbish":    "rubbish",
		} {
			atWork(d)
			d.write(stateFile, text)
			if said, code := d.run(scripts.Uninstall, id1); code != 0 || d.has(stateFile) {
				t.Errorf("%s: exit status %d: %s", name, code, said)
			}
		}
	})
}

func TestUninstallCanKeepTheStateForTheNextInstallation(t *testing.T) {
	t.Parallel()
	onEachShell(t, func(t *testing.T, d *disk) {
		atWork(d)
		before := d.read(stateFile)
		said, code := d.run(scripts.Uninstall, id1, "/", "The Mac", "anna", "--keep-state")
		if code != 0 || d.read(stateFile) != before || d.read(support+"/state.plist") != "the state" || !strings.Contains(said, "Kept the state: /"+support+".") {
			t.Errorf("exit status %d: %s", code, said)
		}
		if d.has(support+"/install-or-defer") || d.has(support+"/uninstall") || d.has(jobFile) || d.model().Jobs[id1] != nil {
			t.Error("the job is still there")
		}
		said, code = d.install("/")
		installed(t, d, said, code)
		if d.read(stateFile) != before || d.read(support+"/state.plist") != "the state" {
			t.Error("the next installation changed the state")
		}
	})
}

// The job saves its state when it ends, so it must have ended before the state
// is deleted; and its file goes first, so that it does not come back.
func TestUninstallStopsTheJobBeforeItDeletesTheState(t *testing.T) {
	t.Parallel()
	onEachShell(t, func(t *testing.T, d *disk) {
		atWork(d)
		d.change(func(m *mac) { m.Calls = nil })
		d.run(scripts.Uninstall, id1)
		order := []string{"rm -rf " + d.path(jobFile), "launchctl bootout", "rm -rf " + d.path(support), "PlistBuddy -c Delete", "pkgutil --forget"}
		at := -1
		for _, want := range order {
			next := slices.IndexFunc(d.model().Calls, func(c string) bool { return strings.HasPrefix(c, want) })
			if next <= at {
				t.Errorf("%q comes too early or not at all: %q", want, d.model().Calls)
			}
			at = next
		}
	})
}

func TestUninstallSaysWhatItCannotDo(t *testing.T) {
	t.Parallel()
	onEachShell(t, func(t *testing.T, d *disk) {
		atWork(d)
		before := d.snapshot()
		if said, code := d.run(scripts.Uninstall, id1, "--keepstate"); code != 2 || !strings.Contains(said, "The option --keepstate is not known.") {
			t.Errorf("a wrong option: %d: %s", code, said)
		}
		d.change(func(m *mac) { m.UID = 501 })
		if said, code := d.run(scripts.Uninstall, id1); code != 1 || !strings.Contains(said, "Only root can do this.") {
			t.Errorf("not root: %d: %s", code, said)
		}
		if d := cmp.Diff(before, d.snapshot()); d != "" {
			t.Error(d)
		}
		d.change(func(m *mac) { m.UID, m.Undeletable, m.Jobs[id1].Slow = 0, []string{id1}, -2 })
		said, code := d.run(scripts.Uninstall, id1)
		if code != 1 || !strings.Contains(said, "Could not delete the programs: /"+support+".") || !strings.Contains(said, "The job did not end in time.") {
			t.Errorf("a folder that cannot be deleted: %d: %s", code, said)
		}
		if d.has(jobFile) || strings.Contains(said, "Nothing is left") {
			t.Error("it stopped half way, or says that all is well")
		}
		d.change(func(m *mac) { m.Undeletable, m.Jobs = nil, nil })
		if said, code := d.run(scripts.Uninstall, id1); code != 0 {
			t.Errorf("the second time: %d: %s", code, said)
		}
	})
}

func TestTheScriptsPassShellcheck(t *testing.T) {
	t.Parallel()
	tool, err := exec.LookPath("shellcheck")
	if err != nil {
		t.Skip("shellcheck is not installed (Debian package shellcheck)")
	}
	d := &disk{t: t, root: t.TempDir()}
	files := []string{"--shell=sh", "--severity=style"}
	for _, name := range []scripts.Name{scripts.Preinstall, scripts.Postinstall, scripts.Uninstall} {
		text, err := scripts.Render(name, scripts.Build{Identifier: id1, Version: "1.2.3"})
		if err != nil {
			t.Fatal(err)
		}
		if regexp.MustCompile(`@[A-Z_]+@`).Match(text) {
			t.Errorf("%s: something was not filled in", name)
		}
		d.write(string(name), string(text))
		files = append(files, d.path(string(name)), string(name))
	}
	sign, err := filepath.Abs("../sign.sh")
	if err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command(tool, append(files, "common.sh", sign)...).CombinedOutput()
	if err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}
