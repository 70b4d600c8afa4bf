// Command install-or-defer is the root job of Install or Defer and the command
// line of its administrators.
//
// launchd starts it without arguments, at load and every five minutes: that is
// one wake. It decides what to do from the state, the settings and the time,
// does it, and ends. With a command it answers an administrator instead.
//
// It never links AppKit: the dialogs are shown by install-or-defer-prompt, a
// process of its own in the person's session.
package main

import (
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/spf13/pflag"

	"installordefer/launchd"
)

// Set when the program is built; see the Makefile.
var (
	version  = "0.0.0-dev"
	bundleID = "com.github.install-or-defer"
	teamID   = ""
)

// The exit codes that all commands share. Further ones are in the help of the
// command.
const (
	exitOK     = 0
	exitFailed = 1
	exitUsage  = 2
	// exitBroken is that of a wake that a fault of the program has ended.
	// macOS calls 70 EX_SOFTWARE, also in "launchctl print".
	exitBroken = 70
)

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
A wake must run as root. It exits with 0 when there was nothing to do or what
there was to do is done, with 1 when the job could not work, and with 70 when a
fault of this program ended it; the log says why, and the next wake, five
minutes later, tries again.

Example: what happens next on this Mac, and why
  sudo install-or-defer status
`

func main() {
	os.Exit(run(os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
}

func run(args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	if len(args) == 0 || strings.HasPrefix(args[0], "-") {
		return noCommand().run(args, stdin, stdout, stderr)
	}
	for _, c := range commands() {
		if c.name == args[0] {
			return c.run(args[1:], stdin, stdout, stderr)
		}
	}
	return noCommand().misused(stderr, fmt.Errorf("there is no command %q", args[0]))
}

// noCommand is what the program does without a command.
func noCommand() command {
	list := ""
	for _, c := range commands() {
		list += fmt.Sprintf("  %-10s %s\n", c.name, c.what)
	}
	return command{"", "", strings.Replace(usage, "%s", list, 1), "", func(flags *pflag.FlagSet) action {
		root := rootFlag(flags)
		verbose := flags.BoolP("verbose", "v", false, "write the log to the terminal, too")
		showVersion := flags.Bool("version", false, "print the version and the identifier")
		return func(c call) (int, error) {
			if *showVersion {
				fmt.Fprintln(c.stdout, version, bundleID)
				return exitOK, nil
			}
			return wakeCommand(*root, *verbose, c.stderr), nil
		}
	}}
}

func layout(root string) launchd.Layout {
	return launchd.Layout{Root: root, ID: launchd.Identifier(bundleID)}
}
