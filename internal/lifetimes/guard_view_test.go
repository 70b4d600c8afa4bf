package lifetimes

import (
	"maps"
	"strings"
	"time"

	"installordefer/internal/simmac"
)

// A view keeps count of the time in which nobody could see the screen: asleep,
// in a dark wake, with the display off, behind a lock.
type view struct {
	hidden bool
	since  time.Duration
	total  time.Duration
	times  int
	// cutOff is true when the last wake came to no good end.
	cutOff bool
	// locked is since when the session at the screen is behind its lock, or the
	// login window is up with somebody behind it.
	locked time.Duration
	// unshown is since when the helper has shown nothing that was opened.
	unshown time.Duration
}

// look takes note of whether the screen can be seen from now on.
func (g *guard) look(at time.Duration) {
	v := &g.view
	if v.hidden {
		v.total += at - v.since
	}
	name, seen := g.l.Mac.Seen()
	if !seen && !v.hidden {
		v.times++
	}
	v.hidden, v.since = !seen && name != "", at
	if locked := g.l.Mac.Locked() || g.l.Mac.Console() == nil && len(g.l.Mac.LoggedIn()) > 0; !locked {
		v.locked = never
	} else if v.locked == never {
		v.locked = at
	}
}

// hiddenUntil is for how long nobody could see the screen since the story began.
func (g *guard) hiddenUntil(at time.Duration) time.Duration {
	if g.view.hidden {
		return g.view.total + at - g.view.since
	}
	return g.view.total
}

// countAnew forgets what was seen of a countdown that has come to its end: the next
// one is a whole one.
func (g *guard) countAnew(was wakeSoFar) {
	if g.let(theWakeDied, g.view.cutOff) {
		// That the countdown had ended may not have been written down.
		if was.counted || was.complete {
			g.used = maps.Clone(g.seen)
		}
		return
	}
	if was.counted || was.complete {
		clear(g.seen)
		clear(g.used)
	}
	if len(g.seen) == 0 {
		g.wake.naps = g.view.times
	}
}

// missable is what may be missing of a countdown, because what happened in it
// cost a look or two.
func (g *guard) missable() time.Duration {
	return 5*time.Second + 20*time.Second*time.Duration(g.view.times-g.wake.naps)
}

// lockedForLong tells whether the screen has been locked, or left to the login
// window, in a row, for as long as
// the settings let a lock keep anything from happening. Who has slept meanwhile
// was locked for longer.
func (g *guard) lockedForLong(at time.Duration) bool {
	return g.view.locked != never && at-g.view.locked >= g.set.MaxLockedTime
}

// helperFails takes note of a helper that does not show its dialog.
func (g *guard) helperFails(e simmac.Event) {
	if strings.Contains(e.Text, simmac.HelperProgram) && g.view.unshown == never {
		g.view.unshown = e.At
	}
}

// nothingShown tells whether the helper has shown nothing, and whether that has
// been so for as long as it may put anything off.
func (g *guard) nothingShown(at time.Duration) (is, long bool) {
	is = g.view.unshown != never
	return is, is && at-g.view.unshown >= g.set.MaxLockedTime
}
