package settings

import "slices"

// The categories of settings.
const (
	aboutDeferring  = "Deferring"
	aboutDeadline   = "The deadline"
	aboutCalendar   = "Hours and days"
	aboutInstalling = "Installing and restarting"
	aboutScope      = "Which updates"
	aboutHand       = "Installing by hand"
	aboutDialogs    = "Dialogs"
	aboutMessages   = "Messages"
	aboutLog        = "Log"
	aboutSelfUpdate = "Self-update"
)

// Keys are all settings, in the order in which they are shown.
var Keys = slices.Concat(policyKeys, deadlineKeys, calendarKeys, installKeys, dialogKeys)

var policyKeys = []Key{
	{
		Name: "MaxDeferralTime", Kind: Seconds, Category: aboutDeferring, Unit: "seconds",
		Title: "Maximum deferral time",
		Description: "The time from the first sighting of updates to the deadline. Until then the updates can be deferred; " +
			"afterwards they are installed after a countdown. A change moves a running deadline.",
		Default: 259200, Min: leastDeferral, Max: LongestDeferral, Bounds: "Beyond 400 days a deadline is as good as none.",
		Since: "1.0", Upstream: "2.2", OldNames: []string{"MAX_DEFERRAL_TIME"}, Example: 432000,
		field: func(s *Settings) any { return &s.MaxDeferralTime },
	},
	{
		Name: "SkipDeferral", Kind: Flag, Category: aboutDeferring,
		Title: "Skip deferral",
		Description: "Sets the deadline to the first sighting of updates, so that nothing can be deferred and the final countdown starts at once. " +
			"It is meant for tests, and lint reports it.",
		Default: false,
		Since:   "1.0", Upstream: "2.2", Example: false,
		field: func(s *Settings) any { return &s.SkipDeferral },
	},
	{
		Name: "DeferralPeriod", Kind: Seconds, Category: aboutDeferring, Unit: "seconds",
		Title:       "Deferral period",
		Description: "How long one deferral lasts: after it the prompt is back. No deferral reaches past the deadline.",
		Default:     14400, Min: leastDeferral, Max: LongestDeferral, LessThan: "MaxDeferralTime",
		Since: "1.0", Upstream: "5.0.5", OldNames: []string{"EACH_DEFER"}, Example: 7200,
		field: func(s *Settings) any { return &s.DeferralPeriod },
	},
	{
		Name: "DeferralChoices", Kind: Choices, Category: aboutDeferring, Unit: "seconds",
		Title: "Deferral choices",
		Description: "Several lengths of a deferral, between which the person chooses. " +
			"A prompt that is not answered is deferred for DeferralPeriod.",
		Without: "Without it, DeferralPeriod is the only choice.",
		Min:     leastDeferral, Max: LongestDeferral, LessThan: "MaxDeferralTime",
		Rule:  "A choice that cannot be used is left out. At most 12 are offered, the shortest ones.",
		Since: "1.0", Example: []any{3600, 14400, 86400},
		field: func(s *Settings) any { return &s.DeferralChoices },
	},
	{
		Name: "DeferralTimes", Kind: Times, Category: aboutDeferring,
		Title: "Deferral times",
		Description: "Times of the day, by the clock of the Mac, until which the person can defer, such as “12:00” and “19:00”. Each is offered for its next time, " +
			"beside DeferralChoices or else DeferralPeriod. A time after the deadline is not offered.",
		Without: "Without it, no time of the day is offered.",
		Max:     mostChoices, Rule: "A time that cannot be used is left out. At most 12 are offered, the earliest ones of the day.",
		Since: "2.0", Example: []any{"12:00", "19:00"},
		field: func(s *Settings) any { return &s.DeferralTimes },
	},
	{
		Name: "PromptTimeout", Kind: Seconds, Category: aboutDeferring, Unit: "seconds",
		Title:       "Prompt timeout",
		Description: "How long a prompt waits for an answer. Without one it counts as deferred.",
		Default:     3600, Min: leastDialog, Max: LongestDeferral, LessThan: "DeferralPeriod",
		Since: "1.0", Upstream: "5.0.5", OldNames: []string{"PROMPT_TIMEOUT"}, Example: 1800,
		field: func(s *Settings) any { return &s.PromptTimeout },
	},
	{
		Name: "WorkdayStartHour", Kind: Number, Category: aboutDeferring, Unit: "hour of the day",
		Title: "Start of the workday",
		Description: "The hour, by the Mac's own time zone, from which on no deadline falls. A deadline between this hour and WorkdayEndHour " +
			"is moved to the end of that workday, once, when it is set. Every day of the week counts.",
		Without: "Without it, deadlines fall at any hour.",
		Min:     0, Max: 22, Needs: "WorkdayEndHour", LessThan: "WorkdayEndHour",
		Since: "1.0", Upstream: "5.0", OldNames: []string{"WORKDAY_START_HR"}, Example: 9,
		field: func(s *Settings) any { return &s.WorkdayStartHour },
	},
	{
		Name: "WorkdayEndHour", Kind: Number, Category: aboutDeferring, Unit: "hour of the day",
		Title:       "End of the workday",
		Description: "The hour to which a deadline inside the workday is moved. See WorkdayStartHour.",
		Without:     "Without it, deadlines fall at any hour.",
		Min:         1, Max: 23, Needs: "WorkdayStartHour",
		Since: "1.0", Upstream: "5.0", OldNames: []string{"WORKDAY_END_HR"}, Example: 17,
		field: func(s *Settings) any { return &s.WorkdayEndHour },
	},
}

var installKeys = []Key{
	{
		Name: "UpdateDelay", Kind: Seconds, Category: aboutInstalling, Unit: "seconds",
		Title:       "Final countdown",
		Description: "How long the final prompt counts down before the updates install. It cannot be put off; a click starts the updates earlier.",
		Default:     600, Min: leastDialog, Max: longestCountdown, Bounds: "The dialog stays in front of everything else for all of it.",
		Rule:  "If it is longer than DeferralPeriod and than the default, the default replaces it. The default holds whatever DeferralPeriod is.",
		Since: "1.0", Upstream: "5.0.5", OldNames: []string{"UPDATE_DELAY", "SOFT_RESTART_DELAY"}, Example: 900,
		field: func(s *Settings) any { return &s.UpdateDelay },
	},
	{
		Name: "HardRestartDelay", Kind: Seconds, Category: aboutInstalling, Unit: "seconds",
		Title: "Delay before the hard restart",
		Description: "The time that the person at the screen has to save, with a dialog that counts it down, before the hard restart, which does not ask. " +
			"It begins if the soft restart does not happen. Unsaved work is lost in a hard restart.",
		Default: 300, Min: leastDialog, Max: longestCountdown, Bounds: "A Mac whose updates wait for a restart is neither updated nor safe to use.",
		Since: "1.0", Upstream: "5.0.5", OldNames: []string{"HARD_RESTART_DELAY"}, Example: 600,
		field: func(s *Settings) any { return &s.HardRestartDelay },
	},
	{
		Name: "MinimumBatteryPercent", Kind: Number, Category: aboutInstalling, Unit: "percent",
		Title:       "Minimum battery charge",
		Description: "Below this charge nothing is installed while the Mac runs on its battery. With 0 the charge does not matter.",
		Default:     20, Min: 0, Max: 100,
		Since: "1.0", Example: 50,
		field: func(s *Settings) any { return &s.MinimumBatteryPercent },
	},
	{
		Name: "InstallWhenNobody", Kind: Flag, Category: aboutInstalling,
		Title: "Install when nobody is logged in",
		Description: "Installs before the deadline, too, and restarts where an update needs it, while nobody at all is logged in. " +
			"Somebody behind the login window is logged in.",
		Default: false,
		Since:   "2.0", Example: true,
		field: func(s *Settings) any { return &s.InstallWhenNobody },
	},
	{
		Name: "InstallTogether", Kind: Flag, Category: aboutInstalling,
		Title:       "Install together",
		Description: "Installs all updates in one go instead of one by one, those without a restart first.",
		Default:     false,
		Since:       "1.0", Example: true,
		field: func(s *Settings) any { return &s.InstallTogether },
	},
	{
		Name: "RemoveWhenDone", Kind: Flag, Category: aboutInstalling,
		Title: "Remove when done",
		Description: "Removes the job once it is proven that nothing is left to install. If it is false, the job stays, asks Apple once a day, and what it finds " +
			"begins another round with a whole deferral time.",
		Default: true,
		Since:   "2.0", Example: false,
		field: func(s *Settings) any { return &s.RemoveWhenDone },
	},
	{
		Name: "AllowMajorUpgrades", Kind: Flag, Category: aboutScope,
		Title:       "Allow major upgrades",
		Description: "Brings upgrades to a newer macOS, which Apple lists beside the updates, into scope. Without it they are left alone.",
		Default:     false,
		Since:       "1.0", Example: false,
		field: func(s *Settings) any { return &s.AllowMajorUpgrades },
	},
	{
		Name: "IgnoreUpdates", Kind: Patterns, Category: aboutScope,
		Title: "Ignore updates",
		Description: "Updates that are left alone, as patterns for the label or the title: * stands for any text, ? for one character, " +
			"[a-z] for one of several. Case does not matter.",
		Without: "Without it, no update is left alone.",
		Min:     1, Max: 200, NotAll: true, Rule: "A pattern that cannot be used, or that matches every update, is left out: with it the job would find nothing to install and remove itself.",
		Since: "1.0", Example: []any{"*Studio Display*", "Command Line Tools*"},
		field: func(s *Settings) any { return &s.IgnoreUpdates },
	},
	{
		Name: "OnlyUpdates", Kind: Patterns, Category: aboutScope,
		Title:       "Only these updates",
		Description: "The only updates that are installed, as patterns like those of IgnoreUpdates.",
		Without:     "Without it, all recommended updates and all that need a restart are installed.",
		Min:         1, Max: 200, Rule: "A pattern that cannot be used is left out. With none left, the setting counts as not set.",
		Since: "1.0", Example: []any{"macOS*", "Safari*"},
		field: func(s *Settings) any { return &s.OnlyUpdates },
	},
	{
		Name: "ManualUpdates", Kind: Flag, Category: aboutHand,
		Title: "Install by hand",
		Description: "Asks the person to install the updates in Software Update instead of installing them. " +
			"On Apple silicon that is always so for updates of macOS itself, because Apple wants the password of an owner.",
		Default: false,
		Since:   "1.0", Upstream: "5.0.3", Example: false,
		field: func(s *Settings) any { return &s.ManualUpdates },
	},
	{
		Name: "DisablePostInstallAlert", Kind: Flag, Category: aboutHand,
		Title: "No dialog while installing by hand",
		Description: "Once the person has chosen to install by hand, opens Software Update without the dialog that stays until the updates are installed. " +
			"After the deadline the dialog is shown all the same.",
		Default: false,
		Since:   "1.0", Upstream: "5.0.4", Example: true,
		field: func(s *Settings) any { return &s.DisablePostInstallAlert },
	},
	{
		Name: "AppleSiliconPassword", Kind: Flag, Category: aboutHand,
		Title: "Ask for the password on Apple silicon",
		Description: "On Apple silicon with macOS 13 or newer, asks the person for the password of the Mac, so that updates of macOS install by themselves. " +
			"It is handed to Apple's tool and kept nowhere.",
		Default: false,
		Since:   "1.0", Example: true,
		field: func(s *Settings) any { return &s.AppleSiliconPassword },
	},
}
