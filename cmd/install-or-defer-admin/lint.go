package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"time"

	"installordefer/internal/cli"
	"installordefer/internal/product"
	"installordefer/internal/simmac/scenario"
	"installordefer/pkg/profile"
	"installordefer/prompt"
	"installordefer/prompt/words"
)

const lintUsage = `Check files with settings before Macs see them.

Usage:
  install-or-defer-admin lint [flags] FILE...

A FILE is a property list of settings, a configuration profile (signed or
not), a custom schema for Jamf Pro, or settings in JSON; "-" is the standard
input. It tells them apart by what they hold, not by their names. It verifies
the signature of a signed profile and names the signer; it cannot tell whether
Macs trust the signer.

It finds everything that the root job would log about the settings, and what
the job would use although hardly anybody means it: keys that are not settings,
wrong types and ranges, times in another unit than seconds, SkipDeferral, settings
that contradict each other, open sections and unknown placeholders in
messages, dates that have passed, texts that will not fit, logos that cannot be reached, and profiles
that macOS would not hand to the root job.

Flags:
%s
Each problem is printed with its place, key, reason and repair. With --json
there is one object:
  {"clean": false, "files": [{"file", "form", "signer", "problems": [{"place",
   "key", "value", "reason", "repair"}]}]}
"form" is "settings", "profile", "signed profile", "Jamf schema" or "settings
in JSON"; a file that cannot be read has an "error" instead.

Exit codes:
  0  no file has a problem
  1  there are problems
  2  a file cannot be read, or the command line is wrong

Examples:
  install-or-defer-admin lint settings.mobileconfig
  install-or-defer-admin lint --json profiles/*.mobileconfig
`

// lintedFile is what --json says about one file.
type lintedFile struct {
	File string `json:"file"`
	*profile.Report
	Error string `json:"error,omitempty"`
}

// lintCommand is "install-or-defer-admin lint".
func lintCommand() cli.Command {
	return cli.Command{
		Name: "lint", What: "check files with settings before Macs see them",
		Usage: lintUsage, Words: "FILE...", Define: func(flags *cli.Flags) cli.Action {
			root := flags.String("root", "", "the folder of a Mac's disk on which to look for the logo (default: / on a Mac,\nelsewhere it is not looked for)")
			asJSON := flags.Bool("json", false, "print one JSON object")
			today := flags.String("today", "", "the day by which dates have passed, as 2026-12-04 (default: today)")
			return func(c cli.Call) (int, error) {
				linter := newLinter(*root)
				if *today != "" {
					day, err := time.ParseInLocation(time.DateOnly, *today, time.Local)
					if err != nil {
						return cli.ExitUsage, fmt.Errorf("--today %q is not a day; one looks like 2026-12-04", *today)
					}
					linter.Now = day
				}
				return lintFiles(linter, *asJSON, c)
			}
		},
	}
}

func lintFiles(linter profile.Linter, asJSON bool, c cli.Call) (int, error) {
	code := cli.ExitOK
	var files []lintedFile
	for _, name := range c.Words {
		report, err := lintFile(linter, name, c.Stdin)
		switch {
		case err != nil:
			files = append(files, lintedFile{File: name, Error: err.Error()})
			fmt.Fprintf(c.Stderr, "install-or-defer-admin lint: %v\n", err)
			code = cli.ExitUsage
			continue
		case len(report.Findings) > 0 && code == cli.ExitOK:
			code = cli.ExitFailed
		}
		files = append(files, lintedFile{File: name, Report: &report})
	}
	var err error
	if asJSON {
		err = cli.WriteJSON(c.Stdout, map[string]any{"clean": code == cli.ExitOK, "files": files})
	} else {
		err = writeReports(c.Stdout, files)
	}
	if err != nil {
		return cli.ExitUsage, err
	}
	return code, nil
}

// newLinter returns a linter with everything that this program knows.
func newLinter(root string) profile.Linter {
	l := profile.Linter{
		Identity: profile.Identity{ID: product.BundleID, TeamID: product.TeamID},
		Now:      time.Now(),
		Unread:   func(language string) bool { return slices.Contains(words.Unread(), language) },
		Speaks:   words.Speaks,
		Measure:  measure,
		Template: func(text string) []profile.Remark {
			var out []profile.Remark
			for _, p := range prompt.CheckTemplate(text) {
				out = append(out, profile.Remark{Text: fmt.Sprintf("%q", p.Text), Why: p.Why})
			}
			return out
		},
	}
	if root != "" || runtime.GOOS == "darwin" {
		l.Missing = func(path string) error { return missing(filepath.Join("/", root, path)) }
	}
	return l
}

// missing says why a file cannot be read by everybody.
func missing(path string) error {
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return errors.New("it does not exist")
	case err != nil:
		return err
	case !info.Mode().IsRegular():
		return errors.New("it is not a file")
	case info.Mode().Perm()&0o004 == 0:
		return fmt.Errorf("its mode %v does not let everybody read it", info.Mode().Perm())
	}
	return nil
}

// lintFile reads and checks one file. No more of it is read than can be used.
func lintFile(l profile.Linter, name string, stdin io.Reader) (profile.Report, error) {
	data, err := cli.ReadInput(name, stdin, profile.MaxFile)
	if err != nil {
		return profile.Report{}, err
	}
	if _, err := scenario.Decode(data); err == nil {
		return profile.Report{}, fmt.Errorf("%s is a scenario, and no settings: play it with \"install-or-defer-admin rehearse %[1]s\"", name)
	}
	report, err := l.Lint(data)
	if err != nil {
		return report, fmt.Errorf("%s: %w", name, err)
	}
	return report, nil
}

func writeReports(w io.Writer, files []lintedFile) error {
	for _, f := range files {
		if f.Report == nil {
			continue
		}
		if len(f.Findings) == 0 {
			if _, err := fmt.Fprintf(w, "%s: %s, no problems.\n", f.File, whatItIs(f.Report)); err != nil {
				return err
			}
		}
		if len(f.Openings) > 0 {
			if _, err := fmt.Fprintf(w, "%s: due updates install by themselves %s.\n", f.File, strings.Join(f.Openings, ", ")); err != nil {
				return err
			}
		}
		for _, p := range f.Findings {
			if _, err := fmt.Fprintf(w, "%s: %s\n", f.File, p); err != nil {
				return err
			}
		}
		for _, note := range f.Notes {
			if _, err := fmt.Fprintf(w, "%s: note: %s\n", f.File, note); err != nil {
				return err
			}
		}
	}
	return nil
}

// whatItIs names the form of a file, and who has signed it.
func whatItIs(r *profile.Report) string {
	if r.Signer == "" {
		return r.Form
	}
	return fmt.Sprintf("%s, signed by %q", r.Form, r.Signer)
}
