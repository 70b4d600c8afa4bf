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
	// to quit. It is 5 minutes at least: it commits the update in that time,
	// and one that is ended sooner has asked nobody.
	RestartWait time.Duration
	// ConsoleUID is the person in whose session the updater works, still as
	// root; 0 where nobody is logged in. On some releases it hangs outside of
	// the session while somebody is.
	ConsoleUID int
	// Owner and Password are those of a volume owner, for Apple silicon; ""
	// for none. The password goes through standard input only. It is kept out
	// of what is logged, and so must not be wiped before the run is over.
	Owner    string
	Password []byte
}

// errNothingNamed is returned instead of letting the updater choose.
var errNothingNamed = errors.New("nothing is installed, because no update was named")

// Install starts the installation of updates by name. With Restart the Mac can
// go down before it is over; PhaseStaged tells that this is about to happen.
// The error is a *Failure, or says that it was broken off because ctx has
// ended, which also ends an installation under way.
func (t *Tool) Install(ctx context.Context, in Install) (Run, error) {
	var labels []Label
	for _, l := range in.Labels {
		if err := refuse(installing, l); err != nil {
			return nil, err
		}
		if !slices.Contains(labels, l) {
			labels = append(labels, l)
		}
	}
	if len(labels) == 0 {
		return nil, errNothingNamed
	}
	if in.Owner != "" {
		if err := t.checkOwner(in.Owner, labels[0]); err != nil {
			return nil, err
		}
	}
	c := installCommand(in, labels)
	defer clear(c.Stdin)
	return t.start(ctx, &transcript{operation: installing, labels: labels, password: in.Password}, c, in.patience())
}

// patience is how long the updater may stay on after its last word.
func (in Install) patience() time.Duration {
	switch {
	case !in.Restart:
		return lingerLimit
	default:
		return max(in.RestartWait, restartLimit)
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
	return wrapped(c, in.ConsoleUID)
}

// wrapped starts the updater in the session of a person, where uid is not 0; it
// stays root. While it works the Mac does not fall asleep because nobody touches
// it: a download would stand still until somebody comes, whom the rest then meets.
func wrapped(c tool.Command, uid int) tool.Command {
	words := append([]string{string(tool.Caffeinate), "-i", string(c.Path)}, c.Args...)
	if uid != 0 {
		words = append([]string{string(tool.Launchctl), "asuser", strconv.Itoa(uid)}, words...)
	}
	c.Path, c.Args = tool.Path(words[0]), words[1:]
	return c
}

// checkOwner refuses an order with a password that could not be given safely.
func (t *Tool) checkOwner(owner string, l Label) error {
	f := &Failure{Operation: installing, Kind: FailureRefused, Label: l}
	switch {
	case owner[0] == '-':
		f.Detail = "the name of the volume owner starts with a hyphen, so the updater would read it as an option"
	case !t.OS.Known() || t.OS.Before(13):
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
