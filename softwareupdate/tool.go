package softwareupdate

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"installordefer/internal/clock"
	"installordefer/internal/tool"
)

// A Runner runs a program and returns when it has ended. For each line of
// output it calls c.Progress and then each, never two calls at a time, and
// none after it has returned.
type Runner interface {
	Run(ctx context.Context, c tool.Command, each func(tool.Line)) (tool.Result, error)
}

// A Tool runs Apple's updater.
type Tool struct {
	Runner Runner
	Clock  clock.Clock
	// OS is the version that this Mac runs.
	OS Version
	// Log takes one line for the administrator; nil drops them.
	Log func(format string, args ...any)
}

// The limits of a check. Lists that took 72 and 265 seconds were seen on real
// Macs; a run that takes longer than the limit is usually hung for good, and
// the next one finds what the scan has gathered meanwhile.
const (
	listLimit      = 180 * time.Second
	kickstartLimit = 30 * time.Second
)

// listPauses are the waits before the second and the third try of a check.
var listPauses = [...]time.Duration{30 * time.Second, 60 * time.Second}

// List checks for updates. A check whose outcome is Unknown is tried twice
// more, each time after a longer wait.
func (t *Tool) List(ctx context.Context) List {
	for try := 0; ; try++ {
		l := t.listOnce(ctx)
		for _, w := range l.Warnings {
			t.logf("%s", w)
		}
		if l.Outcome != Unknown || try == len(listPauses) || ctx.Err() != nil || errors.Is(l.Err, tool.ErrNotStarted) {
			return l
		}
		t.logf("%v It is tried again in %v.", l.Err, listPauses[try])
		t.restartDaemon(ctx)
		if err := t.Clock.Sleep(ctx, listPauses[try]); err != nil {
			return l
		}
	}
}

func (t *Tool) listOnce(ctx context.Context) List {
	r, err := t.Runner.Run(ctx, tool.Command{
		Path:  tool.SoftwareUpdate,
		Args:  []string{"--list"},
		Limit: listLimit,
	}, func(tool.Line) {})
	var timeout *tool.TimeoutError
	switch {
	case errors.As(err, &timeout):
		return List{Err: &Failure{Operation: Checking, Kind: FailureHung, Tail: tailOf(r), Err: err}}
	case err != nil:
		return List{Err: &Failure{Operation: Checking, Tail: tailOf(r), Err: err}}
	case r.ExitCode < 0:
		return List{Err: &Failure{Operation: Checking, Detail: "it was ended from outside before it had finished", Tail: tailOf(r)}}
	}
	l := ParseList(r.Stdout, r.Stderr)
	if r.Cut {
		l = cutShort(l)
	}
	var f *Failure
	if errors.As(l.Err, &f) {
		f.Tail = tailOf(r)
	}
	return l
}

// cutShort is what a list means whose middle was not kept.
func cutShort(l List) List {
	l.Partial = true
	l.Warnings = append(l.Warnings, "Apple's list is too long to be kept whole, so updates can be missing from it.")
	if l.Outcome == None {
		l.Outcome, l.Err = Unknown, unreadable("it printed too much to be kept whole")
	}
	return l
}

// restartDaemon restarts Apple's update daemon where that is the documented
// help against a check that hangs: before macOS 13.3. It can break off an
// update that is being installed, and from 14.4 on macOS does not allow it.
func (t *Tool) restartDaemon(ctx context.Context) {
	if !t.OS.before(13, 3) {
		return
	}
	t.logf("Apple's update daemon is restarted, because checks on macOS %v are known to hang without that.", t.OS)
	_, err := t.Runner.Run(ctx, tool.Command{
		Path:  tool.Launchctl,
		Args:  []string{"kickstart", "-k", "system/com.apple.softwareupdated"},
		Limit: kickstartLimit,
	}, func(tool.Line) {})
	if err != nil {
		t.logf("Apple's update daemon could not be restarted: %v. The check goes on without that.", err)
	}
}

func (t *Tool) logf(format string, args ...any) {
	if t.Log != nil {
		t.Log(format, args...)
	}
}

// tailOf returns the last lines of both streams, errors last.
func tailOf(r tool.Result) []string {
	var t tail
	for _, stream := range [][]byte{r.Stdout, r.Stderr} {
		for line := range lines(stream) {
			t.add(string(line))
		}
	}
	return t.lines
}

// maxTail bounds how many of the last lines are kept for the log.
const maxTail = 15

// A tail keeps the last lines of output.
type tail struct{ lines []string }

func (t *tail) add(line string) {
	if line = shortened(shown(line)); line == "" {
		return
	}
	if len(t.lines) == maxTail {
		t.lines = t.lines[:copy(t.lines, t.lines[1:])]
	}
	t.lines = append(t.lines, line)
}

// refuse returns the error for a label that must not be given to the tool.
func refuse(op Operation, l Label) error {
	why := l.refusal()
	if why == "" {
		return nil
	}
	return &Failure{Operation: op, Kind: FailureRefused, Label: l, Detail: why}
}

// quoted lists labels for the log.
func quoted(labels []Label) string {
	s := make([]string, len(labels))
	for i, l := range labels {
		s[i] = fmt.Sprintf("%q", l.Shown())
	}
	return strings.Join(s, ", ")
}
