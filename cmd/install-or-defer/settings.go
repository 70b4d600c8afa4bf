package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"github.com/spf13/pflag"

	"installordefer/deferral"
	"installordefer/pkg/profile"
)

const settingsUsage = `Show the settings that are in force on this Mac and where each comes from, or
explain settings.

Usage:
  install-or-defer settings [flags]
  install-or-defer settings KEY...

Without a KEY every setting is shown that somebody has set, and what is wrong
with what was set; with --all every setting. With a KEY that setting is
explained: what it does, its type, default, range and rules.

Flags:
%s
With --json there is one object:
  {"settings": [{"key", "value", "source"}], "problems": [{"key", "value",
   "reason", "used", "source", "repair"}]}
"source" is the kind of file, "default", or "default, shortened to fit" where
another setting leaves no room for the default.

Exit codes:
  0  the settings were shown
  1  a KEY is no setting, or a file with settings cannot be read
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

// shownProblem is a deferral.Problem for --json.
type shownProblem struct {
	Key    string `json:"key"`
	Value  string `json:"value"`
	Reason string `json:"reason"`
	Used   string `json:"used"`
	Source string `json:"source"`
	Repair string `json:"repair"`
}

// settingsCommand is "install-or-defer settings".
func settingsCommand(args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	flags := pflag.NewFlagSet("settings", pflag.ContinueOnError)
	flags.SetOutput(io.Discard)
	root := rootFlag(flags)
	all := flags.Bool("all", false, "show settings that nobody has set, too")
	asJSON := flags.Bool("json", false, "print one JSON object")
	switch err := flags.Parse(args); {
	case errors.Is(err, pflag.ErrHelp):
		fmt.Fprintf(stdout, settingsUsage, flags.FlagUsages())
		return exitOK
	case err != nil:
		return usageError(stderr, "install-or-defer settings", err)
	case flags.NArg() > 0:
		return explainKeys(flags.Args(), stdout, stderr)
	}
	l := layout(*root)
	files := inForce(l, readFiles(l))
	unread := files.Problems()
	set, sources, problems := files.Settings()
	problems = append(unread, problems...)
	shown := []shownSetting{}
	for _, k := range deferral.Keys {
		if *all || sources[k.Name] != deferral.FromDefault {
			shown = append(shown, shownSetting{k.Name, k.Show(set), sources[k.Name]})
		}
	}
	write := writeSettings
	if *asJSON {
		write = writeSettingsJSON
	}
	if err := write(stdout, shown, problems); err != nil {
		fmt.Fprintf(stderr, "install-or-defer settings: %v\n", err)
		return exitFailed
	}
	if len(unread) > 0 {
		return exitFailed
	}
	return exitOK
}

func explainKeys(names []string, stdout, stderr io.Writer) int {
	code := exitOK
	for _, name := range names {
		k, ok := deferral.KeyNamed(name)
		if !ok {
			fmt.Fprintf(stderr, "install-or-defer settings: %v\n", unknownKey(name))
			code = exitFailed
			continue
		}
		fmt.Fprintln(stdout, profile.Explain(k))
	}
	return code
}

func writeSettings(w io.Writer, shown []shownSetting, problems []deferral.Problem) error {
	if len(shown) == 0 {
		fmt.Fprintln(w, "Nothing is set: every setting has its default.")
	}
	var rows table
	for _, s := range shown {
		rows = append(rows, []string{s.Key, s.Value, "(" + s.Source + ")"})
	}
	if err := rows.write(w); err != nil {
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

func writeSettingsJSON(w io.Writer, shown []shownSetting, problems []deferral.Problem) error {
	list := []shownProblem{}
	for _, p := range problems {
		list = append(list, shownProblem(p))
	}
	return writeJSON(w, map[string]any{"settings": shown, "problems": list})
}

// unknownKey says what the root job would say about a key.
func unknownKey(name string) error {
	_, _, problems := deferral.ReadSettings(deferral.Layer{Values: map[string]any{name: true}})
	for _, p := range problems {
		return fmt.Errorf("%s is %s. %s", p.Key, p.Reason, p.Repair)
	}
	return fmt.Errorf("%s is not a setting", name)
}

// writeJSON writes what --json prints.
func writeJSON(w io.Writer, v any) error {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(v)
}
