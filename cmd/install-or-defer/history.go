package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"time"

	"installordefer/internal/atomicfile"
	"installordefer/internal/cli"
	"installordefer/internal/history"
	"installordefer/internal/text"
)

const historyUsage = `Show what has happened on this Mac in the last 90 days: deadlines and where they
come from, prompts and answers, installations, failures, restarts. Must run as
root.

Usage:
  install-or-defer history [flags]

Flags:
%s
Each event carries a sum over itself and all before it. The last one stands in the
status, which your MDM may have collected: historyLength and historySum.

Exit codes:
  0  the history was shown; it may be empty
  1  it cannot be read
  2  the command line is wrong
  3  it was shown, but is not as the job wrote it
`

// exitChanged is the exit code for a history that somebody has changed.
const exitChanged = 3

func historyCommand() cli.Command {
	return cli.Command{
		Name: "history", What: "show what has happened on this Mac",
		Usage: historyUsage, Define: func(flags *cli.Flags) cli.Action {
			root := rootFlag(flags)
			asJSON := flags.Bool("json", false, "print each event as a line of JSON")
			return func(c cli.Call) (int, error) { return showHistory(c, *root, *asJSON) }
		},
	}
}

func showHistory(c cli.Call, root string, asJSON bool) (int, error) {
	m, err := macToChange(root)
	if err != nil {
		return cli.ExitFailed, err
	}
	data, err := atomicfile.Read(m.HistoryFile(), history.MaxFile)
	if errors.Is(err, fs.ErrNotExist) {
		fmt.Fprintln(c.Stderr, "Nothing has happened yet, or the history went with the job (KeepHistory).")
		return cli.ExitOK, nil
	}
	if err != nil {
		return cli.ExitFailed, err
	}
	events, changed := history.Read(data)
	if asJSON {
		_, err = c.Stdout.Write(data)
	} else {
		_, err = io.WriteString(c.Stdout, historyText(events))
	}
	switch {
	case err != nil:
		return cli.ExitFailed, err
	case changed > 0:
		return exitChanged, fmt.Errorf("from event %d on the history is not as the job wrote it", changed)
	}
	return cli.ExitOK, nil
}

// historyText is the history for people, in the time of the Mac.
func historyText(events []history.Event) string {
	var b bytes.Buffer
	for _, e := range events {
		fmt.Fprintf(&b, "%5d  %s  %-8s  %s", e.Number, text.Time(e.At, time.Local), e.What, e.Text)
		if e.Until != nil {
			fmt.Fprintf(&b, " Until %s.", text.Time(*e.Until, time.Local))
		}
		if e.Setting != "" {
			fmt.Fprintf(&b, " (%s)", e.Setting)
		}
		b.WriteByte('\n')
	}
	return b.String()
}
