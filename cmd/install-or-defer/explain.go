package main

import (
	"context"
	"fmt"
	"io"
	"strings"
	"time"

	"installordefer/internal/cli"
	"installordefer/internal/logging"
	"installordefer/internal/wake"
)

const explainUsage = `Explain what comes next on this Mac: what the job wants to do, what each gate says
to that, and where the deadline comes from. It looks at people, power and what Apple
enforces as a wake does, and does nothing. Must run as root.

Usage:
  install-or-defer explain [flags]

Flags:
%s
Exit codes:
  0  it was explained
  1  it could not be, for instance because the state cannot be read
  2  the command line is wrong
`

func explainCommand() cli.Command {
	return cli.Command{
		Name: "explain", What: "explain every gate and the deadline",
		Usage: explainUsage, Define: func(flags *cli.Flags) cli.Action {
			root := rootFlag(flags)
			asJSON := flags.Bool("json", false, "print one JSON object")
			return func(c cli.Call) (int, error) {
				x, err := explain(*root)
				switch {
				case err != nil:
				case *asJSON:
					err = cli.WriteJSON(c.Stdout, x)
				default:
					_, err = io.WriteString(c.Stdout, explainText(x))
				}
				if err != nil {
					return cli.ExitFailed, err
				}
				return cli.ExitOK, nil
			}
		},
	}
}

func explain(root string) (wake.Explanation, error) {
	m, err := macToChange(root)
	if err != nil {
		return wake.Explanation{}, err
	}
	files := m.files()
	job := newJob(m, silent{}, files)
	store := m.store(files.Own)
	store.Disk = readOnly{}
	job.Store = store
	return job.Explain(context.Background())
}

// silent is a log for looking: what a look finds is in the explanation.
type silent struct{}

func (silent) Debug(logging.Category, string, ...any)  {}
func (silent) Notice(logging.Category, string, ...any) {}
func (silent) Error(logging.Category, string, ...any)  {}

// explainText is the explanation for people.
func explainText(x wake.Explanation) string {
	var b strings.Builder
	fmt.Fprintf(&b, "Next:      %s. %s%s\n", x.Next, x.Why, because(x.Why, x.Setting, x.Until))
	if x.Wanted != x.Next {
		fmt.Fprintf(&b, "Otherwise: %s.\n", x.Wanted)
	}
	for _, u := range x.Updates {
		fmt.Fprintf(&b, "Update:    %s (%s)\n", u.Name, u.Label)
	}
	if len(x.Deadline) > 0 {
		fmt.Fprintf(&b, "\nDeadline: the earliest of these, and what moved it since\n")
	}
	rows := cli.Columns(&b)
	for _, d := range x.Deadline {
		mark := " "
		if d.Counts {
			mark = "*"
		}
		fmt.Fprintf(rows, "  %s\t%s\t%s\t%s\n", mark, clockText(d.At), d.Setting, d.Value)
	}
	rows.Flush()
	fmt.Fprintf(&b, "\nGates: what can keep it from happening\n")
	rows = cli.Columns(&b)
	var others []string
	for _, g := range x.Gates {
		if g.Verdict == wake.NoConcern {
			others = append(others, g.Gate)
			continue
		}
		fmt.Fprintf(rows, "  %s\t%s\t%s%s\n", g.Gate, g.Verdict, g.Why, because(g.Why, g.Setting, g.Until))
	}
	rows.Flush()
	if len(others) > 0 {
		fmt.Fprintf(&b, "\nOf no concern now: %s.\n", strings.Join(others, ", "))
	}
	return b.String()
}

// because names the setting that decided, and until when, where why does not say
// so already.
func because(why, setting string, until *time.Time) string {
	text := ""
	if until != nil && !strings.Contains(why, clockText(*until)) {
		text = " Until " + clockText(*until) + "."
	}
	if setting != "" {
		text += " (" + setting + ")"
	}
	return text
}
