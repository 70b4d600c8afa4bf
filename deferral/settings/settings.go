package settings

import (
	"fmt"
	"time"

	"installordefer/deferral/calendar"
	"installordefer/internal/text"
)

// Settings are what an administrator has decided, one field for each key of
// Keys, under the same name. Those that Read and Defaults return are
// valid: see Valid.
type Settings struct {
	// MaxDeferralTime is the time from the first sighting of updates to the
	// deadline.
	MaxDeferralTime time.Duration
	// SkipDeferral sets the deadline at the first sighting.
	SkipDeferral bool
	// DeferralPeriod is how long one deferral lasts. It is shorter than
	// MaxDeferralTime.
	DeferralPeriod time.Duration
	// DeferralChoices are the deferrals offered to the person, in ascending
	// order. Empty: DeferralPeriod alone is offered.
	DeferralChoices []time.Duration
	// DeferralTimes are the times of the day until which the person can defer,
	// as the time that a clock shows since midnight, in ascending order.
	DeferralTimes []time.Duration
	// PromptTimeout is how long a prompt waits for an answer before it counts
	// as deferred. It is shorter than DeferralPeriod.
	PromptTimeout time.Duration
	// WorkdayStartHour and WorkdayEndHour bound the hours of the day in which
	// no deadline falls; both are -1 when they are not set.
	WorkdayStartHour, WorkdayEndHour int

	// DeadlineDate is a deadline for everything that is pending.
	DeadlineDate calendar.Date
	// RequiredVersions are the versions that Macs must have by a date.
	RequiredVersions []Required
	// MaxTimeAfterRelease is the time from Apple's release to the deadline, and
	// MaxDeferralTimeExploited the same where a hole is being exploited; 0: none.
	MaxTimeAfterRelease, MaxDeferralTimeExploited time.Duration
	// Releases says when Apple released what.
	Releases []Release
	// MaxDeferrals is how many times a person can defer; -1: as often as the
	// deadline allows.
	MaxDeferrals int
	// MinimumNotice is the least time between hearing of a deadline and it.
	MinimumNotice time.Duration
	// StartSpread is what the first check on a Mac waits at most.
	StartSpread time.Duration
	// MaxLockedTime is how long a locked screen keeps a countdown from
	// running once the deadline has passed.
	MaxLockedTime time.Duration

	// MaintenanceWindows are when something happens by itself; empty: always.
	MaintenanceWindows []calendar.Window
	// QuietHours are when nobody is asked, and Blackouts days on which nobody
	// is asked and nothing happens by itself.
	QuietHours []calendar.Window
	Blackouts  []calendar.Days
	// MaxMaintenanceDelay is how long windows and blackouts hold up what is due.
	MaxMaintenanceDelay time.Duration
	// MaxBusyDelay is how long in a row dialogs wait for somebody who is busy, and
	// BusyApplications are patterns of processes that tell it.
	MaxBusyDelay     time.Duration
	BusyApplications []string
	// HoldUntil is until when nothing is asked and nothing happens by itself.
	HoldUntil calendar.Date
	// LeaveDeclaredUpdates says nothing of updates that Apple itself enforces.
	LeaveDeclaredUpdates bool

	// UpdateDelay is the countdown of the final prompt.
	UpdateDelay time.Duration
	// HardRestartDelay is the time to save that the person at the screen has
	// before the hard restart.
	HardRestartDelay time.Duration
	// MinimumBatteryPercent is the charge below which nothing is installed
	// while the Mac runs on its battery.
	MinimumBatteryPercent int
	// InstallWhenNobody installs before the deadline where nobody is logged in.
	InstallWhenNobody bool
	// InstallTogether installs all updates in one go.
	InstallTogether bool
	// RemoveWhenDone has the job remove itself once nothing is left.
	RemoveWhenDone bool

	// AllowMajorUpgrades brings upgrades to a newer macOS into scope.
	AllowMajorUpgrades bool
	// IgnoreUpdates and OnlyUpdates are shell-style patterns for labels and
	// titles. Empty: not restricted.
	IgnoreUpdates, OnlyUpdates []string

	// ManualUpdates leaves the installation to the person, as on Apple
	// silicon.
	ManualUpdates bool
	// DisablePostInstallAlert takes away the dialog that stays until the
	// person has installed the updates, as long as the deadline has not passed.
	DisablePostInstallAlert bool
	// AppleSiliconPassword asks the person for the password that lets updates
	// install on Apple silicon.
	AppleSiliconPassword bool

	// InstallButtonLabel and DeferButtonLabel are the words on the buttons.
	InstallButtonLabel, DeferButtonLabel string
	// Language is the tag of the language of all dialogs; empty means the
	// person's.
	Language string
	// Translations are texts in languages; those outside of it are for every
	// language that has none in it.
	Translations Translations
	// SupportContact is whom the person asks.
	SupportContact string
	// MessagingLogo is the absolute path of the icon in the dialogs. Empty:
	// the icon of Software Update. MessagingLogoDark is the one in dark looks;
	// empty: the same.
	MessagingLogo, MessagingLogoDark string
	// HelpURL is the page that the help button of the dialogs opens; empty: they
	// have none.
	HelpURL string

	// The headings and the texts of the dialogs, as templates.
	MessageInstallOrDeferHeading, MessageInstallOrDefer string
	MessageInstallHeading, MessageInstall               string
	MessageInstallNowHeading, MessageInstallNow         string
	MessageUpdatingHeading, MessageUpdating             string

	// DiagnosticLog keeps a log file besides the system log.
	DiagnosticLog bool
	// KeepHistory leaves the history when the job removes itself.
	KeepHistory bool
	// ReportUserNames puts account names into the status for machines.
	ReportUserNames bool

	// SelfUpdateFolder is where the MDM puts newer versions of this program. Empty:
	// it never updates itself.
	SelfUpdateFolder string
}

// TimesAfter returns the next moment of each of DeferralTimes after another, in
// the zone.
func (s Settings) TimesAfter(t time.Time, zone *time.Location) []time.Time {
	var out []time.Time
	for _, at := range s.DeferralTimes {
		out = append(out, calendar.NextTime(at, t, zone).In(zone))
	}
	return out
}

// Defaults returns the settings of a Mac that nobody has set anything on.
func Defaults() Settings {
	var s Settings
	for _, k := range Keys {
		if k.Default != nil || k.Kind == Number { // what is not set is zero else
			k.put(&s, k.builtIn())
		}
	}
	return s
}

// Valid returns nil if s keeps to every range of Keys and to what must hold
// between two settings, and says otherwise what is wrong.
func (s Settings) Valid() error {
	for _, k := range Keys {
		if reason := k.fitting(s).wrong(k.get(&s)); reason != "" {
			return fmt.Errorf("%s is %s: %s", k.Name, k.Format(k.get(&s)), reason)
		}
	}
	switch {
	case s.DeferralPeriod >= s.MaxDeferralTime:
		return fmt.Errorf("DeferralPeriod is %s, which is not less than MaxDeferralTime", text.Exact(s.DeferralPeriod))
	case s.PromptTimeout >= s.DeferralPeriod:
		return fmt.Errorf("PromptTimeout is %s, which is not less than DeferralPeriod", text.Exact(s.PromptTimeout))
	case s.UpdateDelay > max(s.DeferralPeriod, Defaults().UpdateDelay):
		return fmt.Errorf("UpdateDelay is %s, which is longer than DeferralPeriod", text.Exact(s.UpdateDelay))
	case (s.WorkdayStartHour < 0) != (s.WorkdayEndHour < 0):
		return fmt.Errorf("one of WorkdayStartHour and WorkdayEndHour is set without the other")
	case s.WorkdayStartHour >= 0 && s.WorkdayStartHour >= s.WorkdayEndHour:
		return fmt.Errorf("WorkdayStartHour is %d, which is not less than WorkdayEndHour", s.WorkdayStartHour)
	}
	for _, c := range s.DeferralChoices {
		if c >= s.MaxDeferralTime {
			return fmt.Errorf("DeferralChoices has %s, which is not less than MaxDeferralTime", text.Exact(c))
		}
	}
	return nil
}
