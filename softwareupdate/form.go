package softwareupdate

import "strings"

// The forms of what Apple's updater prints are matched by hand, not with
// regular expressions: those would be a tenth of the program, and compiling
// them most of the work of a wake that has nothing to do. form_test.go holds
// each form as the expression that it stands for.

func isDigit(c byte) bool { return '0' <= c && c <= '9' }

func isWord(c byte) bool {
	return isDigit(c) || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || c == '_'
}

// leading counts the bytes of a class that s begins with, up to most.
func leading(s string, most int, class func(byte) bool) int {
	n := 0
	for n < len(s) && n < most && class(s[n]) {
		n++
	}
	return n
}

// digits counts the digits that s begins with.
func digits(s string) int { return leading(s, len(s), isDigit) }

// isNumber tells whether s is nothing but 1 to most digits.
func isNumber(s string, most int) bool {
	return s != "" && len(s) <= most && digits(s) == len(s)
}

// cutShape cuts off what has the given shape, in which 0 stands for any digit.
func cutShape(s, shape string) (rest string, ok bool) {
	if len(s) < len(shape) {
		return s, false
	}
	for i := range len(shape) {
		if shape[i] != s[i] && !(shape[i] == '0' && isDigit(s[i])) {
			return s, false
		}
	}
	return s[len(shape):], true
}

// after returns what follows each occurrence of mark in s.
func after(s, mark string) func(yield func(string) bool) {
	return func(yield func(string) bool) {
		for {
			_, rest, found := strings.Cut(s, mark)
			if !found || !yield(rest) {
				return
			}
			s = rest
		}
	}
}

// plain returns a sentence in small letters and without apostrophes, which
// are straight in some releases and curly in others.
func plain(s string) string { return withoutApostrophes(strings.ToLower(s)) }

func withoutApostrophes(s string) string {
	for _, apostrophe := range [...]string{"'", "’", "‘", "ʼ"} {
		s = strings.ReplaceAll(s, apostrophe, "")
	}
	return s
}

func hasAnyPrefix(s string, prefixes ...string) bool {
	for _, p := range prefixes {
		if strings.HasPrefix(s, p) {
			return true
		}
	}
	return false
}

func containsAny(s string, parts ...string) bool {
	for _, p := range parts {
		if strings.Contains(s, p) {
			return true
		}
	}
	return false
}
