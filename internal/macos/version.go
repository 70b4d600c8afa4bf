// Package macos knows the versions of macOS: how they are written and how they
// sort. Several rooms speak of them; none of them owns the word.
package macos

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// A Version is a version of macOS, such as 26.3.1 or 26.3.1 (a). The zero
// Version stands for one that is not known.
type Version struct {
	numbers []int
	// rapid is the letter of a Rapid Security Response or a Background
	// Security Improvement, "" without one.
	rapid string
}

// ParseVersion reads a version as Apple writes it: numbers with dots between
// them and, optionally, the letter of a rapid response in parentheses.
func ParseVersion(s string) (Version, error) {
	text := strings.Trim(s, " \t")
	n := numbersIn(text)
	rapid, ok := rapidLetter(text[n:])
	if n == 0 || !ok {
		return Version{}, fmt.Errorf("%.40q is not a version of macOS; one looks like 26.6.1 or 26.3.1 (a)", s)
	}
	v := Version{rapid: rapid}
	for part := range strings.SplitSeq(text[:n], ".") {
		n, _ := strconv.Atoi(part) // maxDigits always fit into 64 bits
		v.numbers = append(v.numbers, n)
	}
	return v, nil
}

// Known tells whether v is a version at all.
func (v Version) Known() bool { return len(v.numbers) > 0 }

// Rapid tells whether v is the version of a rapid update, with a letter.
func (v Version) Rapid() bool { return v.rapid != "" }

// Compare returns -1, 0 or +1 as v sorts before, with or after w. Missing
// numbers count as 0; "26.3.1 (a)" sorts after "26.3.1".
func (v Version) Compare(w Version) int {
	for i := range max(len(v.numbers), len(w.numbers)) {
		if c := cmp.Compare(v.number(i), w.number(i)); c != 0 {
			return c
		}
	}
	if c := cmp.Compare(len(v.rapid), len(w.rapid)); c != 0 {
		return c
	}
	return cmp.Compare(v.rapid, w.rapid)
}

func (v Version) number(i int) int {
	if i < len(v.numbers) {
		return v.numbers[i]
	}
	return 0
}

// Major returns the major version: the first number, or the first two up to
// 10.15, where the second one counted.
func (v Version) Major() Version {
	n := 1
	if v.number(0) == 10 {
		n = 2
	}
	return Version{numbers: slices.Clone(v.numbers[:min(n, len(v.numbers))])}
}

// Numbers returns the version without the letter of a rapid response.
func (v Version) Numbers() Version { return Version{numbers: v.numbers} }

// Before tells whether v is known and sorts before the version with the given
// numbers.
func (v Version) Before(numbers ...int) bool {
	return v.Known() && v.Compare(Version{numbers: numbers}) < 0
}

func (v Version) String() string {
	if !v.Known() {
		return "an unknown version"
	}
	parts := make([]string, len(v.numbers))
	for i, n := range v.numbers {
		parts[i] = strconv.Itoa(n)
	}
	s := strings.Join(parts, ".")
	if v.rapid != "" {
		s += " (" + v.rapid + ")"
	}
	return s
}

// Bounds of a version: how many numbers, of how many digits, and how many
// letters.
const (
	maxNumbers = 8
	maxDigits  = 10
	maxLetters = 3
)

// numbersIn returns the length of the numbers with dots between them that s
// begins with.
func numbersIn(s string) int {
	end := 0
	for i := range maxNumbers {
		from := end
		if i > 0 {
			if !strings.HasPrefix(s[end:], ".") {
				break
			}
			from++
		}
		n := leading(s[from:], maxDigits, isDigit)
		if n == 0 {
			break
		}
		end = from + n
	}
	return end
}

// rapidLetter reads what follows the numbers of a version: nothing, or a
// letter in parentheses.
func rapidLetter(s string) (letter string, ok bool) {
	if s == "" {
		return "", true
	}
	letter, ok = strings.CutPrefix(strings.TrimPrefix(s, " "), "(")
	if !ok {
		return "", false
	}
	letter, ok = strings.CutSuffix(letter, ")")
	small := leading(letter, maxLetters, func(c byte) bool { return 'a' <= c && c <= 'z' })
	return letter, ok && letter != "" && small == len(letter)
}

// FirstVersion returns the first version in a text, as 10.15.7 in "macOS
// Catalina 10.15.7 Update".
func FirstVersion(s string) Version {
	s = s[max(strings.IndexAny(s, "0123456789"), 0):]
	v, err := ParseVersion(s[:numbersIn(s)])
	if err != nil {
		return Version{}
	}
	return v
}

func isDigit(c byte) bool { return '0' <= c && c <= '9' }

// leading counts the bytes of a class that s begins with, up to most.
func leading(s string, most int, class func(byte) bool) int {
	n := 0
	for n < len(s) && n < most && class(s[n]) {
		n++
	}
	return n
}

// IsBuild tells whether s is a build of macOS, such as 25G72 or 22E772610a.
func IsBuild(s string) bool {
	if len(s) < 4 || leading(s, 2, isDigit) < 2 || s[2] < 'A' || s[2] > 'Z' {
		return false
	}
	number := s[3:]
	if last := number[len(number)-1]; 'a' <= last && last <= 'z' {
		number = number[:len(number)-1]
	}
	return number != "" && leading(number, len(number), isDigit) == len(number)
}
