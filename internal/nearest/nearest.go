// Package nearest finds the word that somebody has probably meant.
//
// What must hold here: a word that is nothing like any known one gets no answer,
// because a wrong hint is worse than none. The work is bounded whatever is asked.
package nearest

import (
	"slices"
	"strings"
)

// longest is the length of a word that is compared, in bytes. Nobody mistypes
// more.
const longest = 64

// Word returns the known word that differs least from w, whatever is in capitals;
// empty where none is alike.
func Word(w string, known []string) string {
	if len(w) > longest {
		return ""
	}
	best, least := "", min(max(2, len(w)/3)+1, len(w))
	for _, k := range slices.Sorted(slices.Values(known)) {
		if d := distance(strings.ToLower(w), strings.ToLower(k)); d < least {
			best, least = k, d
		}
	}
	return best
}

// distance counts the letters to insert, delete or change to get from a to b.
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			change := diagonal
			if a[i] != b[j] {
				change++
			}
			diagonal = row[j+1]
			row[j+1] = min(change, row[j]+1, diagonal+1)
		}
	}
	return row[len(b)]
}
