package lifetimes

import (
	"time"

	"installordefer/deferral"
	"installordefer/internal/clock"
	"installordefer/internal/simmac"
	"installordefer/internal/simmac/life"
)

// starting is the wait for the first check.
type starting struct {
	last clock.Moment
	// up is for how long the Mac has been on since it waits, boots how often it
	// has started, and most the longest StartSpread.
	up, most time.Duration
	boots    int
}

// ends checks, after a wake, that the first check does not wait for longer than
// StartSpread. An hour for each start of the Mac may be missing from what the job
// has written down.
func (s *starting) ends(g *guard, st deferral.State, wake life.Wake) {
	now := g.l.Mac.Now()
	waits := st.Share > 0 && st.LastCheck.At == (clock.Moment{}) && !st.Active()
	if !waits || g.let(theDiskLies, g.lies || g.l.Mac.Disk().Fault != simmac.DiskWorks) || g.let(theWakeDied, died(wake)) {
		*s = starting{}
		return
	}
	switch since, same := now.Since(s.last); {
	case s.last == (clock.Moment{}):
	case same:
		s.up += since
	default:
		s.up, s.boots = s.up+now.Continuous, s.boots+1
	}
	s.last, s.most = now, max(s.most, g.set.StartSpread)
	if most := s.most + time.Duration(s.boots)*(time.Hour+5*time.Minute) + 5*time.Minute; s.up > most {
		g.fail(40, "the first check has waited for %v, and StartSpread is %v", s.up, s.most)
	}
	g.reached.named("start", "waits for the first check")
}
