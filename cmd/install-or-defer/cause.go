package main

import (
	"context"
	"os"
	"strings"
	"time"

	"installordefer/internal/statusfile"
	"installordefer/internal/wake"
)

// A stuck says in two lines how a Mac stands: what the cause is, and what the way
// out of it is, if there is one.
type stuck struct{ cause, wayOut string }

// seen is what the two lines are made of.
type seen struct {
	status wake.Status
	// last is what the last wake has told machines, which has looked at people and
	// power; nil where none has yet.
	last *statusfile.Status
	// installed tells whether the job file is there; loaded whether launchd has
	// the job, and asked whether that could be found out.
	installed, loaded, asked bool
	now                      time.Time
}

// silentAfter is how long a wake may be away before that is the news. A Mac that
// was asleep has one within minutes.
const silentAfter = 25 * time.Hour

// stand finds the first thing that explains everything else.
func stand(s seen) stuck {
	if k, found := broken(s); found {
		return k
	}
	waiting := s.status.WaitingFor
	if s.last != nil && s.status.Status != statusfile.Current {
		waiting = s.last.WaitingFor
	}
	switch {
	case s.status.Status == statusfile.Current:
		return stuck{"Nothing is left to install, and the job is about to remove itself.", ""}
	case s.status.Status == statusfile.Unknown && s.status.LastCheckOutcome == "unknown":
		return stuck{"Apple's update service has not answered a check yet: " + sentence(s.status.LastError), "Look at the network, and at what \"softwareupdate --list\" says. The job asks again by itself."}
	case waiting == "next try" && s.status.LastError != "":
		return stuck{"The last installation failed: " + sentence(s.status.LastError), "Take away what it names. The job tries again at the time below."}
	}
	if k, known := waits()[waiting]; known {
		return k
	}
	return stuck{s.status.Next, ""}
}

// broken finds what keeps the job from working at all.
func broken(s seen) (stuck, bool) {
	health := map[string]wake.Health{}
	for _, h := range s.status.Health {
		health[h.What] = h
	}
	ill := func(what string) bool { h, looked := health[what]; return looked && !h.OK }
	switch {
	case !s.installed:
		return stuck{"The job is not installed on this Mac.", "Install the package, or look at the status that it has left: docs/siem.md."}, true
	case s.asked && !s.loaded:
		return stuck{"launchd does not have the job, so that nothing happens.", "Switch it on in System Settings, General, Login Items. Otherwise install the package again."}, true
	case ill("wakes"):
		return stuck{"The last wake broke down, and the next ones may, too.", "Install a newer version, and report what Health says below."}, true
	case ill("state"):
		return stuck{"The state could not be read as a whole.", "Nothing need be done: the next wake takes what is left of it, and the deadline from its copy."}, true
	case ill("helper"):
		return stuck{"No dialog can be shown, and so nothing is installed.", "Install the package again: Health below says what is wrong with the helper."}, true
	case s.last != nil && s.now.Sub(s.last.Written) > silentAfter:
		return stuck{"No wake has finished since " + clockText(s.last.Written.In(time.Local)) + ".", "Look at the log of launchd: \"log show --last 1h --predicate 'process == \"launchd\"'\". Restart the Mac."}, true
	}
	return stuck{}, false
}

// sentence ends a text as a sentence.
func sentence(text string) string {
	if text == "" {
		return "the log says why."
	}
	if strings.HasSuffix(text, ".") {
		return text
	}
	return text + "."
}

// findStand fills in what the two lines are made of.
func (m *mac) findStand(s *wake.Status) {
	_, err := os.Stat(m.JobFile())
	v := seen{status: *s, installed: err == nil, now: m.clock.Now().Wall}
	if v.installed {
		v.loaded, err = m.Loaded(context.Background())
		v.asked = err == nil
	}
	if last, err := readPublished(m.StatusFile()); err == nil {
		v.last = &last
	}
	k := stand(v)
	s.Cause, s.WayOut = k.cause, strings.ReplaceAll(k.wayOut, "ID ", string(m.ID)+" ")
}

// waits is what there is to say of each thing that a wake can wait for.
func waits() map[string]stuck {
	return map[string]stuck{
		"check":                         {"A check for updates comes next.", ""},
		"second check":                  {"Nothing is left to install, as the last check said. A second one has to say so too.", ""},
		"end of the deferral":           {"The person has deferred the updates.", "To ask again now: sudo defaults write /Library/Preferences/ID AppleSoftwareUpdatesDeferredUntil -int $(date +%s)"},
		"end of the quiet hours":        {"Nobody is asked in the quiet hours.", "They are QuietHours and Blackouts in the settings. Run Updates in Software Update is always possible."},
		"maintenance window":            {"The deadline has passed, and the updates wait for a maintenance window.", "They are MaintenanceWindows and Blackouts in the settings; MaxMaintenanceDelay ends the wait."},
		"end of the hold":               {"This Mac is held.", "sudo install-or-defer hold off, or HoldUntil in the profile."},
		"Apple's own date":              {"Apple itself is about to update this Mac, by a date that your MDM has declared.", "Nothing need be done. If Apple's date passes by a day, the job takes over."},
		"person at the screen":          {"Nobody is at the screen, and somebody has to be asked.", "Log in, or unlock the screen."},
		"answer":                        {"A dialog is on the screen, or comes with the next wake.", "Click Run Updates."},
		"person in Software Update":     {"On this Mac a person has to install the updates of macOS.", "Open System Settings, General, Software Update, and click Update Now."},
		"installation":                  {"The updates are being installed.", ""},
		"restart":                       {"The Mac is about to restart, or has not restarted yet.", "Save everything, and restart."},
		"next try":                      {"The updates wait for the next try.", ""},
		"end of the time after a start": {"The Mac has just started, and somebody may be about to log in.", ""},
		"FileVault":                     {"FileVault is encrypting or decrypting the disk.", "Leave the Mac on its power adapter until \"fdesetup status\" says that it is done."},
		"power adapter":                 {"The battery is too low to install anything.", "Connect the power adapter. The limit is MinimumBatteryPercent."},
		"administrator":                 {"The updates are still missing after three restarts, and nothing is enforced any more.", "Find out why in /var/log/install.log. Then: sudo install-or-defer reset"},
		"knowing who is at the screen":  {"Who is at the screen cannot be found out.", "Finish the first login or the Setup Assistant; otherwise restart the Mac."},
	}
}
