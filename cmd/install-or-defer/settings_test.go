package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"howett.net/plist"

	"installordefer/deferral"
	"installordefer/deferral/settings"
	"installordefer/internal/cli"
	"installordefer/internal/clock"
	"installordefer/internal/golden"
	"installordefer/internal/macos"
	"installordefer/internal/product"
)

// runSettings runs the command and returns what it prints and its exit code.
func runSettings(args ...string) (stdout, stderr string, code int) {
	var out, complaint bytes.Buffer
	code = program().Run(append([]string{"settings"}, args...), strings.NewReader(""), &out, &complaint)
	return out.String(), complaint.String(), code
}

// diskWith makes a simulated Mac with files.
func diskWith(t *testing.T, files map[string]string) string {
	t.Helper()
	root := t.TempDir()
	if err := layMac(root, nil); err != nil {
		t.Fatal(err)
	}
	for path, data := range files {
		path = filepath.Join(root, path)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(data), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return root
}

func TestTheSettingsInForceAreShownWithTheirSourceAndProblems(t *testing.T) {
	root := diskWith(t, map[string]string{
		settings.ProfilePath(product.BundleID): `<plist><dict><key>MaxDeferralTime</key><integer>3600</integer><key>UpdateDelay</key><string>soon</string></dict></plist>`,
		settings.LocalPath(product.BundleID):   `<plist><dict><key>UpdateDelay</key><integer>60</integer><key>LOGO</key><true/><key>IgnoreUpdates</key><string>Safari*</string></dict></plist>`,
	})
	stdout, stderr, code := runSettings("--root", root)
	if code != cli.ExitOK || stderr != "" {
		t.Errorf("exit code %d, %s", code, stderr)
	}
	golden.Check(t, "testdata/settings.txt", stdout)
	stdout, _, _ = runSettings("--root", root, "--json")
	golden.Check(t, "testdata/settings.json", stdout)
}

func TestWithoutFilesNothingIsSet(t *testing.T) {
	root := diskWith(t, nil)
	if stdout, _, code := runSettings("--root", root); code != cli.ExitOK || !strings.HasPrefix(stdout, "Nothing is set") {
		t.Errorf("exit code %d, %s", code, stdout)
	}
	stdout, _, code := runSettings("--root", root, "--all")
	if code != cli.ExitOK || strings.Count(stdout, "(default)") != len(settings.Keys) {
		t.Errorf("--all: exit code %d, %s", code, stdout)
	}
}

func TestAFileOfSettingsThatCannotBeReadIsShown(t *testing.T) {
	root := diskWith(t, map[string]string{settings.ProfilePath(product.BundleID): "rubbish"})
	if stdout, _, code := runSettings("--root", root); code != cli.ExitFailed || !strings.Contains(stdout, "cannot be used") {
		t.Errorf("exit code %d, %s", code, stdout)
	}
}

func TestTheSettingsOfAProfileThatIsAwayAreShownAsTheJobReadsThem(t *testing.T) {
	root := t.TempDir()
	m, err := deferredMac(root, map[string]any{"MaxDeferralTime": 1209600, "DiagnosticLog": true})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name string
		data []byte // of the profile's file; nil: there is none
		code int
		says string // besides
	}{{"absent", nil, cli.ExitOK, ""}, {"damaged", []byte("rubbish"), cli.ExitFailed, "Used: what it held before."}} {
		t.Run(c.name, func(t *testing.T) {
			if c.data != nil {
				if err := os.WriteFile(m.ManagedFile(), c.data, 0o600); err != nil {
					t.Fatal(err)
				}
			}
			stdout, stderr, code := runSettings("--root", root)
			if code != c.code || !strings.Contains(stdout, "1209600") || !strings.Contains(stdout, "(profile)") || !strings.Contains(stdout, c.says) {
				t.Errorf("settings: exit code %d, %s%s", code, stdout, stderr)
			}
			if s, err := readStatus(root); err != nil || s.SecondsLeft == nil || *s.SecondsLeft < 13*86400 {
				t.Errorf("status: %+v, %v", s, err)
			}
			files := m.files()
			if m.diagnosticLog(files) {
				t.Error("a log file is begun that nobody wants now")
			}
			if err := os.MkdirAll(filepath.Dir(m.DiagnosticLog()), 0o755); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(m.DiagnosticLog(), nil, 0o600); err != nil {
				t.Fatal(err)
			}
			if !m.diagnosticLog(files) {
				t.Error("the log file is not gone on with")
			}
			if err := os.Remove(m.DiagnosticLog()); err != nil {
				t.Fatal(err)
			}
		})
	}
}

// deferredMac makes a Mac whose round has begun under a profile that is no longer
// there.
func deferredMac(root string, profile map[string]any) (*mac, error) {
	if err := layMac(root, nil); err != nil {
		return nil, err
	}
	m, err := openMac(root)
	if err != nil {
		return nil, err
	}
	noon := clock.Moment{Wall: time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC), Continuous: 3 * time.Hour, Boot: "B"}
	data, err := plist.Marshal(profile, plist.BinaryFormat)
	if err != nil {
		return nil, err
	}
	files := settings.ReadFiles(func(path string) ([]byte, error) {
		if path == settings.ProfilePath(product.BundleID) {
			return data, nil
		}
		return nil, os.ErrNotExist
	}, product.BundleID)
	set, _, _ := files.Settings()
	update := []deferral.Update{{Label: "a", Name: "A"}}
	st := deferral.State{Migrated: true}.Checked(deferral.Found, update, set, macos.Machine{Build: "25G72"}, noon, time.UTC).Keeping(files)
	return m, m.store(settings.Local{}).Save(st)
}

func TestEverySettingIsExplained(t *testing.T) {
	var names []string
	for _, k := range settings.Keys {
		names = append(names, k.Name)
	}
	stdout, stderr, code := runSettings(names...)
	if code != cli.ExitOK || stderr != "" {
		t.Errorf("exit code %d, %s", code, stderr)
	}
	golden.Check(t, "testdata/explained.txt", stdout)
	if _, stderr, code := runSettings("EACH_DEFER"); code != cli.ExitFailed || !strings.Contains(stderr, "now the setting DeferralPeriod") {
		t.Errorf("exit code %d, %s", code, stderr)
	}
}

func TestSettingsRefusesAWrongCommandLine(t *testing.T) {
	if _, stderr, code := runSettings("--nonsense"); code != cli.ExitUsage || stderr == "" {
		t.Errorf("exit code %d, %q", code, stderr)
	}
	if stdout, _, code := runSettings("--help"); code != cli.ExitOK || !strings.Contains(stdout, "Exit codes:") {
		t.Errorf("--help: exit code %d", code)
	}
}
