package main

import (
	"os"
	"slices"
	"strings"
	"testing"
)

// TestThePageOfExitCodesHoldsThoseOfTheHelp compares the page with what the help
// of each command says.
func TestThePageOfExitCodesHoldsThoseOfTheHelp(t *testing.T) {
	page, err := os.ReadFile("../../docs/exit-codes.md")
	if err != nil {
		t.Fatal(err)
	}
	var there []string
	for line := range strings.Lines(string(page)) {
		if strings.HasPrefix(line, "| `"+program().Name+" ") {
			there = append(there, strings.TrimSpace(line))
		}
	}
	if want := program().ExitCodes(); !slices.Equal(there, want) {
		t.Errorf("the page has not these rows, in this order:\n%s", strings.Join(want, "\n"))
	}
}
