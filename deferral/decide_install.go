package deferral

import (
	"time"

	"installordefer/internal/clock"
	"installordefer/internal/text"
)

// nextOfWork goes on with an installation.
func (s *Situation) nextOfWork(w *Work) Act {
	c := w.Calls[0]
	a := Act{Do: Install, Who: w.Allowed.Who, Updates: c.Updates, Consent: w.Allowed.Consent, Unattended: w.Allowed.Consent == NoConsent}
	if !c.Restarts {
		return a
	}
	direct := a
	direct.Do = InstallAndRestart
	switch {
	case c.Staged && a.Who.Root && !(s.Wake.People.Known && s.Wake.People.Is.Deserted()):
		// The tool cannot be started in their session: in another's it does not
		// ask them, and in none it restarts the Mac at once.
		direct.Do, direct.For, direct.Patience = TimeToSave, s.Settings.HardRestartDelay, unseenMost
		return direct
	case c.Staged, !a.Unattended && !a.Who.Root && s.open(&direct):
		return direct
	}
	// Prepared first, so that the call that restarts the Mac takes little time
	// on an empty screen, to which somebody could come, and so that nothing is
	// lost where the Mac may not be restarted now.
	return a
}

// open tells whether no gate that is known to be closed keeps an act from
// happening.
func (s *Situation) open(a *Act) bool {
	for i := range gates {
		if g := &gates[i]; g.starts(a) && (g.wants == "" || g.wants == LookAtPeople) {
			if why, _ := g.closed(s, a); why != "" {
				return false
			}
		}
	}
	return true
}

// decideRestart goes on with a restart in the start of the Mac in which it was
// begun.
func (s *Situation) decideRestart() Act {
	st, r := &s.State, &s.Wake.Restart
	step := st.Round.Step
	since, _ := s.Now.Since(step.At)
	who := r.Allowed.Who
	if step.Asked && step.AskedUID != who.UID {
		who = Person{UID: step.AskedUID}
	}
	switch {
	case step.Kind == StepHard && !r.Ready && since < hardAgain:
		return Act{Do: AwaitRestart, For: hardAgain - since, Why: "The Mac is restarting."}
	case step.Kind == StepHard && !r.Ready && st.Stopped():
		return decideStopped(s)
	case r.Unshown != "":
		return Act{Do: GiveUp, Of: TimeToSave, Why: "The dialog about saving could not be shown to " + r.Unshown + "."}
	case r.Ready:
		return s.decideHard(who, r.Unattended)
	case s.nobodyToAsk():
		return s.decideHard(who, true)
	case r.Ask:
		return Act{Do: SoftRestart, Who: who, Consent: r.Allowed.Consent, Unattended: r.Allowed.Consent == NoConsent, Why: "The updates are installed and need a restart."}
	}
	a := Act{Do: TimeToSave, Who: who, Patience: unseenMost, For: s.Settings.HardRestartDelay, Setting: "HardRestartDelay", Updates: s.byLabel(step.Labels),
		Why: "The Mac is about to restart. There is time to save first."}
	switch {
	case step.Kind == StepHard:
		a.Late, a.Setting, a.Why = true, "", "The Mac has not restarted within "+text.Length(hardAgain)+"."
	case since >= s.Settings.HardRestartDelay:
		a.Late, a.Why = true, "The Mac has not restarted within "+text.Length(s.Settings.HardRestartDelay)+"."
	}
	return a
}

// decideHard restarts the Mac without asking. An update of macOS is applied by
// the restart of Apple's tool; should that not happen, a plain one follows.
// Without the word of an owner no restart installs it on Apple silicon, so
// nobody's work is lost for one.
func (s *Situation) decideHard(who Person, unattended bool) Act {
	r, step := &s.Wake.Restart, s.State.Round.Step
	var system []Update
	for _, u := range s.byLabel(step.Labels) {
		if u.System {
			system = append(system, u)
		}
	}
	a := Act{Who: who, Unattended: unattended, Updates: system}
	tried := r.ToolEnded != (clock.Moment{})
	since, _ := s.Now.Since(r.ToolEnded)
	switch owned := s.Machine.AppleSilicon && len(system) > 0; {
	case owned && s.Wake.Password, !owned && step.Kind == StepSoft && len(system) > 0 && !step.Shutdown && !tried:
		a.Do, a.Why = ToolRestart, "Apple's tool restarts the Mac."
	case tried && since < toolGrace && r.Failure == "", tried && since < toolGrace && !owned:
		a.Do, a.For, a.Why = AwaitRestart, toolGrace-since, "Apple's tool restarts the Mac."
	case owned:
		a.Do, a.Of, a.Why = GiveUp, InstallWithPassword, s.unowned()
	default:
		a.Do, a.Why = HardRestart, "The Mac is restarted."
	}
	return a
}

// unowned says why an update that needs an owner's word is not installed.
func (s *Situation) unowned() string {
	why := "the password is gone"
	switch r := &s.Wake.Restart; {
	case r.Failure != "":
		why = r.Failure
	case r.ToolEnded != (clock.Moment{}):
		why = "Apple's tool did not restart the Mac"
	}
	return "the Mac is not restarted by force, because that would not install the updates. The person is asked again: " + why
}

// nextOfAssist goes on with helping a person to install what only a person can:
// with the password of a volume owner where that is switched on, otherwise in
// Software Update. The Mac is never restarted for it: a restart would not
// install it.
func (s *Situation) nextOfAssist(as *Assist) Act {
	a := Act{Who: as.Who, Updates: as.Updates}
	since, _ := s.Now.Since(as.Begun)
	switch password := TakesPassword(s.Machine, s.Settings); {
	case as.Given:
		a.Do, a.Why = InstallWithPassword, "The password was given."
	case password && !as.OwnerKnown && as.Who.Root:
		// Apple's tool has no session of root to work in, and restarts without
		// asking where it has none.
		a.Do, a.Of, a.Setting = GiveUp, AskPassword, "AppleSiliconPassword"
		a.Why = "root is not asked for a password: Apple's tool would restart the Mac without asking. Software Update is opened instead"
	case password && !as.OwnerKnown:
		a.Do, a.Why = LookForOwner, "A volume owner can install the updates with a password."
	case password && as.Owner && as.Tries < passwordTries:
		a.Again, a.Tries = as.Tries > 0, passwordTries-as.Tries
		a.Do, a.For, a.Why = AskPassword, passwordTime, "The updates need the password of a volume owner."
	case !as.Opened:
		a.Do, a.For, a.Why = OpenPane, s.stay(as), "The updates need a person to install them in Software Update."
	case as.Check:
		a.Do = DoCheck
	case as.Watch:
		a.Do, a.Why = LookAtPeople, "The dialog about installing is for the person who was helped."
	default:
		a.Do, a.For, a.Why = Stay, as.Stay, "The dialog about installing stays until the updates are installed."
		if as.Begun != (clock.Moment{}) {
			a.For = as.Stay - since
		}
	}
	return a
}

// first is the first act of an assisted installation.
func (s *Situation) first(a Act) Act {
	b := s.nextOfAssist(a.Assist)
	b.Assist, b.fresh, b.Consent = a.Assist, a.fresh, s.Wake.Allowed.Consent
	b.asks = b.Do == LookForOwner || b.Do == AskPassword
	if b.Do != GiveUp {
		b.Why, b.Setting = a.Assist.Why, a.Setting
	}
	return b
}

// stay is how long the dialog about installing stays.
func (s *Situation) stay(as *Assist) time.Duration {
	if as.Mandatory {
		return assistMost
	}
	return min(s.Settings.DeferralPeriod, s.State.TimeLeft(s.Now))
}
