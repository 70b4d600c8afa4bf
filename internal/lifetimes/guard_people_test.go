package lifetimes

import (
	"strings"
	"time"

	"installordefer/internal/simmac"
	"installordefer/prompt"
)

// What the guard demands for people who are easily overlooked. The save dialog
// is the asking: nothing else is known to have come to anybody's eyes.

// timeToSave notes since when the person at the screen has time to save.
func (g *guard) timeToSave(e simmac.Event) {
	if e.Dialog.Kind != prompt.Updating || e.Dialog.Countdown <= 0 {
		return
	}
	if _, since := g.wake.asked[g.dialog.who]; since {
		return // it was closed and has come back
	}
	if g.wake.asked == nil {
		g.wake.asked = map[string]time.Duration{}
	}
	g.wake.asked[g.dialog.who] = e.At - g.asleepUntil(e.At)
	if !g.restart.soft {
		g.soften(e)
	}
}

// askingEnds notes that the wake ends, and its dialog with it. Who has had all the
// time until a kill has had it: Apple's tool, which outlives the job, may have
// been started. A wake that ends by itself has restarted nothing.
func (g *guard) askingEnds(e simmac.Event) {
	for who, since := range g.wake.asked {
		if e.Kind != simmac.JobKilled || g.had(e, since) < g.set.HardRestartDelay-time.Second {
			delete(g.wake.asked, who)
		}
	}
}

// had is how long, awake, somebody has had to save.
func (g *guard) had(e simmac.Event, since time.Duration) time.Duration {
	return e.At - g.asleepUntil(e.At) - since
}

// forcedOn checks for whom the Mac is restarted by force. Of who has come, or
// left, after the job's last look it cannot know.
func (g *guard) forcedOn(e simmac.Event) {
	c, in := g.l.Mac.Console(), g.l.Mac.LoggedIn()
	if len(in) == 0 || g.let(nobodyCouldKnow, g.unseen(e)) {
		return
	}
	switch {
	case c == nil && g.let(lockedForLong, g.lockedForLong(e.At)):
		g.reached.named("restart", "of somebody behind the login window")
		return
	case c == nil:
		g.fail(13, "the Mac is restarted by force, and %d are logged in behind the login window", len(in))
		return
	case strings.HasPrefix(c.Name, "_"):
		g.fail(13, "the Mac is restarted by force, and nobody can know who is there")
	case len(in) > 1 && !g.due(e):
		g.fail(13, "the Mac is restarted by force before the deadline, and %d are logged in behind %s", len(in)-1, c.Name)
	}
	since, asked := g.wake.asked[c.Name]
	_, long := g.nothingShown(e.At)
	if had := g.had(e, since); (!asked || had < g.set.HardRestartDelay-time.Second) && !g.let(nothingIsShown, long) && !g.let(lockedForLong, asked && g.lockedForLong(e.At)) {
		g.fail(13, "%s is restarted by force after %v to save (asked: %v), of %v", c.Name, had, asked, g.set.HardRestartDelay)
	}
	g.reached.named("restart", "of somebody who was asked")
}

// consenterIsThere checks that nobody else is at the screen when something is
// installed that one person has allowed.
func (g *guard) consenterIsThere(e simmac.Event, line string) {
	c := g.l.Mac.Console()
	if c == nil || c.Name == g.wake.consenter || g.let(hardlyThere, e.At-g.sleep.came < moment) {
		return
	}
	g.fail(11, "%s has allowed it and %s is at the screen: %s", g.wake.consenter, c.Name, line)
}

// unknownIsThere tells whether the session of an account of macOS itself is
// there, at the screen or behind it: a person may be before it.
func (g *guard) unknownIsThere() bool {
	c := g.l.Mac.Console()
	for _, a := range g.l.Mac.LoggedIn() {
		if strings.HasPrefix(a.Name, "_") && (c == nil || c == a) {
			return true
		}
	}
	return false
}
