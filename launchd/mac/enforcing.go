package mac

import (
	"bytes"
	"slices"
	"strings"
	"time"

	"installordefer/internal/clock"
	"installordefer/internal/macos"
)

// InstallLog is where macOS writes what it installs, and why not.
const InstallLog = "/private/var/log/install.log"

// LogTail is how much of the log's end is read: some days of a Mac whose
// enforcement fails every hour.
const LogTail = 256 << 10

// An Enforcing is how far Apple has come with a declaration that is past due.
type Enforcing struct {
	// Next is the time to which Apple has put off the restart; not known where
	// the log names none. Apple pads a date that has passed by about an hour, and
	// again after each failure.
	Next clock.Civil
	// Tries is how many times it has done so.
	Tries int
	// Gone is true where Apple no longer offers the version.
	Gone bool
}

// oneTry is more than what is logged of one try can take, and less than an hour, after
// which the next one comes.
const oneTry = 30 * time.Minute

// ParseEnforcing reads what the end of the log says about a version. A line
// counts only where the last declaration named above it is of that version: old
// declarations are logged for ever. One try writes scores of lines, so what counts
// are the different times in them. A version is gone where the last try did not find
// it, before it was put off or after.
func ParseEnforcing(tail []byte, version macos.Version) Enforcing {
	var e Enforcing
	var padded []clock.Civil
	var missed time.Time
	ours := false
	for line := range bytes.Lines(tail) {
		stamp, text, ok := daemonLine(string(bytes.TrimRight(line, "\r\n")))
		if !ok {
			continue
		}
		if v, ok := declaredIn(text); ok {
			ours = v.Known() && v.Compare(version) == 0
		}
		if !ours {
			continue
		}
		if at, ok := paddedIn(text); ok {
			e.Next = at
			if !slices.Contains(padded, at) {
				padded = append(padded, at)
				e.Gone = e.Gone && stamp.Sub(missed) < oneTry
			}
		}
		if strings.Contains(text, "pallasNoPMVMatchFound=true") || strings.Contains(text, "MADownloadNoMatchFound") {
			e.Gone, missed = true, stamp
		}
	}
	e.Tries = len(padded)
	return e
}

// daemonLine returns what Apple's update daemon says in a line of the log, and when, by
// the clock on the wall.
func daemonLine(line string) (stamp time.Time, text string, ok bool) {
	const layout = "2006-01-02 15:04:05"
	if len(line) < len(layout) {
		return stamp, "", false
	}
	stamp, err := time.Parse(layout, line[:len(layout)])
	if err != nil {
		return stamp, "", false
	}
	_, text, ok = strings.Cut(line, " softwareupdated[")
	if !ok {
		return stamp, "", false
	}
	_, text, ok = strings.Cut(text, "]: ")
	return stamp, text, ok
}

// The words before a declaration in the log, from macOS 14 to 27.
var declarationWords = []string{
	"Found currently applicable declaration",
	"Falling back to default applicable declaration",
	"Found DDM enforced install (",
}

// declaredIn returns the version of the declaration that a line is about. It is
// not known where the declaration asks for a build alone.
func declaredIn(text string) (macos.Version, bool) {
	if !slices.ContainsFunc(declarationWords, func(w string) bool { return strings.Contains(text, w) }) {
		return macos.Version{}, false
	}
	_, after, ok := strings.Cut(text, "VersionString:")
	if !ok {
		return macos.Version{}, false
	}
	end := strings.IndexAny(after, "|)")
	if end < 0 {
		end = len(after)
	}
	v, err := macos.ParseVersion(after[:end])
	return v, err == nil || strings.HasPrefix(after, "(null")
}

// paddedIn returns the time to which a line says that the restart is put off.
func paddedIn(text string) (clock.Civil, bool) {
	_, after, ok := strings.Cut(text, "setPastDuePaddedEnforcementDate is set: ")
	if !ok {
		return clock.Civil{}, false
	}
	t, err := time.Parse("Mon Jan _2 15:04:05 2006", strings.TrimSpace(after))
	if err != nil {
		return clock.Civil{}, false
	}
	c, _, err := clock.ParseCivil(t.Format("2006-01-02T15:04:05"))
	return c, err == nil
}
