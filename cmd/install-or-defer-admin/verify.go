package main

import (
	"context"
	"errors"
	"fmt"
	"os/exec"
	"runtime"
	"strings"
	"time"

	"installordefer/internal/atomicfile"
	"installordefer/internal/cli"
	"installordefer/internal/product"
	"installordefer/pkg/release"
)

const verifyUsage = `Verify that a package is the one that your organization has signed a note for.

Usage:
  install-or-defer-admin verify PACKAGE [flags]

"make release" writes the note beside the package. This verifies the signature of
the note, the SHA-256 of the package, every part of the package, and that the
identifier, the versions and the minimum macOS in the note are those of the package.
On a Mac, if it knows the team, it verifies Apple's signature and the team as well.

Flags:
%s
Exit codes:
  0  it is that package
  1  it is not; the reason is printed
  2  a file cannot be read, or the command line is wrong

Example:
  install-or-defer-admin verify install-or-defer-1.0.0.pkg
`

const promoteUsage = `Give a stage the release that the stage before it has.

Usage:
  install-or-defer-admin promote dev|test|production --channel FOLDER [flags]

A channel is a folder with packages, named IDENTIFIER-VERSION.pkg, and for each
stage one file with the signed note of its release: dev.note, test.note,
production.note. A promotion verifies the release of the stage before, package and
note, and then writes that one file. What cannot be verified stays where it is, and
so does a version that is not newer. The first stage gets the note of --note.

Flags:
%s
Exit codes:
  0  the stage has the release
  1  it was refused; the reason is printed, and nothing has changed
  2  the command line is wrong

Examples:
  install-or-defer-admin promote dev --channel updates/ --note install-or-defer-1.0.0.pkg.note
  install-or-defer-admin promote test --channel updates/
`

// verification is what verify and promote have alike.
type verification struct {
	note, team   string
	keys         []string
	anyProcessor bool
}

func (v *verification) define(flags *cli.Flags) {
	flags.StringArrayVar(&v.keys, "key", builtIn(), "a public `KEY` to verify with; again for further ones (default: those\nthat this program was built with)")
	flags.BoolVar(&v.anyProcessor, "any-processor", false, "take a package for the simulated Mac, whose programs are not universal")
}

// builtIn are the keys that this program was built with.
func builtIn() []string {
	return strings.FieldsFunc(product.ReleaseKeys, func(r rune) bool { return r == ',' || r == ' ' })
}

func verifyCommand() cli.Command {
	return cli.Command{
		Name: "verify", What: "verify a package and its note",
		Usage: verifyUsage, Words: "PACKAGE", Define: func(flags *cli.Flags) cli.Action {
			var v verification
			v.define(flags)
			flags.StringVar(&v.note, "note", "", "the `FILE` with the note (default: PACKAGE.note)")
			flags.StringVar(&v.team, "team", product.TeamID, "on a Mac, the `TEAM` that has to have signed the package")
			return func(c cli.Call) (int, error) { return v.verify(c) }
		},
	}
}

func (v verification) verify(c cli.Call) (int, error) {
	keys, err := release.Keys(v.keys)
	if err != nil {
		return cli.ExitUsage, cli.Misusef("%w: give --key", err)
	}
	name := c.Words[0]
	if v.note == "" {
		v.note = name + ".note"
	}
	data, err := atomicfile.Read(name, release.MaxPackage)
	if err != nil {
		return cli.ExitUsage, err
	}
	signed, err := atomicfile.Read(v.note, release.MaxNote)
	if err != nil {
		return cli.ExitUsage, err
	}
	r, signer, err := release.Verify(data, signed, keys, v.anyProcessor)
	if err == nil && v.team != "" && runtime.GOOS == "darwin" {
		err = applesWord(name, v.team)
	}
	if err != nil {
		return cli.ExitFailed, fmt.Errorf("%s: %w", name, err)
	}
	fmt.Fprintf(c.Stdout, "%s is %s %s, for macOS %s and later, signed by %s.\nSHA-256 %s\n", name, r.Identifier, r.Version, r.MinimumMacOS, signer, r.SHA256)
	return cli.ExitOK, nil
}

// applesWord asks Apple's tool who has signed a package.
func applesWord(name, team string) error {
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute)
	defer cancel()
	out, err := exec.CommandContext(ctx, "/usr/sbin/pkgutil", "--check-signature", name).CombinedOutput()
	if exit := (*exec.ExitError)(nil); err != nil && !errors.As(err, &exit) {
		return err
	}
	s, err := release.ReadSignature(string(out))
	if err != nil {
		return err
	}
	return s.Check(team)
}

func promoteCommand() cli.Command {
	return cli.Command{
		Name: "promote", What: "move a verified release to the next stage",
		Usage: promoteUsage, Words: strings.Join(release.Stages(), "|"), Define: func(flags *cli.Flags) cli.Action {
			var v verification
			v.define(flags)
			folder := flags.String("channel", "", "the `FOLDER` of the channel")
			flags.StringVar(&v.note, "note", "", "the `FILE` with the note, for the first stage")
			downgrade := flags.Bool("downgrade", false, "go back to a version that is not newer")
			return func(c cli.Call) (int, error) { return v.promote(c, *folder, *downgrade) }
		},
	}
}

func (v verification) promote(c cli.Call, folder string, downgrade bool) (int, error) {
	stage := c.Words[0]
	first := stage == release.Stages()[0]
	keys, err := release.Keys(v.keys)
	switch {
	case err != nil:
		return cli.ExitUsage, cli.Misusef("%w: give --key", err)
	case folder == "":
		return cli.ExitUsage, cli.Misusef("--channel is missing")
	case first != (v.note != ""):
		return cli.ExitUsage, cli.Misusef("--note belongs to the first stage, %s, and to no other", release.Stages()[0])
	}
	var signed []byte
	if first {
		if signed, err = atomicfile.Read(v.note, release.MaxNote); err != nil {
			return cli.ExitFailed, err
		}
	}
	r, err := release.Channel{Folder: folder, Keys: keys, AnyProcessor: v.anyProcessor}.Promote(stage, signed, downgrade)
	if err != nil {
		return cli.ExitFailed, err
	}
	fmt.Fprintf(c.Stdout, "%s has %s %s.\n", stage, r.Identifier, r.Version)
	return cli.ExitOK, nil
}
