// Package clock tells the three times that the job decides by.
//
// The wall clock is what people read; it can be wrong, and it can jump. The
// continuous clock counts since the Mac started, runs on while the Mac sleeps
// and never jumps. The boot name tells one start of the Mac from the next.
// Whoever decides takes a Moment as a value and never asks for the time; the
// shells around the deciding get theirs from a Clock.
package clock

import (
	"context"
	"time"
)

// Boot names one start of the Mac. Two moments with the same Boot can be
// compared on the continuous clock; two with different ones cannot.
type Boot string

// A Moment is one reading of the three clocks.
type Moment struct {
	// Wall is the wall clock, in UTC. It can be wrong and can jump.
	Wall time.Time
	// Continuous is the time since the Mac started, time asleep included.
	Continuous time.Duration
	// Boot names the start of the Mac that Continuous counts from.
	Boot Boot
}

// Since returns the time from earlier to m on the continuous clock. It is
// known only within one boot, and of no moment at all it is not; otherwise ok is
// false.
func (m Moment) Since(earlier Moment) (d time.Duration, ok bool) {
	if m.Boot == "" || m.Boot != earlier.Boot || m.Continuous < earlier.Continuous {
		return 0, false
	}
	return m.Continuous - earlier.Continuous, true
}

// Follows tells whether m is later than earlier in the same start of the Mac.
func (m Moment) Follows(earlier Moment) bool {
	return m.Boot == earlier.Boot && m.Continuous > earlier.Continuous
}

// Add returns the moment d later within the same boot.
func (m Moment) Add(d time.Duration) Moment {
	m.Wall = m.Wall.Add(d)
	m.Continuous += d
	return m
}

// A Clock reads the time and waits.
type Clock interface {
	// Now reads the three clocks.
	Now() Moment
	// Sleep waits for d, counted on the continuous clock, so that time
	// asleep counts. It returns early, with ctx's error, when ctx ends.
	Sleep(ctx context.Context, d time.Duration) error
}
