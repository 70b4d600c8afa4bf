package main

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"installordefer/internal/atomicfile"
	"installordefer/internal/cli"
	"installordefer/internal/clock"
	"installordefer/internal/fleet"
)

const fleetUsage = `Say how a fleet stands: who complies, who is overdue, and what is in the way.

Usage:
  install-or-defer-admin fleet FOLDER|FILE... [flags]

Each argument is a folder of status files, as Macs have them, one such file, or a
file with one status as a JSON object on each line, of any length; "-" is the
standard input. docs/siem.md says what a status is, and how to collect them.

Flags:
%s
Exit codes:
  0  the table was made, and every status could be read
  1  something is not a status, or nothing is; the table holds the others and says which
  2  an input cannot be read, the output cannot be written, or the command line is wrong

Examples:
  install-or-defer-admin fleet collected/
  install-or-defer-admin fleet statuses.jsonl --csv | head
  install-or-defer-admin fleet collected/ --html fleet.html
`

// A fleetReport is the command line of fleet.
type fleetReport struct {
	csv, json bool
	html, at  string
}

func fleetCommand() cli.Command {
	return cli.Command{
		Name: "fleet", What: "say how a fleet stands",
		Usage: fleetUsage, Words: "FOLDER|FILE...", Define: func(flags *cli.Flags) cli.Action {
			var r fleetReport
			flags.BoolVar(&r.csv, "csv", false, "print one row for each Mac")
			flags.BoolVar(&r.json, "json", false, "print the tables as one JSON object")
			flags.StringVar(&r.html, "html", "", "write the tables as a page into this `file`")
			flags.StringVar(&r.at, "at", "", "reckon days from this `time`, as 2026-11-30T18:00:00Z (default: now)")
			return func(c cli.Call) (int, error) { return r.run(c, clock.System().Now().Wall) }
		},
	}
}

func (r *fleetReport) run(c cli.Call, now time.Time) (int, error) {
	if r.csv && (r.json || r.html != "") || r.json && r.html != "" {
		return cli.ExitUsage, cli.Misusef("only one of --csv, --json and --html can be used")
	}
	if r.at != "" {
		at, err := time.Parse(time.RFC3339, r.at)
		if err != nil {
			return cli.ExitUsage, cli.Misusef("--at is %q, and has to look like 2026-11-30T18:00:00Z", r.at)
		}
		now = at
	}
	out := bufio.NewWriter(c.Stdout)
	read, skipped, err := r.write(c, out, now)
	if err == nil {
		err = out.Flush()
	}
	switch {
	case err != nil:
		return cli.ExitUsage, err
	case skipped > 0:
		return cli.ExitFailed, errors.New(notStatuses(skipped) + ", so not counted")
	case read == 0:
		return cli.ExitFailed, errors.New("what was named holds no status of any Mac")
	}
	return cli.ExitOK, nil
}

// write reads the fleet and writes what was asked for. It returns how many Macs were
// read, and how much was something else.
func (r *fleetReport) write(c cli.Call, out io.Writer, now time.Time) (read, skipped int, err error) {
	if r.csv {
		rows := fleet.NewCSV(out, now)
		if err := readFleet(c, rows); err != nil {
			return 0, 0, err
		}
		return rows.Macs, rows.Skipped, rows.Flush()
	}
	table := &fleet.Table{At: now}
	if err := readFleet(c, table); err != nil {
		return 0, 0, err
	}
	switch {
	case r.json:
		err = cli.WriteJSON(out, table.Report())
	case r.html != "":
		err = writePage(r.html, table.WritePage)
	default:
		err = table.WriteText(out)
	}
	return table.Macs, table.Unreadable, err
}

func readFleet(c cli.Call, t fleet.Taker) error {
	for _, word := range c.Words {
		var err error
		if word == "-" {
			err = fleet.ReadFrom(c.Stdin, "standard input", "standard input", t)
		} else {
			err = fleet.Read(word, t)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// writePage writes a page into a file, whole or not at all. Nothing but a file is
// replaced: root would put the page in the place of /dev/stdout or of a device.
func writePage(file string, write func(io.Writer) error) error {
	info, err := os.Lstat(file)
	if err == nil && !info.Mode().IsRegular() {
		return fmt.Errorf("%s is no file that a page could replace; name another one", file)
	}
	var page bytes.Buffer
	if err := write(&page); err != nil {
		return err
	}
	return atomicfile.Write(file, page.Bytes(), 0o644)
}

// notStatuses says how much of what was read was something else.
func notStatuses(n int) string {
	return number(n, "input or line is not a status", "inputs or lines are not statuses")
}
