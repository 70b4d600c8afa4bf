package deferral

import "slices"

// An Ownership tells whether a person may let macOS be installed on Apple silicon:
// only an owner of the volume may.
type Ownership struct {
	UID int
	// Looked is set once somebody has looked in this wake, Known where that has
	// told.
	Looked, Known, Owner bool
}

// NoOwner names the gate that a person closes who may not install the updates. Asking
// them would ask for what they cannot do.
const NoOwner = "no owner"

// wantsOwner tells whether an act would ask a person for what only an owner of the
// volume can do. What Apple enforces it installs by itself.
func (s *Situation) wantsOwner(a *Act) bool {
	if !s.Machine.AppleSilicon || !a.fresh || a.Do != Prompt && a.Assist == nil || s.Wake.People.Is.Person.Root {
		return false
	}
	ours := s.ours()
	return a.By.IsZero() && len(ours) > 0 && !slices.ContainsFunc(ours, func(u Update) bool { return !u.System })
}

// oldOwner tells whether it has to be looked at whether the person at the screen is
// an owner.
func (s *Situation) oldOwner() bool {
	o := &s.Wake.Owner
	return !o.Looked || o.UID != s.Wake.People.Is.Person.UID
}

// noOwner says why a person is not asked.
func (s *Situation) noOwner() string {
	o := s.Wake.Owner
	return when(o.Known && !o.Owner, "Whoever is at the screen is no volume owner, and nobody else can let macOS be installed on this Mac.")
}
