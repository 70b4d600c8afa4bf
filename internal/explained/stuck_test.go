package explained

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"installordefer/internal/plist"
	"installordefer/internal/simmac/life"
	"installordefer/internal/simmac/scenario"
	"installordefer/internal/statusfile"
	"installordefer/launchd"
)

const id = launchd.Identifier("com.example.updates")

// usual is a Mac on which nothing is unusual; what a row says comes in place of it.
const usual = `{
	"start": "2026-09-21T09:00:00Z", "length": "10d", "mac": {"hardware": "intel", "macOS": "26.6", "build": "25G72"},
	"people": [{"name": "ada", "logsInAfter": "1m", "temper": "defers"}],
	"updates": [{"label": "macOS Tahoe 26.7-25G229", "title": "macOS Tahoe 26.7", "version": "26.7", "build": "25G229", "sizeKiB": 3039632, "action": "restart"}],
	"settings": {"MaxDeferralTime": 86400}
}`

// stuck are Macs on which nothing seems to happen.
var stuck = []struct {
	name, change string
	at           time.Duration
	cause        string
	wayOut       string
}{
	{"the person has deferred", `{}`, 2 * time.Hour, "has deferred", "AppleSoftwareUpdatesDeferredUntil"},
	{"nobody has logged in", `{"people": []}`, 2 * time.Hour, "Nobody is at the screen", "Log in"},
	{"a prompt that nobody answers", `{"people": [{"name": "ada", "logsInAfter": "1m", "temper": "ignores"}]}`, 40 * time.Minute, "A dialog is on the screen", "Click Run Updates"},
	{"no network", `{"events": [{"at": "0s", "do": "network", "state": "down"}]}`, 2 * time.Hour, "has not answered a check yet", "network"},
	{"a hotel's network", `{"events": [{"at": "0s", "do": "network", "state": "captive"}]}`, 2 * time.Hour, "has not answered a check yet", "network"},
	{"a check that hangs", `{"faults": [{"tool": "softwareupdate --list", "kind": "hangs at start"}]}`, 5 * time.Hour, "has not answered a check yet", "softwareupdate --list"},
	{"a low battery after the deadline", `{"mac": {"hardware": "intel", "macOS": "26.6", "build": "25G72", "battery": {"percent": 9, "adapter": false}}}`, 30 * time.Hour, "battery is too low", "power adapter"},
	{"a full disk", `{"mac": {"hardware": "intel", "macOS": "26.6", "build": "25G72", "freeGB": 3}, "people": [{"name": "ada", "logsInAfter": "1m", "temper": "runs"}]}`, time.Hour, "too little space", "Storage"},
	{"FileVault at work after the deadline", `{"mac": {"hardware": "intel", "macOS": "26.6", "build": "25G72", "fileVault": "encrypting"}}`, 30 * time.Hour, "FileVault", "fdesetup status"},
	{"three restarts in vain", `{"updates": [{"label": "macOS Tahoe 26.7-25G229", "title": "macOS Tahoe 26.7", "version": "26.7", "build": "25G229", "sizeKiB": 3039632, "action": "restart", "course": "never installs"}]}`, 8 * 24 * time.Hour, "three restarts", "install.log"},
	{"a hold", `{"events": [{"at": "10m", "do": "hold", "for": "8h"}]}`, 2 * time.Hour, "is held", "hold off"},
	{"a hold by the profile", `{"settings": {"HoldUntil": "2026-09-25"}}`, 2 * time.Hour, "is held", "HoldUntil"},
	{"quiet hours", `{"settings": {"MaxDeferralTime": 86400, "QuietHours": ["08:00-18:00"]}}`, 2 * time.Hour, "quiet hours", "QuietHours"},
	{"a window that is to come", `{"settings": {"MaxDeferralTime": 3600, "MaintenanceWindows": ["22:00-23:00"]}}`, 4 * time.Hour, "maintenance window", "MaxMaintenanceDelay"},
	{"nobody there who may install macOS", `{"mac": {"hardware": "apple silicon", "macOS": "26.6", "build": "25G72"}}`, 30 * time.Hour, "is no volume owner", "Have a volume owner log in"},
	{"Apple silicon after the deadline", `{"mac": {"hardware": "apple silicon", "macOS": "26.6", "build": "25G72"}, "people": [{"name": "ada", "logsInAfter": "1m", "volumeOwner": true}]}`, 30 * time.Hour, "a person has to install", "Update Now"},
	{"a locked screen", `{"events": [{"at": "5s", "do": "log in", "who": "ada"}, {"at": "6s", "do": "lock"}]}`, 2 * time.Hour, "The screen is locked", "Unlock the screen"},
	{"the Setup Assistant", `{"people": [{"name": "_mbsetupuser", "uid": 248, "logsInAfter": "5s"}]}`, 2 * time.Hour, "Could not tell who", "Setup Assistant"},
	{"an installation that takes long", `{"people": [{"name": "ada", "logsInAfter": "1m", "temper": "runs"}], "updates": [{"label": "Xcode-26", "title": "Xcode", "version": "26", "sizeKiB": 10, "install": "50m"}]}`, 20 * time.Minute, "being installed", ""},
	{"an installation that fails", `{"people": [{"name": "ada", "logsInAfter": "1m", "temper": "runs"}], "updates": [{"label": "Xcode-26", "title": "Xcode", "version": "26", "sizeKiB": 10, "course": "fails at install"}]}`, 20 * time.Minute, "installation failed", "Put right"},
	{"nothing left, once", `{"updates": []}`, time.Minute, "A second one has to say so, too", ""},
	{"Apple's own date", `{"events": [{"at": "0s", "do": "declare", "version": "26.7", "by": "2026-09-21T13:00:00"}]}`, 3*time.Hour + 30*time.Minute, "Apple itself is about to update", "takes over"},
	{"a download", `{"people": [{"name": "ada", "logsInAfter": "1m", "temper": "runs"}]}`, 15 * time.Minute, "being downloaded", ""},
	{"unsaved work before a restart", `{"people": [{"name": "ada", "logsInAfter": "1m", "temper": "runs", "apps": [{"name": "Pages", "unsaved": true}]}]}`, 35 * time.Minute, "about to restart", "Save everything"},
	{"a call before a prompt", `{"events": [{"at": "0s", "do": "call begins", "label": "zoom.us"}]}`, time.Hour, "is busy", "MaxBusyDelay"},
	{"a blackout", `{"settings": {"MaxDeferralTime": 86400, "Blackouts": ["2026-09-21"]}}`, 2 * time.Hour, "a blackout", "Blackouts"},
	{"a blackout after the deadline", `{"settings": {"MaxDeferralTime": 61200, "Blackouts": ["2026-09-22"]}}`, 30 * time.Hour, "the end of a blackout", "MaxMaintenanceDelay"},
	{"a blackout after a deadline that nobody has heard of", `{"settings": {"MaxDeferralTime": 3600, "Blackouts": ["2026-09-21"]}}`, 6 * time.Hour, "or a blackout", "Blackouts"},
	{"a click while the battery is low", `{"mac": {"hardware": "intel", "macOS": "26.6", "build": "25G72", "battery": {"percent": 9, "adapter": false}}, "people": [{"name": "ada", "logsInAfter": "1m", "temper": "runs"}]}`, 2 * time.Hour, "battery is too low", "power adapter"},
	{"a full disk after the deadline", `{"mac": {"hardware": "intel", "macOS": "26.6", "build": "25G72", "freeGB": 3}}`, 30 * time.Hour, "too little space", "Storage"},
	{"no network after the deadline", `{"events": [{"at": "20h", "do": "network", "state": "down"}]}`, 30 * time.Hour, "has no network", "Connect it"},
	{"a screen that is locked after the deadline", `{"events": [{"at": "20h", "do": "lock"}]}`, 26 * time.Hour, "The screen is locked", "MaxLockedTime"},
	{"the login window after the deadline, with somebody behind it", `{"events": [{"at": "20h", "do": "login window"}]}`, 30 * time.Hour, "Nobody is at the screen", "Log in"},
	{"a date of Apple's that is left to Apple", `{"settings": {"MaxDeferralTime": 86400, "LeaveDeclaredUpdates": true}, "events": [{"at": "0s", "do": "declare", "version": "26.7", "by": "2026-09-23T13:00:00"}]}`, 4 * time.Hour, "by a date that your MDM has declared", "Nothing need be done"},
	{"Apple silicon, and a person who clicks", `{"mac": {"hardware": "apple silicon", "macOS": "26.6", "build": "25G72"}, "people": [{"name": "ada", "logsInAfter": "1m", "volumeOwner": true, "temper": "runs"}]}`, 4 * time.Hour, "a person has to install", "Update Now"},
}

func TestTheStatusOfAStuckMacNamesTheCauseAndTheWayOut(t *testing.T) {
	for _, c := range stuck {
		t.Run(c.name, func(t *testing.T) {
			s := lived(t, c.change, c.at)
			k := Published(s, time.Date(2026, 9, 21, 9, 0, 0, 0, time.UTC).Add(c.at))
			if !strings.Contains(k.Cause, c.cause) {
				t.Errorf("the cause is %q, want %q; the status is %+v", k.Cause, c.cause, s)
			}
			if !strings.Contains(k.WayOut, c.wayOut) || (k.WayOut == "") != (c.wayOut == "") {
				t.Errorf("the way out is %q, want %q", k.WayOut, c.wayOut)
			}
		})
	}
}

// lived is the status of a Mac after some time.
func lived(t *testing.T, change string, at time.Duration) statusfile.Status {
	t.Helper()
	var story, changed map[string]any
	for text, into := range map[string]*map[string]any{usual: &story, change: &changed} {
		if err := json.Unmarshal([]byte(text), into); err != nil {
			t.Fatal(err)
		}
	}
	for key, value := range changed {
		story[key] = value
	}
	data, err := json.Marshal(story)
	if err != nil {
		t.Fatal(err)
	}
	s, err := scenario.Decode(data)
	if err != nil {
		t.Fatal(err)
	}
	l, err := life.Of(s, id, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer l.Mac.Close()
	l.Run(at)
	file, there := l.Mac.Disk().Get(launchd.Layout{ID: id}.StatusFile())
	if !there {
		t.Fatal("the job has written no status")
	}
	dict, err := plist.Decode(file, statusfile.MaxFile)
	if err != nil {
		t.Fatal(err)
	}
	status, err := statusfile.FromDict(dict)
	if err != nil {
		t.Fatal(err)
	}
	return status
}
