package softwareupdate

import (
	"fmt"
	"strings"

	"installordefer/internal/text"
)

// isNoise tells whether a line is one that softwareupdate writes with NSLog: a
// time, its name, its process.
func isNoise(line string) bool {
	rest, ok := cutShape(line, "0000-00-00 00:00:00")
	if !ok {
		return false
	}
	if fraction, ok := strings.CutPrefix(rest, "."); ok {
		n := digits(fraction)
		if n == 0 {
			return false
		}
		rest = fraction[n:]
	}
	if rest, ok = strings.CutPrefix(rest, " softwareupdate["); !ok {
		return false
	}
	process, text, _ := strings.Cut(rest, "]")
	return process != "" && strings.Trim(process, "0123456789abcdef:") == "" && strings.HasPrefix(text, " ")
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

// isScanError tells whether a line says that the check itself failed.
func isScanError(text string) bool {
	// All that matters of a long line is at its beginning.
	said := plain(text[:min(len(text), 300)])
	return hasAnyPrefix(said, "scan finished with error", "cant connect", "cannot connect") || isFailure(said)
}

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
	s := text.Cut(fmt.Sprintf(format, args...), maxNote)
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

// A quote is a line of the tool for the log, which is only made ready for it
// when it gets there.
type quote string

// String cuts first what is far too long: only its beginning is made ready.
func (q quote) String() string { return note(string(q[:min(len(q), 4*maxNote)])) }

// note makes what Apple's tool has said ready for the log.
func note(s string) string { return text.Cut(shown(s), maxNote) }
