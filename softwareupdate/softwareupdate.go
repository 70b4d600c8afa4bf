// Package softwareupdate speaks with softwareupdate(8), Apple's updater: it
// checks for updates, says which are in scope, downloads and installs them.
//
// What must hold here:
//
//   - A label goes back to the tool byte for byte, as one argument. One that
//     could be read as an option, or that holds control characters, is
//     refused and never given to the tool.
//   - A check has one of three outcomes. None is said only by Apple's own
//     sentence; whatever cannot be read is Unknown, and Unknown is never None.
//   - Updates are downloaded and installed by naming labels. The tool's --all
//     and --recommended are never used, because they include upgrades to a
//     newer major version of macOS.
//   - The exit status proves nothing, neither success nor failure. The text
//     the tool prints is judged instead.
//   - Titles come from Apple's catalogue and are data: they are never part of
//     a command, a pattern or a format string.
//
// Parsing and judging are functions over values. Tool is the thin shell that
// runs programs.
package softwareupdate

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"installordefer/internal/macos"
)

// A Label names an update to Apple's updater. It holds the exact bytes that
// the updater printed, which need not be valid UTF-8.
type Label string

// Shown returns the label for people to read: on one line, blanks of every
// kind and length made one, and what cannot be shown replaced. It is for
// showing and matching only and never goes back to the tool.
func (l Label) Shown() string { return shown(string(l)) }

// Build returns the build of macOS that a label ends in, as in
// "macOS Tahoe 26.7-25G229", or "" when it ends in none.
func (l Label) Build() string {
	i := strings.LastIndexByte(string(l), '-')
	if i < 0 || !macos.IsBuild(string(l[i+1:])) {
		return ""
	}
	return string(l[i+1:])
}

// maxLabel bounds a label, in bytes. Apple's are shorter than 100.
const maxLabel = 1000

// refusal says why a label must not be given to the tool; "" means it may.
func (l Label) refusal() string {
	switch {
	case strings.Trim(string(l), blanks) == "":
		return "it is empty"
	case len(l) > maxLabel:
		return fmt.Sprintf("it is longer than %d bytes", maxLabel)
	case l[0] == '-':
		return "it starts with a hyphen, so the updater would read it as an option"
	case strings.ContainsFunc(string(l), unicode.IsControl):
		return "it contains control characters"
	}
	return ""
}

// An Action is what an update asks of the Mac after it is installed.
type Action int

const (
	ActionNone Action = iota
	// ActionRestart also stands for every action that is not known.
	ActionRestart
	// ActionShutdown means that a restart does not finish the update.
	ActionShutdown
)

func (a Action) String() string {
	switch a {
	case ActionNone:
		return "none"
	case ActionShutdown:
		return "shutdown"
	default:
		return "restart"
	}
}

// An Update is one entry of Apple's list.
type Update struct {
	Label Label
	// Title and Version are as Apple printed them, without the blanks and
	// commas at their ends. Either may be empty. Titles may be translated.
	Title, Version string
	// SizeKiB is the size of this Mac's download, not the space needed; -1
	// where it is unknown.
	SizeKiB     int64
	Recommended bool
	Action      Action
	// Deferred is true when Apple says that MDM holds the update back. Not
	// every release of macOS says so.
	Deferred bool
	// Incomplete is true when the list has the label but lacks what is needed
	// to decide about it: any readable details, or both whether the update is
	// recommended and what it asks of the Mac.
	Incomplete bool
}

// Name returns what people call the update, on one line: the title, with the
// version where the title has none. Without a title it is the label. It is the
// only rule for names: whoever shows an update shows this, and no version
// behind it.
func (u Update) Name() string {
	title, version := shown(u.Title), shown(u.Version)
	if title == "" {
		return u.Label.Shown()
	}
	lastWord := title[strings.LastIndexByte(title, ' ')+1:]
	if strings.Contains(title, version) || strings.ContainsAny(lastWord, "0123456789") || u.Kind() == KindRapid {
		return title
	}
	return title + " " + version
}

// An Outcome is what a check found out.
type Outcome int

const (
	// Unknown means that the check failed. Nothing may be concluded from it.
	Unknown Outcome = iota
	// Updates means that Apple listed at least one update.
	Updates
	// None means that Apple said in its own words that there is none.
	None
)

func (o Outcome) String() string {
	switch o {
	case Updates:
		return "updates"
	case None:
		return "none"
	default:
		return "unknown"
	}
}

// A List is the result of one check.
type List struct {
	Outcome Outcome
	// Updates has the entries in Apple's order. Several may have one label.
	Updates []Update
	// Refused has the entries whose labels must not be given to the tool.
	Refused []RefusedLabel
	// Partial is true when entries may be missing, because Apple reported an
	// error beside the list or part of it is lost. Then nothing follows from
	// an update that is not listed.
	Partial bool
	// Warnings has what is worth a line in the log, in plain words.
	Warnings []string
	// Err says why Outcome is Unknown; otherwise it is nil.
	Err error
}

// A RefusedLabel is an entry that cannot be installed because its label must
// not be given to the tool.
type RefusedLabel struct {
	Update Update
	// Reason completes the sentence "The label is refused because …".
	Reason string
}

func (r RefusedLabel) String() string {
	return fmt.Sprintf("Apple's list has an update with the label %.100q, which is refused because %s. The update is left alone.",
		string(r.Update.Label), r.Reason)
}

// blanks are the blanks that may be cut from Apple's lines. The no-break
// space is not one of them: it can be part of a label.
const blanks = " \t"

// shown makes text from Apple's catalogue fit to be read on one line: valid
// UTF-8, every run of blanks one blank, and nothing that steers a terminal or
// turns the direction of writing.
func shown(s string) string {
	var b strings.Builder
	blank := false
	for _, r := range s {
		if unicode.IsSpace(r) {
			blank = true
			continue
		}
		if blank && b.Len() > 0 {
			b.WriteByte(' ')
		}
		blank = false
		if unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) {
			r = utf8.RuneError
		}
		b.WriteRune(r)
	}
	return b.String()
}
