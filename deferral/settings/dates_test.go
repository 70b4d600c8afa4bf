package settings

import (
	"strings"
	"testing"
	"time"
)

func TestDatesAndListsAreRead(t *testing.T) {
	entry := func(pairs ...any) map[string]any {
		d := map[string]any{}
		for i := 0; i < len(pairs); i += 2 {
			d[pairs[i].(string)] = pairs[i+1]
		}
		return d
	}
	for _, c := range []struct {
		name, key string
		value     any
		want      string
		problem   string
	}{
		{"a date with its time", "DeadlineDate", "2026-12-04T18:00", "2026-12-04T18:00", ""},
		{"a date with seconds", "DeadlineDate", " 2026-12-04T18:00:30 ", "2026-12-04T18:00:30", ""},
		{"a date alone", "DeadlineDate", "2026-12-04", "2026-12-04", ""},
		{"a <date>, which is in UTC", "DeadlineDate", time.Unix(1796000000, 0), "nothing", "not a text"},
		{"a date with a zone", "DeadlineDate", "2026-12-04T18:00:00Z", "nothing", "not a date such as"},
		{"a date as people write it", "DeadlineDate", "4.12.2026", "nothing", "not a date such as"},
		{"a number", "DeadlineDate", uint64(20261204), "nothing", "not a date such as"},
		{"a required version", "RequiredVersions", []any{entry("Minimum", "26.6.2", "By", "2026-12-04")}, "26.6.2 by 2026-12-04", ""},
		{"one without a list", "RequiredVersions", entry("Minimum", "26.6.2", "By", "2026-12-04"), "nothing", "not a list"},
		{"one without a date beside a good one", "RequiredVersions", []any{entry("Minimum", "26.6.2"), entry("Minimum", "26.7", "By", "2026-12-04")}, "26.7 by 2026-12-04", "without a text for By"},
		{"latest is no version", "RequiredVersions", []any{entry("Minimum", "latest", "By", "2026-12-04")}, "nothing", `Minimum is "latest"`},
		{"a date in words", "RequiredVersions", []any{entry("Minimum", "26.7", "By", "tomorrow")}, "nothing", `By is "tomorrow"`},
		{"texts where dictionaries belong", "RequiredVersions", []any{"26.7"}, "nothing", "not a dictionary"},
		{"a release", "Releases", []any{entry("Version", "26.6.1", "Released", "2026-08-06", "Exploited", true)}, "26.6.1 of 2026-08-06 (exploited)", ""},
		{"a release with what a newer list has", "Releases", []any{entry("Version", "26.6", "Released", "2026-07-27", "CVEs", []any{})}, "26.6 of 2026-07-27", ""},
		{"a release with 0 for false", "Releases", []any{entry("Version", "26.6", "Released", "2026-07-27", "Exploited", uint64(0))}, "26.6 of 2026-07-27", ""},
		{"a release without a day loses itself alone", "Releases", []any{entry("Version", "26.6"), entry("Version", "26.7", "Released", "2026-09-21")}, "26.7 of 2026-09-21", "without a text for Released"},
		{"a release with a time of day", "Releases", []any{entry("Version", "26.6", "Released", "2026-07-27T17:00")}, "nothing", "not a day such as"},
		{"windows", "MaintenanceWindows", []any{"mon-fri 18:00-22:00", "Sat,Sun"}, "Mon-Fri 18:00-22:00, Sat,Sun", ""},
		{"one window without a list", "QuietHours", "20:00-07:00", "20:00-07:00", ""},
		{"a window beside one that is none", "QuietHours", []any{"weekdays", "Sun 03:00-05:00"}, "Sun 03:00-05:00", "is not a window: \"weekdays\" is not a day of the week"},
		{"blackouts", "Blackouts", []any{"2026-12-21/2027-01-03", "2026-12-24"}, "2026-12-21/2027-01-03, 2026-12-24", ""},
		{"a blackout of two months is cut and not left out", "Blackouts", []any{"2026-12-01/2027-01-31"}, "2026-12-01/2026-12-31", "are 62 days, and only the first 31 are kept free"},
		{"a blackout that ends before it begins", "Blackouts", []any{"2027-01-03/2026-12-21"}, "nothing", "ends before it begins"},
		{"no time after a release by default", "MaxTimeAfterRelease", "", "nothing", ""},
		{"hours where seconds belong", "MaxTimeAfterRelease", uint64(48), "nothing", "another unit"},
	} {
		t.Run(c.name, func(t *testing.T) {
			set, _, problems := Read(Layer{"profile", map[string]any{c.key: c.value}})
			k, _ := KeyNamed(c.key)
			if got := k.Show(set); got != c.want {
				t.Errorf("read as %s, want %s", got, c.want)
			}
			said := ""
			for _, p := range problems {
				said += p.String()
			}
			if (said == "") != (c.problem == "") || !strings.Contains(said, c.problem) {
				t.Errorf("the problem is %q, want %q", said, c.problem)
			}
			if v, err := k.Canonical(c.value); c.problem == "" && c.want != "nothing" {
				again, _, more := Read(Layer{"again", map[string]any{c.key: v}})
				if err != nil || len(more) > 0 || k.Show(again) != c.want {
					t.Errorf("canonical %v (%v) reads as %s: %v", v, err, k.Show(again), more)
				}
			}
		})
	}
}
