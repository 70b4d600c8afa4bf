package lifetimes

import (
	"slices"
	"strings"

	"installordefer/internal/simmac"
)

// inScope is the guard's own judgement of an update.
func (g *guard) inScope(u simmac.Update) bool {
	matches := func(patterns []string) bool {
		return slices.ContainsFunc(patterns, func(p string) bool { return strings.HasPrefix(u.Label, strings.TrimSuffix(p, "*")) })
	}
	switch {
	case matches(g.set.IgnoreUpdates), len(g.set.OnlyUpdates) > 0 && !matches(g.set.OnlyUpdates):
		return false
	case u.Held && !u.HeldUnmarked, u.NotRecommended && u.Action == simmac.NoAction:
		return false
	case u.System() && strings.HasPrefix(u.Version, "27") && strings.HasPrefix(g.l.Mac.OS().Version, "26"):
		return g.set.AllowMajorUpgrades
	}
	return true
}

// left are the updates that Apple lists and that are in scope.
func (g *guard) left() []simmac.Update {
	return slices.DeleteFunc(g.l.Mac.Offers(), func(u simmac.Update) bool { return !g.inScope(u) })
}

// withheld tells whether MDM defers an update, by what Apple's list says, that
// would be in scope otherwise.
func (g *guard) withheld(u simmac.Update) bool {
	held := u.Held && !u.HeldUnmarked
	u.Held = false
	return held && g.inScope(u)
}

// checked notes what Apple's tool has listed.
func (g *guard) checked(e simmac.Event) {
	if len(g.left()) == 0 && slices.ContainsFunc(g.l.Mac.Offers(), g.withheld) {
		g.round.nones = 0
		g.round.deferred++
		g.round.lastDeferred, g.provenBy = e.At, g.set
		g.reached.named("check", "withheld")
		return
	}
	g.round.deferred = 0
	if len(g.left()) == 0 {
		g.round.nones++
		g.round.lastNone = e.At
		g.provenBy = g.set
		return
	}
	g.round.nones = 0
	if g.wake.sighted == never || !g.round.active && g.let(aFaultHidIt, g.wake.doubtful) {
		g.wake.sighted, g.wake.sightedAt, g.wake.doubtful = e.At, e.Moment.Wall, g.wake.spoilt
	}
}
