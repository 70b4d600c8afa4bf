package softwareupdate

import (
	"fmt"
	"path"
	"strings"
)

// Problems reports the patterns of Ignore and Only that cannot be used, in
// plain words. Such a pattern is left out; a setting without a usable pattern
// counts as not set.
func (s Scope) Problems() []string {
	var problems []string
	for _, setting := range []struct {
		name     string
		patterns []string
	}{{"IgnoreUpdates", s.Ignore}, {"OnlyUpdates", s.Only}} {
		for _, p := range setting.patterns {
			if !usable(p) {
				problems = append(problems, fmt.Sprintf("%s has the pattern %q, which is not a valid pattern and is left out.", setting.name, p))
			}
		}
		if len(setting.patterns) > 0 && !hasPattern(setting.patterns) {
			problems = append(problems, fmt.Sprintf("%s has no usable pattern and counts as not set.", setting.name))
		}
	}
	return problems
}

// matchAny returns the first pattern that matches an update's label or title.
func matchAny(patterns []string, u Update) (string, bool) {
	for _, p := range patterns {
		if usable(p) && (match(p, u.Label.Shown()) || match(p, shown(u.Title))) {
			return p, true
		}
	}
	return "", false
}

func hasPattern(patterns []string) bool {
	for _, p := range patterns {
		if usable(p) {
			return true
		}
	}
	return false
}

func usable(pattern string) bool {
	if shown(pattern) == "" {
		return false
	}
	_, err := path.Match(glob(pattern), "")
	return err == nil
}

// match compares a whole text with a shell-style pattern: * stands for any
// characters, ? for one, [a-z] for one of a set, \ takes the next character
// as it is. Upper and lower case are the same.
func match(pattern, text string) bool {
	ok, err := path.Match(glob(pattern), folded(text))
	return ok && err == nil
}

// folded makes patterns and texts comparable. A slash means nothing special
// here, so it is hidden from path.Match, which would not let * match it.
func folded(s string) string {
	return strings.ReplaceAll(strings.ToLower(shown(s)), "/", "\x00")
}

// glob turns a shell-style pattern into one for path.Match, which writes
// [^a-z] for the shell's [!a-z].
func glob(pattern string) string {
	b := []byte(folded(pattern))
	for i := 0; i+1 < len(b); i++ {
		switch {
		case b[i] == '\\':
			i++
		case b[i] == '[' && b[i+1] == '!':
			b[i+1] = '^'
		}
	}
	return string(b)
}
