package calendar

import (
	"fmt"
	"time"

	"installordefer/internal/clock"
)

// ParseTime reads a time of the day such as "09:30", as what a clock shows since
// midnight.
func ParseTime(text string) (time.Duration, error) {
	if len(text) == len("09:30") {
		if t, err := time.Parse("15:04", text); err == nil {
			return time.Duration(t.Hour())*time.Hour + time.Duration(t.Minute())*time.Minute, nil
		}
	}
	return 0, fmt.Errorf("%.40q is not a time of day; one looks like 06:30", text)
}

// parseEnd reads a time of the day, or "24:00" for its end.
func parseEnd(text string) (time.Duration, error) {
	if text == "24:00" {
		return day, nil
	}
	return ParseTime(text)
}

// FormatTime writes a time of the day as ParseTime reads it. Past the end of the
// day it is one of the next.
func FormatTime(d time.Duration) string {
	if d > day {
		d -= day
	}
	return fmt.Sprintf("%02d:%02d", int(d.Hours()), int(d.Minutes())%60)
}

// NextTime returns the first instant after another at which a clock in the zone
// comes to a time of the day. It comes there once in each day: where the clock is
// put back over it, the first time, and where it skips it, with the jump.
func NextTime(at time.Duration, after time.Time, zone *time.Location) time.Time {
	today := clock.CivilOf(after, zone)
	for n := 0; ; n++ {
		if t := today.Day(n).Plus(at).First(zone); t.After(after) {
			return t
		}
	}
}
