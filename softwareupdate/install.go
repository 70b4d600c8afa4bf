package softwareupdate

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"time"

	"installordefer/internal/tool"
)

// An Install is an order to install updates.
type Install struct {
	// Labels are the updates. One that stands twice is installed once.
	Labels []Label
	// Restart lets the updater restart the Mac when an update needs it.
	// Without it an update of macOS is staged only.
	Restart bool
	// Force makes that a restart that applications cannot refuse.
	Force bool
	// RestartWait is how long the updater may take, after its last word, to
	// bring the Mac down. Then it is ended, as when an application refuses
	// to quit. 0 means 5 minutes.
	RestartWait time.Duration
	// ConsoleUID is the person in whose session the updater works, still as
	// root; 0 for none. On some releases it hangs outside of the session
	// while somebody is logged in.
	ConsoleUID int
	// Owner and Password are those of a volume owner, for Apple silicon; ""
	// for none. The password goes through standard input only.
	Owner    string
	Password []byte
}

// Installed is what an installation reached.
type Installed struct {
	// Done has the labels that the updater says it has installed. Only a
	// check afterwards is proof.
	Done []Label
	// Staged is true when an update of macOS is downloaded and prepared, and
	// waits for a restart by the updater. Only the version that the Mac runs
	// after it is proof.
	Staged bool
	// NeedsRestart and NeedsShutdown are what the updater asks for.
	NeedsRestart, NeedsShutdown bool
	// Tail has the last lines that the updater printed.
	Tail []string
}

// errNothingNamed is returned instead of letting the updater choose.
var errNothingNamed = errors.New("nothing is installed, because no update was named")

// Install installs updates by name. With Restart the Mac can go down before
// it returns; PhaseStaged tells that this is about to happen. What was reached
// is returned beside an error, too. The error is a *Failure unless ctx ended.
func (t *Tool) Install(ctx context.Context, in Install, progress func(Progress)) (Installed, error) {
	var labels []Label
	for _, l := range in.Labels {
		if err := refuse(installing, l); err != nil {
			return Installed{}, err
		}
		if !slices.Contains(labels, l) {
			labels = append(labels, l)
		}
	}
	if len(labels) == 0 {
		return Installed{}, errNothingNamed
	}
	if in.Owner != "" {
		if err := t.checkOwner(in.Owner, labels[0]); err != nil {
			return Installed{}, err
		}
	}
	c := installCommand(in, labels)
	defer clear(c.Stdin)
	tr := &transcript{operation: installing, labels: labels, password: in.Password, progress: progress}
	err := t.follow(ctx, tr, c, in.patience())
	return Installed{
		Done:          tr.installed,
		Staged:        len(tr.staged) > 0,
		NeedsRestart:  tr.restart || len(tr.staged) > 0,
		NeedsShutdown: tr.shutdown,
		Tail:          tr.tail.lines,
	}, err
}

// patience is how long the updater may stay on after its last word.
func (in Install) patience() time.Duration {
	switch {
	case !in.Restart:
		return lingerLimit
	case in.RestartWait == 0:
		return restartLimit
	default:
		return in.RestartWait
	}
}

// installCommand orders the arguments as in "softwareupdate --install LABEL
// --restart --user NAME --stdinpass", which other tools use in the field.
func installCommand(in Install, labels []Label) tool.Command {
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
		c.Args = append(c.Args, "--user", in.Owner, "--stdinpass")
		c.Stdin = append(slices.Clone(in.Password), '\n')
	}
	if in.ConsoleUID != 0 {
		// This changes the session and leaves the updater root.
		c.Args = append([]string{"asuser", strconv.Itoa(in.ConsoleUID), string(c.Path)}, c.Args...)
		c.Path = tool.Launchctl
	}
	return c
}

// checkOwner refuses an order with a password that could not be given safely.
func (t *Tool) checkOwner(owner string, l Label) error {
	f := &Failure{Operation: installing, Kind: FailureRefused, Label: l}
	switch {
	case owner[0] == '-':
		f.Detail = "the name of the volume owner starts with a hyphen, so the updater would read it as an option"
	case !t.OS.Known() || t.OS.before(13):
		f.Detail = "before macOS 13 the updater takes a password only where other programs can read it"
	default:
		return nil
	}
	return f
}

// refuse returns the error for a label that must not be given to the updater.
func refuse(op Operation, l Label) error {
	why := l.refusal()
	if why == "" {
		return nil
	}
	return &Failure{Operation: op, Kind: FailureRefused, Label: l, Detail: "its label is refused because " + why}
}
