package profile

import "installordefer/deferral/settings"

// A File is something generated, with its path from the top of the tree.
type File struct {
	Path string
	Data []byte
}

// Files returns everything that is generated from settings.Keys and committed.
func Files(id Identity) ([]File, error) {
	schema, err := id.JamfSchema()
	if err != nil {
		return nil, err
	}
	files := []File{
		{"docs/settings.md", id.document()},
		{"docs/profiles/jamf-schema.json", schema},
		{"docs/profiles/manifest.plist", id.Manifest()},
		{"docs/profiles/sample.plist", id.Sample(exampleDay())},
		{"docs/profiles/login-items.mobileconfig", Profile{Identity: id}.LoginItems()},
	}
	for _, p := range ready(id) {
		files = append(files, File{"docs/profiles/" + p.Variant + ".mobileconfig", p.Mobileconfig()})
	}
	return files, nil
}

// ready returns the profiles that are shipped ready to use.
func ready(id Identity) []Profile {
	defaults := map[string]any{}
	for _, k := range settings.Keys {
		if k.Kind == settings.Seconds && k.Default != nil {
			defaults[k.Name] = k.Default
		}
	}
	profiles := []Profile{
		{
			Identity: id, Variant: "defaults", Title: productName + ": defaults",
			Description: "The times that hold without any profile, written out as a start for changes: " +
				"three days until the deadline, a prompt every four hours.",
			Settings: defaults,
		},
		{
			Identity: id, Variant: "test-group", Title: productName + ": test group",
			Description: "For the Macs that get updates first: one day until the deadline, a prompt every two hours, and a diagnostic log.",
			Settings: map[string]any{
				"MaxDeferralTime": 86400,
				"DeferralPeriod":  7200,
				"PromptTimeout":   1800,
				"DiagnosticLog":   true,
			},
		},
		{
			Identity: id, Variant: "working-hours", Title: productName + ": working hours",
			Description: "Five days until the deadline, which never falls between 9 and 17 o'clock, and a choice between three deferrals.",
			Settings: map[string]any{
				"MaxDeferralTime":  432000,
				"WorkdayStartHour": 9,
				"WorkdayEndHour":   17,
				"DeferralChoices":  []any{3600, 14400, 86400},
			},
		},
	}
	return append(profiles, organizations(id)...)
}
