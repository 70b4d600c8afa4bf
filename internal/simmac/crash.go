package simmac

// A When is when, within a side effect, a crash strikes.
type When int

// The instants of a crash.
const (
	// Before the side effect has begun.
	Before When = iota
	// InTheMiddle of it: a wait half over, a program started, a file half
	// written.
	InTheMiddle
	// AfterIt is done, before the process learns of it.
	AfterIt
)

func (w When) String() string { return [...]string{"before", "in the middle of", "after"}[w] }

// A Crash ends the root job at one of its side effects.
type Crash struct {
	// Effect is which, counted from 1 over the whole story.
	Effect int
	When   When
	// Power is true where the whole Mac loses power and starts again, false
	// where only the process is killed.
	Power bool
}

// PlanCrash plans a crash. A story holds one at most.
func (m *Mac) PlanCrash(c Crash) { m.crash = &c }

// Effects returns how many side effects the root job has had.
func (m *Mac) Effects() int { return m.effects }

// Crashed tells whether the planned crash has struck, and at what.
func (m *Mac) Crashed() (what string, ok bool) { return m.crashedAt, m.crashedAt != "" }

// An Effect is one side effect under way.
type Effect struct {
	p    *Process
	n    int
	what string
}

// Effect counts a side effect that is about to begin. Those who write further
// doors of the process call it, and the methods of the result.
func (p *Process) Effect(what string) Effect {
	p.m.effects++
	e := Effect{p: p, n: p.m.effects, what: what}
	e.at(Before)
	return e
}

func (e Effect) strikes(w When) bool {
	if e.p == nil || e.p.m.crash == nil {
		return false
	}
	c := e.p.m.crash
	return c.Effect == e.n && c.When == w
}

// Middle says that the effect is half done; a crash planned for then strikes.
func (e Effect) Middle() { e.at(InTheMiddle) }

// After says that the effect is done.
func (e Effect) After() { e.at(AfterIt) }

func (e Effect) at(w When) {
	if !e.strikes(w) || e.p.dead {
		return
	}
	m := e.p.m
	power := m.crash.Power
	m.crash = nil
	m.crashedAt = w.String() + " " + e.what
	m.noteName(FaultHit, m.crashedAt, "Planned crash: "+m.crashedAt+".")
	if power {
		m.LosePower()
	} else {
		e.p.doom("killed " + m.crashedAt)
	}
	e.p.interrupt()
}
