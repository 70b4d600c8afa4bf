package deferral

import (
	"slices"
	"time"

	"installordefer/internal/clock"
)

// A Seen is how long one person has had the final countdown before their eyes:
// awake, unlocked, on the screen.
type Seen struct {
	UID int
	For time.Duration
}

// Closed is a final prompt that somebody has closed.
type Closed struct {
	UID int
	// Away is for how long it stays away, and Back when it may come back.
	Away time.Duration
	Back clock.Moment
}

// again is c after the final prompt was closed once more, having been seen for so
// long.
func (c Closed) again(uid int, seen time.Duration, now clock.Moment) Closed {
	away := Reopen
	if c.UID == uid && c.Away > 0 && seen < atOnce {
		away = min(2*c.Away, reopenMost)
	}
	return Closed{uid, away, now.Add(away)}
}

// A Lock is a state of the screen that has lasted, look after look: that nobody
// could see what counts, past the deadline, because it was locked, the login window
// was up with somebody behind it, or the helper has not shown its dialog; or that
// macOS names somebody and shows another session.
type Lock struct {
	// UID is whose session is at the screen; 0 at the login window.
	UID int
	// Unshown is set where the helper was among what kept the dialog from being
	// seen. It ends when a dialog is seen.
	Unshown bool
	// For is how long it was, while the Mac was awake, up to the look at At.
	For time.Duration
	At  clock.Moment
}

const (
	// leastLeft is what is left at least of a countdown that was broken off:
	// who comes back to the screen can still save.
	leastLeft = time.Minute
	// lookGap is more than passes between two looks of a Mac that is awake.
	// Longer, and it has slept.
	lookGap = 10 * time.Minute
	// lockStep is how often the time behind a lock is written down.
	lockStep = time.Minute
)

// settling is how long macOS is given to show the session of whom it names. With
// five minutes between two wakes somebody counts within a quarter of an hour.
const settling = 10 * time.Minute

// Settled tells whether macOS has named somebody for so long that they count as at
// the screen, whatever session it shows.
func (s State) Settled(uid int) bool {
	u := s.Round.Unsettled
	return u.At != (clock.Moment{}) && u.UID == uid && u.For >= settling
}

// settles counts how long macOS has named somebody and shown another session.
func (s State) settles(f Fact[People], now clock.Moment) State {
	switch {
	case f.Known || !s.Active():
		s.Round.Unsettled = Lock{}
	case f.Is.Present: // otherwise something else kept it from being told
		s.Round.Unsettled = s.Round.Unsettled.on(f.Is.Person.UID, false, now)
	}
	return s
}

// on is l after one more look at the same. A Mac that was not looked at for long,
// or whose display is off, was asleep.
func (l Lock) on(uid int, asleep bool, now clock.Moment) Lock {
	since, ok := now.Since(l.At)
	switch {
	case l.At == (clock.Moment{}) || l.UID != uid || !ok:
		return Lock{UID: uid, Unshown: l.Unshown, At: now}
	case since < lockStep:
		return l
	case since <= lookGap && !asleep:
		l.For += since
	}
	l.At = now
	return l
}

// upTo is for how long it was up to now.
func (l Lock) upTo(now clock.Moment) time.Duration {
	if since, ok := now.Since(l.At); ok && since <= lookGap {
		return l.For + since
	}
	return l.For
}

// seenBy is how long the person with that user id has seen of the countdown.
func (r *Round) seenBy(uid int) time.Duration {
	for _, s := range r.Seen {
		if s.UID == uid {
			return s.For
		}
	}
	return 0
}

// CountdownLeft is what the person with that user id still has to see of a
// countdown of d.
func (s State) CountdownLeft(uid int, d time.Duration) time.Duration {
	return max(d-s.Round.seenBy(uid), min(d, leastLeft))
}

// saw adds to what somebody has seen of the countdown.
func (s State) saw(uid int, d time.Duration) State {
	list := slices.Clone(s.Round.Seen)
	for i := range list {
		if list[i].UID == uid {
			list[i].For += d
			s.Round.Seen = list
			return s
		}
	}
	s.Round.Seen = append(list, Seen{uid, d})
	return s
}

// sawNothing begins every countdown again.
func (s State) sawNothing() State {
	s.Round.Seen = nil
	return s
}

// lookedAt counts for how long in a row nobody could see what counts: behind the
// lock, behind the login window or, as the helper says, unshown. Before the
// deadline nothing depends on it.
func (s State) lookedAt(f Fact[People], unshown bool, now clock.Moment) State {
	p, l := f.Is, s.Round.Lock
	if !f.Known || !s.Active() {
		return s
	}
	unshown = p.Present && (unshown || l.Unshown && l.UID == p.Person.UID)
	if !p.Locked && !unshown && !p.away() || !s.Due(now) {
		s.Round.Lock = Lock{}
		return s
	}
	l.Unshown = unshown
	s.Round.Lock = l.on(p.Person.UID, p.Dark, now)
	return s
}

// hidden tells whether the screen is locked, and has not been for so long that
// it no longer counts.
func (s *Situation) hidden() bool {
	p := s.Wake.People.Is
	return p.Present && p.Locked && !s.waitedEnough()
}

// waitedEnough tells whether nobody could see what counts for so long that it
// counts all the same.
func (s *Situation) waitedEnough() bool {
	return s.due() && s.State.Round.Lock.For >= s.Settings.MaxLockedTime
}

// allowedBy is what allows the installation or the restart under way.
func (s *Situation) allowedBy() Allowed {
	if s.Wake.Work != nil {
		return s.Wake.Work.Allowed
	}
	return s.Wake.Restart.Allowed
}

// Sighted is what the helper says of the dialog of an act. Why says why nobody
// could see it, as a sentence of the log; empty means that somebody could. The
// root job looks for itself as well, and believes whichever is stricter; a helper
// that shows nothing, or says so, is believed for MaxLockedTime.
type Sighted struct{ Why string }

func (e Sighted) apply(s *Situation) []string {
	s.Wake.Unseen = e.Why
	switch {
	case e.Why != "":
		s.State = s.State.lookedAt(s.Wake.People, true, s.Now)
	case s.State.Round.Lock.Unshown:
		s.State.Round.Lock = Lock{}
	}
	return nil
}

// behindOwnLock tells whether what goes on was clicked by the one person who is
// logged in, and who has then locked the screen and gone.
func (s *Situation) behindOwnLock(by Allowed) bool {
	p := s.Wake.People.Is
	return by.Consent == Clicked && p.Behind == 0 && p.Person.UID == by.Who.UID
}
