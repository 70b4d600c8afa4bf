package settings

import "strings"

// isAddress tells whether s is an address with https and a host, in letters that
// need no encoding, and without an account, which only misleads.
func isAddress(s string) bool {
	rest, secure := strings.CutPrefix(s, "https://")
	host, _, _ := strings.Cut(rest, "/")
	odd := func(r rune) bool { return r <= ' ' || r > '~' || strings.ContainsRune("\"<>\\^`{|}", r) }
	return secure && host != "" && !strings.ContainsAny(host, "@?#") && strings.IndexFunc(s, odd) < 0
}

// isTag tells whether s has the form of the tag of a language: a language of
// two or three letters and, behind hyphens, a script of four letters and a
// region of two.
func isTag(s string) bool {
	language, rest, more := strings.Cut(s, "-")
	if n := len(language); n < 2 || n > 3 || !letters(language) {
		return false
	}
	if script, behind, next := strings.Cut(rest, "-"); more && len(script) == 4 && letters(script) {
		rest, more = behind, next
	}
	return !more || len(rest) == 2 && letters(rest)
}

func letters(s string) bool {
	return strings.IndexFunc(s, func(r rune) bool { return !('a' <= r && r <= 'z' || 'A' <= r && r <= 'Z') }) < 0
}
