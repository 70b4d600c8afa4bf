package deferral

import (
	"installordefer/deferral/settings"
	"installordefer/internal/macos"
	"slices"
	"sort"
)

// A Plan sorts the updates of a round by the way in which they are installed.
type Plan struct {
	// Quiet are installed without a restart, Restarting with one, by
	// Apple's tool, which applies updates of macOS itself in no other way.
	// Assisted are installed by the person.
	Quiet, Restarting, Assisted []Update
}

// automatic tells whether the plan holds anything that installs by itself.
func (p Plan) automatic() bool { return len(p.Quiet)+len(p.Restarting) > 0 }

// MakePlan sorts updates. On Apple silicon updates of macOS itself need a
// volume owner, and with ManualUpdates everything is the person's to install.
func MakePlan(updates []Update, m macos.Machine, set settings.Settings) Plan {
	var p Plan
	for _, u := range updates {
		switch {
		case set.ManualUpdates || m.AppleSilicon && u.System:
			p.Assisted = append(p.Assisted, u)
		case u.Restart || u.System:
			p.Restarting = append(p.Restarting, u)
		default:
			p.Quiet = append(p.Quiet, u)
		}
	}
	return p
}

// A Work is an installation that is allowed or under way: first what needs no
// restart, so that a restart cannot cut it off, then the rest.
type Work struct {
	Allowed Allowed
	// Plan is what all of it installs.
	Plan Plan
	// Calls of Apple's tool are still to be made.
	Calls []Call
	// Waiting labels are installed and wait for a restart.
	Waiting []string
	// Restart and Shutdown are what Apple's tool has asked for.
	Restart, Shutdown bool
	// Failure is what went wrong last, in words, and Because of what kind it is.
	Failure string
	Because Failing
}

// A Call is one call of Apple's tool.
type Call struct {
	Updates []Update
	// Waits is true where the updates need a restart when they are installed,
	// and Restarts where only a call that restarts the Mac applies them.
	Waits, Restarts bool
	// Staged is true once they are prepared for that restart.
	Staged bool
}

// newWork orders what a plan installs.
func newWork(p Plan, by Allowed, set settings.Settings) *Work {
	w := &Work{Allowed: by, Plan: p}
	w.add(p.Quiet, set, Call{})
	var plain, system []Update
	for _, u := range p.Restarting {
		if u.System {
			system = append(system, u)
		} else {
			plain = append(plain, u)
		}
	}
	// macOS itself comes last: only the restart of the call that names it
	// applies it.
	sort.SliceStable(system, func(i, j int) bool { return system[i].rank() < system[j].rank() })
	w.add(plain, set, Call{Waits: true})
	w.add(system, set, Call{Waits: true})
	if len(system) > 0 {
		w.Calls[len(w.Calls)-1].Restarts = true
	}
	return w
}

// add adds the calls for some updates: one each, so that one that fails holds up
// no other, or all in one.
func (w *Work) add(updates []Update, set settings.Settings, c Call) {
	switch {
	case len(updates) == 0:
	case set.InstallTogether:
		c.Updates = updates
		w.Calls = append(w.Calls, c)
	default:
		for i := range updates {
			c.Updates = updates[i : i+1]
			w.Calls = append(w.Calls, c)
		}
	}
}

// rank is 1 for macOS itself and its rapid responses, 0 for all else.
func (u Update) rank() int {
	if u.MacOS {
		return 1
	}
	return 0
}

// all are the labels of all that is installed.
func (w *Work) all() []string {
	return Labels(slices.Concat(w.Plan.Quiet, w.Plan.Restarting))
}

// copied is a work that may be changed without changing the one before.
func (w *Work) copied() *Work {
	c := *w
	c.Calls, c.Waiting = slices.Clone(w.Calls), slices.Clone(w.Waiting)
	return &c
}

// Labels are the labels of updates.
func Labels(updates []Update) []string {
	out := make([]string, len(updates))
	for i, u := range updates {
		out[i] = u.Label
	}
	return out
}

// missing returns the updates that are still to be downloaded. What the
// person installs in Software Update is left to the system to download.
func (s *Situation) missing() []Update {
	plan := MakePlan(s.wanted(), s.Machine, s.Settings)
	var out []Update
	for _, u := range append(plan.Quiet, plan.Restarting...) {
		if !s.State.Round.downloaded(u.Label) && !slices.Contains(s.Wake.Downloads, u.Label) {
			out = append(out, u)
		}
	}
	return out
}
