package softwareupdate

import (
	"bytes"
	"strings"
)

// Apple's own words for an empty list.
const nothingAvailable = "No new software available"

// ParseList reads what "softwareupdate --list" printed. It takes any bytes,
// and its work grows with their number only.
//
// Both streams are needed: updates come on standard output, while "No new
// software available." comes on standard error. No order between the two is
// assumed; both may also have been merged into one.
func ParseList(stdout, stderr []byte) List {
	var p listParser
	for _, stream := range [][]byte{stdout, stderr} {
		for line := range lines(stream) {
			p.line(line)
		}
		p.endEntry()
	}
	return p.list()
}

// lines cuts output into lines. Newline and carriage return both end one;
// empty lines are left out.
func lines(b []byte) func(yield func([]byte) bool) {
	return func(yield func([]byte) bool) {
		for len(b) > 0 {
			i := bytes.IndexAny(b, "\r\n")
			line := b
			if i >= 0 {
				line, b = b[:i], b[i+1:]
			} else {
				b = nil
			}
			if len(line) > 0 && !yield(line) {
				return
			}
		}
	}
}

// A listParser reads a list line by line. It is either between entries or
// waits for the details of the label it read last.
type listParser struct {
	out      List
	notes    notes
	waiting  bool
	label    Label
	announce bool   // Apple announced that a list follows
	none     bool   // Apple said that there is nothing
	failure  string // the first line in which Apple reported an error
	stray    string // the first line that means nothing to us
}

func (p *listParser) line(raw []byte) {
	line := string(raw)
	text := strings.Trim(line, blanks)
	switch {
	case text == "":
	case isNoise(line):
		p.notes.add("Apple's updater logged beside its list: %s", shown(line))
	case p.labelLine(line):
	case p.waiting && p.detailLine(line):
	case isFrame(text):
		p.announce = p.announce || strings.HasPrefix(text, "Software Update found the following")
	case strings.TrimSuffix(text, ".") == nothingAvailable:
		p.none = true
	case isScanError(text):
		if p.failure == "" {
			p.failure = shown(text)
		}
	default:
		if p.stray == "" {
			p.stray = shown(text)
		}
		p.notes.add("Apple's list has a line that is not understood: %s", shown(text))
	}
}

// labelLine takes a line that begins with a bullet. The text behind the
// bullet tells the format, whatever the version of macOS.
func (p *listParser) labelLine(line string) bool {
	rest := strings.TrimLeft(line, blanks)
	if len(rest) < 2 || (rest[0] != '*' && rest[0] != '-') || rest[1] != ' ' {
		return false
	}
	rest = rest[2:]
	switch {
	case strings.HasPrefix(rest, "Label: "):
		p.startEntry(Label(rest[len("Label: "):]))
	case rest == "Label:":
		p.startEntry("")
	case strings.HasPrefix(rest, "Title: "):
		// A full installer, from --list-full-installers: no update.
		p.endEntry()
		p.notes.add("Apple's list has a full installer, which is no update: %s", shown(rest))
	default:
		p.startEntry(Label(rest))
	}
	return true
}

func (p *listParser) startEntry(l Label) {
	p.endEntry()
	p.waiting, p.label = true, l
}

// endEntry keeps a label whose details never came.
func (p *listParser) endEntry() {
	if p.waiting {
		p.incomplete()
	}
}

func (p *listParser) incomplete() {
	p.out.Partial = true
	p.notes.add("Apple's list has no readable details for %s.", p.label.Shown())
	p.entry(Update{SizeKiB: -1, Incomplete: true})
}

// detailLine takes the line behind a label. It reports false when the line
// is something else, so that the label goes on waiting.
func (p *listParser) detailLine(line string) bool {
	if u, odd, ok := parseDetail(line); ok {
		for _, o := range odd {
			p.out.Partial = true
			p.notes.add("Apple's list has details for %s that are not understood: %s", p.label.Shown(), shown(o))
		}
		p.entry(u)
		return true
	}
	if line[0] != ' ' && line[0] != '\t' || isScanError(strings.Trim(line, blanks)) {
		return false
	}
	p.notes.add("Apple's list has a line that is not understood: %s", shown(line))
	p.incomplete()
	return true
}

func (p *listParser) entry(u Update) {
	u.Label = p.label
	p.waiting, p.label = false, ""
	if why := u.Label.refusal(); why != "" {
		p.out.Partial = true
		r := RefusedLabel{Update: u, Reason: why}
		p.out.Refused = append(p.out.Refused, r)
		p.notes.add("%v", r)
		return
	}
	p.out.Updates = append(p.out.Updates, u)
}

// list decides what the lines together say.
func (p *listParser) list() List {
	p.out.Warnings = p.notes.all()
	found := len(p.out.Updates)+len(p.out.Refused) > 0
	switch {
	case found:
		p.out.Outcome = Updates
		if p.failure != "" {
			p.out.Partial = true
			p.out.Warnings = append(p.out.Warnings, "Apple's updater reported an error beside its list: "+p.failure)
		}
	case p.failure != "":
		p.out.Err = scanFailure(p.failure)
	case p.none && p.announce:
		p.out.Err = unreadable("it announced a list of updates and also said that there is none")
	case p.none:
		p.out.Outcome = None
	case p.announce:
		p.out.Err = unreadable("it announced a list of updates, but none followed")
	case p.stray != "":
		p.out.Err = unreadable("it printed neither a list nor that there is nothing new, but: " + p.stray)
	default:
		p.out.Err = unreadable("it printed neither a list nor that there is nothing new")
	}
	return p.out
}
