package lifetimes

import (
	"slices"
	"strings"
	"time"

	"installordefer/deferral"
	"installordefer/internal/clock"
	"installordefer/internal/simmac"
	"installordefer/internal/simmac/life"
	"installordefer/prompt"
)

// A guard watches one lifetime. It reckons for itself, from what happens to
// the Mac, what the job may do.
type guard struct {
	w    *world
	l    *life.Life
	fail func(format string, args ...any)

	deadline time.Time
	began    time.Duration // the first sighting, on the true clock
	beganAt  clock.Moment

	deferred  time.Duration
	deferring bool
	consent   bool
	seen      time.Duration // time of the final prompt on the screen
	shownAt   time.Duration
	showing   prompt.Kind
	softAt    time.Duration
	soft      bool
	restarts  int
	seenKinds map[simmac.Kind]int
	changes   int
	st        deferral.State
	stErr     error
}

func newGuard(w *world, l *life.Life, fail func(string, ...any)) *guard {
	return &guard{w: w, l: l, fail: fail, began: -1, seenKinds: map[simmac.Kind]int{}}
}

// tell takes each event as it happens.
func (g *guard) tell(e simmac.Event) {
	g.seenKinds[e.Kind]++
	switch e.Kind {
	case simmac.DialogShown:
		g.dialogShown(e)
	case simmac.DialogClosed:
		g.dialogClosed(e)
	case simmac.Answered:
		g.answered(e)
	case simmac.ToolRan:
		g.toolRan(e)
	case simmac.RestartForced:
		g.forced(e)
	case simmac.Booted:
		g.soft, g.consent, g.showing = false, false, ""
	case simmac.JobGone:
		g.gone(e)
	}
}

// spent is the true time since the first sighting.
func (g *guard) spent(at time.Duration) time.Duration { return at - g.began }

// allowed is how long a person may put the updates off at most.
func (g *guard) allowed() time.Duration {
	most := g.w.set.MaxDeferralTime
	if g.w.set.SkipDeferral {
		most = 0
	}
	if g.w.set.WorkdayStartHour >= 0 {
		most += 24 * time.Hour
	}
	return most
}

func (g *guard) dialogShown(e simmac.Event) {
	g.showing, g.shownAt = e.Dialog.Kind, e.At
	if e.Dialog.Kind == prompt.RunOrDefer {
		if g.deferring && e.At < g.deferred-time.Second {
			g.fail("a prompt came %v before the end of the deferral", g.deferred-e.At)
		}
		for _, c := range e.Dialog.Choices {
			if c.Until.After(e.Dialog.Deadline.Add(time.Second)) {
				g.fail("a deferral until %v is offered, past the deadline %v", c.Until, e.Dialog.Deadline)
			}
		}
		g.deferring = false
	}
	if slices.Contains([]string{e.Dialog.Heading, e.Dialog.Body}, "") {
		g.fail("a dialog without words: %+v", e.Dialog)
	}
	if strings.Contains(e.Dialog.Body, "macOS 27") || strings.Contains(e.Dialog.Heading, "macOS 27") {
		g.fail("the dialog names an upgrade: %q", e.Dialog.Body)
	}
}

func (g *guard) dialogClosed(e simmac.Event) {
	if g.showing == prompt.RunNow {
		// A dialog that is closed at once counts as one second, or closing it
		// again and again would put the end off for ever.
		g.seen += max(e.At-g.shownAt, time.Second)
	}
	g.showing = ""
}

func (g *guard) answered(e simmac.Event) {
	switch g.showing {
	case prompt.RunOrDefer:
		if e.Code == prompt.ExitDefer {
			g.deferring, g.deferred = true, e.At+min(g.w.set.DeferralPeriod, max(g.w.set.MaxDeferralTime-g.spent(e.At), 0))
		}
	}
	if e.Code == prompt.ExitRun && e.At-g.shownAt >= time.Second {
		g.consent = true
	}
}

// toolRan checks what is done to the Mac.
func (g *guard) toolRan(e simmac.Event) {
	line := strings.Join(e.Argv, " ")
	for _, never := range []string{"--all", " -a", "--recommended", " -r ", "macOS 27-26A428"} {
		if strings.Contains(line, "softwareupdate") && strings.Contains(line, never) {
			g.fail("%s", line)
		}
	}
	switch {
	case strings.Contains(line, "softwareupdate") && strings.Contains(line, "--install"):
		g.installs(e, line)
	case strings.Contains(line, "osascript"), strings.Contains(line, "--restart"):
		g.soft, g.softAt = true, e.At
	}
}

// installs checks an installation: consent, or the deadline and a countdown
// that was on the screen, or the deadline and nobody there.
func (g *guard) installs(e simmac.Event, line string) {
	defer func() {
		if strings.Contains(line, "--restart") && !strings.Contains(line, "--force") {
			g.soft, g.softAt = true, e.At
			g.restarts++
		}
	}()
	if g.consent || g.soft {
		return
	}
	due := g.due(e)
	nobody := g.l.Mac.Console() == nil
	switch {
	case !due:
		g.fail("%v into the round, with nobody's consent: %s", g.spent(e.At), line)
	case nobody:
	case g.seen < g.w.set.UpdateDelay-5*time.Second:
		g.fail("the final prompt was on the screen for %v of %v before: %s", g.seen, g.w.set.UpdateDelay, line)
	}
}

// due tells whether the deadline has passed, by the wall clock or in truth.
func (g *guard) due(e simmac.Event) bool {
	most := g.w.set.MaxDeferralTime
	if g.w.set.SkipDeferral {
		most = 0
	}
	return g.spent(e.At) >= most-time.Second || !e.Moment.Wall.Before(g.deadline.Add(-time.Second))
}

func (g *guard) forced(e simmac.Event) {
	if !strings.Contains(e.Text, "force") && !strings.Contains(e.Text, "shut") {
		return
	}
	if g.l.Mac.Console() == nil {
		return
	}
	if !g.soft {
		g.fail("the Mac was restarted by force and nobody was asked before")
	} else if since := e.At - g.softAt; since < g.w.set.HardRestartDelay-time.Second {
		g.fail("the hard restart came %v after the soft one, sooner than %v", since, g.w.set.HardRestartDelay)
	}
}

func (g *guard) gone(e simmac.Event) {
	if !g.w.honest {
		return
	}
	for _, u := range g.l.Mac.Offers() {
		if u.Label != "macOS 27-26A428" && !g.l.Mac.Installed(u.Label) && u.Appears < e.At-2*time.Hour && !u.NotRecommended {
			g.fail("the job removed itself although %s is not installed", u.Label)
		}
	}
	for _, p := range g.l.Mac.Disk().Paths() {
		if strings.Contains(p, "Application Support") || strings.Contains(p, "LaunchDaemons") {
			g.fail("%s is left behind", p)
		}
	}
}

// woke checks the state after a wake.
func (g *guard) woke(wake life.Wake) {
	st, err := g.state()
	if err != nil {
		if g.l.Mac.Disk().Fault == simmac.DiskWorks {
			g.fail("the state cannot be read: %v", err)
		}
		return
	}
	now := g.l.Mac.Elapsed()
	if st.Active() && g.began < 0 {
		g.began, g.beganAt, g.deadline = now, st.Round.Began, st.ForcedAfter
		if since, ok := g.l.Mac.Now().Since(st.Round.Began); ok {
			g.began = now - since
		}
	}
	if !st.Active() {
		return
	}
	if st.ForcedAfter.After(g.deadline) {
		g.fail("the deadline moved from %v to %v", g.deadline, st.ForcedAfter)
	}
	if late := st.ForcedAfter.Sub(g.beganAt.Wall); late > g.allowed() {
		g.fail("the deadline lies %v after the first sighting, more than %v", late, g.allowed())
	}
	if st.DeferredUntil.After(st.ForcedAfter) && wake.Died == "" {
		g.fail("the deferral until %v outlasts the deadline %v", st.DeferredUntil, st.ForcedAfter)
	}
	if st.Round.Restarts > 3 {
		g.fail("%d restarts in one round", st.Round.Restarts)
	}
}

// state reads the state file, if it has changed since the last wake.
func (g *guard) state() (deferral.State, error) {
	if n := g.l.Mac.Disk().Changes + 1; n != g.changes {
		g.st, g.stErr = g.l.State()
		g.changes = n
	}
	return g.st, g.stErr
}
