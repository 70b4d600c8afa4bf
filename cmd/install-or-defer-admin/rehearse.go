package main

import (
	"bufio"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"strings"
	"time"

	"installordefer/docs/scenarios"
	"installordefer/internal/cli"
	"installordefer/internal/product"
	"installordefer/internal/simmac"
	"installordefer/internal/simmac/life"
	"installordefer/internal/simmac/scenario"
	"installordefer/internal/simmac/story"
	"installordefer/launchd"
	"installordefer/pkg/profile"
)

const rehearseUsage = `Play settings against a simulated Mac, before people meet them.

Usage:
  install-or-defer-admin rehearse SCENARIO [flags]

SCENARIO is a file that describes a Mac, its people, what Apple offers and what
happens; "-" is the standard input. docs/scenarios.md describes the form. Those of
docs/scenarios are in this program and go by their names. The root job itself lives on that Mac, in this
process and in simulated time: nothing is installed, nothing is restarted, and
no file is written. The same scenario and settings give the same story, to the
second.

Flags:
%s
Exit codes:
  0  the story was told
  1  it could not be told to its end
  2  the scenario, the settings or the command line is wrong

Examples:
  install-or-defer-admin rehearse deadline
  install-or-defer-admin rehearse deadline --summary --settings updates.mobileconfig
  install-or-defer-admin rehearse deadline.json --settings updates.mobileconfig --days 10
  install-or-defer-admin rehearse deadline.json --json | jq 'select(.kind == "dialog")'
`

// A rehearsal is the command line of rehearse.
type rehearsal struct {
	file     string
	settings string
	json     bool
	summary  bool
	html     string
	tools    bool
	days     float64
}

// rehearseCommand plays settings against a scenario.
func rehearseCommand() cli.Command {
	return cli.Command{
		Name: "rehearse", What: "play settings against a simulated Mac",
		Usage: rehearseUsage, Words: "SCENARIO", Define: func(flags *cli.Flags) cli.Action {
			var r rehearsal
			flags.StringVar(&r.settings, "settings", "", "a property list or a configuration profile to rehearse, in place\nof the settings of the scenario")
			flags.BoolVar(&r.json, "json", false, "tell each event as a line of JSON")
			flags.BoolVar(&r.summary, "summary", false, "tell what it costs people: dialogs each day, in working hours and\noutside, minutes on the screen, restarts, work lost")
			flags.StringVar(&r.html, "html", "", "write the story as a page into this `file`: a timeline, the dialogs,\nwhy each thing happened, what it costs")
			flags.BoolVar(&r.tools, "tools", false, "tell the programs that are run, too")
			flags.Float64Var(&r.days, "days", 0, "how many days the story lasts at most (default: as the scenario says)")
			return func(c cli.Call) (int, error) {
				if r.days < 0 || r.days > 400 {
					return cli.ExitUsage, cli.Misusef("--days is %v, but must be between 0 and 400", r.days)
				}
				if r.summary && r.json || r.html != "" && (r.summary || r.json) {
					return cli.ExitUsage, cli.Misusef("only one of --summary, --json and --html can be used")
				}
				r.file = c.Words[0]
				s, settings, err := r.read(c.Stdin)
				if err != nil {
					return cli.ExitUsage, err
				}
				if err := r.tell(s, settings, c.Stdout); err != nil {
					return cli.ExitFailed, err
				}
				return cli.ExitOK, nil
			}
		},
	}
}

// read reads the scenario and the settings.
func (r *rehearsal) read(stdin io.Reader) (*scenario.Scenario, map[string]any, error) {
	data, err := r.scenario(stdin)
	if err != nil {
		return nil, nil, err
	}
	s, err := scenario.Decode(data)
	if err != nil {
		return nil, nil, fmt.Errorf("%s: %w", r.file, err)
	}
	if r.settings == "" {
		return s, nil, nil
	}
	if data, err = cli.ReadInput(r.settings, stdin, profile.MaxFile); err != nil {
		return nil, nil, err
	}
	settings, err := profile.Settings(product.BundleID, data)
	if err != nil {
		return nil, nil, fmt.Errorf("%s: %w", r.settings, err)
	}
	return s, settings, nil
}

// scenario returns the text of the scenario: a file, or one of those that are in
// this program, whose names are no file's here.
func (r *rehearsal) scenario(stdin io.Reader) ([]byte, error) {
	data, err := cli.ReadInput(r.file, stdin, scenario.MaxSize)
	if !errors.Is(err, fs.ErrNotExist) {
		return data, err
	}
	if data, found := scenarios.Named(r.file); found {
		return data, nil
	}
	return nil, fmt.Errorf("%w; the scenarios in this program are %s", err, strings.Join(scenarios.Names(), ", "))
}

// tell lets the job live and tells how it went.
func (r *rehearsal) tell(s *scenario.Scenario, settings map[string]any, stdout io.Writer) error {
	out := bufio.NewWriter(stdout)
	teller := story.Teller{Out: out, Tools: r.tools}
	tell := teller.Tell
	var burden story.Burden
	page := story.Page{Title: cmp.Or(s.About, r.file)}
	switch {
	case r.html != "":
		tell = page.Take
	case r.summary:
		tell = burden.Take
	}
	if r.json {
		tell = func(e simmac.Event, zone *time.Location) {
			if line, err := story.JSON(e, zone); err == nil {
				out.Write(append(line, '\n')) // Flush tells of an error
			}
		}
	} else if s.About != "" && r.html == "" {
		teller.Say("%s", s.About)
	}
	l, err := life.Rehearse(s, launchd.Identifier(product.BundleID), settings, time.Duration(r.days*24*float64(time.Hour)), tell)
	if err != nil {
		return err
	}
	if r.html != "" {
		return writePage(r.html, func(w io.Writer) error { return page.Write(w, story.Summarise(l.Mac, l.Removed, l.Wakes)) })
	}
	if r.json {
		if err := json.NewEncoder(out).Encode(story.EndOf(l.Mac, l.Removed, l.Wakes)); err != nil {
			return err
		}
	} else {
		teller.Say("")
		if r.summary {
			for _, line := range burden.Lines() {
				teller.Say("%s", line)
			}
		}
		for _, line := range story.Summarise(l.Mac, l.Removed, l.Wakes) {
			teller.Say("%s", line)
		}
	}
	return out.Flush()
}
