package softwareupdate

import (
	"context"
	"errors"
	"time"

	"installordefer/internal/text"
	"installordefer/internal/tool"
)

const (
	// listLimit bounds one check. Checks of 72 and 265 seconds were seen in
	// the field; one that takes longer than the limit mostly never ends, and
	// the next finds what the search has gathered meanwhile.
	listLimit = 180 * time.Second
	// kickstartLimit bounds the restart of Apple's update daemon.
	kickstartLimit = 30 * time.Second
)

// listPauses are the waits before the second and the third try of a check.
var listPauses = [...]time.Duration{30 * time.Second, 60 * time.Second}

// List checks for updates. A check whose outcome is Unknown is tried twice
// more, the second time after a longer wait. The warnings of the list are the
// caller's to log.
func (t *Tool) List(ctx context.Context) List {
	for try := 0; ; try++ {
		l := t.listOnce(ctx)
		var f *Failure
		if errors.As(l.Err, &f) {
			tellTail(t.logf, f.Tail)
		}
		if l.Outcome != Unknown || try == len(listPauses) || ctx.Err() != nil || errors.Is(l.Err, tool.ErrNotStarted) {
			return l
		}
		t.logf("%v The check is tried again in %s.", l.Err, text.Length(listPauses[try]))
		t.restartDaemon(ctx)
		if t.Clock.Sleep(ctx, listPauses[try]) != nil {
			return l
		}
	}
}

func (t *Tool) listOnce(ctx context.Context) List {
	r, err := t.Runner.Run(ctx, tool.Command{
		Path:  tool.SoftwareUpdate,
		Args:  []string{"--list"},
		Limit: listLimit,
	})
	failure := &Failure{Operation: checking, Tail: tailOf(r), Err: err}
	var timeout *tool.TimeoutError
	switch {
	case ctx.Err() != nil:
		failure.Detail = "the check was broken off"
		return List{Err: failure}
	case errors.As(err, &timeout):
		failure.Kind = FailureHung
		return List{Err: failure}
	case err != nil:
		return List{Err: failure}
	case r.ExitCode < 0:
		failure.Detail = "it was ended from outside before it had finished"
		return List{Err: failure}
	}
	l := ParseList(r.Stdout, r.Stderr)
	if r.Cut {
		l = cutShort(l)
	}
	var f *Failure
	if errors.As(l.Err, &f) {
		f.Tail = failure.Tail
	}
	return l
}

// cutShort is what a list means whose middle was not kept.
func cutShort(l List) List {
	const why = "it printed more than can be kept"
	l.Partial = true
	l.Warnings = append(l.Warnings, "Updates can be missing from Apple's list: "+why+".")
	if l.Outcome == None {
		l.Outcome, l.Err = Unknown, unreadable(why)
	}
	return l
}

// restartDaemon restarts Apple's update daemon where that is the known help
// against checks that hang: before macOS 13.3. It can break off an update that
// is just being installed, and from 14.4 on macOS refuses it.
func (t *Tool) restartDaemon(ctx context.Context) {
	if !t.OS.Before(13, 3) {
		return
	}
	t.logf("Apple's update daemon is restarted, because checks on macOS %v are known to hang without that.", t.OS)
	_, err := t.Runner.Run(ctx, tool.Command{
		Path:  tool.Launchctl,
		Args:  []string{"kickstart", "-k", "system/com.apple.softwareupdated"},
		Limit: kickstartLimit,
	})
	if err != nil {
		t.logf("Apple's update daemon could not be restarted: %v. The check is tried again without that.", err)
	}
}
