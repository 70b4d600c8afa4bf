package calendar

import (
	"testing"
	"time"

	_ "time/tzdata"
)

func TestADateIsAnInstantInAZone(t *testing.T) {
	for _, tt := range []struct{ text, zone, want, start string }{
		{"2026-12-04T18:00", "Europe/Berlin", "2026-12-04T17:00:00Z", "2026-12-03T23:00:00Z"},
		{"2026-12-04", "Europe/Berlin", "2026-12-04T23:00:00Z", "2026-12-03T23:00:00Z"},
		{"2026-12-04T18:00:30", "America/Los_Angeles", "2026-12-05T02:00:30Z", "2026-12-04T08:00:00Z"},
		{"2026-10-25T02:30", "Europe/Berlin", "2026-10-25T01:30:00Z", "2026-10-24T22:00:00Z"},
		{"2026-03-29T02:30", "Europe/Berlin", "2026-03-29T01:00:00Z", "2026-03-28T23:00:00Z"},
	} {
		zone, err := time.LoadLocation(tt.zone)
		if err != nil {
			t.Fatal(err)
		}
		d, err := ParseDate(tt.text)
		if err != nil || d.String() != tt.text || !d.Known() {
			t.Fatalf("%s is read as %v: %v", tt.text, d, err)
		}
		if got := d.In(zone).UTC().Format(time.RFC3339); got != tt.want {
			t.Errorf("%s in %s is %s, want %s", tt.text, tt.zone, got, tt.want)
		}
		if got := d.Start(zone).UTC().Format(time.RFC3339); got != tt.start {
			t.Errorf("the day of %s in %s begins at %s, want %s", tt.text, tt.zone, got, tt.start)
		}
	}
	if (Date{}).Known() {
		t.Error("no date is known")
	}
}
