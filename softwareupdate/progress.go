package softwareupdate

import (
	"strconv"
	"strings"
)

// A Phase is what Apple's updater is doing.
type Phase int

const (
	// PhaseSearching: it looks the updates up again before it begins.
	PhaseSearching Phase = iota
	PhaseDownloading
	// PhasePreparing: the download is there and is made ready. For macOS this
	// is the longer part.
	PhasePreparing
	PhaseInstalling
	// PhaseStaged: an update of macOS is downloaded and prepared. Nothing is
	// installed yet; a restart by the updater does that.
	PhaseStaged
	// PhaseDone: one update is downloaded or installed, as ordered.
	PhaseDone
)

func (p Phase) String() string {
	return [...]string{"searching", "downloading", "preparing", "installing", "staged", "done"}[p]
}

// A Progress says how far Apple's updater is with one update.
type Progress struct {
	// Label is the update concerned, "" while that is not certain.
	Label Label
	Phase Phase
	// Fraction runs from 0 to 1 over download and preparation together; it
	// is -1 where Apple gives no number.
	Fraction float64
}

// preparingFrom is where the number for macOS goes over from download to
// preparation, as far as is known from the outside.
const preparingFrom = 0.60

// A stepKind is what a line of a download or an installation says.
type stepKind int

const (
	stepOther stepKind = iota
	stepSearching
	stepFraction
	stepDownloading
	stepDownloaded // by the part of the system for everything but macOS
	stepStaged     // by the part of the system for macOS, with a colon
	stepInstalling
	stepInstalled
	stepFinished // "Done." also follows failures
	stepRestart
	stepShutdown
)

// A step is one line of a download or an installation, read.
type step struct {
	kind     stepKind
	title    string  // of the update, where the line names one
	word     string  // what a number counts, as Apple prints it
	phase    Phase   // of a number
	fraction float64 // of a number
}

// readStep reads one line of a download or an installation. Lines name
// titles, never labels.
func readStep(line string) step {
	text := strings.Trim(line, blanks)
	if word, number, ok := cutFraction(text); ok {
		return fractionStep(word, number)
	}
	for _, s := range []struct {
		prefix string
		kind   stepKind
	}{
		{"Finding available software", stepSearching},
		{"Downloaded: ", stepStaged},
		{"Downloaded ", stepDownloaded},
		{"Downloading ", stepDownloading},
		{"Installing ", stepInstalling},
		{"Done with ", stepInstalled},
		{"Installed ", stepInstalled},
		{"Done.", stepFinished},
	} {
		if title, ok := strings.CutPrefix(text, s.prefix); ok {
			return step{kind: s.kind, title: title}
		}
	}
	switch {
	case strings.Contains(text, "must shut down"),
		strings.Contains(text, "Please call halt"),
		strings.Contains(text, "select Shut Down from the Apple menu"):
		return step{kind: stepShutdown}
	case strings.Contains(text, "requires that you restart"):
		return step{kind: stepRestart}
	}
	return step{kind: stepOther}
}

// cutFraction cuts a line such as "Downloading: 12.34%".
func cutFraction(text string) (word, number string, ok bool) {
	word, number, _ = strings.Cut(text, ": ")
	number, ok = strings.CutSuffix(number, "%")
	whole, decimals, dotted := strings.Cut(number, ".")
	ok = ok && isNumber(whole, 3) && (!dotted || isNumber(decimals, 6))
	return word, number, ok && (word == "Downloading" || word == "Preparing" || word == "Installing")
}

func fractionStep(word, number string) step {
	n, _ := strconv.ParseFloat(number, 64) // cutFraction has looked at it
	s := step{kind: stepFraction, word: word, fraction: min(n/100, 1), phase: PhaseDownloading}
	switch {
	case word == "Installing":
		s.phase = PhaseInstalling
	case word == "Preparing", s.fraction > preparingFrom:
		s.phase = PhasePreparing
	}
	return s
}

// maxSteps bounds how many different lines count as progress, so that a tool
// which prints ever new ones cannot keep itself alive without end.
const maxSteps = 1000

// A gauge tells progress from mere output: a number must grow, and a line
// about a step must be new. A tool that repeats "60.00%" for ever does not
// progress.
type gauge struct {
	highest map[string]float64 // by the word before the number
	seen    map[string]bool
}

func newGauge() *gauge {
	return &gauge{highest: map[string]float64{}, seen: map[string]bool{}}
}

func (g *gauge) progressed(line string) bool {
	s := readStep(line)
	switch {
	case s.kind == stepOther, s.kind == stepSearching:
		// An updater that hangs outside of the session has searched before.
		return false
	case s.kind == stepFraction:
		if s.fraction <= g.highest[s.word] {
			return false
		}
		g.highest[s.word] = s.fraction
		return true
	case g.seen[line] || len(g.seen) == maxSteps:
		return false
	}
	g.seen[line] = true
	// Each update is counted from 0.
	clear(g.highest)
	return true
}
