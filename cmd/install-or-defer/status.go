package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"installordefer/deferral"
	"installordefer/deferral/settings"
	"installordefer/internal/atomicfile"
	"installordefer/internal/cli"
	"installordefer/internal/plist"
	"installordefer/internal/product"
	"installordefer/internal/statusfile"
	"installordefer/internal/text"
	"installordefer/internal/wake"
	"installordefer/launchd"
)

const statusUsage = `Say in two lines why this Mac stands where it does and what helps; then what
happens next, when and why, and whether everything that the job depends on is in
order. It changes nothing and makes no check.

Usage:
  install-or-defer status [flags]

Flags:
%s
With --json the answer is one object for scripts. Its "status" is one of current,
pending, deferred, held, due, overdue, blocked, unknown; its "state" one of idle,
waiting, deferred, prompting, due, installing, restarting, stopped, removing.

With --get it prints one value of the status for machines, which anybody may
read, even when the job is gone: docs/siem.md lists the keys. For a value that is
not set it prints an empty line.

Example: the deadline for an extension attribute of Jamf Pro, of the type Date
  install-or-defer status --get deadline --date jamf --jamf

Exit codes:
  0  the status was shown
  1  it could not be shown, for instance because only root can read the state
  2  the command line is wrong
`

func statusCommand() cli.Command {
	return cli.Command{
		Name: "status", What: "say what happens next, when and why",
		Usage: statusUsage, Define: func(flags *cli.Flags) cli.Action {
			root := rootFlag(flags)
			asJSON := flags.Bool("json", false, "print one JSON object")
			one := oneValue{}
			one.define(flags)
			return func(c cli.Call) (int, error) {
				if one.asked(flags) {
					return one.print(c, *root, *asJSON)
				}
				s, err := readStatus(*root)
				switch {
				case err != nil:
				case *asJSON:
					err = cli.WriteJSON(c.Stdout, s)
				default:
					_, err = io.WriteString(c.Stdout, statusText(s))
				}
				if err != nil {
					return cli.ExitFailed, err
				}
				return cli.ExitOK, nil
			}
		},
	}
}

// readStatus gathers the status without changing anything.
func readStatus(root string) (wake.Status, error) {
	m, err := openMac(root)
	if err != nil {
		return wake.Status{}, err
	}
	files := m.files()
	store := m.store(files.Own)
	store.Disk = readOnly{}
	st, more, err := store.Load()
	if err != nil {
		return wake.Status{}, err
	}
	machine, err := m.Machine()
	if err != nil {
		return wake.Status{}, err
	}
	now := m.clock.Now()
	now.Wall = now.Wall.Round(0).UTC()
	st, files, _ = st.InForce(files, now)
	set, _, problems := files.Settings()
	held, err := m.holds().Load()
	if err != nil {
		return wake.Status{}, err
	}
	s := wake.StatusOf(deferral.Situation{
		Settings: set, State: st, Now: now, Zone: time.Local,
		Machine: machine,
		Hold:    held,
		Wake:    deferral.Wake{Declared: newJob(m, silent{}, files).Declared(machine)},
	})
	s.Identifier, s.Version = product.BundleID, product.Version
	s.Health = health(m.Host, append(files.Problems(), problems...), more)
	s.MacOS, s.Build, s.Hardware = machine.Version, machine.Build, wake.Hardware(machine.AppleSilicon)
	m.findPeople(&s)
	m.findStand(&s)
	return s, nil
}

// readOnly is a disk for looking at the state without setting anything aside.
type readOnly struct{ wake.FileDisk }

var errReadOnly = errors.New("nothing is changed by looking")

func (readOnly) Write(string, []byte) error           { return errReadOnly }
func (readOnly) Remove(string) error                  { return errReadOnly }
func (readOnly) SetAside(path string) (string, error) { return path, nil }

// health judges what the job depends on.
func health(host *launchd.Host, settings, state []settings.Problem) []wake.Health {
	list := []wake.Health{
		judged("settings", settings, "every key is valid"),
		judged("state", state, "the state can be read"),
		unbroken(host),
	}
	helper := wake.Health{What: "helper", OK: true, Text: "owner and mode are right"}
	if note, err := host.CheckHelper(context.Background()); err != nil {
		helper.OK, helper.Text = false, err.Error()
	} else if note != "" {
		helper.Text += "; " + note
	}
	return append(append(list, helper), selfUpdate(host.SelfUpdateOutcome())...)
}

// selfUpdate is what came of the last newer version that the self-update was
// offered, where there was one.
func selfUpdate(path string) []wake.Health {
	data, err := atomicfile.Read(path, statusfile.MaxFile)
	if err != nil {
		return nil
	}
	h := wake.Health{What: "self-update", Text: "what came of it cannot be read"}
	if d, err := plist.Decode(data, statusfile.MaxFile); err == nil {
		said, _ := d["said"].(string)
		problem, _ := d["problem"].(string)
		h.Text, h.OK = strings.TrimSpace(problem+" "+said), problem == "" && (d["outcome"] == "installed" || d["outcome"] == "installing")
	}
	return []wake.Health{h}
}

// unbroken judges whether a wake has broken down since the last one that looked.
func unbroken(host *launchd.Host) wake.Health {
	text, err := host.PeekErrors()
	switch said := launchd.LastWords(text); {
	case err != nil:
		return wake.Health{What: "wakes", Text: err.Error()}
	case said != "":
		return wake.Health{What: "wakes", Text: "the last one broke down: " + said + "; " + host.ErrorFile() + " has all that it said"}
	}
	return wake.Health{What: "wakes", OK: true, Text: "the last one did not break down"}
}

func judged(what string, problems []settings.Problem, fine string) wake.Health {
	if len(problems) == 0 {
		return wake.Health{What: what, OK: true, Text: fine}
	}
	lines := make([]string, len(problems))
	for i, p := range problems {
		lines[i] = p.String()
	}
	return wake.Health{What: what, Text: strings.Join(lines, " ")}
}

// statusText is the status for people.
func statusText(s wake.Status) string {
	var b strings.Builder
	line := func(name, format string, args ...any) {
		fmt.Fprintf(&b, "%-15s %s\n", name+":", fmt.Sprintf(format, args...))
	}
	line("Cause", "%s", s.Cause)
	line("Way out", "%s", cmp.Or(s.WayOut, "nothing need be done"))
	line("State", "%s", s.State)
	next := s.Next
	if s.NextAt != nil && !strings.Contains(next, text.At(*s.NextAt)) {
		next = strings.TrimSuffix(next, ".") + " (" + text.At(*s.NextAt) + ")."
	}
	if s.Setting != "" {
		next += " (" + s.Setting + ")"
	}
	line("Next", "%s", next)
	if s.Deadline != nil {
		line("Deadline", "%s", text.At(*s.Deadline))
	}
	for _, u := range s.Updates {
		restart := ""
		if u.Restart {
			restart = ", needs a restart"
		}
		line("Update", "%s%s", u.Name, restart)
	}
	line("Mac", "macOS %s (%s), %s", s.MacOS, s.Build, s.Hardware)
	if s.Sessions != nil {
		line("Logged in", "%d", *s.Sessions)
	}
	if s.VolumeOwner != nil {
		line("Volume owner", "%s", yesOr(*s.VolumeOwner, "no: the person at the screen cannot install macOS here"))
	}
	if s.BootstrapToken != nil {
		line("MDM's token", "%s", yesOr(*s.BootstrapToken, "no: the MDM cannot install macOS without a person"))
	}
	line("Deferrals", "%d used, %s, %s", s.DeferralsUsed, text.Count(s.Prompts, "prompt"), text.Count(s.Restarts, "restart"))
	if s.LastCheck != nil {
		line("Last check", "%s: %s", text.At(*s.LastCheck), s.LastCheckOutcome)
	}
	if s.LastError != "" && s.LastErrorAt != nil {
		line("Last error", "%s: %s", text.At(*s.LastErrorAt), s.LastError)
	}
	for _, h := range s.Health {
		word := "in order"
		if !h.OK {
			word = "NOT in order"
		}
		line("Health", "%s %s: %s", h.What, word, h.Text)
	}
	line("Version", "%s (%s)", s.Version, s.Identifier)
	return b.String()
}

func yesOr(yes bool, no string) string {
	if yes {
		return "yes"
	}
	return no
}

// findPeople counts who is logged in and, on Apple silicon, finds out who could let
// macOS install. What macOS does not tell stays unknown.
func (m *mac) findPeople(s *wake.Status) {
	ctx := context.Background()
	c, err := m.Console(ctx)
	if err == nil {
		n := c.Behind
		if c.Present {
			n++
		}
		s.Sessions = &n
	}
	if s.Hardware != wake.Hardware(true) {
		return
	}
	if err == nil && c.Present {
		if owner, err := m.IsVolumeOwner(ctx, c.User); err == nil {
			s.VolumeOwner = &owner
		}
	}
	if token, err := m.BootstrapToken(ctx); err == nil {
		s.BootstrapToken = &token
	}
}
