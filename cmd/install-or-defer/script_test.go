package main

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"installordefer/deferral"
	"installordefer/deferral/settings"
	"installordefer/internal/clock"
	"installordefer/internal/macos"
	"installordefer/internal/plist"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){
		"install-or-defer": main,
		"simmac":           makeMac,
	})
}

// TestCommandsDoWhatTheirScriptsSay runs the whole program in the scripts of
// testdata/script.
func TestCommandsDoWhatTheirScriptsSay(t *testing.T) {
	testscript.Run(t, testscript.Params{Dir: "testdata/script", RequireExplicitExec: true})
}

// makeMac lays out what of a Mac the scripts need in the folder that is named:
// a clock that stands at noon, the version of macOS, and, with "deferred", the
// state of a round in which the person deferred half an hour ago.
func makeMac() {
	if err := layMac(os.Args[1], os.Args[2:]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func layMac(root string, with []string) error {
	noon := clock.Moment{Wall: time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC), Continuous: 3 * time.Hour, Boot: "B"}
	for path, text := range map[string]string{
		"System/Library/CoreServices/SystemVersion.plist": `<?xml version="1.0"?><plist version="1.0"><dict><key>ProductVersion</key><string>26.6</string><key>ProductBuildVersion</key><string>25G72</string></dict></plist>`,
		machineFile: `{"appleSilicon": false}`,
	} {
		path = filepath.Join(root, path)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			return err
		}
	}
	anchor := clock.Anchor{Wall: noon.Wall, Continuous: noon.Continuous, Boot: noon.Boot, Real: clock.Real()}
	if err := clock.WriteSimulated(filepath.Join(root, clockFile), anchor); err != nil {
		return err
	}
	m, err := openMac(root)
	if err != nil {
		return err
	}
	for _, dir := range []string{m.SupportFolder(), filepath.Dir(m.LocalFile()), filepath.Dir(m.ManagedFile())} {
		if err := os.MkdirAll(dir, 0o755); err != nil {
			return err
		}
	}
	if len(with) == 0 || with[0] != "deferred" {
		return nil
	}
	found := noon
	found.Wall, found.Continuous = noon.Wall.Add(-30*time.Minute), noon.Continuous-30*time.Minute
	update := deferral.Update{Label: "macOS Tahoe 26.7-25G229", Name: "macOS Tahoe 26.7", Restart: true, System: true}
	st := deferral.State{Migrated: true}.Checked(deferral.Found, []deferral.Update{update}, settings.Defaults(), macos.Machine{Build: "25G72"}, found, time.UTC)
	st = st.Prompted().Deferred(4*time.Hour, found)
	shown, err := plist.Encode(map[string]any{
		settings.KeyForcedAfter: st.ForcedAfter.Unix(), settings.KeyForcedAfterLater: st.ForcedAfter.Unix(),
		settings.KeyDeferredUntil: st.DeferredUntil.Unix(), settings.KeyDeferredUntilLater: st.DeferredUntil.Unix(),
	})
	if err != nil {
		return err
	}
	if err := os.WriteFile(m.LocalFile(), shown, 0o644); err != nil {
		return err
	}
	return m.store(settings.Local{}).Save(st)
}
