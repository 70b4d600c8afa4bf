package deferral

import (
	"fmt"
	"strings"
	"time"

	"installordefer/deferral/settings"
	"installordefer/internal/clock"
	"installordefer/internal/text"
)

// Bounds of the bookkeeping.
const (
	// markEvery is how often the time spent is written down. It is the most
	// that setting the clock back can gain for each start of the Mac.
	markEvery = time.Hour
	// clockMoved is by how much the wall clock must be away from where it was
	// for a deferral to be told again. Clocks drift by seconds in a day.
	clockMoved = 2 * time.Minute
	// believable is the earliest wall clock that is believed. A Mac with an
	// empty battery starts in an earlier year until it has asked the time.
	believable = 1735689600 // 2025-01-01 UTC
	// leftOver is how long ago an adopted deadline may have passed. An older
	// one is a remnant of some earlier round, not a promise to anybody.
	leftOver = 30 * 24 * time.Hour
)

// maxDeferral is the time that settings allow from the first sighting to the
// deadline, before any workday shift.
func maxDeferral(s settings.Settings) time.Duration {
	if s.SkipDeferral {
		return 0
	}
	return s.MaxDeferralTime
}

// otherDeferral says what has changed since was was the time from the first
// sighting to the deadline.
func otherDeferral(s settings.Settings, was time.Duration) string {
	switch {
	case s.SkipDeferral:
		return "SkipDeferral is now set"
	case was == 0:
		return fmt.Sprintf("SkipDeferral is no longer set and MaxDeferralTime is %s", text.Exact(s.MaxDeferralTime))
	}
	return fmt.Sprintf("MaxDeferralTime is now %s instead of %s", text.Exact(s.MaxDeferralTime), text.Exact(was))
}

// longestDay is as far as the next time of the day can be off: on the day on
// which the clock is put back, and not offered because it is too near.
const longestDay = 26 * time.Hour

// longestOffered is the longest deferral that the settings offer.
func longestOffered(s settings.Settings) time.Duration {
	longest := s.DeferralPeriod
	for _, c := range s.DeferralChoices {
		longest = max(longest, c)
	}
	if len(s.DeferralTimes) > 0 {
		longest = max(longest, longestDay)
	}
	return longest
}

// otherSources says what has changed about the sources of the deadline; it is
// empty where nothing has.
func (s State) otherSources(set settings.Settings, now clock.Moment, zone *time.Location) string {
	var parts []string
	if was := s.Round.MaxDeferral; was != maxDeferral(set) {
		parts = append(parts, otherDeferral(set, was))
	}
	if limits := limitChanges(s.Round.Limits, s.limits(set, now, zone)); limits != "" {
		parts = append(parts, limits)
	}
	return strings.Join(parts, ", and ")
}

// shiftWorkday moves a deadline that falls inside the workday to the end of
// that workday. It applies once, when the deadline is set, and to every day of
// the week alike. A deadline without deferral is not moved.
func shiftWorkday(deadline time.Time, s settings.Settings, zone *time.Location) time.Time {
	if s.WorkdayStartHour < 0 || s.WorkdayEndHour < 0 || maxDeferral(s) == 0 {
		return deadline
	}
	local := deadline.In(zone)
	if h := local.Hour(); h < s.WorkdayStartHour || h >= s.WorkdayEndHour {
		return deadline
	}
	year, month, day := local.Date()
	end := time.Date(year, month, day, s.WorkdayEndHour, 0, 0, 0, zone)
	if end.Before(deadline) { // the hour that a change of daylight saving repeats
		return deadline
	}
	return end.UTC()
}

// begin starts a round at now, or a new reckoning of its deadline.
func (s State) begin(set settings.Settings, now clock.Moment, zone *time.Location) State {
	began := now
	began.Wall = began.Wall.Truncate(time.Second)
	s.Round.Began, s.Round.Mark, s.Round.Spent, s.Round.Limits = began, now, 0, nil
	s.Round.Limits = s.limits(set, now, zone)
	return s.reckon(set, zone)
}

// reckon sets the deadline from the first sighting and the settings: the earliest
// of all sources. What is no time from the first sighting, such as a date, leaves
// MinimumNotice at least. The last deferral has its own, and is told by the clock of
// the day on which it was chosen, which may be behind the one of the first sighting.
func (s State) reckon(set settings.Settings, zone *time.Location) State {
	r := &s.Round
	r.MaxDeferral, r.Noticed = maxDeferral(set), false
	deadline, key := r.earliest()
	least := r.Began.Wall.Add(min(set.MinimumNotice, r.MaxDeferral))
	if key != "MaxDeferrals" && deadline.Before(least) {
		deadline, r.Noticed = least, true
	}
	r.Deadline = shiftWorkday(deadline, set, zone)
	r.Allowed = r.Deadline.Sub(r.Began.Wall)
	s.ForcedAfter = r.Deadline
	return s
}

// deferFor starts a deferral of d, which never reaches past the deadline; past
// it there is none.
func (s State) deferFor(d time.Duration, by Cause, now clock.Moment) State {
	if left := s.TimeLeft(now); d >= left {
		d, by = left, byDeadline
	}
	if d <= 0 {
		return s.undeferred()
	}
	s.Round.DeferredBy = by
	at := now
	at.Wall = at.Wall.Truncate(time.Second)
	s.Round.DeferredAt = at
	// Stored in whole seconds: rounded up, so that no prompt comes early,
	// and then not past the deadline.
	until := at.Wall.Add((d + time.Second - 1).Truncate(time.Second))
	if until.After(s.ForcedAfter) {
		until = s.ForcedAfter
	}
	s.DeferredUntil, s.Round.DeferredTo = until, until
	return s
}

// undeferred ends the deferral.
func (s State) undeferred() State {
	r := &s.Round
	s.DeferredUntil, r.DeferredTo, r.DeferredAt, r.DeferredBy = time.Time{}, time.Time{}, clock.Moment{}, unknownCause
	return s
}

// Settle brings a state that was read from disk in line with the clocks, the
// settings and what an administrator may have written into it. It returns the
// same state when there is nothing to do; the notes say in words what was
// changed, one log line each.
func Settle(s State, set settings.Settings, now clock.Moment, zone *time.Location) (State, []string) {
	if !s.Active() {
		return s.markedIfDue(now), nil
	}
	s = s.left(now) // a deadline between two rounds is of somebody's hand
	var notes []string
	note := func(format string, args ...any) { notes = append(notes, fmt.Sprintf(format, args...)) }
	show := func(t time.Time) string { return text.Time(t, zone) }

	if s.Round.Mark == (clock.Moment{}) {
		s = s.adopt(set, now)
		note("Took over the deadline %s.", show(s.ForcedAfter))
	}
	r := &s.Round
	if r.Began.Wall.Unix() < believable && now.Wall.Unix() >= believable {
		var where string
		s, where = s.byTheRightClock(now).reckonAgain(set, now, zone, show)
		note("The clock was wrong when the updates were first seen. By the right one %s.", where)
	}
	if ahead := s.setForward(now); ahead >= setForwardLeast {
		s = s.movedOn(ahead)
		note("The clock was set forward. By it the deadline is %s.", show(s.ForcedAfter))
	}
	if !s.ForcedAfter.Equal(r.Deadline) {
		var said string
		s, said = s.changedByHand(set, now, show)
		notes = append(notes, said)
	}
	if why := s.otherSources(set, now, zone); why != "" {
		var where string
		s, where = s.reckonAgain(set, now, zone, show)
		note("%s, so %s.", why, where)
	}
	r.Hold = s.holdOf(set, now, zone)
	s = s.markedIfDue(now)
	s, more := s.settleDeferral(set, now, show)
	return s, append(notes, more...)
}

// adopt makes a round out of a deadline that came without one: from the
// original, or from an administrator's hand. It is capped as the original did, and
// one that passed long ago is a left-over and begins again.
func (s State) adopt(set settings.Settings, now clock.Moment) State {
	at := now
	at.Wall = at.Wall.Truncate(time.Second)
	most := at.Wall.Add(maxDeferral(set))
	if s.ForcedAfter.After(most) || s.ForcedAfter.Before(at.Wall.Add(-leftOver)) {
		s.ForcedAfter = most
	}
	r := &s.Round
	r.Began, r.Mark, r.Spent, r.Notices = at, now, 0, nil
	r.Deadline, r.MaxDeferral = s.ForcedAfter, maxDeferral(set)
	r.Allowed = max(s.ForcedAfter.Sub(at.Wall), 0)
	return s
}

// deferredTrulyUntil returns what the wall clock of now will tell when the
// deferral ends, in whole seconds and never too early.
func (s State) deferredTrulyUntil(now clock.Moment) time.Time {
	return now.Wall.Add(s.DeferralLeft(now) + time.Second - 1).Truncate(time.Second)
}

// settleDeferral keeps the deferral within its bounds.
func (s State) settleDeferral(set settings.Settings, now clock.Moment, show func(time.Time) string) (State, []string) {
	r := &s.Round
	if s.DeferredUntil.IsZero() {
		return s.undeferred(), nil
	}
	at := now
	at.Wall = at.Wall.Truncate(time.Second)
	var notes []string
	if !s.DeferredUntil.Equal(r.DeferredTo) {
		notes = append(notes, fmt.Sprintf("The end of the deferral was changed by hand to %s.", show(s.DeferredUntil)))
		r.DeferredAt, r.DeferredTo, r.DeferredBy = at, s.DeferredUntil, byHand
	} else if r.DeferredAt.Boot != now.Boot {
		// Counted again on this start's continuous clock, so that a wall
		// clock set back cannot stretch the deferral again and again.
		r.DeferredAt = at
	} else if until := s.deferredTrulyUntil(now); until.After(now.Wall) && until.Sub(s.DeferredUntil).Abs() >= clockMoved && !until.After(s.ForcedAfter) {
		// Told by the clock of now, so that the deferral ends in time after a
		// restart of the Mac, too.
		notes = append(notes, fmt.Sprintf("The clock was set. By it the deferral ends at %s.", show(until)))
		r.DeferredAt, s.DeferredUntil, r.DeferredTo = at, until, until
	}
	if longest := longestOffered(set); s.DeferralLeft(now) > longest {
		key, by := longestSetting(set)
		ends := "now"
		if s = s.deferFor(longest, by, now); !s.DeferredUntil.IsZero() {
			ends = "at " + show(s.DeferredUntil)
		}
		notes = append(notes, fmt.Sprintf("The deferral would last longer than %s allows and ends %s.", key, ends))
	}
	if s.DeferredUntil.After(s.ForcedAfter) { // the deadline was moved, or an administrator's hand went past it
		s.DeferredUntil = s.ForcedAfter
		s.Round.DeferredTo, s.Round.DeferredBy = s.ForcedAfter, byDeadline
	}
	return s, notes
}
