package softwareupdate

import (
	"context"
	"fmt"
	"strings"

	"installordefer/internal/clock"
	"installordefer/internal/macos"
	"installordefer/internal/tool"
)

// A Runner runs programs. tool.System is the real one.
type Runner interface {
	// Run runs a program to its end.
	Run(ctx context.Context, c tool.Command) (tool.Result, error)
	// Follow starts a program that is followed while it works.
	Follow(ctx context.Context, c tool.Command) (tool.Run, error)
}

// A Tool is Apple's updater, softwareupdate(8).
type Tool struct {
	Runner Runner
	Clock  clock.Clock
	// OS is the version that this Mac runs.
	OS macos.Version
	// Log takes one line for the administrator; nil drops them.
	Log func(format string, args ...any)
}

func (t *Tool) logf(format string, args ...any) {
	if t.Log != nil {
		t.Log(format, args...)
	}
}

// maxTail bounds how many of the last lines are kept for the log.
const maxTail = 15

// A tail keeps the last lines of output.
type tail struct{ lines []string }

func (t *tail) add(line string) {
	if line = note(line); line == "" {
		return
	}
	if len(t.lines) == maxTail {
		t.lines = t.lines[:copy(t.lines, t.lines[1:])]
	}
	t.lines = append(t.lines, line)
}

// tellTail logs what the updater said last.
func tellTail(logf func(format string, args ...any), lines []string) {
	for _, line := range lines {
		if !isNoise(line) && !isFrame(line) {
			logf("Apple's tool said: %s", line)
		}
	}
}

// tailOf returns the last lines of both streams, those of errors last.
func tailOf(r tool.Result) []string {
	var t tail
	for _, stream := range [][]byte{r.Stdout, r.Stderr} {
		for line := range lines(stream) {
			t.add(string(line))
		}
	}
	return t.lines
}

// quoted lists labels for the log.
func quoted(labels []Label) string {
	s := make([]string, len(labels))
	for i, l := range labels {
		s[i] = fmt.Sprintf("%q", l.Shown())
	}
	return strings.Join(s, ", ")
}
