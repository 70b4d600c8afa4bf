package terminal

import (
	"strconv"
	"strings"
	"time"

	"installordefer/prompt"
	"installordefer/prompt/words"
)

const (
	// widest is the width of a dialog on a wide terminal.
	widest = 80
	// mostItems is how many updates are listed; of more the rest is counted.
	mostItems = 10
	// mostChoices is how many deferrals are offered: one digit each.
	mostChoices = 9
)

// A view is a dialog as it stands on the screen.
type view struct {
	d    prompt.Dialog
	says *words.Speaker
	now  words.Moment
	// coarse keeps what changes every second out of the text.
	coarse bool
	// from is what the countdown's bar is the whole of.
	from   time.Duration
	secret prompt.Secret
	note   string
}

func newView(p words.Person, d prompt.Dialog, coarse bool) *view {
	return &view{
		d: d, says: words.For(p, d), now: words.Opening(d), coarse: coarse, from: max(d.Countdown, d.Whole),
		// At its full size from the start, so that no copy of it is left
		// behind when it grows.
		secret: make(prompt.Secret, 0, prompt.MaxSecret),
	}
}

// change takes over what is different.
func (v *view) change(c prompt.Change) {
	v.now = v.now.With(c)
	v.from = max(v.from, v.now.Countdown)
}

// page returns the texts as they are true now. A coarse view tells the countdown
// in minutes, and in halves of its last one.
func (v *view) page() words.Page {
	p := v.says.Page(v.now)
	if !v.coarse || p.Clock == "" {
		return p
	}
	m := v.now
	if m.Countdown > time.Minute {
		m.Countdown = m.Countdown.Truncate(time.Minute)
	} else {
		m.Countdown = (m.Countdown + 29*time.Second).Truncate(30 * time.Second)
	}
	p.Clock = v.says.Page(m).Clock
	return p
}

// lines returns the dialog as lines of at most width characters, without
// anything that could control a terminal.
func (v *view) lines(width int) []string {
	width = min(width, widest)
	says := v.page()
	var p page
	p.width = max(width-4, 10)
	rule := strings.Repeat("─", max(width-1, 10))
	p.raw(rule)
	p.paragraph("", says.Heading)
	p.gap()
	p.paragraph("", says.Body)
	p.gap()
	v.items(&p, says.Items)
	p.gap()
	for _, n := range says.Notes {
		p.paragraph("", n)
	}
	if says.Help != "" {
		p.paragraph("", says.Help+": "+v.d.Help)
	}
	p.gap()
	v.state(&p, says)
	p.gap()
	v.buttons(&p, says)
	if v.note != "" {
		p.gap()
		p.paragraph("", v.note)
	}
	p.end(rule)
	return p.lines
}

func (v *view) items(p *page, items []words.Item) {
	for i, u := range items {
		if i == mostItems && len(items) > mostItems+1 {
			p.paragraph("  • ", v.says.More(len(items)-i))
			return
		}
		p.paragraph("  • ", u.Line())
	}
}

// state writes what there is between the list and the buttons.
func (v *view) state(p *page, says words.Page) {
	p.paragraph("", says.Clock)
	if says.Clock != "" && !v.coarse && v.from > 0 {
		p.bar(1 - float64(v.now.Countdown)/float64(v.from))
	}
	if says.Progress != "" {
		p.paragraph("", says.Progress)
		if g := v.now.Progress; g != nil && g.Fraction >= 0 {
			p.bar(g.Fraction)
		}
	}
	if says.PasswordLabel != "" {
		p.paragraph("", says.Wrong)
		p.gap()
		p.paragraph("", says.PasswordLabel+" ("+says.Hidden+")")
	}
}

// offered is how many deferrals the dialog offers here.
func (v *view) offered() int { return min(len(v.d.Choices), mostChoices) }

func (v *view) buttons(p *page, says words.Page) {
	switch v.d.Kind {
	case prompt.RunOrDefer:
		p.button("r", says.Run, false)
		if v.offered() == 1 {
			p.button("d", says.Defer, true)
			return
		}
		for i := range v.offered() {
			p.button(strconv.Itoa(i+1), v.deferText(i), i == v.d.Usual)
		}
	case prompt.RunNow, prompt.Updating:
		if says.Run == "" {
			return
		}
		p.button("r", says.Run, true)
	case prompt.InstallNow, prompt.InTheWay:
		if says.Run != "" {
			p.button("o", says.Run, true)
		}
		key := "Escape"
		if says.Run == "" {
			key = "Return"
		}
		p.button(key, says.Defer, false)
	case prompt.Password:
		p.button("Return", says.Run, false)
		p.button("Escape", says.Defer, false)
	}
}

// deferText is the text of the button that takes deferral i.
func (v *view) deferText(i int) string {
	m := v.now
	m.Choice = i
	return v.says.Page(m).Defer
}

// chosen says what an answer was, for the line after the dialog.
func (v *view) chosen(a prompt.Answer) string {
	switch a.Result {
	case prompt.ResultDefer:
		return v.deferText(a.Choice)
	case prompt.ResultCancel:
		return v.page().Defer
	}
	return v.page().Run
}
