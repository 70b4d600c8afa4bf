package softwareupdate

import (
	"bytes"
	"slices"
	"strings"

	"installordefer/internal/tool"
)

// A transcript follows one download or installation line by line.
type transcript struct {
	operation Operation
	labels    []Label
	password  []byte
	progress  func(Progress)

	current    Label // the update that lines without a title are about
	downloaded []Label
	staged     []Label
	done       []Label
	failure    *Failure // the last failure that nothing has made good since
	finished   bool     // the updater has said its last word
	restart    bool
	shutdown   bool
	tail       tail
}

func (t *transcript) line(l tool.Line) {
	if len(t.password) > 0 && bytes.Contains(l.Text, t.password) {
		t.tail.add("(a line that contained the password is left out)")
		return
	}
	text := strings.Trim(string(l.Text), blanks)
	if isNoise(text) {
		return
	}
	s := readStep(text)
	if s.kind != stepFraction {
		t.tail.add(text)
	}
	if s.kind == stepOther {
		t.failed(text)
		return
	}
	t.step(s)
}

func (t *transcript) step(s step) {
	if s.title != "" && s.kind != stepSearching {
		t.current = t.labelOf(s)
	}
	switch s.kind {
	case stepSearching:
		t.report(PhaseSearching, -1)
	case stepFraction:
		t.report(s.phase, s.fraction)
	case stepDownloading:
		t.report(PhaseDownloading, -1)
	case stepInstalling:
		t.report(PhaseInstalling, -1)
	case stepDownloaded:
		t.madeGood(&t.downloaded)
		t.report(t.phaseAfterDownload(), 1)
	case stepStaged:
		t.madeGood(&t.downloaded)
		t.madeGood(&t.staged)
		t.report(PhaseStaged, 1)
	case stepInstalled:
		t.madeGood(&t.done)
		t.report(PhaseDone, 1)
	case stepFinished:
		t.finished = true
	case stepRestart:
		t.restart = true
	case stepShutdown:
		t.shutdown = true
	}
	t.finished = t.finished || t.complete()
}

// madeGood notes that the current update reached a step, which settles a
// failure that was reported about it before.
func (t *transcript) madeGood(reached *[]Label) {
	*reached = append(*reached, t.current)
	if t.failure != nil && (t.failure.Label == "" || t.failure.Label == t.current) {
		t.failure = nil
	}
}

func (t *transcript) phaseAfterDownload() Phase {
	if t.operation == Downloading {
		return PhaseDone
	}
	return PhaseInstalling
}

// complete tells whether every update has come as far as it can in this run.
func (t *transcript) complete() bool {
	if t.operation == Downloading {
		return len(t.downloaded) >= len(t.labels)
	}
	return len(t.done)+len(t.staged) >= len(t.labels)
}

func (t *transcript) report(p Phase, fraction float64) {
	if t.progress != nil {
		t.progress(Progress{Label: t.current, Phase: p, Fraction: fraction})
	}
}

// labelOf finds the label that a title belongs to. A label usually begins
// with its title; where none does, it is certain only for the one label left.
func (t *transcript) labelOf(s step) Label {
	if len(t.labels) == 1 {
		return t.labels[0]
	}
	title := shown(s.title)
	var best Label
	for _, l := range t.labels {
		if strings.HasPrefix(l.Shown(), title) && (best == "" || t.ended(best) && !t.ended(l)) {
			best = l
		}
	}
	return best
}

func (t *transcript) ended(l Label) bool {
	return slices.Contains(t.done, l) || slices.Contains(t.staged, l)
}

func (t *transcript) failed(text string) {
	kind, failed := failureIn(text)
	if !failed {
		return
	}
	// "No updates are available." follows the line that names the reason.
	if kind == FailureGone && t.failure != nil {
		return
	}
	f := &Failure{Operation: t.operation, Kind: kind, Detail: shortened(shown(text)), Label: t.labelIn(text)}
	if kind == FailureSpace {
		f.Needed = neededIn(text)
	}
	if kind == FailureAuthentication && len(t.password) > 0 {
		f.Kind = FailurePassword
	}
	t.failure = f
}

// labelIn finds the label that a line about a failure is about.
func (t *transcript) labelIn(text string) Label {
	for _, l := range t.labels {
		if strings.Contains(text, string(l)) {
			return l
		}
	}
	if len(t.labels) == 1 {
		return t.labels[0]
	}
	return t.current
}
