package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"installordefer/deferral"
)

// runSettings runs the command and returns what it prints and its exit code.
func runSettings(args ...string) (stdout, stderr string, code int) {
	var out, complaint bytes.Buffer
	code = settingsCommand().run(args, strings.NewReader(""), &out, &complaint)
	return out.String(), complaint.String(), code
}

// diskWith makes a folder that stands for a Mac's disk.
func diskWith(t *testing.T, files map[string]string) string {
	t.Helper()
	root := t.TempDir()
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
		deferral.ProfilePath(bundleID): `<plist><dict><key>MaxDeferralTime</key><integer>3600</integer><key>UpdateDelay</key><string>soon</string></dict></plist>`,
		deferral.LocalPath(bundleID):   `<plist><dict><key>UpdateDelay</key><integer>60</integer><key>LOGO</key><true/><key>IgnoreUpdates</key><string>Safari*</string></dict></plist>`,
	})
	stdout, stderr, code := runSettings("--root", root)
	if code != exitOK || stderr != "" {
		t.Errorf("exit code %d, %s", code, stderr)
	}
	golden(t, "settings.txt", []byte(stdout))
	stdout, _, _ = runSettings("--root", root, "--json")
	golden(t, "settings.json", []byte(stdout))
}

func TestWithoutFilesNothingIsSet(t *testing.T) {
	root := diskWith(t, nil)
	if stdout, _, code := runSettings("--root", root); code != exitOK || !strings.HasPrefix(stdout, "Nothing is set") {
		t.Errorf("exit code %d, %s", code, stdout)
	}
	stdout, _, code := runSettings("--root", root, "--all")
	if code != exitOK || strings.Count(stdout, "(default)") != len(deferral.Keys) {
		t.Errorf("--all: exit code %d, %s", code, stdout)
	}
}

func TestAFileOfSettingsThatCannotBeReadIsShown(t *testing.T) {
	root := diskWith(t, map[string]string{deferral.ProfilePath(bundleID): "rubbish"})
	if stdout, _, code := runSettings("--root", root); code != exitFailed || !strings.Contains(stdout, "cannot be used") {
		t.Errorf("exit code %d, %s", code, stdout)
	}
}

func TestEverySettingIsExplained(t *testing.T) {
	var names []string
	for _, k := range deferral.Keys {
		names = append(names, k.Name)
	}
	stdout, stderr, code := runSettings(names...)
	if code != exitOK || stderr != "" {
		t.Errorf("exit code %d, %s", code, stderr)
	}
	golden(t, "explained.txt", []byte(stdout))
	if _, stderr, code := runSettings("EACH_DEFER"); code != exitFailed || !strings.Contains(stderr, "now the setting DeferralPeriod") {
		t.Errorf("exit code %d, %s", code, stderr)
	}
}

func TestSettingsRefusesAWrongCommandLine(t *testing.T) {
	if _, stderr, code := runSettings("--nonsense"); code != exitUsage || stderr == "" {
		t.Errorf("exit code %d, %q", code, stderr)
	}
	if stdout, _, code := runSettings("--help"); code != exitOK || !strings.Contains(stdout, "Exit codes:") {
		t.Errorf("--help: exit code %d", code)
	}
}
