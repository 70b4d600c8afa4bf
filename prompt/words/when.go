package words

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"installordefer/internal/text"
)

// A Calendar writes clock times and dates for one person. On a Mac it asks
// Foundation, which knows whether they read 16:40 or 4:40 PM.
type Calendar interface {
	// Time writes a clock time, as "16:40".
	Time(t time.Time) string
	// Date writes a day and its month, as "3 December", with the year if asked.
	Date(t time.Time, year bool) string
}

const day = 24 * time.Hour

// A table is the catalogue's own calendar.
type table struct{ speech }

// Time implements Calendar.
func (c table) Time(t time.Time) string {
	minute := fmt.Sprintf("%02d", t.Minute())
	if c.text("time.hours") != "12" {
		return c.text("time.24", "hour", fmt.Sprintf("%02d", t.Hour()), "minute", minute)
	}
	half := c.text("time.am")
	if t.Hour() >= 12 {
		half = c.text("time.pm")
	}
	return c.text("time.12", "hour", strconv.Itoa((t.Hour()+11)%12+1), "minute", minute, "half", half)
}

// Date implements Calendar.
func (c table) Date(t time.Time, year bool) string {
	key := "date"
	if year {
		key = "date.year"
	}
	return c.text(key, "day", strconv.Itoa(t.Day()), "month", c.Months[t.Month()-1], "year", strconv.Itoa(t.Year()))
}

// A moment in time, as near as it is to another.
type nearness int

const (
	today nearness = iota
	tomorrow
	thisWeek
	far
)

// near says how far t is from now, each by the calendar of its own zone: daylight
// saving may begin in between. What is past and not of today is far: the name of
// a weekday would be read as the next.
func near(t, now time.Time) nearness {
	days := date(t).Sub(date(now)) / day
	switch {
	case days == 0:
		return today
	case days == 1:
		return tomorrow
	case 1 < days && days < 7:
		return thisWeek
	}
	return far
}

// date returns the day of t, such that the difference of two counts days.
func date(t time.Time) time.Time {
	y, m, d := t.Date()
	return time.Date(y, m, d, 0, 0, 0, 0, time.UTC)
}

// when says when something happens, as short as it is clear: "today at 16:40",
// "tomorrow at 09:00", "Tuesday at 16:40", "Tuesday, 24 November at 16:40".
func (s *Speaker) when(t, now time.Time) string {
	pairs := []string{"time", s.calendar.Time(t), "weekday", s.weekday(t)}
	switch near(t, now) {
	case today:
		return s.text("when.today", pairs...)
	case tomorrow:
		return s.text("when.tomorrow", pairs...)
	case thisWeek:
		return s.text("when.weekday", pairs...)
	}
	return s.onDate(t, now)
}

// onDate says when something happens with its date, and with its year where
// that is not now's: "Tuesday, 24 November at 16:40".
func (s *Speaker) onDate(t, now time.Time) string {
	year := t.Year() != now.Year()
	return s.text("when.date", "time", s.calendar.Time(t), "weekday", s.weekday(t), "date", s.calendar.Date(t, year))
}

func (s speech) weekday(t time.Time) string { return s.Weekdays[t.Weekday()] }

// byWhen returns the text of a button that names a moment: key.today,
// key.tomorrow or key.later.
func (s *Speaker) byWhen(key string, t, now time.Time) string {
	switch near(t, now) {
	case today:
		return s.text(key+".today", "time", s.calendar.Time(t))
	case tomorrow:
		return s.text(key+".tomorrow", "time", s.calendar.Time(t))
	}
	return s.text(key+".later", "when", s.when(t, now))
}

// duration returns what %DEFER_HOURS% stands for: days above two days, hours
// above two hours, minutes above one minute. At one minute and less soon is
// true.
func (s speech) duration(d time.Duration) (words string, soon bool) {
	switch {
	case d > 2*day:
		return s.count("unit.days", int64(text.Whole(d, day))), false
	case d > 2*time.Hour:
		return s.count("unit.hours", int64(text.Whole(d, time.Hour))), false
	case d > time.Minute:
		return s.count("unit.minutes", int64(text.Whole(d, time.Minute))), false
	}
	return s.text("unit.soon"), true
}

// choice names a deferral in the menu: "in 4 hours" where it is a whole number
// of days, hours or minutes, else its end.
func (s *Speaker) choice(length time.Duration, until, now time.Time) string {
	switch {
	case length%day == 0 && length >= 2*day:
		return s.count("choice.days", int64(length/day))
	case length%time.Hour == 0:
		return s.count("choice.hours", int64(length/time.Hour))
	case length%time.Minute == 0 && length < 2*time.Hour:
		return s.count("choice.minutes", int64(length/time.Minute))
	}
	return s.when(until, now)
}

// clock writes a countdown as a clock does: "9:32", "1:02:05". It rounds up, so
// that "0:01" is the last before the end.
func clock(d time.Duration) string {
	n := int64((max(d, 0) + time.Second - 1) / time.Second)
	if n >= 3600 {
		return fmt.Sprintf("%d:%02d:%02d", n/3600, n/60%60, n%60)
	}
	return fmt.Sprintf("%d:%02d", n/60, n%60)
}

// size returns a size in the units that macOS shows, powers of ten: "3.8 GB",
// "310 MB", "850 KB". An unknown size, below 0, gives nothing. Foundation's
// formatter follows the language of the program and takes no other, so that the
// table stands on a Mac too.
func (s speech) size(kib int64) string {
	if kib < 0 {
		return ""
	}
	b := float64(kib) * 1024
	in := func(key string, unit float64, decimals int) string {
		n := strconv.FormatFloat(b/unit, 'f', decimals, 64)
		return s.text(key, "n", strings.Replace(n, ".", s.text("decimal"), 1))
	}
	switch {
	case b < 999.5e3:
		return in("size.kb", 1e3, 0)
	case b < 9.95e6:
		return in("size.mb", 1e6, 1)
	case b < 999.5e6:
		return in("size.mb", 1e6, 0)
	}
	return in("size.gb", 1e9, 1)
}

// percent writes a fraction, rounded down: what is not finished is never 100 %.
func (s speech) percent(fraction float64) string {
	return s.percentOf(int(min(max(fraction, 0), 1) * 100))
}

func (s speech) percentOf(n int) string { return s.text("percent", "n", strconv.Itoa(n)) }
