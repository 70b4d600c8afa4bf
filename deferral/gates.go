package deferral

import (
	"slices"
	"time"

	"installordefer/internal/text"
)

// A gate is something that can keep an act from happening now. Whatever can is a
// row of the table below, and nothing else is.
type gate struct {
	name string
	// setting closes it, if one does.
	setting string
	// wants is what has to be looked at to know whether it is closed.
	wants Do
	// listed is set where a fresh list of updates may open it.
	listed bool
	// starts tells which acts it can hold at their start, and running which it
	// stops.
	starts  func(*Act) bool
	running []Do
	// pauses are those that it stops from counting.
	pauses []Do
	// closed says why it is closed, as a sentence of the log, and for how long
	// where that is known. It is empty where it is open.
	closed func(*Situation, *Act) (why string, left time.Duration)
}

// What keeps a restart or an installation under way from going on. Each is a
// sentence of the log.
const (
	// clockSetBack is why nothing further happens to a Mac whose clock told a
	// later time when the deadline seemed to have passed.
	clockSetBack = "The clock was set back: the deadline is in the future again."
	cannotTell   = "Could not tell who is logged in."
)

// came says that somebody has come who knows nothing of an act.
func (a *Act) came(who string) string {
	if a.Do == Install {
		return who + " has come to the screen."
	}
	return who + " has come to the screen and is told first."
}

var (
	restarts  = []Do{InstallAndRestart, SoftRestart, TimeToSave, ToolRestart, HardRestart}
	watched   = []Do{InstallAndRestart, InstallWithPassword, TimeToSave, ToolRestart}
	byTool    = []Do{Install, InstallAndRestart, InstallWithPassword}
	forPerson = append([]Do{Install, InstallWithPassword}, restarts...)
	// shownActs are the dialogs that count on being seen.
	shownActs = []Do{Prompt, FinalPrompt, TimeToSave, TellObstacle, Announce}
	looked    = append([]Do{Prompt, FinalPrompt, TellObstacle, Announce}, watched...)
	// countdowns end with an installation.
	countdowns = []Do{FinalPrompt, Announce}
	// fruitless would be what begins while the Mac is in no condition for it.
	fruitless = append(countdowns, byTool...)
)

// gates are in the order in which they are asked: what costs nothing, who is
// there, the Mac's condition, what the act itself has come to.
var gates = []gate{
	{name: "hold", starts: holdable, running: shownActs, closed: func(s *Situation, a *Act) (string, time.Duration) {
		until, _ := s.held()
		return s.before(!until.IsZero(), "This Mac is held", until)
	}},
	{name: "notice", setting: "MinimumNotice", wants: LookAtPeople, starts: only(FinalPrompt), closed: func(s *Situation, _ *Act) (string, time.Duration) {
		left, _ := s.NoticeLeft()
		if left <= 0 || !s.Wake.People.Is.seeing() {
			return "", 0
		}
		return "The deadline has passed. Whoever is at the screen has " + text.Length(left) + " of notice left.", left
	}},
	{name: "start", setting: "StartSpread", wants: LookAtHardware, starts: only(DoCheck), closed: func(s *Situation, _ *Act) (string, time.Duration) {
		left := s.startLeft()
		return when(s.spreads() && left > 0, "The first check on this Mac comes at "+s.clockTime(left)+"."), left
	}},
	{name: "pause", starts: byItself, closed: func(s *Situation, a *Act) (string, time.Duration) {
		left := s.State.Round.Pause.left(s.Now)
		if left <= 0 {
			return "", 0
		}
		return s.State.Round.Pause.Why + " The next try is in " + text.Length(left) + ".", left
	}},
	{name: "deferral", starts: only(Prompt), closed: func(s *Situation, a *Act) (string, time.Duration) {
		left, due := s.State.DeferralLeft(s.Now), s.State.TimeLeft(s.Now)
		if !s.State.DeferredUntil.IsZero() && due-left < leastPrompt {
			left = due
		}
		if left <= 0 || a.Notice {
			return "", 0
		}
		return s.State.deferralWords(s.clockTime(left)), min(left, due)
	}},
	{name: "quiet hours", starts: only(Prompt, Announce), running: []Do{Prompt, Announce}, closed: func(s *Situation, a *Act) (string, time.Duration) {
		h := asking(s.Settings, s.Now, s.Zone)
		deadline := s.Now.Wall.Add(s.State.TimeLeft(s.Now))
		if a.By.After(s.Now.Wall) {
			deadline = a.By
		}
		if h.closed && !a.Notice && (h.next.IsZero() || h.next.After(deadline)) {
			h.next = deadline
		}
		return s.before(h.closed, "Nobody is asked", h.next)
	}},
	{name: "window", starts: overdue, closed: func(s *Situation, a *Act) (string, time.Duration) {
		h := s.State.enforcing(s.Settings, s.Settings.UpdateDelay, s.Now, s.Zone)
		return s.before(h.closed, "The deadline has passed. Nothing happens by itself", h.next)
	}},
	{name: "window", starts: only(), running: []Do{FinalPrompt}, closed: func(s *Situation, a *Act) (string, time.Duration) {
		h := s.State.enforcing(s.Settings, 0, s.Now, s.Zone)
		return s.before(h.closed, "The window has closed. Nothing happens by itself", h.next)
	}},
	{name: "declared", wants: LookAtDeclared, starts: shows, running: shownActs, closed: func(s *Situation, a *Act) (string, time.Duration) {
		until := s.Wake.Declared.Is.silent(s.Now.Wall)
		return s.before(!until.IsZero(), "Apple itself is about to update this Mac. Nothing of this program is on the screen", until)
	}},
	{name: "list", starts: byItself, closed: func(s *Situation, a *Act) (string, time.Duration) {
		left := s.State.nextCheck(s.Machine, s.Now)
		if !s.otherScope() || s.State.LastCheck.Failed == 0 || left <= 0 {
			return "", 0
		}
		return otherList(max(left, time.Minute)), max(left, time.Minute)
	}},
	{name: "deadline", starts: only(Install, InstallAndRestart, SoftRestart, TimeToSave), running: []Do{InstallAndRestart, FinalPrompt}, closed: func(s *Situation, a *Act) (string, time.Duration) {
		asked := a.Do == TimeToSave && s.Wake.Work == nil // it goes on, whatever the clock tells
		return when(a.Consent != Clicked && !s.due() && !asked && !s.needsNobody(a), clockSetBack), 0
	}},
	{name: "past the deadline", starts: only(), running: []Do{Download, Prompt, Announce}, closed: func(s *Situation, a *Act) (string, time.Duration) {
		return when(s.due() && a.By.IsZero(), "The deadline has passed."), 0
	}},
	{name: "asked", wants: LookAtPeople, starts: assisted, closed: func(s *Situation, a *Act) (string, time.Duration) {
		left := s.State.Round.Help.left(s.Now)
		return when(left > 0, "The updates still need a person to install them. Whoever is at the screen is asked again in "+text.Length(left)+" of being there, and a day after the last time at the latest."), max(left, 0)
	}},
	{name: "unknown", wants: LookAtPeople, starts: byItself, closed: func(s *Situation, a *Act) (string, time.Duration) {
		return when(!s.Wake.People.Known, "Could not tell who is logged in. The next wake tries again."), 0
	}},
	{name: "unknown", wants: LookAtPeople, starts: only(append(forPerson, TellObstacle)...), running: watched, closed: func(s *Situation, a *Act) (string, time.Duration) {
		return when(!s.Wake.People.Known, cannotTell), 0
	}},
	{name: "dark", wants: LookAtPeople, starts: func(a *Act) bool { return byItself(a) || a.Do == TellObstacle || slices.Contains(forPerson, a.Do) }, pauses: shownActs, closed: func(s *Situation, a *Act) (string, time.Duration) {
		return when(s.Wake.People.Is.Dark, "The Mac is awake without its display, so nothing is shown, installed or restarted."), 0
	}},
	{name: "locked", setting: "MaxLockedTime", wants: LookAtPeople, starts: waitsForLock, running: []Do{InstallAndRestart}, pauses: shownActs, closed: func(s *Situation, a *Act) (string, time.Duration) {
		if slices.Contains(restarts, a.Do) && s.behindOwnLock(s.allowedBy()) {
			return "", 0
		}
		return when(s.hidden(), "The screen is locked. "+lockedWait(a)), 0
	}},
	{name: "unseen", setting: "MaxLockedTime", starts: only(), pauses: []Do{FinalPrompt, TimeToSave, Announce}, closed: func(s *Situation, a *Act) (string, time.Duration) {
		if s.waitedEnough() || s.Wake.People.Is.Locked && slices.Contains(restarts, a.Do) && s.behindOwnLock(s.allowedBy()) {
			return "", 0
		}
		return s.Wake.Unseen, 0
	}},
	{name: "nobody", wants: LookAtPeople, starts: only(Prompt, TellObstacle, Announce), closed: func(s *Situation, a *Act) (string, time.Duration) {
		p := s.Wake.People.Is
		return when(!p.Present, p.empty()+". The prompt comes when somebody is at the screen."), 0
	}},
	{name: "nobody", wants: LookAtPeople, listed: true, starts: assisted, closed: func(s *Situation, a *Act) (string, time.Duration) {
		p := s.Wake.People.Is
		return when(!p.Present, "The deadline has passed, but the updates need a person. "+p.empty()+"."), 0
	}},
	{name: "somebody", wants: LookAtPeople, starts: only(forPerson...), running: watched, closed: func(s *Situation, a *Act) (string, time.Duration) {
		return when(a.Unattended && s.Wake.People.Is.Present, a.came("Somebody")), 0
	}},
	{name: "another", wants: LookAtPeople, starts: only(forPerson...), running: watched, closed: func(s *Situation, a *Act) (string, time.Duration) {
		p := s.Wake.People.Is
		return when(p.Present && p.Person.UID != a.Who.UID, a.came("Another person")), 0
	}},
	{name: "login window", wants: LookAtPeople, starts: only(restarts...), running: watched, closed: func(s *Situation, a *Act) (string, time.Duration) {
		p := s.Wake.People.Is
		return when(!p.Present && p.Behind > 0 && !s.waitedEnough(), p.empty()+"."), 0
	}},
	{name: "others", wants: LookAtPeople, starts: only(restarts...), running: watched, closed: func(s *Situation, a *Act) (string, time.Duration) {
		p := s.Wake.People.Is
		return when(p.Present && p.Behind > 0 && !s.due(), p.Others()+" logged in, and the deadline has not passed."), 0
	}},
	{name: "nobody to save", wants: LookAtPeople, starts: only(), running: []Do{TimeToSave}, closed: func(s *Situation, a *Act) (string, time.Duration) {
		return when(s.Wake.People.Known && s.Wake.People.Is.Deserted(), "Nobody is logged in any more."), 0
	}},
	{name: "behind", wants: LookAtPeople, listed: true, starts: unattended, closed: func(s *Situation, a *Act) (string, time.Duration) {
		p := s.Wake.People.Is
		return when(p.Behind > 0 && len(a.Work.Plan.Quiet) == 0 && !s.waitedEnough(),
			"The deadline has passed. "+p.empty()+". The restart waits for somebody at the screen, for "+text.Length(s.Settings.MaxLockedTime)+" at most (MaxLockedTime)."), 0
	}},
	{name: "start of the Mac", setting: "UpdateDelay", wants: LookAtPeople, listed: true, starts: unattended, closed: func(s *Situation, a *Act) (string, time.Duration) {
		// Who has switched the Mac on is about to log in, and the clock may
		// not have been set yet.
		return when(s.Now.Continuous < s.Settings.UpdateDelay,
			a.Why+" Updates install when the Mac has been on for "+text.Length(s.Settings.UpdateDelay)+"."), 0
	}},
	{name: "conversion", wants: LookAtMac, starts: func(a *Act) bool { return byItself(a) || slices.Contains(byTool, a.Do) }, running: countdowns, closed: func(s *Situation, a *Act) (string, time.Duration) {
		return when(s.Wake.Mac.Is.Converting, "FileVault is encrypting or decrypting the disk. Updates wait until it has finished."), 0
	}},
	{name: "power", setting: "MinimumBatteryPercent", wants: LookAtMac, starts: obstructed, running: countdowns, closed: func(s *Situation, a *Act) (string, time.Duration) {
		return when(s.Wake.Mac.Is.lowBattery(s.Settings),
			"The battery is too low to install updates safely. They are installed when the Mac is on its power adapter."), 0
	}},
	{name: "space", wants: LookAtMac, starts: obstructed, running: countdowns, closed: func(s *Situation, a *Act) (string, time.Duration) {
		if !s.full() {
			return "", 0
		}
		return s.spaceWords(), 0
	}},
	{name: "network", wants: LookAtMac, starts: obstructed, running: countdowns, closed: func(s *Situation, a *Act) (string, time.Duration) {
		return when(s.Wake.Mac.Is.Offline, "The Mac has no network, and Apple's tool installs nothing without one. Updates wait for it."), 0
	}},
	{name: NoOwner, wants: LookForOwner, listed: true, starts: func(a *Act) bool { return a.needsOwner }, closed: func(s *Situation, a *Act) (string, time.Duration) {
		return s.noOwner(), 0
	}},
	{name: "busy", setting: "MaxBusyDelay", wants: LookAtBusy, starts: waitsForBusy, closed: func(s *Situation, a *Act) (string, time.Duration) {
		left := s.busyLeft()
		why := when(left > 0 && s.Wake.Busy.Known && s.Wake.Busy.Is, "The person at the screen is busy. The dialog comes when they are not.")
		if left >= betweenWakes {
			left = 0 // the next wake looks whether they still are
		}
		return why, left
	}},
}

// obstructed tells whether the Mac's condition keeps an act from beginning: an
// installation, a countdown to one, and asking for a password, which is typed in vain
// where nothing can follow.
func obstructed(a *Act) bool { return a.Kept || a.asks || slices.Contains(fruitless, a.Do) }

// waitsForBusy tells whether an act waits until the person at the screen is not
// busy any more: the first dialog about something. What they have agreed to goes
// on.
func waitsForBusy(a *Act) bool {
	return a.Do == Prompt || a.Do == FinalPrompt || a.Do == TellObstacle || a.Kept || assisted(a)
}

// waitsForLock tells whether an act waits until the screen is unlocked: dialogs,
// and restarts that nobody could see coming.
func waitsForLock(a *Act) bool {
	return slices.Contains(shownActs, a.Do) || assisted(a) || a.Do == InstallAndRestart || a.Do == SoftRestart
}

// lockedWait says what waits.
func lockedWait(a *Act) string {
	if a.Do == Prompt || a.Do == TellObstacle || a.Assist != nil {
		return "The dialog comes when it is unlocked."
	}
	return "The countdown waits until it is unlocked."
}

// byItself tells whether an act would begin without anybody's consent.
func byItself(a *Act) bool { return a.fresh }

// assisted tells whether an act begins to help a person without being asked.
func assisted(a *Act) bool { return a.fresh && a.Assist != nil }

// holdable tells whether a hold keeps an act from happening. An installation that
// is under way is finished.
func holdable(a *Act) bool {
	return byItself(a) || a.Do == Remove || a.Do == TellObstacle || a.Work != nil || slices.Contains(restarts, a.Do)
}

// overdue tells whether an act would begin because the deadline has passed.
func overdue(a *Act) bool { return byItself(a) && a.Do != Prompt && a.Do != Announce }

// shows tells whether an act comes up on the screen or takes the Mac down.
func shows(a *Act) bool {
	return byItself(a) || a.Do == OpenPane || a.Do == AskPassword || a.Do == TellObstacle || slices.Contains(restarts, a.Do)
}

// before says, for a gate that is closed, that something does not happen before a
// time.
func (s *Situation) before(closed bool, what string, until time.Time) (why string, left time.Duration) {
	if !closed {
		return "", 0
	}
	left = until.Sub(s.Now.Wall)
	if what == "This Mac is held" {
		return what + " until " + s.clockTime(left) + ".", left
	}
	return what + " before " + s.clockTime(left) + ".", left
}

// held says until when this Mac is held, and by which setting.
func (s *Situation) held() (until time.Time, setting string) {
	return heldUntil(s.Hold, s.State.holdOf(s.Settings, s.Now, s.Zone), s.Now)
}

// unattended tells whether an act begins an installation that nobody is told of.
func unattended(a *Act) bool { return a.Work != nil && a.Unattended }

// only makes a column of acts.
func only(acts ...Do) func(*Act) bool {
	return func(a *Act) bool { return slices.Contains(acts, a.Do) }
}

func when(closed bool, why string) string {
	if closed {
		return why
	}
	return ""
}

// hold returns what comes first instead of an act that a gate keeps from
// happening: a look, or else to wait, or to give up what is under way.
// Where it is not to be exact, any look of this wake does.
func (s *Situation) hold(a *Act, exact bool) (Act, bool) {
	for i := range gates {
		g := &gates[i]
		if !g.starts(a) || g.listed && !exact && !s.asksSeldom(a) {
			continue
		}
		if look := s.toLookAt(g.wants, a, exact); look != "" {
			return Act{Do: look, Why: a.Why, Who: a.Who}, true
		}
		if why, left := g.closed(s, a); why != "" {
			return a.held(g.name, why, s.gateSetting(g), left), true
		}
	}
	if why, shown := s.shown(a); shown {
		return a.held("shown", why, a.Setting, 0), true
	}
	return Act{}, false
}

// asksSeldom tells whether the list is young enough for what only a person can install,
// and no person is there who can: Apple is not asked every half hour for that.
func (s *Situation) asksSeldom(a *Act) bool {
	since, same := s.Now.Since(s.State.LastCheck.At)
	return (a.Assist != nil || a.needsOwner) && same && since < silentCheck && s.State.LastCheck.Failed == 0 && !s.otherScope()
}

// gateSetting names the setting that has closed a gate.
func (s *Situation) gateSetting(g *gate) string {
	switch g.name {
	case "deferral":
		return s.State.DeferralSetting()
	case "behind":
		return s.State.DeadlineSetting()
	case "hold":
		_, setting := s.held()
		return setting
	case "quiet hours":
		return asking(s.Settings, s.Now, s.Zone).setting
	case "window":
		return s.State.enforcing(s.Settings, s.Settings.UpdateDelay, s.Now, s.Zone).setting
	}
	return g.setting
}

// shown tells whether an act is a dialog that this wake has shown already.
func (s *Situation) shown(a *Act) (why string, shown bool) {
	switch {
	case a.Do == Prompt:
		return a.Why, s.Wake.Asked
	case a.Do == FinalPrompt:
		return a.Why, s.Wake.Counted && !s.Wake.Again
	case a.Assist != nil:
		return a.Why, s.Wake.Assisted
	case a.Do == TellObstacle:
		return a.Why, s.Wake.Told
	case a.Do == Announce:
		return a.Why, s.Wake.Announced
	}
	return "", false
}

// held is what becomes of an act that may not happen now. What has begun is
// given up; what has not waits.
func (a *Act) held(gate, why, setting string, left time.Duration) Act {
	if a.fresh || a.Work != nil || a.Assist != nil || a.Do == Remove || a.Do == DoCheck {
		return Act{Do: Wait, For: left, Why: why, Setting: setting, Gate: gate}
	}
	return Act{Do: GiveUp, Of: a.Do, Who: a.Who, Updates: a.Updates, Why: why, Setting: setting, Gate: gate}
}

// toLookAt returns the look that is missing before a gate can be asked. Who is
// there is looked at last, so that nothing that takes time comes between.
func (s *Situation) toLookAt(wants Do, a *Act, exact bool) Do {
	w := &s.Wake
	switch {
	case wants == "":
		return ""
	case wants == LookAtDeclared && s.knowsDeclared():
		return ""
	case wants == LookAtBusy && s.oldBusy(exact):
		return LookAtBusy
	case wants == LookAtBusy:
		return ""
	case wants == LookAtDeclared:
		return LookAtDeclared
	case wants == LookAtHardware && s.spreads() && s.State.Share == 0:
		return LookAtHardware
	case wants == LookAtHardware:
		return ""
	case wants == LookForOwner && s.oldOwner():
		return LookForOwner
	case wants == LookForOwner:
		return ""
	case !exact && wants == LookAtMac && !w.Mac.Looked(), exact && s.oldMac(a):
		return LookAtMac
	case !exact && !w.People.Looked(), exact && s.oldPeople(a):
		return LookAtPeople
	}
	return ""
}

func (s *Situation) oldMac(a *Act) bool {
	m := &s.Wake.Mac
	switch {
	case slices.Contains(byTool, a.Do), a.asks:
		return !m.Looked() || m.olderThan(freshFor, s.Now)
	case a.fresh:
		return !m.Looked()
	}
	return false
}

func (s *Situation) oldPeople(a *Act) bool {
	p := &s.Wake.People
	if slices.Contains(forPerson, a.Do) {
		return !p.Looked() || !p.Last
	}
	return !p.Looked() || p.olderThan(looseFor, s.Now)
}

// Paused says, while a dialog is on the screen, why nobody can see it. It is empty
// where it counts.
func Paused(s Situation, a Act) (why string) {
	for i := range gates {
		if g := &gates[i]; slices.Contains(g.pauses, a.Do) {
			if why, _ := g.closed(&s, &a); why != "" {
				return why
			}
		}
	}
	return ""
}

// MayContinue says, while an act runs, why it has to stop. It is empty where it
// may go on.
func MayContinue(s Situation, a Act) (why string) {
	for i := range gates {
		if g := &gates[i]; slices.Contains(g.running, a.Do) {
			if why, _ := g.closed(&s, &a); why != "" {
				return why
			}
		}
	}
	return ""
}
