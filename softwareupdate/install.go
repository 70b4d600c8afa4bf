package softwareupdate

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"time"

	"installordefer/internal/tool"
)

// stallLimit bounds the time without progress of a download or an
// installation. On real Macs the number stood still for 12 minutes and more
// while an update was prepared, and on one for ever.
const stallLimit = 45 * time.Minute

// lingerLimit bounds how long the updater may stay after its last word. It is
// known not to end at all sometimes.
const lingerLimit = time.Minute

// Download downloads one update in the background. It returns a *Failure when
// the update is not ready to be installed afterwards.
//
// Updates of macOS on Apple silicon end in FailureAuthentication when the job
// downloads them, although they are on the disk then.
func (t *Tool) Download(ctx context.Context, l Label, progress func(Progress)) error {
	if err := refuse(Downloading, l); err != nil {
		t.logf("%v", err)
		return err
	}
	tr := &transcript{operation: Downloading, labels: []Label{l}, progress: progress}
	err := t.follow(ctx, tr, tool.Command{
		Path: tool.SoftwareUpdate,
		Args: []string{"--download", string(l)},
	}, true)
	if err == nil && len(tr.downloaded) == 0 {
		err = &Failure{Operation: Downloading, Label: l, Tail: tr.tail.lines}
	}
	return err
}

// An Install is an order to install updates.
type Install struct {
	// Labels are the updates. One that stands twice is installed once.
	Labels []Label
	// Restart lets the updater restart the Mac when an update needs it.
	Restart bool
	// Force makes that a restart that applications cannot refuse.
	Force bool
	// ConsoleUID is the person in whose session the updater runs, still as
	// root; 0 for none. Some releases hang outside of the session while
	// somebody is logged in.
	ConsoleUID int
	// Owner and Password are those of a volume owner, for Apple silicon; ""
	// for none. The password goes through standard input only.
	Owner    string
	Password []byte
}

// Installed is what an installation reached.
type Installed struct {
	// Done has the labels that the updater says it has installed. A check
	// afterwards is the proof.
	Done []Label
	// Staged is true when an update of macOS is downloaded and prepared. It
	// is applied by a restart that the updater makes.
	Staged bool
	// NeedsRestart and NeedsShutdown are what the updater asks for.
	NeedsRestart, NeedsShutdown bool
	// Tail has the last lines that the updater printed.
	Tail []string
}

// Install installs updates. With Restart the Mac can go down before it
// returns. What was reached is returned beside an error, too; it is a
// *Failure unless ctx has ended.
func (t *Tool) Install(ctx context.Context, in Install, progress func(Progress)) (Installed, error) {
	labels := slices.Clone(in.Labels)
	for i := 0; i < len(labels); i++ {
		if err := refuse(Installing, labels[i]); err != nil {
			t.logf("%v", err)
			return Installed{}, err
		}
		if slices.Contains(labels[:i], labels[i]) {
			labels = slices.Delete(labels, i, i+1)
			i--
		}
	}
	if len(labels) == 0 {
		return Installed{}, errors.New("nothing was installed, because no update was named")
	}
	c, err := t.installCommand(in, labels)
	if err != nil {
		return Installed{}, err
	}
	defer clear(c.Stdin)
	tr := &transcript{operation: Installing, labels: labels, password: in.Password, progress: progress}
	err = t.follow(ctx, tr, c, !in.Restart)
	done := Installed{
		Done:          tr.done,
		Staged:        len(tr.staged) > 0,
		NeedsRestart:  tr.restart || len(tr.staged) > 0,
		NeedsShutdown: tr.shutdown,
		Tail:          tr.tail.lines,
	}
	if err == nil && !tr.complete() {
		err = &Failure{Operation: Installing, Label: tr.missing(), Tail: tr.tail.lines}
	}
	return done, err
}

func (t *Tool) installCommand(in Install, labels []Label) (tool.Command, error) {
	c := tool.Command{Path: tool.SoftwareUpdate, Args: []string{"--install"}}
	for _, l := range labels {
		c.Args = append(c.Args, string(l))
	}
	c.Args = append(c.Args, "--agree-to-license")
	if in.Restart {
		c.Args = append(c.Args, "--restart")
		if in.Force {
			c.Args = append(c.Args, "--force")
		}
	}
	if in.Owner != "" {
		if t.OS.before(13) || in.Owner[0] == '-' {
			return tool.Command{}, &Failure{Operation: Installing, Kind: FailureAuthentication,
				Detail: "macOS 12 takes a password only where other programs can read it, so none is given to it"}
		}
		c.Args = append(c.Args, "--user", in.Owner, "--stdinpass")
		c.Stdin = append(slices.Clone(in.Password), '\n')
	}
	if in.ConsoleUID != 0 {
		c.Args = append([]string{"asuser", strconv.Itoa(in.ConsoleUID), string(c.Path)}, c.Args...)
		c.Path = tool.Launchctl
	}
	return c, nil
}

// missing returns the first label that was neither installed nor staged.
func (t *transcript) missing() Label {
	for _, l := range t.labels {
		if !t.ended(l) {
			return l
		}
	}
	return ""
}

// follow runs a download or an installation and judges its text. With end it
// ends an updater that stays on after its last word.
func (t *Tool) follow(ctx context.Context, tr *transcript, c tool.Command, end bool) error {
	var g gauge
	c.Terminal = true
	c.Silence = stallLimit
	c.Progress = func(l tool.Line) bool { return g.progressed(string(l.Text)) }
	running, stop := context.WithCancel(ctx)
	defer stop()
	t.logf("Apple's updater is asked to %s %s.", tr.operation, quoted(tr.labels))
	lingering := false
	_, err := t.Runner.Run(running, c, func(l tool.Line) {
		tr.line(l)
		if end && tr.finished && !lingering {
			lingering = true
			go func() {
				if t.Clock.Sleep(running, lingerLimit) == nil {
					stop()
				}
			}()
		}
	})
	return t.judge(ctx, tr, err)
}

func (t *Tool) judge(ctx context.Context, tr *transcript, err error) error {
	var timeout *tool.TimeoutError
	switch {
	case tr.failure != nil:
		f := tr.failure
		f.Downloaded = len(tr.downloaded) > 0
		f.Tail = tr.tail.lines
		f.Err = err
		return f
	case ctx.Err() != nil:
		return fmt.Errorf("the run of Apple's updater to %s %s was broken off: %w", tr.operation, quoted(tr.labels), ctx.Err())
	case tr.complete():
		return nil
	case errors.As(err, &timeout):
		return &Failure{Operation: tr.operation, Kind: FailureHung, Label: tr.missing(), Tail: tr.tail.lines, Err: err}
	case err != nil && !tr.finished:
		return &Failure{Operation: tr.operation, Label: tr.missing(), Tail: tr.tail.lines, Err: err}
	}
	return nil
}
