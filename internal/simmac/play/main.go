// Command play shows a whole life of the root job on a simulated Mac: the first
// check, the prompt, two deferrals, the passed deadline, the final countdown,
// the installation, the restarts, the check after them, the self-removal.
//
// The real root job runs as real processes below a temporary folder. Nothing
// outside of it is touched, on a Mac neither. On a terminal the person at it
// answers the dialogs; without one somebody scripted does.
package main

import (
	"context"
	"errors"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"time"
	_ "time/tzdata" // the machine may have no time zones

	"golang.org/x/sys/unix"

	"installordefer/internal/cli"
	"installordefer/internal/simmac"
	"installordefer/internal/simmac/rooted"
	"installordefer/internal/simmac/story"
	"installordefer/prompt"
)

const usage = `Play a whole life of the root job on a simulated Mac.

Usage:
  play --job FILE --tools FILE [flags]

Flags:
%s
Exit codes:
  0  the whole life went as promised
  1  it did not
  2  the command line is wrong
`

// options are the flags.
type options struct {
	job, tools, helper string
	hardware           string
	window, scripted   bool
	keep, commands     bool
	rate               float64
}

func main() { os.Exit(program().Run(os.Args[1:], os.Stdin, os.Stdout, os.Stderr)) }

func program() cli.Program {
	return cli.Program{Name: "play", Usage: usage, Define: define}
}

func define(flags *cli.Flags) cli.Action {
	var o options
	flags.StringVar(&o.job, "job", "", "the root job, install-or-defer")
	flags.StringVar(&o.tools, "tools", "", "the program that stands for macOS's own, simtool")
	flags.StringVar(&o.helper, "helper", "", "the helper that shows dialogs, install-or-defer-prompt")
	flags.StringVar(&o.hardware, "hardware", "intel", "intel or apple-silicon")
	flags.BoolVar(&o.window, "window", false, "let the helper show its dialogs, also without a terminal")
	flags.BoolVar(&o.scripted, "scripted", false, "let somebody scripted answer, also on a terminal")
	flags.BoolVar(&o.keep, "keep", false, "keep the folder of the simulated Mac")
	flags.BoolVar(&o.commands, "commands", false, "tell the programs that are run, too")
	flags.Float64Var(&o.rate, "rate", 60, "how many simulated seconds pass in a real one")
	return func(c cli.Call) (int, error) {
		if err := o.check(); err != nil {
			return cli.ExitUsage, err
		}
		ok, err := play(o, c.Stdout)
		if err != nil || !ok {
			return cli.ExitFailed, err
		}
		return cli.ExitOK, nil
	}
}

func (o options) check() error {
	switch {
	case o.job == "" || o.tools == "":
		return cli.Misusef("name the root job and the tools with --job and --tools")
	case o.hardware != "intel" && o.hardware != "apple-silicon":
		return cli.Misusef("--hardware is %q, but is intel or apple-silicon", o.hardware)
	case o.rate < 1 || o.rate > 1000:
		return cli.Misusef("--rate is %v, but must be between 1 and 1000", o.rate)
	}
	return nil
}

// play plays the life and reports whether it went as promised.
func play(o options, out io.Writer) (ok bool, err error) {
	for _, p := range []*string{&o.job, &o.tools, &o.helper} {
		if *p != "" {
			if *p, err = filepath.Abs(*p); err != nil {
				return false, err
			}
		}
	}
	before := outside()
	folder, err := os.MkdirTemp("", "simulated-mac-")
	if err != nil {
		return false, err
	}
	// The folder's own path must be plain: the root job follows no links.
	if folder, err = filepath.EvalSymlinks(folder); err != nil {
		return false, err
	}
	if !o.keep {
		defer os.RemoveAll(folder)
	}
	t := &theatre{teller: story.Teller{Out: out, Tools: o.commands}}
	mac, err := t.open(o, folder)
	if err != nil {
		return false, err
	}
	defer mac.Close()
	began := time.Now()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	lived := mac.Live(ctx, 3*24*time.Hour)
	t.settle(mac)
	if ctx.Err() != nil {
		return false, errors.New("interrupted")
	}
	r := t.report(o, mac, lived, before, outside())
	if err := mac.Close(); err != nil {
		return false, err
	}
	t.teller.Say("\nThe whole took %.1f seconds.", time.Since(began).Seconds())
	if o.keep {
		t.teller.Say("The folder of the simulated Mac is kept: %s", folder)
	} else {
		t.teller.Say("The folder of the simulated Mac is deleted: %s", folder)
	}
	return r, t.teller.Err()
}

// A theatre is where the life is played.
type theatre struct {
	teller  story.Teller
	person  bool // a real person answers, on the terminal that the story is told on
	dialogs int  // open on that terminal
	held    []told
	journal []simmac.Event
}

// told is an event that waits to be told.
type told struct {
	event simmac.Event
	zone  *time.Location
}

// tell tells an event, at once or when no dialog is on the terminal any more.
func (t *theatre) tell(e simmac.Event, zone *time.Location) {
	t.journal = append(t.journal, e)
	if t.person {
		// What the person has seen and done on the terminal is not told again.
		switch e.Kind {
		case simmac.DialogShown:
			t.dialogs++
		case simmac.DialogClosed:
			t.dialogs--
		}
		if e.Kind == simmac.DialogShown {
			return
		}
		if t.dialogs > 0 {
			t.held = append(t.held, told{e, zone})
			return
		}
	}
	for _, h := range t.held {
		t.teller.Tell(h.event, h.zone)
	}
	t.held = nil
	t.teller.Tell(e, zone)
}

// settle tells what is still held back.
func (t *theatre) settle(mac *rooted.Mac) {
	mac.Do(func(*simmac.Mac) {
		for _, h := range t.held {
			t.teller.Tell(h.event, h.zone)
		}
		t.held = nil
		t.teller.Flush()
	})
}

// open makes the Mac.
func (t *theatre) open(o options, folder string) (*rooted.Mac, error) {
	root := filepath.Join(folder, "Mac")
	if err := os.Mkdir(root, 0o755); err != nil {
		return nil, err
	}
	facts := tahoe(o.hardware == "apple-silicon")
	cfg := rooted.Config{
		Root: root, Facts: facts, Program: o.job, Simtool: o.tools, Rate: o.rate, Tell: t.tell, Output: os.Stderr,
	}
	terminal := terminalName()
	if o.helper != "" && !o.scripted && (o.window || terminal != "") {
		cfg.Helper = o.helper
		if !o.window {
			cfg.Terminal, t.person = terminal, true
		}
		cfg.RateAt = unhurried(o.rate)
		cfg.HelperEnv = display()
	}
	t.introduce(o, facts, root, cfg.Helper != "")
	mac, err := rooted.Start(cfg)
	if err != nil {
		return nil, err
	}
	if err := mac.Profile(settings); err != nil {
		mac.Close()
		return nil, err
	}
	return mac, nil
}

// unhurried lets a real person read: a prompt stands in real time, and a
// countdown runs fast enough to be seen to its end.
func unhurried(rate float64) func(prompt.Kind) float64 {
	return func(k prompt.Kind) float64 {
		switch k {
		case prompt.RunOrDefer, prompt.Password:
			return 1
		case prompt.RunNow:
			return min(rate, 30)
		case prompt.Updating, prompt.InstallNow, prompt.InTheWay:
		}
		return rate
	}
}

// terminalName returns the device of the terminal on which a person can answer,
// or nothing.
func terminalName() string {
	for _, f := range []*os.File{os.Stdin, os.Stdout} {
		if _, err := unix.IoctlGetWinsize(int(f.Fd()), unix.TIOCGWINSZ); err != nil {
			return ""
		}
	}
	if name, err := os.Readlink("/proc/self/fd/0"); err == nil {
		return name
	}
	tty := exec.Command("tty") // a Mac has no /proc
	tty.Stdin = os.Stdin
	name, err := tty.Output()
	if err != nil {
		return ""
	}
	return strings.TrimSpace(string(name))
}

// display is what a native helper needs to find its screen.
func display() []string {
	var env []string
	for _, name := range []string{"DISPLAY", "XAUTHORITY", "TERM"} {
		if v, ok := os.LookupEnv(name); ok {
			env = append(env, name+"="+v)
		}
	}
	return env
}
