package main

import (
	"strings"
	"testing"
)

func TestColumnsAreAsWideAsTheirWidestCell(t *testing.T) {
	var b strings.Builder
	rows := table{{"a", "bb", "c"}, {"äöü", "b", "cc"}, {"", ""}}
	if err := rows.write(&b); err != nil {
		t.Fatal(err)
	}
	if want := "a    bb  c\näöü  b   cc\n     \n"; b.String() != want {
		t.Errorf("got %q, want %q", b.String(), want)
	}
}
