package deferral

import (
	"hash/fnv"
	"time"

	"installordefer/internal/clock"
)

// This file holds the wait for the first check (StartSpread), which spreads the Macs
// to which a profile brings the job in the same minute.

// Shares is into how many parts StartSpread is cut: a prime, so that every bit of a
// hash counts.
const Shares = 65521

// shareOf is the share of the Mac with that hardware UUID, and always the same for
// it. A Mac that has none to tell does not wait.
func shareOf(hardware string) int {
	if hardware == "" {
		return 1
	}
	h := fnv.New64a()
	_, _ = h.Write([]byte(hardware)) // a hash does not fail
	return 1 + int(h.Sum64()%Shares)
}

// LookedAtHardware is the hardware UUID of the Mac; empty where it could not be told.
type LookedAtHardware string

func (e LookedAtHardware) apply(s *Situation) []string {
	s.State.Came, s.State.Share = s.Now.Wall.Truncate(time.Second), shareOf(string(e))
	s.State.Round.Mark, s.State.Round.Spent = s.Now, 0
	return nil
}

// spreads tells whether the next check is the first on this Mac, and waits for its
// share.
func (s *Situation) spreads() bool {
	st := &s.State
	return s.Settings.StartSpread > 0 && !s.Settings.SkipDeferral && st.LastCheck.At == (clock.Moment{}) && !st.Active() && !st.Stays()
}

// startLeft is the time to the first check. As with a deadline, a clock that is set
// back gains nothing.
func (s *Situation) startLeft() time.Duration {
	st := &s.State
	wait := (s.Settings.StartSpread / Shares * time.Duration(st.Share)).Truncate(time.Second)
	return min(st.Came.Add(wait).Sub(s.Now.Wall), wait-st.Round.spent(s.Now))
}
