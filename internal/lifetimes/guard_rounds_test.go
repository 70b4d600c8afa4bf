package lifetimes

import (
	"time"

	"installordefer/deferral"
	"installordefer/internal/simmac"
)

// proven checks that nothing was left when a round was over.
func (g *guard) proven() {
	last := g.round.lastNone
	g.overBy(last, func(u simmac.Update) {
		if g.withheld(u) && u.Appears < last-time.Second {
			g.fail(18, "the round is over although MDM defers %s", u.Label)
		}
	})
	if last == never && !g.doubtfulProof() {
		g.fail(18, "the round is over although no check has said that nothing is left")
	}
}

// provenDeferred checks that MDM deferred all that was left when a round was over
// for that.
func (g *guard) provenDeferred() {
	g.overBy(g.round.lastDeferred, func(simmac.Update) {})
	if g.round.deferred < 2 && !g.doubtfulProof() {
		g.fail(18, "the round is over although only %d checks have said that MDM defers all that is left", g.round.deferred)
	}
}

// doubtfulProof tells whether nothing that a check says, or the disk keeps, proves
// anything.
func (g *guard) doubtfulProof() bool {
	return g.let(theListIsFalse, !g.honest()) || g.let(theDiskLies, g.lies)
}

// overBy checks that what was in scope at the last check of a round was installed.
// Other is asked about each update that was not.
func (g *guard) overBy(last time.Duration, other func(simmac.Update)) {
	if g.doubtfulProof() {
		return
	}
	// A removal that has begun goes on, whatever is set meanwhile.
	now := g.set
	g.set = g.provenBy
	defer func() { g.set = now }()
	for _, u := range g.l.Mac.Pending() {
		if u.RestartFrom > last-time.Second {
			u.Action = simmac.NoAction // it needs a restart only since then
		}
		other(u)
		if g.inScope(u) && u.Appears < last-time.Second {
			g.fail(18, "the round is over although %s is not installed", u.Label)
		}
	}
}

// over takes note of a round that is over on a Mac on which the job stays.
func (g *guard) over(st deferral.State) {
	if !st.Stays() || st.Active() {
		return
	}
	switch {
	case g.round.active && st.Withheld != "":
		g.provenDeferred()
		g.reached.named("round", "over, and the job stays for what MDM defers")
	case g.round.active:
		g.proven()
		g.reached.named("round", "over, and the job stays")
		if g.provenBy.RemoveWhenDone && g.set.RemoveWhenDone {
			g.fail(18, "nothing is left, and the job stays although nothing keeps it")
		}
	}
	g.ends()
}
