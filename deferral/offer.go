package deferral

import "time"

// An Offer is a deferral that the prompt offers.
type Offer struct {
	For   time.Duration
	Until time.Time
}

// Offers are the deferrals of the settings that end before the deadline, or the
// one that ends with it.
// A prompt for what Apple enforces comes back the next day.
func (s Situation) Offers(a Act) []Offer {
	if len(s.ours()) == 0 && !a.By.IsZero() {
		d := min(daily, a.By.Sub(s.Now.Wall))
		return []Offer{{For: d, Until: s.Now.Wall.Add(d).In(s.Zone)}}
	}
	lengths := s.Settings.DeferralChoices
	if len(lengths) == 0 {
		lengths = []time.Duration{s.Settings.DeferralPeriod}
	}
	left := s.State.TimeLeft(s.Now)
	var out []Offer
	for _, d := range lengths {
		if d < left {
			out = append(out, Offer{For: d, Until: s.Now.Wall.Add(d).In(s.Zone)})
		}
	}
	if len(out) == 0 {
		out = append(out, Offer{For: left, Until: s.Deadline()})
	}
	return out
}

// Comes is when updates are installed without anybody's doing, and how long it is
// until then: at the date by which Apple enforces them, or else in the first
// window from the deadline on.
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
