package story

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"installordefer/internal/simmac"
	"installordefer/internal/text"
)

// The working hours by which a burden is told: Monday to Friday, from eight to
// six, by the clock of the Mac.
const (
	workBegins = 8
	workEnds   = 18
)

// A Burden is what a story has cost those who work at the Mac.
type Burden struct {
	days   []burdenDay
	opened time.Duration // since when a dialog is on the screen
	open   bool

	found, done time.Duration // the first sighting, and the end of the job
	saw, ended  bool
}

// A burdenDay is one day of it.
type burdenDay struct {
	name string
	Cost
}

// A Cost is what people have borne.
type Cost struct {
	// Dialogs that came inside and outside of working hours, and for how long any
	// was on the screen.
	Inside, Outside int
	Screen          time.Duration
	// Asked and Forced are restarts that were asked for, and that did not ask;
	// Down is how often the Mac went down in working hours.
	Asked, Forced, Down int
	// Lost is how often unsaved work was lost.
	Lost int
}

func (c Cost) plus(d Cost) Cost {
	return Cost{c.Inside + d.Inside, c.Outside + d.Outside, c.Screen + d.Screen, c.Asked + d.Asked, c.Forced + d.Forced, c.Down + d.Down, c.Lost + d.Lost}
}

// Total is the cost of all days.
func (b *Burden) Total() Cost {
	var all Cost
	for _, d := range b.days {
		all = all.plus(d.Cost)
	}
	return all
}

func (b *Burden) day(at time.Time) *burdenDay {
	name := at.Format("Mon 2 Jan 2006")
	if i := slices.IndexFunc(b.days, func(d burdenDay) bool { return d.name == name }); i >= 0 {
		return &b.days[i]
	}
	b.days = append(b.days, burdenDay{name: name})
	return &b.days[len(b.days)-1]
}

// Take counts an event.
func (b *Burden) Take(e simmac.Event, zone *time.Location) {
	at := e.Moment.Wall.In(zone)
	switch e.Kind {
	case simmac.DialogShown:
		b.close(e, at)
		b.opened, b.open = e.At, true
		if atWork(at) {
			b.day(at).Inside++
		} else {
			b.day(at).Outside++
		}
	case simmac.DialogClosed:
		b.close(e, at)
	case simmac.WentDown:
		b.close(e, at)
		if atWork(at) {
			b.day(at).Down++
		}
	case simmac.RestartAsked:
		b.day(at).Asked++
	case simmac.RestartForced:
		b.day(at).Forced++
	case simmac.WorkLost:
		b.day(at).Lost++
	case simmac.Checked:
		if !b.saw {
			b.found, b.saw = e.At, true
		}
	case simmac.JobGone:
		b.done, b.ended = e.At, true
	}
}

// close ends the time of the dialog that is open.
func (b *Burden) close(e simmac.Event, at time.Time) {
	if b.open {
		b.day(at).Screen += e.At - b.opened
		b.open = false
	}
}

func atWork(at time.Time) bool {
	weekend := at.Weekday() == time.Saturday || at.Weekday() == time.Sunday
	return !weekend && at.Hour() >= workBegins && at.Hour() < workEnds
}

// Lines tells the burden, one line for each day on which there was any.
func (b *Burden) Lines() []string {
	lines := []string{fmt.Sprintf("Working hours are Monday to Friday, %d to %d o'clock.", workBegins, workEnds)}
	for _, d := range b.days {
		if d.Cost != (Cost{Down: d.Down}) {
			lines = append(lines, "  "+d.name+": "+d.text())
		}
	}
	lines = append(lines, "In all: "+b.Total().text())
	if b.ended && b.saw {
		lines = append(lines, "From the first check to the end it took "+text.Length(b.done-b.found)+".")
	} else {
		lines = append(lines, "The job is still there at the end of this story.")
	}
	return lines
}

func (c Cost) text() string {
	said := fmt.Sprintf("%s in working hours and %d outside, %s on the screen", text.Count(c.Inside, "dialog"), c.Outside, text.Count(int(c.Screen.Round(time.Minute)/time.Minute), "minute"))
	var more []string
	if c.Asked > 0 {
		more = append(more, text.Count(c.Asked, "restart")+" asked for")
	}
	if c.Forced > 0 {
		more = append(more, text.Count(c.Forced, "restart")+" forced")
	}
	if c.Lost > 0 {
		more = append(more, "unsaved work lost "+text.Count(c.Lost, "time"))
	}
	return strings.Join(append([]string{said}, more...), ", ") + "."
}
