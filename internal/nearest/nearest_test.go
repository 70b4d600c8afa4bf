package nearest

import (
	"strings"
	"testing"
)

func TestWord(t *testing.T) {
	commands := []string{"status", "settings", "reset", "lint", "updates"}
	for _, c := range []struct{ word, want string }{
		{"stauts", "status"}, {"STATUS", "status"}, {"lnt", "lint"}, {"reset", "reset"}, {"setings", "settings"},
		{"", ""}, {"x", ""}, {"xx", ""}, {"elephant", ""}, {strings.Repeat("status", 100), ""},
	} {
		if got := Word(c.word, commands); got != c.want {
			t.Errorf("for %.20q it is %q, want %q", c.word, got, c.want)
		}
	}
}

func TestDistance(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want int
	}{{"", "", 0}, {"", "abc", 3}, {"abc", "", 3}, {"abc", "abd", 1}, {"abc", "ab", 1}, {"ab", "ba", 2}, {"kitten", "sitting", 3}} {
		if got := distance(c.a, c.b); got != c.want {
			t.Errorf("distance(%q, %q) = %d, want %d", c.a, c.b, got, c.want)
		}
	}
}
