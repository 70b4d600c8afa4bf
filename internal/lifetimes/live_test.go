package lifetimes

import (
	"fmt"
	"slices"
	"time"

	"installordefer/deferral"
	"installordefer/internal/clock"
	"installordefer/internal/simmac"
	"installordefer/internal/simmac/scenario"
)

// alive watches that what must happen happens, once nothing goes wrong any
// more.
type alive struct {
	prompted  time.Duration // the last dialog
	enforced  time.Duration // the last thing that enforces
	attempted time.Duration // the last installation
	since     time.Duration // since when nothing stands in the way
	due       time.Duration // when the deadline had not passed yet for certain
	still     time.Duration // since when nothing about the Mac has changed
	helped    time.Duration // the last dialog about installing or a password
	obliged   bool          // the deadline had passed then
	fit       time.Duration // when the Mac was fit for the updates, or nobody could have been told
	unsure    time.Duration // until when no check had said what the last restart came to
	failed    time.Duration // the last check that failed
	check     clock.Moment  // the last check
	chosen    string        // the settings by which the last list was chosen
}

// stirred notes that something about the Mac has changed.
func (a *alive) stirred(at time.Duration) { a.still = at }

const (
	// soon is two wake intervals, and what a check and a download that is
	// broken off at the deadline take.
	soon = 2*5*time.Minute + 50*time.Minute
	// unoffered is how long the job waits with the next check where Apple offers
	// nothing that leads to what RequiredVersions asks for, or nobody is there who
	// could install it.
	unoffered = 6 * time.Hour
	// patience is the longest pause after installations that failed.
	patience = 4*time.Hour + soon
	// retried is the longest time to the next check after some that failed.
	retried = 2 * time.Hour
)

// judge tells whether something that must have happened has not.
func (a *alive) judge(g *guard, st deferral.State) {
	now := g.now()
	scope := func() string { return fmt.Sprint(g.set.AllowMajorUpgrades, g.set.IgnoreUpdates, g.set.OnlyUpdates) }
	switch {
	case st.LastCheck.At == a.check:
	case st.LastCheck.Failed > 0:
		a.failed = now
	default:
		a.chosen = scope()
	}
	a.check = st.LastCheck.At
	if g.let(notCalmYet, now < g.w.calm || !g.l.Mac.Up() || g.l.Mac.Asleep()) || g.let(theListIsFalse, !g.honest()) ||
		g.let(theDiskLies, g.lies) || g.let(anAdministratorMovesIt, g.repin) ||
		g.let(theMacIsHeld, g.onHold(g.l.Mac.Now().Wall)) || g.let(appleDecides, g.withApple()) {
		a.since, a.due = now, now
		a.stirred(now)
		return
	}
	from, bound := max(a.still, g.w.calm), a.bound(g, st)
	if st.LastCheck.Failed > 0 && (st.Round.Step.Kind != deferral.NoStep || len(st.Round.Updates) == 0 || a.chosen != scope() || g.unlisted(st)) {
		// What is left, after a restart, at all, by the settings of now, or of
		// what has appeared since, the next check that succeeds must say before anything follows. A Mac whose
		// checks take as long as they may goes on failing them, but never stops
		// trying.
		from = max(from, a.failed)
		a.unsure, bound = now, max(bound, soon+retried)
	}
	switch {
	case len(g.ours()) == 0 || g.l.Removed || g.let(theRoundHasStopped, st.Stopped()):
		return
	case st.Active() && g.overdue(st):
		if g.let(allIsWithheld, st.Withheld != "") {
			a.due = now // the next list may hold something that is
		}
		if g.let(hoursAreClosed, g.shut(st)) {
			a.since, a.due = now, now // a lock counts from when it may happen
			return
		}
		if g.nobodySees(now) || g.unfit(st, from, bound) || g.let(theyMayNot, g.mayNot(st)) || g.askedLately() || g.let(noticeIsHad, g.owesNotice()) {
			a.since = now
			return
		}
		// Within this wake the deadline may have passed only just now.
		passed := max(g.l.Mac.Now().Wall.Sub(st.ForcedAfter), g.continuous(now)-g.mostSpent())
		if from = max(from, a.since, now-passed); a.unsure != now {
			from = max(from, a.unsure)
		}
		if now-max(from, a.enforced) > bound {
			g.fail(26, "the deadline %v has passed, nothing stands in the way, and for %v nothing was enforced", st.ForcedAfter, now-max(from, a.enforced))
		}
		g.reached.named("liveness", "enforced")
	case st.Active():
		a.since, a.due = now, now
		if g.nobodyIsAsked(st) {
			a.stirred(now)
			return
		}
		if now-max(from, a.prompted) > bound+2*time.Hour {
			g.fail(27, "somebody is at the screen, no deferral runs, and for %v there was no prompt", now-max(from, a.prompted))
		}
		g.reached.named("liveness", "prompted")
	default:
		a.since = now
		if now-from > 3*time.Hour && !g.let(allIsWithheld, st.Withheld != "" && now-from < day+time.Hour) && !g.let(theJobStays, st.Stays() && now-from < day+time.Hour) && !g.let(theFirstCheckWaits, st.Share > 0 && st.LastCheck.At == (clock.Moment{})) {
			g.fail(27, "updates are offered, nothing is in the way, and no round has begun for %v", now-from)
		}
	}
}

// bound is how long what must happen may take.
func (a *alive) bound(g *guard, st deferral.State) time.Duration {
	switch now := g.now(); {
	case g.let(allIsWithheld, st.Active() && st.Withheld != "" && g.unlisted(st)):
		return day + soon
	case st.Active() && g.overdue(st) && g.let(appleIsAskedSeldom, g.assistedToo() && g.unlisted(st)):
		return unoffered + soon
	case st.LastCheck.Outcome == deferral.None && g.unlisted(st): // it has come since
		return unoffered + soon
	case a.attempted > 0 && now-a.attempted < patience+2*time.Hour || st.Round.Failures > 0:
		return patience
	}
	return soon
}

// nobodyIsAsked tells whether something keeps prompts away that may. The job may
// know that the deadline has passed a little before it is beyond doubt.
func (g *guard) nobodyIsAsked(st deferral.State) bool {
	now := g.l.Mac.Now()
	return g.l.Mac.Console() == nil || g.let(hoursAreClosed, st.Due(now) && g.shut(st)) || (st.Due(now) || g.live.obliged) && g.askedLately() ||
		g.let(theyMayNot, g.mayNot(st)) || g.let(theMacWaits, g.view.hidden || g.unknownIsThere() || g.converting() || g.quietAt(now.Wall) || st.DeferralLeft(now) > 0 || st.Round.Step.Kind != deferral.NoStep || len(st.Round.Agreed.Labels) > 0)
}

// askedLately tells whether somebody was asked for what only a person can install, and
// is not asked again yet.
func (g *guard) askedLately() bool {
	helped := g.live.helped
	return g.let(theyWereAsked, g.assistedToo() && helped > 0 && g.now()-helped < deferral.AskedMost+soon)
}

// unlisted tells whether something is left that the job's list does not hold.
func (g *guard) unlisted(st deferral.State) bool {
	return slices.ContainsFunc(g.left(), func(u simmac.Update) bool {
		return !slices.ContainsFunc(st.Round.Updates, func(known deferral.Update) bool { return known.Label == u.Label })
	})
}

// overdue tells whether the deadline has passed beyond doubt.
func (g *guard) overdue(st deferral.State) bool {
	return !g.l.Mac.Now().Wall.Before(st.ForcedAfter) || g.continuous(g.now()) > g.mostSpent()
}

func (g *guard) converting() bool {
	n := len(g.w.Events)
	for i := n - 1; i >= 0; i-- {
		if g.w.Events[i].Do == "filevault" && g.now() >= time.Duration(g.w.Events[i].At) {
			return g.w.Events[i].State != "on"
		}
	}
	return false
}

// onBattery tells whether the battery may be too low to install anything.
func (g *guard) onBattery() bool {
	if g.w.Mac.Battery == nil || g.set.MinimumBatteryPercent == 0 {
		return false
	}
	for i := range g.w.Events {
		if e := &g.w.Events[i]; e.Do == "power" && e.At == scenario.Duration(g.w.calm) {
			return *e.Percent < g.set.MinimumBatteryPercent && !*e.Adapter
		}
	}
	return true
}

// assisted tells whether every update in scope is for a person to install: on
// Apple silicon all that needs more than its installation.
func (g *guard) assisted() bool {
	if g.set.ManualUpdates {
		return true
	}
	if !g.l.Mac.AppleSilicon() {
		return false
	}
	seen := map[string]bool{} // of two that share a label only the first is known
	for _, u := range g.left() {
		if !u.System() && u.Action == simmac.NoAction && !seen[u.Label] {
			return false
		}
		seen[u.Label] = true
	}
	return true
}

// assistedToo tells whether some update in scope is for a person to install. The
// pause until they are asked again is one for the whole round.
func (g *guard) assistedToo() bool {
	return g.assisted() || g.l.Mac.AppleSilicon() && slices.ContainsFunc(g.left(), func(u simmac.Update) bool { return u.System() || u.Action != simmac.NoAction })
}

// ended checks, at the end of the story, that the updates were installed where
// nothing stood in the way for half a day.
func (g *guard) ended(st deferral.State) {
	now := g.now()
	a := &g.live
	if g.l.Removed || g.let(hoursAreClosed, g.shut(st)) || g.let(noticeIsHad, g.owesNotice()) || g.let(theMacIsHeld, g.onHold(g.l.Mac.Now().Wall)) || !st.Active() || !g.overdue(st) ||
		g.let(notCalmYet, now < g.w.calm || now-max(a.still, a.since, g.w.calm) < 12*time.Hour) ||
		g.let(theListIsFalse, !g.honest()) || g.let(theDiskLies, g.lies) || g.let(theRoundHasStopped, st.Stopped()) ||
		g.let(aPersonIsNeeded, g.unknownIsThere() || g.l.Mac.Console() == nil && len(g.l.Mac.LoggedIn()) > 0 || g.onBattery() || g.l.Mac.AppleSilicon() || g.set.ManualUpdates) {
		return
	}
	for _, u := range g.ours() {
		if u.Course == simmac.Installs && !g.w.broken(u.Label) && !g.l.Mac.Installed(u.Label) && (!u.System() || !g.w.hasBroken()) && now-u.Appears > 12*time.Hour {
			g.fail(26, "half a day after the deadline, with nothing in the way, %s is not installed", u.Label)
		}
	}
	g.reached.named("liveness", "half a day overdue")
}

// broken tells whether an update with this label cannot be installed: Apple may
// offer two with one label.
func (w *world) broken(label string) bool {
	for _, u := range w.Updates {
		if u.Label == label && u.Course != "" {
			return true
		}
	}
	return false
}

// hasBroken tells whether Apple offers something that cannot be installed, and
// that may hold up the rest where all are installed together.
func (w *world) hasBroken() bool {
	for _, u := range w.Updates {
		if u.Course != "" && u.Course != string(simmac.Lingers) {
			return true
		}
	}
	return false
}
