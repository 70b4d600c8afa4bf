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
	reports   []Progress // that nobody has taken yet

	current    Label  // the update that lines without a title are about
	title      string // its title, as the updater printed it
	downloaded []Label
	staged     []Label
	installed  []Label
	unnamed    int       // updates that came to their end under a title that fits no label
	failures   []failing // that nothing has made good since, one for each update
	lastWord   bool      // nothing more is to be expected from the updater
	restart    bool
	shutdown   bool
	tail       tail
}

// A failing is what the updater said of an update that failed.
type failing struct {
	*Failure
	title string // of an update whose label is not known
}

func (t *transcript) line(l tool.Line) {
	text := strings.Trim(string(l.Text), blanks)
	if text == "" || isNoise(text) {
		return
	}
	s := readStep(text)
	if s.kind != stepFraction {
		t.tail.add(t.withoutPassword(text))
	}
	if s.kind == stepOther {
		t.failed(text)
		return
	}
	t.step(s)
}

// withoutPassword keeps a line that has the password in it out of the log.
func (t *transcript) withoutPassword(text string) string {
	if len(t.password) > 0 && bytes.Contains([]byte(text), t.password) {
		return "(a line that contains the password is left out)"
	}
	return text
}

func (t *transcript) step(s step) {
	if s.title != "" {
		t.current, t.title = t.labelOf(s.title), s.title
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
		t.reached(&t.downloaded, t.operation == downloading)
	case stepStaged:
		t.reached(&t.downloaded, false)
		t.reached(&t.staged, true)
	case stepInstalled:
		t.reached(&t.installed, true)
	case stepFinished:
		t.lastWord = true
	case stepRestart:
		t.restart = true
	case stepShutdown:
		t.shutdown = true
	}
	t.lastWord = t.lastWord || t.complete()
}

// reached notes how far the current update has come, and whether that is the
// end of what was ordered. It settles a failure reported about it before.
func (t *transcript) reached(list *[]Label, end bool) {
	switch {
	case t.current == "" && end:
		t.unnamed++
	case t.current != "" && !slices.Contains(*list, t.current):
		*list = append(*list, t.current)
	}
	t.failures = slices.DeleteFunc(t.failures, failing{&Failure{Label: t.current}, t.title}.same)
	switch {
	case list == &t.staged:
		t.report(PhaseStaged, 1)
	case end:
		t.report(PhaseDone, 1)
	}
}

func (t *transcript) report(p Phase, fraction float64) {
	t.reports = append(t.reports, Progress{Label: t.current, Phase: p, Fraction: fraction})
}

// take returns the reports that have come since the last call.
func (t *transcript) take() []Progress {
	reports := t.reports
	t.reports = nil
	return reports
}

// ended tells whether an update has come as far as was ordered.
func (t *transcript) ended(l Label) bool {
	if t.operation == downloading {
		return slices.Contains(t.downloaded, l)
	}
	return slices.Contains(t.installed, l) || slices.Contains(t.staged, l)
}

// missing returns the labels that have not ended.
func (t *transcript) missing() []Label {
	return slices.DeleteFunc(slices.Clone(t.labels), t.ended)
}

// complete tells whether all updates have ended. One that ended under a title
// that fits no label stands for one of those that are missing.
func (t *transcript) complete() bool { return len(t.missing()) <= t.unnamed }

// labelOf finds the label that a title belongs to. Most labels are the title,
// a hyphen and a version or build; others merely begin with the title. It
// returns "" if none does, unless only one update was ordered anyway.
func (t *transcript) labelOf(title string) Label {
	if len(t.labels) == 1 {
		return t.labels[0]
	}
	title = squeezed(title)
	var best Label
	bestFit := 0
	for _, l := range t.labels {
		fit := 0
		if label := squeezed(string(l)); strings.HasPrefix(label, title) {
			fit = 1
			if !t.ended(l) {
				fit = 2
			}
			if strings.LastIndexByte(label, '-') == len(title) {
				fit += 2
			}
		}
		if fit > bestFit {
			best, bestFit = l, fit
		}
	}
	return best
}

// squeezed leaves the blanks out, which some labels do as well.
func squeezed(s string) string { return strings.ReplaceAll(shown(s), " ", "") }

// failed takes a line that may report a failure.
func (t *transcript) failed(text string) {
	kind, failed := failureIn(text)
	if !failed {
		return
	}
	if kind == FailureAuthentication && len(t.password) > 0 {
		kind = FailurePassword
	}
	label, title := t.labelIn(text)
	f := failing{&Failure{
		Operation: t.operation,
		Kind:      kind,
		Label:     label,
		Needed:    neededIn(text),
		Detail:    note(t.withoutPassword(text)),
	}, title}
	t.blame(f)
	// Without the owner's word a restart applies nothing.
	t.staged = slices.DeleteFunc(t.staged, func(l Label) bool { return f.Label == "" || l == f.Label })
	switch kind {
	case FailureSpace, FailureAuthentication, FailurePassword, FailureNoSuchUpdate, FailureGone:
		t.lastWord = t.lastWord || len(t.labels) == 1
	}
}

// blame keeps a failure, unless what is known already says more: the first line
// about an update names the cause, and summaries come last.
func (t *transcript) blame(f failing) {
	same := slices.IndexFunc(t.failures, f.same)
	switch {
	case len(t.failures) > 0 && (isSummary(f.Detail) || f.Kind == FailureGone):
	case same < 0:
		t.failures = append(t.failures, f)
	case t.failures[same].Kind == FailureUnknown && f.Kind != FailureUnknown, isSummary(t.failures[same].Detail):
		t.failures[same] = f
	}
}

// same tells whether two failures are of one update.
func (f failing) same(g failing) bool {
	return f.Label == g.Label && (f.Label != "" || f.title == g.title)
}

// isSummary tells whether a line says only that something failed before.
func isSummary(text string) bool { return plain(text) == "error downloading updates." }

// labelIn finds the update that a line about a failure is about. Such a line
// names the label itself, or the title in front of a colon, or neither.
func (t *transcript) labelIn(text string) (l Label, title string) {
	for _, l := range t.labels {
		if strings.Contains(text, string(l)) {
			return l, ""
		}
	}
	if len(t.labels) == 1 {
		return t.labels[0], ""
	}
	if title, ok := strings.CutPrefix(text, "Error downloading "); ok {
		title, _, _ = strings.Cut(title, ": ")
		return t.labelOf(title), title
	}
	return t.current, t.title
}
