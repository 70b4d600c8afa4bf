package statefile

import (
	"hash/fnv"
	"strconv"

	"installordefer/deferral"
	"installordefer/internal/clock"
)

// keySum holds the sum of the numbers that decide when something is enforced,
// and how often. Each of them may be another by a fault of the disk or by
// somebody's hand and still be one that could be right; only together they
// cannot. A file without a sum is one of an earlier version.
const keySum = "Sum"

// sumOf is the sum of those numbers of a round.
func sumOf(r *deferral.Round) string {
	h := fnv.New64a()
	var b []byte
	number := func(n int64) { b = append(strconv.AppendInt(b, n, 10), ' ') }
	moment := func(m clock.Moment) {
		if m != (clock.Moment{}) {
			number(m.Wall.UnixNano())
			number(int64(m.Continuous))
		}
		b = append(append(b, m.Boot...), ' ')
	}
	moment(r.Began)
	moment(r.Mark)
	if !r.Deadline.IsZero() {
		number(r.Deadline.Unix())
	}
	number(int64(r.MaxDeferral))
	number(int64(r.Allowed))
	number(int64(r.Spent))
	number(int64(r.Restarts))
	number(int64(r.Lock.For))
	b = strconv.AppendBool(b, r.Noticed)
	_, _ = h.Write(b) // a hash does not fail
	return strconv.FormatUint(h.Sum64(), 16)
}

// summed reports numbers that are not what was written, and clears what must not
// be reckoned by. How many restarts there have been is not known then, and
// counted again.
func (r *reader) summed(in *deferral.Round, wrote int) {
	if wrote > version || !r.has(keySum) || r.text(keySum) == sumOf(in) || !reckoned(in) {
		return
	}
	r.report(keySum, r.dict[keySum], "of other numbers than those in the file", reckonedAgain)
	in.Mark, in.Restarts, in.Lock, in.Seen = clock.Moment{}, 0, deferral.Lock{}, nil
}
