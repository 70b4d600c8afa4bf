package deferral

import "time"

// declaredSince is the first macOS that is told what to enforce by declarations.
const declaredSince = 14

// knowsDeclared tells whether what Apple enforces is known, or cannot matter: it
// is about macOS itself.
func (s *Situation) knowsDeclared() bool {
	return s.Wake.Declared.Looked() || s.Machine.Major() < declaredSince
}

// ours are the updates that this program enforces.
func (s *Situation) ours() []Update {
	ours, _, _ := s.Wake.Declared.Is.parted(s.State.Round.Updates, s.Now.Wall)
	return ours
}

// wantsDeclared tells whether what Apple enforces has to be looked at before
// anything is asked or enforced. A running deferral wants nothing.
func (s *Situation) wantsDeclared() bool {
	return !s.knowsDeclared() && (s.due() || s.standing() || s.State.DeferralLeft(s.Now) <= 0)
}

// AskedAgain is when people are asked again for what Apple enforces; it is zero
// where this program enforces something itself.
func (s Situation) AskedAgain() time.Time {
	_, covered, e := s.Wake.Declared.Is.parted(s.State.Round.Updates, s.Now.Wall)
	if len(covered) < len(s.State.Round.Updates) || len(covered) == 0 {
		return time.Time{}
	}
	return s.Wake.Declared.Is.mentioned(e, s.State.Round.DeclaredAsked, s.Now).In(s.Zone)
}

// Date is by when the updates have to be installed, and whether it has passed: the
// deadline, or, once that has passed, Apple's own date where Apple enforces every
// update. It is zero where there is no round.
func (s *Situation) Date() (by time.Time, passed bool) {
	if passed = s.due(); passed {
		if _, covered, e := s.Wake.Declared.Is.parted(s.State.Round.Updates, s.Now.Wall); len(covered) > 0 && len(covered) == len(s.State.Round.Updates) {
			return e.By, !s.Now.Wall.Before(e.By)
		}
	}
	return s.State.ForcedAfter, passed
}

// asked are the updates that people are asked for, and the date that they are
// shown with, which is zero for the deadline: each update is shown with one date,
// and of two the earlier.
func (s *Situation) asked() (updates []Update, by time.Time) {
	ours, covered, e := s.Wake.Declared.Is.parted(s.State.Round.Updates, s.Now.Wall)
	if len(covered) == 0 || s.Settings.LeaveDeclaredUpdates || !s.Wake.Declared.Is.mentioned(e, s.State.Round.DeclaredAsked, s.Now).IsZero() {
		return ours, time.Time{}
	}
	if len(ours) == 0 || e.By.Before(s.Deadline()) {
		by = e.By
	}
	return s.State.Round.Updates, by
}

// decideCovered is for a round of which Apple enforces every update. People are
// asked to install them earlier; nothing of it is enforced here. Once a day Apple
// is asked for what it does not enforce.
func (s *Situation) decideCovered(covered []Update, e Enforced) Act {
	why := "Apple itself enforces " + e.Name() + " by " + s.at(e.By) + "."
	a := s.decideAsked(covered, e, why)
	if s.Wake.Checked {
		return a
	}
	since, ok := s.Now.Since(s.State.LastCheck.At)
	left := seldomCheck - since
	switch {
	case !ok || left <= 0:
		return Act{Do: DoCheck, Why: why}
	case a.Do == Wait:
		a.For = min(a.For, left)
	}
	return a
}

// decideAsked asks for what Apple enforces when people may be asked for it.
func (s *Situation) decideAsked(covered []Update, e Enforced, why string) Act {
	d := s.Wake.Declared.Is
	if s.Settings.LeaveDeclaredUpdates {
		return Act{Do: Wait, For: e.By.Add(applesDay).Sub(s.Now.Wall), Why: why, Setting: "LeaveDeclaredUpdates", Gate: "declared"}
	}
	if until := d.mentioned(e, s.State.Round.DeclaredAsked, s.Now); !until.IsZero() {
		return Act{Do: Wait, For: until.Sub(s.Now.Wall), Why: why + " Nobody is asked for it before " + s.at(until) + ".", Gate: "declared"}
	}
	return Act{Do: Prompt, fresh: true, Who: s.Wake.People.Is.Person, For: min(s.Settings.PromptTimeout, e.By.Sub(s.Now.Wall)), By: e.By, Updates: covered, Why: why}
}

// failedDeclared says which declaration Apple has not met, as a sentence with a
// blank behind it; it is empty where there is none.
func (s *Situation) failedDeclared() string {
	for _, e := range s.Wake.Declared.Is.Enforced {
		if why := e.overdue(s.Now.Wall); why != "" {
			return "Apple was to enforce " + e.Name() + " by " + s.at(e.By) + ", but " + why + ". "
		}
	}
	return ""
}

// wanted are the updates that a click installs.
func (s *Situation) wanted() []Update {
	if s.Settings.LeaveDeclaredUpdates {
		return s.ours()
	}
	return s.State.Round.Updates
}

// at says a time as a person at the Mac would.
func (s *Situation) at(t time.Time) string { return s.clockTime(t.Sub(s.Now.Wall)) }
