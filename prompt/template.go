package prompt

import "strings"

// A TemplateProblem is something in a template that is probably not meant.
// The text is shown as it is written.
type TemplateProblem struct {
	// Line and Column are where, counted from 1; Column counts characters.
	Line, Column int
	// Text is the marker or the placeholder.
	Text string
	// Why says what is the matter, and what happens to it.
	Why string
}

// Expand fills in a template. Placeholders are replaced wherever they stand by
// what value returns for their name and, before it, the word "after" with its
// blank, if it belongs to them. <<...>> stays only if restart is set, {{...}}
// goes if last is; sections may span lines and hold others. Markers without a
// partner and unknown placeholders are left as they are. What is filled in is
// never read as a template.
func Expand(text string, restart, last bool, value func(before, name string) string) string {
	tokens, _ := parse(text)
	var b strings.Builder
	for i := 0; i < len(tokens); i++ {
		t := tokens[i]
		switch {
		case t.kind == placeholder:
			before, name, _ := strings.Cut(t.text, "%")
			name, _, _ = strings.Cut(name, "%")
			b.WriteString(value(before, name))
		case t.partner == 0:
			b.WriteString(t.text)
		case t.kind == open && t.text == "<<" && !restart, t.kind == open && t.text == "{{" && last:
			i += t.partner
		}
	}
	return b.String()
}

// CheckTemplate says what is the matter with a template.
func CheckTemplate(text string) []TemplateProblem {
	_, problems := parse(text)
	return problems
}
