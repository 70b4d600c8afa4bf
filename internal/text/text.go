// Package text says times and lengths of time, in English, as the log, status and
// the stories of rehearsals do, and cuts what is too long for them.
//
// What must hold here: there is one form for a time and one for a length, and one
// rule for rounding, which the dialogs follow in their languages, too. A person
// never counts on time that is not there.
package text

import (
	"strconv"
	"strings"
	"time"
)

const day = 24 * time.Hour

// Time says when something is or was: "2026-11-23 15:30:00 CET".
func Time(t time.Time, zone *time.Location) string {
	return t.In(zone).Format("2006-01-02 15:04:05 MST")
}

// At says it in the zone that the time is in.
func At(t time.Time) string { return Time(t, t.Location()) }

// Cut returns a text of at most most bytes as it is, and of a longer one the whole
// characters that begin it, with an ellipsis.
func Cut(s string, most int) string {
	if len(s) <= most {
		return s
	}
	return strings.ToValidUTF8(s[:most], "") + "…"
}

// Length says how long something takes or took, in its two largest units:
// "90 seconds", "5 minutes", "1 hour", "2 hours and 1 minute", "3 days". Less than
// nothing is nothing.
func Length(d time.Duration) string {
	switch {
	case d > 0 && d < time.Second:
		return Count(Whole(d, time.Millisecond), "millisecond")
	case d <= 90*time.Second && (d <= 0 || d%time.Minute != 0):
		return Count(Whole(d, time.Second), "second")
	case d <= 90*time.Minute && d%time.Hour != 0:
		return Count(Whole(d, time.Minute), "minute")
	case d <= 2*day && d%day != 0:
		m := Whole(d, time.Minute)
		return both(m/60, "hour", m%60, "minute")
	}
	h := Whole(d, time.Hour)
	return both(h/24, "day", h%24, "hour")
}

// Exact says a length that somebody has set, to the second: "1 day, 2 hours and 5
// minutes".
func Exact(d time.Duration) string {
	said := ""
	left := max(d, 0).Truncate(time.Second)
	for _, u := range []struct {
		length time.Duration
		name   string
	}{{day, "day"}, {time.Hour, "hour"}, {time.Minute, "minute"}, {time.Second, "second"}} {
		n := int(left / u.length)
		left %= u.length
		switch {
		case n == 0:
		case said == "":
			said = Count(n, u.name)
		case left == 0:
			said += " and " + Count(n, u.name)
		default:
			said += ", " + Count(n, u.name)
		}
	}
	if said == "" {
		return "0 seconds"
	}
	return said
}

// Whole returns how many units are in d. It rounds down, and forgives a twelfth
// of a unit: three days less the minutes that a download took are three days.
func Whole(d, unit time.Duration) int { return int((max(d, 0) + unit/12) / unit) }

// Count says a number of things: "1 day", "2 days".
func Count(n int, thing string) string {
	if n == 1 {
		return "1 " + thing
	}
	return strconv.Itoa(n) + " " + thing + "s"
}

func both(n int, large string, m int, small string) string {
	if m == 0 {
		return Count(n, large)
	}
	return Count(n, large) + " and " + Count(m, small)
}
