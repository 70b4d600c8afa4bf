package main

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"installordefer/internal/atomicfile"
	"installordefer/internal/cli"
	"installordefer/internal/product"
	"installordefer/pkg/vendors"
)

const reportUsage = `Write what shows the status of Macs in the systems that you already use.

Usage:
  install-or-defer-admin report jamf|intune|munki|osquery|fleet [flags]

  jamf     extension attributes for Jamf Pro, one script each
  intune   custom attributes for Microsoft Intune, one script each
  munki    a script with conditions for manifests
  osquery  a pack of queries
  fleet    queries and a policy for Fleet

All of them read the status that the job writes for machines, and start no
program of ours, so they still answer when the job is done and gone. Without
--output it prints them, one after the other. docs/vendors.md says where each
of them goes.

Flags:
%s
Exit codes:
  0  written
  1  a file could not be written
  2  the command line is wrong

Example:
  install-or-defer-admin report jamf --output attributes/
`

// reportCommand is "install-or-defer-admin report".
func reportCommand() cli.Command {
	return cli.Command{
		Name: "report", What: "write what shows the status in other systems",
		Usage: reportUsage, Words: strings.Join(vendors.Vendors(), "|"), Define: func(flags *cli.Flags) cli.Action {
			output := flags.StringP("output", "o", "", "the `FOLDER` to write the files into")
			return func(c cli.Call) (int, error) {
				all, err := vendors.Snippets(c.Words[0], product.BundleID)
				if err != nil {
					return cli.ExitUsage, cli.Misusef("%w", err)
				}
				if err := writeSnippets(c, all, *output); err != nil {
					return cli.ExitFailed, err
				}
				return cli.ExitOK, nil
			}
		},
	}
}

func writeSnippets(c cli.Call, all []vendors.Snippet, folder string) error {
	for i, s := range all {
		if folder == "" {
			if len(all) > 1 {
				fmt.Fprintf(c.Stdout, "%s# %s\n", strings.Repeat("\n", min(i, 1)), s.File)
			}
			if _, err := fmt.Fprint(c.Stdout, s.Text); err != nil {
				return err
			}
			continue
		}
		if err := os.MkdirAll(folder, 0o755); err != nil {
			return err
		}
		mode := fs.FileMode(0o644)
		if s.Runs {
			mode = 0o755
		}
		if err := atomicfile.Write(filepath.Join(folder, s.File), []byte(s.Text), mode); err != nil {
			return err
		}
		fmt.Fprintln(c.Stdout, filepath.Join(folder, s.File))
	}
	return nil
}
