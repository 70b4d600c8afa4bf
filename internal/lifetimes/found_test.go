package lifetimes

import (
	"path/filepath"
	"strings"
	"testing"

	"installordefer/internal/simmac"
)

// Scenarios in which something once went wrong. Each ends with the removal of
// the job after one restart at the most.
func TestWhatOnceWentWrongGoesRight(t *testing.T) {
	files, err := filepath.Glob("testdata/found/*.json")
	if err != nil || len(files) == 0 {
		t.Fatalf("no scenarios: %v", err)
	}
	for _, path := range files {
		t.Run(strings.TrimSuffix(filepath.Base(path), ".json"), func(t *testing.T) {
			w := readWorld(t, path)
			g := w.run(t.Fatalf)
			if boots := g.reached.kinds[simmac.Booted]; !g.l.Removed || boots > 1 {
				t.Errorf("after %d restarts the job is removed: %v\n%s", boots, g.l.Removed, w.story(g.now()))
			}
		})
	}
}

func TestFirmwareIsRestartedForThoughAnotherFails(t *testing.T) {
	w := readWorld(t, "testdata/others/firmware-beside-firmware-that-fails.json")
	if g := w.run(t.Fatalf); !g.l.Mac.Installed("Studio Display Firmware-17.3") {
		t.Errorf("the firmware waits for a restart that nobody asks for\n%s", w.story(g.now()))
	}
}

func TestAnUpdateThatNeverInstallsStopsAfterThreeRestarts(t *testing.T) {
	w := readWorld(t, "testdata/others/never-installs.json")
	g := w.run(t.Fatalf)
	if boots := g.reached.kinds[simmac.Booted]; boots != 3 || g.l.Removed {
		t.Errorf("the Mac was restarted %d times, the job is removed: %v\n%s", boots, g.l.Removed, w.story(g.now()))
	}
}

func TestAnUpdateThatCannotBeDownloadedRestartsNothing(t *testing.T) {
	w := readWorld(t, "testdata/others/never-downloads.json")
	g := w.run(t.Fatalf)
	if down := g.reached.kinds[simmac.WentDown]; down > 0 || g.reached.kinds[simmac.ToolRan] == 0 {
		t.Errorf("the Mac went down %d times\n%s", down, w.story(g.now()))
	}
}

func TestATitleIsNoOrder(t *testing.T) {
	w := readWorld(t, "testdata/others/titles.json")
	g := w.run(t.Fatalf)
	if down := g.reached.kinds[simmac.RestartAsked] + g.reached.kinds[simmac.WentDown]; down > 0 || !g.l.Removed {
		t.Errorf("the Mac went down %d times, the job is removed: %v\n%s", down, g.l.Removed, w.story(g.now()))
	}
}

func TestAPasswordIsAskedForThreeTimes(t *testing.T) {
	w := readWorld(t, "testdata/others/forgets-her-password.json")
	g := w.run(t.Fatalf)
	asked, prompted := g.reached.names["dialog password"], g.reached.names["dialog run-or-defer"]
	if asked != 3*prompted || asked == 0 || g.reached.names["dialog install-now"] == 0 {
		t.Errorf("after %d prompts the password was asked for %d times\n%s", prompted, asked, w.story(g.now()))
	}
}

func TestTheScenariosOfTheDocumentationKeepEveryGuarantee(t *testing.T) {
	files, err := filepath.Glob("../../docs/scenarios/*.json")
	if err != nil || len(files) == 0 {
		t.Fatalf("no scenarios: %v", err)
	}
	for _, path := range files {
		t.Run(strings.TrimSuffix(filepath.Base(path), ".json"), func(t *testing.T) {
			if testing.Short() && filepath.Base(path) == "freeze.json" {
				t.Skip("left out by -short: it has as many wakes as all the others")
			}
			readWorld(t, path).run(t.Fatalf)
		})
	}
}

// Lifetimes in which the guard once cried out over nothing, or over a fault that
// is mended.
func TestTheGuardIsSilentWhereNothingIsWrong(t *testing.T) {
	files, err := filepath.Glob("testdata/quiet/*.json")
	if err != nil || len(files) == 0 {
		t.Fatalf("no lifetimes: %v", err)
	}
	for _, path := range files {
		t.Run(strings.TrimSuffix(filepath.Base(path), ".json"), func(t *testing.T) {
			readWorld(t, path).run(t.Fatalf)
		})
	}
}
