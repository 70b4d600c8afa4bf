package lifetimes

import (
	"slices"
	"time"

	"installordefer/internal/simmac"
	"installordefer/internal/simmac/life"
)

// What the guard demands for people for whom the deadline, or what brought it
// nearer, has come while they were away: one prompt, MinimumNotice at the screen, and
// no countdown before.

// A span is a time in which somebody could see the screen.
type span struct{ from, to time.Duration }

// notices are what people have heard since the last news of the deadline.
type notices struct {
	asked   map[string][]time.Duration // the prompts that were on their screen
	again   map[string]bool            // they were asked past the deadline
	pending string                     // was, in the wake that runs
	spans   map[string][]span
	who     string // can see the screen now
	since   time.Duration
	usedUp  time.Duration // the wake that brought the deadline nearer because of MaxDeferrals began
	held    bool          // the last wake found the Mac held
	over    bool          // the hold has ended since then
}

// short is how long somebody may be away between two looks and the job not know it.
const short = 10 * time.Minute

// look takes note of who can see the screen from now on.
func (n *notices) look(g *guard, at time.Duration) {
	who, seen := g.l.Mac.Seen()
	if !seen {
		who = ""
	}
	if who == n.who {
		return
	}
	if n.who != "" {
		if n.spans == nil {
			n.spans = map[string][]span{}
		}
		n.spans[n.who] = append(n.spans[n.who], span{n.since, at})
	}
	n.who, n.since = who, at
}

// of returns when somebody could see the screen, up to now.
func (n *notices) of(who string, now time.Duration) []span {
	all := n.spans[who]
	if n.who == who {
		all = append(all[:len(all):len(all)], span{n.since, now})
	}
	return all
}

// seen is for how long somebody was at the screen from some time on, as far as the job
// can tell.
func (n *notices) seen(who string, from, now time.Duration) time.Duration {
	var total time.Duration
	last := never
	for _, s := range n.of(who, now) {
		if s.to <= from {
			continue
		}
		begins := max(s.from, from)
		if last != never && begins-last < short {
			begins = last
		}
		total += s.to - begins
		last = s.to
	}
	return total
}

// there tells whether somebody could see the screen between two times.
func (n *notices) there(who string, from, to, now time.Duration) bool {
	for _, s := range n.of(who, now) {
		if s.from <= to && s.to >= from {
			return true
		}
	}
	return false
}

// news takes note that nobody who was asked before knows the deadline as it is.
func (n *notices) news(before time.Duration) {
	for who := range n.asked {
		n.asked[who] = slices.DeleteFunc(n.asked[who], func(at time.Duration) bool { return at < before })
	}
	n.forgotten()
}

// forgotten takes note that the job may no longer know whom it has asked. Who was
// asked has heard of the deadline all the same, where it is as it was.
func (n *notices) forgotten() { n.again, n.pending = nil, "" }

// wakes takes note of a hold that is on, or over, when a wake begins.
func (n *notices) wakes(g *guard) {
	held := g.onHold(g.l.Mac.Now().Wall)
	if n.over = n.held && !held; n.over {
		n.news(g.now())
	}
	n.held, n.pending = held, ""
}

// first is the first prompt that somebody has had since the last news.
func (n *notices) first(who string) (at time.Duration, was bool) {
	if len(n.asked[who]) == 0 {
		return 0, false
	}
	return n.asked[who][0], true
}

// prompted takes note of a prompt that came up, past the deadline or not.
func (n *notices) prompted(g *guard, e simmac.Event) {
	who := g.dialog.who
	if n.asked == nil {
		n.asked = map[string][]time.Duration{}
	}
	n.asked[who] = append(n.asked[who], e.At)
	if !g.dialog.late {
		return
	}
	wall := e.Moment.Wall
	if n.again[who] && !g.let(theClockIsSet, g.round.stepped) && !g.let(theDiskLies, g.lies) {
		g.fail(31, "%s has notice a second time", who)
	}
	opens := g.open(wall.Add(g.notice())) && g.open(wall.Add(g.notice()+g.set.UpdateDelay))
	if left := e.Dialog.Choices[0].For; left > g.notice()+2*time.Second && !g.let(hoursAreClosed, !opens || g.doubtful(wall)) {
		g.fail(31, "%s has %v of notice, more than %v", who, left, g.notice())
	}
	n.pending = who
	g.reached.named("notice", "past the deadline")
}

// closed takes note that a prompt went, and whether nobody can have seen it.
func (n *notices) closed(g *guard) {
	if g.let(takenAway, g.view.hidden) || g.let(nothingIsShown, g.view.unshown != never) {
		n.pending = ""
	}
}

// woke takes note of a wake that has written down whom it asked.
func (n *notices) woke(g *guard, wake life.Wake) {
	if n.pending == "" || g.let(aFaultHidIt, g.wake.faulty) || g.let(theWakeDied, died(wake)) {
		return
	}
	if n.again == nil {
		n.again = map[string]bool{}
	}
	n.again[n.pending] = true
}

// notice is for how long a person is at the screen before a countdown.
func (g *guard) notice() time.Duration { return min(g.set.MinimumNotice, g.least()) }

// passed is when in the story the deadline passed, by the clock of now.
func (g *guard) passed(at time.Duration, wall time.Time) time.Duration {
	return at - wall.Sub(g.deadline())
}

// thereForADay tells whether somebody was at the screen a day ago, past the deadline.
func (g *guard) thereForADay(who string, at, passed time.Duration) bool {
	for _, s := range g.notices.of(who, at) {
		if s.to > passed && at-max(s.from, passed) >= day-time.Minute {
			return true
		}
	}
	return false
}

// hadNotice tells whether somebody has had the notice that a countdown needs: they
// were asked and were then at the screen for that long, or were asked that long before
// and at the screen when the deadline passed.
func (g *guard) hadNotice(who string, at, passed time.Duration) bool {
	n, least := &g.notices, g.notice()-time.Minute
	asked, was := n.first(who)
	return least <= 0 || was && (n.seen(who, asked, at) >= least || at-asked >= least && n.there(who, passed-time.Minute, passed+short+time.Minute, at))
}

// hasNotice checks that somebody is not counted down before they have had notice.
func (g *guard) hasNotice(e simmac.Event, who string) {
	passed := g.passed(e.At, e.Moment.Wall)
	if g.hadNotice(who, e.At, passed) || g.thereForADay(who, e.At, passed) || g.let(lockedForLong, g.lockedForLong(e.At)) || g.let(theClockIsSet, g.round.stepped) ||
		g.let(theDiskLies, g.lies) || g.let(anAdministratorMovesIt, g.repin) || g.let(bothFilesAreDeleted, g.forgotten) {
		return
	}
	asked, was := g.notices.first(who)
	g.fail(31, "%s is counted down before they have had %v of notice: asked %v (%v), at the screen %v since", who, g.notice(), asked, was, g.notices.seen(who, asked, e.At))
}

// owesNotice tells whether whoever is at the screen still has notice, at most for a day
// from when nothing else stood in the way. Who was away when the deadline passed is
// asked again, which waits for the end of quiet hours.
func (g *guard) owesNotice() bool {
	c, at, wall := g.l.Mac.Console(), g.now(), g.l.Mac.Now().Wall
	if c == nil || at-g.live.due >= day+soon {
		return false
	}
	n, passed := &g.notices, g.passed(at, wall)
	asked, was := n.first(c.Name)
	waits := g.notice() > 0 && g.quietAt(wall) && !n.again[c.Name] && !n.there(c.Name, passed-time.Minute, passed+time.Minute, at)
	// Who used up their deferrals with the answer to a prompt was shown another
	// deadline by it.
	return waits || was && n.usedUp > 0 && asked >= n.usedUp || !g.hadNotice(c.Name, at, passed)
}
