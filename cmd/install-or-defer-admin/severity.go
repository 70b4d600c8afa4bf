package main

import (
	"fmt"
	"slices"

	"installordefer/deferral/settings"
	"installordefer/internal/cli"
	"installordefer/internal/product"
	"installordefer/pkg/profile"
	"installordefer/pkg/sofa"
)

const severityUsage = `Write the setting Releases from a feed of SOFA: when Apple released which version
of macOS, and which ones close a hole that is being exploited.

Usage:
  install-or-defer-admin severity [flags] < macos_data_feed.json

It reads the feed, in form v1 or v2, from the standard input, so this program
needs no network. The Macs need none either: the list comes to them in their
profile. An entry of the feed that lacks something is left out and named on the
standard error. It writes a property list of settings, which
"install-or-defer-admin profile --settings" turns into a profile.

Flags:
%s
Exit codes:
  0  written
  1  there is no release of macOS in the feed, or it could not be written
  2  the command line is wrong

Examples: as a job of your CI, every day
  curl --fail --silent https://sofafeed.macadmins.io/v2/macos_data_feed.json |
    install-or-defer-admin severity --settings settings.plist |
    install-or-defer-admin profile --settings - -o updates.mobileconfig
`

// severityCommand is "install-or-defer-admin severity".
func severityCommand() cli.Command {
	return cli.Command{
		Name: "severity", What: "write Releases from a feed of SOFA",
		Usage: severityUsage, Define: func(flags *cli.Flags) cli.Action {
			file := flags.String("settings", "", "a `FILE` with settings to which the list is added")
			return func(c cli.Call) (int, error) {
				if err := writeReleases(*file, c); err != nil {
					return cli.ExitFailed, err
				}
				return cli.ExitOK, nil
			}
		},
	}
}

// mostFeed bounds the feed, which is half a megabyte.
const mostFeed = 32 << 20

func writeReleases(file string, c cli.Call) error {
	values, err := profileOptions{settings: file}.gather(nil)
	if err != nil {
		return err
	}
	data, err := cli.ReadInput("-", c.Stdin, mostFeed)
	if err != nil {
		return err
	}
	feed, err := sofa.Parse(data)
	if err != nil {
		return err
	}
	for _, line := range feed.Left {
		fmt.Fprintln(c.Stderr, line)
	}
	k, _ := settings.KeyNamed("Releases")
	values[k.Name] = settings.ReleaseList(newest(feed.Releases, k.Max))
	p := profile.Profile{Identity: profile.Identity{ID: product.BundleID, TeamID: product.TeamID}, Settings: values}
	_, err = c.Stdout.Write(p.Plist())
	return err
}

// newest returns the last releases of a list that is sorted by version.
func newest(releases []settings.Release, most int) []settings.Release {
	return slices.Clone(releases[max(0, len(releases)-most):])
}
