package fleet

import (
	_ "embed"
	"html/template"
	"io"
	"time"

	"installordefer/internal/statusfile"
)

//go:embed page.html
var page string

// pageOverdue is how many of the overdue a page lists.
const pageOverdue = 200

// WritePage writes the report as one page of HTML that needs nothing else: no
// network, no scripts, no pictures.
func (t *Table) WritePage(w io.Writer) error {
	tmpl, err := template.New("fleet").Funcs(template.FuncMap{
		"thousands": thousands, "share": func(n int) string { return share(n, max(t.Macs, 1)) }, "days": days,
		"width": func(n int) int { return 100 * n / max(t.Macs, 1) },
	}).Parse(page)
	if err != nil {
		return err
	}
	list, more := t.longest()
	shown := list[:min(len(list), pageOverdue)]
	return tmpl.Execute(w, map[string]any{
		"Headline": t.headline(), "At": t.At.Format(time.RFC1123), "Sections": t.sections(), "Words": t.bar(),
		"Overdue": shown, "More": more + len(list) - len(shown), "NoStatus": t.Unreadable, "Examples": t.Examples,
	})
}

// A bar part is one colour of the bar over a page.
type barPart struct {
	Word  string
	Share float64
}

func (t *Table) bar() []barPart {
	var parts []barPart
	for _, w := range statusfile.Words() {
		if n := t.Words[string(w)]; n > 0 {
			parts = append(parts, barPart{string(w), 100 * float64(n) / float64(t.Macs)})
		}
	}
	return parts
}
