package main

import (
	"errors"
	"fmt"
	"io"

	"installordefer/deferral/settings"
	"installordefer/internal/cli"
)

const settingsUsage = `Show the settings that are in force on this Mac and where each comes from, or
explain settings.

Usage:
  install-or-defer settings [flags]
  install-or-defer settings KEY...

Without a KEY it shows every setting that somebody has set, and what is wrong
with them; with --all every setting. With a KEY it explains that setting: what
it does, its type, default, range and rules.

Flags:
%s
With --json there is one object:
  {"settings": [{"key", "value", "source"}], "problems": [{"key", "value",
   "reason", "used", "source", "repair"}]}
"source" is the kind of file, "default", or "default, shortened to fit" where
another setting leaves no room for the default.

Exit codes:
  0  the settings were shown
  1  a KEY is not a setting, or a file with settings cannot be read
  2  the command line is wrong

Examples:
  sudo install-or-defer settings
  install-or-defer settings DeferralPeriod
`

// shownSetting is one setting for --json.
type shownSetting struct {
	Key    string `json:"key"`
	Value  string `json:"value"`
	Source string `json:"source"`
}

// shownProblem is a settings.Problem for --json.
type shownProblem struct {
	Key    string `json:"key"`
	Value  string `json:"value"`
	Reason string `json:"reason"`
	Used   string `json:"used"`
	Source string `json:"source"`
	Repair string `json:"repair"`
}

// settingsCommand is "install-or-defer settings".
func settingsCommand() cli.Command {
	return cli.Command{
		Name: "settings", What: "show the settings in force on this Mac and where they come from",
		Usage: settingsUsage, Words: "[KEY...]", Define: func(flags *cli.Flags) cli.Action {
			root := rootFlag(flags)
			all := flags.Bool("all", false, "show settings that nobody has set, too")
			asJSON := flags.Bool("json", false, "print one JSON object")
			return func(c cli.Call) (int, error) {
				if len(c.Words) > 0 {
					return explainKeys(c)
				}
				m, err := openMac(*root)
				if err != nil {
					return cli.ExitFailed, err
				}
				return showSettings(m, *all, *asJSON, c.Stdout)
			}
		},
	}
}

func showSettings(m *mac, all, asJSON bool, stdout io.Writer) (int, error) {
	files := m.inForce(m.files())
	unread := files.Problems()
	set, sources, problems := files.Settings()
	problems = append(unread, problems...)
	shown := []shownSetting{}
	for _, k := range settings.Keys {
		if all || sources[k.Name] != settings.FromDefault {
			shown = append(shown, shownSetting{k.Name, k.Show(set), sources[k.Name]})
		}
	}
	write := writeSettings
	if asJSON {
		write = writeSettingsJSON
	}
	if err := write(stdout, shown, problems); err != nil {
		return cli.ExitFailed, err
	}
	if len(unread) > 0 {
		return cli.ExitFailed, nil
	}
	return cli.ExitOK, nil
}

func explainKeys(c cli.Call) (int, error) {
	var unknown []error
	for _, name := range c.Words {
		k, ok := settings.KeyNamed(name)
		if !ok {
			unknown = append(unknown, settings.UnknownKey(name))
			continue
		}
		fmt.Fprintln(c.Stdout, k.Explain())
	}
	if len(unknown) > 0 {
		return cli.ExitFailed, errors.Join(unknown...)
	}
	return cli.ExitOK, nil
}

func writeSettings(w io.Writer, shown []shownSetting, problems []settings.Problem) error {
	if len(shown) == 0 {
		fmt.Fprintln(w, "Nothing is set: every setting has its default.")
	}
	rows := cli.Columns(w)
	for _, s := range shown {
		fmt.Fprintf(rows, "%s\t%s\t(%s)\n", s.Key, s.Value, s.Source)
	}
	if err := rows.Flush(); err != nil {
		return err
	}
	for _, p := range problems {
		if _, err := fmt.Fprintf(w, "\n%s\n", p); err != nil {
			return err
		}
		if p.Repair != "" {
			fmt.Fprintf(w, "    Repair: %s\n", p.Repair)
		}
	}
	return nil
}

func writeSettingsJSON(w io.Writer, shown []shownSetting, problems []settings.Problem) error {
	list := []shownProblem{}
	for _, p := range problems {
		list = append(list, shownProblem(p))
	}
	return cli.WriteJSON(w, map[string]any{"settings": shown, "problems": list})
}
