package softwareupdate

import (
	"context"
	"errors"
	"fmt"
	"time"

	"installordefer/internal/tool"
)

const (
	// stallLimit bounds the time without progress of a download or an
	// installation. On real Macs the number stood still for 12 minutes and
	// more while an update was prepared, and on one for ever.
	stallLimit = 45 * time.Minute
	// lingerLimit bounds the silence of an updater that has said its last
	// word; some never end by themselves. Munki waits as long.
	lingerLimit = time.Minute
	// restartLimit is the same while it is to restart the Mac.
	restartLimit = 5 * time.Minute
)

// Download downloads one update in the background. The error is a *Failure
// unless ctx ended.
//
// On Apple silicon the download of an update of macOS by root ends in
// FailureAuthentication, with Downloaded set: it is on the disk, but cannot
// be made ready without the password of a volume owner.
func (t *Tool) Download(ctx context.Context, l Label, progress func(Progress)) error {
	if err := refuse(downloading, l); err != nil {
		return err
	}
	tr := &transcript{operation: downloading, labels: []Label{l}, progress: progress}
	return t.follow(ctx, tr, tool.Command{
		Path: tool.SoftwareUpdate,
		Args: []string{"--download", string(l)},
	}, lingerLimit)
}

// follow has the updater download or install and judges what it prints. An
// updater that stays on silently after its last word is ended after patience.
func (t *Tool) follow(ctx context.Context, tr *transcript, c tool.Command, patience time.Duration) error {
	g := newGauge()
	// On a pipe the updater holds its output back.
	c.Terminal = true
	c.Silence = stallLimit
	c.Progress = func(l tool.Line) bool { return g.progressed(string(l.Text)) }
	following, stop := context.WithCancel(ctx)
	defer stop()
	callOff := func() {}
	defer func() { callOff() }()
	_, err := t.Runner.Run(following, c, func(l tool.Line) {
		tr.line(l)
		if tr.lastWord {
			callOff()
			callOff = t.after(patience, stop)
		}
	})
	if ctx.Err() == nil && following.Err() != nil {
		// It was ended after its last word.
		err = nil
	}
	return tr.judge(ctx, err)
}

// judge says how it ended. The text decides; err, the end of the process,
// counts only where the text says nothing.
func (t *transcript) judge(ctx context.Context, err error) error {
	if f := t.failure; f != nil {
		f.Downloaded = len(t.downloaded) > 0
		f.Tail = t.tail.lines
		f.Err = err
		return f
	}
	if t.complete() {
		return nil
	}
	if ctx.Err() != nil {
		return fmt.Errorf("the order to %s %s was broken off: %w", t.operation, quoted(t.labels), context.Cause(ctx))
	}
	f := &Failure{Operation: t.operation, Label: t.missing()[0], Downloaded: len(t.downloaded) > 0, Tail: t.tail.lines, Err: err}
	var timeout *tool.TimeoutError
	if errors.As(err, &timeout) {
		f.Kind = FailureHung
	}
	return f
}
