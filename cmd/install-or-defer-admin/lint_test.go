package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"installordefer/deferral/settings"
	"installordefer/internal/cli"
	"installordefer/internal/golden"
	"installordefer/internal/product"
	"installordefer/pkg/profile"
	"installordefer/prompt"
)

// lint runs the command on one file and returns what it prints and its exit
// code.
func lint(args ...string) (stdout, stderr string, code int) {
	var out, complaint bytes.Buffer
	code = program().Run(append([]string{"lint"}, args...), strings.NewReader(""), &out, &complaint)
	return out.String(), complaint.String(), code
}

func TestLintSaysWhatIsWrongWithEachFile(t *testing.T) {
	for folder, want := range map[string]int{"good": cli.ExitOK, "bad": cli.ExitFailed, "unreadable": cli.ExitUsage} {
		t.Run(folder, func(t *testing.T) {
			files, err := filepath.Glob(filepath.Join("testdata", "lint", folder, "*"))
			if err != nil || len(files) == 0 {
				t.Fatalf("no files: %v", err)
			}
			var all strings.Builder
			for _, f := range files {
				stdout, stderr, code := lint(f)
				if code != want {
					t.Errorf("%s: exit code %d, want %d\n%s%s", f, code, want, stdout, stderr)
				}
				all.WriteString(strings.ReplaceAll(stdout+stderr, filepath.Dir(f)+string(filepath.Separator), "") + "\n")
			}
			golden.Check(t, "testdata/lint/"+folder+".golden", all.String())
		})
	}
}

func TestTheReadyProfilesAndTheManifestsHaveNoProblem(t *testing.T) {
	files, err := filepath.Glob(filepath.Join("..", "..", "docs", "profiles", "*"))
	if err != nil || len(files) < 6 {
		t.Fatalf("%d files: %v", len(files), err)
	}
	for _, f := range files {
		if base := filepath.Base(f); base == "manifest.plist" || base == "README.md" {
			continue // these have no settings
		}
		// The examples have dates, and those pass.
		if stdout, stderr, code := lint("--today", "2026-08-20", f); code != cli.ExitOK {
			t.Errorf("%s: exit code %d\n%s%s", f, code, stdout, stderr)
		}
	}
}

func TestLintInJSONSaysTheSame(t *testing.T) {
	stdout, stderr, code := lint("--json", "testdata/lint/bad/workday.plist", "testdata/lint/good/empty.plist", "testdata/lint/unreadable/text.txt")
	if code != cli.ExitUsage || !strings.Contains(stderr, "text.txt") {
		t.Errorf("exit code %d, stderr %q", code, stderr)
	}
	if !json.Valid([]byte(stdout)) {
		t.Error("not JSON")
	}
	golden.Check(t, "testdata/lint/json.golden", stdout)
}

func TestLintReadsTheStandardInput(t *testing.T) {
	var out, complaint bytes.Buffer
	code := program().Run([]string{"lint", "-"}, strings.NewReader(`{"UpdateDelay": "soon"}`), &out, &complaint)
	if code != cli.ExitFailed || !strings.Contains(out.String(), "UpdateDelay") {
		t.Errorf("exit code %d\n%s%s", code, &out, &complaint)
	}
}

func TestLintLooksForTheLogoOnTheDisk(t *testing.T) {
	root := t.TempDir()
	settings := filepath.Join(root, "settings.json")
	write := func(path, data string, mode os.FileMode) {
		t.Helper()
		path = filepath.Join(root, path)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(data), mode); err != nil {
			t.Fatal(err)
		}
		if err := os.Chmod(path, mode); err != nil {
			t.Fatal(err)
		}
	}
	write("settings.json", `{"MessagingLogo": "/Library/Logos/logo.png"}`, 0o644)
	check := func(about, want string) {
		t.Helper()
		stdout, _, code := lint("--root", root, settings)
		if (code == cli.ExitOK) != (want == "") || !strings.Contains(stdout, want) {
			t.Errorf("%s: exit code %d, %s", about, code, stdout)
		}
	}
	check("no logo", "it does not exist")
	write("Library/Logos/logo.png", "x", 0o600)
	check("a logo for root alone", "does not let everybody read it")
	write("Library/Logos/logo.png", "x", 0o644)
	check("a logo", "")
}

func TestLintRefusesAWrongCommandLine(t *testing.T) {
	for _, args := range [][]string{{}, {"--nonsense"}, {"/does/not/exist"}} {
		if _, stderr, code := lint(args...); code != cli.ExitUsage || stderr == "" {
			t.Errorf("%q: exit code %d, %q", args, code, stderr)
		}
	}
	if stdout, _, code := lint("--help"); code != cli.ExitOK || !strings.Contains(stdout, "Exit codes:") {
		t.Errorf("--help: exit code %d", code)
	}
}

// The rooms know nothing of each other, so that here is the first place where
// the placeholders of the settings and those of the dialogs meet.
func TestThePlaceholdersOfTheSettingsAreThoseOfTheDialogs(t *testing.T) {
	for _, p := range settings.Placeholders {
		if problems := prompt.CheckTemplate(p.Name); len(problems) > 0 {
			t.Errorf("%s: %v", p.Name, problems)
		}
	}
	if problems := prompt.CheckTemplate("%NO_SUCH_THING%"); len(problems) == 0 {
		t.Error("an unknown placeholder is not noticed")
	}
	d := settings.Defaults()
	for _, text := range []string{d.MessageInstallOrDeferHeading, d.MessageInstallOrDefer, d.MessageInstallHeading, d.MessageInstall,
		d.MessageInstallNowHeading, d.MessageInstallNow, d.MessageUpdatingHeading, d.MessageUpdating} {
		if problems := prompt.CheckTemplate(text); len(problems) > 0 {
			t.Errorf("%q: %v", text, problems)
		}
	}
}

func FuzzLint(f *testing.F) {
	for _, pattern := range []string{"testdata/lint/*/*", "../../docs/profiles/*"} {
		files, _ := filepath.Glob(pattern)
		for _, name := range files {
			data, err := os.ReadFile(name)
			if err != nil {
				f.Fatal(err)
			}
			f.Add(data)
		}
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		report, err := newLinter("").Lint(data)
		if err != nil {
			return
		}
		for _, p := range report.Findings {
			if p.Place == "" || p.Key == "" || p.Reason == "" || p.Repair == "" {
				t.Errorf("an incomplete finding: %+v", p)
			}
			if lines := strings.Count(fmt.Sprint(p), "\n"); lines != 1 {
				t.Errorf("a finding of %d lines: %q", lines+1, p)
			}
		}
		if _, err := profile.Settings(product.BundleID, data); err == nil && report.Form == profile.FormSchema {
			t.Error("a schema gave settings")
		}
	})
}
