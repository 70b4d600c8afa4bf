package launchd

import "strings"

// The forms of what macOS's programs print are matched by hand, not with
// regular expressions, which would have to be compiled in each wake.
// form_test.go holds each form as the expression that it stands for.

// blank are the bytes that separate words.
const blank = " \t\n\f\r"

func isDigit(c byte) bool { return '0' <= c && c <= '9' }

func isLetter(c byte) bool { return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' }

// isMadeOf tells whether s has at least one byte, and only such of a class.
func isMadeOf(s string, class func(byte) bool) bool {
	for i := range len(s) {
		if !class(s[i]) {
			return false
		}
	}
	return s != ""
}

// isUUID tells whether s is a UUID as text.
func isUUID(s string) bool {
	const shape = "00000000-0000-0000-0000-000000000000"
	if len(s) != len(shape) {
		return false
	}
	for i := range len(s) {
		hex := isDigit(s[i]) || 'a' <= s[i] && s[i] <= 'f' || 'A' <= s[i] && s[i] <= 'F'
		if (shape[i] == '-') != (s[i] == '-') || shape[i] == '0' && !hex {
			return false
		}
	}
	return true
}

// isTeam tells whether s is the identifier of a signing team.
func isTeam(s string) bool {
	return len(s) == 10 && isMadeOf(s, func(c byte) bool { return isDigit(c) || 'A' <= c && c <= 'Z' })
}

// isIdentifier tells whether s has the form of a bundle identifier: at least
// two words with dots between them.
func isIdentifier(s string) bool {
	inWord := func(c byte) bool { return isDigit(c) || isLetter(c) || c == '_' || c == '-' }
	words := 0
	for word := range strings.SplitSeq(s, ".") {
		if !isMadeOf(word, inWord) {
			return false
		}
		words++
	}
	return words > 1 && (isDigit(s[0]) || isLetter(s[0]))
}

// isVersion tells whether s is a version of macOS since 11: 26.6.1.
func isVersion(s string) bool {
	numbers := strings.Split(s, ".")
	if len(numbers) > 3 || len(numbers[0]) != 2 {
		return false
	}
	for _, n := range numbers {
		if !isMadeOf(n, isDigit) {
			return false
		}
	}
	return true
}
