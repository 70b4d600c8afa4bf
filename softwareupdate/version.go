package softwareupdate

import (
	"cmp"
	"fmt"
	"regexp"
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

var versionPattern = regexp.MustCompile(`^([0-9]{1,10}(?:\.[0-9]{1,10}){0,7})(?: ?\(([a-z]{1,3})\))?$`)

// ParseVersion reads a version as Apple writes it: numbers with dots between
// them and, optionally, the letter of a rapid response in parentheses.
func ParseVersion(s string) (Version, error) {
	m := versionPattern.FindStringSubmatch(strings.Trim(s, blanks))
	if m == nil {
		return Version{}, fmt.Errorf("%q is not a version of macOS; one looks like 26.6.1 or 26.3.1 (a)", s)
	}
	v := Version{rapid: m[2]}
	for part := range strings.SplitSeq(m[1], ".") {
		n, err := strconv.Atoi(part)
		if err != nil {
			return Version{}, fmt.Errorf("%q is not a version of macOS: %s is too large", s, part)
		}
		v.numbers = append(v.numbers, n)
	}
	return v, nil
}

// Known tells whether v is a version at all.
func (v Version) Known() bool { return len(v.numbers) > 0 }

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

// Before tells whether v is known and sorts before the version with the given
// numbers.
func (v Version) before(numbers ...int) bool {
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

var numberPattern = regexp.MustCompile(`[0-9]{1,10}(?:\.[0-9]{1,10}){0,7}`)

// firstVersion returns the first version in a text, as 10.15.7 in "macOS
// Catalina 10.15.7 Update".
func firstVersion(s string) Version {
	v, err := ParseVersion(numberPattern.FindString(s))
	if err != nil {
		return Version{}
	}
	return v
}
