package profile

// organizations returns profiles for five kinds of organizations. Each is played
// in a scenario of the same name.
func organizations(id Identity) []Profile {
	return []Profile{
		{
			Identity: id, Variant: "law-firm", Title: productName + ": law firm",
			Description: "Nobody is asked during court hours, nothing happens by itself on working days before the evening, and never over the holidays.",
			Settings: map[string]any{
				"MaxDeferralTime":     432000,
				"DeferralChoices":     []any{3600, 14400, 86400},
				"QuietHours":          []any{"Mon-Fri 08:00-13:00", "20:00-08:00"},
				"MaintenanceWindows":  []any{"Mon-Fri 18:00-22:00", "Sat,Sun"},
				"Blackouts":           []any{"2026-12-24/2027-01-01"},
				"MaxMaintenanceDelay": 1209600,
				"MinimumNotice":       7200,
			},
		},
		{
			Identity: id, Variant: "school", Title: productName + ": school",
			Description: "No lesson is interrupted: nobody is asked between seven and four, and what is due installs in the evening and at the weekend. Exams are kept free.",
			Settings: map[string]any{
				"MaxDeferralTime":    86400,
				"DeferralPeriod":     14400,
				"QuietHours":         []any{"Mon-Fri 07:00-16:00"},
				"MaintenanceWindows": []any{"Mon-Fri 16:30-06:00", "Sat,Sun"},
				"Blackouts":          []any{"2026-12-07/2026-12-11"},
			},
		},
		{
			Identity: id, Variant: "hospital", Title: productName + ": hospital",
			Description: "For Macs at a bedside: no dialog before the deadline, and one hour in the week, on Sunday at three, in which updates that are due install.",
			Settings: map[string]any{
				"MaxDeferralTime":     86400,
				"QuietHours":          []any{"Mon-Sat", "Sun 00:00-03:00", "Sun 04:00-24:00"},
				"MaintenanceWindows":  []any{"Sun 03:00-04:00"},
				"MaxMaintenanceDelay": 1209600,
			},
		},
		{
			Identity: id, Variant: "on-call", Title: productName + ": developers on call",
			Description: "A week, five deferrals, two days for what is being exploited once Releases is set, and a hold on one Mac for whoever is on call: sudo install-or-defer hold 12h.",
			Settings: map[string]any{
				"MaxDeferralTime":    604800,
				"DeferralChoices":    []any{3600, 14400, 86400},
				"MaxDeferrals":       5,
				"MaintenanceWindows": []any{"Mon-Fri 12:00-14:00", "Mon-Fri 17:00-21:00"},
				"MinimumNotice":      3600,
			},
		},
		{
			Identity: id, Variant: "twelve-zones", Title: productName + ": twelve time zones",
			Description: "One date for all, by the clock of each Mac, and evenings wherever that is.",
			Settings: map[string]any{
				"MaxDeferralTime":    1209600,
				"DeadlineDate":       "2026-12-04T18:00",
				"MaintenanceWindows": []any{"18:00-23:00"},
				"QuietHours":         []any{"22:00-07:00"},
			},
		},
	}
}
