// Command install-or-defer is the root job of Install or Defer, and what an
// administrator asks of it on a Mac.
//
// launchd starts it without arguments, at load and every five minutes: that is
// one wake. It decides what to do from the state, the settings and the time,
// does it, and ends. With a command it answers an administrator instead.
//
// It never links AppKit: the dialogs are shown by install-or-defer-prompt, a
// process of its own in the person's session. Nor does it hold what is done for
// Macs elsewhere: that is install-or-defer-admin. What runs as root holds no
// more than it needs.
package main

import (
	"errors"
	"os"
	"runtime"

	"installordefer/internal/cli"
	"installordefer/internal/product"
	"installordefer/launchd"
)

// exitBroken is the exit code of a wake that a fault of the program has ended.
// macOS calls 70 EX_SOFTWARE, also in "launchctl print".
const exitBroken = 70

const usage = `Install or Defer installs the Apple updates that this Mac lacks: it asks the
person at the screen to run them or to defer, and from the deadline on it no
longer takes no for an answer.

Usage:
  install-or-defer                 one wake: what launchd starts
  install-or-defer COMMAND --help  what a command does, its flags and exit codes

Commands:
%s
Flags:
%s
A wake must run as root. It exits with 0 when it has done what there was to do,
if anything, with 1 when it could not work, and with 70 when a fault in this
program ended it; the log says why, and the next wake, five minutes later, tries
again.

Example: what happens next on this Mac, and why
  sudo install-or-defer status
`

func main() {
	growStack(false)
	if len(os.Args) > 1 && os.Args[1] == launchd.AsPerson {
		os.Exit(becomePerson(os.Args[2:], os.Stderr))
	}
	os.Exit(program().Run(os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
}

// program is everything that the command line understands.
func program() cli.Program {
	return cli.Program{
		Name: "install-or-defer", Version: product.Version + " " + product.BundleID, Usage: usage, Define: wakeFlags,
		Commands: []cli.Command{
			statusCommand(),
			updatesCommand(thisMac),
			settingsCommand(),
			explainCommand(),
			historyCommand(),
			collectCommand(),
			holdCommand(),
			uninstallCommand(),
			resetCommand(),
		},
	}
}

// wakeFlags are those of one wake.
func wakeFlags(flags *cli.Flags) cli.Action {
	root := rootFlag(flags)
	verbose := flags.BoolP("verbose", "v", false, "write the log to the terminal, too")
	return func(c cli.Call) (int, error) {
		if *root == "" && runtime.GOOS != "darwin" {
			return cli.ExitFailed, errors.New("this is the job that launchd starts on a Mac, and this is not a Mac. --root FOLDER names a simulated one, --help says the rest")
		}
		return wakeCommand(*root, *verbose, c.Stderr)
	}
}

// rootFlag adds the flag that points the program to a simulated Mac.
func rootFlag(flags *cli.Flags) *string {
	return flags.String("root", "", "a folder to take for the whole disk: paths, programs and clock of a simulated\nMac are taken from it, and nothing outside it is touched")
}
