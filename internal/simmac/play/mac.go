package main

import (
	"time"

	"installordefer/internal/simmac"
)

const identifier = "com.github.install-or-defer"

// settings are chosen so that one life holds everything: a deadline eight
// hours after the first sighting leaves room for two deferrals.
var settings = map[string]any{
	"MaxDeferralTime": 8 * 3600,
	"SupportContact":  "the help desk",
}

// tahoe is a Mac on macOS Tahoe 26.6 with what Apple really offered to such
// Macs in autumn 2026: Safari 27.0, macOS 26.7, and macOS 27 beside them.
func tahoe(appleSilicon bool) simmac.Facts {
	ada := simmac.Account{
		Name: "ada", FullName: "Ada Byron", UID: 501, Password: "correct horse", Owner: true, LogsInAfter: 5 * time.Second,
		Person: simmac.Person{Temper: simmac.Defers, InstallsAfter: 3 * time.Minute},
	}
	if !appleSilicon {
		ada.Apps = []simmac.App{{Name: "TextEdit", ID: "com.apple.TextEdit", Unsaved: true}}
	}
	return simmac.Facts{
		Seed:         1,
		Start:        time.Date(2026, 9, 21, 9, 0, 0, 0, time.UTC),
		AppleSilicon: appleSilicon,
		OS:           simmac.OS{Version: "26.6", Build: "25G72"},
		Battery:      &simmac.Battery{Percent: 76, Adapter: true},
		Accounts:     []simmac.Account{ada},
		Updates: []simmac.Update{
			{Label: "Safari27.0TahoeAuto-27.0", Title: "Safari", Version: "27.0", SizeKiB: 249465, Download: 40 * time.Second},
			{Label: "macOS Tahoe 26.7-25G229", Title: "macOS Tahoe 26.7", Version: "26.7", Build: "25G229", SizeKiB: 3039632,
				Action: simmac.RestartAction, Download: 4 * time.Minute},
			{Label: "macOS 27-26A428", Title: "macOS 27", Version: "27", Build: "26A428", SizeKiB: 11727219, Action: simmac.RestartAction},
		},
		Job: simmac.Job{Label: identifier},
	}
}

// introduce says what is going to be seen.
func (t *theatre) introduce(o options, f simmac.Facts, root string, person bool) {
	hardware, who := "an Intel Mac", "Ada Byron, who is scripted, answers the dialogs"
	if f.AppleSilicon {
		hardware = "a Mac with Apple silicon"
	}
	if person {
		who = "you answer the dialogs, as Ada Byron"
	}
	t.teller.Say("Simulated: %s on macOS %s, which Apple offers", hardware, f.OS.Version)
	for _, u := range f.Updates {
		t.teller.Say("  · %s", u.Label)
	}
	t.teller.Say("The root job is real; it lives below %s. Simulated time runs up to %v times as fast as real time; %s.", root, o.rate, who)
	t.teller.Say("Settings: MaxDeferralTime 28800 (8 hours), everything else as by default.")
}
