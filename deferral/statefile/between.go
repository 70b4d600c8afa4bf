package statefile

import (
	"time"

	"installordefer/deferral"
	"installordefer/internal/clock"
)

// keyBetween holds what there is to know between two rounds, or before the first, in
// the place of what a deadline is reckoned by.
const keyBetween = "Between"

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
	share := in.count("Share", deferral.Shares)
	if !ok || (current == clock.Moment{}) == (share == 0) || mark == (clock.Moment{}) || r.has("Began") || r.has("Deadline") || r.has("Mark") {
		r.report(keyBetween, v, "not what is known between two rounds", used)
		return
	}
	s.Share, s.Came = share, in.ownInstant("Came", used)
	s.Current, s.Round.Mark, s.Round.Spent = current, mark, time.Duration(spent)
}
