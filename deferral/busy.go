package deferral

import (
	"slices"
	"time"

	"installordefer/internal/clock"
)

// A Busied is how long dialogs have waited for people who were busy. Of what they
// did nothing is known here, and nothing of when but the last look.
type Busied struct {
	// At is the last look, if it has found somebody busy.
	At clock.Moment
	// Row is how long it was up to then in a row, Total in the round, and Late
	// past the deadline.
	Row, Total, Late time.Duration
}

// How long dialogs wait for people who are busy, besides MaxBusyDelay: in a
// round, and once the deadline has passed.
const (
	busyInRound = 4 * time.Hour
	busyLate    = 15 * time.Minute
)

// nobodyBusy is the pattern among BusyApplications by which nobody counts as busy.
const nobodyBusy = "!*"

// LookedAtBusy is whether the person at the screen is busy.
type LookedAtBusy struct{ Busy Fact[bool] }

func (e LookedAtBusy) apply(s *Situation) []string {
	s.Wake.Busy = e.Busy
	s.State.busied(e.Busy.Known && e.Busy.Is, s.late(), s.Now)
	return nil
}

// late is how long ago a countdown could have begun for whoever is at the screen: their
// notice is no time past the deadline yet.
func (s *Situation) late() time.Duration {
	if left, _ := s.NoticeLeft(); left > 0 {
		return 0
	}
	return max(-s.State.TimeLeft(s.Now), 0)
}

// busied counts for how long somebody has been busy.
func (s *State) busied(busy bool, late time.Duration, now clock.Moment) {
	b := &s.Round.Busy
	since, ok := now.Since(b.At)
	switch {
	case !busy:
		b.At, b.Row = clock.Moment{}, 0
	case b.At == (clock.Moment{}) || !ok || since > lookGap:
		b.At, b.Row = now, 0
	default:
		b.At = now
		b.Row, b.Total = b.Row+since, b.Total+since
		b.Late += min(since, late)
	}
}

// busyLeft is how much longer a dialog may wait for somebody who is busy.
func (s *Situation) busyLeft() time.Duration {
	if slices.Contains(s.Settings.BusyApplications, nobodyBusy) {
		return 0
	}
	b := s.State.Round.Busy
	since, ok := s.Now.Since(b.At)
	switch {
	case b.At == (clock.Moment{}):
		since = 0
	case !ok || since > lookGap:
		since, b.Row = 0, 0
	}
	left := min(s.Settings.MaxBusyDelay-b.Row, busyInRound-b.Total)
	if owed, _ := s.NoticeLeft(); s.due() && owed <= 0 {
		left = min(left, busyLate-b.Late)
	}
	return left - since
}

// oldBusy tells whether it has to be looked at whether somebody is busy. Where
// nobody is at the screen, or no dialog waits for it any more, nothing looks.
func (s *Situation) oldBusy(exact bool) bool {
	b := &s.Wake.Busy
	return s.Wake.People.Is.Present && s.busyLeft() > 0 && (!b.Looked() || exact && b.olderThan(busyFor, s.Now))
}
