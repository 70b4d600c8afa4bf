package main

import (
	"strings"
	"testing"
	"time"

	"installordefer/internal/explained"
	"installordefer/internal/statusfile"
	"installordefer/internal/wake"
)

// TestStatusNamesTheCauseFirstAndThenTheWayOut goes through the ways in which a
// Mac gets stuck.
func TestStatusNamesTheCauseFirstAndThenTheWayOut(t *testing.T) {
	noon := time.Date(2026, 11, 30, 12, 0, 0, 0, time.UTC)
	for _, c := range []struct {
		name   string
		change func(*explained.Seen)
		cause  string
		wayOut string
	}{
		{"no package", func(s *explained.Seen) { s.Installed = false }, "not installed", "Install the package"},
		{"switched off in Login Items", func(s *explained.Seen) { s.Loaded = false }, "launchd does not have the job", "Login Items"},
		{"told to leave it alone", func(s *explained.Seen) { s.Loaded, s.Disabled = false, true }, "told launchd to leave the job alone", "launchctl enable"},
		{"a hold while a dialog is on the screen", func(s *explained.Seen) {
			s.Status.Status, s.Status.WaitingFor = statusfile.Held, "end of the hold"
		}, "is held", "hold off"},
		{"a hold that has just ended", func(s *explained.Seen) { s.Last.Word, s.Last.WaitingFor = statusfile.Held, "end of the hold" }, "a dialog is on the screen", "Run Updates"},
		{"launchd that cannot be asked says nothing", func(s *explained.Seen) { s.Asked, s.Loaded = false, false }, "a dialog is on the screen", "Run Updates"},
		{"a fault of the program", func(s *explained.Seen) { s.Status.Health[0].OK = false }, "broke down", "newer version"},
		{"a state that is broken", func(s *explained.Seen) { s.Status.Health[1].OK = false }, "could not be read", "Nothing need be done"},
		{"a helper that anybody could have changed", func(s *explained.Seen) { s.Status.Health[2].OK = false }, "No dialog can be shown", "Install the package again"},
		{"a job that does not come any more", func(s *explained.Seen) { s.Last.Written = noon.Add(-26 * time.Hour) }, "No wake has finished since", "log show"},
		{"a new version that has not worked yet", func(s *explained.Seen) { s.Since, s.Last.Version = 11*time.Minute, "1.1.0" }, "Version 1.2.0 was installed 11 minutes ago, and no wake of it has finished since", "go back to the version before"},
		{"a first version that has not worked yet", func(s *explained.Seen) { s.Since, s.Last = 11*time.Minute, nil }, "no wake of it has finished", "kickstart"},
		{"a new version in its first ten minutes", func(s *explained.Seen) { s.Since, s.Last.Version = 9*time.Minute, "1.1.0" }, "a dialog is on the screen", "Run Updates"},
		{"a version that has worked", func(s *explained.Seen) { s.Since = 11 * time.Minute }, "a dialog is on the screen", "Run Updates"},
		{"no check yet", waiting(statusfile.Unknown, "check"), "A check for updates comes next", ""},
		{"no network", func(s *explained.Seen) {
			waiting(statusfile.Unknown, "check")(s)
			s.Status.LastCheckOutcome, s.Status.LastError = "unknown", "the Mac has no network"
		}, "has not answered a check yet: the Mac has no network.", "softwareupdate --list"},
		{"nothing left, once", waiting(statusfile.Pending, "second check"), "A second one has to say so, too", ""},
		{"a deferral", waiting(statusfile.Deferred, "end of the deferral"), "has deferred", "AppleSoftwareUpdatesDeferredUntil"},
		{"quiet hours", waiting(statusfile.Pending, "end of the quiet hours"), "quiet hours", "QuietHours"},
		{"a window", waiting(statusfile.Due, "maintenance window"), "maintenance window", "MaxMaintenanceDelay"},
		{"a hold", waiting(statusfile.Held, "end of the hold"), "held", "hold off"},
		{"Apple's date", waiting(statusfile.Pending, "Apple's own date"), "declared", "takes over"},
		{"an empty screen", waiting(statusfile.Overdue, "person at the screen"), "Nobody is at the screen", "Log in"},
		{"Apple silicon", waiting(statusfile.Due, "person in Software Update"), "a person has to install", "Update Now"},
		{"an installation that failed", func(s *explained.Seen) {
			waiting(statusfile.Due, "next try")(s)
			s.Status.LastError = "macOS 26.7 needs 19 GB and the disk has 13 GB"
		}, "failed: macOS 26.7 needs 19 GB and the disk has 13 GB.", "Put right what it names"},
		{"a restart that does not come", waiting(statusfile.Due, "restart"), "about to restart", "Save everything"},
		{"FileVault", waiting(statusfile.Blocked, "FileVault"), "FileVault", "fdesetup status"},
		{"an empty battery", waiting(statusfile.Blocked, "power adapter"), "battery is too low", "MinimumBatteryPercent"},
		{"three restarts in vain", waiting(statusfile.Blocked, "administrator"), "three restarts", "reset"},
		{"the Setup Assistant", waiting(statusfile.Blocked, "knowing who is at the screen"), "Could not tell who", "Setup Assistant"},
		{"a job that is done", func(s *explained.Seen) { s.Status.Status = statusfile.Current }, "Nothing is left to install", ""},
		{"a job that stays", waiting(statusfile.Current, "new updates"), "The job stays", ""},
		{"what MDM defers", waiting(statusfile.Held, "what MDM defers"), "MDM defers every update", "forceDelayedSoftwareUpdates"},
		{"what the last wake has seen counts, not what would follow", func(s *explained.Seen) { s.Last.WaitingFor = "FileVault" }, "FileVault", "fdesetup"},
		{"a word of a later version", func(s *explained.Seen) {
			waiting(statusfile.Pending, "full moon")(s)
			s.Status.Next = "The moon has to be full."
		}, "The moon has to be full.", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := explained.Seen{
				Status: wake.Status{Status: statusfile.Due, WaitingFor: "answer", Health: []wake.Health{
					{What: "wakes", OK: true}, {What: "state", OK: true}, {What: "helper", OK: true},
				}},
				Last:      &statusfile.Status{Word: statusfile.Due, WaitingFor: "answer", Version: "1.2.0", Written: noon.Add(-time.Hour)},
				Installed: true, Loaded: true, Asked: true, Now: noon, Version: "1.2.0",
			}
			c.change(&s)
			k := explained.Of(s)
			if !strings.Contains(strings.ToLower(k.Cause), strings.ToLower(c.cause)) || !strings.HasSuffix(k.Cause, ".") {
				t.Errorf("the cause is %q, want %q", k.Cause, c.cause)
			}
			if !strings.Contains(k.WayOut, c.wayOut) || (k.WayOut == "") != (c.wayOut == "") {
				t.Errorf("the way out is %q, want %q", k.WayOut, c.wayOut)
			}
			text := strings.Split(statusText(withStand(s.Status, k)), "\n")
			if !strings.HasPrefix(text[0], "Cause:") || !strings.Contains(text[0], k.Cause) || !strings.HasPrefix(text[1], "Way out:") {
				t.Errorf("status begins with %q", text[:2])
			}
		})
	}
}

func withStand(s wake.Status, k explained.Stand) wake.Status {
	s.Cause, s.WayOut = k.Cause, k.WayOut
	return s
}

func waiting(word statusfile.Word, what string) func(*explained.Seen) {
	return func(s *explained.Seen) {
		s.Status.Status, s.Status.WaitingFor, s.Last.Word, s.Last.WaitingFor = word, what, word, what
	}
}
