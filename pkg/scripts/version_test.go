package scripts_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// has puts a version of the package on the disk, as far as preinstall looks.
func (d *disk) hasVersion(version string) {
	d.plist(support+"/Install or Defer.app/Contents/Info.plist", map[string]any{"CFBundleShortVersionString": version})
}

// TestOnlyANewerVersionComes installs version 1.2.3 over others.
func TestOnlyANewerVersionComes(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		there string
		comes bool
	}{
		{"1.2.3", true}, {"1.2.2", true}, {"1.2", true}, {"0.9.9.9", true}, {"1.2.3-rc1", true}, {"dev", true}, {"", true}, {"1.02.03", true}, {"1.2.3.0", true},
		{"1.2.4", false}, {"1.2.10", false}, {"1.10", false}, {"2", false}, {"10.0", false}, {"1.2.3.1", false}, {"1.2.4-rc1", false},
	} {
		t.Run("over "+c.there, func(t *testing.T) {
			t.Parallel()
			onEachShell(t, func(t *testing.T, d *disk) {
				d.hasVersion(c.there)
				d.load(id1, job{})
				before := d.snapshot()
				said, code := d.install("/")
				if c.comes {
					installed(t, d, said, code)
					return
				}
				if want := "Version " + c.there + " is installed, and this package has 1.2.3. Nothing was changed."; code != 3 || !strings.Contains(said, want) {
					t.Errorf("exit status %d: %s", code, said)
				}
				if diff := cmp.Diff(before, d.snapshot()); diff != "" {
					t.Error(diff)
				}
				if m := d.model(); m.called("launchctl") {
					t.Errorf("something was done: %v", m.Calls)
				}
			})
		})
	}
}

func TestAnOlderVersionComesOnceWhereSomebodyAsksForIt(t *testing.T) {
	t.Parallel()
	onEachShell(t, func(t *testing.T, d *disk) {
		d.hasVersion("2.0")
		d.load(id1, job{})
		d.plist(stateFile, map[string]any{"AppleSoftwareUpdatesForcedAfter": 1770000000})
		d.write(support+"/downgrade", "")
		before := d.read(stateFile)
		said, code := d.install("/")
		installed(t, d, said, code)
		if !strings.Contains(said, "Going back from version 2.0 to 1.2.3, as the file downgrade asks for.") || d.has(support+"/downgrade") || d.read(stateFile) != before {
			t.Errorf("the file is there: %v\n%s", d.has(support+"/downgrade"), said)
		}
		d.hasVersion("2.0")
		if said, code := d.install("/"); code != 3 {
			t.Errorf("the second time: exit status %d: %s", code, said)
		}
	})
}
