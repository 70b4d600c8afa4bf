package mac

import (
	"strconv"
	"strings"
	"time"
)

// An Assertion is what a process has told macOS it is doing, so that the Mac or
// its display does not sleep meanwhile.
type Assertion struct {
	PID     int
	Process string
	Type    string // NoDisplaySleepAssertion ...
	Name    string // what the process calls it
	// For is how long it has been held.
	For time.Duration
	// CreatedFor is the process that it was taken for; 0 where none is named.
	CreatedFor int
	// Resources are what it holds: audio-in, audio-out, a device.
	Resources []string
}

// mostAssertions bounds what is kept: a Mac has some dozens.
const mostAssertions = 1000

// ParseAssertions reads the list of "pmset -g assertions". Names of processes
// may hold parentheses and what they say may hold quotes, so a line is taken
// apart from both its ends. Lines that begin with a tab belong to the assertion
// above them. What is not understood is left out.
func ParseAssertions(pmset []byte) []Assertion {
	var all []Assertion
	for line := range strings.Lines(string(pmset)) {
		line = strings.TrimRight(line, " \t\r\n")
		if detail, ok := strings.CutPrefix(line, "\t"); ok {
			if len(all) > 0 {
				all[len(all)-1].detail(strings.TrimSpace(detail))
			}
			continue
		}
		if a, ok := assertionLine(strings.TrimSpace(line)); ok && len(all) < mostAssertions {
			all = append(all, a)
		}
	}
	return all
}

// assertionLine reads a line such as
//
//	pid 821(FaceTime): [0x0000a70900019879] 00:12:44 PreventUserIdleDisplaySleep named: "Ongoing A/V conference"
func assertionLine(line string) (Assertion, bool) {
	rest, ok := strings.CutPrefix(line, "pid ")
	if !ok {
		return Assertion{}, false
	}
	head, tail, ok := cutLast(rest, "): [0x")
	if !ok {
		return Assertion{}, false
	}
	number, process, ok := strings.Cut(head, "(")
	pid, err := strconv.Atoi(number)
	if !ok || err != nil {
		return Assertion{}, false
	}
	_, tail, ok = strings.Cut(tail, "] ")
	if !ok {
		return Assertion{}, false
	}
	held, tail, ok := strings.Cut(tail, " ")
	if !ok {
		return Assertion{}, false
	}
	a := Assertion{PID: pid, Process: process, For: hours(held)}
	a.Type, tail, _ = strings.Cut(tail, " ")
	if name, ok := strings.CutPrefix(tail, `named: "`); ok {
		a.Name = strings.TrimSuffix(name, `"`)
	}
	return a, a.Type != ""
}

// cutLast is strings.Cut around the last separator before the name of the
// assertion, in which anything may stand.
func cutLast(s, sep string) (before, after string, ok bool) {
	end := strings.Index(s, `named: "`)
	if end < 0 {
		end = len(s)
	}
	i := strings.LastIndex(s[:end], sep)
	if i < 0 {
		return "", "", false
	}
	return s[:i], s[i+len(sep):], true
}

func (a *Assertion) detail(line string) {
	if pid, ok := strings.CutPrefix(line, "Created for PID: "); ok {
		a.CreatedFor, _ = strconv.Atoi(strings.TrimSuffix(pid, "."))
	}
	if list, ok := strings.CutPrefix(line, "Resources: "); ok {
		a.Resources = strings.Fields(list)
	}
}

// hours reads a time such as 102:14:07. One that is not understood is no time
// at all.
func hours(s string) time.Duration {
	parts := strings.Split(s, ":")
	if len(parts) != 3 {
		return 0
	}
	var d time.Duration
	for i, unit := range []time.Duration{time.Hour, time.Minute, time.Second} {
		n, err := strconv.ParseUint(parts[i], 10, 20)
		if err != nil {
			return 0
		}
		d += time.Duration(n) * unit
	}
	return d
}
