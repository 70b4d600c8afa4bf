package statefile

import (
	"time"

	"installordefer/deferral"
	"installordefer/deferral/settings"
	"installordefer/internal/clock"
	"installordefer/internal/text"
)

// This file holds what becomes of a round whose bookkeeping cannot be right.
// The deadline itself stands under a key of its own. What it is reckoned by
// hangs together: one number that is wrong may make updates due at once, or
// never, so all of it is taken from the copy of the deadline or, without one,
// begun again with the deadline that is known.

// reckonedAgain says so. After a step that cannot be placed in time a check is
// the next thing.
const (
	reckonedAgain = "the copy of the deadline; without it, the deadline that is known is taken over again"
	stepChecked   = "a check says what became of the step"
)

// workdayMost is the most that a workday shift adds to the time allowed, the
// hours of a change of daylight saving included.
const workdayMost = 26 * time.Hour

// reckoning reads what the deadline is reckoned by. A round has all of it, and
// a deadline that came without a round has none.
func (r *reader) reckoning(in *deferral.Round) {
	if !r.has("Began") && !r.has("Deadline") && !r.has("Mark") {
		return
	}
	in.Limits = r.limits("Limits") // the settings give what is wrong here again
	before := len(r.problems)
	for _, key := range []string{"Began", "Deadline", "MaxDeferral", "Allowed", "Spent", "Mark"} {
		if !r.has(key) {
			r.report(key, "missing", "no round is without it", reckonedAgain)
		}
	}
	in.Began = r.moment("Began", reckonedAgain)
	in.Deadline = r.ownInstant("Deadline", reckonedAgain)
	in.MaxDeferral = r.duration("MaxDeferral", settings.LongestDeferral*time.Second)
	in.Allowed = r.duration("Allowed", settings.LongestDeferral*time.Second+workdayMost)
	in.Noticed = r.flag("Noticed")
	in.Spent = r.duration("Spent", longestKept)
	in.Mark = r.moment("Mark", reckonedAgain)
	if len(r.problems) > before {
		in.Mark = clock.Moment{}
	}
}

func (r *reader) duration(key string, most time.Duration) time.Duration {
	n, _ := r.integer(key, 0, int64(most), reckonedAgain)
	return time.Duration(n)
}

// consistent reports numbers that each could be right and together are not, and
// clears what must not be reckoned by. The time allowed reaches from the first
// sighting to the deadline, or further where an administrator has brought that
// forward, or given people notice; and whatever is saved is marked, so nothing is later than the mark.
func (r *reader) consistent(s *deferral.State) {
	in := &s.Round
	if key, reason := atOdds(s); key != "" && reckoned(in) {
		r.report(key, r.dict[key], reason, reckonedAgain)
		in.Mark = clock.Moment{}
	}
	if !reckoned(in) {
		reckonLike(in, &deferral.Round{})
		s.Current, s.Share = clock.Moment{}, 0
	}
	if (in.Step.Kind == deferral.StepSoft || in.Step.Kind == deferral.StepHard) && !s.Stopped() && s.LastCheck.At.Follows(in.Step.At) {
		r.report("StepAt", r.dict["StepAt"], "earlier than the check before it", stepChecked)
		in.Step.At = clock.Moment{}
	}
}

// atOdds names a number that does not fit the others, and says why; none is "".
func atOdds(s *deferral.State) (key, reason string) {
	in := &s.Round
	if !in.Noticed && in.Allowed < in.Deadline.Sub(in.Began.Wall) {
		return "Allowed", "shorter than the time from Began to Deadline"
	}
	if !in.Noticed && in.Allowed > in.MaxDeferral+workdayMost {
		return "Allowed", "longer than MaxDeferral"
	}
	for _, m := range []clock.Moment{in.Began, in.DeferredAt, in.Pause.From, in.Step.At, s.LastCheck.At, s.FirstNone} {
		if m.Follows(in.Mark) {
			return "Mark", "earlier than something that came before it"
		}
	}
	return "", ""
}

// reckoned tells whether there is something to reckon the deadline by.
func reckoned(r *deferral.Round) bool { return r.Mark != (clock.Moment{}) }

// reckonLike takes over the reckoning of another round.
func reckonLike(r, o *deferral.Round) {
	r.Began, r.Deadline, r.MaxDeferral, r.Limits, r.Allowed, r.Noticed, r.Spent, r.Mark = o.Began, o.Deadline, o.MaxDeferral, o.Limits, o.Allowed, o.Noticed, o.Spent, o.Mark
}

// sameReckoning tells whether two states have the same deadline, reckoned by the
// same. The time spent goes on and is left aside.
func sameReckoning(s, c *deferral.State) bool {
	r, o := &s.Round, &c.Round
	return s.ForcedAfter.Equal(c.ForcedAfter) && r.Deadline.Equal(o.Deadline) && r.Began == o.Began &&
		r.MaxDeferral == o.MaxDeferral && r.Allowed == o.Allowed && r.Noticed == o.Noticed && reckoned(r) == reckoned(o)
}

// mend takes over what the copy knows and s has lost: all of the round, or
// what its deadline is reckoned by.
func mend(s, c *deferral.State) []settings.Problem {
	var lost reader
	switch {
	case c.Active() && !s.Active():
		*s = *c
		s.Round.Step, s.LastCheck, s.DeferredUntil = deferral.Step{}, deferral.Check{}, time.Time{}
		lost.report(settings.KeyForcedAfter, "nothing", "the state file was lost", "the deadline "+text.Time(c.ForcedAfter, time.UTC)+" from its copy")
	case s.Active() && !reckoned(&s.Round) && reckoned(&c.Round):
		reckonLike(&s.Round, &c.Round)
		lost.report(settings.KeyRound, "without what the deadline is reckoned by", "that was lost", "the copy of the deadline")
	}
	return lost.problems
}
