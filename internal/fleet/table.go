package fleet

import (
	"cmp"
	"container/heap"
	"slices"
	"time"

	"installordefer/internal/statusfile"
)

// Bounds of what is kept of a fleet.
const (
	longestOverdue = 1000 // Macs on the list of those that are overdue
	namedValues    = 200  // different versions, or blockers; the rest is counted as one
	unreadableKept = 20
)

// silentAfter is how old the status of a Mac may be that is not current. The job
// writes it once a day.
const silentAfter = 48 * time.Hour

// A Table counts the Macs of a fleet.
type Table struct {
	// At is the instant that days are reckoned from.
	At time.Time

	Macs int
	// Words, Days, Blockers, Versions and Programs count Macs by status, by days
	// to the deadline, by what the blocked wait for, by version of macOS and
	// by version of the job.
	Words, Days, Blockers, Versions, Programs Counts
	// Silent are Macs that are not current, and of which nothing was heard for
	// silentAfter: switched off, or their job is dead.
	Silent int
	// Unreadable is how much was no status, and Examples says where and why.
	Unreadable int
	Examples   []string

	overdue late
	dropped int
}

// Counts count Macs by a text.
type Counts map[string]int

// others counts what comes after as many different texts as are kept.
const others = "(others)"

func (c *Counts) add(text string) {
	if *c == nil {
		*c = Counts{}
	}
	if _, known := (*c)[text]; !known && len(*c) >= namedValues {
		text = others
	}
	(*c)[text]++
}

// A row is one line of a table.
type row struct {
	Text string `json:"text"`
	Macs int    `json:"macs"`
}

// rows returns the counts, the highest first.
func (c Counts) rows() []row {
	rows := make([]row, 0, len(c))
	for text, n := range c {
		rows = append(rows, row{text, n})
	}
	slices.SortFunc(rows, func(a, b row) int {
		return cmp.Or(cmp.Compare(b.Macs, a.Macs), cmp.Compare(a.Text, b.Text))
	})
	return rows
}

// in returns the counts in the order of the texts, those that nobody has left
// out.
func (c Counts) in(order []string) []row {
	var rows []row
	for _, text := range order {
		if c[text] > 0 {
			rows = append(rows, row{text, c[text]})
		}
	}
	for _, r := range c.rows() {
		if !slices.Contains(order, r.Text) {
			rows = append(rows, r)
		}
	}
	return rows
}

// Mac counts a Mac.
func (t *Table) Mac(m Mac) error {
	s := m.Status
	t.Macs++
	s.Word = wordAt(s, t.At)
	t.Words.add(string(s.Word))
	t.Days.add(bucket(s, t.At))
	t.Versions.add(cmp.Or(s.MacOS, "unknown"))
	t.Programs.add(cmp.Or(s.Version, "unknown"))
	if s.Word == statusfile.Blocked || s.Word == statusfile.Overdue {
		t.Blockers.add(cmp.Or(s.WaitingFor, "nothing"))
	}
	if silent(s, t.At) {
		t.Silent++
	}
	if late := lateness(s, t.At); late > 0 {
		t.keep(Overdue{m.Name, late, s})
	}
	return nil
}

// NoStatus counts what is not a status.
func (t *Table) NoStatus(where string, why error) {
	t.Unreadable++
	if len(t.Examples) < unreadableKept {
		t.Examples = append(t.Examples, where+": "+why.Error())
	}
}

// wordAt is how a Mac stands at an instant, by what it said before: a deadline
// passes also while nothing is heard.
func wordAt(s statusfile.Status, at time.Time) statusfile.Word {
	switch s.Word {
	case statusfile.Pending, statusfile.Deferred, statusfile.Due:
		switch late := lateness(s, at); {
		case late > day:
			return statusfile.Overdue
		case late > 0:
			return statusfile.Due
		}
	}
	return s.Word
}

func silent(s statusfile.Status, at time.Time) bool {
	return !s.Gone() && at.Sub(s.Written) > silentAfter
}

// lateness is how long a Mac's deadline has passed; zero or less where it has not.
func lateness(s statusfile.Status, at time.Time) time.Duration {
	if s.Deadline.IsZero() || s.Word == statusfile.Current {
		return 0
	}
	return at.Sub(s.Deadline)
}

// The rows of the table of days, in their order.
var dayRows = []struct {
	text string
	most time.Duration // of the time left
}{
	{"overdue for more than 7 days", -7 * day},
	{"overdue for 1 to 7 days", -day},
	{"overdue for less than a day", 0},
	{"less than a day left", day},
	{"1 to 3 days left", 3 * day},
	{"3 to 7 days left", 7 * day},
	{"more than 7 days left", 1 << 62},
}

const (
	day        = 24 * time.Hour
	noDeadline = "no deadline"
)

// bucket says how long a Mac has to its deadline.
func bucket(s statusfile.Status, at time.Time) string {
	if s.Deadline.IsZero() || s.Word == statusfile.Current {
		return noDeadline
	}
	left := s.Deadline.Sub(at)
	for _, b := range dayRows {
		if left < b.most {
			return b.text
		}
	}
	return dayRows[len(dayRows)-1].text
}

// An Overdue is a Mac whose deadline has passed.
type Overdue struct {
	Name   string
	Late   time.Duration
	Status statusfile.Status
}

// late is a heap of those that are overdue longest, the least of them on top.
type late []Overdue

func (l late) Len() int           { return len(l) }
func (l late) Less(i, j int) bool { return later(l[j], l[i]) < 0 }
func (l late) Swap(i, j int)      { l[i], l[j] = l[j], l[i] }
func (l *late) Push(x any)        { *l = append(*l, x.(Overdue)) }
func (l *late) Pop() any {
	last := (*l)[len(*l)-1]
	*l = (*l)[:len(*l)-1]
	return last
}

// later orders by how long they are overdue, the longest first.
func later(a, b Overdue) int {
	return cmp.Or(cmp.Compare(b.Late, a.Late), cmp.Compare(a.Name, b.Name))
}

func (t *Table) keep(o Overdue) {
	o.Status.Updates = o.Status.Updates[:min(len(o.Status.Updates), 3)]
	heap.Push(&t.overdue, o)
	if len(t.overdue) > longestOverdue {
		heap.Pop(&t.overdue)
		t.dropped++
	}
}

// longest returns the Macs that are overdue longest, the longest first, and how
// many more there are.
func (t *Table) longest() (list []Overdue, more int) {
	list = slices.Clone(t.overdue)
	slices.SortFunc(list, later)
	return list, t.dropped
}

// compliant is how many Macs do what is asked of them: they are current, or
// their deadline is still to come.
func (t *Table) compliant() int {
	n := t.Words[string(statusfile.Current)]
	for _, w := range []statusfile.Word{statusfile.Pending, statusfile.Deferred, statusfile.Held} {
		n += t.Words[string(w)]
	}
	return n
}
