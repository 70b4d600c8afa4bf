package deferral

import (
	"time"

	"installordefer/deferral/settings"
	"installordefer/internal/clock"
)

// This file holds the time between two rounds, on a Mac on which the job stays
// after the proof that nothing is left (RemoveWhenDone), or for what MDM defers.

// Stays tells whether the job is between two rounds.
func (s State) Stays() bool { return s.Current != (clock.Moment{}) }

// keeps tells whether there are settings to be kept, and time to be counted.
func (s State) keeps() bool { return s.Active() || s.Stays() || s.Share > 0 }

// endRound ends a round of which it is proven that nothing is left, where the job
// stays. A removal that has begun goes on.
func (s *Situation) endRound() []string {
	st := &s.State
	if !st.Proven || s.Settings.RemoveWhenDone || st.Round.Step.Kind == StepRemove {
		return nil
	}
	*st = st.between(s.Settings, s.Now)
	return []string{"The round is over. The job stays, and asks Apple once a day (RemoveWhenDone)."}
}

// endWithheld ends a round of which two checks in a row, a day apart, have said that
// MDM defers all that is left: what comes once MDM lets it is a round of its own, with
// a deadline of its own.
func (s *Situation) endWithheld(before string) []string {
	st := &s.State
	_, lacks := lacking(s.Settings, s.Machine)
	if before == "" || st.Withheld == "" || lacks || !st.Active() || st.Round.Step.Kind != NoStep {
		return nil
	}
	withheld := st.Withheld
	*st = st.between(s.Settings, s.Now)
	st.Withheld = withheld
	return []string{"The round is over. The job stays for what MDM defers, which will be a round of its own."}
}

// between is the state between a round that is over and the next one.
func (s State) between(set settings.Settings, now clock.Moment) State {
	return State{
		Current: now, LastCheck: s.LastCheck, Migrated: s.Migrated,
		Round: Round{Profiles: s.Round.Profiles, Runs: s.Round.Runs, Scope: scope(set), Spent: s.Round.spent(now), Mark: now},
	}
}

// left is the state with which a round begins after the time between two, or before
// the first. Nothing of the last one counts in it, but profiles that are away were away before.
func (s State) left(now clock.Moment) State {
	if !s.Stays() && s.Share == 0 {
		return s
	}
	spent := s.Round.spent(now)
	profiles := append([]Profile(nil), s.Round.Profiles...)
	for i := range profiles {
		if profiles[i].Gone {
			profiles[i].GoneAt -= spent
		}
	}
	s.Round = Round{Profiles: profiles, Runs: s.Round.Runs, Updates: s.Round.Updates, Scope: s.Round.Scope}
	s.Current, s.FirstNone = clock.Moment{}, clock.Moment{}
	s.Share, s.Came = 0, time.Time{}
	return s
}

// UpToDate tells whether it stands that nothing is left, on a Mac on which the job
// stays: by the settings of now, and by a check that is days old at most.
func (s *Situation) UpToDate() bool {
	st := &s.State
	age, same := s.Now.Since(st.Current)
	if !same {
		age = s.Now.Wall.Sub(st.Current.Wall)
	}
	return st.Stays() && !st.Active() && st.Withheld == "" && !s.doubted() && age < currentFor
}

// doubted tells whether the settings of now ask for another proof than there is
// between two rounds, or choose other updates than those of which MDM defers all, so
// that a check comes at once.
func (s *Situation) doubted() bool {
	st := &s.State
	switch {
	case st.Active():
		return st.Withheld != "" && s.otherScope()
	case !st.Stays():
		return false
	}
	_, lacks := lacking(s.Settings, s.Machine)
	return s.otherScope() || (s.Settings.RemoveWhenDone || lacks) && st.Withheld == ""
}
