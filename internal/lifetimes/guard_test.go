package lifetimes

import (
	"slices"
	"strings"
	"time"

	"installordefer/deferral/settings"
	"installordefer/internal/clock"
	"installordefer/internal/simmac"
	"installordefer/internal/simmac/life"
	"installordefer/internal/simmac/scenario"
	"installordefer/prompt"
)

// never is an instant before every story.
const never = time.Duration(-1 << 62)

// forever is an instant after every story.
const forever = time.Duration(1 << 62)

// A guard watches one lifetime. It reckons for itself, from what happens to
// the Mac, what the job may do. All its times are those of the story, which no
// clock of the Mac can falsify.
type guard struct {
	// seen is what each person has seen of final countdowns since the last one
	// that came to its end.
	seen map[string]time.Duration
	// used is what of it a countdown had that has come to its end, where nobody
	// can know whether the job had written that down.
	used map[string]time.Duration
	view view
	// took is when, and by which clock, a wake has taken a deadline that somebody had written over: this
	// one, or one before it that died after it had written the copy.
	took  told
	w     *world
	l     *life.Life
	found func(find)

	// What is in force.
	set       settings.Settings
	dirty     bool // the settings have changed since they were read
	repin     bool // an administrator's change may move the deadline
	forgotten bool // an administrator has deleted all that was known
	written   written
	// unreadable is true when the state could not be read after the last wake.
	unreadable bool
	lies       bool              // the disk says that it has written, and has not
	removing   bool              // the removal has begun
	lostIn     int               // in which start of the Mac the state was touched last
	provenBy   settings.Settings // those by which nothing was left at last

	round   round
	wake    wakeSoFar
	dialog  shown
	restart restarting
	told    telling
	power   look
	vault   look
	sleep   slept
	live    alive
	start   starting
	idle    idle
	calling calling
	agreed  agreed
	state   stateRead
	status  statusRead
	profile profileSeen
	local   localSeen
	notices notices
	today   todays
	reached tally
}

// A round is what the guard knows of the round.
type round struct {
	sighted   time.Duration // the first check of this round that listed an update in scope
	sightedAt time.Time     // what the wall clock told then
	active    bool
	deadline  time.Time
	allowed   time.Duration // the longest that any settings of the round allow
	reached   time.Duration // since the sighting, when the deadline was that an administrator has set
	off       time.Duration // switched off since the sighting
	anew      time.Duration // the time before an administrator destroyed the round's bookkeeping
	boots     int
	wentDown  time.Duration
	nones     int // checks in a row that said that nothing in scope is left
	lastNone  time.Duration
	// deferred are checks in a row that said that MDM defers all that is left, and
	// lastDeferred is the last one.
	deferred     int
	lastDeferred time.Duration
	downs        int // restarts that the job has brought about
	stepped      bool
}

// A wakeSoFar is what has happened in the wake that runs, or ran last.
type wakeSoFar struct {
	running bool
	began   time.Duration
	beganAt time.Time // what the wall clock told then
	// closedFor is whose final prompt went last, and closedAt when.
	closedFor string
	closedAt  time.Duration
	handed    bool // it found a deadline that somebody had written, and no round
	asleep    time.Duration
	// The first check of this wake that listed an update in scope, and what
	// the wall clock told then.
	sighted   time.Duration
	sightedAt time.Time
	// clocks are the wall clocks that were set in it.
	clocks []told
	// written is true when the round was on the disk before an administrator came.
	written bool
	// touched is true when an administrator changed the state file while it ran:
	// what the wake made of that before it ended, the next one settles.
	touched bool
	// spoilt is true while a fault strikes the check that runs, or ran last,
	// and doubtful when such a check was that first one: the job may have got
	// nothing of it.
	spoilt, doubtful bool
	consent          bool
	consenter        string
	// asked is since when, awake, somebody has had time to save.
	asked map[string]time.Duration
	// counted is set once something was installed after a countdown, and complete
	// once one has come to its end.
	counted, complete bool
	naps              int
	looked            time.Duration // at who is at the screen
	asking            *look         // what the tool that was started last tells
	tools             int
	faulty            bool // a tool, or the disk, went wrong in it
	boots             int
	deferred          time.Duration // before this no prompt may come
	// deferredAt is when that began, and clockSet when the clock was last set
	// and no wake has begun and ended well since.
	deferredAt, clockSet time.Duration
}

// told is what the wall clock told at an instant of the story.
type told struct {
	at   time.Duration
	wall time.Time
}

// shown is the dialog that is on the screen, or was last.
type shown struct {
	kind prompt.Kind
	d    *prompt.Dialog
	who  string
	at   time.Duration
	nap  time.Duration // slept meanwhile
	late bool          // it is a prompt, and the deadline has passed
}

// restarting is what the guard knows of a restart that is asked for.
type restarting struct {
	soft  bool
	at    time.Duration
	boots int
	// bySession is true once Apple's tool was started in a person's session to
	// install and restart.
	bySession bool
	// hard is true once the Mac is restarted by force, and down is true while it
	// goes down because of the job.
	hard, down bool
}

// slept keeps count of sleep.
type slept struct {
	asleep bool
	since  time.Duration
	total  time.Duration
	times  int
	last   time.Duration // how long the last sleep was, and when it ended
	ended  time.Duration
	gap    time.Duration // the end of the gap of a fast user switch
	came   time.Duration // when somebody came to the screen last
	// console is who was at the screen after the last change.
	console string
}

func newGuard(w *world, l *life.Life, found func(find)) *guard {
	g := &guard{w: w, l: l, found: found, dirty: true, lostIn: -1}
	g.round = round{sighted: never, lastNone: never, reached: forever}
	g.wake.deferred, g.wake.clockSet, g.sleep.gap, g.sleep.came = never, never, never, never
	g.profile.gone, g.profile.noticed, g.view.locked, g.view.unshown = never, never, never, never
	g.local.gone, g.local.mirrored, g.local.exported = never, never, never
	g.today.moved, g.today.holdAt, g.today.asked = never, never, never
	g.seen = map[string]time.Duration{}
	g.told.seen = map[string]time.Duration{}
	g.power.at, g.vault.at, g.power.changed, g.vault.changed = never, never, never, never
	w.names, w.versions = map[string]bool{}, map[string]string{}
	for i := range w.Updates {
		w.name(&w.Updates[i])
	}
	for i := range w.Events {
		if u := w.Events[i].Update; u != nil {
			w.name(u)
		}
		g.lies = g.lies || w.Events[i].State == "tears" || w.Events[i].State == "forgets"
	}
	return g
}

// name notes how people must read of an update: with its version once.
func (w *world) name(u *scenario.Update) {
	name := words(u.Title)
	last := name[strings.LastIndexByte(name, ' ')+1:]
	rapid := strings.HasPrefix(u.Label, "macOS Background Security Improvement") || strings.HasPrefix(u.Label, "macOS Security Response") || strings.HasSuffix(u.Version, ")")
	if !strings.Contains(name, u.Version) && !strings.ContainsAny(last, "0123456789") && !rapid {
		name += " " + u.Version
	}
	w.names[name] = true
	w.versions[name] = ofMacOS(u.Label, u.Version)
}

func (g *guard) now() time.Duration { return g.l.Mac.Elapsed() }

// honest tells whether no tool claims falsely that there is no update.
func (g *guard) honest() bool {
	return !slices.ContainsFunc(g.w.Faults, func(f scenario.Fault) bool { return f.Kind == string(simmac.ClaimsNone) })
}

func (g *guard) profileChanged() { g.dirty = true }

func (g *guard) stateTouched() {
	g.repin, g.dirty, g.written = true, true, written{}
	g.profile.sure, g.local.sure, g.profile.noticed = false, false, never
	g.wake.touched = g.wake.running
	g.wake.deferred = never
	g.notices.forgotten()
	g.round.downs, g.lostIn = 0, g.wake.boots // the counts may be gone with the rest
	g.round.anew = max(g.continuous(g.now()), 0)
}

// readSettings reads the settings that a wake begins with.
func (g *guard) readSettings() {
	if g.l.Mac.Disk().Fault == simmac.DiskBroken {
		return // nothing comes of such a wake
	}
	was := g.set
	g.dirty = false
	g.set = g.settingsOf(settings.ReadFiles(g.l.Mac.Disk().Read, id))
	if set := g.set; set.MaxDeferralTime != was.MaxDeferralTime || set.SkipDeferral != was.SkipDeferral || set.DeferralPeriod != was.DeferralPeriod || !sameSources(set, was) {
		g.repin = true
		g.wake.deferred = never
		g.notices.again = nil
	}
	g.heedHold()
	if g.round.active {
		g.round.allowed = max(g.round.allowed, g.allowed())
	}
}

func allowedBy(set settings.Settings) time.Duration {
	most := set.MaxDeferralTime
	if set.SkipDeferral {
		most = 0
	}
	if set.WorkdayStartHour >= 0 && most > 0 {
		most += day
	}
	return most
}

// allowed is how long a person may put the updates off at most.
func (g *guard) allowed() time.Duration { return allowedBy(g.set) }

// least is after what time at the earliest the deadline passes.
func (g *guard) least() time.Duration {
	if g.set.SkipDeferral {
		return 0
	}
	return g.set.MaxDeferralTime
}

// spent is the time since the first sighting.
func (g *guard) spent(at time.Duration) time.Duration {
	switch {
	case g.round.sighted != never:
		return at - g.round.sighted
	case g.wake.sighted != never:
		return at - g.wake.sighted
	}
	return never
}

// tell takes each event as it happens.
func (g *guard) tell(e simmac.Event) {
	g.reached.event(e)
	g.notices.look(g, e.At)
	switch e.Kind {
	case simmac.JobStarted:
		g.started(e)
	case simmac.DialogShown:
		g.dialogShown(e)
	case simmac.DialogClosed:
		g.dialogClosed(e)
	case simmac.Answered:
		g.answered(e)
	case simmac.Checked:
		g.checked(e)
	case simmac.ToolRan:
		g.toolRan(e)
	case simmac.RestartForced:
		g.forced(e)
	case simmac.RestartAsked, simmac.Staged:
		g.softened(e)
	case simmac.JobGone:
		g.gone(e)
	case simmac.RemovalStep:
		g.removing = true
	case simmac.StateFailed:
		g.wake.faulty = true
	case simmac.FaultHit:
		g.struck()
		g.helperFails(e)
	case simmac.WorkLost:
		g.workLost(e)
	case simmac.JobKilled, simmac.JobEnded:
		g.askingEnds(e)
	case simmac.Logged:
		g.logged(e)
	default:
		g.tellOfTime(e)
	}
}

// tellOfTime takes events of clocks and power.
func (g *guard) tellOfTime(e simmac.Event) {
	switch e.Kind {
	case simmac.FellAsleep:
		g.count(e.At)
		g.sleep.asleep, g.sleep.since = true, e.At
		g.sleep.times++
		g.look(e.At)
	case simmac.WokeUp, simmac.DarkWoke:
		g.count(e.At)
		g.awake(e.At)
		g.look(e.At)
	case simmac.WentDown:
		g.wentDown(e)
	case simmac.Booted:
		g.awake(e.At)
		g.round.off += e.At - g.round.wentDown
		g.wake.asked, g.sleep.console = nil, ""
		g.look(e.At)
		g.profile.off += e.At - g.round.wentDown
		g.local.off += e.At - g.round.wentDown
		if g.sleep.ended == g.round.wentDown {
			g.profile.off += g.sleep.last
			g.local.off += g.sleep.last
			g.round.off += g.sleep.last // it slept to its end: nobody could count that
		}
		g.round.boots++
		g.wake.boots++
		g.restart.soft, g.restart.hard, g.restart.down = false, false, false
		g.dialog.kind = ""
		clear(g.told.seen)
		// From here the deferral is told by the wall clock, as the last wake
		// has seen it, or within two minutes so.
		if g.wake.deferred -= 2 * time.Minute; g.wake.clockSet > g.wake.deferredAt {
			g.wake.deferred = never
		}
		g.live.stirred(e.At)
	case simmac.ClockSet:
		g.clockSet(e)
	case simmac.SessionChanged:
		g.session(e)
		g.live.stirred(e.At)
	case simmac.PowerChanged, simmac.NetworkChanged, simmac.CatalogueSet, simmac.FactChanged:
		g.changed(e)
	}
	g.hoursChanged(e)
	g.calls(e)
	g.idle.stirred = true
}

// clockSet takes note of a wall clock that is set. The job tells a sighting by
// the clock of when it writes it down, and finds out that a clock was wrong while
// a wake runs by the clock of any moment in it.
func (g *guard) clockSet(e simmac.Event) {
	g.round.stepped = true
	g.wake.clockSet = e.At
	if g.let(theClockIsFound, g.sources() && g.round.sightedAt.Before(believable) && !e.Moment.Wall.Before(believable)) {
		g.wake.deferred = never // a date may bring the deadline nearer now, with notice
	}
	if !g.wake.running {
		return
	}
	g.wake.clocks = append(g.wake.clocks, told{e.At, e.Moment.Wall})
	if g.wake.sighted != never && !g.round.active && !g.wake.written && g.onDisk().IsZero() {
		g.wake.sightedAt = e.Moment.Wall.Add(g.wake.sighted - e.At)
	}
}

// wentDown counts the restarts that the job has brought about.
func (g *guard) wentDown(e simmac.Event) {
	g.round.wentDown = e.At
	byJob := g.restart.soft && (e.Text == "" || strings.HasPrefix(e.Text, "Every app")) && g.wake.boots == g.restart.boots
	g.restart.down = byJob || g.restart.hard
	if !byJob || g.let(theCountIsLost, g.lostIn == g.wake.boots) {
		return
	}
	if g.round.downs++; g.round.downs > 3 && !g.let(theDiskLies, g.lies) {
		g.fail(15, "the job restarts the Mac for the %dth time in one round", g.round.downs)
	}
}

// switchTime is how long the screen takes to pass from one person to another.
const switchTime = 12 * time.Second

// session takes note of who comes to the screen and who leaves it.
func (g *guard) session(e simmac.Event) {
	g.count(e.At)
	was := g.sleep.console
	g.sleep.console = ""
	if c := g.l.Mac.Console(); c != nil {
		g.sleep.console = c.Name
	}
	switch {
	case strings.HasPrefix(e.Text, "A fast user switch"):
		g.sleep.console, g.sleep.gap = e.Name, e.At+switchTime
	case strings.HasSuffix(e.Text, " logs in."), strings.HasSuffix(e.Text, " at the screen."):
		g.sleep.console = e.Name
	}
	if g.sleep.console != was {
		g.sleep.came = e.At
	}
	g.look(e.At)
}

func (g *guard) awake(at time.Duration) {
	if g.sleep.asleep {
		g.count(at)
		g.sleep.last, g.sleep.ended = at-g.sleep.since, at
		g.sleep.total += g.sleep.last
		g.sleep.asleep = false
		g.live.stirred(at)
	}
}

// asleepUntil is how much the Mac has slept since the story began.
func (g *guard) asleepUntil(at time.Duration) time.Duration {
	if g.sleep.asleep {
		return g.sleep.total + at - g.sleep.since
	}
	return g.sleep.total
}

// started begins a wake.
func (g *guard) started(e simmac.Event) {
	if g.dirty {
		g.readSettings()
	}
	was := g.wake
	g.today.begun = false
	g.notices.wakes(g)
	g.count(e.At)
	g.dialog.kind = "" // one that outlived its wake is swept away
	if !g.restart.soft {
		clear(g.told.seen) // they were told of something else
	}
	g.power.at, g.vault.at, g.power.blind, g.vault.blind = never, never, false, false
	g.wake = wakeSoFar{running: true, began: e.At, beganAt: g.l.Mac.Now().Wall, asleep: g.asleepUntil(e.At), sighted: never,
		boots: was.boots, asked: was.asked, deferred: was.deferred, deferredAt: was.deferredAt, clockSet: was.clockSet, naps: was.naps,
		faulty: g.l.Mac.Disk().Fault != simmac.DiskWorks}
	if g.let(anAdministratorMovesIt, g.repin) {
		g.handedOver()
	}
	g.countAnew(was)
	g.idle.begins(g)
	if st, err := g.held(); err == nil {
		g.over(st)
	}
	if g.let(bothFilesAreDeleted, g.forgotten && g.onDisk().IsZero()) {
		// What begins now is another round, though its deadline may be the same:
		// the preferences may still hold it.
		g.ends()
		g.wake.handed, g.took = true, told{g.wake.began, g.wake.beganAt}
	}
}

// handedOver looks whether the wake that begins finds a deadline without the
// bookkeeping of a round, because an administrator has written the one or
// destroyed the other. Then it takes the deadline over by the clock of now.
func (g *guard) handedOver() {
	switch st, err := g.state.read(g); {
	case err != nil || !st.Active():
	case !g.round.active:
		g.wake.handed = true
		if g.copied().Round.Mark == (clock.Moment{}) || g.took == (told{}) {
			g.took = told{g.wake.began, g.wake.beganAt}
		}
	case st.Round.Mark == clock.Moment{} && g.copied().Round.Mark == clock.Moment{}:
		g.round.sightedAt = g.wake.beganAt
	}
}
