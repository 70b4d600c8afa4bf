package softwareupdate

import (
	"fmt"
	"regexp"
	"strings"
)

// noisePattern matches what softwareupdate writes with NSLog: a time, its
// name, its process.
var noisePattern = regexp.MustCompile(`^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(?:\.\d+)? softwareupdate\[[0-9a-f:]+\] `)

func isNoise(line string) bool {
	return line != "" && line[0] >= '0' && line[0] <= '9' && noisePattern.MatchString(line)
}

// nothingAvailable is how Apple says that the list is empty. It was English
// on every Mac seen, whatever its language.
const nothingAvailable = "No new software available."

// isFrame tells whether a line belongs to the frame that Apple's updater puts
// around what it has to say.
func isFrame(text string) bool {
	switch text {
	case "Software Update Tool",
		"Finding available software",
		"Software Update found the following new or updated software:",
		"Software Update found the following full installers:":
		return true
	}
	return strings.HasPrefix(text, "Copyright 20") && strings.Contains(text, " Apple")
}

var scanErrorPattern = regexp.MustCompile(`(?i)^(?:scan finished with error|(?:can.?t|cannot) connect|couldn.?t communicate|softwareupdate: (?:unrecognized|invalid) option)`)

func isScanError(text string) bool { return scanErrorPattern.MatchString(text) }

// maxNotes bounds how many notes are kept of one run of the tool, and
// maxNote the length of each, in bytes.
const (
	maxNotes = 20
	maxNote  = 500
)

// notes collects lines for the log, up to a bound and each only once.
type notes struct {
	kept []string
	seen map[string]bool
	more int
}

func (n *notes) add(format string, args ...any) {
	if len(n.kept) == maxNotes {
		n.more++
		return
	}
	s := shortened(fmt.Sprintf(format, args...))
	if n.seen[s] {
		return
	}
	if n.seen == nil {
		n.seen = map[string]bool{}
	}
	n.seen[s] = true
	n.kept = append(n.kept, s)
}

func (n *notes) all() []string {
	if n.more == 0 {
		return n.kept
	}
	return append(n.kept, fmt.Sprintf("%d more lines like these are left out.", n.more))
}

func shortened(s string) string {
	if len(s) <= maxNote {
		return s
	}
	return strings.ToValidUTF8(s[:maxNote], "") + " …"
}
