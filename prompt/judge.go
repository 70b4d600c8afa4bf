package prompt

import (
	"bytes"
	"cmp"
	"fmt"
	"time"

	"installordefer/internal/text"
)

// TooFast is the time within which no person can have read and answered a
// dialog.
const TooFast = time.Second

// late is how much later than the helper the root job may learn that the dialog
// is on the screen.
const late = TooFast / 2

// early is how much sooner than its time a dialog may say that its time has
// run out: the two processes measure with two clocks.
const early = 2 * time.Second

// JudgeAnswer decides what the helper's output and exit code mean as an answer
// to d. Line is all that the helper wrote; exitCode is -1 when the helper did
// not exit by itself; after is the time from opening the dialog to the answer,
// measured by the caller. It is total, and whatever is not an answer beyond
// doubt is ResultNone with the reason.
func JudgeAnswer(d Dialog, line []byte, exitCode int, after time.Duration) Answer {
	none := func(format string, args ...any) Answer {
		return Answer{Result: ResultNone, After: after, Why: fmt.Sprintf(format, args...)}
	}
	line = bytes.TrimSuffix(line, []byte("\n"))
	if len(line) == 0 {
		return none("%s", endedSilently(exitCode))
	}
	if len(line) > maxLine {
		return none("the helper wrote more than %d bytes", maxLine)
	}
	if bytes.ContainsRune(line, '\n') {
		return none("the helper wrote more than one line")
	}
	var w wireAnswer
	if err := decode(line, maxLine, &w); err != nil {
		clear(w.Secret)
		return none("the helper wrote something that is not an answer") // and may be anything: it stays out of the log
	}
	a := Answer{Result: w.Result, Choice: w.Choice, Secret: w.Secret, After: after}
	if why := objection(d, w, exitCode, after); why != "" {
		a.Secret.Wipe()
		return none("%s", why)
	}
	switch a.Result {
	case ResultNone:
		return none("the helper was told to end before there was an answer")
	case ResultDefer:
	default:
		a.Choice = 0
	}
	return a
}

// judgeEnd decides what the end of a helper means as the answer to d. After is
// the time from opening the dialog to its end; asked is why the caller asked the
// helper to end, empty when it did not.
func judgeEnd(d Dialog, e Ended, after time.Duration, asked string) Answer {
	if e.Why != "" {
		return Answer{Result: ResultNone, After: after, Why: cmp.Or(e.Forced, e.Why)}
	}
	a := JudgeAnswer(d, e.Line, e.ExitCode, after)
	if seen, ok := e.At.Since(e.Shown); ok && a.byHand() {
		if a.After = seen; seen < TooFast-late {
			a.Secret.Wipe()
			a = Answer{Result: ResultNone, After: seen, Why: tooFast(seen)}
		}
	}
	switch {
	case a.Result == ResultNone && e.Forced != "":
		a.Why = e.Forced
	case a.Result == ResultClosed && asked == taken:
		a.Why = taken
	case a.Result == ResultClosed:
		a.Result, a.Why = ResultNone, cmp.Or(asked, "the helper took its dialog away unasked")
	}
	return a
}

// endedSilently says what an exit code without an answer means.
func endedSilently(exitCode int) string {
	switch exitCode {
	case -1:
		return "the helper was killed or crashed"
	case ExitNone:
		return "the helper could not show the dialog, or was told to end"
	case 2:
		return "the helper crashed (exit code 2)"
	default:
		return fmt.Sprintf("the helper ended without an answer (exit code %d)", exitCode)
	}
}

// objection says why w is no answer to d; empty means it is one.
func objection(d Dialog, w wireAnswer, exitCode int, after time.Duration) string {
	code, known := exitCodes[w.Result]
	switch {
	case w.Protocol != protocol:
		return fmt.Sprintf("the answer has protocol version %d, want %d", w.Protocol, protocol)
	case w.ID != d.ID || d.ID == "":
		return "the answer belongs to another dialog"
	case !known:
		return "the answer is of an unknown kind"
	case code != exitCode:
		return fmt.Sprintf("the answer %q and the exit code %d do not agree", w.Result, exitCode)
	case !possible(d, w.Result):
		return fmt.Sprintf("the dialog %q cannot be answered with %q", d.Kind, w.Result)
	case w.Result == ResultDefer && (w.Choice < 0 || w.Choice >= len(d.Choices)):
		return fmt.Sprintf("the answer chose deferral number %d, which was not offered", w.Choice)
	case w.Result == ResultPassword && !validSecret(w.Secret):
		return "the answer holds no usable password"
	case w.Result != ResultPassword && len(w.Secret) > 0:
		return "the answer holds a password that nobody asked for"
	case w.Result == ResultClosed || w.Result == ResultNone:
		return ""
	case after < TooFast:
		return tooFast(after)
	case w.Result == ResultTimeout && after < d.Limit()-early:
		return fmt.Sprintf("the helper said after %s that its time of %s was over", text.Length(after), text.Length(d.Limit()))
	}
	return ""
}

func tooFast(after time.Duration) string {
	return fmt.Sprintf("the answer came after %s, faster than a person can read", text.Length(after))
}

// byHand tells whether an answer is what a person has clicked.
func (a Answer) byHand() bool {
	return a.Result == ResultRun || a.Result == ResultDefer || a.Result == ResultPassword || a.Result == ResultCancel
}

// possible says whether a dialog like d can end with r.
func possible(d Dialog, r Result) bool {
	switch r {
	case ResultClosed, ResultNone:
		return true
	case ResultTimeout:
		return d.Limit() > 0
	case ResultRun:
		return d.Kind == RunOrDefer || d.Kind == RunNow || d.Kind == Updating && d.Countdown > 0
	case ResultDefer:
		return d.Kind == RunOrDefer
	case ResultPassword:
		return d.Kind == Password
	case ResultCancel:
		return d.Kind == Password || d.Kind == InTheWay || d.Kind == InstallNow
	}
	return false
}

// Limit returns the time after which the helper ends d by itself, 0 when it does
// not.
func (d Dialog) Limit() time.Duration {
	if d.Timeout > 0 && d.Countdown > 0 {
		return min(d.Timeout, d.Countdown)
	}
	return max(d.Timeout, d.Countdown)
}

// validSecret says whether s can be a password that goes down a pipe as one
// line.
func validSecret(s Secret) bool {
	return len(s) > 0 && len(s) <= MaxSecret && !bytes.ContainsAny(s, "\x00\r\n")
}
