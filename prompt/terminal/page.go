package terminal

import (
	"strings"
	"unicode"
)

// A page is lines of text that a terminal can show.
type page struct {
	width int // of the text, without the margin
	lines []string
}

const margin = "  "

// raw adds a line of our own as it is.
func (p *page) raw(line string) { p.lines = append(p.lines, line) }

// gap adds a blank line, unless there is one.
func (p *page) gap() {
	if last := p.lines[len(p.lines)-1]; last != "" && !strings.HasPrefix(last, "─") {
		p.lines = append(p.lines, "")
	}
}

// paragraph adds text, wrapped. Its first line begins with lead, the others
// are indented as far.
func (p *page) paragraph(lead, text string) {
	if strings.TrimSpace(text) == "" {
		return
	}
	indent := strings.Repeat(" ", width(lead))
	for _, line := range strings.Split(strings.ReplaceAll(text, "\r\n", "\n"), "\n") {
		if strings.TrimSpace(line) == "" {
			p.gap()
			continue
		}
		for _, part := range wrap(clean(line), p.width-width(lead)) {
			p.raw(margin + lead + part)
			lead = indent
		}
	}
}

// button adds a line that says what a key does.
func (p *page) button(key, text string, isDefault bool) {
	if isDefault {
		text += " (Return)"
	}
	p.paragraph("["+key+"] ", text)
}

// bar adds a bar that is filled to a fraction.
func (p *page) bar(fraction float64) {
	all := min(p.width, 40)
	full := int(min(max(fraction, 0), 1) * float64(all))
	p.raw(margin + strings.Repeat("█", full) + strings.Repeat("░", all-full))
}

// end adds the last line.
func (p *page) end(line string) {
	if last := len(p.lines) - 1; p.lines[last] == "" {
		p.lines = p.lines[:last]
	}
	p.raw(line)
}

// clean replaces what could control a terminal, and drops what is not seen but
// changes the order of what is.
func clean(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\t' || r == '\u2028' || r == '\u2029':
			return ' '
		case unicode.IsControl(r):
			return '\uFFFD'
		case unicode.Is(unicode.Cf, r):
			return -1
		}
		return r
	}, s)
}

// wrap cuts text into lines of at most limit characters, at blanks where it
// can.
func wrap(text string, limit int) []string {
	limit = max(limit, 2)
	var lines []string
	line, used := "", 0
	for _, word := range strings.Fields(text) {
		w := width(word)
		if used > 0 && used+1+w <= limit {
			line, used = line+" "+word, used+1+w
			continue
		}
		if used > 0 {
			lines = append(lines, line)
		}
		for w > limit {
			head, tail := cut(word, limit)
			lines = append(lines, head)
			word, w = tail, width(tail)
		}
		line, used = word, w
	}
	if used > 0 {
		lines = append(lines, line)
	}
	return lines
}

// cut cuts word after as many characters as fit into limit.
func cut(word string, limit int) (head, tail string) {
	used := 0
	for i, r := range word {
		used += runeWidth(r)
		if used > limit {
			return word[:i], word[i:]
		}
	}
	return word, ""
}

// width returns how many columns s takes.
func width(s string) int {
	n := 0
	for _, r := range s {
		n += runeWidth(r)
	}
	return n
}

// wide are the characters that take two columns: the scripts of East Asia and
// the pictures.
var wide = &unicode.RangeTable{
	R16: []unicode.Range16{
		{Lo: 0x1100, Hi: 0x115F, Stride: 1}, {Lo: 0x2E80, Hi: 0xA4CF, Stride: 1},
		{Lo: 0xAC00, Hi: 0xD7A3, Stride: 1}, {Lo: 0xF900, Hi: 0xFAFF, Stride: 1},
		{Lo: 0xFE30, Hi: 0xFE6F, Stride: 1}, {Lo: 0xFF00, Hi: 0xFF60, Stride: 1},
		{Lo: 0xFFE0, Hi: 0xFFE6, Stride: 1},
	},
	R32: []unicode.Range32{{Lo: 0x1F300, Hi: 0x1FAFF, Stride: 1}, {Lo: 0x20000, Hi: 0x3FFFD, Stride: 1}},
}

func runeWidth(r rune) int {
	switch {
	case unicode.In(r, unicode.Mn, unicode.Me):
		return 0
	case unicode.Is(wide, r):
		return 2
	}
	return 1
}
