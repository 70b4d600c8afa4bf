package deferral

import "slices"

// An Ownership tells whether a person may let macOS be installed on Apple silicon:
// only an owner of the volume may.
type Ownership struct {
	UID int
	// Looked is set once somebody has looked in this wake, Known where that has
	// told.
	Looked, Known, Owner bool
	// Standard is set for an account that is no administrator's, where only
	// administrators may install by hand.
	Standard bool
}

// NoOwner names the gate that a person closes who may not install the updates. Asking
// them would ask for what they cannot do.
const NoOwner = "no owner"

// wantsOwner tells whether an act would ask a person for what only an owner of the
// volume can do, or only an administrator. What Apple enforces it installs by itself.
func (s *Situation) wantsOwner(a *Act) bool {
	if !a.fresh || a.Do != Prompt && a.Assist == nil || !a.By.IsZero() || s.Wake.People.Is.Person.Root {
		return false
	}
	ours := s.ours()
	switch {
	case len(ours) == 0:
		return false
	case s.Machine.AppleSilicon && !slices.ContainsFunc(ours, func(u Update) bool { return !u.System }):
		return true
	}
	plan := MakePlan(ours, s.Machine, s.Settings)
	return s.Wake.Declared.Is.AdminOnly && !plan.automatic()
}

// oldOwner tells whether it has to be looked at whether the person at the screen is
// an owner.
func (s *Situation) oldOwner() bool {
	o := &s.Wake.Owner
	return !o.Looked || o.UID != s.Wake.People.Is.Person.UID
}

// noOwner says why a person is not asked. With the password of an owner root installs,
// and nobody needs to be an administrator.
func (s *Situation) noOwner() string {
	switch o := &s.Wake.Owner; {
	case o.Known && !o.Owner:
		return "Whoever is at the screen is no volume owner, and nobody else can let macOS be installed on this Mac."
	case o.Standard && s.Wake.Declared.Is.AdminOnly && !TakesPassword(s.Machine, s.Settings):
		return "Whoever is at the screen is no administrator, and device management lets nobody else install updates on this Mac."
	}
	return ""
}
