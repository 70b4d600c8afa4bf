package clock

import (
	"fmt"
	"time"
)

// A Civil is what a clock on the wall reads: a date and a time of day, and no
// zone. Which instant it means is known only together with one.
type Civil struct {
	reading time.Time // in UTC, so that no day is shorter than another
}

// civilForms are the forms that ParseCivil reads, those with a time of day first.
var civilForms = [...]string{"2006-01-02T15:04:05", "2006-01-02T15:04", "2006-01-02"}

// The years that a reading can lie in. Others are typing errors.
const firstYear, lastYear = 2001, 2199

// ParseCivil reads "2026-12-04T18:00:00", "2026-12-04T18:00" or "2026-12-04".
// Of a text without a time of day timed is false, and the reading is midnight.
func ParseCivil(text string) (c Civil, timed bool, err error) {
	for _, form := range civilForms {
		if len(text) != len(form) {
			continue
		}
		t, err := time.Parse(form, text)
		if err != nil || t.Year() < firstYear || t.Year() > lastYear {
			break
		}
		return Civil{t}, len(form) > len("2006-01-02"), nil
	}
	return Civil{}, false, fmt.Errorf("%.40q is not a date; one looks like 2026-12-04T18:00 or 2026-12-04", text)
}

// CivilOf returns what a clock in the zone reads at t, in whole seconds.
func CivilOf(t time.Time, zone *time.Location) Civil {
	l := t.In(zone)
	return Civil{time.Date(l.Year(), l.Month(), l.Day(), l.Hour(), l.Minute(), l.Second(), 0, time.UTC)}
}

// Known tells whether c is a reading at all.
func (c Civil) Known() bool { return !c.reading.IsZero() }

// Day returns the midnight at which the day of c begins, n days later.
func (c Civil) Day(n int) Civil {
	y, m, d := c.reading.Date()
	return Civil{time.Date(y, m, d+n, 0, 0, 0, 0, time.UTC)}
}

// Plus returns the reading that is d further on the dial.
func (c Civil) Plus(d time.Duration) Civil { return Civil{c.reading.Add(d)} }

// Minus returns how far c is from o on the dial.
func (c Civil) Minus(o Civil) time.Duration { return c.reading.Sub(o.reading) }

// Before tells whether c comes before o on the calendar.
func (c Civil) Before(o Civil) bool { return c.reading.Before(o.reading) }

// Weekday returns the day of the week.
func (c Civil) Weekday() time.Weekday { return c.reading.Weekday() }

// Format writes c in a layout of package time.
func (c Civil) Format(layout string) string { return c.reading.Format(layout) }

func (c Civil) String() string { return c.Format(civilForms[0]) }

// First returns the first instant at which a clock in the zone reads c. Where
// the clock skips that reading it is the instant of the jump.
func (c Civil) First(zone *time.Location) time.Time {
	a, b, there := c.instants(zone)
	switch {
	case !there:
		start, _ := a.In(zone).ZoneBounds()
		return start.UTC()
	case b.Before(a):
		return b
	}
	return a
}

// Last returns the last instant at which a clock in the zone reads c: the second
// one where the clock is put back over it.
func (c Civil) Last(zone *time.Location) time.Time {
	a, b, there := c.instants(zone)
	switch {
	case !there:
		return c.First(zone)
	case b.Before(a):
		return a
	}
	return b
}

// instants returns the instants that c means by the offsets that the zone has a
// good day before and after it; they are the same but for the hours around a
// change. Where the clock never reads c, there is false, and a lies behind the
// jump.
func (c Civil) instants(zone *time.Location) (a, b time.Time, there bool) {
	by := func(about time.Time) (t time.Time, reads bool) {
		_, offset := about.In(zone).Zone()
		t = c.reading.Add(-time.Duration(offset) * time.Second)
		return t, CivilOf(t, zone) == c
	}
	// The largest jump that a zone has made, over the date line, is a day.
	const good = 26 * time.Hour
	a, before := by(c.reading.Add(-good))
	b, after := by(c.reading.Add(good))
	switch {
	case before && after:
		return a, b, true
	case before:
		return a, a, true
	case after:
		return b, b, true
	}
	return a, b, false
}
