package settings

// A day in seconds is the least of what is counted in days.
const oneDay = 24 * 60 * 60

var deadlineKeys = []Key{
	{
		Name: "DeadlineDate", Kind: Date, Category: aboutDeadline,
		Title: "Deadline date",
		Description: "A deadline for everything that is pending, as a text such as 2026-12-04T18:00, by the clock of the Mac. " +
			"A date without a time means the end of that day. Whichever deadline is earlier counts. A date that has passed gives MinimumNotice.",
		Without: "Without it, no date is a deadline.",
		Min:     10, Max: 19,
		Since: "2.0", Example: "2026-12-04T18:00",
		field: func(s *Settings) any { return &s.DeadlineDate },
	},
	{
		Name: "RequiredVersions", Kind: Versions, Category: aboutDeadline, Fields: requiredFields,
		Title: "Required versions",
		Description: "Versions of macOS with the date by which the Macs of that major version must have them: Minimum, such as 26.6.2, and By, such as 2026-12-04T18:00. " +
			"For a Mac below Minimum the date is a deadline, and updates that reach it are in scope.",
		Without: "Without it, no version is required by a date.",
		Min:     1, Max: 20, Rule: "An entry that cannot be used is left out.",
		Since: "2.0", Example: []any{map[string]any{"Minimum": "26.6.2", "By": "2026-12-04T18:00"}},
		field: func(s *Settings) any { return &s.RequiredVersions },
	},
	{
		Name: "MaxTimeAfterRelease", Kind: Seconds, Category: aboutDeadline, Unit: "seconds",
		Title: "Maximum time after the release",
		Description: "The time from a day after Apple's release to the deadline, by the days in Releases. It counts from the earliest release that the Mac lacks. " +
			"It only makes a deadline earlier, and never earlier than a day after the first sighting.",
		Without: "Without it, the day of a release does not matter.",
		Min:     oneDay, Max: LongestDeferral, Bounds: "Beyond 400 days a deadline is as good as none.", Needs: "Releases",
		Since: "2.0", Example: 864000,
		field: func(s *Settings) any { return &s.MaxTimeAfterRelease },
	},
	{
		Name: "MaxDeferralTimeExploited", Kind: Seconds, Category: aboutDeadline, Unit: "seconds",
		Title: "Maximum time while exploited",
		Description: "The same as MaxTimeAfterRelease for releases that close a hole which is being exploited, by Releases. " +
			"A version that the Mac has skipped counts, too.",
		Without: "Without it, what is being exploited does not matter.",
		Min:     oneDay, Max: LongestDeferral, Bounds: "Beyond 400 days a deadline is as good as none.", Needs: "Releases",
		Since: "2.0", Example: 172800,
		field: func(s *Settings) any { return &s.MaxDeferralTimeExploited },
	},
	{
		Name: "Releases", Kind: Released, Category: aboutDeadline, Fields: releaseFields,
		Title: "Apple's releases",
		Description: "When Apple released which version of macOS, and whether it closes a hole that is being exploited. " +
			"It is written by \"install-or-defer-admin severity\"; a Mac asks no server for it.",
		Without: "Without it, releases decide nothing.",
		Min:     1, Max: 400, Rule: "An entry that cannot be used is left out.",
		Since: "2.0", Example: []any{map[string]any{"Version": "26.6.1", "Released": "2026-08-06", "Exploited": true}},
		field: func(s *Settings) any { return &s.Releases },
	},
	{
		Name: "MaxDeferrals", Kind: Number, Category: aboutDeadline,
		Title: "Maximum number of deferrals",
		Description: "How many times a person can defer. The deadline is when the last of these deferrals ends. " +
			"A prompt that nobody answered does not count.",
		Without: "Without it, people defer as often as the deadline allows.",
		Min:     1, Max: 1000,
		Since: "2.0", Example: 5,
		field: func(s *Settings) any { return &s.MaxDeferrals },
	},
	{
		Name: "MinimumNotice", Kind: Seconds, Category: aboutDeadline, Unit: "seconds",
		Title: "Minimum notice",
		Description: "The least time that people have when anything but time brings the deadline nearer: " +
			"a setting, a date that has passed, a list, a profile that is gone. Whoever was away, asleep or locked out when the deadline passed or came nearer, " +
			"and everybody after a hold, is asked once more and is at the screen for that long before a countdown, within a day at most.",
		Default: 3600, Min: leastDeferral, Max: oneDay, Bounds: "Notice is given, not a further deferral.",
		Since: "2.0", Example: 7200,
		field: func(s *Settings) any { return &s.MinimumNotice },
	},
	{
		Name: "StartSpread", Kind: Seconds, Category: aboutDeadline, Unit: "seconds",
		Title: "Spread of the first check",
		Description: "The first check after the job comes to a Mac waits up to this, always equally long on the same Mac. Deadlines count from what that check finds. " +
			"SkipDeferral skips the wait.",
		Without: "Without it, the first check comes at once.",
		Min:     60, Max: 7 * oneDay, Bounds: "A Mac that waits longer than a week is forgotten.",
		Since: "2.0", Example: 14400,
		field: func(s *Settings) any { return &s.StartSpread },
	},
	{
		Name: "MaxLockedTime", Kind: Seconds, Category: aboutDeadline, Unit: "seconds",
		Title: "Longest time behind a lock",
		Description: "How long a locked screen, or a helper that brings nothing to it, keeps the final countdown from running once the deadline has passed, in a row and awake. " +
			"Then it runs all the same, and unsaved work may be lost.",
		Default: 28800, Min: leastDeferral, Max: 30 * oneDay, Bounds: "Somebody who is only at lunch must not lose their work.",
		Since: "2.0", Example: 43200,
		field: func(s *Settings) any { return &s.MaxLockedTime },
	},
}
