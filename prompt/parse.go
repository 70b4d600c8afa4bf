package prompt

import (
	"slices"
	"sort"
	"strings"
	"unicode/utf8"
)

// A token is one piece of a template.
type token struct {
	kind   tokenKind
	text   string
	offset int
	// partner is how many tokens further on (or, negative, back) the other
	// marker of the section is; 0 means there is none.
	partner int
}

type tokenKind int

const (
	literal tokenKind = iota
	placeholder
	open
	closer
)

// known are the names of the placeholders.
var known = []string{"DEFER_HOURS", "UPDATE_MECHANISM", "DEADLINE_DATE", "SUPPORT_CONTACT", "UPDATE_LIST"}

// parse cuts a template into tokens and finds the partners of its markers.
func parse(text string) ([]token, []TemplateProblem) {
	tokens, doubts := scan(text)
	for _, t := range pair(tokens) {
		why := "it opens a section that is never closed, and is shown as it is"
		if t.kind == closer {
			why = "it closes a section that was never opened, and is shown as it is"
		}
		doubts = append(doubts, doubt{t.offset, t.text, why})
	}
	return tokens, locate(text, doubts)
}

// A doubt is a problem before its line is known.
type doubt struct {
	offset    int
	text, why string
}

// locate turns doubts into problems, in the order of the text.
func locate(text string, doubts []doubt) []TemplateProblem {
	sort.Slice(doubts, func(i, j int) bool { return doubts[i].offset < doubts[j].offset })
	var problems []TemplateProblem
	line, column, done := 1, 1, 0
	for _, d := range doubts {
		passed := text[done:d.offset]
		done = d.offset
		if i := strings.LastIndexByte(passed, '\n'); i >= 0 {
			line += strings.Count(passed, "\n")
			column = 1
			passed = passed[i+1:]
		}
		column += utf8.RuneCountInString(passed)
		problems = append(problems, TemplateProblem{Line: line, Column: column, Text: d.text, Why: d.why})
	}
	return problems
}

// scan cuts a template into tokens.
func scan(text string) (tokens []token, doubts []doubt) {
	add := func(kind tokenKind, from, to int) {
		if from < to {
			tokens = append(tokens, token{kind: kind, text: text[from:to], offset: from})
		}
	}
	done := 0
	for done < len(text) {
		from, to := special(text, done)
		if from == to {
			break
		}
		add(literal, done, from)
		done = to
		switch c := text[from]; c {
		case '<', '{', '>', '}':
			kind := open
			if c == '>' || c == '}' {
				kind = closer
				if (to-from)%2 == 1 { // "<<see <a>>>": the section ends last
					add(literal, from, from+1)
					from++
				}
			}
			for ; to-from >= 2; from += 2 {
				add(kind, from, from+2)
			}
			add(literal, from, to)
		default:
			if isKnown(text[from:to]) {
				add(placeholder, from, to)
				continue
			}
			// The second % may begin a placeholder of its own.
			done = to - 1
			add(literal, from, done)
			if why := misspelt(text[from:to]); why != "" {
				doubts = append(doubts, doubt{from, text[from:to], why})
			}
		}
	}
	add(literal, done, len(text))
	return tokens, doubts
}

func isKnown(text string) bool {
	_, name, _ := strings.Cut(text, "%")
	name, _, _ = strings.Cut(name, "%")
	return slices.Contains(known, name)
}

// misspelt says why text between two per cent signs is probably meant as a
// placeholder; empty means it is not.
func misspelt(text string) string {
	name := strings.Trim(text, "%")
	switch upper := strings.ToUpper(name); {
	case slices.Contains(known, upper):
		return "placeholders are written in capitals; it is shown as it is"
	case name == upper:
		return "there is no such placeholder, and it is shown as it is"
	}
	return ""
}

// pair finds the partners of the markers in tokens and returns the markers that
// have none. A marker closes the last section of its kind that is open; what
// was opened inside that section and is still open has no partner.
func pair(tokens []token) (alone []token) {
	var stack []int
	opened := map[string]int{} // in stack
	for i, t := range tokens {
		switch t.kind {
		case open:
			stack = append(stack, i)
			opened[t.text]++
		case closer:
			if opened[opener[t.text]] == 0 {
				alone = append(alone, t)
				continue
			}
			for {
				top := len(stack) - 1
				j := stack[top]
				stack = stack[:top]
				opened[tokens[j].text]--
				if tokens[j].text == opener[t.text] {
					tokens[j].partner, tokens[i].partner = i-j, j-i
					break
				}
				alone = append(alone, tokens[j])
			}
		}
	}
	for _, j := range stack {
		alone = append(alone, tokens[j])
	}
	return alone
}

var opener = map[string]string{">>": "<<", "}}": "{{"}
