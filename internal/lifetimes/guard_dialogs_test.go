package lifetimes

import (
	"strings"
	"time"

	"installordefer/internal/simmac"
	"installordefer/prompt"
	prompted "installordefer/prompt/words"
)

// dialogShown checks a dialog that comes on the screen: when, for whom, and
// what it says.
func (g *guard) dialogShown(e simmac.Event) {
	g.count(e.At)
	g.view.unshown = never
	d := e.Dialog
	g.dialog = shown{kind: d.Kind, d: d, at: e.At, nap: g.hiddenUntil(e.At)}
	if c := g.l.Mac.Console(); c != nil {
		g.dialog.who = c.Name
	}
	if e.At < g.sleep.gap && !g.let(hardlyThere, e.At-(g.sleep.gap-switchTime) < moment) {
		g.fail(9, "a dialog comes up while the screen passes from one person to another")
	}
	g.checkWords(d)
	g.timeToSave(e)
	g.dialogInItsTime(e)
	g.spared(e)
	g.comesToSomething(e)
	switch d.Kind {
	case prompt.RunOrDefer:
		if d.Agreed.IsZero() {
			g.promptShown(e)
		} else {
			g.announced(e)
		}
		fallthrough
	case prompt.RunNow:
		g.checkSaved(e)
	}
	switch d.Kind {
	case prompt.RunNow, prompt.InstallNow, prompt.Updating, prompt.Password, prompt.InTheWay:
		g.live.enforced = e.At
	}
	if d.Kind == prompt.InstallNow || d.Kind == prompt.Password {
		g.live.helped, g.live.obliged = e.At, !d.Deadline.IsZero() && !e.Moment.Wall.Before(d.Deadline)
	}
	g.live.prompted = e.At
	g.idle.stirred = true
}

// promptShown checks a prompt that can be deferred.
func (g *guard) promptShown(e simmac.Event) {
	g.agreed = agreed{}
	deadline := g.deadline()
	passed := !deadline.IsZero() && !e.Moment.Wall.Before(deadline) && e.Dialog.Last
	g.dialog.late = !e.Dialog.Declared && (passed || g.round.active && g.continuous(e.At) > g.mostSpent()) && !g.let(anAdministratorMovesIt, g.repin)
	early := time.Second
	if e.Dialog.Declared {
		early = time.Minute // a day counts from the question, not from the answer
	}
	if e.At < g.wake.deferred-early && !g.let(anAdministratorMovesIt, g.local.late) && !g.let(theClockIsSet, g.dialog.late && g.round.stepped) {
		g.fail(8, "a prompt comes %v before the end of the deferral", g.wake.deferred-e.At)
	}
	g.wake.deferred = never
	for _, c := range e.Dialog.Choices {
		if c.Until.After(e.Dialog.Deadline.Add(time.Second)) {
			g.fail(8, "a deferral until %v is offered, past the deadline %v", c.Until, e.Dialog.Deadline)
		}
	}
	g.notices.prompted(g, e)
	if !g.round.active || g.let(appleDecides, e.Dialog.Declared) || g.let(theDiskLies, g.lies) || g.let(bothFilesAreDeleted, g.forgotten) ||
		g.let(theClockIsFound, g.round.deadline.Before(believable) && !e.Moment.Wall.Before(believable)) {
		return
	}
	if g.let(noticeIsHad, g.dialog.late && len(e.Dialog.Choices) == 1) {
		return // for how long, and how often, guard_notice_test.go says
	}
	if deadline := g.deadlineNow(); e.Moment.Wall.After(deadline.Add(time.Second)) && !g.let(anAdministratorMovesIt, g.repin) {
		g.fail(1, "the deadline %v has passed, and the updates can still be deferred", deadline)
	}
	if c := g.continuous(e.At); c > g.round.allowed+15*time.Minute && !g.let(theMarkIsAnHourOld, c <= g.mostSpent()) && !g.let(anAdministratorMovesIt, g.repin) {
		g.fail(1, "%v into the round, of which %v switched off, the updates can still be deferred; at most %v are allowed", g.spent(e.At), g.round.off, g.mostSpent())
	}
}

// deadlineNow is that of the round, or the one on the disk where the wake that runs has
// found the clock set forward.
func (g *guard) deadlineNow() time.Time {
	st, err := g.held()
	if err != nil || !st.Active() {
		return g.round.deadline
	}
	if _, found := g.forward(st); g.let(theClockIsFound, found) {
		return st.ForcedAfter
	}
	return g.round.deadline
}

// continuous is the time since the sighting that the Mac was switched on.
func (g *guard) continuous(at time.Duration) time.Duration { return g.spent(at) - g.round.off }

// mostSpent is the most that this may be before the deadline has passed,
// whatever the wall clock tells: an hour for each start of the Mac may be
// missing from what the job has written down.
func (g *guard) mostSpent() time.Duration {
	return g.round.allowed + g.round.anew + time.Duration(g.round.boots)*(time.Hour+5*time.Minute) + 15*time.Minute
}

// checkWords checks what people read.
func (g *guard) checkWords(d *prompt.Dialog) {
	p := prompted.For(prompted.Person{}, *d).Page(prompted.Opening(*d))
	if p.Heading == "" || p.Body == "" {
		g.fail(29, "a dialog without words: %+v", d)
	}
	if strings.Contains(p.Heading+p.Body, "macOS 27") && !g.set.AllowMajorUpgrades && strings.HasPrefix(g.l.Mac.OS().Version, "26") {
		g.fail(12, "the dialog names an upgrade: %q", p.Body)
	}
	for _, u := range d.Updates {
		if !g.w.names[words(u.Name)] && !g.let(theDiskLies, g.lies) {
			g.fail(12, "an update came to the screen as %q", u.Name)
		}
	}
}

// words makes every run of blanks one.
func words(s string) string { return strings.Join(strings.Fields(s), " ") }

// checkSaved checks that the deadline is on the disk before anybody reads it.
func (g *guard) checkSaved(e simmac.Event) {
	if g.let(theDiskLies, g.lies) || g.let(anAdministratorMovesIt, g.repin) {
		return
	}
	st, err := g.state.read(g)
	switch {
	case err != nil || !st.Active():
		g.fail(5, "a dialog shows the deadline %v, which is not on the disk: %v", e.Dialog.Deadline, err)
	case g.let(noticeIsHad, g.dialog.late):
	case !e.Dialog.Deadline.IsZero() && e.Dialog.Deadline.After(st.ForcedAfter.Add(time.Second)) && !g.let(appleDecides, e.Dialog.Declared) &&
		!g.let(hoursAreClosed, !g.open(st.ForcedAfter) || !g.open(st.ForcedAfter.Add(g.set.UpdateDelay)) || g.doubtful(st.ForcedAfter)):
		g.fail(1, "the dialog shows the deadline %v, on the disk is %v", e.Dialog.Deadline, st.ForcedAfter)
	}
}

// untilKnown is what the job may count of a dialog beyond its end, until it knows of
// it: what three programs take.
const untilKnown = 300 * time.Millisecond

func (g *guard) dialogClosed(e simmac.Event) {
	g.count(e.At)
	g.closedInTime(e)
	d := &g.dialog
	if d.kind == prompt.RunNow {
		// A dialog that is closed at once counts as one second, or as half of the
		// time for which it was away, a minute at most, or closing it again and
		// again would put the end off for ever.
		// Behind a lock that nobody has opened for so long it counts.
		awake := e.At - d.at
		if !g.let(lockedForLong, g.lockedForLong(e.At)) {
			awake -= g.hiddenUntil(e.At) - d.nap
		}
		least := time.Second
		if g.wake.closedFor == d.who {
			least = max(least, min(d.at-g.wake.closedAt, time.Minute)/2)
		}
		g.wake.closedFor, g.wake.closedAt = d.who, e.At
		g.seen[d.who] += max(awake, least) + untilKnown
		g.wake.complete = g.wake.complete || g.seen[d.who]-g.used[d.who] >= g.set.UpdateDelay-g.missable()
	}
	if d.kind == prompt.RunOrDefer && !d.d.Agreed.IsZero() && e.At-d.at >= g.set.HardRestartDelay {
		g.agreed.at = e.At // it goes on from here
	}
	if d.kind == prompt.RunOrDefer && g.round.active && e.Moment.Wall.After(g.round.deadline.Add(time.Minute)) && awakeFor(g, e.At) &&
		!g.let(theDiskLies, g.lies) && !g.let(anAdministratorMovesIt, g.repin) && !g.let(theClockIsSet, g.round.stepped) && !g.let(appleDecides, d.d.Declared) && !g.let(noticeIsHad, d.late) {
		g.fail(8, "a prompt that can be deferred was on the screen until %v, past the deadline %v", e.Moment.Wall, g.round.deadline)
	}
	if d.kind == prompt.RunOrDefer && d.d.Agreed.IsZero() && g.wake.deferred == never && !g.let(aFaultHidIt, g.wake.faulty) && !g.let(takenAway, g.view.hidden) && !g.let(noticeIsHad, d.late) {
		g.deferred(e.At, min(5*time.Minute, g.set.DeferralPeriod)) // there was no answer
	}
	if d.kind == prompt.RunOrDefer {
		g.notices.closed(g)
	}
	if g.live.enforced == d.at {
		g.live.enforced = e.At
	}
	g.live.prompted = e.At
	d.kind = ""
	g.idle.stirred = true
}

// awakeFor tells whether the Mac has been awake for the last minutes, so that
// the job could act.
func awakeFor(g *guard, at time.Duration) bool {
	return at-g.sleep.ended > 2*time.Minute && !g.sleep.asleep
}

// answered notes what the person has chosen.
func (g *guard) answered(e simmac.Event) {
	d := &g.dialog
	took := e.At - d.at
	c := g.l.Mac.Console()
	switch {
	case took < time.Second:
		return // nobody can have read it
	case c == nil || c.Name != d.who:
		return // it was not for them
	case e.At < g.sleep.gap:
		return // nobody can tell now for whom it was
	case e.Code == prompt.ExitRun && (d.kind == prompt.RunOrDefer || d.kind == prompt.RunNow) && strings.Contains(e.Text, " clicks "):
		g.wake.consent, g.wake.consenter = true, d.who
		g.wake.deferred = e.At // whatever follows, it is no ordinary prompt
		if d.kind == prompt.RunOrDefer {
			g.agreed = agreed{d.who, e.At, g.round.boots}
		}
		g.reached.named("consent", "clicked")
	case e.Code == prompt.ExitPassword:
		g.wake.consent, g.wake.consenter = true, d.who
	case e.Code == prompt.ExitDefer && d.kind == prompt.RunOrDefer && strings.Contains(e.Text, " clicks "):
		chosen := lasts(d.d.Choices[d.d.Usual], took)
		if strings.Contains(e.Text, ", until") {
			for _, c := range d.d.Choices {
				chosen = min(chosen, lasts(c, took))
			}
		}
		g.deferred(e.At, chosen)
	case e.Code == prompt.ExitTimeout && !d.d.Agreed.IsZero():
		g.agreed.at = e.At // it goes on from here
	case e.Code == prompt.ExitTimeout && d.kind == prompt.RunOrDefer && took >= d.d.Timeout-2*time.Second && !g.let(asleepMeanwhile, g.hiddenUntil(e.At) > d.nap):
		g.deferred(e.At, g.set.DeferralPeriod)
	}
}

// lasts is how long a deferral is that is chosen so long after its dialog came up.
// One until a time of the day is then shorter, and never less than five minutes.
func lasts(c prompt.Choice, after time.Duration) time.Duration {
	if c.Fixed {
		return max(c.For-after, 5*time.Minute)
	}
	return c.For
}

// deferred notes a deferral that begins now. It ends with the deadline.
func (g *guard) deferred(at, d time.Duration) {
	if g.let(aFaultHidIt, g.wake.faulty) || g.let(theDiskLies, g.lies) || g.let(theClockIsSet, g.wake.clockSet != never && g.wake.clockSet >= g.dialog.at) {
		return
	}
	g.wake.deferredAt = at
	g.wake.deferred = at + min(d, max(g.dialog.d.TimeLeft-(at-g.dialog.at), 0))
}
