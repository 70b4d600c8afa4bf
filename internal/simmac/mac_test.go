package simmac_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"installordefer/internal/simmac"
	"installordefer/internal/tool"
)

// session starts a Mac with Ada at the screen.
func session(t *testing.T, change func(*simmac.Facts)) *simmac.Mac {
	t.Helper()
	f := facts()
	if change != nil {
		change(&f)
	}
	m := simmac.New(f)
	t.Cleanup(m.Close)
	m.Advance(2 * time.Minute)
	if m.Console() == nil || m.Console().Name != "ada" {
		t.Fatal("Ada has not logged in")
	}
	return m
}

// start starts a program and lets d pass.
func startTool(t *testing.T, m *simmac.Mac, d time.Duration, argv ...string) {
	t.Helper()
	if _, err := m.Start(simmac.Started{Argv: argv}); err != nil {
		t.Fatal(err)
	}
	m.Advance(d)
}

const hour = time.Hour

func TestAPlainRestartDoesNotInstallWhatIsStaged(t *testing.T) {
	m := session(t, nil)
	startTool(t, m, hour, string(tool.Launchctl), "asuser", "501", string(tool.Caffeinate), "-i", string(tool.SoftwareUpdate), "--install", tahoe)
	startTool(t, m, hour, string(tool.Shutdown), "-r", "now")
	if m.OS().Version != "26.6" || m.Installed(tahoe) {
		t.Errorf("macOS %s runs after a plain restart", m.OS().Version)
	}
	if n := len(m.Offers()); n != 3 {
		t.Errorf("%d updates are offered, want 3", n)
	}
}

func TestTheRestartOfTheUpdateToolInstalls(t *testing.T) {
	m := session(t, nil)
	startTool(t, m, 2*hour, string(tool.Launchctl), "asuser", "501", string(tool.Caffeinate), "-i", string(tool.SoftwareUpdate), "--install", tahoe, "--restart", "--force")
	if m.OS() != (simmac.OS{Version: "26.7", Build: "25G229"}) || !m.Installed(tahoe) {
		t.Errorf("macOS %v runs", m.OS())
	}
	if n := m.Journal.Count(simmac.RestartForced); n != 1 {
		t.Errorf("%d restarts by force, want 1", n)
	}
	for _, u := range m.Offers() {
		if u.Label == tahoe {
			t.Error("what is installed is still offered")
		}
	}
}

func TestAnAppWithUnsavedWorkRefusesAndForceDoesNotAsk(t *testing.T) {
	m := session(t, func(f *simmac.Facts) { f.Accounts[0].Apps = []simmac.App{{Name: "Pages", Unsaved: true}} })
	install := []string{string(tool.Launchctl), "asuser", "501", string(tool.Caffeinate), "-i", string(tool.SoftwareUpdate), "--install", tahoe, "--restart"}
	startTool(t, m, 2*hour, install...)
	if m.Journal.Count(simmac.RestartRefused) != 1 || m.OS().Version != "26.6" {
		t.Fatal("the restart was not refused")
	}
	if !m.Waiting() {
		t.Error("the tool has ended, though it stays on real Macs")
	}
	startTool(t, m, 2*hour, append(install, "--force")...)
	if m.OS().Version != "26.7" || m.Journal.Count(simmac.WorkLost) != 1 {
		t.Errorf("macOS %s runs, work was lost %d times", m.OS().Version, m.Journal.Count(simmac.WorkLost))
	}
}

func TestNobodyInstallsOnAMacThatIsOff(t *testing.T) {
	m := session(t, nil)
	m.ShutDown(hour)
	m.Advance(time.Minute)
	m.InstallInSettings("ada")
	m.Advance(2 * hour)
	if m.Installed(safari) || !m.Up() || !m.JobLoaded() {
		t.Errorf("Safari is installed: %v; the Mac is up: %v; the job is loaded: %v", m.Installed(safari), m.Up(), m.JobLoaded())
	}
}

func TestSoftwareUpdateNeedsSpaceForMacOS(t *testing.T) {
	m := session(t, func(f *simmac.Facts) { f.FreeGB = 2 })
	m.InstallInSettings("ada")
	m.Advance(2 * hour)
	if m.Installed(tahoe) || m.Journal.Count(simmac.WentDown) != 0 {
		t.Errorf("macOS was installed on a full disk: %v", m.Journal.Events)
	}
}

func TestAPersonMayCancelASoftRestart(t *testing.T) {
	m := session(t, func(f *simmac.Facts) { f.Accounts[0].Person.CancelsRestarts = true })
	startTool(t, m, hour, string(tool.Launchctl), "asuser", "501", "/Library/Application Support/x/install-or-defer", "as-person", "501",
		string(tool.Osascript), "-e", `tell application "loginwindow" to «event aevtrrst»`)
	if m.Journal.Count(simmac.RestartAsked) != 1 || m.Journal.Count(simmac.RestartRefused) != 1 || m.Journal.Count(simmac.Booted) != 0 {
		t.Errorf("the restart was not cancelled: %v", m.Journal.Events)
	}
}

func TestOnlyAShutdownFinishesWhatAsksForOne(t *testing.T) {
	change := func(f *simmac.Facts) {
		f.Updates = []simmac.Update{{Label: "BridgeOSUpdateCustomer", Title: "BridgeOSUpdateCustomer", SizeKiB: 400000, Action: simmac.ShutdownAction}}
	}
	m := session(t, change)
	startTool(t, m, hour, string(tool.Launchctl), "asuser", "501", string(tool.Caffeinate), "-i", string(tool.SoftwareUpdate), "--install", "BridgeOSUpdateCustomer")
	startTool(t, m, hour, string(tool.Shutdown), "-r", "now")
	if m.Installed("BridgeOSUpdateCustomer") {
		t.Error("a restart has installed it")
	}
	startTool(t, m, hour, string(tool.Launchctl), "asuser", "501", string(tool.Caffeinate), "-i", string(tool.SoftwareUpdate), "--install", "BridgeOSUpdateCustomer")
	startTool(t, m, hour, string(tool.Shutdown), "-h", "now")
	if !m.Installed("BridgeOSUpdateCustomer") {
		t.Error("a shutdown has not installed it")
	}
}

func TestCoursesOfAnInstallation(t *testing.T) {
	for _, c := range []struct {
		course            simmac.Course
		installed, listed bool // after the installation
		later             bool // listed after a restart
	}{
		{simmac.Installs, true, false, false},
		{simmac.NeverInstalls, false, true, true},
		{simmac.Lingers, true, true, false},
		{simmac.Haunts, true, true, true},
		{simmac.FailsAtDownload, false, true, true},
		{simmac.FailsAtInstall, false, true, true},
		{simmac.FailsFirst, false, true, true},
	} {
		m := session(t, func(f *simmac.Facts) { f.Updates[0].Course = c.course })
		listed := func() bool { return strings.Contains(string(run(m, tool.SoftwareUpdate, "", "--list").Stdout), safari) }
		startTool(t, m, hour, string(tool.Launchctl), "asuser", "501", string(tool.Caffeinate), "-i", string(tool.SoftwareUpdate), "--install", safari)
		if m.Installed(safari) != c.installed || listed() != c.listed {
			t.Errorf("%q: installed %v, listed %v", c.course, m.Installed(safari), listed())
		}
		m.Restart()
		m.Advance(hour)
		if listed() != c.later {
			t.Errorf("%q: listed after a restart: %v", c.course, listed())
		}
	}
}

func TestTheCatalogueChanges(t *testing.T) {
	m := session(t, func(f *simmac.Facts) {
		f.Updates[0].Withdrawn = 3 * hour
		f.Updates = append(f.Updates, simmac.Update{Label: "macOS Tahoe 26.7.1-25G241", Title: "macOS Tahoe 26.7.1", Version: "26.7.1", Build: "25G241", Appears: 5 * hour, Replaces: tahoe},
			simmac.Update{Label: "Printer-1", Title: "Printer", Version: "1", Needs: safari})
	})
	for _, c := range []struct {
		at   time.Duration
		want string
	}{
		{hour, safari + "|" + tahoe + "|" + trap},
		{4 * hour, tahoe + "|" + trap},
		{6 * hour, trap + "|macOS Tahoe 26.7.1-25G241"},
	} {
		m.AdvanceTo(c.at)
		var labels []string
		for _, u := range m.Offers() {
			labels = append(labels, u.Label)
		}
		if got := strings.Join(labels, "|"); got != c.want {
			t.Errorf("after %v: %s, want %s", c.at, got, c.want)
		}
	}
}

func TestAToolGoesOnWhenTheJobThatStartedItIsKilled(t *testing.T) {
	m := session(t, nil)
	m.PlanCrash(simmac.Crash{Effect: 1, When: simmac.InTheMiddle})
	p := m.Begin()
	func() {
		defer p.End()
		defer func() {
			if d, ok := recover().(simmac.Death); !ok {
				t.Errorf("the process did not die: %v", d)
			}
		}()
		_, err := p.Run(context.Background(), tool.Command{Path: tool.Launchctl, Args: []string{"asuser", "501", string(tool.Caffeinate), "-i", string(tool.SoftwareUpdate), "--install", safari}})
		t.Errorf("the run came back: %v", err)
	}()
	if _, err := p.Run(context.Background(), tool.Command{Path: tool.Pmset}); err == nil {
		t.Error("a dead process can still run tools")
	}
	m.Advance(hour)
	if !m.Installed(safari) {
		t.Error("the tool ended with the job")
	}
}

func TestLaunchdMissesStartsWhileTheMacSleepsOrTheJobRuns(t *testing.T) {
	m := simmac.New(facts())
	defer m.Close()
	var starts []time.Duration
	m.At(12*time.Minute, func() { m.Sleep(hour) })
	for m.WaitForStart(90 * time.Minute) {
		starts = append(starts, m.Elapsed())
		p := m.Begin()
		if len(starts) == 2 {
			p.Sleep(p.Context, 6*time.Minute) // one start is missed
		}
		p.End()
	}
	want := []time.Duration{10 * time.Second, 310 * time.Second}
	for at := 75*time.Minute + 10*time.Second; at < 90*time.Minute; at += 5 * time.Minute {
		want = append(want, at)
	}
	if len(starts) != len(want) {
		t.Fatalf("started at %v, want %v", starts, want)
	}
	for i := range want {
		if starts[i] != want[i] {
			t.Fatalf("started at %v, want %v", starts, want)
		}
	}
}

func TestTheThreeClocks(t *testing.T) {
	m := simmac.New(facts())
	defer m.Close()
	first := m.Now()
	m.At(hour, func() { m.Sleep(2 * hour) })
	m.AdvanceTo(4 * hour)
	slept := m.Now()
	if d, ok := slept.Since(first); !ok || d != 4*hour {
		t.Errorf("the continuous clock counts %v of 4 hours, 2 of them asleep", d)
	}
	m.StepClock(-30 * 24 * hour)
	back := m.Now()
	if d, _ := back.Since(slept); d != 0 || back.Wall.Sub(slept.Wall) != -30*24*hour {
		t.Errorf("a step of the wall clock moved the continuous clock by %v, the wall clock by %v", d, back.Wall.Sub(slept.Wall))
	}
	m.Drift(200)
	m.Advance(10 * 24 * hour)
	if gained := m.Now().Wall.Sub(back.Wall) - 10*24*hour; gained != 172800*time.Millisecond {
		t.Errorf("in ten days a clock that runs 200 ppm fast gained %v, want 172.8s", gained)
	}
	m.LosePower()
	m.Advance(hour)
	if now := m.Now(); now.Boot == first.Boot || now.Continuous >= hour {
		t.Errorf("after a start the clocks tell %+v", now)
	}
}

func TestTheClockBeginsIn1970(t *testing.T) {
	m := simmac.New(simmac.Facts{Start: time.Unix(10, 0)})
	m.StepClock(-24 * time.Hour)
	if got := m.Now().Wall; !got.Equal(time.Unix(0, 0)) {
		t.Errorf("the clock tells %v", got)
	}
}
