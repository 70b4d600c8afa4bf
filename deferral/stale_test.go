package deferral

import (
	"strings"
	"testing"
	"time"

	"installordefer/deferral/settings"
	"installordefer/internal/clock"
)

func TestWhyTheListIsAskedForAgain(t *testing.T) {
	set := settings.Defaults()
	due := set.MaxDeferralTime + time.Hour
	checked := found(set, safari).Checked(Found, []Update{safari}, set, intel, at(due), time.UTC)
	failed := checked.Checked(Unknown, nil, set, intel, at(due+time.Minute), time.UTC)
	for name, c := range map[string]struct {
		st    State
		after time.Duration
		boot  clock.Boot
		why   string
	}{
		"it is old":                           {checked, fresh, "first", "The list of updates is older than 30 minutes."},
		"the Mac has restarted meanwhile":     {checked, 10 * time.Minute, "second", "The Mac has restarted since the last check"},
		"the last check, minutes ago, failed": {failed, 6 * time.Minute, "first", "The last check failed."},
	} {
		t.Run(name, func(t *testing.T) {
			now := at(due + c.after)
			now.Boot = c.boot
			s := situationAt(c.st, now)
			s.Wake.Checked = false
			if d := Decide(s); d.Do != DoCheck || !strings.HasPrefix(d.Why, c.why) {
				t.Errorf("%q: %s", d.Do, d.Why)
			}
		})
	}
}
