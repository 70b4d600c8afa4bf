package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"installordefer/deferral"
	"installordefer/deferral/statefile"
	"installordefer/internal/cli"
	"installordefer/internal/clock"
	"installordefer/launchd"
)

// simulated is the folder of a simulated Mac with a state, and nothing else.
func simulated(t *testing.T, state string) string {
	t.Helper()
	root, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(filepath.Join(root, "private/var/simmac"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := clock.WriteSimulated(filepath.Join(root, "private/var/simmac/clock.json"), clock.Anchor{Boot: "b"}); err != nil {
		t.Fatal(err)
	}
	l := launchd.Layout{}
	m, err := open(root)
	if err != nil {
		t.Fatal(err)
	}
	l = m.host.Layout
	if err := os.MkdirAll(l.SupportFolder(), 0o755); err != nil {
		t.Fatal(err)
	}
	if state != "" {
		if err := os.WriteFile(l.StateFile(), []byte(state), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return root
}

// state is a state on the disk of a round that has this step.
func state(t *testing.T, kind deferral.StepKind) string {
	t.Helper()
	began := time.Date(2026, 9, 21, 8, 0, 0, 0, time.UTC)
	data, err := statefile.Encode(deferral.State{Round: deferral.Round{
		Deadline: began.Add(72 * time.Hour), Step: deferral.Step{Kind: kind, At: clock.Moment{Wall: began, Boot: "b"}, Build: "25G72"},
	}})
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

func TestWhatTheJobHasUnderWayIsReadFromItsState(t *testing.T) {
	for name, c := range map[string]struct {
		state, says string
		fails       bool
	}{
		"no state":                    {},
		"a state without a step":      {state: state(t, deferral.NoStep)},
		"a step":                      {state: state(t, deferral.StepHard), says: "the step hard restart of the job has begun and not ended"},
		"a state that cannot be read": {state: "rubbish", fails: true},
	} {
		m, err := open(simulated(t, c.state))
		if err != nil {
			t.Fatal(err)
		}
		says, err := m.underWay()
		if says != c.says || (err != nil) != c.fails {
			t.Errorf("%s: %q, %v", name, says, err)
		}
	}
}

func TestTheCommandLine(t *testing.T) {
	run := func(args ...string) (int, string) {
		var out bytes.Buffer
		code := program().Run(args, strings.NewReader(""), &out, &out)
		return code, out.String()
	}
	for name, c := range map[string]struct {
		args []string
		code int
		says string
	}{
		"help":                    {[]string{"--help"}, cli.ExitOK, "Installs a newer version of Install or Defer"},
		"a word":                  {[]string{"now"}, cli.ExitUsage, "now"},
		"no Mac":                  {nil, cli.ExitFailed, "--root FOLDER names a simulated one"},
		"a folder that is no Mac": {[]string{"--root", t.TempDir()}, cli.ExitFailed, "clock"},
		"a build without keys":    {[]string{"--root", simulated(t, "")}, cli.ExitFailed, "key"},
	} {
		if code, said := run(c.args...); code != c.code || !strings.Contains(said, c.says) {
			t.Errorf("%s: %d, %s", name, code, said)
		}
	}
}
