package main

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"installordefer/internal/cli"
	"installordefer/internal/golden"
)

// rehearsed is what a rehearsal printed.
func rehearsed(t *testing.T, want int, stdin string, args ...string) (stdout, stderr string) {
	t.Helper()
	var out, err bytes.Buffer
	if code := program().Run(append([]string{"rehearse"}, args...), strings.NewReader(stdin), &out, &err); code != want {
		t.Fatalf("rehearse %v: exit code %d, want %d\n%s", args, code, want, err.String())
	}
	return out.String(), err.String()
}

const scenarioFolder = "../../docs/scenarios/"

// shortSettings make a life of half a day.
const shortSettings = `<?xml version="1.0" encoding="UTF-8"?>
<plist version="1.0"><dict>
	<key>MaxDeferralTime</key><integer>28800</integer>
	<key>HardRestartDelay</key><string>420</string>
</dict></plist>`

func settingsFile(t *testing.T, text string) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "settings.plist")
	if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return name
}

func TestARehearsalTellsTheStoryToTheSecond(t *testing.T) {
	settings := settingsFile(t, shortSettings)
	for _, c := range []struct {
		file string
		args []string
	}{
		{"deadline.txt", []string{scenarioFolder + "deadline.json", "--settings", settings}},
		{"apple-silicon.txt", []string{scenarioFolder + "apple-silicon.json", "--tools"}},
		{"broken-tools.txt", []string{scenarioFolder + "broken-tools.json"}},
	} {
		got, _ := rehearsed(t, cli.ExitOK, "", c.args...)
		golden.Check(t, filepath.Join("testdata", "rehearse", c.file), got)
	}
}

func TestARehearsalTellsProgramsTheSame(t *testing.T) {
	settings := settingsFile(t, shortSettings)
	one, _ := rehearsed(t, cli.ExitOK, "", scenarioFolder+"deadline.json", "--settings", settings, "--json")
	two, _ := rehearsed(t, cli.ExitOK, "", scenarioFolder+"deadline.json", "--settings", settings, "--json")
	if one != two {
		t.Error("the same scenario and settings told two stories")
	}
	kinds := map[string]int{}
	lines := strings.Split(strings.TrimSpace(one), "\n")
	for _, line := range lines {
		var e struct {
			Kind    string  `json:"kind"`
			Elapsed float64 `json:"elapsed"`
		}
		if err := json.Unmarshal([]byte(line), &e); err != nil {
			t.Fatalf("%v: %s", err, line)
		}
		kinds[e.Kind]++
	}
	for _, k := range []string{"log", "dialog", "answer", "tool", "restart-asked", "restart-refused", "restart-forced", "installed", "end"} {
		if kinds[k] == 0 {
			t.Errorf("the story has no line of the kind %q", k)
		}
	}
	var end struct {
		Kind    string   `json:"kind"`
		Removed bool     `json:"removed"`
		Left    []string `json:"left"`
	}
	if err := json.Unmarshal([]byte(lines[len(lines)-1]), &end); err != nil || end.Kind != "end" || !end.Removed || len(end.Left) != 1 {
		t.Errorf("the last line is %s (%v)", lines[len(lines)-1], err)
	}
}

func TestTheSettingsDecideTheStory(t *testing.T) {
	skip := settingsFile(t, `<plist version="1.0"><dict><key>SkipDeferral</key><true/></dict></plist>`)
	got, _ := rehearsed(t, cli.ExitOK, "", scenarioFolder+"deadline.json", "--settings", skip)
	if strings.Contains(got, "[Remind Me") || !strings.Contains(got, "SkipDeferral") {
		t.Errorf("with SkipDeferral the story is\n%s", got)
	}
	scenario, err := os.ReadFile(scenarioFolder + "deadline.json")
	if err != nil {
		t.Fatal(err)
	}
	short, _ := rehearsed(t, cli.ExitOK, string(scenario), "-", "--days", "0.25")
	if !strings.Contains(short, "The job is still there.") {
		t.Errorf("after a quarter of a day the story ends with\n%s", short[max(0, len(short)-300):])
	}
}

func TestWhatCannotBeRehearsedIsRefused(t *testing.T) {
	broken := settingsFile(t, "no property list")
	for _, c := range []struct {
		stdin string
		args  []string
		want  string
	}{
		{"", nil, "the SCENARIO is missing"},
		{"", []string{"a", "b"}, `unexpected argument "b"`},
		{"", []string{"--day", "3", "x"}, "unknown flag: --day"},
		{"", []string{"--days", "-1", "x"}, "--days is -1"},
		{"", []string{"no-such-file.json"}, "no such file"},
		{`{"start": "2026-09-21T09:00:00Z", "macs": []}`, []string{"-"}, `line 1: there is no field "macs"; did you mean "mac"?`},
		{"", []string{scenarioFolder + "deadline.json", "--settings", broken}, "settings.plist"},
	} {
		_, stderr := rehearsed(t, cli.ExitUsage, c.stdin, c.args...)
		if !strings.Contains(stderr, c.want) || strings.Count(stderr, "\n") > 2 {
			t.Errorf("rehearse %v says %q, want %q", c.args, stderr, c.want)
		}
	}
}
