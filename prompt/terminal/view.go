package terminal

import (
	"strconv"
	"strings"
	"time"

	"installordefer/prompt"
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
	d prompt.Dialog
	// coarse keeps what changes every second out of the text.
	coarse bool

	left, countdown time.Duration
	// from is what the countdown's bar is the whole of.
	from   time.Duration
	secret prompt.Secret
	note   string
}

func newView(d prompt.Dialog, coarse bool) *view {
	return &view{
		d: d, coarse: coarse,
		left: d.TimeLeft, countdown: d.Countdown, from: d.Countdown,
		// At its full size from the start, so that no copy of it is left
		// behind when it grows.
		secret: make(prompt.Secret, 0, prompt.MaxSecret),
	}
}

// change takes over what is different.
func (v *view) change(c prompt.Change) {
	if c.Heading != "" {
		v.d.Heading = c.Heading
	}
	if c.Body != "" {
		v.d.Body = c.Body
	}
	if c.TimeLeft != nil {
		v.left = *c.TimeLeft
	}
	if c.Countdown != nil {
		v.countdown = *c.Countdown
		v.from = max(v.from, v.countdown)
	}
	if c.Progress != nil {
		v.d.Progress = c.Progress
	}
}

// lines returns the dialog as lines of at most width characters, without
// anything that could control a terminal.
func (v *view) lines(width int) []string {
	width = min(width, widest)
	var p page
	p.width = max(width-4, 10)
	rule := strings.Repeat("─", max(width-1, 10))
	p.raw(rule)
	p.paragraph("", v.d.Heading)
	p.gap()
	p.paragraph("", v.d.Body)
	p.gap()
	v.items(&p)
	p.gap()
	v.state(&p)
	p.gap()
	v.buttons(&p)
	if v.note != "" {
		p.gap()
		p.paragraph("", v.note)
	}
	p.end(rule)
	return p.lines
}

func (v *view) items(p *page) {
	for i, u := range v.d.Updates {
		if i == mostItems && len(v.d.Updates) > mostItems+1 {
			p.paragraph("  • ", strconv.Itoa(len(v.d.Updates)-i)+" more")
			return
		}
		text := u.ShownName()
		if details := u.Details(); details != "" {
			text += " (" + details + ")"
		}
		p.paragraph("  • ", text)
	}
}

// state writes what changes while the dialog is open.
func (v *view) state(p *page) {
	switch v.d.Kind {
	case prompt.RunOrDefer:
		p.paragraph("", v.d.TimeLeftLine(v.left))
	case prompt.Updating:
		if v.from == 0 {
			v.progress(p)
		}
	case prompt.Password:
		if v.d.Rejected != nil {
			p.paragraph("", v.d.Rejected.Line())
			p.gap()
		}
		p.paragraph("", v.d.PasswordLine()+" (it is not shown while you type)")
	}
	if v.from > 0 {
		left := v.countdown
		if v.coarse && left > time.Minute {
			left = left.Truncate(time.Minute)
		} else if v.coarse {
			left = (left + 29*time.Second).Truncate(30 * time.Second)
		}
		p.paragraph("", v.d.CountdownLine(left))
		if !v.coarse {
			p.bar(1 - float64(v.countdown)/float64(v.from))
		}
	}
}

func (v *view) progress(p *page) {
	progress := prompt.Progress{Fraction: -1}
	if v.d.Progress != nil {
		progress = *v.d.Progress
	}
	p.paragraph("", progress.Line())
	if progress.Fraction >= 0 {
		p.bar(progress.Fraction)
	}
	p.gap()
	p.paragraph("", prompt.KeepPower)
}

// offered is how many deferrals the dialog offers here.
func (v *view) offered() int { return min(len(v.d.Choices), mostChoices) }

func (v *view) buttons(p *page) {
	switch v.d.Kind {
	case prompt.RunOrDefer:
		p.button("r", v.d.RunButton(), false)
		for i := range v.offered() {
			name := strconv.Itoa(i + 1)
			if v.offered() == 1 {
				name = "d"
			}
			p.button(name, v.deferText(i), i == 0)
		}
	case prompt.RunNow:
		p.button("r", v.d.RunButton(), true)
	case prompt.InstallNow:
		if v.d.Pane != "" {
			p.button("o", prompt.OpenButton, true)
		}
	case prompt.Password:
		p.button("Return", prompt.PasswordButton, false)
		p.button("Escape", prompt.CancelButton, false)
	}
}

func (v *view) deferText(i int) string {
	again := v.d.AskAgain(i, v.left)
	return v.d.DeferButton() + ": " + strings.ToLower(again[:1]) + again[1:]
}

// chosen says what an answer was, for the line after the dialog.
func (v *view) chosen(a prompt.Answer) string {
	switch a.Result {
	case prompt.ResultRun:
		return v.d.RunButton()
	case prompt.ResultDefer:
		return v.deferText(a.Choice)
	case prompt.ResultCancel:
		return prompt.CancelButton
	}
	return prompt.PasswordButton
}
