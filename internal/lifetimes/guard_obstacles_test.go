package lifetimes

import (
	"slices"
	"time"

	"installordefer/deferral"
	"installordefer/internal/simmac"
	"installordefer/prompt"
)

// inTheWay names what keeps updates from being installed now, as far as the Mac
// and what Apple's tool has said tell; empty where nothing is in the way.
func (g *guard) inTheWay(st deferral.State) string {
	m := g.l.Mac
	b, portable := m.Battery()
	switch v := m.FileVault(); {
	case portable && !b.Adapter && b.Percent < g.set.MinimumBatteryPercent:
		return "the battery"
	case v == simmac.FileVaultEncrypting || v == simmac.FileVaultDecrypting:
		return "FileVault"
	case m.Network() == simmac.NetworkDown && st.LastCheck.Failed > 0:
		return "the network"
	case st.Round.Short.At.Boot == m.Now().Boot && m.FreeBytes()/1024 < st.Round.Short.NeedsKiB:
		return "the disk"
	}
	return ""
}

// comesToSomething checks that a countdown which begins can end with an
// installation, and that what a dialog says is in the way is.
func (g *guard) comesToSomething(e simmac.Event) {
	st, err := g.state.read(g)
	if err != nil || e.Dialog.Kind != prompt.RunNow && e.Dialog.Kind != prompt.InTheWay {
		return
	}
	way := g.inTheWay(st)
	blind := g.let(theChargeIsUnknown, g.power.blind) || g.let(conversionIsUnknown, g.vault.blind) || g.let(aFaultHidIt, g.wake.faulty)
	if blind || g.let(itHasJustChanged, e.At-g.live.still < 5*time.Minute || g.live.still >= g.wake.began) {
		return
	}
	switch e.Dialog.Kind {
	case prompt.RunNow:
		if way != "" && way != "the disk" {
			g.fail(37, "a countdown begins, and %s is in the way", way)
		}
	case prompt.InTheWay:
		if way == "" {
			g.fail(37, "a dialog says that %s is in the way, and nothing is", e.Dialog.Obstacle.Is)
		}
		g.reached.named("in the way", way)
	}
}

// nobodySees tells whether nobody is there for what is due, or nobody could see it.
func (g *guard) nobodySees(now time.Duration) bool {
	a := &g.live
	unshown, long := g.nothingShown(now)
	if g.let(nothingIsShown, unshown && (!long || now-a.due < g.set.MaxLockedTime)) || g.let(aPersonIsNeeded, g.view.hidden && (!g.lockedForLong(now) || now-a.due < g.set.MaxLockedTime) || g.unknownIsThere() || g.l.Mac.Console() == nil && (g.assisted() || g.onBattery() || len(g.l.Mac.LoggedIn()) > 0)) {
		a.fit = now
		return true
	}
	return false
}

// unfit tells whether the Mac is in no condition for what is due, and checks that
// people are told so, once the pause after a failure is over.
func (g *guard) unfit(st deferral.State, from, bound time.Duration) bool {
	a, now, way := &g.live, g.now(), g.inTheWay(st)
	if !g.let(theMacIsUnfit, way != "") {
		a.fit = now
		return false
	}
	if silent := now - max(from, a.fit, a.prompted); silent > bound+2*time.Hour && !g.let(aPersonIsNeeded, g.assisted() || g.l.Mac.Console() == nil) {
		g.fail(37, "past the deadline %s is in the way, and for %v nobody was told", way, silent)
	}
	return true
}

// mayNot tells whether whoever is at the screen is no volume owner, and only one can
// let anything be installed of what the job knows of.
func (g *guard) mayNot(st deferral.State) bool {
	c := g.l.Mac.Console()
	return g.l.Mac.AppleSilicon() && c != nil && !c.Owner &&
		!slices.ContainsFunc(st.Round.Updates, func(u deferral.Update) bool { return !u.System })
}
