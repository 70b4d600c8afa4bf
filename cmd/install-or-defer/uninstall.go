package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"time"

	"github.com/spf13/pflag"

	"installordefer/internal/clock"
	"installordefer/launchd"
)

const uninstallUsage = `Remove Install or Defer from this Mac: the job, its files, its receipt and its
state. The log and the settings stay. Must run as root.

Usage:
  install-or-defer uninstall [flags]

Flags:
%s
Exit codes:
  0  it is gone, or was not there
  1  something could not be removed; run it again
  2  the command line is wrong
`

func uninstallCommand(args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	flags := pflag.NewFlagSet("uninstall", pflag.ContinueOnError)
	flags.SetOutput(io.Discard)
	root := rootFlag(flags)
	keep := flags.Bool("keep-state", false, "keep the deadline, so that a later installation goes on with it")
	if code, done := parseFlags(flags, args, uninstallUsage, stdout, stderr); done {
		return code
	}
	l := layout(*root)
	if err := mustBeRoot(*root); err != nil {
		fmt.Fprintf(stderr, "install-or-defer uninstall: %v\n", err)
		return exitFailed
	}
	c, err := theClock(*root)
	if err != nil {
		fmt.Fprintf(stderr, "install-or-defer uninstall: %v\n", err)
		return exitFailed
	}
	host := newHost(l, newRunner(l, c))
	removal := launchd.Removal{ClearState: func() error { return nil }}
	if !*keep {
		removal.ClearState = clearState(l)
	}
	if err := stopAndRemove(host, c, removal); err != nil {
		fmt.Fprintf(stderr, "install-or-defer uninstall: %v\n", err)
		return exitFailed
	}
	fmt.Fprintln(stdout, "Install or Defer is removed. The log and the settings stay.")
	return exitOK
}

// lockPatience is how long a wake that is at work is given to end: it has five
// seconds after SIGTERM, and launchd kills it after thirty.
const lockPatience = 35 * time.Second

// stopAndRemove unloads the job and waits for a wake that is at work, so that
// it cannot write its state again after it was removed.
func stopAndRemove(host *launchd.Host, c clock.Clock, removal launchd.Removal) error {
	ctx := context.Background()
	if err := host.Unload(ctx); err != nil {
		return err
	}
	for waited := time.Duration(0); ; waited += time.Second {
		release, err := host.Lock()
		if err == nil {
			defer release()
			return host.Remove(ctx, removal)
		}
		if errors.Is(err, fs.ErrNotExist) {
			return host.Remove(ctx, removal) // there is no folder to lock any more
		}
		if !errors.Is(err, launchd.ErrBusy) || waited >= lockPatience {
			return err
		}
		if err := c.Sleep(ctx, time.Second); err != nil {
			return err
		}
	}
}

// clearState removes the state whatever condition it is in.
func clearState(l launchd.Layout) func() error {
	return func() error {
		store := newStore(l)
		if _, _, err := store.Load(); err != nil {
			return err
		}
		return store.Clear()
	}
}

const resetUsage = `Forget the running round: the deadline, the deferrals and what was found. The
next wake begins anew with a fresh deadline. Settings stay. Must run as root.

Usage:
  install-or-defer reset [flags]

Flags:
%s
Exit codes:
  0  the round is forgotten
  1  it is not, for instance because a wake is at work
  2  the command line is wrong
`

func resetCommand(args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	flags := pflag.NewFlagSet("reset", pflag.ContinueOnError)
	flags.SetOutput(io.Discard)
	root := rootFlag(flags)
	if code, done := parseFlags(flags, args, resetUsage, stdout, stderr); done {
		return code
	}
	if err := mustBeRoot(*root); err != nil {
		fmt.Fprintf(stderr, "install-or-defer reset: %v\n", err)
		return exitFailed
	}
	l := layout(*root)
	release, err := newHost(l, nil).Lock()
	if err != nil {
		fmt.Fprintf(stderr, "install-or-defer reset: %v\n", err)
		return exitFailed
	}
	defer release()
	if err := clearState(l)(); err != nil {
		fmt.Fprintf(stderr, "install-or-defer reset: %v\n", err)
		return exitFailed
	}
	fmt.Fprintln(stdout, "The round is forgotten. The next wake begins anew.")
	return exitOK
}

// parseFlags parses the flags of a command without arguments. done is true
// when there is nothing more to do.
func parseFlags(flags *pflag.FlagSet, args []string, usage string, stdout, stderr io.Writer) (code int, done bool) {
	name := "install-or-defer " + flags.Name()
	switch err := flags.Parse(args); {
	case errors.Is(err, pflag.ErrHelp):
		fmt.Fprintf(stdout, usage, flags.FlagUsages())
		return exitOK, true
	case err != nil:
		return usageError(stderr, name, err), true
	case flags.NArg() > 0:
		return usageError(stderr, name, fmt.Errorf("it takes no %q", flags.Arg(0))), true
	}
	return 0, false
}
