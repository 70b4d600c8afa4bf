package forecast

import (
	"fmt"
	"io"
	"slices"
	"strconv"
	"text/tabwriter"
)

// A table is one table of a forecast: a row for each fact, a cell for each policy.
type table struct {
	Title string
	Rows  []row
}

type row struct {
	Text  string
	Cells []string
}

// headline says what was foretold, and what of it is assumed.
func (f *Forecast) headline() []string {
	lines := []string{fmt.Sprintf("%s over %s, seed %d.", count(f.Macs, "Mac"), count(f.Days, "day"), f.Seed), f.Assumption}
	if f.Learned {
		lines = append(lines, "The answers to dialogs are those of histories of your Macs, and were drawn from them.")
	}
	if f.Fleets > 1 {
		lines = append(lines, fmt.Sprintf("In brackets: nine of ten among %d fleets in which each temperament has between half and twice its share.", f.Fleets))
	}
	return lines
}

func count(n int, thing string) string {
	if n != 1 {
		thing += "s"
	}
	return thousands(n) + " " + thing
}

// thousands writes a number with commas.
func thousands(n int) string {
	text := strconv.Itoa(n)
	for i := len(text) - 3; i > 0; i -= 3 {
		text = text[:i] + "," + text[i:]
	}
	return text
}

func percent(share float64) string { return strconv.FormatFloat(100*share, 'f', 1, 64) + " %" }

func number(x float64) string { return strconv.FormatFloat(x, 'f', 1, 64) }

// each makes a row of what a policy says.
func (f *Forecast) each(text string, say func(*Result) string) row {
	r := row{Text: text}
	for i := range f.Policies {
		r.Cells = append(r.Cells, say(&f.Policies[i]))
	}
	return r
}

// tables are all tables, in their order.
func (f *Forecast) tables() []table {
	tables := []table{f.days(), {Title: "When that share complies"}, f.burden(), f.never()}
	for i, share := range reachedShares {
		tables[1].Rows = append(tables[1].Rows, f.each(strconv.Itoa(int(share*100))+" %", func(r *Result) string { return r.reached[i] }))
	}
	return append(tables, f.groups()...)
}

func (f *Forecast) days() table {
	t := table{Title: "Macs that comply"}
	for d := 0; d <= f.Days; d++ {
		if f.Days > 21 && d%7 != 0 && d != f.Days {
			continue
		}
		t.Rows = append(t.Rows, f.each("after "+count(d, "day"), func(r *Result) string {
			p := r.Curve[d*24/step]
			if f.Fleets == 1 {
				return percent(p.Share)
			}
			return fmt.Sprintf("%s (%s to %s)", percent(p.Share), number(100*p.Low), number(100*p.High))
		}))
	}
	return t
}

func (f *Forecast) burden() table {
	t := table{Title: "What it costs people"}
	add := func(text string, say func(*Burden) string) {
		t.Rows = append(t.Rows, f.each(text, func(r *Result) string { return say(&r.Burden) }))
	}
	spread := func(s Spread) string { return fmt.Sprintf("%d / %d / %d", s.Half, s.NineTenths, s.NinetyNine) }
	add("dialogs per person: at most, for half / 90 % / 99 %", func(b *Burden) string { return spread(b.Dialogs) })
	add("minutes on the screen: half / 90 % / 99 %", func(b *Burden) string { return spread(b.Minutes) })
	add("dialogs per 100 Macs, Monday to Friday, 8 to 18", func(b *Burden) string { return number(b.DialogsAtWork) })
	add("dialogs per 100 Macs at other times", func(b *Burden) string { return number(b.DialogsOff) })
	add("restarts in these working hours, per 100 Macs", func(b *Burden) string { return number(b.RestartsAtWork) })
	add("restarts that do not ask, per 100 Macs", func(b *Burden) string { return number(b.Forced) })
	add("unsaved work lost, per 100 Macs", func(b *Burden) string { return number(b.WorkLost) })
	return t
}

// never says who has not complied, and why.
func (f *Forecast) never() table {
	t := table{Title: fmt.Sprintf("Macs that do not comply within %s, by what their status says", count(f.Days, "day"))}
	var whys []string
	for _, p := range f.Policies {
		for _, n := range p.Never {
			if !slices.Contains(whys, n.Why) {
				whys = append(whys, n.Why)
			}
		}
	}
	for _, why := range whys {
		t.Rows = append(t.Rows, f.each(why, func(r *Result) string { return r.neverCell(why, f.Macs) }))
	}
	return t
}

func (r *Result) neverCell(why string, macs int) string {
	for _, n := range r.Never {
		if n.Why != why {
			continue
		}
		text := fmt.Sprintf("%s (%s)", thousands(n.Macs), percent(float64(n.Macs)/float64(macs)))
		if n.Mostly != "" {
			text += ", mostly " + n.Mostly
		}
		return text + fmt.Sprintf("; as Mac %d", n.Example)
	}
	return "0"
}

// groups are the tables of those who have a trait in common.
func (f *Forecast) groups() []table {
	var tables []table
	for _, g := range f.Policies[0].Groups {
		title := g.Trait + ": complied / dialogs per Mac / restarts in working hours per 100 Macs / work lost per 100 Macs"
		if len(tables) == 0 || tables[len(tables)-1].Title != title {
			tables = append(tables, table{Title: title})
		}
		t := &tables[len(tables)-1]
		t.Rows = append(t.Rows, f.each(fmt.Sprintf("%s (%s)", g.Name, count(g.Macs, "Mac")), func(r *Result) string { return r.groupCell(g) }))
	}
	return tables
}

// groupCell says of a policy what became of a group; the policies meet the same
// Macs.
func (r *Result) groupCell(g Group) string {
	for _, own := range r.Groups {
		if own.Trait == g.Trait && own.Name == g.Name {
			return fmt.Sprintf("%s / %s / %s / %s", percent(own.Complied), number(own.Dialogs), number(own.Restarts), number(own.WorkLost))
		}
	}
	return ""
}

// WriteText writes a forecast for a terminal.
func (f *Forecast) WriteText(w io.Writer) error {
	for _, line := range f.headline() {
		fmt.Fprintln(w, line)
	}
	rows := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintf(rows, "\n")
	for i, p := range f.Policies {
		fmt.Fprintf(rows, "  policy %c\t%s\n", 'A'+i, p.Name)
	}
	for _, t := range f.tables() {
		if len(t.Rows) == 0 {
			continue
		}
		if err := rows.Flush(); err != nil {
			return err
		}
		fmt.Fprintf(rows, "\n%s\n", t.Title)
		if len(f.Policies) > 1 {
			fmt.Fprintf(rows, "  \tpolicy A\tpolicy B\n")
		}
		for _, r := range t.Rows {
			fmt.Fprintf(rows, "  %s", r.Text)
			for _, c := range r.Cells {
				fmt.Fprintf(rows, "\t%s", c)
			}
			fmt.Fprintln(rows)
		}
	}
	return rows.Flush()
}
