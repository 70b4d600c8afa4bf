package profile

import (
	"regexp"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestAFormIsWhatItsExpressionSays(t *testing.T) {
	for form, is := range map[string]func(string) bool{
		`^[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}$`: isUUID,
		`^[A-Z0-9]{10}$`: isTeam,
	} {
		expression, matching := regexp.MustCompile(form), rapid.StringMatching(form)
		rapid.Check(t, func(t *rapid.T) {
			s := matching.Draw(t, "matching")
			if at := rapid.IntRange(0, 2*len(s)).Draw(t, "at"); at < len(s) {
				s = s[:at] + rapid.SampledFrom([]string{"", "-", "0", "g", "a", "é"}).Draw(t, "put") + s[at+rapid.IntRange(0, 1).Draw(t, "gone"):]
			}
			if is(s) != expression.MatchString(s) {
				t.Errorf("%q: got %v", s, is(s))
			}
		})
	}
	if inside := "a-" + strings.Repeat("0", 8); isTeam(inside) || isUUID("00000000-0000-0000-0000-0000-0000000") {
		t.Error("a form is matched that has something else inside")
	}
}
