package launchd

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"installordefer/internal/tool"
)

// errNobody says that there is no person's session to do something in.
var errNobody = errors.New("nobody is at the screen")

// errNotPermitted says that the Mac does not let the job send the event that
// asks for a restart. Only the hard restart is left then.
var errNotPermitted = errors.New("macOS does not let the job ask for a restart")

// errVetoed says that the person or an application refused the restart.
var errVetoed = errors.New("the restart was refused at the screen")

// A ScriptError is a failure that osascript reported, by number.
type ScriptError struct {
	Number int // an Apple event error, such as -1743
	Text   string
}

func (e *ScriptError) Error() string {
	return fmt.Sprintf("asking for a restart: macOS answered %d: %s", e.Number, e.Text)
}

// Is sorts the numbers into those that a caller decides on. The texts are
// translated, the numbers are not.
func (e *ScriptError) Is(target error) bool {
	switch target {
	case errNotPermitted:
		return e.Number == -1743 || e.Number == -1744 || e.Number == -10004
	case errVetoed:
		return e.Number == -128
	}
	return false
}

// The events that loginwindow takes: it asks every application to quit, each
// may save or refuse, and then it restarts or shuts down. The texts are
// constants; nothing is ever put into them.
const (
	restartScript  = `tell application "loginwindow" to «event aevtrrst»`
	shutdownScript = `tell application "loginwindow" to «event aevtrsdn»`
)

// ParseScriptError finds the failure in what osascript printed on its error
// stream: the number at the end of the last line that has one.
func ParseScriptError(stderr []byte) (*ScriptError, bool) {
	number, found := 0, false
	for line := range strings.Lines(string(stderr)) {
		if n, ok := scriptNumber(line); ok {
			number, found = n, true
		}
	}
	if !found {
		return nil, false
	}
	return &ScriptError{Number: number, Text: lastWords(tool.Result{Stderr: stderr})}, true
}

// scriptNumber reads the number in parentheses that a line ends with.
func scriptNumber(line string) (number int, ok bool) {
	text, ok := strings.CutSuffix(strings.TrimRight(line, " \t\r\n"), ")")
	if !ok {
		return 0, false
	}
	open := strings.LastIndexByte(text, '(')
	text = text[open+1:]
	digits := strings.TrimPrefix(text, "-")
	if open < 0 || len(digits) > 9 || !isMadeOf(digits, isDigit) {
		return 0, false
	}
	number, err := strconv.Atoi(text)
	return number, err == nil
}

// SoftRestart asks for a restart, or a shutdown, in a way that lets people
// save and applications refuse. It returns when the question was delivered;
// whether the Mac goes down shows later. Errors: errNotPermitted,
// errVetoed, or another.
func (h *Host) SoftRestart(ctx context.Context, u ConsoleUser, shutdown bool) error {
	if !u.isPerson() {
		return fmt.Errorf("asking for a restart: %w", errNobody)
	}
	script := restartScript
	if shutdown {
		script = shutdownScript
	}
	c := h.asPerson(u, string(tool.Osascript), "-e", script)
	// An Apple event waits two minutes for its answer.
	c.Limit = 150 * time.Second
	r, err := h.run(ctx, "asking for a restart", c)
	var exit *exitError
	if errors.As(err, &exit) {
		if s, ok := ParseScriptError(r.Stderr); ok {
			return s
		}
	}
	return err
}

// HardRestart restarts the Mac, or shuts it down, without asking anyone.
// Unsaved work is lost.
func (h *Host) HardRestart(ctx context.Context, shutdown bool) error {
	how := "-r"
	if shutdown {
		how = "-h"
	}
	_, err := h.run(ctx, "restarting the Mac", tool.Command{Path: tool.Shutdown, Args: []string{how, "now"}, Limit: slowLimit, Discard: true})
	return err
}
