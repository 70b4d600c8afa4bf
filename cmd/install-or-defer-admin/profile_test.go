package main

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"installordefer/internal/cli"
	"installordefer/internal/golden"
	"installordefer/internal/product"
	"installordefer/pkg/profile"
)

// runProfile runs the command and returns what it prints and its exit code.
func runProfile(stdin string, args ...string) (stdout, stderr string, code int) {
	var out, complaint bytes.Buffer
	code = program().Run(append([]string{"profile"}, args...), strings.NewReader(stdin), &out, &complaint)
	return out.String(), complaint.String(), code
}

func TestAProfileIsMadeOfSettingsGivenAsFlags(t *testing.T) {
	stdout, stderr, code := runProfile("", "--set", "MaxDeferralTime=86400", "-s", "SkipDeferral=no", "-s", "IgnoreUpdates=*Xcode*",
		"-s", "IgnoreUpdates=Safari 1?", "-s", "DeferralChoices=3600", "-s", "DeferralChoices=7200", "-s", "SupportContact=IT = the <help> desk",
		"--variant", "test-group", "--title", "Updates & more", "--organization", "Example", "--description", "For tests")
	if code != cli.ExitOK || stderr != "" {
		t.Fatalf("exit code %d, %s", code, stderr)
	}
	golden.Check(t, "testdata/profile.mobileconfig", stdout)
}

func TestSettingsFromAFileGetTheirRightTypesAndFlagsWin(t *testing.T) {
	stdout, stderr, code := runProfile(`{"UpdateDelay": "900", "DiagnosticLog": 1, "SupportContact": "", "HardRestartDelay": null}`,
		"--settings", "-", "--set", "UpdateDelay=1200", "--as", "plist")
	if code != cli.ExitOK {
		t.Fatalf("exit code %d, %s", code, stderr)
	}
	golden.Check(t, "testdata/profile.plist", stdout)
}

func TestAProfileCanBeMadeOfAProfile(t *testing.T) {
	first, _, _ := runProfile("", "--set", "UpdateDelay=900")
	second, stderr, code := runProfile(first, "--settings", "-")
	if code != cli.ExitOK || first != second {
		t.Errorf("exit code %d, %s\n%s", code, stderr, second)
	}
}

func TestSettingsWithProblemsAreNotWritten(t *testing.T) {
	for about, c := range map[string]struct {
		args []string
		want string
	}{
		"no number":         {[]string{"--set", "UpdateDelay=soon"}, "not a whole number. Give a whole number of seconds from 60 to 86400: an hour is 3600, a day 86400."},
		"an unknown key":    {[]string{"--set", "UpdateDelays=60"}, "the nearest name is UpdateDelay"},
		"a variable":        {[]string{"--set", "EACH_DEFER=60"}, "now the setting DeferralPeriod"},
		"no value":          {[]string{"--set", "UpdateDelay"}, "KEY=VALUE"},
		"another unit":      {[]string{"--set", "MaxDeferralTime=3"}, "less than 300 seconds, so another unit was probably meant"},
		"a contradiction":   {[]string{"--set", "DeferralPeriod=259200"}, "nothing is written"},
		"an open section":   {[]string{"--set", "MessageInstall=<<oops"}, "never closed"},
		"a missing file":    {[]string{"--settings", "/does/not/exist"}, "/does/not/exist"},
		"a file of nothing": {[]string{"--settings", "-"}, "the file is empty"},
		"a wrong folder":    {[]string{"-o", "/does/not/exist/x"}, "/does/not/exist/x"},
	} {
		stdout, stderr, code := runProfile("", c.args...)
		if code != cli.ExitFailed || stdout != "" || !strings.Contains(stderr, c.want) {
			t.Errorf("%s: exit code %d, %q, %q", about, code, stdout, stderr)
		}
	}
	if stdout, stderr, code := runProfile("", "--set", "MessageInstall=<<oops", "--anyway"); code != cli.ExitOK || stdout == "" || stderr == "" {
		t.Errorf("--anyway: exit code %d, %q", code, stderr)
	}
}

func TestProfileRefusesAWrongCommandLine(t *testing.T) {
	for _, args := range [][]string{{"--nonsense"}, {"--as", "pdf"}, {"--variant", "a b"}, {"more"}, {"--sign-with", "x", "--as", "manifest"}} {
		if _, stderr, code := runProfile("", args...); code != cli.ExitUsage || stderr == "" {
			t.Errorf("%q: exit code %d, %q", args, code, stderr)
		}
	}
	if stdout, _, code := runProfile("", "--help"); code != cli.ExitOK || !strings.Contains(stdout, "Exit codes:") {
		t.Errorf("--help: exit code %d", code)
	}
}

func TestEveryManifestCanBeWritten(t *testing.T) {
	id := profile.Identity{ID: product.BundleID, TeamID: product.TeamID}
	schema, err := id.JamfSchema()
	if err != nil {
		t.Fatal(err)
	}
	for as, want := range map[string][]byte{
		"jamf-schema": schema, "manifest": id.Manifest(), "sample": id.Sample(time.Now()),
		"login-items": profile.Profile{Identity: id}.LoginItems(),
	} {
		if stdout, stderr, code := runProfile("", "--as", as); code != cli.ExitOK || stdout != string(want) {
			t.Errorf("%s: exit code %d, %s", as, code, stderr)
		}
	}
}

func TestTheLoginItemsAreWrittenBesideTheSettings(t *testing.T) {
	dir := t.TempDir()
	settings, items := filepath.Join(dir, "settings"), filepath.Join(dir, "items")
	stdout, stderr, code := runProfile("", "-o", settings, "--managed-login-items", items)
	if code != cli.ExitOK || stdout != "" {
		t.Fatalf("exit code %d, %s", code, stderr)
	}
	for path, want := range map[string]string{settings: "<string>System</string>", items: "com.apple.servicemanagement"} {
		if data, err := os.ReadFile(path); err != nil || !strings.Contains(string(data), want) {
			t.Errorf("%s: %s, %v", path, data, err)
		}
	}
}

func TestAProgramSignsTheProfile(t *testing.T) {
	dir := t.TempDir()
	script := func(name, body string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte("#!/bin/sh\n"+body+"\n"), 0o755); err != nil {
			t.Fatal(err)
		}
		return path
	}
	signed, err := filepath.Abs("testdata/lint/good/signed.mobileconfig")
	if err != nil {
		t.Fatal(err)
	}
	// What is inside the signed file, but not what is to be signed.
	for name, c := range map[string]struct{ body, want string }{
		"another": {"exec cat '" + signed + "'", "is not the profile it was given"},
		"nothing": {"cat >/dev/null", "is not a signed profile"},
		"plain":   {"exec cat", "is not a signed profile"},
		"failing": {"cat >/dev/null; echo no such certificate >&2; exit 3", "no such certificate"},
	} {
		if stdout, stderr, code := runProfile("", "--sign-with", script(name, c.body)); code != cli.ExitFailed || stdout != "" || !strings.Contains(stderr, c.want) {
			t.Errorf("%s: exit code %d, %q", name, code, stderr)
		}
	}
	openssl, err := exec.LookPath("openssl")
	if err != nil {
		t.Skip("openssl is not installed")
	}
	key := filepath.Join(dir, "key")
	if out, err := exec.Command(openssl, "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=Ada", "-keyout", key, "-out", key+".cert").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	signer := "exec '" + openssl + "' cms -sign -nodetach -binary -stream -outform der -signer '" + key + ".cert' -inkey '" + key + "'"
	plain, _, _ := runProfile("", "--set", "UpdateDelay=60")
	out, stderr, code := runProfile("", "--set", "UpdateDelay=60", "--sign-with", script("good", signer))
	if code != cli.ExitOK {
		t.Fatalf("exit code %d, %s", code, stderr)
	}
	if inside, err := profile.OpenSigned([]byte(out)); err != nil || string(inside.Content) != plain || inside.Signer != "Ada" {
		t.Errorf("%+v, %v", inside, err)
	}
}
