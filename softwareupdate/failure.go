package softwareupdate

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
)

// An Operation is what Apple's updater was asked to do.
type Operation string

const (
	Checking    Operation = "check for updates"
	Downloading Operation = "download"
	Installing  Operation = "install"
)

// A FailureKind says why Apple's updater failed, as far as it said so.
type FailureKind int

const (
	FailureUnknown FailureKind = iota
	// FailureNetwork: Apple's servers could not be reached.
	FailureNetwork
	// FailureSpace: the disk has not enough free space; see Failure.Needed.
	FailureSpace
	// FailureAuthentication: the password of a volume owner is needed, and
	// none was given.
	FailureAuthentication
	// FailurePassword: the password that was given was not accepted. Apple's
	// updater is known to refuse right ones, too.
	FailurePassword
	// FailureNoSuchUpdate: Apple no longer offers an update by this label.
	FailureNoSuchUpdate
	// FailureGone: Apple offers no update at all any more.
	FailureGone
	// FailureHung: the updater made no progress and was ended.
	FailureHung
	// FailureRefused: the label was not given to the updater.
	FailureRefused
)

func (k FailureKind) String() string {
	return [...]string{"unknown", "network", "space", "authentication", "password",
		"no such update", "gone", "hung", "refused"}[k]
}

// A Failure is the error of a run of Apple's updater. Its text is made of
// plain sentences for the log.
type Failure struct {
	Operation Operation
	Kind      FailureKind
	// Label is the update concerned; "" if it is not a certain one.
	Label Label
	// Needed is the free space that the updater asks for, in bytes; 0 if it
	// did not say.
	Needed int64
	// Downloaded is true when the update is on the disk all the same.
	Downloaded bool
	// Detail is the updater's own line about it, or "".
	Detail string
	// Tail has the last lines the updater printed.
	Tail []string
	// Err is the underlying error, if there is one.
	Err error
}

func (f *Failure) Unwrap() error { return f.Err }

func (f *Failure) Error() string {
	what := fmt.Sprintf("Apple's updater could not %s", f.Operation)
	if f.Label != "" {
		what += fmt.Sprintf(" %q", f.Label.Shown())
	}
	return what + ": " + f.why() + "."
}

func (f *Failure) why() string {
	switch f.Kind {
	case FailureNetwork:
		return "Apple's servers cannot be reached"
	case FailureSpace:
		if f.Needed > 0 {
			return fmt.Sprintf("the disk has not enough free space, %.2f GB are needed", float64(f.Needed)/1e9)
		}
		return "the disk has not enough free space"
	case FailureAuthentication:
		return "the password of a volume owner is needed"
	case FailurePassword:
		return "the password was not accepted"
	case FailureNoSuchUpdate:
		return "Apple no longer offers it"
	case FailureGone:
		return "Apple offers no update any more"
	case FailureHung:
		return "it made no progress and was ended"
	case FailureRefused:
		return "the label is refused because " + f.Detail
	case FailureUnknown:
	}
	switch {
	case f.Detail != "":
		return f.Detail
	case f.Err != nil:
		return f.Err.Error()
	case len(f.Tail) > 0:
		return fmt.Sprintf("it said neither that it succeeded nor why it failed; its last line is %q", f.Tail[len(f.Tail)-1])
	}
	return "it said nothing"
}

// neededIn returns the free space, in bytes, that a line asks for; 0 if none.
func neededIn(text string) int64 {
	m := spacePattern.FindStringSubmatch(text)
	if m == nil || m[1] == "" {
		return 0
	}
	n, err := strconv.ParseFloat(strings.ReplaceAll(m[1], ",", "."), 64)
	if err != nil {
		return 0
	}
	unit := map[byte]float64{'K': 1e3, 'M': 1e6, 'G': 1e9, 'T': 1e12}[m[2][0]]
	return int64(n * unit)
}

func scanFailure(text string) error {
	kind, _ := failureIn(text)
	return &Failure{Operation: Checking, Kind: kind, Detail: text}
}

func unreadable(why string) error {
	return &Failure{Operation: Checking, Detail: why}
}

var (
	networkPattern = regexp.MustCompile(`(?i)NSURLErrorDomain Code=-(?:1001|1003|1004|1005|1006|1009|1018|1020)\b|(?:can.?t|cannot) connect|not connected to the internet|network connection was lost|didn.?t get a response from the apple`)
	spacePattern   = regexp.MustCompile(`(?i)^not enough free disk space(?:.*?a total of ([0-9.,]+) ?([KMGT]B))?`)
	failedPattern  = regexp.MustCompile(`(?i)^failed to |^error downloading |^install failed with error|^not enough free disk space|error domain=\w+ code=-?\d+ |MSU_ERR_\w+|^softwareupdate: (?:unrecognized|invalid) option|^(?:can.?t|cannot) connect|^couldn.?t communicate`)
)

// failureIn tells whether a line reports a failure, and which.
func failureIn(text string) (kind FailureKind, failed bool) {
	switch {
	case strings.HasSuffix(text, ": No such update"):
		return FailureNoSuchUpdate, true
	case text == "No updates are available.":
		return FailureGone, true
	case spacePattern.MatchString(text):
		return FailureSpace, true
	case strings.Contains(text, "Password rejected"), strings.HasPrefix(strings.ToLower(text), "failed to authenticate"):
		return FailureAuthentication, true
	case networkPattern.MatchString(text):
		return FailureNetwork, true
	case failedPattern.MatchString(text):
		return FailureUnknown, true
	}
	return FailureUnknown, false
}
