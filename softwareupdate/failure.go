package softwareupdate

import (
	"fmt"
	"strconv"
	"strings"
)

// An Operation is what Apple's updater was asked to do.
type Operation string

const (
	checking    Operation = "check for updates"
	downloading Operation = "download"
	installing  Operation = "install"
)

// A FailureKind says why Apple's updater failed, as far as it said so itself.
type FailureKind int

const (
	FailureUnknown FailureKind = iota
	// FailureNetwork: Apple's servers could not be reached.
	FailureNetwork
	// FailureSpace: the disk lacks free space; see Failure.Needed.
	FailureSpace
	// FailureAuthentication: the password of a volume owner is needed, and
	// none was given.
	FailureAuthentication
	// FailurePassword: the password that was given was not accepted. Some
	// releases refuse right ones, too.
	FailurePassword
	// FailureNoSuchUpdate: Apple does not offer an update by this label.
	FailureNoSuchUpdate
	// FailureGone: Apple offers no update at all any more.
	FailureGone
	// FailureHung: the updater took too long, or made no progress, and was
	// ended.
	FailureHung
	// FailureRefused: the updater was not started, because the order could
	// not be given to it safely.
	FailureRefused
)

var failureKinds = [...]string{"unknown", "network", "space", "authentication", "password",
	"no such update", "gone", "hung", "refused"}

func (k FailureKind) String() string { return failureKinds[k] }

// A Failure is the error of a check, a download or an installation. Its text
// is made of plain sentences for the log.
type Failure struct {
	Operation Operation
	Kind      FailureKind
	// Label is the update concerned; "" if that is not certain.
	Label Label
	// Needed is the free space that the updater asks for, in bytes; 0 if it
	// gave no number.
	Needed int64
	// Downloaded is true when the update is on the disk all the same.
	Downloaded bool
	// Detail says more, mostly in the updater's own words; it may be "".
	Detail string
	// Tail has the last lines that the updater printed.
	Tail []string
	// Err is the error of the process, if it had one.
	Err error
}

func (f *Failure) Unwrap() error { return f.Err }

// Error says what happened, what it means and what happens next.
func (f *Failure) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "Apple's updater could not %s", f.Operation)
	if f.Label != "" {
		fmt.Fprintf(&b, " %q", f.Label.Shown())
	}
	fmt.Fprintf(&b, ": %s.", strings.TrimSuffix(f.why(), "."))
	if f.Downloaded {
		b.WriteString(" It is on the disk, though.")
	}
	b.WriteString(" " + f.next())
	return b.String()
}

// why completes "Apple's updater could not …:".
func (f *Failure) why() string {
	said := ""
	if f.Detail != "" {
		said = fmt.Sprintf(" (it said: %s)", f.Detail)
	}
	switch f.Kind {
	case FailureNetwork:
		return "Apple's servers cannot be reached" + said
	case FailureSpace:
		if f.Needed > 0 {
			return fmt.Sprintf("the disk has too little free space, %.2f GB in all are needed", float64(f.Needed)/1e9)
		}
		return "the disk has too little free space" + said
	case FailureAuthentication:
		return "on this Mac it needs the password of a volume owner"
	case FailurePassword:
		return "it did not accept the password of the volume owner"
	case FailureNoSuchUpdate:
		return "Apple does not offer it to this Mac any more"
	case FailureGone:
		return "Apple offers no update to this Mac any more"
	case FailureHung:
		return "it hung and was ended"
	}
	switch {
	case f.Detail != "":
		return f.Detail
	case f.Err != nil:
		return f.Err.Error()
	case len(f.Tail) > 0:
		return fmt.Sprintf("it said neither that it succeeded nor why it failed, and ended with %q", f.Tail[len(f.Tail)-1])
	default:
		return "it printed nothing"
	}
}

// next says what follows, in a sentence of its own.
func (f *Failure) next() string {
	switch {
	case f.Kind == FailureRefused:
		return "The updater was not started, and the update is left alone."
	case f.Operation == checking:
		return "Nothing is concluded from that; what the last check found stays true until one succeeds."
	case f.Kind == FailureNoSuchUpdate, f.Kind == FailureGone:
		return "The next check shows what has taken its place."
	case f.Kind == FailureSpace:
		return "It stays due and is tried again; until there is room it cannot succeed."
	case f.Kind == FailureAuthentication:
		return "The person at the Mac can install it in Software Update."
	case f.Kind == FailurePassword:
		return "The update stays due, and the password is not kept."
	case f.Operation == downloading:
		return "The prompt does not wait for it; installing downloads it, too."
	default:
		return "The update stays due, and the next check tells whether it was installed all the same."
	}
}

func scanFailure(text string) error {
	kind, _ := failureIn(text)
	return &Failure{Operation: checking, Kind: kind, Detail: text}
}

func unreadable(why string) error {
	return &Failure{Operation: checking, Detail: why}
}

// What Apple's updater prints when it fails. Its sentences can be translated;
// the names and numbers in them are not.

// failureIn tells whether a line reports a failure, and of which kind.
func failureIn(text string) (kind FailureKind, failed bool) {
	said := plain(text)
	switch {
	case strings.HasSuffix(text, ": No such update"):
		return FailureNoSuchUpdate, true
	case text == "No updates are available.":
		return FailureGone, true
	case strings.HasPrefix(said, tooLittleSpace):
		return FailureSpace, true
	case strings.HasPrefix(said, "failed to authenticate"), strings.Contains(said, "password rejected"):
		return FailureAuthentication, true
	case isNetwork(said):
		return FailureNetwork, true
	default:
		return FailureUnknown, isFailure(said)
	}
}

const tooLittleSpace = "not enough free disk space"

// isNetwork tells whether a plain line says that Apple's servers could not be
// reached.
func isNetwork(said string) bool {
	// The second form is the older one.
	for _, form := range [...]string{"nsurlerrordomain code=-", "nsurlerrordomain error -"} {
		for code := range after(said, form) {
			n := digits(code)
			switch code[:n] {
			case "1001", "1003", "1004", "1005", "1006", "1009", "1018", "1020":
				if n == len(code) || !isWord(code[n]) {
					return true
				}
			}
		}
	}
	return containsAny(said, "cant connect", "cannot connect", "not connected to the internet",
		"appears to be offline", "network connection was lost", "didnt get a response from the apple")
}

// isFailure tells whether a plain line reports a failure of any kind. Apple
// puts an error's domain and number into the sentence in every language.
func isFailure(said string) bool {
	for domain := range after(said, "error domain=") {
		n := leading(domain, len(domain), isWord)
		code, ok := strings.CutPrefix(domain[n:], " code=")
		if n > 0 && ok && digits(strings.TrimPrefix(code, "-")) > 0 {
			return true
		}
	}
	return hasErrorNumber(said) || containsAny(said, "msu_err_", "errordomain") ||
		hasAnyPrefix(said, "failed to ", "error downloading ", "install failed with error", "couldnt communicate",
			"softwareupdate: unrecognized option", "softwareupdate: invalid option")
}

// hasErrorNumber tells whether a plain line has the older form of an error's
// domain and number, as in "PKDownloadError error 8".
func hasErrorNumber(said string) bool {
	const mark = " error "
	for i := 1; i < len(said); i++ {
		code, ok := strings.CutPrefix(said[i:], mark)
		if ok && isWord(said[i-1]) && digits(strings.TrimPrefix(code, "-")) > 0 {
			return true
		}
	}
	return false
}

// neededIn returns the free space, in bytes, that a line asks for; 0 if none.
func neededIn(text string) int64 {
	rest, ok := strings.CutPrefix(plain(text), tooLittleSpace)
	if !ok {
		return 0
	}
	for size := range after(rest, "a total of ") {
		if n, ok := bytesIn(size); ok {
			return n
		}
	}
	return 0
}

// bytesIn reads a size such as "12.5 gb" at the beginning of s. One that no
// disk has counts as 0.
func bytesIn(s string) (size int64, ok bool) {
	end := digits(s)
	if end > 0 && end < len(s) && (s[end] == '.' || s[end] == ',') {
		if n := digits(s[end+1:]); n > 0 {
			end += 1 + n
		}
	}
	unit := strings.TrimPrefix(s[end:], " ")
	if end == 0 || len(unit) < 2 || unit[1] != 'b' {
		return 0, false
	}
	factor, ok := map[byte]float64{'k': 1e3, 'm': 1e6, 'g': 1e9, 't': 1e12}[unit[0]]
	if !ok {
		return 0, false
	}
	n, err := strconv.ParseFloat(strings.ReplaceAll(s[:end], ",", "."), 64)
	if err != nil || n > 1e6 {
		return 0, true
	}
	return int64(n * factor), true
}
