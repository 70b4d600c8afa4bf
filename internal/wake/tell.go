package wake

import (
	"time"

	"installordefer/deferral"
	"installordefer/internal/logging"
	"installordefer/internal/text"
)

// This file holds what the log says of acts and events.

// tellStart says once in a wake that does something what it starts from. A
// wake that only waits says nothing of it: it comes every five minutes.
func (w *wake) tellStart(a deferral.Act) {
	idle := a.Do == deferral.Wait || a.Do == deferral.AwaitPrompt || a.Do.Looks() && a.Do != deferral.LookAtHardware
	if w.told || idle && !w.noted {
		return
	}
	w.told = true
	w.Log.Notice(logging.Job, "Install or Defer %s on macOS %s (%s), %s.", w.Version, w.machine.Version, w.machine.Build, w.machine.Hardware())
	for _, p := range w.problems {
		w.Log.Error(logging.Settings, "%s", p)
	}
}

// because names the setting that decided.
func because(setting string) string {
	if setting == "" {
		return ""
	}
	return " (" + setting + ")"
}

// tell says what an event means. Was is the situation before it.
func (w *wake) tell(was *deferral.Situation, e deferral.Event) {
	switch e := e.(type) {
	case deferral.Began:
		w.tellAct(e.Act)
	case deferral.Looked:
		w.tellLooked(was)
	case deferral.Checked:
		if !was.State.Active() && w.s.State.Active() {
			w.tellDeadline()
		}
	case deferral.Answered:
		switch {
		case e.Aside && e.To == deferral.FinalPrompt:
			w.tellFinalAnswer(e.Answer)
		case e.Aside && e.To == deferral.Announce:
			w.tellAnnounced(e.Answer)
		case e.Aside:
			w.answered = true
			w.Log.Notice(logging.Prompt, "%s The prompt is taken away meanwhile.", e.Why)
		case e.To == deferral.FinalPrompt && w.s.Wake.Answer == nil:
			w.Log.Notice(logging.Prompt, "The final prompt is taken away: the clock was set back, and the deadline is in the future again.")
		}
	case deferral.Installed:
		w.tellInstalled(was, e)
	case deferral.PaneOpened:
		w.tellOpened(was.Wake.Assist.Who.Name)
	case deferral.AskedToSave:
		w.tellAsked(e.Who)
	case deferral.Saved:
		switch {
		case e.Now:
			w.Log.Notice(logging.Restart, "%s does not want to wait any longer. The Mac now %s.", e.Who.Name, goes(w.shutdown()))
		case e.Hidden != "":
			w.Log.Notice(logging.Restart, "%s The time to save has not passed.", e.Hidden)
		case e.Had:
			w.Log.Notice(logging.Restart, "%s has had %v to save. The Mac now %s without asking.", e.Who.Name, text.Length(w.s.Settings.HardRestartDelay), goes(w.shutdown()))
		}
	}
}

// tellAct says what is about to be done.
func (w *wake) tellAct(a deferral.Act) {
	if a.Assist != nil {
		w.Log.Notice(logging.Install, "%s", a.Assist.Why)
	}
	switch a.Do {
	case deferral.DoCheck:
		if a.Why != "" {
			w.Log.Notice(logging.Check, "%s Checking for updates.", a.Why)
		}
	case deferral.Prompt:
		w.Log.Notice(logging.Prompt, "%s Asking %s to run updates or to defer.%s", a.Why, a.Who.Name, because(a.Setting))
	case deferral.Announce:
		w.Log.Notice(logging.Prompt, "%s Updates install in %v unless %s puts them off%s.", a.Why, text.Length(a.For), a.Who.Name, because(a.Setting))
	case deferral.FinalPrompt:
		if !a.Again {
			w.Log.Notice(logging.Prompt, "%s Updates install in %v unless %s starts them earlier (UpdateDelay).", a.Why, text.Length(w.s.Settings.UpdateDelay), a.Who.Name)
		}
	case deferral.TellObstacle:
		w.Log.Notice(logging.Prompt, "%s Telling %s what is in the way.%s", a.Why, a.Who.Name, because(a.Setting))
	case deferral.Install, deferral.InstallAndRestart:
		if a.Work != nil {
			w.Log.Notice(logging.Install, "%s Installing updates%s.", a.Why, because(a.Setting))
		}
		w.Log.Notice(logging.Install, "Installing %s.", titles(a.Updates))
	case deferral.SoftRestart:
		w.Log.Notice(logging.Restart, "Asking the Mac to %s; apps may save first.", verb(w.shutdown()))
	case deferral.TimeToSave:
		if a.Late {
			w.Log.Notice(logging.Restart, "%s%s", a.Why, because(a.Setting))
		}
	case deferral.ToolRestart, deferral.HardRestart:
		w.tellRestart(a)
	case deferral.GiveUp:
		w.tellGivenUp(a)
	case deferral.Remove:
		w.Log.Notice(logging.Job, "%s Removing this job, its files and its state. The log and the settings stay.", a.Why)
	}
}

func (w *wake) tellOpened(who string) {
	if w.s.Wake.Assist == nil {
		w.Log.Notice(logging.Install, "Opened Software Update for %s. No dialog stays (DisablePostInstallAlert).", who)
		return
	}
	w.Log.Notice(logging.Install, "Opened Software Update for %s. The dialog stays until the updates are installed, at most %v.", who, text.Length(w.s.Wake.Assist.Stay))
}

func (w *wake) tellRestart(a deferral.Act) {
	switch {
	case a.Unattended && w.s.Wake.People.Is.Behind > 0:
		w.Log.Notice(logging.Restart, "%d logged in behind the login window, and nobody has come to the screen for %s: %s (MaxLockedTime).",
			w.s.Wake.People.Is.Behind, text.Length(w.s.Settings.MaxLockedTime), restartWord(w.shutdown()))
	case a.Unattended:
		w.Log.Notice(logging.Restart, "Nobody is logged in, so nothing can be lost: %s.", restartWord(w.shutdown()))
	case a.Do == deferral.HardRestart && w.s.Wake.Restart.ToolEnded.Boot != "":
		w.Log.Notice(logging.Restart, "Apple's tool did not restart the Mac, so it is restarted directly.")
	}
}

// tellGivenUp says what is not done, and why.
func (w *wake) tellGivenUp(a deferral.Act) {
	switch {
	case a.Of == deferral.InstallWithPassword && w.s.Wake.Assist == nil:
		w.Log.Error(logging.Restart, "%s", a.Why)
	case a.Of == deferral.InstallWithPassword:
		w.Log.Notice(logging.Install, "%s Nothing is installed with the password%s.", a.Why, because(a.Setting))
	case a.Of == deferral.AskPassword:
		w.Log.Notice(logging.Install, "%s%s", a.Why, because(a.Setting))
	case a.Of == deferral.Install && a.OfPeople():
		w.Log.Notice(logging.Install, "%s Nothing more is installed before they have been told.", a.Why)
	case a.Of == deferral.Install:
		w.Log.Notice(logging.Install, "%s Nothing more is installed%s.", a.Why, because(a.Setting))
	default:
		w.Log.Notice(logging.Restart, "%s The Mac is not restarted.", a.Why)
	}
}

// tellLooked says what a look who is there has made of an answer, of a consent,
// and of the help for a person.
func (w *wake) tellLooked(was *deferral.Situation) {
	now := &w.s.Wake
	if p := now.People.Is.Person; now.People.Known && now.People.Is.Present && !was.Wake.People.Looked() && w.s.State.Settled(p.UID) {
		w.Log.Notice(logging.Prompt, "macOS names %s, but has shown another session for %s, as it does after a first login by fast user switching. %s counts as at the screen.",
			p.Name, text.Length(w.s.State.Round.Unsettled.For.Truncate(time.Minute)), p.Name)
	}
	if was.Wake.Answer != nil {
		w.tellAnswer(now.Judged)
	}
	if was.Wake.Allowed.Consent != deferral.NoConsent && now.Allowed.Consent == deferral.NoConsent {
		why := "Another person has come to the screen."
		if !now.People.Known {
			why = "Could not tell who is logged in."
		}
		w.Log.Notice(logging.Install, "%s Nothing is installed before they have been told.", why)
	}
	if as := was.Wake.Assist; as != nil && as.Watch && now.Assist == nil {
		w.Log.Notice(logging.Install, "%s is no longer at the screen, so the dialog about installing is taken away.", as.Who.Name)
	}
}

func (w *wake) tellAnswer(a deferral.Answer) {
	switch a.To {
	case deferral.Prompt:
		w.tellPromptAnswer(a)
	case deferral.FinalPrompt:
		w.tellFinalAnswer(a)
	case deferral.Announce:
		w.tellAnnounced(a)
	case deferral.AskPassword:
		if a.Reply == deferral.NoReply && !a.Unshown {
			w.Log.Notice(logging.Install, "No password was given%s. Software Update is opened instead.", a.Why)
		}
	}
}

func (w *wake) tellPromptAnswer(a deferral.Answer) {
	after := a.After.Round(time.Second)
	w.answered = a.Reply != deferral.Run
	switch a.Reply {
	case deferral.Run:
		w.Log.Notice(logging.Prompt, "%s clicked Run Updates after %v.", a.Who.Name, text.Length(after))
	case deferral.Defer:
		w.Log.Notice(logging.Prompt, "%s clicked Defer after %v. %s.", a.Who.Name, text.Length(after), w.nextPrompt())
	case deferral.TimedOut:
		w.Log.Notice(logging.Prompt, "Nobody answered within %v, which counts as Defer. %s.", text.Length(after), w.nextPrompt())
	default:
		w.Log.Notice(logging.Prompt, "There was no answer: %s. %s.", a.Why, w.nextPrompt())
	}
}

func (w *wake) tellAnnounced(a deferral.Answer) {
	switch {
	case w.s.Wake.Allowed.Consent != deferral.Clicked && w.s.State.Round.Agreed.At.Boot != "":
		w.Log.Notice(logging.Prompt, "The announcement was taken away: %s. It comes again.", a.Why)
	case a.Reply == deferral.TimedOut:
		w.Log.Notice(logging.Prompt, "The countdown of %v has ended (HardRestartDelay).", text.Length(w.s.Settings.HardRestartDelay))
	default:
		w.tellPromptAnswer(a)
	}
}

func (w *wake) tellFinalAnswer(a deferral.Answer) {
	now, whole := &w.s.Wake, w.s.Settings.UpdateDelay
	switch {
	case now.Allowed.Consent == deferral.Clicked:
		w.Log.Notice(logging.Prompt, "%s clicked Run Updates.", a.Who.Name)
	case now.Allowed.Consent == deferral.CountedDown:
		w.Log.Notice(logging.Prompt, "The countdown of %v has ended (UpdateDelay).", text.Length(whole))
	case now.Again:
		w.Log.Notice(logging.Prompt, "The final prompt was closed after %v: %s. It is shown again for the remaining %v.", text.Length(a.After), a.Why, text.Length(w.s.State.CountdownLeft(a.Who.UID, whole)))
	case a.Aside:
		w.Log.Notice(logging.Prompt, "%s. The final prompt is taken away and comes again for the remaining %v.", a.Why, text.Length(w.s.State.CountdownLeft(a.Who.UID, whole)))
	default:
		w.Log.Notice(logging.Prompt, "The final prompt is not on the screen: %s. It comes again in the next wake.", a.Why)
	}
}

// nextPrompt says, without its full stop, when the next prompt comes, and the
// setting that decided.
func (w *wake) nextPrompt() string {
	st := &w.s.State
	if at := w.s.AskedAgain(); !at.IsZero() {
		return "Apple enforces these updates by itself. Nobody is asked again before " + w.clockTime(at)
	}
	if left, _ := w.s.NoticeLeft(); left > 0 {
		return "Nothing counts down for them before " + w.clockTime(w.s.Now.Wall.Add(left)) + because("MinimumNotice")
	}
	if st.DeferredUntil.IsZero() || st.Due(w.s.Now) {
		return "The deadline has passed, so the next prompt is the final one" + because(st.DeadlineSetting())
	}
	return "The next prompt comes at " + w.clockTime(st.DeferredUntil) + because(st.DeferralSetting())
}

// clockTime writes a time as administrators read it in the log.
func (w *wake) clockTime(t time.Time) string { return text.Time(t, w.Zone) }

// tellInstalled says what a call of Apple's tool has come to.
func (w *wake) tellInstalled(was *deferral.Situation, e deferral.Installed) {
	work := was.Wake.Work
	switch {
	case was.Wake.Assist != nil && e.Rejected:
		w.Log.Notice(logging.Install, "Apple's tool did not accept the password of %s.", was.Wake.Assist.Who.Name)
	case w.s.State.Round.Step.Kind == deferral.StepSoft && !w.s.Wake.Restart.Ask:
		w.Log.Notice(logging.Restart, "Apple's tool has not restarted the Mac.")
	case work == nil || !e.OK:
	case e.Staged:
		w.Log.Notice(logging.Install, "Prepared %s; the restart installs it.", titles(work.Calls[0].Updates))
	default:
		w.Log.Notice(logging.Install, "Installed %s.", titles(work.Calls[0].Updates))
	}
}

// tellAsked records that somebody has been asked.
func (w *wake) tellAsked(who deferral.Person) {
	w.Log.Notice(logging.Restart, "%s is asked to save. In %v the Mac %s without asking (HardRestartDelay).",
		who.Name, text.Length(w.s.Settings.HardRestartDelay), goes(w.shutdown()))
	if p := w.s.Wake.People.Is; p.Behind > 0 {
		w.Log.Notice(logging.Restart, "%s logged in, too, and cannot see this.", p.Others())
	}
}
