package lifetimes

import (
	"bytes"
	"strings"
	"time"

	"installordefer/deferral"
	"installordefer/deferral/statefile"
	"installordefer/internal/clock"
	"installordefer/internal/simmac"
	"installordefer/internal/simmac/life"
)

// A stateRead keeps what the state file said when it was last read.
type stateRead struct {
	changes int
	st      deferral.State
	err     error
}

// read reads the state file, if the disk has changed since the last time.
func (r *stateRead) read(g *guard) (deferral.State, error) {
	if n := g.l.Mac.Disk().Changes + 1; n != r.changes {
		r.st, r.err = g.l.State()
		r.changes = n
		for _, path := range []string{layout.StateFile(), layout.DeadlineCopy()} {
			if data, ok := g.l.Mac.Disk().Get(path); ok && bytes.Contains(data, []byte(password)) {
				g.fail(28, "the password is in %s", path)
			}
		}
	}
	return r.st, r.err
}

// longestWake bounds a wake, time asleep apart. The longest things in one are
// a prompt, and downloads and installations that make progress.
const longestWake = 14 * time.Hour

// woke checks the state after a wake.
func (g *guard) woke(wake life.Wake) {
	g.wake.running = false
	g.view.cutOff = died(wake)
	now := g.now()
	if d := &g.dialog; d.kind != "" && g.live.enforced == d.at {
		g.live.enforced = now // a helper that somebody stopped outlives its wake
	}
	awake := now - g.wake.began - (g.asleepUntil(now) - g.wake.asleep)
	g.reached.wake(awake)
	if awake > longestWake {
		g.fail(22, "a wake lasted for %v", awake)
	}
	st, err := g.held()
	if killed := wake.Died != ""; killed {
		g.live.stirred(now)
	}
	if err != nil {
		if g.l.Mac.Disk().Fault == simmac.DiskWorks && !g.let(theDiskLies, g.lies) && !g.let(theWakeDied, died(wake)) {
			if !g.let(theFileHasJustBroken, !g.unreadable) {
				g.fail(5, "the state cannot be read: %v", err)
			}
			g.unreadable = true
		}
		return
	}
	g.unreadable = false
	if g.let(theWakeDied, died(wake)) {
		g.wake.deferred = min(g.wake.deferred, now) // what it had learned may be lost
	} else if g.wake.clockSet < g.wake.began {
		g.wake.clockSet = never
	}
	g.notices.woke(g, wake)
	g.heeded(st, wake)
	g.profileSettled(st, wake.Died == "" && wake.Err == nil)
	g.pinned(st, wake)
	g.statusTrue(st, wake)
	g.idle.ends(g, wake)
	g.live.judge(g, st)
	g.start.ends(g, st, wake)
}

// held is the state as the next wake finds it: what the state file says, or what
// its copy says where that was lost.
func (g *guard) held() (deferral.State, error) {
	st, err := g.state.read(g)
	if err != nil || st.Active() {
		return st, err
	}
	if _, there := g.l.Mac.Disk().Get(layout.DeadlineCopy()); !there {
		return st, nil
	}
	c := g.copied()
	if !c.Active() {
		return st, nil
	}
	c.Round.Step, c.LastCheck, c.DeferredUntil = deferral.Step{}, deferral.Check{}, time.Time{}
	return c, nil
}

// pinned checks that the deadline is where it was.
func (g *guard) pinned(st deferral.State, wake life.Wake) {
	r := &g.round
	g.over(st)
	if !r.active && st.Active() && (st.Round.Mark == (clock.Moment{}) || st.Stays()) {
		// An administrator has written a deadline, and no wake has come to take
		// it over: what they mean by it is told by the clock when one does.
		return
	}
	if !st.Active() {
		if g.let(theWakeDied, died(wake)) {
			return
		}
		if r.active && !g.let(bothFilesAreDeleted, g.forgotten) && !g.let(theDiskLies, g.lies) && !g.let(theRemovalHasBegun, g.removing) {
			g.fail(5, "the deadline %v is forgotten", r.deadline)
		}
		g.ends()
		return
	}
	switch {
	case !r.active:
		g.begins(st)
	case g.let(anAdministratorMovesIt, g.repin && g.wake.beganAt.Before(believable) && g.beganNow(st)):
		// An administrator's change has cost when the round began, and under a
		// wrong clock it begins with this wake.
		r.sighted, r.sightedAt = g.wake.began, g.wake.beganAt
	}
	if st.ForcedAfter.Before(r.deadline.Add(-time.Second)) && r.deadline.After(g.wake.beganAt) {
		g.notices.news(g.wake.began)
		g.notices.usedUp = 0
		if st.DeadlineSetting() == "MaxDeferrals" {
			g.notices.usedUp = g.wake.began
		}
	}
	g.noticed(st)
	g.bySources(st)
	r.allowed = max(r.allowed, g.allowed())
	found := g.foundTime(st)
	if st.ForcedAfter.After(r.deadline) && !g.let(anAdministratorMovesIt, g.repin) && !g.let(theDiskLies, g.lies) &&
		!g.let(bothFilesAreDeleted, g.forgotten) && !g.let(theClockIsFound, found) {
		g.fail(1, "the deadline moved from %v to %v", r.deadline, st.ForcedAfter)
	}
	settled := !died(wake) && !g.wake.touched
	if late := st.ForcedAfter.Sub(r.sightedAt); late > r.allowed+15*time.Minute && !g.let(theDiskLies, g.lies) &&
		!g.let(theWakeDied, died(wake)) && !g.let(anAdministratorMovesIt, g.wake.touched) {
		g.fail(1, "the deadline %v lies %v after the first sighting, more than %v", st.ForcedAfter, late, r.allowed)
	}
	if !st.ForcedAfter.Equal(r.deadline) {
		g.reached.named("deadline", "moved")
	}
	if g.let(anAdministratorMovesIt, g.repin && !st.ForcedAfter.Equal(r.deadline)) {
		r.reached = g.untilThen(st, told{g.wake.began, g.wake.beganAt})
	}
	r.deadline = st.ForcedAfter
	if g.sources() {
		r.reached = min(r.reached, st.ForcedAfter.Sub(r.sightedAt))
	}
	if settled {
		g.repin, g.forgotten = false, false
	}
	if settled && st.DeferredUntil.After(st.ForcedAfter) {
		g.fail(8, "the deferral until %v outlasts the deadline %v", st.DeferredUntil, st.ForcedAfter)
	}
	if st.Round.Restarts > 3 {
		g.fail(15, "%d restarts in one round", st.Round.Restarts)
	}
	if stopped := st.Stopped(); stopped {
		g.reached.named("round", "stopped")
	}
}

// died tells whether a wake came to no good end.
func died(w life.Wake) bool { return w.Died != "" || w.Err != nil }

// beganNow tells whether, for the job, the round began in this wake.
func (g *guard) beganNow(st deferral.State) bool {
	now, began := g.l.Mac.Now(), st.Round.Began
	return began.Boot == now.Boot && now.Continuous-began.Continuous <= g.now()-g.wake.began
}

// begins takes note of a round that has begun.
func (g *guard) begins(st deferral.State) {
	r := &g.round
	*r = round{active: true, sighted: g.wake.sighted, sightedAt: g.wake.sightedAt, deadline: st.ForcedAfter, allowed: g.allowed(), nones: r.nones, lastNone: r.lastNone, deferred: r.deferred, lastDeferred: r.lastDeferred, wentDown: r.wentDown}
	stepped := g.wake.clockSet != never && g.wake.clockSet >= g.wake.began
	another := st.ForcedAfter.Sub(r.sightedAt.Add(st.Round.MaxDeferral)).Abs() > 15*time.Minute
	if r.reached = forever; g.wake.handed || r.sighted == never || g.let(anAdministratorMovesIt, g.repin && stepped && another) {
		// It was taken over before there was a check, or before the clock was set.
		by := told{g.wake.began, g.wake.beganAt}
		if g.wake.handed {
			by = g.took
		}
		r.sighted, r.sightedAt = by.at, by.wall
		r.reached = g.untilThen(st, by)
	}
	g.took = told{}
	g.noticeAtFirst(st)
	g.reached.named("round", "begun")
}

// untilThen is when in the round, in true time, a deadline passes that was handed
// to the job: as long after as the clock said that it is taken over by, even if
// that clock is set right later.
func (g *guard) untilThen(st deferral.State, by told) time.Duration {
	return g.spent(by.at) + st.ForcedAfter.Sub(by.wall)
}

// ends takes note that there is no round.
func (g *guard) ends() {
	r := &g.round
	*r = round{sighted: never, reached: forever, nones: r.nones, lastNone: r.lastNone, deferred: r.deferred, lastDeferred: r.lastDeferred, wentDown: r.wentDown}
	g.forgotten = false
	g.repin = false
	g.today.asked = never
	g.notices.asked, g.notices.again, g.notices.pending = nil, nil, ""
}

// believable is before every release of the job, so that a clock that tells an
// earlier time is wrong beyond doubt.
var believable = time.Date(2025, 1, 1, 0, 0, 0, 0, time.UTC)

// foundTime tells whether the clock was wrong at the first sighting and is
// right now, so that the deadline must be told again. In true time it does not
// move later but for what the job cannot know.
func (g *guard) foundTime(st deferral.State) bool {
	r := &g.round
	if !r.sightedAt.Before(believable) || st.ForcedAfter.Before(believable) {
		return g.setForward(st)
	}
	// The wake finds a right clock as it begins, or at any moment of it, but not
	// before it has seen anything by the wrong one.
	clocks := append([]told{{g.wake.began, g.wake.beganAt}}, g.wake.clocks...)
	for len(clocks) > 1 && clocks[0].at < r.sighted {
		clocks = clocks[1:]
	}
	if clocks[0].wall.Before(believable) {
		clocks = append(clocks, told{g.now(), g.l.Mac.Now().Wall})
	} else {
		clocks = clocks[:1]
	}
	var latest time.Time
	for _, c := range clocks {
		if c.wall.Before(believable) {
			continue
		}
		if at := c.wall.Add(-g.continuous(c.at)); at.After(latest) {
			latest = at
		}
	}
	if latest.IsZero() {
		return false
	}
	r.sightedAt = latest.Add(time.Duration(r.boots) * (time.Hour + 5*time.Minute))
	g.reached.named("deadline", "told by the right clock")
	return true
}

// setForward takes note of a clock that was set forward.
func (g *guard) setForward(st deferral.State) bool {
	at, found := g.forward(st)
	if found {
		g.round.sightedAt = at
		g.reached.named("deadline", "told by a clock that was set forward")
	}
	return found
}

// forward tells whether the clock was set forward in the start of the Mac in which
// the round began, by as much as the deadline has moved, and what it then tells for the
// sighting. In the wake that began the round nobody knows from where, and other settings
// move it, too.
func (g *guard) forward(st deferral.State) (sightedAt time.Time, found bool) {
	r := &g.round
	by := st.ForcedAfter.Sub(r.deadline)
	for _, c := range append([]told{{g.wake.began, g.wake.beganAt}}, g.wake.clocks...) {
		at := c.wall.Add(-g.continuous(c.at))
		ahead := at.Sub(r.sightedAt)
		moved := (ahead - by).Abs() < 2*time.Minute
		if by == 0 && r.sighted >= g.wake.began || g.let(anAdministratorMovesIt, g.repin) {
			late := st.ForcedAfter.Sub(at)
			moved = late >= 0 && late <= r.allowed+15*time.Minute
		}
		if r.boots == 0 && c.at >= r.sighted && ahead >= time.Hour-2*time.Second && moved {
			return at, true
		}
	}
	return time.Time{}, false
}

// An idle watches wakes that have nothing to do: they start nothing and write
// nothing but, once an hour, the mark of the time spent.
type idle struct {
	until   time.Duration // until then there is nothing to do, as the job said
	boots   int
	stirred bool
	writes  int
	copy    []byte // of the deadline, as the wake found it
	status  []byte // for machines, as the wake found it
	marked  time.Duration
	watched bool
	near    bool // the deferral ends before the next wake
	apples  int  // how many declarations were Apple's as the last wake began
}

// begins tells whether the wake that begins must have nothing to do.
func (i *idle) begins(g *guard) {
	// A look or two takes seconds, in which the time may come.
	apples := len(g.declared(g.l.Mac.Now().Wall))
	i.watched = !i.stirred && !g.let(appleDecides, apples != i.apples) && i.boots == g.wake.boots && g.now() < i.until-10*time.Second && g.l.Mac.Disk().Fault == simmac.DiskWorks && !g.repin
	st, err := g.held()
	left := min(st.DeferralLeft(g.l.Mac.Now()), st.TimeLeft(g.l.Mac.Now())) // they differ where the clock drifts
	i.near = err == nil && left > 0 && left < 5*time.Minute
	i.writes, i.stirred, i.apples = g.l.Mac.Disk().Writes, false, apples
	i.copy, _ = g.l.Mac.Disk().Get(layout.DeadlineCopy())
	i.status, _ = g.l.Mac.Disk().Get(layout.StatusFile())
}

// most is how many writes are one mark of the time spent: the copy is written
// with it where it did not hold the deadline, because somebody has deleted it or
// the disk has lost it.
func (i *idle) most(g *guard) int {
	if c, _, err := statefile.Decode(i.copy); err != nil || !c.ForcedAfter.Equal(g.round.deadline) {
		return 2
	}
	return 1
}

// ends checks what the wake has done.
func (i *idle) ends(g *guard, wake life.Wake) {
	now := g.now()
	writes := g.l.Mac.Disk().Writes - i.writes
	if status, _ := g.l.Mac.Disk().Get(layout.StatusFile()); !bytes.Equal(status, i.status) {
		writes-- // what a write of the status must be, guard_status_test.go says
	}
	if i.watched && !g.let(theWakeDied, died(wake)) && !g.let(nobodyIsLookedFor, g.set.InstallWhenNobody) && !g.let(theDiskLies, g.lies) {
		g.reached.named("wake", "idle")
		if g.wake.tools > 0 && !g.let(thePromptIsNear, i.near) {
			g.fail(23, "a wake that had nothing to do for %v started %d programs", i.until-g.wake.began, g.wake.tools)
		}
		if g.let(theMacIsHeld, g.notices.over) {
			writes-- // that the hold is over, and everybody has notice, is written down
		}
		if writes > 1 && writes > i.most(g) && !g.let(thePromptIsNear, i.near) || writes > 0 && now-i.marked < time.Hour-time.Second && i.marked > 0 && !g.let(thePromptIsNear, i.near) {
			g.fail(23, "a wake that had nothing to do wrote %d times, %v after the last mark", writes, now-i.marked)
		}
		if writes > 0 && !i.near { // where it is near, the deferral's end is written
			i.marked = now
		}
		i.kept(g, wake)
	}
	i.until, i.boots = never, g.wake.boots
	if !g.let(theWakeDied, died(wake)) && !g.let(aFaultHidIt, g.wake.faulty) {
		i.until = now + wake.Outcome.Next
	}
	i.stirred = false
}

// kept checks that a wake which sees the end of a deferral coming before the next
// one has waited for it.
func (i *idle) kept(g *guard, wake life.Wake) {
	st, err := g.held()
	if err != nil || !i.near || g.wake.tools > 0 || !strings.Contains(wake.Outcome.Why, "prompt") {
		return
	}
	if left := st.DeferralLeft(g.l.Mac.Now()); left > time.Second {
		g.fail(8, "a wake ended %v before the end of the deferral", left)
	}
}
