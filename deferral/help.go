package deferral

import (
	"time"

	"installordefer/internal/clock"
)

const (
	// AskedApart is how long somebody is at the screen from being asked, past the
	// deadline, to install what only they can, to the next time: at most four times
	// in a day of such time.
	AskedApart = 6 * time.Hour
	// AskedMost is the longest from one time to the next, however little of it
	// anybody is there.
	AskedMost = 24 * time.Hour
)

// A Help is when a person was last asked, past the deadline, to install what only
// they can. Seen counts for how long somebody has been at the screen since: awake,
// unlocked, look after look.
type Help struct {
	At   clock.Moment
	Seen Lock
}

// asking records that a person is about to be asked past the deadline to install
// what only they can. They are not asked again for a while, whatever comes of it,
// and not because the Mac restarts.
func (s State) asking(now clock.Moment) State {
	s.Round.Help = Help{At: now}
	return s
}

// notAsked forgets it, where nobody has heard it to its end.
func (s *State) notAsked() { s.Round.Help = Help{} }

// left is for how long somebody has to be at the screen before they are asked again.
func (h Help) left(now clock.Moment) time.Duration {
	if h.At == (clock.Moment{}) {
		return 0
	}
	since, same := now.Since(h.At)
	if !same {
		since = now.Wall.Sub(h.At.Wall)
	}
	return min(AskedApart-h.Seen.upTo(now), AskedMost-since)
}

// helped counts for how long somebody is at the screen after they were asked.
func (s *Situation) helped() {
	h, f := &s.State.Round.Help, &s.Wake.People
	if h.At == (clock.Moment{}) || !f.Known {
		return
	}
	if _, same := s.Now.Since(h.At); !same && s.Now.Wall.Before(h.At.Wall) {
		h.At = s.Now // by another clock: the day begins again, or it would last as long as that was ahead
	}
	switch _, same := s.Now.Since(h.Seen.At); {
	case !f.Is.seeing():
		h.Seen.At = clock.Moment{}
	case h.Seen.At == (clock.Moment{}) || !same:
		h.Seen.At = s.Now
	default:
		h.Seen = h.Seen.on(0, false, s.Now)
	}
}
