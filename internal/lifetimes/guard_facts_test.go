package lifetimes

import (
	"strings"
	"time"

	"installordefer/internal/simmac"
	"installordefer/prompt"
)

// A look is what the guard knows of one thing about the Mac that the job has to
// ask a tool for.
type look struct {
	// at is when it was asked for in this wake, and blind is true when that was
	// struck by a fault.
	at    time.Duration
	blind bool
	// changed is when it changed last, whoever saw it.
	changed time.Duration
}

// freshFor is how old a look may be when it is acted upon: what a few tools
// take, one of which may be slow.
const freshFor = time.Minute

// changedSince tells whether it has changed since a look that was made right
// before: of that nobody could know.
func (l *look) changedSince(at time.Duration) bool {
	return l.changed >= l.at && l.at != never && at-l.at < freshFor
}

// looked takes note of a tool that tells what the Mac's condition is.
func (g *guard) looked(e simmac.Event) {
	g.wake.asking = nil
	switch e.Name {
	case "scutil":
		if e.Argv[len(e.Argv)-1] != "--nwi" {
			g.wake.looked = e.At
		}
	case "pmset":
		g.wake.asking = &g.power
	case "fdesetup":
		g.wake.asking = &g.vault
	}
	if g.wake.asking != nil {
		g.wake.asking.at, g.wake.asking.blind = e.At, false
	}
}

// checkCondition checks that the Mac's condition, as it is and not as it was
// seen, allows an installation.
func (g *guard) checkCondition(e simmac.Event, line string) {
	b, portable := g.l.Mac.Battery()
	if portable && !b.Adapter && b.Percent < g.set.MinimumBatteryPercent &&
		!g.let(theChargeIsUnknown, g.power.blind) && !g.let(theChargeHasJustFallen, g.power.changedSince(e.At)) {
		g.fail(25, "the battery holds %d %% of %d %%: %s", b.Percent, g.set.MinimumBatteryPercent, line)
	}
	v := g.l.Mac.FileVault()
	if working := v == simmac.FileVaultEncrypting || v == simmac.FileVaultDecrypting; working &&
		!g.let(conversionIsUnknown, g.vault.blind) && !g.let(conversionHasJustBegun, g.vault.changedSince(e.At)) {
		g.fail(25, "FileVault is %s: %s", v, line)
	}
}

// A telling is how long people have seen, awake and at the screen, a dialog that
// says what is about to happen to their Mac.
type telling struct {
	seen map[string]time.Duration
	// since is until when the dialog that is up has been counted.
	since time.Duration
}

// count counts the dialog that is up until now. It is called before whatever
// changes that: a dialog, the screen, sleep.
func (g *guard) count(at time.Duration) {
	t, d := &g.told, &g.dialog
	switch d.kind {
	case prompt.RunOrDefer, prompt.RunNow, prompt.Updating:
		if from := max(t.since, d.at); d.who != "" && d.who == g.sleep.console && !g.view.hidden && at > from {
			t.seen[d.who] += at - from
		}
	}
	t.since = at
}

// unasked checks that whoever is at the screen has been told of the restart that
// now comes by force.
func (g *guard) unasked(e simmac.Event) {
	g.count(e.At)
	c := g.l.Mac.Console()
	seen := g.told.seen[c.Name]
	_, long := g.nothingShown(e.At)
	switch {
	case seen == 0 && !g.let(nothingIsShown, long) && !g.let(nobodyCouldKnow, g.unseen(e)) && !g.let(hardlyThere, e.At-g.sleep.came < moment) &&
		!g.let(lockedForLong, g.lockedForLong(e.At)) && !g.let(behindTheirLock, g.view.locked != never && c.Name == g.wake.consenter && len(g.l.Mac.LoggedIn()) == 1):
		g.fail(13, "the Mac is restarted by force, and %s, at the screen for %v, was told nothing", c.Name, e.At-g.sleep.came)
	case seen < g.set.HardRestartDelay:
		g.reached.named("restart", "told of in part")
	default:
		g.reached.named("restart", "told of in full")
	}
}

// workLost counts whose work a restart of the job's has cost, and whether they
// were told before.
func (g *guard) workLost(e simmac.Event) {
	g.count(e.At)
	switch seen := g.told.seen[e.Who]; {
	case !g.restart.down:
		g.reached.named("work lost", "by no deed of the job")
	case seen >= g.set.HardRestartDelay:
		g.reached.named("work lost", "with full warning")
	case seen > 0:
		g.reached.named("work lost", "with some warning")
	case e.Who == g.sleep.console:
		g.reached.named("work lost", "without warning, at the screen")
	default:
		g.reached.named("work lost", "without warning, behind the screen")
	}
}

// struck takes note of a fault, and of what it has hidden.
func (g *guard) struck() {
	g.wake.faulty, g.wake.spoilt = true, true
	if g.wake.asking != nil {
		g.wake.asking.blind = true
	}
	if g.wake.deferredAt >= g.wake.began {
		g.wake.deferred = never // whether the answer was taken cannot be known
	}
}

// changed takes note of a change of the Mac's condition.
func (g *guard) changed(e simmac.Event) {
	switch {
	case e.Kind == simmac.PowerChanged:
		g.power.changed = e.At
	case e.Kind == simmac.FactChanged && strings.HasPrefix(e.Text, "FileVault is "):
		g.vault.changed = e.At
	}
	g.live.stirred(e.At)
}
