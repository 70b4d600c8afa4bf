package deferral

import "installordefer/internal/text"

// decideUnattended is for an empty screen after the deadline.
func (s *Situation) decideUnattended(plan Plan) Act {
	people := s.Wake.People.Is
	why, setting := "The deadline has passed. "+people.empty()+".", ""
	switch {
	case people.Behind > 0 && s.waitedEnough():
		why = "The deadline has passed. " + people.empty() + ", and nobody has come to the screen for " + text.Length(s.Settings.MaxLockedTime) + "."
		setting = "MaxLockedTime"
	case people.Behind > 0 && len(plan.Quiet) > 0:
		// Their work is not lost for a restart that they cannot see coming.
		plan.Restarting, plan.Assisted = nil, nil
		why = "The deadline has passed. " + people.empty() + ", so only what needs no restart is installed."
	}
	a := s.begin(plan, Allowed{}, why)
	a.fresh, a.Setting = true, setting
	return a
}

// decideAlone installs before the deadline where nobody at all is logged in and
// the settings say so.
func (s *Situation) decideAlone() (a Act, alone bool) {
	people := &s.Wake.People
	plan := MakePlan(s.ours(), s.Machine, s.Settings)
	switch {
	case !s.Settings.InstallWhenNobody || !plan.automatic() || s.State.Round.Pause.left(s.Now) > 0:
		return Act{}, false
	case !people.Looked():
		return Act{Do: LookAtPeople, Why: "Updates install while nobody is logged in (InstallWhenNobody)."}, true
	case !people.Known || !people.Is.Deserted():
		return Act{}, false
	}
	a = s.begin(plan, Allowed{}, people.Is.empty()+".")
	a.fresh, a.Setting = true, "InstallWhenNobody"
	return a, true
}

// needsNobody tells whether an act may happen before the deadline because it
// began where nobody was logged in.
func (s *Situation) needsNobody(a *Act) bool { return a.Unattended && s.Settings.InstallWhenNobody }

// nobodyToAsk tells whether a restart asks nobody: nobody is logged in, or nobody
// has come to the login window for as long as that may keep a restart away.
func (s *Situation) nobodyToAsk() bool {
	p := s.Wake.People
	return p.Known && !p.Is.Present && (p.Is.Behind == 0 || s.waitedEnough())
}
