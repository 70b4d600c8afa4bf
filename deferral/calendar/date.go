package calendar

import (
	"strings"
	"time"

	"installordefer/internal/clock"
)

// A Date is a day that an administrator names, with or without a time of day. It
// is by the clock of the zone in which a Mac is when it first reads it.
type Date struct {
	reading clock.Civil
	timed   bool
}

// ParseDate reads "2026-12-04T18:00" or "2026-12-04", which is the end of that
// day.
func ParseDate(text string) (Date, error) {
	c, timed, err := clock.ParseCivil(strings.TrimSpace(text))
	return Date{c, timed}, err
}

// Known tells whether d is a date at all.
func (d Date) Known() bool { return d.reading.Known() }

// Timed tells whether d has a time of day.
func (d Date) Timed() bool { return d.timed }

// In returns the instant in a zone: of a day without a time of day its end. Where
// the clock is put back over it, it is the later one.
func (d Date) In(zone *time.Location) time.Time {
	if !d.timed {
		return d.reading.Day(1).First(zone)
	}
	return d.reading.Last(zone)
}

// Start returns the instant at which the day of d begins in a zone.
func (d Date) Start(zone *time.Location) time.Time { return d.reading.Day(0).First(zone) }

// String writes the date as ParseDate reads it.
func (d Date) String() string {
	switch s := d.reading.String(); {
	case !d.timed:
		return s[:len("2026-12-04")]
	default:
		return strings.TrimSuffix(s, ":00")
	}
}
