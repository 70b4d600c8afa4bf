package wake

import (
	"installordefer/deferral"
	"installordefer/internal/logging"
	"installordefer/internal/macos"
	"installordefer/launchd/mac"
)

// lookAtDeclared finds out what Apple itself enforces. What cannot be read is
// none, and this program's own deadline goes on.
func (w *wake) lookAtDeclared() deferral.LookedAtDeclared {
	declared, err := w.Host.Declared()
	if err != nil {
		w.Log.Error(logging.Check, "%v. What Apple has been told to enforce counts as nothing.", err)
	}
	return deferral.LookedAtDeclared{Declared: deferral.Look(w.enforced(declared), err, w.now())}
}

// Declared finds out what Apple itself enforces on this Mac.
func (j *Job) Declared(m macos.Machine) deferral.Fact[deferral.Declared] {
	w := wake{Job: j, machine: m}
	return w.lookAtDeclared().Declared
}

// enforced is what is declared in the terms of the policy: by the clock of the
// zone in which the Mac is now. How far Apple has come is looked up only for what
// is past its date.
func (w *wake) enforced(declared mac.Declared) deferral.Declared {
	out := deferral.Declared{Silent: declared.Rules.Silent, MinorDays: declared.Rules.MinorDays, AdminOnly: declared.Rules.AdminOnly || declared.AdminByProfile && w.machine.Major() < 27}
	for _, d := range declared.Left(w.machine.Version, w.machine.Build) {
		e := deferral.Enforced{Version: d.Version, Build: d.Build, By: d.By.First(w.Zone)}
		if !w.now().Wall.Before(e.By) {
			w.progress(&e)
		}
		out.Enforced = append(out.Enforced, e)
	}
	return out
}

// progress adds how far Apple has come with what is past its date.
func (w *wake) progress(e *deferral.Enforced) {
	tail, err := w.Host.InstallLogTail()
	if err != nil {
		w.Log.Error(logging.Check, "Could not tell how far Apple has come with %s: %v", e.Name(), err)
		return
	}
	p := mac.ParseEnforcing(tail, e.Version)
	e.Tries, e.Gone = p.Tries, p.Gone
	if p.Next.Known() {
		e.Next = p.Next.First(w.Zone)
	}
}

// readHold takes up a hold that somebody has begun or ended.
func (w *wake) readHold() {
	h, err := w.Holds.Load()
	if err != nil && !w.badHold {
		w.Log.Error(logging.Settings, "%v", err)
		w.badHold = true
	}
	if h != w.s.Hold {
		w.apply(deferral.Held{Hold: h})
	}
}

// passed takes up, while something lasts, the time and a hold.
func (w *wake) passed() {
	w.tick()
	w.readHold()
}
