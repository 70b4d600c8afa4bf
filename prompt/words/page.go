package words

import (
	"cmp"
	"strings"
	"time"

	"installordefer/prompt"
)

// A Page is every text of a dialog at one moment. What a dialog does not have
// is empty.
type Page struct {
	// Language is the tag of the language, RightToLeft its direction.
	Language    string
	RightToLeft bool

	Heading string
	// Clock is what is left of a countdown, as "9:32". Urgent says that it is
	// its last minute.
	Clock  string
	Urgent bool
	// Body is plain text. A blank line separates paragraphs.
	Body  string
	Items []Item
	// Notes stand below, in small letters.
	Notes []string
	// Progress stands beside the bar of an installation.
	Progress string

	// MenuTitle stands before the menu of deferrals, Menu are its items.
	MenuTitle string
	Menu      []string

	// PasswordLabel stands before the field, Hidden says that it shows
	// nothing, Wrong that the last password was not right.
	PasswordLabel, Hidden, Wrong string

	// Run goes on, Defer does not. Which of them a dialog has, and what they
	// do, depends on its kind.
	Run, Defer string

	// ItemsLabel, ProgressLabel and ClockLabel name the list, the bar and the
	// countdown for who cannot see them.
	ItemsLabel, ProgressLabel, ClockLabel string

	// Help names the button that opens the help page; empty where there is none.
	Help string
}

// An Item is an update in the list.
type Item struct {
	Name string
	// Details are its size and whether it needs a restart. They may be empty.
	Details string
}

// Line returns the item on one line.
func (i Item) Line() string {
	if i.Details == "" {
		return i.Name
	}
	return i.Name + " (" + i.Details + ")"
}

// Page returns the texts of the dialog at m.
func (s *Speaker) Page(m Moment) Page {
	p := Page{
		Language: s.Language, RightToLeft: s.RightToLeft,
		ItemsLabel: s.text("label.updates"), ProgressLabel: s.text("label.progress"), ClockLabel: s.text("label.countdown"),
	}
	if s.dialog.Help != "" {
		p.Help = s.text("label.help")
	}
	if s.dialog.Countdown > 0 {
		p.Clock, p.Urgent = clock(m.Countdown), m.Countdown <= time.Minute
	}
	if s.dialog.Kind != prompt.Password {
		p.Items = s.items()
	}
	switch s.dialog.Kind {
	case prompt.RunOrDefer:
		if !s.dialog.Agreed.IsZero() {
			s.sayAnnounced(&p, m)
			return p
		}
		s.sayAsk(&p, m)
	case prompt.RunNow:
		s.sayStart(&p, m)
	case prompt.Updating:
		s.sayUpdating(&p, m)
	case prompt.InstallNow:
		s.sayInstall(&p, m)
	case prompt.InTheWay:
		s.sayObstacle(&p, m)
	case prompt.Password:
		s.sayPassword(&p)
	}
	s.sayOwn(&p, m)
	return p
}

func (s *Speaker) items() []Item {
	var items []Item
	for _, u := range s.dialog.Updates {
		details := s.size(u.SizeKiB)
		if u.Restart {
			needs := s.text("item.restart")
			if details != "" {
				needs = details + s.text("list.comma") + needs
			}
			details = needs
		}
		items = append(items, Item{Name: u.ShownName(), Details: details})
	}
	return items
}

// More says how many updates are not listed.
func (s *Speaker) More(n int) string { return s.count("item.more", int64(n)) }

// Unopened says that what the button opens could not be opened.
func (s *Speaker) Unopened() string {
	app := s.text("app")
	if s.dialog.Kind == prompt.InTheWay {
		app, _, _ = strings.Cut(s.path(), " > ")
	}
	return s.text("note.unopened", "app", app)
}

// sayAsk says the prompt that can be put off.
func (s *Speaker) sayAsk(p *Page, m Moment) {
	d, now := s.dialog, s.now(m)
	p.Heading, p.Body = s.due(m), s.askBody()
	p.Run, p.Defer = s.text("button.run"), s.deferButton(m, now)
	if d.Way == prompt.ByPerson || d.Declared {
		p.Run = s.openButton()
	}
	if d.Last {
		p.Heading = s.text("heading.last")
		if d.Way != prompt.Itself {
			p.Heading = s.text("heading.last.person")
		}
	}
	s.sayChoices(p, m, now)
	s.noteFailed(p)
	s.noteOthers(p, "note.others.wait")
	s.noteContact(p)
}

// sayChoices fills the menu, where there is something to choose.
func (s *Speaker) sayChoices(p *Page, m Moment, now time.Time) {
	if len(s.dialog.Choices) < 2 {
		return
	}
	p.MenuTitle = s.text("menu.title")
	for i, c := range s.dialog.Choices {
		if c.Fixed {
			p.Menu = append(p.Menu, s.when(s.until(i, m), now))
			continue
		}
		p.Menu = append(p.Menu, s.choice(c.For, s.until(i, m), now))
	}
}

// sayAnnounced says that what the person agreed to earlier begins now, and can be
// put off.
func (s *Speaker) sayAnnounced(p *Page, m Moment) {
	now := s.now(m)
	s.sayStart(p, m)
	p.Body = s.sentences(s.text("body.resume", "when", s.when(s.dialog.Agreed, now)), p.Body)
	p.Defer = s.deferButton(m, now)
	s.sayChoices(p, m, now)
	s.noteDue(p, m)
}

// noteFailed says why the last try failed, if it did.
func (s *Speaker) noteFailed(p *Page) {
	switch s.dialog.Failed {
	case "":
	case prompt.FailedAtApple:
		p.Notes = append(p.Notes, s.text("note.failed.network"))
	case prompt.FailedForSpace:
		p.Notes = append(p.Notes, s.text("note.failed.space"))
	default:
		p.Notes = append(p.Notes, s.text("note.failed"))
	}
}

// noteDue says the deadline where the heading says something else.
func (s *Speaker) noteDue(p *Page, m Moment) {
	if !s.dialog.Deadline.IsZero() {
		p.Notes = append(p.Notes, s.due(m)+".")
	}
}

// askBody says what happens if nobody chooses a moment.
func (s *Speaker) askBody() string {
	d := s.dialog
	ending := "quiet"
	if s.restarts() {
		ending = "restart"
	}
	suits := "body.suits"
	if d.Rapid {
		suits = "body.suits.rapid"
	}
	switch {
	case d.Declared:
		return s.sentences(s.text("body.declared"), s.text("body.earlier"))
	case d.Way == prompt.ByPerson:
		return s.byPerson()
	case d.Way == prompt.WithPassword:
		return s.sentences(s.text("body.suits.password"), s.ready())
	case d.Last && s.restarts():
		return s.sentences(s.text("body.last.restart"), s.text("body.last.save"))
	case d.Last:
		return s.text("body.last.quiet")
	}
	return s.sentences(s.text(suits), s.text("body.then."+ending))
}

// byPerson says what the person has to do, where macOS takes it from nobody
// else.
func (s *Speaker) byPerson() string {
	return s.sentences(s.text("body.person", "app", s.text("app")), s.ready())
}

func (s *Speaker) ready() string {
	if !s.restarts() {
		return ""
	}
	return s.text("body.ready")
}

// due says the deadline: the one statement of it in a dialog.
func (s *Speaker) due(m Moment) string {
	d, now := s.dialog, s.now(m)
	key := "heading.due"
	switch {
	case d.Deadline.IsZero():
		return s.text("heading.open")
	case d.Declared:
		key = "heading.declared"
	case m.TimeLeft <= 0:
		key = "heading.overdue"
	}
	return s.text(key, "when", s.when(d.Deadline, now))
}

// deferButton says when the prompt comes back.
func (s *Speaker) deferButton(m Moment, now time.Time) string {
	if len(s.dialog.Choices) == 0 {
		return ""
	}
	key := "button.remind"
	if s.dialog.Last {
		key = "button.wait"
	}
	return s.byWhen(key, s.until(s.chosen(m), m), now)
}

// chosen returns the index of the deferral that is chosen, also where m names
// none that there is.
func (s *Speaker) chosen(m Moment) int {
	return max(0, min(m.Choice, len(s.dialog.Choices)-1))
}

func (s *Speaker) openButton() string { return s.text("button.open", "app", s.text("app")) }

// sayStart says the final prompt, which counts down.
func (s *Speaker) sayStart(p *Page, m Moment) {
	p.Heading, p.Run = s.text("heading.start.soon"), s.text("button.start")
	if m.Countdown > time.Minute {
		p.Heading = s.text("heading.start", "time", s.calendar.Time(s.ends(m)))
	}
	s.noteFailed(p)
	p.Body = s.text("body.start.quiet")
	if s.restarts() {
		p.Body = s.text("body.start.restart")
		s.noteOthers(p, "note.others.lost")
	}
	s.noteContact(p)
}

// ends returns when the countdown ends. It stands still while nobody can see
// it, so that its end moves.
func (s *Speaker) ends(m Moment) time.Time { return s.now(m).Add(m.Countdown) }

// sayUpdating says what is being installed, or counts down to the restart.
func (s *Speaker) sayUpdating(p *Page, m Moment) {
	if s.dialog.Countdown > 0 {
		s.sayRestart(p, m)
		return
	}
	p.Heading, p.Body = s.text("heading.updating"), s.text("body.updating.quiet")
	switch {
	case m.Progress != nil && m.Progress.Restarting:
		p.Heading, p.Body = s.text("heading.restart.soon"), s.text("body.lost")
	case s.restarts():
		p.Body = s.text("body.updating.restart")
	}
	p.Progress = s.progress(m.Progress)
	if s.dialog.Portable {
		p.Notes = append(p.Notes, s.text("note.power.keep"))
	}
}

// sayRestart says that what is not saved is lost.
func (s *Speaker) sayRestart(p *Page, m Moment) {
	key, button := "heading.restart", "button.restart"
	if s.dialog.Shutdown {
		key, button = "heading.shutdown", "button.shutdown"
	}
	p.Run = s.text(button)
	p.Heading = s.text(key + ".soon")
	if m.Countdown > time.Minute {
		p.Heading = s.text(key, "time", s.calendar.Time(s.ends(m)))
	}
	p.Body, p.Items = s.text("body.lost"), nil
	s.noteOthers(p, "note.others.lost")
}

// progress says how far an installation is: "Safari 27.0: 42%".
func (s *Speaker) progress(g *prompt.Progress) string {
	if g == nil || g.Fraction < 0 {
		return s.text("progress.unknown")
	}
	percent := s.percent(g.Fraction)
	if len(g.Updates) == 0 {
		return percent
	}
	return s.text("progress.of", "updates", s.isolate(s.list(g.Updates)), "percent", percent)
}

// sayInstall says what the person has to install, or whom to ask for it.
func (s *Speaker) sayInstall(p *Page, m Moment) {
	d := s.dialog
	if d.NotAllowed {
		p.Heading = s.text("heading.ask.overdue")
		if !d.Deadline.IsZero() && m.TimeLeft > 0 {
			p.Heading = s.text("heading.ask", "when", s.when(d.Deadline, s.now(m)))
		}
		p.Body = s.sentences(s.text("body.forbidden"), s.text("body.contact", "contact", s.contact()))
		p.Defer = s.text("button.ok")
		return
	}
	p.Heading, p.Body = s.due(m), s.byPerson()
	if d.Pane != "" {
		p.Run = s.openButton()
	}
	p.Defer = s.text("button.later")
	s.noteFailed(p)
	s.noteContact(p)
}

// sayPassword says what the password is for and what becomes of it.
func (s *Speaker) sayPassword(p *Page) {
	d := s.dialog
	p.Heading = s.text("heading.password", "updates", s.updates())
	p.Body = s.sentences(s.text("body.handed"), s.text("body.unsure", "app", s.text("app")))
	p.PasswordLabel, p.Hidden = s.text("label.password"), s.text("label.hidden")
	if d.Account != "" {
		p.PasswordLabel = s.text("label.password.of", "name", s.isolate(d.Account))
	}
	if d.Rejected != nil {
		p.Wrong = s.count("wrong", int64(d.Rejected.TriesLeft))
	}
	p.Run, p.Defer = s.text("button.install"), s.openButton()
}

func (s *Speaker) updates() string {
	return cmp.Or(s.isolate(s.list(s.names())), s.text("none.updates"))
}

func (s *Speaker) contact() string {
	return cmp.Or(s.isolate(prompt.OneLine(s.own.Contact)), s.text("none.contact"))
}

// noteContact names whom to ask, where the administrator has said.
func (s *Speaker) noteContact(p *Page) {
	if s.own.Contact != "" && s.own.Body == "" {
		p.Notes = append(p.Notes, s.text("body.contact", "contact", s.contact()))
	}
}

// noteOthers says who else is logged in, where that matters to a restart.
func (s *Speaker) noteOthers(p *Page, key string) {
	if n := s.dialog.Others; n > 0 {
		p.Notes = append(p.Notes, s.count(key, int64(n)))
	}
}
