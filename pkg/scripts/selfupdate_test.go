package scripts_test

import (
	"slices"
	"strings"
	"testing"

	"installordefer/pkg/scripts"
)

const (
	updateJob     = "Library/LaunchDaemons/" + id1 + ".self-update.plist"
	updateFolder  = "Library/Application Support/" + id1 + ".self-update"
	updateProgram = updateFolder + "/install-or-defer-self-update"
	updateLabel   = id1 + ".self-update"
)

// bringSelfUpdate makes the packages of the disk those with the self-update, as the
// Installer has placed it.
func bringSelfUpdate(d *disk) {
	d.selfUpdate = true
	d.plist(updateJob, map[string]any{"Label": updateLabel})
	d.write(updateProgram, "#!/bin/sh\n")
}

func TestPostinstallLoadsTheSelfUpdateAndNeverStopsIt(t *testing.T) {
	t.Parallel()
	onEachShell(t, func(t *testing.T, d *disk) {
		bringSelfUpdate(d)
		said, code := d.install("/")
		installed(t, d, said, code)
		m := d.model()
		for _, p := range []string{updateFolder, updateProgram, updateJob} {
			if m.Owned[d.path(p)] != "root:wheel" {
				t.Errorf("the owner of %s was not set", p)
			}
		}
		if m.Jobs[updateLabel] == nil {
			t.Fatalf("the self-update is not loaded: %s", said)
		}
		d.change(func(m *mac) { m.Calls = nil })
		said, code = d.install("/") // on behalf of the self-update
		installed(t, d, said, code)
		for _, c := range d.model().Calls {
			if strings.Contains(c, "bootout system/"+updateLabel) || strings.Contains(c, "kill") && strings.Contains(c, updateLabel) {
				t.Errorf("it was stopped by %q", c)
			}
		}
	})
}

func TestAPackageWithoutSelfUpdateTakesItOff(t *testing.T) {
	t.Parallel()
	onEachShell(t, func(t *testing.T, d *disk) {
		bringSelfUpdate(d)
		said, code := d.install("/")
		installed(t, d, said, code)
		d.selfUpdate = false
		said, code = d.install("/")
		installed(t, d, said, code)
		if d.has(updateJob) || !strings.Contains(said, "This package has no self-update.") {
			t.Errorf("the job file is there: %s", said)
		}
		if d.model().Jobs[updateLabel] == nil {
			t.Error("it was stopped, and may have been at work")
		}
		d.change(func(m *mac) { delete(m.Jobs, updateLabel) })
		bringSelfUpdate(d)
		d.selfUpdate = false
		said, code = d.install("/")
		installed(t, d, said, code)
		if d.has(updateFolder) {
			t.Errorf("nobody runs it, and its folder is there: %s", said)
		}
	})
}

func TestAPackageThatLacksAFileOfItsSelfUpdateSaysSo(t *testing.T) {
	t.Parallel()
	d := newDisk(t, []string{"sh"})
	d.install("/")
	d.selfUpdate = true
	if said, code := d.run(scripts.Postinstall, id1, "/x.pkg", "/", "/", "/"); code != 3 || !strings.Contains(said, "A file of the package is missing: /"+updateProgram) {
		t.Errorf("exit status %d: %s", code, said)
	}
}

func TestUninstallTakesTheSelfUpdateOffFirst(t *testing.T) {
	t.Parallel()
	onEachShell(t, func(t *testing.T, d *disk) {
		bringSelfUpdate(d)
		atWork(d)
		d.change(func(m *mac) { m.Calls = nil })
		said, code := d.run(scripts.Uninstall, id1)
		if code != 0 {
			t.Errorf("exit status %d: %s", code, said)
		}
		m := d.model()
		if m.Jobs[updateLabel] != nil || d.has(updateFolder) || d.has(updateJob) {
			t.Errorf("the self-update is there: %s", said)
		}
		at := func(call string) int {
			return slices.IndexFunc(m.Calls, func(c string) bool { return strings.HasSuffix(c, call) })
		}
		if first, then := at("bootout system/"+updateLabel), at("bootout system/"+id1); first < 0 || then < first {
			t.Errorf("the self-update was stopped at %d and the job at %d: %v", first, then, m.Calls)
		}
	})
}
