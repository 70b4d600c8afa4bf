package prompt

import "strings"

// special finds the first piece of a template, at or after from, that is not
// literal text: a placeholder, or a row of equal brackets. There is none when
// the piece is empty. The expression that this stands for is in the tests;
// compiling one would be work for each start of the job.
func special(text string, from int) (start, end int) {
	for i := from; i < len(text); i++ {
		n := 0
		switch c := text[i]; c {
		case '<', '>', '{', '}':
			n = len(text[i:]) - len(strings.TrimLeft(text[i:], string(c)))
		case '%':
			n = max(hours(text[i:]), percents(text[i:]))
		case 'A', 'a':
			if i == 0 || !isWord(text[i-1]) {
				n = afterHours(text[i:])
			}
		}
		if n > 0 {
			return i, i + n
		}
	}
	return len(text), len(text)
}

// percents returns the length of the word between per cent signs that s begins
// with; 0 means there is none.
func percents(s string) int {
	name, _, closed := strings.Cut(s[1:], "%")
	if !closed || name == "" || name[0] == '_' || '0' <= name[0] && name[0] <= '9' {
		return 0
	}
	for i := range len(name) {
		if !isWord(name[i]) {
			return 0
		}
	}
	return len(name) + 2
}

// The words around DEFER_HOURS belong to it: "after" because at the end "after
// 0 minutes" becomes "very soon", and "hours" because texts of version 3 wrote
// the unit behind a bare number.
const deferHours = "%DEFER_HOURS%"

// hours returns the length of DEFER_HOURS, with "hours" behind it if it is
// there.
func hours(s string) int {
	if !strings.HasPrefix(s, deferHours) {
		return 0
	}
	n := len(deferHours)
	gap := blanks(s[n:])
	rest, ok := strings.CutPrefix(s[n+gap:], "hours")
	if gap > 0 && ok && (rest == "" || !isWord(rest[0])) {
		n += gap + len("hours")
	}
	return n
}

// afterHours is hours with "after" before it.
func afterHours(s string) int {
	word := len("after")
	if len(s) < word || s[1:word] != "fter" {
		return 0
	}
	gap := blanks(s[word:])
	n := hours(s[word+gap:])
	if gap == 0 || n == 0 {
		return 0
	}
	return word + gap + n
}

// blanks returns the length of the blanks that s begins with, those that do not
// break a line included.
func blanks(s string) int { return len(s) - len(strings.TrimLeft(s, " \t\n\f\r\u00a0")) }

func isWord(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || c == '_'
}
