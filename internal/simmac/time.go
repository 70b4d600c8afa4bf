package simmac

import (
	"container/heap"
	"fmt"
	"time"

	"installordefer/internal/clock"
)

// An occurrence is something that happens at an instant of the story.
type occurrence struct {
	at   time.Duration
	seq  uint64
	do   func()
	heap int
}

// occurrences is a heap by time, and by the order of scheduling within one
// instant.
type occurrences []*occurrence

func (o occurrences) Len() int { return len(o) }
func (o occurrences) Less(i, j int) bool {
	return o[i].at < o[j].at || o[i].at == o[j].at && o[i].seq < o[j].seq
}
func (o occurrences) Swap(i, j int) {
	o[i], o[j] = o[j], o[i]
	o[i].heap, o[j].heap = i, j
}
func (o *occurrences) Push(x any) {
	e := x.(*occurrence)
	e.heap = len(*o)
	*o = append(*o, e)
}
func (o *occurrences) Pop() any {
	old := *o
	e := old[len(old)-1]
	old[len(old)-1] = nil
	*o = old[:len(old)-1]
	e.heap = -1
	return e
}

// clocks are the times that the Mac tells, derived from the story's own time,
// which nothing in the Mac can see.
type clocks struct {
	now   time.Duration // since the story began
	awake time.Duration // of now, spent switched on and awake

	wallAt    time.Duration // when the wall clock was last set
	wall      time.Time     // what it was set to
	driftPPM  int64         // how much faster than true it runs
	bootedAt  time.Duration
	boot      clock.Boot
	boots     int
	zone      *time.Location
	changes   int // how often a clock was set or began anew
	queue     occurrences
	scheduled uint64
	happened  uint64 // occurrences so far, but for launchd's ticks
}

// Elapsed returns the time since the story began.
func (m *Mac) Elapsed() time.Duration { return m.now }

// Now reads the Mac's three clocks.
func (m *Mac) Now() clock.Moment {
	return clock.Moment{Wall: m.wallClock(), Continuous: m.now - m.bootedAt, Boot: m.boot}
}

// Zone returns the Mac's time zone.
func (m *Mac) Zone() *time.Location { return m.zone }

func (m *Mac) wallClock() time.Time {
	d := m.now - m.wallAt
	if m.driftPPM != 0 {
		d += time.Duration(int64(d) / 1_000_000 * m.driftPPM)
	}
	return m.wall.Add(d)
}

// ClockChanges returns how often a clock was set, set drifting or begun anew:
// in between they run evenly.
func (m *Mac) ClockChanges() int { return m.changes }

// WallRate returns how fast the wall clock runs, 1 for true.
func (m *Mac) WallRate() float64 { return 1 + float64(m.driftPPM)/1e6 }

// Happened counts what has happened on the Mac, but for the starts of the job that
// launchd is due to make: while it stays, nothing has changed but the time.
func (m *Mac) Happened() uint64 { return m.happened }

// Next returns when the next thing happens; ok is false when nothing ever
// will.
func (m *Mac) Next() (at time.Duration, ok bool) {
	if len(m.queue) == 0 {
		return 0, false
	}
	return m.queue[0].at, true
}

// At lets do happen when the story is d old. What is already past happens
// next.
func (m *Mac) At(d time.Duration, do func()) {
	m.schedule(d, do)
}

// After lets do happen d from now.
func (m *Mac) After(d time.Duration, do func()) {
	m.schedule(m.now+d, do)
}

func (m *Mac) schedule(at time.Duration, do func()) *occurrence {
	if at < m.now {
		at = m.now
	}
	m.scheduled++
	e := &occurrence{at: at, seq: m.scheduled, do: do}
	heap.Push(&m.queue, e)
	return e
}

func (m *Mac) cancel(e *occurrence) {
	if e != nil && e.heap >= 0 {
		heap.Remove(&m.queue, e.heap)
	}
}

// advanceOne moves to the next occurrence or to the instant to, whichever is
// sooner, and lets at most one thing happen.
func (m *Mac) advanceOne(to time.Duration) {
	if len(m.queue) == 0 || m.queue[0].at > to {
		m.moveTo(to)
		return
	}
	e := heap.Pop(&m.queue).(*occurrence)
	m.moveTo(e.at)
	m.happened++
	e.do()
	if m.interrupt != nil {
		m.interrupt()
	}
}

func (m *Mac) moveTo(to time.Duration) {
	if to <= m.now {
		return
	}
	if m.up && !m.asleep {
		m.awake += to - m.now
	}
	m.now = to
}

// Advance lets d pass, with all that happens meanwhile.
func (m *Mac) Advance(d time.Duration) { m.AdvanceTo(m.now + d) }

// AdvanceTo lets time pass until the story is to old.
func (m *Mac) AdvanceTo(to time.Duration) {
	for m.now < to || len(m.queue) > 0 && m.queue[0].at <= to {
		m.advanceOne(to)
	}
}

// StepClock moves the wall clock by d, as a person in System Settings or a
// time server does.
func (m *Mac) StepClock(d time.Duration) {
	m.SetClock(m.wallClock().Add(d))
}

// SetClock sets the wall clock. Nothing sets it to a time before 1970, which
// the kernel of macOS refuses.
func (m *Mac) SetClock(t time.Time) {
	before := m.wallClock()
	if begin := time.Unix(0, 0); t.Before(begin) {
		t = begin
	}
	m.wall, m.wallAt = t.UTC(), m.now
	m.changes++
	if m.Journal.Keeps(ClockSet) {
		m.note(ClockSet, fmt.Sprintf("The wall clock is set from %s to %s.",
			before.In(m.zone).Format(time.DateTime), t.In(m.zone).Format(time.DateTime)))
	}
}

// Drift lets the wall clock run faster than true by parts per million.
func (m *Mac) Drift(ppm int64) {
	m.wall, m.wallAt, m.driftPPM = m.wallClock(), m.now, ppm
	m.changes++
}

// SetZone changes the time zone.
func (m *Mac) SetZone(z *time.Location) {
	m.zone = z
	m.note(ZoneSet, "The time zone is now "+z.String()+".")
}

// newBoot starts the Mac's continuous clock again under a new name.
func (m *Mac) newBoot() {
	m.boots++
	m.changes++
	m.bootedAt = m.now
	hi, lo := m.rand.Uint64(), m.rand.Uint64()
	m.boot = clock.Boot(fmt.Sprintf("%08X-%04X-4%03X-A%03X-%012X",
		uint32(hi>>32), uint16(hi>>16), uint16(hi)&0xfff, uint16(lo>>48)&0xfff, lo&0xffffffffffff))
}
