package profile

import (
	"strings"
	"testing"
	"time"
)

func TestLintOfDeadlines(t *testing.T) {
	linter := Linter{Identity: DefaultIdentity, Now: time.Date(2026, 11, 23, 10, 0, 0, 0, time.UTC)}
	const list = `"Releases": [{"Version": "26.7", "Released": "2026-11-20", "Exploited": true}]`
	for _, c := range []struct{ name, json, want string }{
		{"a date to come", `{"DeadlineDate": "2026-12-04T18:00"}`, ""},
		{"a date that has passed", `{"DeadlineDate": "2026-11-23T09:59"}`, "DeadlineDate is 2026-11-23T09:59: in the past"},
		{"today without a time has not passed", `{"DeadlineDate": "2026-11-23"}`, "without a time of day"},
		{"a date without a time", `{"DeadlineDate": "2026-12-04"}`, "Give the time, too: 2026-12-04T18:00."},
		{"a required version by a date that has passed", `{"RequiredVersions": [{"Minimum": "26.7", "By": "2025-12-04T18:00"}]}`, "in the past"},
		{"times after a release, and the list", `{"MaxTimeAfterRelease": 864000, "MaxDeferralTimeExploited": 172800, ` + list + `}`, ""},
		{"a time after a release without the list", `{"MaxTimeAfterRelease": 864000}`, "nothing says when Apple released what"},
		{"exploited is not shorter", `{"MaxTimeAfterRelease": 172800, "MaxDeferralTimeExploited": 172800, ` + list + `}`, "MaxTimeAfterRelease is not longer"},
		{"an old list", `{"Releases": [{"Version": "26.6", "Released": "2026-07-27"}]}`, "its newest release is of 27 July 2026"},
		{"deferrals that are never used up", `{"MaxDeferrals": 18}`, "longer than MaxDeferralTime, which is 259200"},
		{"deferrals that are used up", `{"MaxDeferrals": 17}`, ""},
		{"deferrals by the shortest choice", `{"MaxDeferrals": 18, "DeferralChoices": [3600, 86400]}`, ""},
		{"a notice as long as the deadline", `{"MaxDeferralTime": 86400, "MinimumNotice": 86400}`, "no date ever brings a deadline nearer"},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := found(t, linter, []byte(c.json))
			if c.want == "" && len(got) > 0 || c.want != "" && (len(got) != 1 || !strings.Contains(got[0], c.want)) {
				t.Errorf("%q, want %q", got, c.want)
			}
		})
	}
}

func TestLintOfHours(t *testing.T) {
	linter := Linter{Identity: DefaultIdentity, Now: time.Date(2026, 11, 23, 10, 0, 0, 0, time.UTC)}
	for _, c := range []struct{ name, json, want string }{
		{"windows", `{"MaintenanceWindows": ["Mon-Fri 18:00-22:00"]}`, ""},
		{"windows without room for the countdown", `{"MaintenanceWindows": ["12:00-12:05"]}`, "none has room for the countdown"},
		{"a window that is none", `{"MaintenanceWindows": ["weekdays"]}`, "not a day of the week"},
		{"the whole week is quiet", `{"QuietHours": ["Mon-Sun"]}`, "no hour of the week is left"},
		{"quiet nights", `{"QuietHours": ["20:00-07:00"]}`, ""},
		{"a blackout that is over", `{"Blackouts": ["2026-11-20/2026-11-22"]}`, "days that are over"},
		{"a blackout of six weeks", `{"Blackouts": ["2026-12-01/2027-01-12"]}`, "only the first 31 are kept free"},
		{"a hold", `{"HoldUntil": "2026-11-27T12:00"}`, ""},
		{"a hold that is over", `{"HoldUntil": "2026-11-23T09:00"}`, "nothing is held"},
		{"a hold for ever", `{"HoldUntil": "2027-11-23T09:00"}`, "only so long is held"},
		{"a cap of nothing", `{"MaxMaintenanceDelay": 86400}`, "without effect"},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := found(t, linter, []byte(c.json))
			if c.want == "" && len(got) > 0 || c.want != "" && (len(got) != 1 || !strings.Contains(got[0], c.want)) {
				t.Errorf("%q, want %q", got, c.want)
			}
		})
	}
	t.Run("it names the next five openings", func(t *testing.T) {
		report, err := linter.Lint([]byte(`{"MaintenanceWindows": ["Mon-Fri 18:00-22:00"], "Blackouts": ["2026-11-25"]}`))
		const want = "Mon 23 Nov 18:00 to Mon 23 Nov 22:00; Tue 24 Nov 18:00 to Tue 24 Nov 22:00; Thu 26 Nov 18:00 to Thu 26 Nov 22:00; Fri 27 Nov 18:00 to Fri 27 Nov 22:00; Mon 30 Nov 18:00 to Mon 30 Nov 22:00"
		if got := strings.Join(report.Openings, "; "); err != nil || got != want {
			t.Errorf("%s, %v", got, err)
		}
	})
}
