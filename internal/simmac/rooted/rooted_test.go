package rooted

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"installordefer/internal/simmac"
	"installordefer/internal/simmac/story"
)

const id = "com.github.install-or-defer"

// binaries holds the programs that the tests run.
var binaries string

func TestMain(m *testing.M) {
	os.Exit(func() int {
		dir, err := os.MkdirTemp("", "simmac")
		if err != nil {
			panic(err)
		}
		defer os.RemoveAll(dir)
		binaries = dir
		cmd := exec.Command("go", "build", "-o", dir+"/", "installordefer/cmd/install-or-defer", "installordefer/internal/simmac/simtool")
		cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
		if out, err := cmd.CombinedOutput(); err != nil {
			panic(string(out))
		}
		return m.Run()
	}())
}

func tahoe() simmac.Facts {
	return simmac.Facts{
		Seed:  1,
		Start: time.Date(2026, 9, 21, 8, 0, 0, 0, time.UTC),
		OS:    simmac.OS{Version: "26.6", Build: "25G72"},
		Accounts: []simmac.Account{{Name: "ada", FullName: "Ada Byron", UID: 501, Password: "correct horse", Owner: true, LogsInAfter: 5 * time.Second,
			Apps: []simmac.App{{Name: "TextEdit", ID: "com.apple.TextEdit", Unsaved: true}}}},
		Updates: []simmac.Update{
			{Label: "Safari27.0TahoeAuto-27.0", Title: "Safari", Version: "27.0", SizeKiB: 249465, Download: 30 * time.Second},
			{Label: "macOS Tahoe 26.7-25G229", Title: "macOS Tahoe 26.7", Version: "26.7", Build: "25G229", SizeKiB: 3039632, Action: simmac.RestartAction, Download: 3 * time.Minute},
			{Label: "macOS 27-26A428", Title: "macOS 27", Version: "27", Build: "26A428", SizeKiB: 11727219, Action: simmac.RestartAction},
		},
		Job: simmac.Job{Label: id},
	}
}

func TestARealRootJobLivesItsLifeBelowARoot(t *testing.T) {
	root := filepath.Join(t.TempDir(), "root")
	if err := os.Mkdir(root, 0o755); err != nil {
		t.Fatal(err)
	}
	teller := story.Teller{Out: os.Stdout, Tools: true}
	r, err := Start(Config{
		Root: root, Facts: tahoe(), Rate: 120, Tell: teller.Tell, Output: os.Stderr,
		Program: filepath.Join(binaries, "install-or-defer"), Simtool: filepath.Join(binaries, "simtool"),
	})
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	if err := r.Profile(map[string]any{"MaxDeferralTime": 8 * 3600}); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	if err := r.Live(ctx, 2*24*time.Hour); err != nil {
		t.Fatal(err)
	}
	if err := r.Close(); err != nil {
		t.Fatal(err)
	}
}
