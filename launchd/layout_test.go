package launchd

import (
	"os"
	"strings"
	"testing"

	"installordefer/internal/volume"
)

func TestEveryPathStandsUnderTheRoot(t *testing.T) {
	for _, root := range []string{"", "/sim", "/sim/"} {
		l := Layout{Volume: volume.In(root), ID: testID}
		in := strings.TrimSuffix(root, "/")
		for got, want := range map[string]string{
			l.JobFile():       "/Library/LaunchDaemons/com.example.updates.plist",
			l.SupportFolder(): "/Library/Application Support/com.example.updates",
			l.Program():       "/Library/Application Support/com.example.updates/install-or-defer",
			l.HelperApp():     "/Library/Application Support/com.example.updates/Install or Defer.app",
			l.Helper():        "/Library/Application Support/com.example.updates/Install or Defer.app/Contents/MacOS/install-or-defer-prompt",
			l.DeadlineCopy():  "/Library/Application Support/com.example.updates/deadline.plist",
			l.StateFile():     "/Library/Application Support/com.example.updates/state.plist",
			l.LocalFile():     "/Library/Preferences/com.example.updates.plist",
			l.ManagedFile():   "/Library/Managed Preferences/com.example.updates.plist",
			l.DiagnosticLog(): "/var/log/install-or-defer.log",
			l.versionFile():   "/System/Library/CoreServices/SystemVersion.plist",
		} {
			if got != in+want {
				t.Errorf("with root %q: %s, want %s", root, got, in+want)
			}
		}
		if l.OnMac().Program() != "/Library/Application Support/com.example.updates/install-or-defer" {
			t.Error(l.OnMac().Program())
		}
	}
}

func TestARelativeRootStaysRelative(t *testing.T) {
	if got := (Layout{Volume: volume.In("sim"), ID: testID}).JobFile(); got != "sim/Library/LaunchDaemons/com.example.updates.plist" {
		t.Error(got)
	}
}

func TestOnlyBundleIdentifiersNameTheJob(t *testing.T) {
	for _, good := range []Identifier{"com.github.install-or-defer", "com.example.updates", "org.x", "com.elliotjordan.install_or_defer", "Com.Example.Updates2"} {
		if err := good.Check(); err != nil {
			t.Error(err)
		}
	}
	for _, bad := range []Identifier{"", "updates", "com.", ".com", "com..example", "com.example/..", "../..", "com.example.up dates", "com.example\n", "-com.example", "com.apple.softwareupdated", "COM.APPLE.x", "com.exämple", Identifier("com." + strings.Repeat("a", 200))} {
		if bad.Check() == nil {
			t.Errorf("%q passed", bad)
		}
	}
}

func TestThePageNamesEveryFile(t *testing.T) {
	page, err := os.ReadFile("../docs/launchd.md")
	if err != nil {
		t.Fatal(err)
	}
	l := Layout{ID: "ID"}
	for _, path := range []string{l.JobFile(), l.SupportFolder() + "/", l.Program(), l.HelperApp(), l.StateFile(), l.DeadlineCopy(), l.HoldFile(), l.LockFile(), l.ErrorFile(), l.FormerErrors(),
		l.StatusFile(), l.HistoryFile(), l.LocalFile(), l.ManagedFile(), l.DiagnosticLog()} {
		row := "| `" + path + "` |"
		if inside, is := strings.CutPrefix(path, l.SupportFolder()+"/"); is && inside != "" {
			row = "| … `/" + inside + "` |"
		}
		if !strings.Contains(string(page), row) {
			t.Errorf("docs/launchd.md has no row %s", row)
		}
	}
}
