// Package explained says how a Mac stands, for people: the cause first, and then
// the way out.
//
// What must hold here: whatever a wake can wait for is said here, in the words of
// somebody who does not know this program. Nothing is looked at; what is said
// follows from the values that are given.
package explained

import (
	"strings"
	"time"

	"installordefer/internal/statusfile"
	"installordefer/internal/text"
	"installordefer/internal/wake"
)

// A Stand says in two lines how a Mac stands: what the cause is, and what the way
// out of it is, if there is one.
type Stand struct{ Cause, WayOut string }

// Seen is what the two lines are made of.
type Seen struct {
	Status wake.Status
	// Last is what the last wake has told machines, which has looked at people and
	// power; nil where none has yet.
	Last *statusfile.Status
	// Installed tells whether the job file is there; Loaded whether launchd has
	// the job, Asked whether that could be found out, and Disabled whether
	// somebody has told launchd to leave it alone.
	Installed, Loaded, Asked, Disabled bool
	// Version is that of this program, and Since for how long its files have been
	// there; 0 where that is not known.
	Version string
	Since   time.Duration
	Now     time.Time
}

// proofWithin is how long a version that was just installed has to finish a wake.
const proofWithin = 10 * time.Minute

// silentAfter is how long a wake may be away before that is the news. A Mac that
// was asleep has one within minutes.
const silentAfter = 25 * time.Hour

// askAgain is the way out of a deferral.
const askAgain = "To ask again now: sudo defaults write /Library/Preferences/ID AppleSoftwareUpdatesDeferredUntil -int $(date +%s)"

// Of finds the first thing that explains everything else.
func Of(s Seen) Stand {
	if k, found := broken(s); found {
		return k
	}
	waiting := s.Status.WaitingFor
	if s.Last != nil && s.Status.Status != statusfile.Current && !heldSince(s) {
		waiting = s.Last.WaitingFor
	}
	switch {
	case s.Status.Status == statusfile.Current && waiting != "new updates":
		return Stand{"Nothing is left to install, and the job is about to remove itself.", ""}
	case s.Status.Status == statusfile.Unknown && s.Status.LastCheckOutcome == "unknown":
		return Stand{"Apple's update service has not answered a check yet: " + sentence(s.Status.LastError), "Look at the network, and at what \"softwareupdate --list\" says. The job asks again by itself."}
	case waiting == "person in Software Update" && s.Status.VolumeOwner != nil && !*s.Status.VolumeOwner:
		return Stand{"A person has to install macOS here, and the one at the screen is no owner of the volume.", "Let a volume owner install it in Software Update, or have the MDM install it: \"sudo diskutil apfs listUsers /\" names the owners."}
	case waiting == "end of the deferral" && s.Status.DeferralsUsed == 0 && s.Status.Failures > 0 && s.Status.LastError != "":
		return Stand{"The last installation failed: " + sentence(s.Status.LastError), "Put right what it names. The person is asked again later."}
	case waiting == "end of the deferral" && s.Status.Setting == "PromptTimeout":
		return Stand{"Nobody answered the last prompt, so the next one comes later.", askAgain}
	case waiting == "end of the deferral" && s.Status.DeferralsUsed == 0:
		return Stand{"The next prompt comes later, although nobody has deferred the updates.", askAgain}
	case waiting == "next try" && s.Status.LastError != "":
		return Stand{"The last installation failed: " + sentence(s.Status.LastError), "Put right what it names. The job tries again at the time below."}
	}
	if k, known := waits(waiting); known {
		return k
	}
	return Stand{s.Status.Next, ""}
}

// heldSince tells whether a hold has begun or ended since the last wake, which may
// still have a dialog on the screen.
func heldSince(s Seen) bool {
	return (s.Status.Status == statusfile.Held) != (s.Last.Word == statusfile.Held)
}

// broken finds what keeps the job from working at all.
func broken(s Seen) (Stand, bool) {
	ill := func(what string) bool {
		for _, h := range s.Status.Health {
			if h.What == what {
				return !h.OK
			}
		}
		return false
	}
	switch {
	case !s.Installed:
		return Stand{"The job is not installed on this Mac.", "Install the package, or look at the status that it left behind: docs/siem.md."}, true
	case s.Disabled:
		return Stand{"Somebody has told launchd to leave the job alone, so that nothing happens.", "sudo launchctl enable system/ID and restart the Mac, or install the package again."}, true
	case s.Asked && !s.Loaded:
		return Stand{"launchd does not have the job, so nothing happens.", "Switch it on in System Settings, General, Login Items. Otherwise install the package again."}, true
	case ill("wakes"):
		return Stand{"The last wake broke down, and the next ones may, too.", "Install a newer version, and report what Health says below."}, true
	case ill("state"):
		return Stand{"The state could not be read as a whole.", "Nothing need be done: the next wake takes what is left of it, and the deadline from its copy."}, true
	case ill("helper"):
		return Stand{"No dialog can be shown, and so nothing is installed.", "Install the package again: Health below says what is wrong with the helper."}, true
	case s.Since > proofWithin && (s.Last == nil || s.Last.Version != s.Version):
		return Stand{"Version " + s.Version + " was installed " + text.Length(s.Since) + " ago, and no wake of it has finished since.", "If the Mac was awake: sudo launchctl kickstart system/ID and look at the log. Otherwise go back to the version before: docs/deploy.md, Rollback."}, true
	case s.Last != nil && s.Now.Sub(s.Last.Written) > silentAfter:
		return Stand{"No wake has finished since " + text.Time(s.Last.Written, time.Local) + ".", "Look at the log of launchd: \"log show --last 1h --predicate 'process == \"launchd\"'\". Restart the Mac."}, true
	}
	return Stand{}, false
}

// sentence ends a text as a sentence.
func sentence(said string) string {
	if said == "" {
		return "the log says why."
	}
	if strings.HasSuffix(said, ".") {
		return said
	}
	return said + "."
}

// waits is what there is to say of each thing that a wake can wait for.
func waits(what string) (k Stand, known bool) {
	for _, w := range [...]struct{ what, cause, wayOut string }{
		{"check", "A check for updates comes next.", ""},
		{"second check", "The last check said that nothing is left to install. A second one has to say so, too.", ""},
		{"new updates", "Nothing is left to install. The job stays, and asks Apple once a day (RemoveWhenDone).", ""},
		{"what MDM defers", "MDM defers every update that this Mac lacks, so Apple does not offer it yet.", "A profile of your MDM does that: forceDelayedSoftwareUpdates. The job asks Apple once a day."},
		{"end of the deferral", "The person has deferred the updates.", askAgain},
		{"end of the quiet hours", "Nobody is asked now: these are quiet hours, or a blackout.", "They are QuietHours and Blackouts in the settings. Run Updates in Software Update is always possible."},
		{"maintenance window", "The deadline has passed, and the updates wait for a maintenance window, or for the end of a blackout.", "They are MaintenanceWindows and Blackouts in the settings; MaxMaintenanceDelay ends the wait."},
		{"end of the notice", "The deadline has passed, and whoever is at the screen was away then: they have notice before the countdown.", "Click Run Updates in the next prompt. The notice is MinimumNotice in the settings, and lasts a day at most."},
		{"end of the hold", "This Mac is held.", "sudo install-or-defer hold off, or HoldUntil in the profile."},
		{"Apple's own date", "Apple itself is about to update this Mac, by a date that your MDM has declared.", "Nothing need be done. If Apple is a day late, the job takes over."},
		{"person at the screen", "Nobody is at the screen, and somebody has to be asked.", "Log in, or unlock the screen."},
		{"unlocked screen", "The screen is locked, and nobody could see what is to come.", "Unlock the screen. After MaxLockedTime the updates no longer wait."},
		{"person who is busy", "The person at the screen is busy, and the dialog waits.", "Nothing need be done. MaxBusyDelay ends the wait; past the deadline it ends after 15 minutes."},
		{"answer", "A dialog is on the screen, or comes with the next wake.", "Click Run Updates."},
		{"person in Software Update", "On this Mac a person has to install the updates of macOS.", "Open System Settings, General, Software Update, and click Update Now."},
		{"download", "An update is being downloaded.", ""},
		{"installation", "The updates are being installed.", ""},
		{"restart", "The Mac is about to restart, or has not restarted yet.", "Save everything, and restart."},
		{"next try", "The updates wait for the next try.", ""},
		{"end of the time after a start", "The Mac has just started, and somebody may be about to log in.", ""},
		{"FileVault", "FileVault is encrypting or decrypting the disk.", "Leave the Mac on its power adapter until \"fdesetup status\" says that it is done."},
		{"power adapter", "The battery is too low to install anything.", "Connect the power adapter. The limit is MinimumBatteryPercent."},
		{"free space", "The disk has too little space for the updates.", "Free up space: System Settings, General, Storage."},
		{"volume owner", "Whoever is at the screen is no volume owner, and nobody else can let macOS be installed on this Mac.", "Have a volume owner log in and install it."},
		{"administrator at the screen", "Device management lets only administrators install updates, and whoever is at the screen is none.", "Have an administrator of this Mac log in and install it, or allow it to everybody (AllowStandardUserOSUpdates)."},
		{"network", "The Mac has no network, and updates need one.", "Connect it to a network."},
		{"administrator", "The updates are still missing after three restarts, and nothing is enforced any more.", "Find out why in /var/log/install.log. Then: sudo install-or-defer reset"},
		{"knowing who is at the screen", "Could not tell who is at the screen.", "Finish the first login or the Setup Assistant; otherwise restart the Mac."},
	} {
		if w.what == what {
			return Stand{w.cause, w.wayOut}, true
		}
	}
	return Stand{}, false
}

// Published is what a status for machines comes to, read away from its Mac.
func Published(s statusfile.Status, now time.Time) Stand {
	if s.Gone() {
		return Stand{"Nothing is left to install: the job has proven it, and is gone.", ""}
	}
	return Of(Seen{
		Status: wake.Status{
			Status: s.Word, WaitingFor: s.WaitingFor, Setting: s.Setting, Next: sentence(s.WaitingFor), LastError: s.LastError, LastCheckOutcome: s.LastCheckOutcome,
			DeferralsUsed: s.Deferrals, Failures: s.Failures,
		},
		Last: &s, Installed: true, Now: now,
	})
}
