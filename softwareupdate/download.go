package softwareupdate

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"installordefer/internal/tool"
)

const (
	// stallLimit bounds the time without progress of a download or an
	// installation. On real Macs the number stood still for 12 minutes and
	// more while an update was prepared, and on one for ever.
	stallLimit = 45 * time.Minute
	// firstLimit bounds the time until the first step behind the search. An
	// updater that cannot get on in its session says nothing more, for ever.
	// Searches of 265 seconds were seen.
	firstLimit = 10 * time.Minute
	// lingerLimit bounds the silence of an updater that has said its last
	// word; some never end by themselves. Munki waits as long.
	lingerLimit = time.Minute
	// restartLimit is the least of the same while it is to restart the Mac.
	restartLimit = 5 * time.Minute
)

// A Download is an order to download one update.
type Download struct {
	Label Label
	// ConsoleUID is as in Install.
	ConsoleUID int
}

// Download starts the download of one update in the background. The error is a
// *Failure, or says that it was broken off because ctx has ended, which also
// ends a download under way.
//
// On Apple silicon the download of an update of macOS by root ends in
// FailureAuthentication, with Downloaded set: it is on the disk, but cannot
// be made ready without the password of a volume owner.
func (t *Tool) Download(ctx context.Context, d Download) (Run, error) {
	if err := refuse(downloading, d.Label); err != nil {
		return nil, err
	}
	c := tool.Command{Path: tool.SoftwareUpdate, Args: []string{"--download", string(d.Label)}}
	return t.start(ctx, &transcript{operation: downloading, labels: []Label{d.Label}}, wrapped(c, d.ConsoleUID), lingerLimit)
}

// judge says how it ended. The text decides; broken, why it was broken off if it
// was, and err, the end of the process, count only where the text says nothing.
func (t *transcript) judge(broken, err error) error {
	if t.complete() {
		t.failures = slices.DeleteFunc(t.failures, func(f failing) bool { return f.Label == "" })
	}
	if len(t.failures) > 0 {
		f := t.failures[0].Failure
		f.Downloaded = slices.Contains(t.downloaded, f.Label)
		f.Tail = t.tail.lines
		f.Err = err
		return f
	}
	if t.complete() {
		return nil
	}
	if broken != nil {
		return fmt.Errorf("the order to %s %s was broken off: %w", t.operation, quoted(t.labels), broken)
	}
	l := t.missing()[0]
	f := &Failure{Operation: t.operation, Label: l, Downloaded: slices.Contains(t.downloaded, l), Tail: t.tail.lines, Err: err}
	var timeout *tool.TimeoutError
	if errors.As(err, &timeout) {
		f.Kind = FailureHung
	}
	return f
}
