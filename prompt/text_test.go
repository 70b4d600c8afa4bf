package prompt

import "testing"

func TestOneLine(t *testing.T) {
	for text, want := range map[string]string{
		"":                          "",
		" macOS \r\n26.7 ":          "macOS 26.7",
		"the\n\thelp\x00desk \x1b[": "the help desk [",
		"a\u00a0b":                  "a\u00a0b",
		"\xff":                      "\uFFFD",
		"\x07":                      "",
	} {
		if got := OneLine(text); got != want {
			t.Errorf("OneLine(%q) = %q, want %q", text, got, want)
		}
	}
	if got := (Item{Name: "Safari\n27"}).ShownName(); got != "Safari 27" {
		t.Errorf("an update is called %q", got)
	}
}
