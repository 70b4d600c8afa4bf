package deferral

import (
	"fmt"
	"hash/fnv"
	"slices"
	"strconv"
	"time"

	"installordefer/deferral/settings"
	"installordefer/internal/clock"
	"installordefer/internal/macos"
)

// This file holds every way in which the state changes. Each is a pure
// function from what was to what is; the shell saves the result.

// Checked records a finished check. Updates are those in scope; they are read
// only when outcome is Found. Machine is the Mac as it runs now: a build that
// an installation was to bring, seen running after a restart, proves it.
func (s State) Checked(outcome Outcome, updates []Update, set settings.Settings, m macos.Machine, now clock.Moment, zone *time.Location) State {
	s.Round.Runs = m.Version
	s.LastCheck = Check{At: now, Outcome: outcome, Failed: s.LastCheck.Failed}
	step := s.Round.Step
	restarted := step.Kind != NoStep && step.Kind != StepRemove && step.At.Boot != now.Boot
	if outcome == Unknown {
		s.LastCheck.Failed++
		return s
	}
	s.Withheld = ""
	switch outcome {
	case Withheld:
		s.LastCheck.Failed, s.FirstNone = 0, clock.Moment{}
		if s.keeps() {
			s.Round.Scope = scope(set)
		}
	case None:
		s.LastCheck.Failed = 0
		since, sameBoot := now.Since(s.FirstNone)
		first := s.FirstNone == clock.Moment{}
		newBuild := restarted && m.Build != "" && step.Build != "" && m.Build != step.Build
		_, lacks := lacking(set, m)
		if s.Stays() && !lacks && !set.RemoveWhenDone {
			s.Current, s.FirstNone, s.Round.Scope = now, clock.Moment{}, scope(set)
			return s
		}
		if !lacks && (newBuild || !first && (!sameBoot || since >= s.apart(m))) {
			s.Proven = true
		}
		if first {
			s.FirstNone = now
		}
	case Found:
		s.LastCheck.Failed = 0
		s.FirstNone = clock.Moment{}
		if slices.ContainsFunc(s.Round.Updates, func(u Update) bool { return !stillThere([]string{u.Label}, updates) }) {
			s.Round.Failures = 0
		}
		s.Round.Updates, s.Round.Scope = s.learned(updates), scope(set)
		if !s.Active() {
			s = s.left(now).begin(set, now, zone)
		}
	}
	if restarted {
		s.Round.Step = Step{}
		if outcome == Found && stillThere(step.Labels, updates) {
			s = s.installFailed(now)
		}
	}
	return s
}

// apart is the time between two checks that together prove that no update is
// left. While the round knows of a macOS that does not run yet, both may have met
// the same fault of Apple's daemon, which comes and goes with a restart.
func (s State) apart(m macos.Machine) time.Duration {
	if _, is := s.unbrought(m); is {
		return unbroughtApart
	}
	return noneApart
}

// unbrought returns the update of the round that brings a version of macOS which
// this Mac does not run.
func (s State) unbrought(m macos.Machine) (Update, bool) {
	runs, err := macos.ParseVersion(m.Version)
	if err != nil || !s.Active() {
		return Update{}, false
	}
	for _, u := range s.Round.Updates {
		if v, err := macos.ParseVersion(u.Version); u.Version != "" && err == nil && v.Compare(runs) > 0 {
			return u, true
		}
	}
	return Update{}, false
}

// stillThere tells whether an update that was to be installed is still listed.
func stillThere(labels []string, updates []Update) bool {
	return slices.ContainsFunc(updates, func(u Update) bool { return slices.Contains(labels, u.Label) })
}

// learned returns updates with what Apple's tool has taught about them since
// they were first seen; its list does not say it.
func (s State) learned(updates []Update) []Update {
	updates = slices.Clone(updates)
	for i, u := range updates {
		updates[i].System = u.System || slices.ContainsFunc(s.Round.Updates, func(v Update) bool { return v.Label == u.Label && v.System })
	}
	return updates
}

// ownerNeeded records that Apple's tool installs these updates only with the
// password of a volume owner. On Apple silicon they are the person's to install
// from then on.
func (s State) ownerNeeded(labels []string) State {
	s.Round.Updates = slices.Clone(s.Round.Updates)
	for i, u := range s.Round.Updates {
		s.Round.Updates[i].System = u.System || slices.Contains(labels, u.Label)
	}
	return s
}

// DownloadEnded records which labels no prompt waits for any more: they are on
// the disk, or their download hung and is left to the installation.
func (s State) DownloadEnded(labels []string) State {
	s.Round.Downloaded = slices.Clone(s.Round.Downloaded)
	for _, l := range labels {
		if !s.Round.downloaded(l) {
			s.Round.Downloaded = append(s.Round.Downloaded, l)
		}
	}
	return s
}

func (r Round) downloaded(label string) bool { return slices.Contains(r.Downloaded, label) }

// Prompted records that a dialog is about to be shown.
func (s State) Prompted() State {
	s.Round.Prompts++
	return s
}

// Deferred records an answer that defers by DeferralPeriod.
func (s State) Deferred(d time.Duration, now clock.Moment) State { return s.deferred(d, byPeriod, now) }

// Chose records an answer that defers by one of DeferralChoices.
func (s State) Chose(d time.Duration, now clock.Moment) State { return s.deferred(d, byChoice, now) }

// TimedOut records a prompt that nobody answered in its time. It defers by
// DeferralPeriod and is no deferral that anybody has used up.
func (s State) TimedOut(set settings.Settings, now clock.Moment) State {
	s.Round.NoAnswers = 0
	return s.deferFor(set.DeferralPeriod, byTimeout, now)
}

func (s State) deferred(d time.Duration, by Cause, now clock.Moment) State {
	s.Round.Deferrals++
	s.Round.NoAnswers = 0
	return s.deferFor(d, by, now)
}

// withDeferralOf returns s with the deferral of o.
func (s State) withDeferralOf(o State) State {
	s.DeferredUntil, s.Round.DeferredTo, s.Round.DeferredAt, s.Round.DeferredBy = o.DeferredUntil, o.Round.DeferredTo, o.Round.DeferredAt, o.Round.DeferredBy
	return s
}

// Unanswered records a prompt that ended without an answer. The next one comes
// after a delay that doubles and never exceeds an ordinary deferral, so that
// neither a broken helper nor a person who closes it turns it into a flood.
func (s State) Unanswered(set settings.Settings, now clock.Moment) State {
	delay := min(doubled(retryFirst, s.Round.NoAnswers), set.DeferralPeriod)
	s.Round.NoAnswers++
	return s.deferFor(delay, byNoAnswer, now)
}

// Begin records a step that is about to be taken.
func (s State) Begin(kind StepKind, labels []string, shutdown bool, m macos.Machine, now clock.Moment) State {
	s.Round.Step = Step{Kind: kind, At: now, Labels: labels, Build: m.Build, Shutdown: shutdown}
	if kind == StepSoft || kind == StepHard {
		s.Round.Restarts++
	}
	return s
}

// harden records that the hard restart follows the soft one. It is the same
// restart, so it does not count again.
func (s State) harden(now clock.Moment) State {
	again := s.Round.Step.Kind == StepHard
	s.Round.Step.Kind, s.Round.Step.At = StepHard, now
	if again {
		s.Round.Restarts++
	}
	return s
}

// unrestarted takes back a restart that was recorded and then not asked for.
func (s State) unrestarted() State {
	s.Round.Step = Step{}
	s.Round.Restarts = max(s.Round.Restarts-1, 0)
	return s
}

// Asked records that the person with this user id has been asked for the restart,
// and moves the moment from which HardRestartDelay counts.
func (s State) Asked(uid int, now clock.Moment) State {
	s.Round.Step.At, s.Round.Step.Asked, s.Round.Step.AskedUID = now, true, uid
	return s
}

// Installed records an installation that needed no restart. What is left, a
// check says; whatever it says, nobody is asked again at once.
func (s State) Installed(set settings.Settings, now clock.Moment) State {
	s.Round.Step = Step{}
	s = s.paused("Not everything is installed yet: some updates are still listed.", now)
	return s.deferFor(set.DeferralPeriod, byInstalling, now)
}

// installFailedBecause records an installation that did not succeed, and why.
func (s State) installFailedBecause(set settings.Settings, why string, now clock.Moment) State {
	s = s.installFailed(now).Failed(why, now)
	return s.deferFor(set.DeferralPeriod, byInstalling, now)
}

func (s State) installFailed(now clock.Moment) State {
	s.Round.Step = Step{}
	return s.paused("The last installation did not succeed.", now)
}

// paused keeps the next installation away, longer each time until one of the
// updates is gone: some stay listed whatever the tool says.
func (s State) paused(why string, now clock.Moment) State {
	s.Round.Pause = Pause{From: now, For: min(doubled(PauseFirst, s.Round.Failures), PauseMost), Why: why}
	s.Round.Failures++
	return s
}

// What a pause is for, where it is not a failure.
const (
	pauseMac   = "The updates have to wait for the Mac."
	pausePower = "The battery is too low to install updates."
	pauseVault = "FileVault is encrypting or decrypting the disk."
)

// A PauseFor says what a pause waits for, where somebody can do something about it.
type PauseFor int

// What a pause waits for.
const (
	PauseForTime PauseFor = iota
	PauseForPower
	PauseForVault
)

// WaitsFor says what the pause waits for.
func (p Pause) WaitsFor() PauseFor {
	switch p.Why {
	case pausePower:
		return PauseForPower
	case pauseVault:
		return PauseForVault
	}
	return PauseForTime
}

// postponed records that an allowed installation has to wait for the Mac:
// for its power adapter, for instance.
func (s State) postponed(set settings.Settings, mac Fact[Condition], now clock.Moment) State {
	s.Round.Pause = Pause{From: now, For: postponedFor, Why: pauseMac}
	switch {
	case mac.Known && mac.Is.Converting:
		s.Round.Pause.Why = pauseVault
	case mac.Known && mac.Is.lowBattery(set):
		s.Round.Pause.Why = pausePower
	}
	return s
}

// unseen records that a dialog that cannot be put off could not be brought to
// the screen, or that whom it was for has left. The next wake tries again.
func (s State) unseen(now clock.Moment) State {
	s.Round.Pause = Pause{From: now, For: noneApart, Why: "The dialog could not be kept on the screen."}
	return s
}

// Failed records trouble for status.
func (s State) Failed(why string, now clock.Moment) State {
	s.LastError = Trouble{Text: why, At: now.Wall.Truncate(time.Second)}
	return s
}

// nextCheck returns how long to wait for the next check; zero or less when it
// is due. A restart of the Mac makes it due.
func (s State) nextCheck(m macos.Machine, now clock.Moment) time.Duration {
	since, ok := now.Since(s.LastCheck.At)
	switch {
	case !ok:
		return 0
	case s.LastCheck.Failed > 0:
		return min(doubled(retryFirst, s.LastCheck.Failed-1), retryMost) - since
	case s.FirstNone != (clock.Moment{}):
		return s.apart(m) - since
	case s.Withheld != "", s.Stays():
		return seldomCheck - since
	default:
		return fresh - since
	}
}

// scope names the settings that choose updates, so that a list chosen by others
// is not acted upon.
func scope(s settings.Settings) string {
	h := fnv.New64a()
	fmt.Fprintf(h, "%v %q %q", s.AllowMajorUpgrades, s.IgnoreUpdates, s.OnlyUpdates)
	return strconv.FormatUint(h.Sum64(), 16)
}

func doubled(d time.Duration, times int) time.Duration {
	return d << min(max(times, 0), 16)
}
