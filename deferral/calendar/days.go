package calendar

import (
	"fmt"
	"strings"
	"time"

	"installordefer/internal/clock"
)

// MostDays is how many days in a row may be kept free. More would be a deadline
// that never comes.
const MostDays = 31

// Days are days in a row, both ends included.
type Days struct {
	first, last clock.Civil
}

// ParseDays reads "2026-12-21/2027-01-03" or "2026-12-24".
func ParseDays(text string) (Days, error) {
	a, b, isRange := strings.Cut(strings.TrimSpace(text), "/")
	first, err := parseDate(a)
	if err != nil {
		return Days{}, err
	}
	d := Days{first, first}
	if isRange {
		if d.last, err = parseDate(b); err != nil {
			return Days{}, err
		}
	}
	if d.last.Before(d.first) {
		return Days{}, fmt.Errorf("%s ends before it begins", text)
	}
	return d, nil
}

func parseDate(text string) (clock.Civil, error) {
	c, timed, err := clock.ParseCivil(strings.TrimSpace(text))
	if err != nil || timed {
		return clock.Civil{}, fmt.Errorf("%.40q is not a day; one looks like 2026-12-24", text)
	}
	return c, nil
}

// Count returns how many days there are.
func (d Days) Count() int { return int(d.last.Minus(d.first)/day) + 1 }

// Cut returns the first MostDays of d.
func (d Days) Cut() Days {
	if d.Count() > MostDays {
		d.last = d.first.Day(MostDays - 1)
	}
	return d
}

// String writes the days as ParseDays reads them.
func (d Days) String() string {
	const form = "2006-01-02"
	if d.first == d.last {
		return d.first.Format(form)
	}
	return d.first.Format(form) + "/" + d.last.Format(form)
}

// In returns when the days begin and end in a zone.
func (d Days) In(zone *time.Location) Span {
	return Span{d.first.Day(0).First(zone), d.last.Day(1).First(zone)}
}
