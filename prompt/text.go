package prompt

import (
	"strings"
	"unicode"
)

// ShownName returns the name of the update on one line.
func (i Item) ShownName() string { return OneLine(i.Name) }

// OneLine makes text that comes from outside fit to stand in a sentence: white
// space and control characters become single blanks.
func OneLine(s string) string {
	f := strings.FieldsFunc(strings.ToValidUTF8(s, "\uFFFD"), func(r rune) bool {
		return r != '\u00a0' && (unicode.IsSpace(r) || unicode.IsControl(r))
	})
	return strings.Join(f, " ")
}
