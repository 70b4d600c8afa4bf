package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"time"

	"installordefer/deferral/settings"
	"installordefer/internal/cli"
	"installordefer/internal/clock"
	"installordefer/internal/wake"
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
  3  the job is gone, but macOS does not let its application be deleted; see
     docs/deploy.md, or delete it in the Finder
`

// exitLeft is the exit code of an uninstallation that leaves the application.
const exitLeft = 3

func uninstallCommand() cli.Command {
	return cli.Command{
		Name: "uninstall", What: "remove the job from this Mac",
		Usage: uninstallUsage, Define: func(flags *cli.Flags) cli.Action {
			root := rootFlag(flags)
			keep := flags.Bool("keep-state", false, "keep the deadline, so that a later installation goes on with it")
			return func(c cli.Call) (int, error) {
				err := uninstall(*root, *keep)
				switch {
				case errors.Is(err, launchd.ErrLeft):
					return exitLeft, err
				case err != nil:
					return cli.ExitFailed, err
				}
				fmt.Fprintln(c.Stdout, "Install or Defer is removed. The log and the settings stay.")
				return cli.ExitOK, nil
			}
		},
	}
}

func uninstall(root string, keepState bool) error {
	m, err := macToChange(root)
	if err != nil {
		return err
	}
	err = stopAndRemove(m.Host, m.clock, launchd.Removal{KeepState: keepState, Unloaded: true, ClearState: m.clearState})
	if err != nil && !errors.Is(err, launchd.ErrLeft) {
		return err
	}
	return errors.Join(err, wake.FileDisk{}.Remove(m.StatusFile()), wake.FileDisk{}.Remove(m.HistoryFile()))
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
func (m *mac) clearState(ctx context.Context) error {
	return m.store(settings.Local{}).Clear(ctx)
}

const resetUsage = `Forget the running round: the deadline, the deferrals and what was found. The
next wake starts over with a fresh deadline. Settings stay. Must run as root.

Usage:
  install-or-defer reset [flags]

Flags:
%s
Exit codes:
  0  the round is forgotten
  1  it is not, for instance because a wake is running
  2  the command line is wrong
`

func resetCommand() cli.Command {
	return cli.Command{
		Name: "reset", What: "forget the running round and its deadline",
		Usage: resetUsage, Define: func(flags *cli.Flags) cli.Action {
			root := rootFlag(flags)
			return func(c cli.Call) (int, error) {
				if err := reset(*root); err != nil {
					return cli.ExitFailed, err
				}
				fmt.Fprintln(c.Stdout, "The round is forgotten. The next wake starts over.")
				return cli.ExitOK, nil
			}
		},
	}
}

func reset(root string) error {
	m, err := macToChange(root)
	if err != nil {
		return err
	}
	release, err := m.Lock()
	switch {
	case errors.Is(err, launchd.ErrBusy):
		return errors.New("a wake is running: a dialog is on the screen, or updates install. Nothing was reset. \"install-or-defer hold 15m\" ends a dialog; then reset, then \"hold off\"")
	case err != nil:
		return err
	}
	defer release()
	return m.clearState(context.Background())
}
