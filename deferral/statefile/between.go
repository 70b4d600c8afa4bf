package statefile

import (
	"fmt"
	"time"

	"installordefer/deferral"
	"installordefer/internal/clock"
)

// keyBetween holds what there is to know between two rounds, in the place of what
// a deadline is reckoned by.
const keyBetween = "Between"

func encodeBetween(s deferral.State) map[string]any {
	d := map[string]any{}
	put(d, "Current", s.Current)
	put(d, "Spent", s.Round.Spent)
	put(d, "Mark", s.Round.Mark)
	return d
}

// between reads that. A round has none of it, and where something of it cannot be
// right, a check says what is left.
func (r *reader) between(s *deferral.State) {
	v, there := r.dict[keyBetween]
	if !there {
		return
	}
	d, _ := v.(map[string]any)
	const used = "a check says what is left"
	in := &reader{dict: d}
	current, mark := in.moment("Current", used), in.moment("Mark", used)
	spent, ok := in.integer("Spent", 0, int64(longestKept), used)
	r.problems = append(r.problems, in.problems...)
	switch {
	case r.has("Began") || r.has("Deadline") || r.has("Mark"):
		r.report(keyBetween, fmt.Sprintf("%T", v), "in a round", "the round")
	case current == clock.Moment{} || mark == clock.Moment{} || !ok:
		r.report(keyBetween, fmt.Sprintf("%T", v), "not what is known between two rounds", used)
	default:
		s.Current, s.Round.Mark, s.Round.Spent = current, mark, time.Duration(spent)
	}
}
