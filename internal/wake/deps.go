package wake

import (
	"context"
	"time"

	"installordefer/deferral"
	"installordefer/deferral/settings"
	"installordefer/internal/macos"
	"installordefer/launchd"
	"installordefer/launchd/mac"
	"installordefer/prompt"
	"installordefer/softwareupdate"
)

// An Updater is Apple's software update tool. softwareupdate.Tool is the real
// one.
type Updater interface {
	// List checks for updates. It never fails: what went wrong is in the
	// list, whose outcome is then Unknown.
	List(ctx context.Context) softwareupdate.List
	// Download starts to fetch one update in the background.
	Download(ctx context.Context, d softwareupdate.Download) (softwareupdate.Run, error)
	// Install starts to install by name; nothing that is not named is
	// installed.
	Install(ctx context.Context, in softwareupdate.Install) (softwareupdate.Run, error)
}

// A Host is the Mac around the job. launchd.Host is the real one.
type Host interface {
	Console(ctx context.Context) (launchd.Console, error)
	Presence(ctx context.Context) (launchd.Presence, error)
	// Busy tells whether the person at the screen is busy; more are patterns of
	// apps that count, too.
	Busy(ctx context.Context, more []string) (bool, error)
	Machine() (macos.Machine, error)
	Power(ctx context.Context) (launchd.Power, error)
	// Declared is what Apple itself enforces, and InstallLogTail the end of the
	// log in which macOS says how that goes.
	Declared() (mac.Declared, error)
	InstallLogTail() ([]byte, error)
	FileVault(ctx context.Context) (converting bool, err error)
	// Hardware is the hardware UUID of the Mac, which never changes.
	Hardware(ctx context.Context) (uuid string, err error)
	// Free is the free space of the disk in KiB, and Offline tells whether the
	// Mac has no network at all.
	Free(ctx context.Context) (kib int64, err error)
	Offline(ctx context.Context) (bool, error)
	IsVolumeOwner(ctx context.Context, u launchd.ConsoleUser) (bool, error)
	IsAdministrator(ctx context.Context, u launchd.ConsoleUser) (bool, error)
	OpenSoftwareUpdate(ctx context.Context, u launchd.ConsoleUser, osMajor int, rapid bool) error
	SoftRestart(ctx context.Context, u launchd.ConsoleUser, shutdown bool) error
	HardRestart(ctx context.Context, shutdown bool) error
	// RemovalBegun tells whether a removal was begun and not finished. The
	// state may be gone by then.
	RemovalBegun() (bool, error)
	Remove(ctx context.Context, rm launchd.Removal) error
}

// A Holder keeps a hold. statefile.HoldFile is the real one.
type Holder interface {
	// Load reads the hold; the zero Hold is none.
	Load() (deferral.Hold, error)
}

// A Screen shows dialogs to the person at the Mac.
type Screen interface {
	// Open starts the helper in u's session with d. An error means that
	// nothing is on the screen.
	Open(ctx context.Context, u launchd.ConsoleUser, d prompt.Dialog) (Window, error)
}

// A Window is one dialog on the screen.
type Window interface {
	// Change keeps what the dialog says true while it is open.
	Change(c prompt.Change) error
	// Wait waits for the answer, at most max on the continuous clock; ok is
	// false when there is none yet. It comes back sooner when the helper says
	// what is seen of the dialog. After the helper has ended every call
	// returns the same answer.
	Wait(ctx context.Context, max time.Duration) (a prompt.Answer, ok bool)
	// Sight is what the helper has said last of what is seen of the dialog.
	Sight() prompt.Sight
	// Close takes the dialog away. It may be called again.
	Close()
}

// A Store keeps the state of the round. statefile.Store is the real one.
type Store interface {
	// Load reads the state. A state that cannot be read is set aside; the
	// problems say so.
	Load() (deferral.State, []settings.Problem, error)
	// Heed returns s with what an administrator has written into the
	// preferences since they were last read, and says in words what that was.
	Heed(s deferral.State) (deferral.State, []string)
	// Save makes s durable before it returns.
	Save(s deferral.State) error
	// Mirror brings the preferences in line with what was saved last.
	Mirror(ctx context.Context) error
	// Clear removes the state and leaves what an administrator has set.
	Clear(ctx context.Context) error
}
