package softwareupdate

import (
	"bytes"
	"fmt"
	"iter"
	"strings"
)

// ParseList reads what "softwareupdate --list" printed. It takes any bytes,
// and its work grows with their number only.
//
// Both streams are needed: updates come on standard output, while "No new
// software available." comes on standard error. No order between the two is
// assumed; both may also have been merged into one.
func ParseList(stdout, stderr []byte) List {
	var p listParser
	p.stream(stdout)
	p.errors = true
	p.stream(stderr)
	return p.list()
}

// lines cuts output into lines. Newline and carriage return both end one;
// empty lines are left out.
func lines(b []byte) iter.Seq[[]byte] {
	return func(yield func([]byte) bool) {
		for len(b) > 0 {
			line, rest := b, []byte(nil)
			if i := bytes.IndexAny(b, "\r\n"); i >= 0 {
				line, rest = b[:i], b[i+1:]
			}
			b = rest
			if len(line) > 0 && !yield(line) {
				return
			}
		}
	}
}

// A listParser reads a list line by line. It is either between entries or
// waits for the details of the label that it read last.
type listParser struct {
	out   List
	notes notes

	errors bool // the lines are of standard error

	waiting bool
	label   Label
	old     bool // the label is in the format up to 10.14
	hyphen  bool // its bullet is a hyphen

	announced bool   // Apple announced that a list follows
	none      bool   // Apple said that there is nothing
	failure   string // the first line in which Apple reported an error
	suspect   string // the first line of standard error that means nothing to us
	stray     string // the first line that means nothing to us
	tooMany   bool   // there were more than maxEntries entries
}

// maxEntries bounds the entries of a list. Apple's have at most a few dozen.
const maxEntries = 50_000

func (p *listParser) stream(b []byte) {
	for line := range lines(b) {
		p.line(string(line))
	}
	p.endEntry()
}

func (p *listParser) line(line string) {
	text := strings.Trim(line, blanks)
	switch {
	case text == "":
	case isNoise(text):
		p.notes.add("Apple's updater logged beside its list: %s", quote(line))
	case p.labelLine(line):
	case p.waiting && p.detailLine(line):
	case isFrame(text):
		p.announced = p.announced || strings.HasPrefix(text, "Software Update found")
	case text == nothingAvailable:
		p.none = true
	case isScanError(text):
		if p.failure == "" {
			p.failure = shown(text)
		}
	default:
		p.notUnderstood(text)
		if p.waiting && (line[0] == ' ' || line[0] == '\t') {
			// Only details are indented.
			p.endEntry()
		}
	}
}

func (p *listParser) notUnderstood(text string) {
	if p.stray == "" {
		p.stray = quote(text).String()
	}
	if p.errors && p.suspect == "" {
		p.suspect = quote(text).String()
	}
	p.notes.add("Apple's updater printed a line that is not understood: %s", quote(text))
}

// labelLine takes a line that begins with a bullet. The text behind the
// bullet tells the format, whatever the version of macOS.
func (p *listParser) labelLine(line string) bool {
	rest := strings.TrimLeft(line, blanks)
	if len(rest) < 2 || (rest[0] != '*' && rest[0] != '-') || rest[1] != ' ' {
		return false
	}
	rest = rest[2:]
	p.endEntry()
	p.hyphen = line[strings.IndexAny(line, "*-")] == '-'
	switch label, isNew := strings.CutPrefix(rest, "Label:"); {
	case isNew:
		p.waiting, p.old, p.label = true, false, Label(strings.TrimPrefix(label, " "))
	case strings.HasPrefix(rest, "Title: "):
		p.notes.add("Apple's list has a full installer, which is no update: %s", quote(rest))
	default:
		p.waiting, p.old, p.label = true, true, Label(rest)
	}
	return true
}

// endEntry deals with a label whose details did not come. It is kept, unless
// it is only some line with a bullet, in front of no list.
func (p *listParser) endEntry() {
	switch {
	case !p.waiting:
	case p.old && !p.announced:
		p.waiting = false
		p.notUnderstood(string(p.label))
	default:
		p.notes.add("Apple's list has no readable details for %q.", p.label.Shown())
		p.entry(Update{SizeKiB: -1, Incomplete: true})
	}
}

// detailLine takes the line behind a label if it can be read.
func (p *listParser) detailLine(line string) bool {
	u, odd, ok := parseDetail(line)
	if !ok {
		return false
	}
	if p.hyphen && u.Title != "" && u.SizeKiB >= 0 && u.Action == ActionNone {
		// A hyphen has always marked what Apple does not recommend. All else
		// is there, so the missing word means "NO".
		u.Incomplete = false
	}
	for _, o := range odd {
		p.notes.add("Apple's list has something about %q that is not understood: %s", p.label.Shown(), shown(o))
	}
	p.entry(u)
	return true
}

func (p *listParser) entry(u Update) {
	u.Label, p.waiting = p.label, false
	if len(p.out.Updates)+len(p.out.Refused) == maxEntries {
		p.tooMany = true
		return
	}
	if why := u.Label.refusal(); why != "" {
		r := RefusedLabel{Update: u, Reason: why}
		p.out.Refused = append(p.out.Refused, r)
		p.notes.add("%v", r)
		return
	}
	p.out.Updates = append(p.out.Updates, u)
}

// list decides what the lines together say. Entries win over an error that
// stands beside them; an error wins over Apple's word that there is nothing, and
// so does a line of standard error that nobody understands: errors come in every
// language.
func (p *listParser) list() List {
	l := p.out
	switch {
	case p.tooMany:
		l = List{Err: unreadable(fmt.Sprintf("it printed a list of more than %d entries, which cannot be Apple's", maxEntries))}
	case len(l.Updates)+len(l.Refused) > 0:
		l.Outcome = Updates
		if p.failure != "" {
			l.Partial = true
			p.notes.add("Apple's updater reported an error beside its list: %s", p.failure)
		}
		l.Partial = l.Partial || p.suspect != ""
	case p.failure != "":
		l.Err = scanFailure(p.failure)
	case p.announced && p.none:
		l.Err = unreadable("it announced a list, printed none, and said that there is nothing new")
	case p.announced:
		l.Err = unreadable("it announced a list but printed none")
	case p.none && p.suspect != "":
		kind, _ := failureIn(p.suspect)
		l.Err = &Failure{Operation: checking, Kind: kind, Detail: "it said that there is nothing new, and beside that what may be an error: " + p.suspect}
	case p.none:
		l.Outcome = None
	case p.stray != "":
		l.Err = unreadable("it printed neither a list nor that there is nothing new, but: " + p.stray)
	default:
		l.Err = unreadable("it printed neither a list nor that there is nothing new")
	}
	l.Warnings = p.notes.all()
	return l
}
