package words

import (
	"cmp"
	"slices"
	"time"

	"installordefer/prompt"
)

// A Person is whom a dialog speaks to.
type Person struct {
	// Languages are the tags of the languages that they read, the most
	// preferred first.
	Languages []string
	// Calendar writes times in a language, given by the tag of its catalogue,
	// as the person has set it. It may be nil, and return nil, for the
	// catalogue's own way.
	Calendar func(language string) Calendar
}

// A Speaker says one dialog to one person.
type Speaker struct {
	speech
	calendar Calendar
	dialog   prompt.Dialog
	own      prompt.Texts
}

// For returns who says d to p, in the language that the dialog asks for or in
// the one that the person prefers.
func For(p Person, d prompt.Dialog) *Speaker {
	preferred := p.Languages
	if d.Language != "" {
		preferred = append([]string{d.Language}, preferred...)
	}
	hasOwn := func(name string) bool { _, ok := d.Own[name]; return name != "" && ok }
	s := &Speaker{dialog: d}
	var name string
	s.speech, name = choose(preferred, hasOwn)
	s.own = either(d.Own[name], d.Own[""])
	if p.Calendar != nil {
		s.calendar = p.Calendar(s.Language)
	}
	if s.calendar == nil {
		s.calendar = table{s.speech}
	}
	return s
}

// either returns the texts of a, and those of b for what a does not have.
func either(a, b prompt.Texts) prompt.Texts {
	return prompt.Texts{
		Heading: cmp.Or(a.Heading, b.Heading),
		Body:    cmp.Or(a.Body, b.Body),
		Run:     cmp.Or(a.Run, b.Run),
		Defer:   cmp.Or(a.Defer, b.Defer),
		Contact: cmp.Or(a.Contact, b.Contact),
	}
}

// A Moment is what is true of a dialog at one moment while it stands on the
// screen.
type Moment struct {
	// Passed is the time since the dialog opened.
	Passed time.Duration
	// TimeLeft is the time until the deadline, Countdown what is left of the
	// countdown.
	TimeLeft, Countdown time.Duration
	// Choice is the index of the deferral that is chosen.
	Choice int
	// Progress is how far the installation is; nil means nothing is known.
	Progress *prompt.Progress
	// Obstacle is what is in the way.
	Obstacle *prompt.Obstacle
}

// Opening returns the moment in which d opens.
func Opening(d prompt.Dialog) Moment {
	return Moment{TimeLeft: d.TimeLeft, Countdown: d.Countdown, Choice: d.Usual, Progress: d.Progress, Obstacle: d.Obstacle}
}

// With returns the moment after a change.
func (m Moment) With(c prompt.Change) Moment {
	if c.Passed != nil {
		m.Passed = *c.Passed
	}
	if c.TimeLeft != nil {
		m.TimeLeft = *c.TimeLeft
	}
	if c.Countdown != nil {
		m.Countdown = *c.Countdown
	}
	if c.Progress != nil {
		m.Progress = c.Progress
	}
	if c.Obstacle != nil {
		m.Obstacle = c.Obstacle
	}
	return m
}

// now returns the time of day at m, in the zone of the moment at which the dialog
// opened: by the deadline daylight saving may have begun. What the root job says
// about the time left counts for more than what the helper has counted.
func (s *Speaker) now(m Moment) time.Time {
	opened := s.dialog.Opened
	if s.dialog.Deadline.IsZero() || s.dialog.TimeLeft <= 0 || m.TimeLeft <= 0 {
		return opened.Add(m.Passed)
	}
	return shownLike(s.dialog.Deadline.Add(-m.TimeLeft), opened)
}

// shownLike returns t in the zone of another time, if there is one.
func shownLike(t, other time.Time) time.Time {
	if other.IsZero() {
		return t
	}
	return t.In(other.Location())
}

// names returns the names of the updates, each once.
func (s *Speaker) names() []string {
	var names []string
	for _, u := range s.dialog.Updates {
		if n := u.ShownName(); n != "" && !slices.Contains(names, n) {
			names = append(names, n)
		}
	}
	return names
}

// restarts tells whether one of the updates needs a restart.
func (s *Speaker) restarts() bool {
	return slices.ContainsFunc(s.dialog.Updates, func(u prompt.Item) bool { return u.Restart })
}

// soonest is the shortest deferral until a time of day, as the root job has it.
const soonest = 5 * time.Minute

// until returns when deferral i ends if it is chosen at m. It begins with the
// click, so that it moves on while the dialog is open, and never past the
// deadline; one that ends at a time of day stays until that is near.
func (s *Speaker) until(i int, m Moment) time.Time {
	c := s.dialog.Choices[i]
	until, now := c.Until, s.now(m)
	switch {
	case !c.Fixed:
		until = shownLike(now.Add(c.For), c.Until)
	case until.Before(now.Add(soonest)):
		until = shownLike(now.Add(soonest), c.Until)
	}
	if d := s.dialog.Deadline; !d.IsZero() && until.After(d) {
		until = d
	}
	return until
}
