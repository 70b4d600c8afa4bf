package launchd

import (
	"regexp"
	"strconv"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// forms are the expressions that the functions stand for.
var forms = []struct {
	name, form string
	// read returns what the expression has in its groups, joined.
	read func(string) (string, bool)
}{
	{"UUID", `^[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}$`, whether(isUUID)},
	{"team", `^[A-Z0-9]{10}$`, whether(isTeam)},
	{"identifier", `^[A-Za-z0-9][A-Za-z0-9_-]*(?:\.[A-Za-z0-9_-]+)+$`, whether(isIdentifier)},
	{"version", `^[0-9]{2}(?:\.[0-9]+){0,2}$`, whether(isVersion)},
	{"power source", `^[\t\n\f\r ]*Now drawing from '([^']*)'[\t\n\f\r ]*$`, powerSource},
	{"battery", `^[\t\f\r ]+-(?:.+?)[\t ]*(?:\(id=[0-9]+\))?[\t ]+([0-9]{1,3})%;(.*)$`, func(s string) (string, bool) {
		charge, rest, ok := batteryLine(s)
		return strconv.Itoa(charge) + "|" + rest, ok
	}},
	{"account", `(?m)^GeneratedUID:[\t\n\f\r ]+([0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12})[\t\n\f\r ]*$`, func(s string) (string, bool) {
		return ParseGeneratedUID([]byte(s))
	}},
	{"script error", `\((-?[0-9]{1,9})\)[ \t\r]*$`, func(s string) (string, bool) {
		n, ok := scriptNumber(s)
		return strconv.Itoa(n), ok
	}},
}

func whether(is func(string) bool) func(string) (string, bool) {
	return func(s string) (string, bool) { return "", is(s) }
}

func TestAFormIsWhatItsExpressionSays(t *testing.T) {
	for _, f := range forms {
		t.Run(f.name, func(t *testing.T) {
			expression := regexp.MustCompile(f.form)
			matching := rapid.StringMatching(f.form)
			rapid.Check(t, func(t *rapid.T) {
				s := spoilt(t, matching.Draw(t, "matching"))
				m := expression.FindStringSubmatch(s)
				if strings.Contains(s, "\n") && f.name != "account" {
					t.Skip("it is only used on single lines")
				}
				got, ok := f.read(s)
				if ok != (m != nil) {
					t.Fatalf("%q: got %v, want %v", s, ok, m != nil)
				}
				if ok && number(got) != number(strings.Join(m[1:], "|")) {
					t.Errorf("%q: got %q, want %q", s, got, m[1:])
				}
			})
		})
	}
}

func TestTheEdgesOfAFormAreAsItsExpressionSays(t *testing.T) {
	edges := []string{"", "-", "a", "a.b", "a.", ".a", "-a.b", "a..b", "a.b-", "26", "6.1", "26.", "26.1.2", "26.1.2.3", "126.1",
		" - 9%;", " -  9%;", " -a 9%;", " -a9%;", "-a 9%;", " -a 999%; x", " -a 1999%;", " -a %;", " -a 1%; 2%;", " -a\t(id=1)\t100%; y", " -a 7% 8%;",
		"Now drawing from ''", "Now drawing from 'a' 'b'", " Now drawing from 'x' ", "(1)", "1)", "(-1)", "(--1)", "(1) ", "(1234567890)", "((3)", "(4))",
		"GeneratedUID: x\n00000000-0000-0000-0000-000000000000", "GeneratedUID:\n\n 00000000-0000-0000-0000-000000000000", "GeneratedUID:00000000-0000-0000-0000-000000000000",
		"ABCDE12345", "ABCDE1234", "ABCDE123456", "ABCDe12345", "00000000-0000-0000-0000-000000000000", "00000000-0000-0000-0000-00000000000g", "00000000-0000-0000-00000-00000000000",
	}
	for _, f := range forms {
		expression := regexp.MustCompile(f.form)
		for _, s := range edges {
			m := expression.FindStringSubmatch(s)
			if got, ok := f.read(s); ok != (m != nil) || ok && number(got) != number(strings.Join(m[1:], "|")) {
				t.Errorf("%s: %q: got %q, %v, want %q", f.name, s, got, ok, m)
			}
		}
	}
}

// number drops the zeros that a number begins with.
func number(s string) string {
	sign := strings.HasPrefix(s, "-") && strings.Trim(s, "-0") != ""
	s = strings.TrimLeft(strings.TrimPrefix(s, "-"), "0")
	if s == "" || s[0] == '|' {
		s = "0" + s
	}
	if sign {
		s = "-" + s
	}
	return s
}

// spoilt changes a text in a few places, or in none.
func spoilt(t *rapid.T, s string) string {
	puts := []string{"", "0", "1111111111", ".", " ", "\t", "\n", "(", ")", "a", "Z", "_", "-", "%;", "'", ":", "\xff", "GeneratedUID: "}
	for range rapid.IntRange(0, 2).Draw(t, "changes") {
		at := rapid.IntRange(0, len(s)).Draw(t, "at")
		end := rapid.IntRange(at, min(at+2, len(s))).Draw(t, "end")
		s = s[:at] + rapid.SampledFrom(puts).Draw(t, "put") + s[end:]
	}
	return s
}
