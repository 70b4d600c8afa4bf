package main

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"time"

	"installordefer/internal/cli"
	"installordefer/internal/clock"
	"installordefer/internal/explained"
	"installordefer/internal/plist"
	"installordefer/internal/product"
	"installordefer/internal/simmac"
	"installordefer/internal/simmac/life"
	"installordefer/internal/simmac/scenario"
	"installordefer/internal/simmac/story"
	"installordefer/internal/statusfile"
	"installordefer/internal/text"
	"installordefer/launchd"
)

const explainUsage = `Explain how a Mac stands, away from it: from the status that it has written for
machines, or in a scenario at a moment.

Usage:
  install-or-defer-admin explain STATUS [flags]
  install-or-defer-admin explain SCENARIO --at 2d3h [flags]
  install-or-defer-admin explain --gates

Of a status it says the cause, the way out, and what the Mac was doing. Of a scenario
it says what "install-or-defer explain" would say there: what comes next, what
each gate says to that, and where the deadline comes from, after the last
events before that moment. "-" is the standard input.

Flags:
%s
Exit codes:
  0  it was explained
  1  the story could not be told to that moment
  2  the file is neither, or the command line is wrong

Examples:
  install-or-defer-admin explain C02ABC.status.plist
  install-or-defer-admin explain deadline --at 3d --settings updates.mobileconfig
`

// An explaining is the command line of explain.
type explaining struct {
	rehearsal
	at    string
	gates bool
}

func explainCommand() cli.Command {
	return cli.Command{
		Name: "explain", What: "explain a status, or a moment of a scenario",
		Usage: explainUsage, Words: "[FILE...]", Define: func(flags *cli.Flags) cli.Action {
			var x explaining
			flags.StringVar(&x.at, "at", "", "the `moment` of a scenario, counted from its beginning, as 2d3h\n(default: its end)")
			flags.StringVar(&x.settings, "settings", "", "settings in place of those of the scenario")
			flags.BoolVar(&x.json, "json", false, "print one JSON object")
			flags.BoolVar(&x.gates, "gates", false, "say what each gate is, and stop")
			return x.run
		},
	}
}

func (x *explaining) run(c cli.Call) (int, error) {
	switch {
	case x.gates:
		return cli.ExitOK, writeGates(c.Stdout)
	case len(c.Words) != 1:
		return cli.ExitUsage, cli.Misusef("one STATUS or SCENARIO is needed")
	}
	x.file = c.Words[0]
	data, err := x.rehearsal.scenario(c.Stdin)
	if err != nil {
		return cli.ExitUsage, err
	}
	if s, ok := asStatus(data); ok {
		if x.at != "" || x.settings != "" {
			return cli.ExitUsage, cli.Misusef("%s is a status; --at and --settings are for scenarios", x.file)
		}
		return cli.ExitOK, x.writeStatus(c.Stdout, s)
	}
	story, settings, err := x.read(bytes.NewReader(data))
	if err != nil {
		return cli.ExitUsage, fmt.Errorf("no status, and no scenario: %w", err)
	}
	at, err := x.moment(story)
	if err != nil {
		return cli.ExitUsage, err
	}
	if err := x.writeMoment(c.Stdout, story, settings, at); err != nil {
		return cli.ExitFailed, err
	}
	return cli.ExitOK, nil
}

// moment is the time since the beginning at which the scenario is looked at.
func (x *explaining) moment(s *scenario.Scenario) (time.Duration, error) {
	if x.at == "" {
		return s.LengthOrDefault(), nil
	}
	at, err := scenario.ParseDuration(x.at)
	if err != nil {
		return 0, cli.Misusef("--at: %w", err)
	}
	return at, nil
}

// asStatus reads a status for machines, as a property list or a JSON object.
func asStatus(data []byte) (statusfile.Status, bool) {
	dict, err := plist.Decode(data, statusfile.MaxFile)
	if err != nil && json.Unmarshal(data, &dict) != nil {
		return statusfile.Status{}, false
	}
	s, err := statusfile.FromDict(dict)
	return s, err == nil
}

// writeStatus explains a status, as far as it says.
func (x *explaining) writeStatus(w io.Writer, s statusfile.Status) error {
	k := explained.Published(s, clock.System().Now().Wall)
	if x.json {
		return cli.WriteJSON(w, map[string]string{"status": string(s.Word), "cause": k.Cause, "wayOut": k.WayOut, "waitingFor": s.WaitingFor, "setting": s.Setting})
	}
	var b strings.Builder
	line := func(name, said string) {
		if said != "" {
			fmt.Fprintf(&b, "%-15s %s\n", name+":", said)
		}
	}
	when := func(t time.Time) string {
		if t.IsZero() {
			return ""
		}
		return text.Time(t, time.Local)
	}
	line("Cause", k.Cause)
	line("Way out", cmp.Or(k.WayOut, "nothing need be done"))
	line("Status", string(s.Word))
	line("Waiting for", s.WaitingFor)
	line("Setting", s.Setting)
	line("Deadline", when(s.Deadline))
	line("Deferred until", when(s.DeferredUntil))
	for _, u := range s.Updates {
		line("Update", u.Name)
	}
	line("Mac", fmt.Sprintf("macOS %s (%s), %s", s.MacOS, s.Build, s.Hardware))
	line("Counts", fmt.Sprintf("%s, %s, %s, %s", text.Count(s.Deferrals, "deferral"), text.Count(s.Prompts, "prompt"), text.Count(s.Restarts, "restart"), text.Count(s.Failures, "failure")))
	line("Last check", strings.TrimSpace(when(s.LastCheck)+" "+s.LastCheckOutcome))
	line("Last error", strings.TrimSpace(when(s.LastErrorAt)+" "+s.LastError))
	line("Written", when(s.Written))
	_, err := io.WriteString(w, b.String())
	return err
}

// eventsBefore is how many of the last events are told before a moment.
const eventsBefore = 8

// writeMoment lets the job live up to a moment and explains it.
func (x *explaining) writeMoment(w io.Writer, s *scenario.Scenario, settings map[string]any, at time.Duration) error {
	l, err := life.Of(s, launchd.Identifier(product.BundleID), settings)
	if err != nil {
		return err
	}
	m := l.Mac
	defer m.Close()
	l.Run(at)
	if !m.Up() {
		return errors.New("the Mac is switched off, or starts, at that moment")
	}
	if l.Removed {
		return errors.New("the job has removed itself before that moment")
	}
	before := m.Journal.Events
	out, err := l.Explain()
	if err != nil {
		return err
	}
	if x.json {
		return cli.WriteJSON(w, out)
	}
	told := slices.DeleteFunc(slices.Clone(before), func(e simmac.Event) bool {
		return e.Kind == simmac.ToolRan || e.Kind == simmac.ToolEnded || e.Kind == simmac.StateSaved || e.Kind == simmac.JobStarted || e.Kind == simmac.JobEnded || e.Kind == simmac.JobKilled
	})
	teller := story.Teller{Out: w}
	for _, e := range told[max(0, len(told)-eventsBefore):] {
		teller.Tell(e, m.Zone())
	}
	teller.Flush()
	if err := teller.Err(); err != nil {
		return err
	}
	fmt.Fprintf(w, "\n%s\n\n", text.Time(m.Now().Wall, m.Zone()))
	_, err = io.WriteString(w, explained.Text(out))
	return err
}

// writeGates says what each gate is.
func writeGates(w io.Writer) error {
	rows := cli.Columns(w)
	gates := explained.Gates()
	for _, name := range slices.Sorted(maps.Keys(gates)) {
		fmt.Fprintf(rows, "%s\t%s\n", name, gates[name])
	}
	return rows.Flush()
}
