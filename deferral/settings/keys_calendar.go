package settings

var calendarKeys = []Key{
	{
		Name: "MaintenanceWindows", Kind: Windows, Category: aboutCalendar,
		Title: "Maintenance windows",
		Description: "When updates that are due install by themselves, by the clock of the Mac: days, times or both, such as “Mon-Fri 18:00-22:00”, “Sat,Sun” or “22:00-06:00”. " +
			"The countdown comes only here. A click on Run Updates is always obeyed, and the deadline does not move.",
		Without: "Without it, updates that are due install at any hour.",
		Min:     1, Max: 50, Rule: "An entry that cannot be used is left out.",
		Since: "2.0", Example: []any{"Mon-Fri 18:00-22:00", "Sat,Sun"},
		field: func(s *Settings) any { return &s.MaintenanceWindows },
	},
	{
		Name: "QuietHours", Kind: Windows, Category: aboutCalendar,
		Title:       "Quiet hours",
		Description: "When nobody is asked before the deadline, in the form of MaintenanceWindows. A prompt that is open when they begin is closed and does not count.",
		Without:     "Without it, people are asked at any hour.",
		Min:         1, Max: 50, Rule: "An entry that cannot be used is left out.",
		Since: "2.0", Example: []any{"Mon-Fri 08:00-09:30", "20:00-07:00"},
		field: func(s *Settings) any { return &s.QuietHours },
	},
	{
		Name: "Blackouts", Kind: Days, Category: aboutCalendar,
		Title: "Blackouts",
		Description: "Days on which nobody is asked and nothing happens by itself, such as “2026-12-21/2027-01-03” or “2026-12-24”. " +
			"They do not count in MaxMaintenanceDelay.",
		Without: "Without it, every day is like any other.",
		Min:     1, Max: 50, Rule: "An entry that cannot be used is left out. If there are more than 31 days in a row, the first 31 count.",
		Since: "2.0", Example: []any{"2026-12-21/2027-01-03"},
		field: func(s *Settings) any { return &s.Blackouts },
	},
	{
		Name: "MaxMaintenanceDelay", Kind: Seconds, Category: aboutCalendar, Unit: "seconds",
		Title: "Maximum maintenance delay",
		Description: "How long windows and blackouts together hold up what is due. Afterwards updates install by themselves at any hour. " +
			"The days of blackouts do not count. Where a hole is being exploited it is a day, blackouts included.",
		Default: 604800, Min: oneDay, Max: 31 * oneDay, Bounds: "Beyond a month a deadline is as good as none.",
		Since: "2.0", Example: 259200,
		field: func(s *Settings) any { return &s.MaxMaintenanceDelay },
	},
	{
		Name: "HoldUntil", Kind: Date, Category: aboutCalendar,
		Title: "Hold until",
		Description: "Until then nobody is asked, nothing counts down and nothing is restarted, such as while an update turns out to be bad. " +
			"It holds for 31 days at most. The deadline does not move. What Apple itself enforces is not held.",
		Without: "Without it, nothing is held.",
		Min:     10, Max: 19,
		Since: "2.0", Example: "2026-09-10T12:00",
		field: func(s *Settings) any { return &s.HoldUntil },
	},
	{
		Name: "MaxBusyDelay", Kind: Seconds, Category: aboutCalendar, Unit: "seconds",
		Title: "Maximum delay for somebody who is busy",
		Description: "How long, in a row, a dialog waits while the person at the screen is in a call, presents, records or is helped from elsewhere. " +
			"In all it waits for four hours before the deadline, and for 15 minutes past it. The deadline does not move.",
		Default: 4500, Min: leastDeferral, Max: 14400, Bounds: "Some calls never end.",
		Since: "2.0", Example: 3600,
		field: func(s *Settings) any { return &s.MaxBusyDelay },
	},
	{
		Name: "BusyApplications", Kind: Patterns, Category: aboutCalendar,
		Title: "Busy applications",
		Description: "Shell-style patterns of the names of processes by which the person counts as busy while they keep the display on, besides the known ones for calls and presentations. " +
			"Those after an exclamation mark never count; with “!*” nobody counts as busy, and nobody looks.",
		Without: "Without it, the known applications for calls and presentations count.",
		Min:     1, Max: 200,
		Since: "2.0", Example: []any{"Dialler", "!Gather*"},
		field: func(s *Settings) any { return &s.BusyApplications },
	},
	{
		Name: "LeaveDeclaredUpdates", Kind: Flag, Category: aboutCalendar,
		Title: "Leave declared updates alone",
		Description: "Says nothing of updates that a device management service has declared and Apple itself enforces. " +
			"Without it people are asked to install them earlier, with Apple's date.",
		Default: false,
		Since:   "2.0", Example: true,
		field: func(s *Settings) any { return &s.LeaveDeclaredUpdates },
	},
}
