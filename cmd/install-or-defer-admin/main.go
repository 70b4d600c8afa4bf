// Command install-or-defer-admin is for whoever looks after the Macs, at a
// desk of their own: it writes and checks profiles, shows what dialogs will
// look like, and plays settings against a simulated Mac. It runs on Linux and
// on a Mac, needs no rights, and is not part of the package.
package main

import (
	"os"

	"installordefer/internal/cli"
	"installordefer/internal/product"
)

// name is what the program is called.
const name = "install-or-defer-admin"

const usage = `Prepare the settings of Install or Defer, and try them before people meet them.
It needs no rights and changes nothing on this computer; what it writes are the
files that you name.

Usage:
  install-or-defer-admin COMMAND --help  what a command does, its flags and exit codes

Commands:
%s
Flags:
%s
On a Mac with the job, "install-or-defer status" says what comes next there.

Example: what people would meet with your settings
  install-or-defer-admin rehearse docs/scenarios/deadline.json --settings updates.mobileconfig
`

func main() {
	os.Exit(program().Run(os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
}

// program is everything that the command line understands.
func program() cli.Program {
	return cli.Program{
		Name: name, Version: product.Version + " " + product.BundleID, Usage: usage, Define: withoutCommand,
		Commands: []cli.Command{lintCommand(), profileCommand(), rehearseCommand(), previewCommand(), severityCommand(), fleetCommand(), forecastCommand(), explainCommand(), importCommand(), reportCommand(), verifyCommand(), promoteCommand()},
	}
}

// withoutCommand refuses: without a command there is nothing to do.
func withoutCommand(*cli.Flags) cli.Action {
	return func(cli.Call) (int, error) { return cli.ExitUsage, cli.Misusef("the COMMAND is missing") }
}
