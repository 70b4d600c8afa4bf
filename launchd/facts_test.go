package launchd

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"installordefer/internal/tool"
)

func TestWhatTheMacRunsOn(t *testing.T) {
	tests := []struct {
		name, text string
		want       Power
	}{
		{"a laptop at its adapter", "Now drawing from 'AC Power'\n -InternalBattery-0 (id=21364835)\t79%; AC attached; not charging present: true\n", Power{Known: true, OnAC: true, HasBattery: true, Percent: 79}},
		{"charging", "Now drawing from 'AC Power'\n -InternalBattery-0 (id=4653155)\t85%; charging; 0:46 remaining present: true\n", Power{Known: true, OnAC: true, HasBattery: true, Percent: 85}},
		{"charged", "Now drawing from 'AC Power'\n -InternalBattery-0 (id=4653155)\t100%; charged; 0:00 remaining present: true\n", Power{Known: true, OnAC: true, HasBattery: true, Percent: 100}},
		{"finishing", "Now drawing from 'AC Power'\n -InternalBattery-0 (id=4653155)\t99%; finishing charge; 0:05 remaining present: true\n", Power{Known: true, OnAC: true, HasBattery: true, Percent: 99}},
		{"on battery", "Now drawing from 'Battery Power'\n -InternalBattery-0 (id=4653155)\t7%; discharging; (no estimate) present: true\n", Power{Known: true, HasBattery: true, Percent: 7}},
		{"blanks for the tab, one before Now", " Now drawing from 'Battery Power'\n -InternalBattery-0 (id=4653155) 43%; discharging; 20:00 remaining present: true\n", Power{Known: true, HasBattery: true, Percent: 43}},
		{"no id, older systems", "Now drawing from 'Battery Power'\n -InternalBattery-0\t43%; discharging; 2:00 remaining\n", Power{Known: true, HasBattery: true, Percent: 43}},
		{"a Mac without a battery", "Now drawing from 'AC Power'\n", Power{Known: true, OnAC: true, Percent: -1}},
		{"a battery that was taken out", "Now drawing from 'AC Power'\n -InternalBattery-0 (id=4653155)\t0%; discharging; (no estimate) present: false\n", Power{Known: true, OnAC: true, Percent: -1}},
		{"on a UPS", "Now drawing from 'UPS Power'\n -Back-UPS ES 550G (id=1048576)\t62%; discharging; 0:11 remaining present: true\n", Power{Known: true, HasBattery: true, Percent: 62}},
		{"the weakest of two", "Now drawing from 'Battery Power'\n -InternalBattery-0 (id=1)\t90%; discharging; present: true\n -InternalBattery-1 (id=2)\t12%; discharging; present: true\n", Power{Known: true, HasBattery: true, Percent: 12}},
		{"a charge beyond full", "Now drawing from 'Battery Power'\n -InternalBattery-0 (id=1)\t250%; discharging; present: true\n", Power{Known: true, Percent: -1}},
		{"with carriage returns", "Now drawing from 'AC Power'\r\n -InternalBattery-0 (id=4653155)\t85%; charging; 0:46 remaining present: true\r\n", Power{Known: true, OnAC: true, HasBattery: true, Percent: 85}},
		{"nothing", "", Power{Percent: -1}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if d := cmp.Diff(tt.want, ParsePower([]byte(tt.text))); d != "" {
				t.Error(d)
			}
		})
	}
}

func TestAMacThatDoesNotTellItsPowerIsAnError(t *testing.T) {
	h := answering(t, map[string]tool.Result{"/usr/bin/pmset -g batt": {Stdout: []byte("pmset: busy\n")}})
	if p, err := h.Power(context.Background()); p.Known || !errors.Is(err, errUnreadable) {
		t.Errorf("%+v, %v", p, err)
	}
	h = answering(t, map[string]tool.Result{"/usr/bin/pmset -g batt": {Stdout: []byte("Now drawing from 'AC Power'\n")}})
	if p, err := h.Power(context.Background()); !p.OnAC || err != nil {
		t.Errorf("%+v, %v", p, err)
	}
	h = answering(t, map[string]tool.Result{"/usr/bin/pmset -g batt": {ExitCode: 1}})
	if p, err := h.Power(context.Background()); p.Known || err == nil || !strings.Contains(err.Error(), "and said nothing") {
		t.Errorf("%+v, %v", p, err)
	}
}

func TestFileVault(t *testing.T) {
	tests := []struct {
		name, text string
		converting bool
		err        error
	}{
		{"on", "FileVault is On.\n", false, nil},
		{"off", "FileVault is Off.\n", false, nil},
		{"a master keychain", "FileVault is On.\nFileVault master keychain appears to be installed.\n", false, nil},
		{"deferred", "FileVault is Off.\nDeferred enablement appears to be active for user 'ana'.\n", false, nil},
		{"encrypting", "FileVault is On.\nEncryption in progress: percent completed = 41.21\n", true, nil},
		{"decrypting", "FileVault is Off.\nDecryption in progress: Percent completed = 3.00\n", true, nil},
		{"nothing", "", false, errUnreadable},
		{"another answer", "Error: not root\n", false, errUnreadable},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			h := answering(t, map[string]tool.Result{"/usr/bin/fdesetup status": {Stdout: []byte(tt.text)}})
			got, err := h.FileVault(context.Background())
			if got != tt.converting || !errors.Is(err, tt.err) || (err == nil) != (tt.err == nil) {
				t.Errorf("%v, %v", got, err)
			}
		})
	}
	h := answering(t, map[string]tool.Result{"/usr/bin/fdesetup status": {ExitCode: 2}})
	if _, err := h.FileVault(context.Background()); err == nil {
		t.Error("a failure passed for an answer")
	}
}

func TestThePaneOfEachVersion(t *testing.T) {
	const (
		preferences = "/System/Library/PreferencePanes/SoftwareUpdate.prefPane"
		update      = "x-apple.systempreferences:com.apple.Software-Update-Settings.extension"
		improvement = "x-apple.systempreferences:com.apple.SecurityImprovements-Settings.extension"
	)
	tests := []struct {
		major int
		rapid bool
		want  string
	}{
		{12, false, preferences}, {12, true, preferences},
		{13, false, update}, {13, true, update}, {15, true, update},
		{26, false, update}, {26, true, improvement},
		{27, false, update}, {27, true, improvement}, {28, false, update},
		{0, false, update}, {0, true, improvement},
	}
	for _, tt := range tests {
		if got := Pane(tt.major, tt.rapid); got != tt.want {
			t.Errorf("macOS %d, rapid %v: %s", tt.major, tt.rapid, got)
		}
	}
}

func TestSoftwareUpdateOpensInThePersonsSession(t *testing.T) {
	const want = "/bin/launchctl asuser 502 " + testProgram + " as-person 502 /usr/bin/open x-apple.systempreferences:com.apple.Software-Update-Settings.extension"
	h := answering(t, map[string]tool.Result{want: {}})
	if err := h.OpenSoftwareUpdate(context.Background(), ConsoleUser{"ben", 502}, 26, false); err != nil {
		t.Error(err)
	}
	h = answering(t, map[string]tool.Result{want: {ExitCode: 1, Stderr: []byte("LSOpenURLsWithRole() failed")}})
	if err := h.OpenSoftwareUpdate(context.Background(), ConsoleUser{"ben", 502}, 26, false); err == nil {
		t.Error("a failure went by in silence")
	}
	if err := h.OpenSoftwareUpdate(context.Background(), ConsoleUser{}, 26, false); !errors.Is(err, errNobody) {
		t.Errorf("for nobody: %v", err)
	}
}

func FuzzParsePower(f *testing.F) {
	f.Add([]byte("Now drawing from 'AC Power'\n -InternalBattery-0 (id=21364835)\t79%; AC attached; not charging present: true\n"))
	f.Add([]byte("Now drawing from 'Battery Power'\n -InternalBattery-0\t3%; discharging\n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		p := ParsePower(text)
		if p.Percent < -1 || p.Percent > 100 || p.HasBattery != (p.Percent >= 0) || p.OnAC && !p.Known {
			t.Errorf("%+v", p)
		}
	})
}

func FuzzParseFileVault(f *testing.F) {
	f.Add([]byte("FileVault is On.\nEncryption in progress: percent completed = 41.21\n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		if converting, err := ParseFileVault(text); converting && err != nil {
			t.Errorf("%v and %v", converting, err)
		}
	})
}

func TestBusy(t *testing.T) {
	const call = "Listed by owning process:\n   pid 821(FaceTime): [0x0000a70900019879] 00:12:44 PreventUserIdleDisplaySleep named: \"Ongoing A/V conference\"  \n"
	ask := func(r tool.Result, more ...string) (bool, error) {
		return answering(t, map[string]tool.Result{"/usr/bin/pmset -g assertions": r}).Busy(t.Context(), more)
	}
	if busy, err := ask(tool.Result{Stdout: []byte(call)}); !busy || err != nil {
		t.Errorf("in a call: %v, %v", busy, err)
	}
	if busy, err := ask(tool.Result{Stdout: []byte(call)}, "!FaceT*"); busy || err != nil {
		t.Errorf("in a call that does not count: %v, %v", busy, err)
	}
	busy, err := ask(tool.Result{Stdout: []byte(call), ExitCode: 1})
	if busy || err == nil || strings.Contains(err.Error(), "FaceTime") {
		t.Errorf("what macOS says of people is in %v (%v)", err, busy)
	}
}
