package main

import (
	"errors"
	"fmt"

	"installordefer/internal/cli"
	"installordefer/internal/product"
	"installordefer/pkg/profile"
)

const importUsage = `Translate the settings of Nudge, super or DDM-OS-Reminder into a profile.

Usage:
  install-or-defer-admin import FILE [flags]

FILE is a profile, a property list or JSON with the settings of the other tool;
"-" is the standard input. It translates what means the same here, with its unit,
and lists everything else with what becomes of it: read that list. It goes to
the standard error, and the profile to the standard output or to --output.

Flags:
%s
Exit codes:
  0  a profile was written
  1  none of the settings means anything here, and nothing was written
  2  the file cannot be read or comes from no known tool, or the command line is
     wrong

Example:
  install-or-defer-admin import old.mobileconfig -o updates.mobileconfig
`

// importCommand is "install-or-defer-admin import".
func importCommand() cli.Command {
	return cli.Command{
		Name: "import", What: "translate the settings of another tool",
		Usage: importUsage, Words: "FILE", Define: func(flags *cli.Flags) cli.Action {
			var o profileOptions
			flags.StringVarP(&o.output, "output", "o", "-", "the `FILE` to write, \"-\" for the standard output")
			flags.StringVar(&o.org, "organization", "", "the name of your organization")
			return func(c cli.Call) (int, error) { return importFile(o, c) }
		},
	}
}

func importFile(o profileOptions, c cli.Call) (int, error) {
	data, err := cli.ReadInput(c.Words[0], c.Stdin, profile.MaxFile)
	if err != nil {
		return cli.ExitUsage, err
	}
	other, values, ok, err := profile.Foreign(data)
	if err != nil {
		return cli.ExitUsage, fmt.Errorf("%s: %w", c.Words[0], err)
	}
	if !ok {
		return cli.ExitUsage, fmt.Errorf("%s: these are not the settings of Nudge, super or DDM-OS-Reminder", c.Words[0])
	}
	in := other.Import(values)
	fmt.Fprintf(c.Stderr, "Translated from %s, %d of %d:\n", other.Name, len(in.Translated), len(in.Translated)+len(in.Left))
	for _, line := range in.Translated {
		fmt.Fprintf(c.Stderr, "  %s\n", line)
	}
	if len(in.Left) > 0 {
		fmt.Fprintf(c.Stderr, "Left out:\n")
	}
	for _, line := range in.Left {
		fmt.Fprintf(c.Stderr, "  %s\n", line)
	}
	if len(in.Settings) == 0 {
		return cli.ExitFailed, errors.New("none of these settings means anything here, and no profile was written")
	}
	p := profile.Profile{
		Identity: profile.Identity{ID: product.BundleID, TeamID: product.TeamID},
		Settings: in.Settings, Organization: o.org,
	}
	if err := o.lint(p, c.Stderr); err != nil {
		return cli.ExitFailed, err
	}
	if err := o.write(o.output, p.Mobileconfig(), c.Stdout); err != nil {
		return cli.ExitFailed, err
	}
	return cli.ExitOK, nil
}
