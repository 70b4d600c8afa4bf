package deferral

import (
	"sort"
	"time"

	"installordefer/deferral/settings"
)

// leastOffer is the shortest deferral until a time of the day. One that is nearer
// is offered for the next day.
const leastOffer = betweenWakes

// An Offer is a deferral that the prompt offers. Fixed is set for one that ends
// at a time of the day, whenever it is chosen.
type Offer struct {
	For   time.Duration
	Until time.Time
	Fixed bool
}

// Offers are the deferrals of the settings that end before the deadline, the
// shortest first, or the one that ends with it, or past it with a notice.
// A prompt for what Apple enforces comes back the next day.
func (s Situation) Offers(a Act) []Offer {
	if a.Notice {
		return []Offer{{For: a.By.Sub(s.Now.Wall), Until: a.By.In(s.Zone)}}
	}
	if len(s.ours()) == 0 && !a.By.IsZero() {
		d := min(daily, a.By.Sub(s.Now.Wall))
		return []Offer{{For: d, Until: s.Now.Wall.Add(d).In(s.Zone)}}
	}
	left := s.State.TimeLeft(s.Now)
	var out []Offer
	for _, d := range lengths(s.Settings) {
		if d < left {
			out = append(out, Offer{For: d, Until: s.Now.Wall.Add(d).In(s.Zone)})
		}
	}
	for _, until := range s.Settings.TimesAfter(s.Now.Wall.Add(leastOffer), s.Zone) {
		if d := until.Sub(s.Now.Wall); d < left {
			out = append(out, Offer{For: d, Until: until, Fixed: true})
		}
	}
	if len(out) == 0 {
		out = append(out, Offer{For: left, Until: s.Deadline()})
	}
	sort.SliceStable(out, func(i, j int) bool { return out[i].For < out[j].For })
	return out
}

// lengths are the deferrals on offer that are so long, whenever they begin.
func lengths(set settings.Settings) []time.Duration {
	if len(set.DeferralChoices) > 0 {
		return set.DeferralChoices
	}
	return []time.Duration{set.DeferralPeriod}
}

// until is how long a deferral lasts that ends at a time of the day. One that has
// come meanwhile, or almost, is the next moment there is.
func (s *Situation) until(t time.Time) time.Duration {
	return max(t.Sub(s.Now.Wall), leastOffer)
}

// Comes is when updates are installed without anybody's doing, and how long it is
// until then: at the date of the prompt, if it has one of its own, or else in the
// first window from the deadline on.
func (s Situation) Comes(by time.Time) (at time.Time, left time.Duration) {
	if !by.IsZero() {
		return by.In(s.Zone), by.Sub(s.Now.Wall)
	}
	left = s.State.TimeLeft(s.Now)
	h := s.State.enforcing(s.Settings, s.Settings.UpdateDelay, s.Now.Add(max(left, 0)), s.Zone)
	if h.closed {
		return h.next.In(s.Zone), h.next.Sub(s.Now.Wall)
	}
	return s.Deadline(), left
}

// Deadline is the deadline as it will be: on a clock that is right the
// one that is stored.
func (s Situation) Deadline() time.Time {
	comes := s.Now.Wall.Add(s.State.TimeLeft(s.Now)).Truncate(time.Second)
	if d := s.State.ForcedAfter.Sub(comes); d >= 0 && d <= time.Second {
		comes = s.State.ForcedAfter
	}
	return comes.In(s.Zone)
}
