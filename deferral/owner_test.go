package deferral

import (
	"testing"
	"time"
)

func TestWhoMayNotInstall(t *testing.T) {
	owner := func(f Ownership) func(*Situation) { return func(s *Situation) { s.Wake.Owner = f } }
	none := Ownership{UID: ada.UID, Looked: true, Known: true}
	// standard is an owner of the volume who is no administrator, where only those install.
	standard := func(p Person) func(*Situation) {
		return func(s *Situation) {
			s.Wake.Owner = Ownership{UID: p.UID, Owner: true, Looked: true, Known: true, Standard: true}
			s.Wake.Declared = Look(Declared{AdminOnly: true}, nil, s.Now)
		}
	}
	for _, c := range []struct {
		name  string
		after time.Duration
		edit  func(*Situation)
		do    Do
		gate  string
	}{
		{"is looked for before they are asked", time.Hour, func(s *Situation) { s.Wake.Owner = Ownership{} }, LookForOwner, ""},
		{"is told whom to ask instead", time.Hour, owner(none), TellObstacle, NoOwner},
		{"is told so past the deadline, too", 73 * time.Hour, owner(none), TellObstacle, NoOwner},
		{"is told once a day", 30 * time.Hour, func(s *Situation) { s.Wake.Owner, s.State.Round.Told = none, at(7*time.Hour) }, Wait, NoOwner},
		{"is told on the next day", 30 * time.Hour, func(s *Situation) { s.Wake.Owner, s.State.Round.Told = none, at(6*time.Hour) }, TellObstacle, NoOwner},
		{"is told once a day, however often the Mac restarts", 30 * time.Hour, func(s *Situation) {
			s.Wake.Owner, s.State.Round.Told = none, at(7*time.Hour)
			s.State.Round.Told.Boot = "another"
		}, Wait, NoOwner},
		{"is another person than the owner", time.Hour, owner(Ownership{UID: grace.UID, Owner: true, Looked: true, Known: true}), LookForOwner, ""},
		{"is not an owner, who is asked", time.Hour, owner(Ownership{UID: ada.UID, Owner: true, Looked: true, Known: true}), Prompt, ""},
		{"is nobody of whom nobody could tell", time.Hour, owner(Ownership{UID: ada.UID, Looked: true}), Prompt, ""},
		{"may run what needs no owner", time.Hour, func(s *Situation) {
			s.State.Round.Updates = append(s.State.Round.Updates, safari)
			s.Wake.Downloads = append(s.Wake.Downloads, safari.Label)
		}, Prompt, ""},
		{"may do so on a Mac with Intel", time.Hour, func(s *Situation) { s.Machine = intel; s.Wake.Downloads = []string{tahoe.Label} }, Prompt, ""},
		{"is told so where only administrators install", time.Hour, standard(ada), TellObstacle, NoOwner},
		{"is told so on a Mac with Intel, if people install there", time.Hour, func(s *Situation) {
			standard(ada)(s)
			s.Machine, s.Settings.ManualUpdates = intel, true
		}, TellObstacle, NoOwner},
		{"may click where root installs", time.Hour, func(s *Situation) {
			standard(ada)(s)
			s.Machine, s.Wake.Downloads = intel, []string{tahoe.Label}
		}, Prompt, ""},
		{"may give the password of an owner", time.Hour, func(s *Situation) {
			standard(ada)(s)
			s.Settings.AppleSiliconPassword, s.Machine.Version = true, "26.6"
		}, Prompt, ""},
		{"is a standard user where everybody may install", time.Hour, func(s *Situation) {
			standard(ada)(s)
			s.Wake.Declared.Is.AdminOnly = false
		}, Prompt, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := situation(found(read(t, nil), tahoe), c.after)
			s.Machine = m1
			if c.edit != nil {
				c.edit(&s)
			}
			if a := Decide(s); a.Do != c.do || a.Gate != c.gate {
				t.Errorf("decided %q by %q (%s), want %q by %q", a.Do, a.Gate, a.Why, c.do, c.gate)
			}
		})
	}
}

func TestAppleIsAskedSeldomWhereNobodyCanInstall(t *testing.T) {
	none := func(s *Situation) {
		s.Wake.Owner, s.State.Round.Told = Ownership{UID: ada.UID, Looked: true, Known: true}, s.Now
	}
	for _, c := range []struct {
		name string
		edit func(*Situation)
		old  time.Duration // the list
		do   Do
	}{
		{"nobody is there, and the list is half a day old", nobody, 5 * time.Hour, Wait},
		{"nobody is there, and the list is older", nobody, 6 * time.Hour, DoCheck},
		{"nobody is there who owns the volume", none, 5 * time.Hour, Wait},
		{"an owner is there", func(*Situation) {}, 5 * time.Hour, DoCheck},
		{"the last check failed", func(s *Situation) {
			nobody(s)
			s.State.LastCheck.Failed = 1
		}, 5 * time.Hour, DoCheck},
		{"other updates count", func(s *Situation) {
			nobody(s)
			s.Settings.AllowMajorUpgrades = true
		}, 5 * time.Hour, DoCheck},
		{"what is listed needs nobody", func(s *Situation) {
			nobody(s)
			s.State.Round.Updates = just(safari)
		}, 5 * time.Hour, DoCheck},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := situation(found(read(t, nil), tahoe), 73*time.Hour)
			s.Machine, s.Wake.Checked = m1, false
			c.edit(&s)
			s.State.LastCheck.At = s.Now.Add(-c.old)
			if a := Decide(s); a.Do != c.do {
				t.Errorf("decided %q by %q (%s), want %q", a.Do, a.Gate, a.Why, c.do)
			}
		})
	}
}
