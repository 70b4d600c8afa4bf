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
	// Dialogs that came inside and outside of working hours, and for how long any
	// was on the screen.
	inside, outside int
	screen          time.Duration
	asked, forced   int
	lost            int
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
			b.day(at).inside++
		} else {
			b.day(at).outside++
		}
	case simmac.DialogClosed, simmac.WentDown:
		b.close(e, at)
	case simmac.RestartAsked:
		b.day(at).asked++
	case simmac.RestartForced:
		b.day(at).forced++
	case simmac.WorkLost:
		b.day(at).lost++
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
		b.day(at).screen += e.At - b.opened
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
	var all burdenDay
	for _, d := range b.days {
		lines = append(lines, "  "+d.name+": "+d.text())
		all.inside, all.outside, all.screen = all.inside+d.inside, all.outside+d.outside, all.screen+d.screen
		all.asked, all.forced, all.lost = all.asked+d.asked, all.forced+d.forced, all.lost+d.lost
	}
	lines = append(lines, "In all: "+all.text())
	if b.ended && b.saw {
		lines = append(lines, "From the first check to the end it took "+text.Length(b.done-b.found)+".")
	} else {
		lines = append(lines, "The job has not come to its end in this story.")
	}
	return lines
}

func (d burdenDay) text() string {
	said := fmt.Sprintf("%s in working hours and %d outside, %s on the screen", text.Count(d.inside, "dialog"), d.outside, text.Count(int(d.screen.Round(time.Minute)/time.Minute), "minute"))
	var more []string
	if d.asked > 0 {
		more = append(more, text.Count(d.asked, "restart")+" asked for")
	}
	if d.forced > 0 {
		more = append(more, text.Count(d.forced, "restart")+" forced")
	}
	if d.lost > 0 {
		more = append(more, "unsaved work lost "+text.Count(d.lost, "time"))
	}
	return strings.Join(append([]string{said}, more...), ", ") + "."
}
