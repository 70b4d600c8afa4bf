package main

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"installordefer/deferral/settings"
	"installordefer/internal/logging"
	"installordefer/internal/simmac"
	"installordefer/internal/simmac/conform"
	"installordefer/internal/simmac/rooted"
	"installordefer/internal/wake"
	"installordefer/launchd"
)

// quiet is a log that nobody reads.
type quiet struct{}

func (quiet) Debug(logging.Category, string, ...any)  {}
func (quiet) Notice(logging.Category, string, ...any) {}
func (quiet) Error(logging.Category, string, ...any)  {}

// ofProcesses is the simulated Mac of real processes below a folder, and what
// stands between it and the wake is what the root job itself puts there.
func ofProcesses(simtool string) conform.Mac {
	return func(t *testing.T, f simmac.Facts, use func(conform.Rig)) {
		onProcesses(t, simtool, f, use)
	}
}

func onProcesses(t *testing.T, simtool string, f simmac.Facts, use func(conform.Rig)) {
	root := filepath.Join(t.TempDir(), "Mac")
	if err := os.Mkdir(root, 0o755); err != nil {
		t.Fatal(err)
	}
	mac, err := rooted.Start(rooted.Config{Root: root, Facts: f, Program: simtool, Simtool: simtool, Rate: 50})
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := mac.Close(); err != nil {
			t.Error(err)
		}
	}()
	m, err := openMac(root)
	if err != nil {
		t.Fatal(err)
	}
	m.ID = conform.ID
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	mac.While(func() {
		use(conform.Rig{
			Job: newJob(m, quiet{}, settings.Files{}), Context: ctx,
			Do:   mac.Do,
			Open: func() wake.Store { return m.store(m.files().Own) },
			Read: func(path string) ([]byte, bool) {
				data, err := os.ReadFile(filepath.Join(root, path))
				return data, err == nil
			},
			Write: func(path string, data []byte) {
				var err error
				if path = filepath.Join(root, path); data == nil {
					err = os.Remove(path)
				} else {
					err = os.WriteFile(path, data, 0o600)
				}
				if err != nil {
					t.Fatal(err)
				}
			},
		})
	})
}

// TestTheRealPartsConform runs the suites over what the root job puts between
// the wake and its Mac.
func TestTheRealPartsConform(t *testing.T) {
	if testing.Short() {
		t.Skip("left out by -short: its Mac lives in real time")
	}
	simtool := filepath.Join(t.TempDir(), "simtool")
	cmd := exec.Command("go", "build", "-o", simtool, "installordefer/internal/simmac/simtool")
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	mac := ofProcesses(simtool)
	for name, suite := range map[string]func(*testing.T, conform.Mac){
		"Host": conform.Host, "Updater": conform.Updater, "Screen": conform.Screen, "Store": conform.Store, "Look": look,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			suite(t, mac)
		})
	}
}

// hostOf is the Host below the one that the wake has, which remembers.
func hostOf(r conform.Rig) *launchd.Host { return r.Host.(*mac).Host }

// look looks at the Mac as at a real one, and compares it with the model, which
// has made it.
func look(t *testing.T, mac conform.Mac) {
	mac(t, simmac.Facts{
		Seed: 1, OS: simmac.OS{Version: "26.6", Build: "25G72"}, AppleSilicon: true, Battery: &simmac.Battery{Percent: 80},
		Accounts: []simmac.Account{{Name: "ada", FullName: "Ada Byron", UID: 501, Owner: true}},
		Updates:  []simmac.Update{{Label: "Safari27.0TahoeAuto-27.0", Title: "Safari", Version: "27.0", SizeKiB: 249465}},
		Job:      simmac.Job{Label: conform.ID},
	}, func(r conform.Rig) {
		r.Do(func(m *simmac.Mac) { m.Login("ada") })
		f := conform.Look(t, hostOf(r), r.Clock)
		if f.Machine.Version != "26.6" || f.Console.User.Name != "ada" || f.Power.Percent != 80 {
			t.Errorf("found %+v, %+v, %+v", f.Machine, f.Console, f.Power)
		}
		for _, d := range f.Differences() {
			t.Error(d)
		}
	})
}
