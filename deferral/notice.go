package deferral

import (
	"fmt"
	"time"

	"installordefer/deferral/settings"
	"installordefer/internal/clock"
	"installordefer/internal/text"
)

// reckonAgain sets the deadline by other settings, with notice, and says in
// words where it is now. A deadline that no setting accounts for was adopted, or
// written by hand: another source, such as a deferral too many, makes it no later.
func (s State) reckonAgain(set settings.Settings, now clock.Moment, zone *time.Location, show func(time.Time) string) (State, string) {
	next := s
	next.Round.Limits = s.limits(set, now, zone)
	reckoned := next.reckon(set, zone)
	reckoned.inWhole(s.Round.Allowed, now)
	if s.Round.MaxDeferral == maxDeferral(set) && s.DeadlineSetting() == "" && reckoned.ForcedAfter.After(s.ForcedAfter) {
		return next, "the deadline stays " + show(s.ForcedAfter)
	}
	return s.withNotice(reckoned, set, now, show)
}

// inWhole lets the last deferral, and the notice after it, be a time from now: a wall
// clock that has fallen behind since the round began, by seconds or because somebody
// has set it, takes nothing of them, and adds nothing to the time that was allowed.
func (s *State) inWhole(allowed time.Duration, now clock.Moment) {
	r := &s.Round
	if _, key := r.earliest(); key == "MaxDeferrals" {
		r.Allowed = max(r.Allowed, min(r.spent(now)+s.ForcedAfter.Sub(now.Wall), allowed))
	}
}

// withNotice returns next, which is s with a deadline that somebody has moved.
// Where that would leave less than MinimumNotice, the deadline is that far from
// now, and never later than it was. So settings that come and go again and again
// cannot put it off. A deadline that had passed anyway needs no notice, and
// SkipDeferral asks for none.
//
// Time is what both clocks leave, so that neither a clock that is set nor time
// switched off makes the notice shorter or longer. The running deferral ends
// with the notice: somebody has to hear of it.
func (s State) withNotice(next State, set settings.Settings, now clock.Moment, show func(time.Time) string) (State, string) {
	had, left := s.TimeLeft(now), next.TimeLeft(now)
	if left < had && had > 0 {
		next.Round.Notices = nil // nobody has heard of it
	}
	switch would := show(next.ForcedAfter); {
	case set.SkipDeferral || left >= min(had, set.MinimumNotice) || had <= 0:
		return next, fmt.Sprintf("the deadline is %s", would)
	case had <= set.MinimumNotice:
		next.ForcedAfter, next.Round.Deadline = s.ForcedAfter, s.ForcedAfter
		next.Round.Allowed, next.Round.Noticed = s.Round.Allowed, true
		return next, fmt.Sprintf("the deadline would be %s. That is less than %s of notice, so it stays %s", would, text.Length(set.MinimumNotice), show(next.ForcedAfter))
	default:
		// In whole seconds, as it is stored, and never less.
		until := now.Wall.Add(set.MinimumNotice + time.Second - 1).Truncate(time.Second)
		next.ForcedAfter, next.Round.Deadline = until, until
		next.Round.Allowed, next.Round.Noticed = next.Round.spent(now)+until.Sub(now.Wall), true
		return next.undeferred(), fmt.Sprintf("the deadline would be %s. That is less than %s of notice, so it is %s", would, text.Length(set.MinimumNotice), show(until))
	}
}

// byTheRightClock returns s as it would be if the clock had been right since the
// round began: what is left is what is left of the time allowed.
func (s State) byTheRightClock(now clock.Moment) State {
	s.Round.Began = now
	s.Round.Began.Wall = now.Wall.Add(-s.Round.spent(now)).Truncate(time.Second)
	s.ForcedAfter = s.Round.Began.Wall.Add(s.Round.Allowed)
	s.Round.Deadline, s.Round.Limits = s.ForcedAfter, nil
	return s
}

// setForwardLeast is what a clock is set forward by at least, for another time to be
// told for the deadline. Two clocks of a Mac that run apart by themselves take months for that.
const setForwardLeast = time.Hour

// setForward returns by how much the clock was set forward since the round began,
// where that is known and tells the deadline another time: in the start of the Mac
// in which it began, on whose continuous clock nothing is missing, and where the
// deadline is so long after the first sighting, and no date. A clock that is set back
// tells nobody anything.
func (s State) setForward(now clock.Moment) time.Duration {
	r := &s.Round
	since, ok := now.Since(r.Began)
	key := s.DeadlineSetting()
	if !ok || (r.spent(now)-since).Abs() >= time.Second || len(r.Limits) > 0 || key != "MaxDeferralTime" && key != "WorkdayEndHour" || !s.ForcedAfter.Equal(r.Deadline) {
		return 0
	}
	return (now.Wall.Sub(r.Began.Wall) - since).Truncate(time.Second)
}

// movedOn tells the round and its deadline by a clock that is so far ahead of the
// one that they were told by. No time is gained or lost by it.
func (s State) movedOn(ahead time.Duration) State {
	r := &s.Round
	r.Began.Wall, r.Deadline = r.Began.Wall.Add(ahead), r.Deadline.Add(ahead)
	s.ForcedAfter = r.Deadline
	return s
}

// changedByHand takes over a deadline that an administrator has written.
func (s State) changedByHand(set settings.Settings, now clock.Moment, show func(time.Time) string) (State, string) {
	was, r := s, s.Round
	was.ForcedAfter = r.Deadline
	asked := s.ForcedAfter
	said := fmt.Sprintf("The deadline was changed by hand to %s", show(asked))
	most := r.Began.Wall.Add(r.Allowed)
	if most.Before(r.Deadline) { // a notice reaches past what settings allow
		most = r.Deadline
	}
	if s.ForcedAfter.After(most) {
		said += ". That is later than " + r.deadlineKey() + " allows"
		s.ForcedAfter = most
	}
	s.Round.Deadline = s.ForcedAfter
	next, where := was.withNotice(s, set, now, show)
	// What settings allow stays, so that the deadline can be put back.
	next.Round.Allowed, next.Round.Noticed = r.Allowed, r.Noticed
	if next.ForcedAfter.Equal(asked) {
		return next, said + "."
	}
	return next, said + ", so " + where + "."
}
