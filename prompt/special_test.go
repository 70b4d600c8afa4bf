package prompt

import (
	"regexp"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// specialForm is the expression that special stands for.
var specialForm = regexp.MustCompile(
	`\b[Aa]fter[\s\x{a0}]+%DEFER_HOURS%(?:[\s\x{a0}]+hours\b)?|%DEFER_HOURS%(?:[\s\x{a0}]+hours\b)?` +
		`|%[A-Za-z][A-Za-z0-9_]*%|<+|>+|\{+|\}+`)

func checkSpecial(t rapid.TB, text string) {
	start, end := special(text, 0)
	at := specialForm.FindStringIndex(text)
	if at == nil {
		at = []int{len(text), len(text)}
	}
	if start != at[0] || end != at[1] {
		t.Errorf("%q: found %q at %d, want %q at %d", text, text[start:end], start, text[at[0]:at[1]], at[0])
	}
}

func TestTheWordsAroundDeferHoursAreFoundAsTheExpressionFindsThem(t *testing.T) {
	slots := [][]string{
		{"", "x", "_", " ", "é"},
		{"", "after", "After", "%_a%", "%a1%", "%1%"},
		{"", " ", "\u00a0\n", "\xa0"},
		{"", "%DEFER_HOURS%", "%DEFER_HOUR%", "%DEFER_HOURS"},
		{"", " ", "\u00a0\t"},
		{"", "hours", "hour"},
		{"", "s", ".", "_", "%"},
	}
	texts := []string{""}
	for _, slot := range slots {
		var longer []string
		for _, text := range texts {
			for _, piece := range slot {
				longer = append(longer, text+piece)
			}
		}
		texts = longer
	}
	for _, text := range texts {
		checkSpecial(t, text)
	}
}

func TestSpecialTextIsWhatTheExpressionFinds(t *testing.T) {
	piece := rapid.SampledFrom([]string{"after ", "x", "_", "0", "é", "%", "%DEFER_HOURS%", "%ab_1%", " ", "\xa0", " hours", "<", ">>", "{", "}"})
	rapid.Check(t, func(t *rapid.T) {
		checkSpecial(t, strings.Join(rapid.SliceOfN(piece, 0, 12).Draw(t, "pieces"), ""))
	})
}
