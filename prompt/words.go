package prompt

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
)

// The words for times follow one rule. They round down, because a person must
// never count on time that is not there, but forgive a twelfth of the smallest
// unit that is named: three days less the minutes that the first download took
// are "3 days". So a text promises at most two hours too much in days, five
// minutes in hours, five seconds in minutes.

const day = 24 * time.Hour

// whole returns how many units are in d.
func whole(d, unit time.Duration) int64 { return int64((d + unit/12) / unit) }

// count returns n with the unit's name, as "1 day" and "3 days".
func count(n int64, unit string) string {
	if n == 1 {
		return "1 " + unit
	}
	return strconv.FormatInt(n, 10) + " " + unit + "s"
}

// deferWords returns what %DEFER_HOURS% stands for: days above two days, hours
// above two hours, minutes above one minute. At one minute and less soon is
// true, and the words are those for a placeholder that stands by itself.
func deferWords(d time.Duration) (words string, soon bool) {
	switch {
	case d > 2*day:
		return count(whole(d, day), "day"), false
	case d > 2*time.Hour:
		return count(whole(d, time.Hour), "hour"), false
	case d > time.Minute:
		return count(whole(d, time.Minute), "minute"), false
	}
	return "less than a minute", true
}

// InWords returns the time left d for a text that is kept true while it is on
// the screen: "2 days 5 hours", "3 hours 20 minutes", "12 minutes",
// "less than a minute", "no time".
func InWords(d time.Duration) string {
	switch {
	case d <= 0:
		return "no time"
	case d < time.Minute-time.Minute/12:
		return "less than a minute"
	case d < time.Hour-time.Minute/12:
		return count(whole(d, time.Minute), "minute")
	case d < day-time.Minute/12:
		return two(whole(d, time.Minute), 60, "hour", "minute")
	}
	return two(whole(d, time.Hour), 24, "day", "hour")
}

// countdownInWords returns d to the second: "9 minutes 59 seconds",
// "1 minute", "1 second". It rounds up, so that "1 second" is the last text
// before the end.
func countdownInWords(d time.Duration) string {
	s := seconds(d)
	if s >= 3600 {
		return two(s/60, 60, "hour", "minute")
	}
	return two(s, 60, "minute", "second")
}

// two returns n small units as big ones and the rest.
func two(n, per int64, big, small string) string {
	switch {
	case n < per:
		return count(n, small)
	case n%per == 0:
		return count(n/per, big)
	}
	return count(n/per, big) + " " + count(n%per, small)
}

// dateInWords returns t in its own zone as "Tuesday, 24 November at 16:40",
// with the year when it is not now's: "Friday, 1 January 2027 at 09:00".
func dateInWords(t, now time.Time) string {
	if t.Year() != now.In(t.Location()).Year() {
		return t.Format("Monday, 2 January 2006 at 15:04")
	}
	return t.Format("Monday, 2 January at 15:04")
}

// atInWords returns when something happens, as short as it is clear: "at 16:40"
// on the day of now, "on Tuesday at 16:40" within six days, else with the date.
func atInWords(t, now time.Time) string {
	now = now.In(t.Location())
	switch {
	case t.YearDay() == now.YearDay() && t.Year() == now.Year():
		return "at " + t.Format("15:04")
	case t.After(now) && t.Sub(now) < 6*day:
		return "on " + t.Format("Monday at 15:04")
	}
	return "on " + dateInWords(t, now)
}

// sizeWords returns a size in the units that macOS shows, powers of ten:
// "3.8 GB", "310 MB", "850 KB". An unknown size, below 0, gives "".
func sizeWords(kib int64) string {
	if kib < 0 {
		return ""
	}
	b := float64(kib) * 1024
	switch {
	case b < 999.5e3:
		return fmt.Sprintf("%.0f KB", b/1e3)
	case b < 9.95e6:
		return fmt.Sprintf("%.1f MB", b/1e6)
	case b < 999.5e6:
		return fmt.Sprintf("%.0f MB", b/1e6)
	}
	return fmt.Sprintf("%.1f GB", b/1e9)
}

// ShownName returns the name of the update on one line.
func (i Item) ShownName() string { return plain(i.Name) }

// listInWords joins names as an English sentence does: "A", "A and B", "A, B, and C".
// A name that comes twice is named once.
func listInWords(names []string) string {
	var once []string
	for _, n := range names {
		if n != "" && !slices.Contains(once, n) {
			once = append(once, n)
		}
	}
	switch len(once) {
	case 0:
		return ""
	case 1:
		return once[0]
	case 2:
		return once[0] + " and " + once[1]
	}
	last := len(once) - 1
	return strings.Join(once[:last], ", ") + ", and " + once[last]
}

// OneLine makes text that comes from outside fit to stand in a sentence.
func OneLine(s string) string { return plain(s) }

// plain makes text that comes from outside fit to stand in a sentence: white
// space and control characters become single blanks.
func plain(s string) string {
	f := strings.FieldsFunc(strings.ToValidUTF8(s, "\uFFFD"), func(r rune) bool {
		return r != '\u00a0' && (unicode.IsSpace(r) || unicode.IsControl(r))
	})
	return strings.Join(f, " ")
}

// Mechanism returns where on a Mac with that version of macOS a person
// installs updates, as %UPDATE_MECHANISM% names it. A version that cannot be
// read counts as a current one.
func Mechanism(osVersion string) string {
	major, rest, _ := strings.Cut(osVersion, ".")
	minor, _, _ := strings.Cut(rest, ".")
	m, err := strconv.Atoi(major)
	n, _ := strconv.Atoi(minor)
	switch {
	case err != nil || m >= 13:
		return "System Settings > General > Software Update"
	case m >= 11 || m == 10 && n >= 14:
		return "System Preferences > Software Update"
	}
	return "App Store > Updates"
}
