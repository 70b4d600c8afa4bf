package calendar

import (
	"sort"
	"time"

	"installordefer/internal/clock"
)

// A Span is the time from From up to To. A zero To is no end.
type Span struct{ From, To time.Time }

// Has tells whether t lies in the span.
func (s Span) Has(t time.Time) bool {
	return !t.Before(s.From) && (s.To.IsZero() || t.Before(s.To))
}

// A Calendar says when something may happen.
type Calendar struct {
	// Windows are when it may happen; empty: always.
	Windows []Window
	// Quiet are hours in which it may not happen, and Blackouts days.
	Quiet     []Window
	Blackouts []Days
	Zone      *time.Location
}

// far is how far ahead a calendar is looked at. What is open for longer than
// that, or closed, is so for good as far as anybody can plan.
const far = 400 * day

// Next returns the first opening that has not ended at from; it does not begin
// before from. It is false where the calendar never opens.
func (c Calendar) Next(from time.Time) (Span, bool) {
	at := from
	for end := from.Add(far); at.Before(end); {
		if until, closed := c.closed(at); closed {
			if until.IsZero() {
				return Span{}, false
			}
			at = until
			continue
		}
		open := Span{From: at}
		if len(c.Windows) > 0 {
			w, ok := nextWindow(c.Windows, at, c.Zone)
			if !ok {
				return Span{}, false
			}
			if at.Before(w.From) {
				at = w.From
				continue
			}
			open.To = w.To
		}
		if first, ok := c.nextClosing(at); ok && (open.To.IsZero() || first.Before(open.To)) {
			open.To = first
		}
		return open, true
	}
	return Span{}, false
}

// Open tells whether it may happen at a time, and if not, when it may; zero
// where that is never.
func (c Calendar) Open(at time.Time) (open bool, next time.Time) {
	s, ok := c.Next(at)
	if !ok {
		return false, time.Time{}
	}
	return s.From.Equal(at), s.From
}

// Openings returns the next n openings.
func (c Calendar) Openings(from time.Time, n int) []Span {
	var out []Span
	for len(out) < n {
		s, ok := c.Next(from)
		if !ok {
			return out
		}
		out = append(out, s)
		if s.To.IsZero() {
			return out
		}
		from = s.To
	}
	return out
}

// closed tells whether quiet hours or a blackout are on, and until when; zero
// is for good.
func (c Calendar) closed(at time.Time) (until time.Time, closed bool) {
	for _, b := range c.Blackouts {
		if s := b.In(c.Zone); s.Has(at) && s.To.After(until) {
			until, closed = s.To, true
		}
	}
	if w, ok := nextWindow(c.Quiet, at, c.Zone); ok && w.Has(at) && (w.To.IsZero() || w.To.After(until)) {
		until, closed = w.To, true
	}
	return until, closed
}

// nextClosing returns when quiet hours or a blackout begin next.
func (c Calendar) nextClosing(at time.Time) (time.Time, bool) {
	var first time.Time
	take := func(t time.Time) {
		if t.After(at) && (first.IsZero() || t.Before(first)) {
			first = t
		}
	}
	for _, b := range c.Blackouts {
		take(b.In(c.Zone).From)
	}
	if w, ok := nextWindow(c.Quiet, at, c.Zone); ok {
		take(w.From)
	}
	return first, !first.IsZero()
}

// Cap returns when a delay that began at from has lasted for most, the days of
// blackouts not counted.
func (c Calendar) Cap(from time.Time, most time.Duration) time.Time {
	blackouts := make([]Span, len(c.Blackouts))
	for i, b := range c.Blackouts {
		blackouts[i] = b.In(c.Zone)
	}
	inOrder(blackouts)
	at := from
	for _, b := range blackouts {
		if !b.To.After(at) {
			continue
		}
		if before := b.From.Sub(at); before >= most {
			break
		} else if before > 0 {
			most -= before
		}
		at = b.To
	}
	return at.Add(most)
}

// nextWindow returns the first stretch of a union of windows that has not ended
// at a time. Windows that touch are one stretch; one that goes on for longer than
// two weeks has no end.
func nextWindow(windows []Window, at time.Time, zone *time.Location) (Span, bool) {
	spans := around(windows, at, zone)
	for len(spans) > 0 && !spans[0].To.After(at) {
		spans = spans[1:]
	}
	if len(spans) == 0 {
		return Span{}, false
	}
	out := spans[0]
	for _, s := range spans[1:] {
		if s.From.After(out.To) {
			return out, true
		}
		if s.To.After(out.To) {
			out.To = s.To
		}
	}
	if out.To.Sub(at) > (ahead-2)*day {
		out.To = time.Time{}
	}
	return out, true
}

// ahead is how many days of windows are looked at: a week for the next one, and
// another to see whether it ends.
const ahead = 16

// around returns all stretches of windows from the day before yesterday on, in
// the order in which they begin.
func around(windows []Window, at time.Time, zone *time.Location) []Span {
	today := clock.CivilOf(at, zone)
	var spans []Span
	for n := -2; n <= ahead; n++ {
		for _, w := range windows {
			if s, ok := w.on(today.Day(n), zone); ok {
				spans = append(spans, s)
			}
		}
	}
	inOrder(spans)
	return spans
}

// inOrder sorts stretches by when they begin.
func inOrder(spans []Span) {
	sort.SliceStable(spans, func(i, j int) bool { return spans[i].From.Before(spans[j].From) })
}
