package fleet

import (
	"encoding/csv"
	"fmt"
	"io"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"
	"unicode"

	"installordefer/internal/statusfile"
)

// A section is one table of a report.
type section struct {
	Title string `json:"title"`
	Rows  []row  `json:"rows"`
}

// sections are the tables of a report, in their order.
func (t *Table) sections() []section {
	words := make([]string, 0, 8)
	for _, w := range statusfile.Words() {
		words = append(words, string(w))
	}
	days := []string{}
	for _, b := range dayRows {
		days = append(days, b.text)
	}
	return []section{
		{"Status", t.Words.in(words)},
		{"Time to the deadline", t.Days.in(append(days, noDeadline))},
		{"What those that are blocked or overdue wait for", t.Blockers.rows()},
		{"macOS", t.Versions.rows()},
		{"Version of the job", t.Programs.rows()},
	}
}

// headline says in two sentences how the fleet stands.
func (t *Table) headline() string {
	if t.Macs == 0 {
		return "No status was read."
	}
	comply := "comply: they are current, or their deadline is still to come."
	if t.compliant() == 1 {
		comply = "complies: it is current, or its deadline is still to come."
	}
	text := fmt.Sprintf("%s of %s (%s) %s", thousands(t.compliant()), macs(t.Macs), share(t.compliant(), t.Macs), comply)
	if t.Silent > 0 {
		are := "are"
		if t.Silent == 1 {
			are = "is"
		}
		text += fmt.Sprintf(" Nothing was heard for two days of %s that %s not current: look there first.", macs(t.Silent), are)
	}
	return text
}

func macs(n int) string {
	if n == 1 {
		return "1 Mac"
	}
	return thousands(n) + " Macs"
}

// thousands writes a number with commas.
func thousands(n int) string {
	text := strconv.Itoa(n)
	for i := len(text) - 3; i > 0; i -= 3 {
		text = text[:i] + "," + text[i:]
	}
	return text
}

func share(n, of int) string {
	return strconv.FormatFloat(100*float64(n)/float64(of), 'f', 1, 64) + " %"
}

// days is a time in whole days, as a text.
func days(d time.Duration) string {
	switch n := int(d / day); n {
	case 0:
		return "less than a day"
	case 1:
		return "1 day"
	default:
		return thousands(n) + " days"
	}
}

// textOverdue is how many of the overdue a text lists.
const textOverdue = 20

// WriteText writes the report for a terminal.
func (t *Table) WriteText(w io.Writer) error {
	fmt.Fprintf(w, "%s\n", t.headline())
	rows := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	for _, s := range t.sections() {
		if len(s.Rows) == 0 {
			continue
		}
		fmt.Fprintf(rows, "\n%s\n", s.Title)
		for _, r := range s.Rows {
			fmt.Fprintf(rows, "%s\t%s\t  %s\n", thousands(r.Macs), share(r.Macs, t.Macs), oneLine(r.Text))
		}
	}
	if err := rows.Flush(); err != nil {
		return err
	}
	if err := t.writeOverdue(w); err != nil {
		return err
	}
	return t.writeUnreadable(w)
}

func (t *Table) writeOverdue(w io.Writer) error {
	list, more := t.longest()
	if len(list) == 0 {
		return nil
	}
	fmt.Fprintf(w, "\nOverdue, the longest first\n")
	rows := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	shown := list[:min(len(list), textOverdue)]
	for _, o := range shown {
		fmt.Fprintf(rows, "  %s\t%s\t%s\t%s\n", oneLine(o.Name), days(o.Late), o.Status.Word, oneLine(o.Status.WaitingFor))
	}
	if err := rows.Flush(); err != nil {
		return err
	}
	if more += len(list) - len(shown); more > 0 {
		_, err := fmt.Fprintf(w, "  and %s more; --csv has all of them\n", thousands(more))
		return err
	}
	return nil
}

func (t *Table) writeUnreadable(w io.Writer) error {
	if t.Unreadable == 0 {
		return nil
	}
	fmt.Fprintf(w, "\nNo status, and not counted: %s\n", thousands(t.Unreadable))
	for _, e := range t.Examples {
		fmt.Fprintf(w, "  %s\n", oneLine(e))
	}
	if rest := t.Unreadable - len(t.Examples); rest > 0 {
		fmt.Fprintf(w, "  and %s more\n", thousands(rest))
	}
	return nil
}

// oneLine keeps what comes from a collection from steering a terminal.
func oneLine(text string) string {
	quoted := strconv.Quote(text)
	return quoted[1 : len(quoted)-1]
}

// A Report is the table as --json prints it.
type Report struct {
	At         time.Time   `json:"at"`
	Macs       int         `json:"macs"`
	Compliant  int         `json:"compliant"`
	Silent     int         `json:"silent"`
	Unreadable int         `json:"unreadable"`
	Examples   []string    `json:"unreadableExamples"`
	Sections   []section   `json:"tables"`
	Overdue    []reportRow `json:"overdue"`
	// More is how many are overdue besides those that are listed.
	More int `json:"overdueMore"`
}

type reportRow struct {
	Name       string    `json:"name"`
	Days       float64   `json:"daysOverdue"`
	Status     string    `json:"status"`
	WaitingFor string    `json:"waitingFor"`
	Deadline   time.Time `json:"deadline"`
	LastError  string    `json:"lastError"`
}

// Report returns the table for scripts.
func (t *Table) Report() Report {
	r := Report{
		At: t.At.UTC().Truncate(time.Second), Macs: t.Macs, Compliant: t.compliant(), Silent: t.Silent,
		Unreadable: t.Unreadable, Examples: append([]string{}, t.Examples...), Sections: t.sections(), Overdue: []reportRow{},
	}
	list, more := t.longest()
	for _, o := range list {
		r.Overdue = append(r.Overdue, reportRow{
			o.Name, inDays(o.Status.Deadline, t.At), string(o.Status.Word), o.Status.WaitingFor, o.Status.Deadline, o.Status.LastError,
		})
	}
	r.More = more
	return r
}

// A CSV writes one row for each Mac, as it is read.
type CSV struct {
	// At is the instant that days are reckoned from.
	At time.Time
	// Macs counts the rows, and Skipped what was no status.
	Macs, Skipped int

	w *csv.Writer
}

// NewCSV begins a table with its heading.
func NewCSV(w io.Writer, at time.Time) *CSV {
	c := &CSV{At: at, w: csv.NewWriter(w)}
	c.w.Write([]string{"name", "status", "daysLeft", "waitingFor", "deadline", "macOS", "build", "hardware", "updates", "deferrals", "restarts", "failures", "lastError", "written", "silent", "version"}) // Flush tells of an error
	return c
}

// Mac writes the row of a Mac.
func (c *CSV) Mac(m Mac) error {
	c.Macs++
	s := m.Status
	left := ""
	if !s.Deadline.IsZero() && s.Word != statusfile.Current {
		left = strconv.FormatFloat(inDays(c.At, s.Deadline), 'f', 1, 64)
	}
	return c.w.Write([]string{
		cell(m.Name), string(wordAt(s, c.At)), left, cell(s.WaitingFor), statusfile.Instant(s.Deadline), cell(s.MacOS), cell(s.Build), cell(s.Hardware),
		strconv.Itoa(len(s.Updates)), strconv.Itoa(s.Deferrals), strconv.Itoa(s.Restarts), strconv.Itoa(s.Failures), cell(s.LastError),
		statusfile.Instant(s.Written), strconv.FormatBool(silent(s, c.At)), cell(s.Version),
	})
}

// inDays is the time between two instants in days, to a tenth. A Duration would end
// after 292 years.
func inDays(from, to time.Time) float64 {
	const tenth = int64(day / time.Second / 10)
	return float64((to.Unix()-from.Unix())/tenth) / 10
}

// cell keeps a text from steering the terminal on which a table is printed, or turning
// its direction round, and a spreadsheet from taking it for a formula.
func cell(text string) string {
	text = strings.Map(func(r rune) rune {
		if unicode.IsPrint(r) {
			return r
		}
		return unicode.ReplacementChar
	}, text)
	if text != "" && (text[0] == '=' || text[0] == '+' || text[0] == '-' || text[0] == '@') {
		return "'" + text
	}
	return text
}

// NoStatus counts what is not a status.
func (c *CSV) NoStatus(string, error) { c.Skipped++ }

// Flush ends the table.
func (c *CSV) Flush() error {
	c.w.Flush()
	return c.w.Error()
}
