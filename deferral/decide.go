package deferral

import (
	"slices"
	"time"

	"installordefer/deferral/settings"
	"installordefer/internal/clock"
	"installordefer/internal/text"
)

// The policy's own times. They are not settings because no administrator has
// a reason to change them; each stands with its reason.
const (
	// betweenWakes is the time between two starts of the job.
	betweenWakes = 5 * time.Minute
	// leastPrompt is the least time between the end of a deferral and the deadline in
	// which somebody is asked once more. Nobody can answer in less.
	leastPrompt = time.Minute
	// ahead is how long before a prompt it is prepared, so that the wake before the
	// last does.
	ahead = 2 * betweenWakes
	// fresh is how old a check may be for a prompt or an installation to
	// rely on it. Catalogues change within hours, prompts follow each other
	// within minutes when somebody closes the helper.
	fresh = 30 * time.Minute
	// noneApart is the time between two checks that together prove that no
	// update is left: a little less than the five minutes between wakes.
	noneApart = 4 * time.Minute
	// unbroughtApart is that time while a macOS that the round knows of does not
	// run: hours later Apple's daemon, and what it asks, are others.
	unbroughtApart = 6 * time.Hour
	// seldomCheck is how often Apple is asked where nothing comes but by days:
	// for what MDM defers, and between two rounds.
	seldomCheck = 24 * time.Hour
	// currentFor is how long it holds that nothing is left, on a Mac on which
	// checks fail since.
	currentFor = 3 * seldomCheck
	// retryFirst and retryMost bound the time to the next try after a
	// failed check; it doubles in between.
	retryFirst, retryMost = 5 * time.Minute, 2 * time.Hour
	// PauseFirst and PauseMost do the same after a failed installation.
	PauseFirst, PauseMost = 30 * time.Minute, 4 * time.Hour
	// postponedFor is the wait for a power adapter.
	postponedFor = 15 * time.Minute
	// hardAgain is how long a hard restart may take before it is asked for
	// again.
	hardAgain = 10 * time.Minute
	// restartsMost is how many restarts a round may ask for. A Mac that
	// still lacks the update then needs an administrator, not a fourth.
	restartsMost = 3
	// silentCheck is how often Apple is asked for a version that it does not
	// offer, since MDMs hold updates back for days, and while nobody is there who
	// can install what is listed.
	silentCheck = 6 * time.Hour
	// stoppedCheck is how often a round that has stopped looks whether
	// somebody has helped.
	stoppedCheck = 6 * time.Hour
)

// Decide decides what to do next. It reads no clock and no file and starts
// nothing: the same situation gives the same act.
func Decide(s Situation) Act {
	a := next(&s)
	a.needsOwner = s.wantsOwner(&a)
	if a.fresh {
		if held, is := s.hold(&a, false); is {
			if first, is := s.ahead(&a, &held); is {
				return first
			}
			return s.tell(&a, s.kept(held))
		}
		if first, is := s.prepare(&a); is {
			return first
		}
	}
	if held, is := s.hold(&a, true); is {
		return s.tell(&a, s.kept(held))
	}
	if left, _ := s.Wake.Closed.Back.Since(s.Now); a.Do == FinalPrompt && s.Wake.Closed.UID == a.Who.UID && left > 0 {
		return Act{Do: AwaitPrompt, For: left, Why: "The final prompt was closed."}
	}
	return a
}

// kept waits in this wake for what the next one would come after: who is told
// that the prompt is back at 12:00 is asked at 12:00, who has notice until then is
// counted down then, and who is busy past the deadline is waited for no longer than
// is said.
func (s *Situation) kept(a Act) Act {
	switch {
	case a.Do != Wait || a.For <= 0 || a.For >= betweenWakes:
	case (a.Gate == "deferral" || a.Gate == "busy") && !s.Wake.Asked:
		a.Do = AwaitPrompt
	case a.Gate == "notice" && !s.Wake.Counted:
		a.Do, a.For = AwaitPrompt, max(a.For, time.Second)
	}
	return a
}

// ahead is what a prompt that a deferral still holds needs before it comes: a list
// that is fresh then, and what has to be downloaded. Either can take minutes, and
// the prompt is to come when it was said to. Where something else would hold it
// then, there is no hurry.
func (s *Situation) ahead(a, held *Act) (Act, bool) {
	if held.Gate != "deferral" || held.For >= ahead || s.Wake.Asked {
		return Act{}, false
	}
	then := *s
	then.Now = s.Now.Add(held.For)
	if other, is := then.hold(a, false); is {
		return other, other.Do != Wait
	}
	if first, is := then.prepare(a); is && first.Do == DoCheck {
		first.Why = "The prompt at " + s.clockTime(held.For) + " needs a list of updates that is fresh."
		return first, true
	}
	first, is := s.prepare(a)
	return first, is && first.Do != Wait
}

// next is what the round wants, were nothing in the way.
func next(s *Situation) Act {
	st, w := &s.State, &s.Wake
	switch {
	case st.Proven || st.Round.Step.Kind == StepRemove:
		return Act{Do: Remove, Why: "Nothing is left to install, and that is proven."}
	case w.Answer != nil:
		return Act{Do: LookAtPeople, Why: "Whoever answered must still be at the screen."}
	case w.Work != nil:
		return s.nextOfWork(w.Work)
	case w.Assist != nil:
		return s.nextOfAssist(w.Assist)
	case w.Recheck:
		return Act{Do: DoCheck}
	case st.Round.Step.Kind != NoStep:
		return decideStep(s)
	case len(st.Round.Updates) == 0 || st.FirstNone != (clock.Moment{}) || st.Withheld != "":
		return decideCheck(s)
	case st.Stopped():
		return decideStopped(s)
	case s.wantsDeclared():
		return Act{Do: LookAtDeclared, Why: "Apple may have been told to enforce an update by itself."}
	case s.standing():
		return s.decideAllowed()
	case st.agreed():
		return s.decideAgreed()
	}
	if ours, covered, by := w.Declared.Is.parted(st.Round.Updates, s.Now.Wall); len(ours) == 0 && len(covered) > 0 {
		return s.decideCovered(covered, by)
	}
	switch {
	case s.due():
		return decideDue(s)
	}
	return decidePrompt(s)
}

// decideStep goes on with a restart that was asked for, or with an
// installation that a restart ended.
func decideStep(s *Situation) Act {
	st := &s.State
	if st.Round.Step.At.Boot == s.Now.Boot {
		return s.decideRestart()
	}
	if left := st.nextCheck(s.Machine, s.Now); s.Wake.Checked || left > 0 && st.LastCheck.At.Boot == s.Now.Boot {
		return Act{Do: Wait, For: max(left, time.Minute), Why: "The Mac has restarted, but no check has said yet whether the updates are installed."}
	}
	return Act{Do: DoCheck, Why: "The Mac has restarted. A check says whether the updates are installed."}
}

// decideCheck is for a Mac on which no update is known to be left.
func decideCheck(s *Situation) Act {
	left := s.State.nextCheck(s.Machine, s.Now)
	none := s.State.FirstNone != (clock.Moment{})
	if !none && s.State.LastCheck.Failed == 0 && s.doubted() {
		left = 0
	}
	wait := max(left, time.Minute)
	lacked, lacks := lacking(s.Settings, s.Machine)
	switch {
	case lacks && none:
		return decideSilent(s, lacked)
	case !s.Wake.Checked && left <= 0 && none:
		return Act{Do: DoCheck, Why: "The last check said that no update is left. A second one must say so too."}
	case !s.Wake.Checked && left <= 0:
		return Act{Do: DoCheck, Why: "It is time to check for updates."}
	case s.State.Withheld != "" && s.State.LastCheck.Failed == 0:
		return Act{Do: Wait, For: wait, Why: "MDM defers " + s.State.Withheld + ", and nothing else is in scope. The job stays, and checks again in " + text.Length(wait) + "."}
	case s.State.Stays() && !none && s.State.LastCheck.Failed == 0:
		return Act{Do: Wait, For: wait, Setting: "RemoveWhenDone", Why: "Nothing is left to install. The job stays, and checks again in " + text.Length(wait) + "."}
	case none:
		if u, is := s.State.unbrought(s.Machine); is {
			return Act{Do: Wait, For: wait, Why: "No update is listed, but " + u.Name + ", which this round is for, does not run yet. A second check in " + text.Length(wait) + ", or after a restart, must say so too."}
		}
		then := "before the job removes itself."
		if !s.Settings.RemoveWhenDone {
			then = "before the round is over."
		}
		return Act{Do: Wait, For: wait, Why: "No update is left. The next wake checks once more " + then}
	}
	return Act{Do: Wait, For: wait, Why: "Could not tell whether there are updates. The next check is in " + text.Length(wait) + "."}
}

// decideSilent is for a Mac that must have a version which Apple does not offer
// it. There is nothing to install, and nothing is proven either.
func decideSilent(s *Situation, lacked settings.Required) Act {
	why := "RequiredVersions asks for macOS " + lacked.String() + ", but Apple offers this Mac nothing that leads to it."
	if !s.knowsDeclared() {
		return Act{Do: LookAtDeclared, Setting: "RequiredVersions", Why: why}
	}
	if days := s.Wake.Declared.Is.MinorDays; days > 0 {
		why += " Device management holds Apple's offers back for " + text.Length(time.Duration(days)*applesDay) + "."
	}
	since, ok := s.Now.Since(s.State.LastCheck.At)
	if !s.Wake.Checked && (!ok || since >= silentCheck) {
		return Act{Do: DoCheck, Setting: "RequiredVersions", Why: why}
	}
	left := max(silentCheck-since, time.Minute)
	return Act{Do: Wait, For: left, Setting: "RequiredVersions", Why: why + " The next check is in " + text.Length(left) + "."}
}

// decideStopped is for a round that has used up its restarts.
func decideStopped(s *Situation) Act {
	const why = "The updates are still missing after three restarts. Nothing more is enforced until an administrator has looked at this Mac."
	since, ok := s.Now.Since(s.State.LastCheck.At)
	if !s.Wake.Checked && (!ok || since >= stoppedCheck) {
		return Act{Do: DoCheck, Why: why}
	}
	return Act{Do: Wait, For: stoppedCheck - since, Why: why}
}

// restartedSince says why a list that may be minutes old is asked for again.
const restartedSince = "The Mac has restarted since the last check, so something may have been installed."

// decidePrompt is for the time before the deadline.
func decidePrompt(s *Situation) Act {
	st := &s.State
	if !s.Wake.Checked && st.LastCheck.At.Boot != s.Now.Boot {
		return Act{Do: DoCheck, Why: restartedSince}
	}
	if a, alone := s.decideAlone(); alone {
		return a
	}
	left := st.TimeLeft(s.Now)
	a := Act{Do: Prompt, fresh: true, Who: s.Wake.People.Is.Person, For: min(s.Settings.PromptTimeout, left), Patience: unseenMost, Setting: st.DeadlineSetting(),
		Last: s.last(left), Why: "The deadline is in " + text.Length(left) + "."}
	if a.Last {
		a.Why = "This is the last prompt before the deadline in " + text.Length(left) + "."
	}
	if a.Updates, a.By = s.asked(); !a.By.IsZero() {
		a.Why += " Apple itself enforces what it was told to by " + s.at(a.By) + "."
	}
	return a
}

// last tells whether no deferral on offer ends before the deadline.
func (s *Situation) last(left time.Duration) bool {
	offers := s.Offers(Act{})
	return len(offers) == 1 && offers[0].For >= left
}

// decideDue is for the time after the deadline.
func decideDue(s *Situation) Act {
	people := s.Wake.People.Is
	passed := s.failedDeclared() + "The deadline has passed."
	plan := MakePlan(s.ours(), s.Machine, s.Settings)
	switch {
	case !plan.automatic() && !s.Wake.Checked && s.State.Round.Help.left(s.Now) > 0 && s.State.LastCheck.At.Boot != s.Now.Boot:
		return Act{Do: DoCheck, Why: restartedSince}
	case !plan.automatic():
		return s.first(Act{fresh: true, Setting: s.State.DeadlineSetting(),
			Assist: &Assist{Updates: plan.Assisted, Mandatory: true, Who: people.Person,
				Why: passed + " The updates need a person to install them in Software Update."}})
	case s.Wake.People.Known && !people.Present:
		return s.decideUnattended(plan)
	}
	switch left, asked := s.NoticeLeft(); {
	case left > 0 && !asked:
		return s.decideNotice(&plan, left)
	case left > 0 && (s.Wake.People.olderThan(looseFor, s.Now) || s.State.TimeLeft(s.Wake.People.At) > 0):
		return Act{Do: LookAtPeople, Who: people.Person, Why: "Notice counts while somebody is at the screen."}
	}
	return Act{Do: FinalPrompt, fresh: true, Who: people.Person, For: s.State.CountdownLeft(people.Person.UID, s.Settings.UpdateDelay), Again: s.Wake.Again, Patience: unseenMost,
		Updates: append(slices.Clone(plan.Restarting), plan.Quiet...), Setting: s.State.DeadlineSetting(), Why: passed}
}

// decideAllowed is for an installation that somebody has allowed.
func (s *Situation) decideAllowed() Act {
	by := s.Wake.Allowed
	why, updates := "The person clicked Run Updates.", s.wanted()
	if by.Consent == CountedDown {
		// A click takes what Apple enforces along; a countdown was not about it.
		why, updates = "The deadline has passed and the countdown has ended.", s.ours()
	}
	plan := MakePlan(updates, s.Machine, s.Settings)
	if !plan.automatic() {
		return s.first(Act{Assist: &Assist{Updates: plan.Assisted, Why: why, Mandatory: s.due(), Who: by.Who}})
	}
	return s.begin(plan, by, why)
}

// begin is the first act of an installation.
func (s *Situation) begin(plan Plan, by Allowed, why string) Act {
	w := newWork(plan, by, s.Settings)
	a := s.nextOfWork(w)
	a.Work, a.Why = w, why
	return a
}

// prepare returns what comes first where an act needs a fresh list of updates,
// or downloads.
func (s *Situation) prepare(a *Act) (Act, bool) {
	left, last := s.State.nextCheck(s.Machine, s.Now), s.State.LastCheck
	switch {
	case !s.Wake.Checked && left <= 0 && last.At.Boot != s.Now.Boot:
		return Act{Do: DoCheck, Why: restartedSince}, true
	case !s.Wake.Checked && left <= 0 && last.Failed > 0:
		return Act{Do: DoCheck, Why: "The last check failed."}, true
	case !s.Wake.Checked && left <= 0:
		return Act{Do: DoCheck, Why: "The list of updates is older than " + text.Length(fresh) + "."}, true
	case s.otherScope() && !s.Wake.Checked && s.State.LastCheck.Failed == 0:
		return Act{Do: DoCheck, Why: "The settings about which updates count have changed."}, true
	case s.otherScope():
		return Act{Do: Wait, For: max(left, time.Minute), Why: otherList(max(left, time.Minute))}, true
	}
	if missing := s.missing(); a.Do == Prompt && !a.Notice && len(missing) > 0 {
		if s.Wake.People.olderThan(looseFor, s.Now) {
			return Act{Do: LookAtPeople, Why: "Apple's tool works in the session of whoever is there."}, true
		}
		return Act{Do: Download, Updates: missing[:1], Why: "Updates are downloaded before anybody is asked."}, true
	}
	return Act{}, false
}

// otherScope tells whether the list of updates was chosen by other settings. It
// may hold what an administrator no longer wants, so nothing is done with it.
func (s *Situation) otherScope() bool { return s.State.Round.Scope != scope(s.Settings) }

func otherList(next time.Duration) string {
	return "The settings about which updates count have changed, and no check has said yet what they leave. The next check is in " + text.Length(next) + "."
}
