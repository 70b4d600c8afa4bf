package deferral

import "time"

// An Offer is a deferral that the prompt offers.
type Offer struct {
	For   time.Duration
	Until time.Time
}

// Offers are the deferrals of the settings that end before the deadline, or the
// one that ends with it.
func (s Situation) Offers() []Offer {
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

// Deadline is the deadline as it will come about: on a clock that is right the
// one that is stored.
func (s Situation) Deadline() time.Time {
	comes := s.Now.Wall.Add(s.State.TimeLeft(s.Now)).Truncate(time.Second)
	if d := s.State.ForcedAfter.Sub(comes); d >= 0 && d <= time.Second {
		comes = s.State.ForcedAfter
	}
	return comes.In(s.Zone)
}
