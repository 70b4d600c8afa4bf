package main

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"unicode/utf8"

	"installordefer/internal/cli"
	"installordefer/internal/clock"
	"installordefer/internal/macos"
	"installordefer/internal/volume"
	"installordefer/softwareupdate"
)

// exitUnknown is the exit code when Apple gave no answer that can be read.
const exitUnknown = 3

// maxCapture bounds a captured output, in bytes. Real ones have a few KiB.
const maxCapture = 64 << 20

const updatesUsage = `Show what Apple's updater offers, and why each update is in or out of scope.

Usage:
  install-or-defer updates [flags]
  install-or-defer updates --from FILE [--stderr FILE] [--os VERSION] [flags]

Without --from it checks this Mac, which takes seconds to minutes and changes
nothing. With --from it reads a captured output of "softwareupdate --list"
instead; that works on any system.

The result is one of three:
  updates   Apple lists updates. Each is judged by the same rules as the job's.
  none      Apple says in its own words that there is nothing new.
  unknown   everything else: an error, output that is cut off or empty. Never "none".

Flags:
%s
Patterns are shell-style and compared with the whole label or the whole title:
* stands for any characters, ? for one, [a-z] for one of a set. Case does not
matter, and blanks of every kind count as one blank.

With --json the result is one object:
  {"result": "updates", "updates": [{"label", "title", "version", "sizeKiB",
   "recommended", "action", "deferred", "inScope", "reason"}]}
"result" is one of the three words above, "action" is "none", "restart" or
"shutdown", "sizeKiB" is null where Apple names no size. "label" has its exact
characters; if it is not valid UTF-8, "labelBytes" has its bytes in base64.
"problem" says why the result is unknown, "warnings" what else was noticed.

Exit codes:
  0  the result is "updates" or "none"
  1  a file could not be read, or the output could not be written
  2  the command line is wrong
  3  the result is "unknown"

Examples:
  install-or-defer updates
  softwareupdate --list >out.txt 2>err.txt
  install-or-defer updates --from out.txt --stderr err.txt --os 26.6 --json
`

// updatesOptions is the command line of "install-or-defer updates".
type updatesOptions struct {
	from, stderr string
	os           string
	json         bool
	scope        softwareupdate.Scope
}

// updatesCommand is "install-or-defer updates". mac returns the version of
// macOS that runs here and what asks Apple; elsewhere they are "" and nil.
func updatesCommand(mac func() (string, func(context.Context) softwareupdate.List)) cli.Command {
	return cli.Command{
		Name: "updates", What: "show what Apple offers and what is in scope",
		Usage: updatesUsage, Define: func(flags *cli.Flags) cli.Action {
			o := updatesFlags(flags)
			return func(c cli.Call) (int, error) {
				osVersion, list := mac()
				if err := o.check(flags, list != nil); err != nil {
					return cli.ExitUsage, cli.Misusef("%w", err)
				}
				return o.run(c, osVersion, list)
			}
		},
	}
}

// thisMac returns the version of macOS that runs here, and what asks Apple.
func thisMac() (osVersion string, list func(context.Context) softwareupdate.List) {
	m := newMac(volume.Volume{}, clock.System())
	if machine, err := m.Machine(); err == nil {
		osVersion = machine.Version
	}
	return osVersion, func(ctx context.Context) softwareupdate.List {
		version, _ := macos.ParseVersion(osVersion)
		t := &softwareupdate.Tool{Runner: m.runner, Clock: m.clock, OS: version, Log: func(string, ...any) {}}
		return t.List(ctx)
	}
}

func updatesFlags(f *cli.Flags) *updatesOptions {
	var o updatesOptions
	f.StringVar(&o.from, "from", "", "read a captured standard output from `FILE` (- for standard input)")
	f.StringVar(&o.stderr, "stderr", "", "with --from: read the captured standard error from `FILE`, where\nApple says that there is nothing new")
	f.StringVar(&o.os, "os", "", "judge for a Mac that runs macOS `VERSION`, such as 26.6 (default: this Mac's,\nor a guess from a captured list)")
	f.BoolVar(&o.json, "json", false, "print the result for programs")
	f.BoolVar(&o.scope.AllowMajorUpgrades, "allow-major-upgrades", false, "take upgrades to a newer major version of macOS in")
	f.StringArrayVar(&o.scope.Ignore, "ignore", nil, "leave updates out whose label or title matches `PATTERN`\n(may be repeated)")
	f.StringArrayVar(&o.scope.Only, "only", nil, "leave updates out whose label and title match no `PATTERN`\n(may be repeated)")
	return &o
}

// check tells whether the flags go together.
func (o *updatesOptions) check(f *cli.Flags, onMac bool) error {
	switch {
	case f.Changed("from") && o.from == "":
		return errors.New("--from needs the name of a file")
	case o.stderr != "" && o.from == "":
		return errors.New("--stderr goes with --from only")
	case o.stderr == "-" && o.from == "-":
		return errors.New("standard input can be read once only, so --from and --stderr cannot both be -")
	case f.Changed("os"):
		var err error
		if o.scope.OS, err = macos.ParseVersion(o.os); err != nil {
			return err
		}
	}
	if o.from == "" && !onMac {
		return errors.New("this is not a Mac, so there is nothing to check; name a captured output with --from")
	}
	return nil
}

func (o *updatesOptions) run(c cli.Call, osVersion string, list func(context.Context) softwareupdate.List) (int, error) {
	l, err := readList(o, c.Stdin, list)
	if err != nil {
		return cli.ExitFailed, fmt.Errorf("the captured output cannot be read: %w", err)
	}
	note := ""
	if !o.scope.OS.Known() {
		o.scope.OS, note = runningVersion(o.from != "", osVersion, l)
	}
	report := newUpdatesReport(l, o.scope, note)
	if o.json {
		err = cli.WriteJSON(c.Stdout, report)
	} else {
		err = report.writeText(c.Stdout)
	}
	switch {
	case err != nil:
		return cli.ExitFailed, fmt.Errorf("the result could not be written: %w", err)
	case l.Outcome == softwareupdate.Unknown:
		return exitUnknown, nil
	}
	return cli.ExitOK, nil
}

// runningVersion returns the version of macOS to judge for where --os names
// none, and what is to be said about it: this Mac's, or else the lowest one in
// a captured list, because Apple offers a Mac the updates of its own major
// version before it offers an upgrade.
func runningVersion(captured bool, osVersion string, l softwareupdate.List) (macos.Version, string) {
	if v, err := macos.ParseVersion(osVersion); err == nil {
		if !captured {
			return v, ""
		}
		return v, fmt.Sprintf("Judged for macOS %v, which this Mac runs. If the output is from another Mac, give its version with --os.", v)
	}
	if v := l.LowestMacOS(); captured && v.Known() {
		return v, fmt.Sprintf("The version of macOS on that Mac is not known. Upgrades are told from the lowest version listed, %v, which is wrong where only an upgrade is listed. Give the version with --os.", v)
	}
	return macos.Version{}, ""
}

func readList(o *updatesOptions, stdin io.Reader, list func(context.Context) softwareupdate.List) (softwareupdate.List, error) {
	if o.from == "" {
		ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
		defer stop()
		return list(ctx), nil
	}
	stdout, err := cli.ReadInput(o.from, stdin, maxCapture)
	if err != nil {
		return softwareupdate.List{}, err
	}
	var stderr []byte
	if o.stderr != "" {
		if stderr, err = cli.ReadInput(o.stderr, stdin, maxCapture); err != nil {
			return softwareupdate.List{}, err
		}
	}
	return softwareupdate.ParseList(stdout, stderr), nil
}

// An updatesReport is the result in the form that --json prints.
type updatesReport struct {
	Result   string         `json:"result"`
	Updates  []updateReport `json:"updates"`
	Problem  string         `json:"problem,omitempty"`
	Warnings []string       `json:"warnings,omitempty"`

	os macos.Version
}

type updateReport struct {
	Label       string `json:"label"`
	LabelBytes  string `json:"labelBytes,omitempty"`
	Title       string `json:"title"`
	Version     string `json:"version"`
	SizeKiB     *int64 `json:"sizeKiB"`
	Recommended bool   `json:"recommended"`
	Action      string `json:"action"`
	Deferred    bool   `json:"deferred"`
	InScope     bool   `json:"inScope"`
	Reason      string `json:"reason"`
}

func newUpdatesReport(l softwareupdate.List, s softwareupdate.Scope, note string) updatesReport {
	r := updatesReport{Result: l.Outcome.String(), Updates: []updateReport{}, os: s.OS}
	for _, v := range s.JudgeList(l) {
		r.Updates = append(r.Updates, newUpdateReport(v.Update, v.InScope, v.Reason))
	}
	for _, refused := range l.Refused {
		r.Updates = append(r.Updates, newUpdateReport(refused.Update, false, "its label is refused because "+refused.Reason))
	}
	if l.Err != nil {
		r.Problem = l.Err.Error()
	}
	if note != "" {
		r.Warnings = append(r.Warnings, note)
	}
	r.Warnings = append(append(r.Warnings, s.Problems()...), l.Warnings...)
	return r
}

func newUpdateReport(u softwareupdate.Update, inScope bool, reason string) updateReport {
	r := updateReport{
		Label: string(u.Label), Title: u.Title, Version: u.Version,
		Recommended: u.Recommended, Action: u.Action.String(), Deferred: u.Deferred,
		InScope: inScope, Reason: reason,
	}
	if !utf8.ValidString(r.Label) {
		r.LabelBytes = base64.StdEncoding.EncodeToString([]byte(r.Label))
	}
	if u.SizeKiB >= 0 {
		r.SizeKiB = &u.SizeKiB
	}
	return r
}

func (r updatesReport) writeText(w io.Writer) error {
	var b strings.Builder
	switch r.Result {
	case "none":
		b.WriteString("none: Apple says that no new software is available.\n")
	case "unknown":
		fmt.Fprintf(&b, "unknown: %s\n", r.Problem)
	default:
		r.writeTable(&b)
	}
	if len(r.Warnings) > 0 {
		b.WriteString("\n")
	}
	for _, warning := range r.Warnings {
		fmt.Fprintf(&b, "Note: %s\n", warning)
	}
	_, err := io.WriteString(w, b.String())
	return err
}

func (r updatesReport) writeTable(w *strings.Builder) {
	inScope := 0
	for _, u := range r.Updates {
		if u.InScope {
			inScope++
		}
	}
	judged := ""
	if r.os.Known() {
		judged = fmt.Sprintf(", judged for macOS %v", r.os)
	}
	fmt.Fprintf(w, "updates: %d listed, %d in scope%s.\n\n", len(r.Updates), inScope, judged)
	rows := cli.Columns(w)
	fmt.Fprintln(rows, "IN SCOPE\tLABEL\tVERSION\tSIZE\tACTION\tWHY")
	for _, u := range r.Updates {
		scope := "no"
		if u.InScope {
			scope = "yes"
		}
		fmt.Fprintf(rows, "%s\t%s\t%s\t%s\t%s\t%s\n", scope, softwareupdate.Label(u.Label).Shown(),
			softwareupdate.Label(u.Version).Shown(), sizeText(u.SizeKiB), u.Action, u.Reason)
	}
	_ = rows.Flush() // a strings.Builder does not fail
}

func sizeText(kib *int64) string {
	switch {
	case kib == nil:
		return "unknown"
	case *kib >= 1<<20:
		return fmt.Sprintf("%.1f GiB", float64(*kib)/(1<<20))
	case *kib >= 1<<10:
		return fmt.Sprintf("%.1f MiB", float64(*kib)/(1<<10))
	default:
		return fmt.Sprintf("%d KiB", *kib)
	}
}
