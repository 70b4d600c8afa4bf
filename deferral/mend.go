package deferral

import (
	"time"

	"installordefer/internal/clock"
)

// This file holds what becomes of a round whose bookkeeping cannot be right.
// The deadline itself stands under a key of its own. What it is reckoned by
// hangs together: one number that is wrong may make updates due at once, or
// never, so all of it is taken from the copy of the deadline or, without one,
// begun anew with the deadline that is known.

// reckonedAnew says so. After a step that cannot be placed in time a check is
// the next thing.
const (
	reckonedAnew = "the copy of the deadline; without it, the deadline that is known is taken over anew"
	stepChecked  = "a check says what became of the step"
)

// workdayMost is the most that a workday shift adds to the time allowed, the
// hours of a change of daylight saving included.
const workdayMost = 26 * time.Hour

// reckoning reads what the deadline is reckoned by. A round has all of it, and
// a deadline that came without a round has none.
func (r *reader) reckoning(in *Round) {
	if !r.has("Began") && !r.has("Deadline") && !r.has("Mark") {
		return
	}
	before := len(r.problems)
	for _, key := range []string{"Began", "Deadline", "MaxDeferral", "Allowed", "Spent", "Mark"} {
		if !r.has(key) {
			r.report(key, "missing", "no round is without it", reckonedAnew)
		}
	}
	in.Began = r.moment("Began", reckonedAnew)
	in.Deadline = r.ownInstant("Deadline", reckonedAnew)
	in.MaxDeferral = r.duration("MaxDeferral", longestDeferral*time.Second)
	in.Allowed = r.duration("Allowed", longestDeferral*time.Second+workdayMost)
	in.Noticed = r.flag("Noticed")
	in.Spent = r.duration("Spent", longestKept)
	in.Mark = r.moment("Mark", reckonedAnew)
	if len(r.problems) > before {
		in.Mark = clock.Moment{}
	}
}

func (r *reader) duration(key string, most time.Duration) time.Duration {
	n, _ := r.integer(key, 0, int64(most), reckonedAnew)
	return time.Duration(n)
}

// consistent reports numbers that each could be right and together are not, and
// clears what must not be reckoned by. The time allowed reaches from the first
// sighting to the deadline, or further where an administrator has brought that
// forward, or given people notice; and whatever is saved is marked, so nothing is later than the mark.
func (r *reader) consistent(s *State) {
	in := &s.Round
	if key, reason := s.atOdds(); key != "" && in.reckoned() {
		r.report(key, r.dict[key], reason, reckonedAnew)
		in.Mark = clock.Moment{}
	}
	if !in.reckoned() {
		in.reckonLike(&Round{})
	}
	if (in.Step.Kind == StepSoft || in.Step.Kind == StepHard) && !s.Stopped() && follows(&s.LastCheck.At, &in.Step.At) {
		r.report("StepAt", r.dict["StepAt"], "earlier than the check before it", stepChecked)
		in.Step.At = clock.Moment{}
	}
}

// atOdds names a number that does not fit the others, and says why; none is "".
func (s *State) atOdds() (key, reason string) {
	in := &s.Round
	if !in.Noticed && in.Allowed < in.Deadline.Sub(in.Began.Wall) {
		return "Allowed", "shorter than the time from Began to Deadline"
	}
	if !in.Noticed && in.Allowed > in.MaxDeferral+workdayMost {
		return "Allowed", "longer than MaxDeferral"
	}
	for _, m := range []*clock.Moment{&in.Began, &in.DeferredAt, &in.Pause.From, &in.Step.At, &s.LastCheck.At, &s.FirstNone} {
		if follows(m, &in.Mark) {
			return "Mark", "earlier than something that came before it"
		}
	}
	return "", ""
}

// follows tells whether m is later than earlier in the same start of the Mac.
func follows(m, earlier *clock.Moment) bool {
	return m.Boot == earlier.Boot && m.Continuous > earlier.Continuous
}

// reckoned tells whether there is something to reckon the deadline by.
func (r *Round) reckoned() bool { return r.Mark != (clock.Moment{}) }

// reckonLike takes over the reckoning of another round.
func (r *Round) reckonLike(o *Round) {
	r.Began, r.Deadline, r.MaxDeferral, r.Allowed, r.Noticed, r.Spent, r.Mark = o.Began, o.Deadline, o.MaxDeferral, o.Allowed, o.Noticed, o.Spent, o.Mark
}

// sameReckoning tells whether two states have the same deadline, reckoned by the
// same. The time spent goes on and is left aside.
func sameReckoning(s, c *State) bool {
	r, o := &s.Round, &c.Round
	return s.ForcedAfter.Equal(c.ForcedAfter) && r.Deadline.Equal(o.Deadline) && r.Began == o.Began &&
		r.MaxDeferral == o.MaxDeferral && r.Allowed == o.Allowed && r.Noticed == o.Noticed && r.reckoned() == o.reckoned()
}

// mendBy takes over what the copy knows and s has lost: all of the round, or
// what its deadline is reckoned by.
func (s *State) mendBy(c *State) []Problem {
	var lost reader
	switch {
	case c.Active() && !s.Active():
		*s = *c
		s.Round.Step, s.LastCheck, s.DeferredUntil = Step{}, Check{}, time.Time{}
		lost.report(keyForcedAfter, "nothing", "the state file was lost", "the deadline "+c.ForcedAfter.Format(time.RFC3339)+" from its copy")
	case s.Active() && !s.Round.reckoned() && c.Round.reckoned():
		s.Round.reckonLike(&c.Round)
		lost.report(keyRound, "without what the deadline is reckoned by", "that was lost", "the copy of the deadline")
	}
	return lost.problems
}
