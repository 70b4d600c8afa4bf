package lifetimes

import (
	"slices"
	"strings"
	"time"

	"installordefer/deferral"
	"installordefer/deferral/statefile"
	"installordefer/internal/simmac"
	"installordefer/internal/tool"
)

// toolRan checks what is done to the Mac.
func (g *guard) toolRan(e simmac.Event) {
	if e.Argv[0] == string(tool.Defaults) {
		g.mirrors(e)
		g.overwritten(e)
	}
	g.wake.tools++
	line := strings.Join(e.Argv, " ")
	g.looked(e)
	if strings.Contains(line, "--list") {
		g.wake.spoilt = false
	}
	if strings.Contains(line, password) {
		g.fail(28, "the password is on a command line")
	}
	if i := slices.Index(e.Argv, "/usr/sbin/softwareupdate"); i >= 0 {
		g.updaterRan(e, e.Argv[i:])
	}
	if strings.Contains(line, "osascript") || strings.Contains(line, "/sbin/shutdown") {
		g.restartAsked(e, line)
	}
	g.idle.stirred = true
}

// updaterRan checks a call of Apple's tool.
func (g *guard) updaterRan(e simmac.Event, argv []string) {
	line := strings.Join(argv, " ")
	for _, a := range argv[1:] {
		if slices.Contains([]string{"--all", "-a", "-ia", "-iaR", "--recommended", "-r", "-ir"}, a) {
			g.fail(12, "%s", line)
		}
		if strings.HasPrefix(strings.ReplaceAll(a, "\u00a0", " "), "macOS 27") && !g.set.AllowMajorUpgrades && strings.HasPrefix(g.l.Mac.OS().Version, "26") {
			g.fail(12, "an upgrade is named: %s", line)
		}
	}
	switch {
	case !strings.Contains(line, "--install"):
	case strings.Contains(line, "--force"):
		g.reached.named("restart", "by the tool, by force")
		g.checkIntent(line, deferral.StepSoft, deferral.StepHard)
	default:
		g.installs(e, line)
		g.live.enforced = e.At
		g.live.attempted = e.At
		// What was asked for before has come to nothing.
		g.wake.asked = nil
		g.restart = restarting{boots: g.wake.boots, bySession: strings.Contains(line, "--restart") && slices.Contains(e.Argv, "asuser")}
	}
}

// installs checks an installation: consent, or the deadline and a countdown
// that was on the screen, or the deadline and nobody there.
func (g *guard) installs(e simmac.Event, line string) {
	g.checkIntent(line, deferral.StepInstall, deferral.StepSoft)
	g.checkCondition(e, line)
	if g.wake.consent || g.clickedBefore(e) {
		g.agreed = agreed{}
		g.consenterIsThere(e, line)
		return
	}
	g.heardOf(e)
	g.beginsInTime(e, line)
	alone := g.set.InstallWhenNobody && (len(g.l.Mac.LoggedIn()) == 0 || e.At-g.sleep.came < moment)
	if !g.let(nobodyIsLoggedIn, alone) && !g.due(e) {
		g.fail(11, "%v into the round, with nobody's consent: %s", g.spent(e.At), line)
	}
	c := g.l.Mac.Console()
	if c == nil || g.let(hardlyThere, e.At-g.sleep.came < moment) {
		g.reached.named("consent", "nobody there")
		return
	}
	missing := g.set.UpdateDelay - 5*time.Second - g.seen[c.Name]
	_, long := g.nothingShown(e.At)
	if missing > 0 && !g.let(nothingIsShown, long) && !g.let(asleepMeanwhile, missing+5*time.Second <= g.missable()) {
		seen := g.seen[c.Name]
		g.fail(11, "%s saw the final prompt for %v of %v before: %s", c.Name, seen, g.set.UpdateDelay, line)
	}
	g.hasNotice(e, c.Name)
	g.wake.counted = true
	g.reached.named("consent", "counted down")
}

// moment is how long ago at least somebody must have come to the screen for the
// job to know of it.
const moment = 2 * time.Second

// deadline is that of the round. In the wake that began the round, or got it back,
// it is the one on the disk.
func (g *guard) deadline() time.Time {
	if !g.round.active {
		return g.onDisk()
	}
	return g.round.deadline
}

// due tells whether the deadline has passed, by the wall clock or in truth.
func (g *guard) due(e simmac.Event) bool {
	deadline := g.deadline()
	return g.spent(e.At) >= min(g.least(), g.round.reached)-time.Second || !deadline.IsZero() && !e.Moment.Wall.Before(deadline.Add(-time.Second)) ||
		g.let(anAdministratorMovesIt, g.repin)
}

// onDisk is the deadline on the disk: that of the state file, or of the copy
// where the file is lost.
func (g *guard) onDisk() time.Time {
	if st, err := g.state.read(g); err == nil && st.Active() {
		return st.ForcedAfter
	}
	return g.copied().ForcedAfter
}

// copied is what the copy of the deadline holds.
func (g *guard) copied() deferral.State {
	data, _ := g.l.Mac.Disk().Get(layout.DeadlineCopy())
	st, _, _ := statefile.Decode(data) // bytes that cannot be read hold none
	return st
}

// checkIntent checks that a step that cannot be undone was written down.
func (g *guard) checkIntent(line string, kinds ...deferral.StepKind) {
	if g.let(theDiskLies, g.lies) || g.let(anAdministratorMovesIt, g.repin) {
		return
	}
	st, err := g.state.read(g)
	if err != nil || !slices.Contains(kinds, st.Round.Step.Kind) {
		g.fail(20, "%s was not written down before: %q, %v", line, st.Round.Step.Kind, err)
	}
}

// soften notes that the Mac is asked to restart, and apps may object.
func (g *guard) soften(e simmac.Event) {
	g.restart.soft, g.restart.at, g.restart.boots = true, e.At, g.wake.boots
}

// softened notes that Apple's tool restarts the Mac from within a person's
// session. The person is told when it has prepared that, apps a little later.
func (g *guard) softened(e simmac.Event) {
	g.idle.stirred = true
	if !g.restart.soft && (e.Kind == simmac.RestartAsked || g.restart.bySession) {
		g.soften(e)
	}
}

func (g *guard) restartAsked(e simmac.Event, line string) {
	g.live.enforced = e.At
	g.checkIntent(line, deferral.StepSoft, deferral.StepHard)
	if strings.Contains(line, "osascript") {
		g.soften(e)
	}
	if g.live.attempted == 0 && !g.let(theDiskLies, g.lies) {
		g.fail(11, "a restart is asked for, and nothing was installed: %s", line)
	}
}

// forced checks a restart that asks nobody.
func (g *guard) forced(e simmac.Event) {
	if !strings.Contains(e.Text, "force") {
		return
	}
	g.forcedOn(e)
	g.restart.hard = true
	_, long := g.nothingShown(e.At)
	if g.l.Mac.Console() == nil || !g.restart.soft && (g.let(nobodyCouldKnow, g.unseen(e)) || g.let(nothingIsShown, long)) {
		g.restart.soft, g.restart.boots = true, g.wake.boots
		g.reached.named("restart", "nobody there")
		return
	}
	g.unasked(e)
	switch since := e.At - g.restart.at; {
	case !g.restart.soft:
		g.fail(13, "the Mac is restarted by force and nobody was asked before")
	case since < g.set.HardRestartDelay-time.Second && !g.let(lockedForLong, g.lockedForLong(e.At)):
		g.fail(13, "the hard restart comes %v after the soft one, sooner than %v", since, g.set.HardRestartDelay)
	}
	g.reached.named("restart", "after the soft one")
}

// lastWord is the longest that Apple's tool takes from its last word to the
// restart: six seconds, twenty times as long where a fault slows it.
const lastWord = 2*time.Minute + 10*time.Second

// unseen tells whether whoever is at the screen has come after the job's last
// look at it, and that was when Apple's tool had spoken its last word. Of them
// the job cannot know any more.
func (g *guard) unseen(e simmac.Event) bool {
	return g.sleep.came >= g.wake.looked && e.At-g.wake.looked < lastWord
}

// gone checks the removal.
func (g *guard) gone(e simmac.Event) {
	m := g.l.Mac
	g.live.enforced = e.At
	if !g.let(theHourIsDoubtful, g.doubtful(g.wake.beganAt)) {
		g.notHeld(e, "the removal")
	}
	g.proven()
	if !g.set.RemoveWhenDone && !g.provenBy.RemoveWhenDone {
		g.fail(18, "the job removed itself although RemoveWhenDone keeps it")
	}
	for _, p := range m.Disk().Paths() {
		switch {
		case strings.Contains(p, "Managed Preferences"), strings.Contains(p, ".broken-"):
		case p == layout.LocalFile() && g.settingsAlone():
		case p == layout.StatusFile():
		case p == layout.HistoryFile() && g.set.KeepHistory:
		case strings.Contains(p, id) && !g.w.keeps(p):
			g.fail(19, "%s is left behind", p)
		}
	}
	if g.dialog.kind != "" {
		g.fail(19, "the dialog %s is left behind", g.dialog.kind)
	}
}

// keeps tells whether a file may stay: the local preferences, where an
// administrator has put settings into them.
func (w *world) keeps(string) bool { return false }

// logged checks a line of the log.
func (g *guard) logged(e simmac.Event) {
	if strings.Contains(e.Text, password) {
		g.fail(28, "the password is in the log: %s", e.Text)
	}
	if strings.ContainsAny(e.Text, "\n\r") && e.Name != "" {
		g.fail(29, "a log entry has several lines: %q", e.Text)
	}
}

// An agreed is a click on Run Updates in an earlier wake.
type agreed struct {
	who   string
	at    time.Duration
	boots int
}

// clickedBefore tells whether somebody has clicked Run Updates in an earlier wake, in this
// start of the Mac, so short a time ago that it is obeyed without another word.
func (g *guard) clickedBefore(e simmac.Event) bool {
	a := g.agreed
	if a.who == "" || a.boots != g.round.boots || e.At-a.at > 15*time.Minute+soonAfterALook {
		return false
	}
	g.wake.consent, g.wake.consenter = true, a.who
	g.reached.named("consent", "clicked before")
	return true
}

// announced checks a dialog that says that what was clicked a while ago goes on now.
func (g *guard) announced(e simmac.Event) {
	a := g.agreed
	if a.who == "" || a.who != g.dialog.who || a.boots != g.round.boots || e.At-a.at >= g.set.DeferralPeriod+soonAfterALook {
		g.fail(36, "%s is told that the updates go on, and %q clicked %v ago", g.dialog.who, a.who, e.At-a.at)
	}
	if c := e.Dialog.Countdown; c < g.set.HardRestartDelay {
		g.fail(36, "an announcement counts down from %v, of %v", c, g.set.HardRestartDelay)
	}
	g.reached.named("consent", "announced")
}

// soonAfterALook is how long the looks before an installation take at most.
const soonAfterALook = 5 * time.Minute
