package macos

import (
	"regexp"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func version(t *testing.T, s string) Version {
	t.Helper()
	v, err := ParseVersion(s)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func TestVersionsSortByNumber(t *testing.T) {
	sorted := []string{"10.9.5", "10.11", "10.15.7", "11", "12.6.1", "13.3", "13.3.1", "13.3.1 (a)", "13.3.1 (b)", "13.3.2", "26.3.1", "26.3.1 (a)", "26.3.1 (z)", "26.3.1 (aa)", "26.4", "26.4.1", "26.10", "27", "27.0.1"}
	for i, a := range sorted {
		for j, b := range sorted {
			if got, want := version(t, a).Compare(version(t, b)), cmpInt(i, j); got != want {
				t.Errorf("%s against %s: %d, want %d", a, b, got, want)
			}
		}
	}
	if version(t, "27").Compare(version(t, "27.0")) != 0 {
		t.Error("27 and 27.0 differ")
	}
}

func cmpInt(a, b int) int { return min(1, max(-1, a-b)) }

func TestVersionsAreReadStrictly(t *testing.T) {
	for in, want := range map[string]string{"26.6": "26.6", " 27\t": "27", "26.3.1 (a)": "26.3.1 (a)", "26.3.1(a)": "26.3.1 (a)", "10.14.4.1.1.1555388607": "10.14.4.1.1.1555388607", "013": "13"} {
		if got := version(t, in).String(); got != want {
			t.Errorf("%q read as %s, want %s", in, got, want)
		}
	}
	for _, in := range []string{"", " ", "Tahoe", "26.", ".6", "26..6", "26.6b", "26.6 beta", "-26", "26.6 (A)", "26.6 ()", "26.6 (abcd)", "99999999999.1", "1.2.3.4.5.6.7.8.9", "2020-005"} {
		if v, err := ParseVersion(in); err == nil || v.Known() {
			t.Errorf("%q read as %v", in, v)
		}
	}
}

func TestTheMajorVersionCountsTwoNumbersBefore11(t *testing.T) {
	for in, want := range map[string]string{"10.15.7": "10.15", "10": "10", "11.6": "11", "27": "27", "26.3.1 (a)": "26"} {
		if got := version(t, in).Major().String(); got != want {
			t.Errorf("major version of %s is %s, want %s", in, got, want)
		}
	}
	if (Version{}).Major().Known() {
		t.Error("an unknown version has a major one")
	}
}

func TestAVersionIsWhatItsExpressionSays(t *testing.T) {
	const form = `^[0-9]{1,10}(?:\.[0-9]{1,10}){0,7}(?: ?\([a-z]{1,3}\))?$`
	expression := regexp.MustCompile(form)
	near := rapid.OneOf(rapid.StringMatching(form), rapid.StringMatching(`[0-9.]{0,14} ?[()a-zA-Z0-9.]{0,7}`))
	rapid.Check(t, func(t *rapid.T) {
		s := near.Draw(t, "text")
		if _, err := ParseVersion(s); (err == nil) != expression.MatchString(strings.Trim(s, " \t")) {
			t.Errorf("%q: %v", s, err)
		}
	})
}

func TestTheFirstVersionInATextIsFound(t *testing.T) {
	expression := regexp.MustCompile(`[0-9]{1,10}(?:\.[0-9]{1,10}){0,7}`)
	rapid.Check(t, func(t *rapid.T) {
		s := rapid.StringMatching(`[a-z ]{0,5}[0-9.]{0,14}[a-z .0-9]{0,9}`).Draw(t, "text")
		want, err := ParseVersion(expression.FindString(s))
		if err != nil {
			want = Version{}
		}
		if got := FirstVersion(s); got.Compare(want) != 0 || got.Known() != want.Known() {
			t.Errorf("%q: got %v, want %v", s, got, want)
		}
	})
}

func TestABuildIsWhatItsExpressionSays(t *testing.T) {
	const form = `^[0-9]{2}[A-Z][0-9]+[a-z]?$`
	expression := regexp.MustCompile(form)
	near := rapid.OneOf(rapid.StringMatching(form), rapid.StringMatching(`[0-9]{0,3}[A-Za-z]?[0-9]{0,4}[a-zA-Z]{0,2}`))
	rapid.Check(t, func(t *rapid.T) {
		if s := near.Draw(t, "text"); IsBuild(s) != expression.MatchString(s) {
			t.Errorf("%q: %v", s, IsBuild(s))
		}
	})
}
