package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"time"

	"installordefer/internal/atomicfile"
	"installordefer/internal/cli"
	"installordefer/internal/explained"
	"installordefer/internal/history"
	"installordefer/internal/product"
	"installordefer/internal/text"
	"installordefer/internal/tool"
)

const collectUsage = `Write one archive for support: state, status, settings, history, the log of the last
week, and what macOS says of its updates. docs/privacy.md lists it. Nothing is sent
anywhere, and nothing is changed. Must run as root.

Usage:
  install-or-defer collect [flags]

Flags:
%s
The archive is a tar file that only root can read.

Exit codes:
  0  the archive was written
  1  it was not, for instance because there is a file of that name
  2  the command line is wrong

Example:
  sudo install-or-defer collect --output support.tar
`

func collectCommand() cli.Command {
	return cli.Command{
		Name: "collect", What: "write one archive for support",
		Usage: collectUsage, Define: func(flags *cli.Flags) cli.Action {
			root := rootFlag(flags)
			output := flags.String("output", "", "the `file` to write (default: install-or-defer-TIME.tar in this folder)")
			return func(c cli.Call) (int, error) {
				file, err := collect(*root, *output)
				if err != nil {
					return cli.ExitFailed, err
				}
				fmt.Fprintf(c.Stdout, "Wrote %s. Read it before you send it: docs/privacy.md says what is in it.\n", file)
				return cli.ExitOK, nil
			}
		},
	}
}

// A piece is one file of the archive.
type piece struct {
	name string
	get  func() ([]byte, error)
}

// collect writes the archive and returns its name. A file that is there is left
// alone, and no link is followed: root writes into a folder that may be anybody's.
func collect(root, output string) (string, error) {
	m, err := macToChange(root)
	if err != nil {
		return "", err
	}
	a := archive{at: m.clock.Now().Wall}
	if output == "" {
		output = "install-or-defer-" + a.at.In(time.Local).Format("20060102-150405") + ".tar"
	}
	f, err := os.OpenFile(output, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return "", fmt.Errorf("write the archive: %w", err)
	}
	defer f.Close()
	var contents bytes.Buffer
	fmt.Fprintf(&contents, "%s %s, %s\n", product.BundleID, product.Version, text.Time(a.at, time.Local))
	for _, p := range m.pieces(root) {
		data, err := p.get()
		if errors.Is(err, fs.ErrNotExist) {
			err = errors.New("there is none")
		}
		if err != nil {
			fmt.Fprintf(&contents, "%s: not here: %v\n", p.name, err)
			continue
		}
		fmt.Fprintf(&contents, "%s: %d bytes\n", p.name, len(data))
		a.add(p.name, data)
	}
	a.add("contents.txt", contents.Bytes())
	if _, err := f.Write(a.end()); err != nil {
		return "", fmt.Errorf("write the archive: %w", err)
	}
	return output, f.Close()
}

// pieces are the files of the archive, in their order.
func (m *mac) pieces(root string) []piece {
	file := func(path string) func() ([]byte, error) {
		return func() ([]byte, error) { return atomicfile.Read(path, history.MaxFile) }
	}
	return []piece{
		{"status.txt", func() ([]byte, error) {
			s, err := readStatus(root)
			return []byte(statusText(s)), err
		}},
		{"explain.txt", func() ([]byte, error) {
			x, err := explain(root)
			return []byte(explained.Text(x)), err
		}},
		{"settings.txt", func() ([]byte, error) {
			var out bytes.Buffer
			_, err := showSettings(m, false, false, &out)
			return out.Bytes(), err
		}},
		{"status.plist", file(m.StatusFile())},
		{"state.plist", file(m.StateFile())},
		{"deadline.plist", file(m.DeadlineCopy())},
		{"hold.plist", file(m.HoldFile())},
		{"history.jsonl", file(m.HistoryFile())},
		{"errors.txt", file(m.ErrorFile())},
		{"errors-before.txt", file(m.FormerErrors())},
		{"self-update.plist", file(m.SelfUpdateOutcome())},
		{"log.txt", m.lastWeek},
		{"install-log.txt", m.InstallLogTail},
		{"declared.plist", m.DeclaredForSupport},
	}
}

// lastWeek is this program's part of the log of the last week. Of a log that is
// very long the middle is left out, and a line says so.
func (m *mac) lastWeek() ([]byte, error) {
	r, err := m.runner.Run(context.Background(), tool.Command{
		Path: tool.Log, Limit: 3 * time.Minute,
		Args: []string{"show", "--last", "7d", "--style", "compact", "--predicate", "subsystem == \"" + string(m.ID) + "\""},
	})
	return r.Stdout, err
}
