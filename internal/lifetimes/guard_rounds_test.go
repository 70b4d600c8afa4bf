package lifetimes

import (
	"time"

	"installordefer/deferral"
	"installordefer/internal/simmac"
)

// proven checks that nothing was left when a round was over.
func (g *guard) proven() {
	if g.let(theListIsFalse, !g.honest()) || g.let(theDiskLies, g.lies) {
		return
	}
	// A removal that has begun goes on, whatever is set meanwhile.
	now := g.set
	g.set = g.provenBy
	defer func() { g.set = now }()
	for _, u := range g.l.Mac.Pending() {
		if u.RestartFrom > g.round.lastNone-time.Second {
			u.Action = simmac.NoAction // it needs a restart only since then
		}
		if g.withheld(u) && u.Appears < g.round.lastNone-time.Second {
			g.fail(18, "the round is over although MDM defers %s", u.Label)
		}
		if g.inScope(u) && u.Appears < g.round.lastNone-time.Second {
			g.fail(18, "the round is over although %s is not installed", u.Label)
		}
	}
	if g.round.lastNone == never {
		g.fail(18, "the round is over although no check has said that nothing is left")
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

// provenDeferred checks that MDM deferred all that was left when a round was over
// for that.
func (g *guard) provenDeferred() {
	if g.let(theListIsFalse, !g.honest()) || g.let(theDiskLies, g.lies) {
		return
	}
	now := g.set
	g.set = g.provenBy
	defer func() { g.set = now }()
	for _, u := range g.l.Mac.Pending() {
		if u.RestartFrom > g.round.lastDeferred-time.Second {
			u.Action = simmac.NoAction
		}
		if g.inScope(u) && u.Appears < g.round.lastDeferred-time.Second {
			g.fail(18, "the round is over although %s is not installed", u.Label)
		}
	}
	if g.round.deferred < 2 {
		g.fail(18, "the round is over although only %d checks have said that MDM defers all that is left", g.round.deferred)
	}
}
