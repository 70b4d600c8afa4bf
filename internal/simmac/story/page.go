package story

import (
	_ "embed"
	"html/template"
	"io"
	"time"

	"installordefer/internal/simmac"
)

//go:embed page.html
var pageText string

// A Page gathers a story for those who decide: a timeline, the dialogs with their
// words, why each thing happened, and what it cost.
type Page struct {
	// Title is what the page is about.
	Title string

	teller Teller
	burden Burden
	days   []pageDay
}

type pageDay struct {
	Name    string
	Entries []pageEntry
}

type pageEntry struct {
	Clock, Who, Text string
	Dialog, Bad      bool
	Repeated         int
}

// Take adds an event.
func (p *Page) Take(e simmac.Event, zone *time.Location) {
	p.burden.Take(e, zone)
	who, text := p.teller.line(e, zone)
	if text == "" {
		return
	}
	when := e.Moment.Wall.In(zone)
	if day := when.Format("Monday, 2 January 2006"); len(p.days) == 0 || p.days[len(p.days)-1].Name != day {
		p.days = append(p.days, pageDay{Name: day})
	}
	today := &p.days[len(p.days)-1]
	if n := len(today.Entries); n > 0 && today.Entries[n-1].Who == who && today.Entries[n-1].Text == text {
		today.Entries[n-1].Repeated++
		return
	}
	bad := e.Failed || e.Kind == simmac.WorkLost || e.Kind == simmac.RestartForced || e.Kind == simmac.JobKilled
	today.Entries = append(today.Entries, pageEntry{when.Format("15:04:05"), who, text, e.Kind == simmac.DialogShown, bad, 0})
}

// Write writes the page. It needs nothing else: no network, no scripts, no
// pictures.
func (p *Page) Write(w io.Writer, end []string) error {
	t, err := template.New("story").Parse(pageText)
	if err != nil {
		return err
	}
	return t.Execute(w, map[string]any{"Title": p.Title, "Days": p.days, "Burden": p.burden.Lines(), "End": end})
}
