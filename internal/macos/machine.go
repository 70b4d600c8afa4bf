package macos

import (
	"strconv"
	"strings"
)

// A Machine is what is known of a Mac without starting a program. It does not
// change while the Mac is up.
type Machine struct {
	Version      string // of the macOS that runs, as 26.6.1
	Build        string // as 25G80
	AppleSilicon bool
}

// Major returns the first number of the version; 0 if there is none.
func (m Machine) Major() int {
	first, _, _ := strings.Cut(m.Version, ".")
	n, err := strconv.Atoi(first)
	if err != nil {
		return 0
	}
	return n
}

// Hardware says in words what kind of Mac it is.
func (m Machine) Hardware() string {
	if m.AppleSilicon {
		return "Apple silicon"
	}
	return "Intel"
}
