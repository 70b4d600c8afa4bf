package main

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"installordefer/internal/cli"
	"installordefer/internal/golden"
	"installordefer/softwareupdate"
)

const (
	tahoeList = "Software Update Tool\n\nFinding available software\n" +
		"Software Update found the following new or updated software:\n" +
		"* Label: Safari27.0TahoeAuto-27.0\n\tTitle: Safari, Version: 27.0, Size: 249465KiB, Recommended: YES, \n" +
		"* Label: macOS\u00a0Tahoe\u00a0 26.7-25G229\n\tTitle: macOS\u00a0Tahoe\u00a0 26.7, Version: 26.7, Size: 3039632KiB, Recommended: YES, Action: restart, \n" +
		"* Label: macOS 27-26A428\n\tTitle: macOS 27, Version: 27, Size: 11727219KiB, Recommended: YES, Action: restart, \n" +
		"* Label: Fonts <1>-2.0\n\tTitle: Fonts & \"glyphs\", a set: \x1b[2J2, Version: 2.0, Recommended: YES, Deferred: YES\n" +
		"* Label: --all\n\tTitle: Trap, Version: 1, Size: 5KiB, Recommended: YES, Action: shut down, \n"
	nothingNew = "No new software available.\n"
)

// on returns a Mac for the command.
func on(osVersion string, list func(context.Context) softwareupdate.List) func() (string, func(context.Context) softwareupdate.List) {
	return func() (string, func(context.Context) softwareupdate.List) { return osVersion, list }
}

// runUpdates runs the command on a Mac.
func runUpdates(mac func() (string, func(context.Context) softwareupdate.List), args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	p := cli.Program{Name: "install-or-defer", Commands: []cli.Command{updatesCommand(mac)}}
	return p.Run(append([]string{"updates"}, args...), stdin, stdout, stderr)
}

// An updatesAnswer is what the command answered.
type updatesAnswer struct {
	code           int
	stdout, stderr string
}

// askUpdates runs the command with some captured output in files.
func askUpdates(t *testing.T, files map[string]string, osVersion string, args ...string) updatesAnswer {
	t.Helper()
	folder := t.TempDir()
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(folder, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	t.Chdir(folder)
	var stdout, stderr bytes.Buffer
	code := runUpdates(on(osVersion, nil), args, strings.NewReader(files["-"]), &stdout, &stderr)
	return updatesAnswer{code, stdout.String(), stderr.String()}
}

func TestUpdatesPrintsATableForPeopleAndJSONForPrograms(t *testing.T) {
	home, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	files := map[string]string{"out": tahoeList, "empty": "", "nothing": nothingNew}
	for file, args := range map[string][]string{
		"help.txt":         {"--help"},
		"tahoe.txt":        {"--from", "out", "--os", "26.6"},
		"tahoe.json":       {"--from", "out", "--os", "26.6", "--json"},
		"upgrade.txt":      {"--from", "out", "--os", "26.6", "--allow-major-upgrades", "--ignore", "Safari*", "--ignore", "[", "--only", "macos*"},
		"none.txt":         {"--from", "empty", "--stderr", "nothing"},
		"none.json":        {"--from", "empty", "--stderr", "nothing", "--json"},
		"unknown.txt":      {"--from", "empty"},
		"unknown.json":     {"--from", "empty", "--json"},
		"without-os.txt":   {"--from", "out"},
		"stdin-merged.txt": {"--from", "-"},
	} {
		t.Run(file, func(t *testing.T) {
			files["-"] = "Software Update Tool\n\n" + nothingNew
			got := askUpdates(t, files, "", args...)
			want := 0
			if strings.HasPrefix(file, "unknown") {
				want = exitUnknown
			}
			if got.code != want || got.stderr != "" {
				t.Errorf("exit code %d, standard error %q", got.code, got.stderr)
			}
			t.Chdir(home)
			golden.Check(t, "testdata/updates/"+file, got.stdout)
		})
	}
}

func TestUpdatesPrintsLabelsExactly(t *testing.T) {
	for _, label := range []string{"macOS\u00a0Tahoe\u00a0 26.7-25G229", "macOS 10.14.4 Update- ", "caf\xe9-1", "<&>\u2028-1"} {
		got := askUpdates(t, map[string]string{"out": "* Label: " + label + "\n\tTitle: T, Version: 1, Recommended: YES, \n"}, "", "--from", "out", "--json")
		var r updatesReport
		if err := json.Unmarshal([]byte(got.stdout), &r); err != nil || len(r.Updates) != 1 {
			t.Fatalf("%q: %v in\n%s", label, err, got.stdout)
		}
		u := r.Updates[0]
		if label == "caf\xe9-1" {
			b, err := base64.StdEncoding.DecodeString(u.LabelBytes)
			if err != nil || string(b) != label || u.Label != "caf\uFFFD-1" {
				t.Errorf("%q came out as %q and %q", label, u.Label, u.LabelBytes)
			}
			continue
		}
		if u.Label != label || u.LabelBytes != "" {
			t.Errorf("%q came out as %q", label, u.Label)
		}
	}
}

func TestUpdatesJudgesForTheVersionItIsGiven(t *testing.T) {
	files := map[string]string{"out": tahoeList}
	for _, tt := range []struct {
		name, here string
		args       []string
		upgradeIn  bool
		says       string
	}{
		{"named", "27", []string{"--os", "26.6"}, false, ""},
		{"named, newer", "26.6", []string{"--os", "27"}, true, ""},
		{"this Mac's", "27.0.1", nil, true, "which this Mac runs"},
		{"a guess", "", nil, false, "lowest version listed"},
		{"a guess, because this Mac's cannot be read", "?", nil, false, "lowest version listed"},
	} {
		got := askUpdates(t, files, tt.here, append(tt.args, "--from", "out", "--json")...)
		var r updatesReport
		if err := json.Unmarshal([]byte(got.stdout), &r); err != nil {
			t.Fatal(err)
		}
		if in := r.Updates[2].InScope; in != tt.upgradeIn {
			t.Errorf("%s: macOS 27 in scope: %v", tt.name, in)
		}
		if notes := strings.Join(r.Warnings, "\n"); !strings.Contains(notes, tt.says) || tt.says == "" && strings.Contains(notes, "--os") {
			t.Errorf("%s: warnings %q", tt.name, notes)
		}
	}
}

func TestUpdatesSaysWhatIsWrongWithTheCommandLine(t *testing.T) {
	files := map[string]string{"out": tahoeList}
	for _, tt := range []struct {
		args []string
		code int
		says string
	}{
		{nil, cli.ExitUsage, "not a Mac"},
		{[]string{"--frm", "out"}, cli.ExitUsage, "-frm"},
		{[]string{"out"}, cli.ExitUsage, `"out"`},
		{[]string{"--from", ""}, cli.ExitUsage, "--from"},
		{[]string{"--stderr", "out"}, cli.ExitUsage, "--from only"},
		{[]string{"--from", "-", "--stderr", "-"}, cli.ExitUsage, "once only"},
		{[]string{"--from", "out", "--os", "Tahoe"}, cli.ExitUsage, `"Tahoe"`},
		{[]string{"--from", "out", "--os", ""}, cli.ExitUsage, `""`},
		{[]string{"--from", "missing"}, cli.ExitFailed, "missing"},
		{[]string{"--from", "out", "--stderr", "missing"}, cli.ExitFailed, "missing"},
		{[]string{"--from", "."}, cli.ExitFailed, "cannot be read"},
	} {
		got := askUpdates(t, files, "", tt.args...)
		if got.code != tt.code || got.stdout != "" || !strings.Contains(got.stderr, tt.says) {
			t.Errorf("%q: exit code %d, standard output %q, standard error %q", tt.args, got.code, got.stdout, got.stderr)
		}
	}
}

func TestUpdatesChecksThisMacWithoutAFile(t *testing.T) {
	list := func(context.Context) softwareupdate.List {
		return softwareupdate.ParseList([]byte(tahoeList), nil)
	}
	var stdout, stderr bytes.Buffer
	if code := runUpdates(on("26.6", list), nil, nil, &stdout, &stderr); code != cli.ExitOK || stderr.Len() > 0 {
		t.Errorf("exit code %d, standard error %q", code, stderr.String())
	}
	if s := stdout.String(); !strings.Contains(s, "judged for macOS 26.6") || strings.Contains(s, "--os") || strings.Contains(s, "\x1b") {
		t.Errorf("printed:\n%s", s)
	}
}

type fullDisk struct{}

func (fullDisk) Write([]byte) (int, error) { return 0, errors.New("disk full") }

func TestUpdatesSaysThatItsResultIsLost(t *testing.T) {
	list := func(context.Context) softwareupdate.List { return softwareupdate.List{Outcome: softwareupdate.None} }
	for _, args := range [][]string{nil, {"--json"}} {
		var stderr bytes.Buffer
		if code := runUpdates(on("26.6", list), args, nil, fullDisk{}, &stderr); code != cli.ExitFailed || !strings.Contains(stderr.String(), "disk full") {
			t.Errorf("%q: exit code %d, standard error %q", args, code, stderr.String())
		}
	}
}
