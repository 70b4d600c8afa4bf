package main

import (
	"context"
	"io"

	"installordefer/internal/cli"
	"installordefer/internal/explained"
	"installordefer/internal/logging"
	"installordefer/internal/wake"
)

const explainUsage = `Explain what comes next on this Mac: what the job wants to do, what each gate says
to that, and where the deadline comes from. It looks at people, power and what Apple
enforces, as a wake does, but changes nothing. Must run as root.

Usage:
  install-or-defer explain [flags]

Flags:
%s
Exit codes:
  0  it was explained
  1  it could not be explained, for instance because the state cannot be read
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
					_, err = io.WriteString(c.Stdout, explained.Text(x))
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
