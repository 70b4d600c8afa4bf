package calendar

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"installordefer/internal/clock"
)

// A Window is a stretch of time that recurs on days of the week: "Mon-Fri
// 18:00-22:00". It may go on past midnight.
type Window struct {
	// days are those on which it begins, Sunday first.
	days [7]bool
	// from and to are on the clock of the day on which it begins. To is later
	// than from, and past 24 hours in the next day.
	from, to time.Duration
}

const day = 24 * time.Hour

// dayNames are the names of the days, Sunday first. Three letters are enough.
var dayNames = [7]string{"sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"}

// mondayFirst is the order in which days are written.
var mondayFirst = [7]time.Weekday{1, 2, 3, 4, 5, 6, 0}

// ParseWindow reads a window: days, times, or both, such as "Mon-Fri
// 18:00-22:00", "Sat,Sun", "22:00-06:00" or "Fri-Mon 22:00-06:00". Days alone are whole
// days, times alone count for every day.
func ParseWindow(text string) (Window, error) {
	fields := strings.Fields(text)
	w := Window{days: [7]bool{true, true, true, true, true, true, true}, to: day}
	var err error
	if len(fields) > 0 && !strings.Contains(fields[0], ":") {
		if w.days, err = parseDays(fields[0]); err != nil {
			return Window{}, err
		}
		fields = fields[1:]
	} else if len(fields) == 0 {
		return Window{}, fmt.Errorf("empty")
	}
	if len(fields) > 1 {
		return Window{}, fmt.Errorf("more than days and times: write a further window for %.40q", fields[1])
	}
	if len(fields) == 1 {
		if w.from, w.to, err = parseTimes(fields[0]); err != nil {
			return Window{}, err
		}
	}
	return w, nil
}

// parseDays reads "Mon-Fri", "Sat,Sun" or "Mon,Wed-Fri".
func parseDays(text string) (days [7]bool, err error) {
	for part := range strings.SplitSeq(text, ",") {
		name, last, isRange := strings.Cut(part, "-")
		from, err := parseDay(name)
		if err != nil {
			return days, err
		}
		to := from
		if isRange {
			if to, err = parseDay(last); err != nil {
				return days, err
			}
		}
		for d := from; ; d = (d + 1) % 7 {
			days[d] = true
			if d == to {
				break
			}
		}
	}
	return days, nil
}

func parseDay(name string) (time.Weekday, error) {
	lower := strings.ToLower(name)
	for i, full := range dayNames {
		if len(lower) >= 3 && strings.HasPrefix(full, lower) {
			return time.Weekday(i), nil
		}
	}
	return 0, fmt.Errorf("%.40q is not a day of the week; they are Mon, Tue, Wed, Thu, Fri, Sat and Sun", name)
}

// parseTimes reads "18:00-22:00", or "22:00-06:00" for a night.
func parseTimes(text string) (from, to time.Duration, err error) {
	a, b, isRange := strings.Cut(text, "-")
	if !isRange {
		return 0, 0, fmt.Errorf("%.40q has no end; write 18:00-22:00", text)
	}
	if from, err = parseEnd(a); err != nil {
		return 0, 0, err
	}
	if to, err = parseEnd(b); err != nil {
		return 0, 0, err
	}
	switch {
	case from == day:
		return 0, 0, fmt.Errorf("begins at 24:00; write 00:00 of the next day")
	case from == to:
		return 0, 0, fmt.Errorf("%s has no length; for a whole day give the day alone", text)
	case to < from:
		to += day
	}
	return from, to, nil
}

// String writes the window as ParseWindow reads it.
func (w Window) String() string {
	if w.from == 0 && w.to == day {
		return w.dayText()
	}
	times := FormatTime(w.from) + "-" + FormatTime(w.to)
	if !slices.Contains(w.days[:], false) {
		return times
	}
	return w.dayText() + " " + times
}

func (w Window) dayText() string {
	var parts []string
	for i := 0; i < len(mondayFirst); i++ {
		if !w.days[mondayFirst[i]] {
			continue
		}
		from := i
		for i+1 < len(mondayFirst) && w.days[mondayFirst[i+1]] {
			i++
		}
		switch name := mondayFirst[from].String()[:3]; i - from {
		case 0:
			parts = append(parts, name)
		case 1:
			parts = append(parts, name, mondayFirst[i].String()[:3])
		default:
			parts = append(parts, name+"-"+mondayFirst[i].String()[:3])
		}
	}
	return strings.Join(parts, ",")
}

// on returns the window that begins on the day of c; ok is false where none
// does. It opens when the clock first shows its start and closes when the clock
// last shows its end. One that the clock would skip as a whole opens at the jump.
func (w Window) on(c clock.Civil, zone *time.Location) (s Span, ok bool) {
	if !w.days[c.Weekday()] {
		return Span{}, false
	}
	start, end := c.Day(0).Plus(w.from), c.Day(0).Plus(w.to)
	s = Span{start.First(zone), end.Last(zone)}
	if !s.To.After(s.From) {
		s.To = s.From.Add(w.to - w.from)
	}
	return s, true
}
