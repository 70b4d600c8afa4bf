package launchd

import (
	"fmt"
	"strings"

	"installordefer/internal/volume"
)

// An Identifier is the bundle identifier of the job. It names the job, its
// settings, its receipt, its folder and its part of the log.
type Identifier string

// Check says what is wrong with an identifier. It is used in paths that root
// deletes, so nothing else may pass.
func (id Identifier) Check() error {
	switch s := string(id); {
	case len(s) > 128:
		return fmt.Errorf("the identifier %.40q… is too long: at most 128 characters", s)
	case !isIdentifier(s):
		return fmt.Errorf("%q is not a bundle identifier: it needs the form com.example.name, of letters, digits, hyphens and underscores", s)
	case strings.HasPrefix(strings.ToLower(s), "com.apple."):
		return fmt.Errorf("the identifier %q belongs to Apple", s)
	}
	return nil
}

// A Layout says where the job's files are. The methods return paths on the
// machine that the program runs on.
type Layout struct {
	volume.Volume
	ID Identifier
}

// OnMac returns the layout with the paths as the Mac itself knows them.
func (l Layout) OnMac() Layout { return Layout{ID: l.ID} }

// Names inside the support folder.
const (
	programName  = "install-or-defer"
	appName      = "Install or Defer.app"
	helperName   = "install-or-defer-prompt"
	stateName    = "state.plist"
	deadlineName = "deadline.plist"
	holdName     = "hold.plist"
	lockName     = "lock"
	childrenName = "children"
	removingName = "removing"
	errorsName   = "errors"
	formerName   = "errors.before"
	// selfUpdateName is in SelfUpdateFolder.
	selfUpdateName = "install-or-defer-self-update"
)

// JobFile is the property list that tells launchd of the job.
func (l Layout) JobFile() string {
	return l.Path("Library/LaunchDaemons", string(l.ID)+".plist")
}

// SupportFolder holds the programs and what the job keeps for itself. Only
// root can write there.
func (l Layout) SupportFolder() string {
	return l.Path("Library/Application Support", string(l.ID))
}

func (l Layout) support(elem ...string) string {
	return l.Path(append([]string{"Library/Application Support", string(l.ID)}, elem...)...)
}

// Program is the root job.
func (l Layout) Program() string { return l.support(programName) }

// HelperApp is the application that holds the helper.
func (l Layout) HelperApp() string { return l.support(appName) }

// Helper is the program that shows dialogs in a person's session.
func (l Layout) Helper() string { return l.support(appName, "Contents/MacOS", helperName) }

// DeadlineCopy is the second copy of the deadline, for the day the state file
// cannot be read.
func (l Layout) DeadlineCopy() string { return l.support(deadlineName) }

// HoldFile is where a hold is kept that somebody has asked for on this Mac.
func (l Layout) HoldFile() string { return l.support(holdName) }

// LockFile is what Lock locks.
func (l Layout) LockFile() string { return l.support(lockName) }

// ErrorFile is where launchd sends what a process of the job writes to its
// error stream: the last words of one that breaks down, and nothing else.
func (l Layout) ErrorFile() string { return l.support(errorsName) }

// FormerErrors holds what was in ErrorFile when a wake last found something
// there.
func (l Layout) FormerErrors() string { return l.support(formerName) }

// StateFile holds the state.
func (l Layout) StateFile() string { return l.support(stateName) }

// LocalFile holds the settings of a local administrator, and mirrors the two
// times of the state that people know.
func (l Layout) LocalFile() string {
	return l.Path("Library/Preferences", string(l.ID)+".plist")
}

// ManagedFile holds the settings of a configuration profile.
func (l Layout) ManagedFile() string {
	return l.Path("Library/Managed Preferences", string(l.ID)+".plist")
}

// StatusFile is where everybody can read how the Mac stands. It lies beside the
// job's folder, not in it, because it outlives the job.
func (l Layout) StatusFile() string {
	return l.Path("Library/Application Support", string(l.ID)+".status.plist")
}

// HistoryFile is where root can read what has happened. It lies beside the job's
// folder, because an administrator may want it to outlive the job.
func (l Layout) HistoryFile() string {
	return l.Path("Library/Application Support", string(l.ID)+".history.jsonl")
}

// SelfUpdateFolder holds the program that installs newer versions of this product,
// and what it keeps. It lies beside the job's folder, because the program stays
// until it has seen that the job is gone.
func (l Layout) SelfUpdateFolder() string {
	return l.Path("Library/Application Support", l.SelfUpdateLabel())
}

// SelfUpdateProgram is that program.
func (l Layout) SelfUpdateProgram() string {
	return l.Path("Library/Application Support", l.SelfUpdateLabel(), selfUpdateName)
}

// SelfUpdateOutcome is where everybody can read what came of the last version that
// the self-update was offered.
func (l Layout) SelfUpdateOutcome() string { return l.SelfUpdateFolder() + "/outcome.plist" }

// SelfUpdateJobFile tells launchd of that program, under SelfUpdateLabel.
func (l Layout) SelfUpdateJobFile() string {
	return l.Path("Library/LaunchDaemons", l.SelfUpdateLabel()+".plist")
}

// SelfUpdateLabel is the name that launchd knows that program by.
func (l Layout) SelfUpdateLabel() string { return string(l.ID) + ".self-update" }

// DiagnosticLog is the log file that the setting of that name asks for.
func (l Layout) DiagnosticLog() string { return l.Path("var/log/install-or-defer.log") }

// versionFile is where macOS keeps its own version.
func (l Layout) versionFile() string {
	return l.Path("System/Library/CoreServices/SystemVersion.plist")
}
