package deferral

import (
	"slices"

	"installordefer/internal/clock"
)

type (
	// Installed is what a call of Apple's tool for an Install, an
	// InstallAndRestart or an InstallWithPassword has come to, when it came
	// back.
	Installed struct {
		// OK is set where the tool has done what it was asked, and Staged where
		// the restart does the rest.
		OK, Staged bool
		// Restart and Shutdown are what it has asked for.
		Restart, Shutdown bool
		// Stopped is set where it was ended because a gate had closed.
		Stopped bool
		// Rejected is set where it has not accepted the password.
		Rejected bool
		// NeedsOwner is the label of an update that has turned out to need the
		// password of a volume owner.
		NeedsOwner string
		// Failure says, in words, what went wrong; empty where the next check
		// says it all. NeedsKiB is as with Downloaded.
		Failure  string
		Because  Failing
		NeedsKiB int64
	}
	// RestartAsked is a soft restart that was asked for, or not, as Failure
	// says in words.
	RestartAsked struct{ Failure string }
	// AskedToSave tells that the dialog about saving has come up for Who.
	AskedToSave struct{ Who Person }
	// Saved is the end of the time to save. Had is set where it was had as a
	// whole or, with Now, as long as Who wanted to wait, and Unshown where the
	// dialog could not be shown to Who. Hidden says why nobody could see it for
	// too long.
	Saved struct {
		Who               Person
		Had, Now, Unshown bool
		Hidden            string
	}
	// ToolRestarted is Apple's tool when it came back without having restarted
	// the Mac.
	ToolRestarted struct {
		Stopped bool
		Failure string
	}
	// HardRestarted is a hard restart that was asked for.
	HardRestarted struct{ Failure string }
	// OwnerFound tells whether the person may authorise updates.
	OwnerFound struct{ Owner Ownership }
	// PaneOpened is Software Update, opened or not.
	PaneOpened struct{ Failure string }
	// Stayed is a while of the dialog about installing. Answered is set where
	// the person has ended it, and Closed where it has ended in another way or
	// could not be shown.
	Stayed struct {
		Answered, Closed bool
		Failure          string
	}
	// GaveUp is the end of what Act.Of names.
	GaveUp struct{ Act Act }
)

// beginInstalling is Began for what installs, restarts and assists.
func (s *Situation) beginInstalling(a *Act) {
	w := &s.Wake
	if a.Work != nil || a.Assist != nil {
		s.State.disagree()
	}
	if a.Work != nil {
		w.Work, w.Allowed = a.Work, Allowed{}
		s.State = s.State.sawNothing()
		s.State = s.State.Begin(StepInstall, a.Work.all(), false, s.Machine, s.Now)
	}
	if a.Assist != nil {
		w.Assist, w.Allowed = a.Assist, Allowed{}
		w.Assisted = true
	}
	if (a.Do == OpenPane || a.Do == AskPassword) && w.Assist.Mandatory {
		s.State = s.State.asking(s.Now)
	}
	switch a.Do {
	case InstallAndRestart:
		s.beginRestart(Labels(a.Updates), w.Work, Restart{})
	case InstallWithPassword:
		s.beginRestart(Labels(a.Updates), nil, Restart{Allowed: Allowed{Clicked, a.Who}})
	case TimeToSave:
		if work := w.Work; work != nil {
			s.beginRestart(Labels(a.Updates), work, Restart{})
			w.Work = nil
		}
	case ToolRestart, HardRestart:
		if r := &w.Restart; !r.Hard {
			s.State = s.State.harden(s.Now)
			r.Ready, r.Hard, r.Unattended = true, true, a.Unattended
		}
		w.Password = w.Password && a.Do != ToolRestart // it is used up
	case AskPassword:
		as := *w.Assist
		as.Tries++
		w.Assist = &as
	case OpenPane:
		as := *w.Assist
		as.Stay = a.For
		w.Assist = &as
		if !as.Mandatory {
			// Recorded first: whatever ends this, the next prompt is an
			// ordinary one.
			s.State = s.State.Deferred(s.Settings.DeferralPeriod, s.Now)
		}
	case Stay:
		if as := *w.Assist; as.Begun == (clock.Moment{}) {
			as.Begun = s.Now
			w.Assist = &as
		}
	}
}

// beginRestart writes down that a restart is about to be asked for. Nobody has
// been asked yet.
func (s *Situation) beginRestart(labels []string, work *Work, r Restart) {
	if work != nil {
		r.Allowed, r.Work = work.Allowed, work
	}
	s.Wake.Restart = r
	s.State = s.State.Begin(StepSoft, labels, work != nil && work.Shutdown, s.Machine, s.Now)
}

func (e Installed) apply(s *Situation) []string {
	s.short(e.NeedsKiB)
	if e.Failure != "" {
		s.State = s.State.Failed(e.Failure, s.Now)
	}
	if s.Wake.Assist != nil {
		s.installedWithPassword(e)
		return nil
	}
	if e.NeedsOwner != "" {
		s.State = s.State.ownerNeeded([]string{e.NeedsOwner})
	}
	w := s.Wake.Work.copied()
	s.Wake.Work = w
	c := w.Calls[0]
	if s.State.Round.Step.Kind == StepSoft {
		if !e.Stopped && (e.OK || e.Restart || e.Shutdown) {
			s.Wake.Work = nil // the Mac should be restarting
			return nil
		}
		s.unrestarted()
	}
	if e.Stopped {
		s.called(w)
		return nil
	}
	w.Restart, w.Shutdown = w.Restart || e.Restart, w.Shutdown || e.Shutdown
	if e.Failure != "" {
		w.Failure, w.Because = e.Failure, e.Because
	}
	switch {
	case c.Restarts && !c.Staged && (e.OK || e.Restart || e.Shutdown): // one of several may have failed
		w.Calls[0].Staged = true
		return nil
	case c.Waits && !c.Restarts && e.OK:
		w.Waiting = append(w.Waiting, Labels(c.Updates)...)
	}
	s.called(w)
	return nil
}

// called goes on after a call of Apple's tool. The last one is followed by the
// restart that something waits for, or ends the installation.
func (s *Situation) called(w *Work) {
	w.Calls = w.Calls[1:]
	if len(w.Calls) > 0 {
		return
	}
	if len(w.Plan.Restarting) == 0 && (w.Restart || w.Shutdown) {
		w.Waiting = w.all()
	}
	if len(w.Waiting) == 0 {
		s.conclude(w)
		return
	}
	s.Wake.Work = nil
	s.beginRestart(w.Waiting, w, Restart{Ask: true})
}

// conclude ends an installation after which the Mac stays up. What is left, a
// check says, or a person installs.
func (s *Situation) conclude(w *Work) {
	wk := &s.Wake
	wk.Work, wk.Restart, wk.Allowed = nil, Restart{}, Allowed{}
	if s.State.Round.Because = w.Because; w.Failure != "" && w.Because == NotFailing {
		s.State.Round.Because = OtherFailed
	}
	switch {
	case w.Failure != "" && s.fullAtFirst():
		// What is in the way is known, and told at once.
		s.State = s.State.Failed(w.Failure, s.Now)
		s.State.Round.Step = Step{}
		s.State.Round.Failures++
		wk.Allowed = w.Allowed
	case w.Failure != "":
		s.State = s.State.installFailedBecause(s.Settings, w.Failure, s.Now)
	default:
		s.State = s.State.Installed(s.Settings, s.Now)
	}
	asked := s.due() && s.State.Round.Help.left(s.Now) > 0
	if len(w.Plan.Assisted) > 0 && len(w.Plan.Restarting) == 0 && wk.People.Is.Present && !asked {
		wk.Assist = &Assist{Updates: w.Plan.Assisted, Mandatory: s.due(), Who: wk.People.Is.Person}
		return
	}
	wk.Recheck = true
}

// installedWithPassword is Installed where a person has given a password.
func (s *Situation) installedWithPassword(e Installed) {
	w := &s.Wake
	as := *w.Assist
	as.Given = false
	w.Assist = nil
	needsRestart := func(u Update) bool { return u.Restart || u.System }
	switch {
	case e.Stopped:
		s.unrestarted()
	case e.Rejected:
		s.unrestarted()
		w.Assist = &as
	case e.Failure != "":
		s.unrestarted()
		s.State = s.State.installFailedBecause(s.Settings, e.Failure, s.Now)
		s.State.Round.Because = e.Because
		s.State.notAsked()
	case !e.Staged && !e.Restart && !e.Shutdown && !slices.ContainsFunc(as.Updates, needsRestart):
		s.unrestarted()
		s.conclude(&Work{})
	}
	w.Password = w.Password && w.Restart != (Restart{})
}

func (s *Situation) unrestarted() {
	s.State = s.State.unrestarted()
	s.Wake.Restart = Restart{}
}

func (e RestartAsked) apply(s *Situation) []string {
	s.Wake.Restart.Ask = false
	if e.Failure != "" {
		s.State = s.State.Failed(e.Failure, s.Now)
	} else {
		s.State = s.State.Asked(s.Wake.Restart.Allowed.Who.UID, s.Now)
	}
	return nil
}

func (e AskedToSave) apply(s *Situation) []string {
	s.State = s.State.Asked(e.Who.UID, s.Now)
	return nil
}

func (e Saved) apply(s *Situation) []string {
	r := &s.Wake.Restart
	r.Ready = e.Had
	if e.Unshown {
		r.Unshown = e.Who.Name
	}
	return nil
}

func (e ToolRestarted) apply(s *Situation) []string {
	r := &s.Wake.Restart
	if !e.Stopped {
		r.ToolEnded = s.Now
	}
	if e.Failure != "" {
		r.Failure = e.Failure
		s.State = s.State.Failed(e.Failure, s.Now)
	}
	return nil
}

func (e HardRestarted) apply(s *Situation) []string {
	s.Wake.Restart = Restart{Allowed: s.Wake.Restart.Allowed}
	if e.Failure != "" {
		s.State = s.State.Failed(e.Failure, s.Now)
	}
	return nil
}

func (e OwnerFound) apply(s *Situation) []string {
	s.Wake.Owner = e.Owner
	if s.Wake.Assist == nil {
		return nil
	}
	as := *s.Wake.Assist
	as.OwnerKnown, as.Owner = true, e.Owner.Owner
	s.Wake.Assist = &as
	return nil
}

func (e PaneOpened) apply(s *Situation) []string {
	as := *s.Wake.Assist
	as.Opened = true
	s.Wake.Assist = &as
	if e.Failure != "" {
		s.State = s.State.Failed(e.Failure, s.Now)
	}
	if !as.Mandatory && s.Settings.DisablePostInstallAlert {
		s.Wake.Assist = nil
	}
	return nil
}

func (e Stayed) apply(s *Situation) []string {
	if e.Failure != "" {
		s.State = s.State.Failed(e.Failure, s.Now)
	}
	if e.Closed {
		if e.Failure != "" || !s.Wake.Assist.Mandatory {
			s.State = s.State.unseen(s.Now)
			s.State.notAsked()
		}
		s.Wake.Assist = nil
		return nil
	}
	as := *s.Wake.Assist
	since, _ := s.Now.Since(as.Begun)
	as.Check, as.Over = true, e.Answered || since >= as.Stay
	s.Wake.Assist = &as
	return nil
}

// rechecked is what becomes of the help after a check: nothing where the updates
// are gone, or where it has had its time.
func (as *Assist) rechecked(s *Situation) *Assist {
	left := s.State.Round.Updates
	gone := !slices.ContainsFunc(left, func(u Update) bool { return slices.Contains(Labels(as.Updates), u.Label) })
	switch {
	case s.State.LastCheck.Outcome == None || gone:
		return nil
	case as.Over:
		return nil
	}
	next := *as
	next.Check, next.Watch = false, true
	return &next
}

// watched is what becomes of the help after a look: nothing where the person has
// left the screen beyond doubt.
func (as *Assist) watched(s *Situation) *Assist {
	if s.Wake.People.Known && !sees(s.Wake.People, as.Who) {
		s.State = s.State.unseen(s.Now)
		s.State.notAsked()
		return nil
	}
	next := *as
	next.Watch = false
	return &next
}

// apply goes on without what was given up. A restart is taken back where not
// everybody was asked for it: who is there then decides again.
func (e GaveUp) apply(s *Situation) []string {
	w := &s.Wake
	switch {
	case w.Work != nil:
		work := w.Work.copied()
		w.Work = work
		if !work.Calls[0].Staged {
			work.Calls = work.Calls[:1] // nothing more is installed
		}
		s.called(work)
	case e.Act.Of == AskPassword:
		as := *w.Assist
		as.OwnerKnown, as.Owner = true, false
		w.Assist = &as
	case w.Assist != nil:
		w.Assist, w.Password = nil, false
		s.State = s.State.postponed(s.Settings, s.Wake.Mac, s.Now)
		s.State.notAsked()
	case e.Act.Of == InstallWithPassword:
		s.unrestarted()
		s.State = s.State.installFailedBecause(s.Settings, e.Act.Why, s.Now)
	default:
		done := Work{}
		if r := w.Restart; r.Ask && r.Work != nil {
			done.Failure = r.Work.Failure
		}
		s.State = s.State.unrestarted()
		s.conclude(&done)
	}
	return nil
}
