package statefile

import (
	"time"

	"installordefer/deferral"
	"installordefer/deferral/settings"
	"installordefer/internal/clock"
)

var (
	monday = time.Date(2026, 11, 23, 10, 0, 0, 0, time.UTC)
	safari = deferral.Update{Label: "Safari27.0TahoeAuto-27.0", Name: "Safari 27.0"}
	tahoe  = deferral.Update{Label: "macOS Tahoe 26.7-25G229", Name: "macOS Tahoe 26.7", Restart: true, System: true}
	intel  = deferral.Machine{Build: "25G72"}
)

func at(after time.Duration) clock.Moment {
	return clock.Moment{Wall: monday.Add(after), Continuous: time.Hour + after, Boot: "first"}
}

// found is a Mac on which updates were found at monday.
func found(set settings.Settings, updates ...deferral.Update) deferral.State {
	return deferral.State{}.Checked(deferral.Found, updates, set, intel, at(0), time.UTC)
}

func atScreen() *deferral.Facts { return &deferral.Facts{Person: true} }

func situation(st deferral.State, after time.Duration) deferral.Situation {
	return deferral.Situation{Settings: settings.Defaults(), State: st, Now: at(after), Machine: intel, Zone: time.UTC, Facts: atScreen(), Checked: true, Downloaded: true}
}
