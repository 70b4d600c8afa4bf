package lifetimes

import (
	"path"
	"slices"
	"strings"
	"time"

	"installordefer/internal/simmac"
	"installordefer/prompt"
)

// A calling keeps count of the time in which the person at the screen is in a
// call. It counts rather too much: calls that follow each other within minutes are
// one, because nobody looks between them.
type calling struct {
	on    bool
	began time.Duration // the call that is on
	since time.Duration // the first of a row
	ended time.Duration
	total time.Duration
	late  time.Duration // of total, in rows that ended past the deadline
}

// between is less than passes between two looks at somebody who is busy.
const between = 10 * time.Minute

// calls takes note of whether there is a call from now on.
func (g *guard) calls(e simmac.Event) {
	c := &g.calling
	on := slices.ContainsFunc(g.l.Mac.Calls(), g.counts)
	switch {
	case on && !c.on:
		if c.began = e.At; e.At-c.ended > between {
			c.since = e.At
		}
	case !on && c.on:
		if c.ended = e.At; g.due(e) {
			c.late += e.At - c.since
		}
		c.total += e.At - c.since
	}
	c.on = on
}

// counts tells whether an app counts as a call.
func (g *guard) counts(app string) bool {
	if slices.ContainsFunc(g.set.BusyApplications, func(p string) bool {
		never, marked := strings.CutPrefix(p, "!")
		matches, _ := path.Match(never, app)
		return marked && matches
	}) {
		return false
	}
	return app != "Music"
}

// spared checks that no dialog comes in a call while there is time to wait for its
// end.
func (g *guard) spared(e simmac.Event) {
	c, kind := &g.calling, e.Dialog.Kind
	if !c.on || kind != prompt.RunOrDefer && kind != prompt.RunNow {
		return
	}
	g.reached.named("call", "while a dialog came")
	row := e.At - c.since
	left := min(g.set.MaxBusyDelay-row, 4*time.Hour-c.total-row)
	if kind == prompt.RunNow {
		late := max(e.Moment.Wall.Sub(g.round.deadline), g.continuous(e.At)-g.round.allowed)
		left = min(left, 15*time.Minute-c.late-min(row, late))
		if g.let(theClockIsSet, g.round.stepped) || g.let(anAdministratorMovesIt, g.repin) {
			return
		}
	}
	if left > moment && !g.let(theCallHasJustBegun, e.At-c.began < 90*time.Second) && !g.let(whetherBusyIsUnknown, g.wake.faulty) {
		g.fail(35, "a dialog comes in a call that has lasted for %v, and may wait for %v", e.At-c.began, left)
	}
}
