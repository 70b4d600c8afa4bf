package main

import (
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"installordefer/deferral"
	"installordefer/internal/cli"
	"installordefer/internal/text"
)

const holdUsage = `Hold this Mac: nobody is asked, nothing counts down and nothing is restarted until
the time is over. A running installation finishes. The deadline does not move.
Must run as root.

Usage:
  install-or-defer hold [flags] 8h   hold for that long, a week at most
  install-or-defer hold off          go on
  install-or-defer hold              say whether this Mac is held

A time is in days, hours and minutes: 90m, 8h, 2d. A new hold replaces the one
before. It takes effect with the next wake, within five minutes. It does not hold
what Apple itself has been told to enforce; the command names that.

Flags:
%s
Exit codes:
  0  done
  1  it could not be written or read
  2  the command line is wrong

Example:
  sudo install-or-defer hold 8h --reason "on stage until 17:00"
`

func holdCommand() cli.Command {
	return cli.Command{
		Name: "hold", What: "hold this Mac for a while, and end that",
		Usage: holdUsage, Words: "[TIME...]", Define: func(flags *cli.Flags) cli.Action {
			root := rootFlag(flags)
			reason := flags.String("reason", "", "why; only root can read it")
			return func(c cli.Call) (int, error) { return hold(*root, *reason, c) }
		},
	}
}

func hold(root, reason string, c cli.Call) (int, error) {
	var length time.Duration
	off := len(c.Words) == 1 && c.Words[0] == "off"
	switch {
	case len(c.Words) > 1:
		return cli.ExitUsage, cli.Misusef("one TIME at most")
	case len(c.Words) == 1 && !off:
		var err error
		if length, err = parseHold(c.Words[0]); err != nil {
			return cli.ExitUsage, cli.Misusef("%w", err)
		}
	}
	m, err := macToChange(root)
	if err != nil {
		return cli.ExitFailed, err
	}
	file := m.holds()
	now := m.clock.Now().Wall.Truncate(time.Second)
	switch {
	case off:
		err = file.Clear()
	case length > 0:
		err = file.Save(deferral.Hold{Since: now, Until: now.Add(length), Reason: reason})
	}
	if err != nil {
		return cli.ExitFailed, err
	}
	h, err := file.Load()
	if err != nil {
		return cli.ExitFailed, err
	}
	sayHeld(c.Stdout, h, now)
	m.sayEnforced(c.Stdout, c.Stderr)
	return cli.ExitOK, nil
}

func sayHeld(out io.Writer, h deferral.Hold, now time.Time) {
	if !h.Until.After(now) {
		fmt.Fprintln(out, "This Mac is not held.")
		return
	}
	fmt.Fprintf(out, "This Mac is held until %s.\n", text.Time(h.Until, time.Local))
	if h.Reason != "" {
		fmt.Fprintf(out, "Reason: %s\n", h.Reason)
	}
}

// sayEnforced names what Apple enforces whatever is held here.
func (m *mac) sayEnforced(out, complaints io.Writer) {
	declared, err := m.Declared()
	if err != nil {
		fmt.Fprintln(complaints, err)
	}
	runs, err := m.Machine()
	if err != nil {
		fmt.Fprintln(complaints, err)
		return
	}
	for _, e := range declared.Left(runs.Version, runs.Build) {
		fmt.Fprintf(out, "Not held: Apple itself enforces %s by %s.\n", e.Name(), text.Time(e.By.First(time.Local), time.Local))
	}
}

// parseHold reads 90m, 8h or 2d.
func parseHold(text string) (time.Duration, error) {
	var d time.Duration
	if days, ok := strings.CutSuffix(text, "d"); ok {
		n, err := strconv.ParseUint(days, 10, 8)
		if err != nil {
			return 0, fmt.Errorf("%q is not a time; one looks like 90m, 8h or 2d", text)
		}
		d = time.Duration(n) * 24 * time.Hour
	} else {
		var err error
		if d, err = time.ParseDuration(text); err != nil {
			return 0, fmt.Errorf("%q is not a time; one looks like 90m, 8h or 2d", text)
		}
	}
	switch {
	case d < time.Minute:
		return 0, fmt.Errorf("%q is less than a minute", text)
	case d > deferral.HoldMost:
		return 0, fmt.Errorf("%q is more than a week; hold the fleet with HoldUntil in a profile", text)
	}
	return d, nil
}
