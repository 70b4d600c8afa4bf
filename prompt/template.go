package prompt

import (
	"cmp"
	"strings"
	"time"
)

// Facts are what the placeholders and sections of a template stand for, as of
// one moment.
type Facts struct {
	// TimeLeft is the time until Deadline.
	TimeLeft time.Duration
	// Deadline is in the time zone to show it in; zero when there is none.
	Deadline time.Time
	// Mechanism says where the person installs updates, see the function of
	// that name.
	Mechanism string
	// Contact is whom the person asks.
	Contact string
	// Updates are the names of the updates.
	Updates []string
	// Restart says that a restart is needed; it keeps <<sections>>.
	Restart bool
	// Last says that this is the last prompt before the deadline; it drops
	// {{sections}}.
	Last bool
}

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

// Render fills in a template with facts, in English, and reports what is wrong
// with it.
func Render(text string, f Facts) (string, []TemplateProblem) {
	return Expand(text, f.Restart, f.Last, f.fill), CheckTemplate(text)
}

// CheckTemplate says what is the matter with a template.
func CheckTemplate(text string) []TemplateProblem {
	_, problems := parse(text)
	return problems
}

// What stands for a fact that is missing, so that a sentence stays one.
const (
	noContact   = "your IT department"
	noUpdates   = "this Mac"
	noDeadline  = "the deadline"
	noMechanism = "Software Update"
)

// fill returns what stands in the place of a placeholder, with the words that
// belong to it.
func (f Facts) fill(before, name string) string {
	switch name {
	case "DEFER_HOURS":
		words, soon := deferWords(f.TimeLeft)
		switch {
		case soon && strings.HasPrefix(before, "A"):
			return "Very soon"
		case soon && before != "":
			return "very soon"
		}
		return before + words
	case "DEADLINE_DATE":
		if f.Deadline.IsZero() {
			return noDeadline
		}
		return dateInWords(f.Deadline, f.Deadline.Add(-f.TimeLeft))
	case "UPDATE_MECHANISM":
		return cmp.Or(plain(f.Mechanism), noMechanism)
	case "SUPPORT_CONTACT":
		return cmp.Or(plain(f.Contact), noContact)
	}
	names := make([]string, len(f.Updates))
	for i, u := range f.Updates {
		names[i] = plain(u)
	}
	return cmp.Or(listInWords(names), noUpdates)
}
