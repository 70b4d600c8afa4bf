package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"slices"
	"sort"
	"strings"
	"syscall"
	"time"

	"installordefer/deferral/settings"
	"installordefer/internal/cli"
	"installordefer/internal/clock"
	"installordefer/internal/dialogs"
	"installordefer/internal/product"
	"installordefer/internal/text"
	"installordefer/pkg/profile"
	"installordefer/prompt"
	"installordefer/prompt/examples"
	"installordefer/prompt/words"
)

const previewUsage = `Show a dialog with your settings and made-up updates.

Usage:
  install-or-defer-admin preview [flags]

The dialog is the one that people meet, shown by the same helper. Nothing is
checked, installed or restarted, and no answer has a consequence. It needs no
rights: run it as yourself, in your own session.

Dialogs: %s
States: %s
Languages: %s

Flags:
%s
With --png the dialog is drawn into FILE and goes away by itself. On Linux the
helper shows windows where it was built with GNUstep and DISPLAY is set.

Exit codes:
  0  the dialog was shown
  1  it could not be shown
  2  the settings or the command line is wrong

Examples:
  install-or-defer-admin preview
  install-or-defer-admin preview --dialog run-now --settings updates.mobileconfig
  install-or-defer-admin preview --state last --language de
  install-or-defer-admin preview --dialog password --dark --png password.png
`

// A shownKind is a dialog that can be shown, and its ordinary state.
type shownKind struct {
	kind  prompt.Kind
	state string
}

// previewKinds are the dialogs that can be shown, the most common first.
var previewKinds = []shownKind{
	{prompt.RunOrDefer, "first"}, {prompt.RunNow, "final"}, {prompt.Updating, "updating"},
	{prompt.InstallNow, "install"}, {prompt.InTheWay, "power"}, {prompt.Password, "password"},
}

// previewTime is the form in which --at gives a time.
const previewTime = "2006-01-02T15:04"

// A preview is the command line of preview.
type preview struct {
	kind     string
	state    string
	language string
	at       string
	settings string
	helper   string
	png      string
	light    bool
	dark     bool
}

// previewCommand shows a dialog with an administrator's settings.
func previewCommand() cli.Command {
	usage := previewUsage
	for _, names := range [][]string{kindNames(), stateNames(), words.Languages()} {
		usage = strings.Replace(usage, "%s", strings.Join(settings.Wrap(strings.Join(names, ", "), 72), "\n  "), 1)
	}
	return cli.Command{
		Name: "preview", What: "show a dialog with your settings and made-up updates",
		Usage: usage, Define: func(flags *cli.Flags) cli.Action {
			var p preview
			flags.StringVar(&p.kind, "dialog", string(prompt.RunOrDefer), "the dialog to show")
			flags.StringVar(&p.state, "state", "", "the state of a dialog to show, instead of --dialog")
			flags.StringVar(&p.language, "language", "", "the language to show it in, as a tag (default: the one of the settings, or yours)")
			flags.StringVar(&p.at, "at", "", "the time at which the dialog opens, as "+previewTime+" (default: now)")
			flags.StringVar(&p.settings, "settings", "", "a property list or a configuration profile with the settings;\n\"-\" is the standard input (default: the built-in settings)")
			flags.BoolVar(&p.light, "light", false, "light looks, whatever the person has chosen")
			flags.BoolVar(&p.dark, "dark", false, "dark looks, whatever the person has chosen")
			flags.StringVar(&p.png, "png", "", "draw the dialog into this file")
			flags.StringVar(&p.helper, "helper", "", "the helper to show it with (default: the one beside this program)")
			return p.run
		},
	}
}

func (p *preview) run(c cli.Call) (int, error) {
	switch {
	case p.light && p.dark:
		return cli.ExitUsage, cli.Misusef("--light and --dark cannot be used together")
	case !slices.Contains(kindNames(), p.kind):
		return cli.ExitUsage, cli.Misusef("there is no dialog %q; there are %s", p.kind, strings.Join(kindNames(), ", "))
	case p.state == "":
		p.state = previewKinds[slices.Index(kindNames(), p.kind)].state
	}
	state, ok := examples.Named(p.state)
	if !ok {
		return cli.ExitUsage, cli.Misusef("there is no state %q; there are %s", p.state, strings.Join(stateNames(), ", "))
	}
	now := time.Now()
	if p.at != "" {
		var err error
		if now, err = time.ParseInLocation(previewTime, p.at, time.Local); err != nil {
			return cli.ExitUsage, cli.Misusef("--at %s is not a time like %s", p.at, previewTime)
		}
	}
	set, problems, err := p.read(c.Stdin)
	if err != nil {
		return cli.ExitUsage, err
	}
	for _, problem := range problems {
		fmt.Fprintf(c.Stderr, "install-or-defer-admin preview: %s: %v\n", p.settings, problem)
	}
	if err := p.speaks(set); err != nil {
		return cli.ExitUsage, err
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := p.show(ctx, previewDialog(state, set, p.language, now), c.Stdout, c.Stderr); err != nil {
		return cli.ExitFailed, err
	}
	return cli.ExitOK, nil
}

// speaks refuses a language that no dialog has texts in: it would be shown in
// another, and nobody would know why.
func (p *preview) speaks(set settings.Settings) error {
	own := slices.Sorted(maps.Keys(set.Translations))
	if p.language == "" || words.Speaks(p.language, own) {
		return nil
	}
	all := words.Languages()
	for _, tag := range own {
		if !slices.Contains(all, tag) {
			all = append(all, tag)
		}
	}
	return cli.Misusef("the dialogs have no texts in the language %q; they have them in %s", p.language, strings.Join(all, ", "))
}

func kindNames() []string {
	var names []string
	for _, k := range previewKinds {
		names = append(names, string(k.kind))
	}
	return names
}

func stateNames() []string {
	var names []string
	for _, s := range examples.States {
		names = append(names, s.Name)
	}
	return names
}

// read reads the settings. A bad value gives way to the default, as it does
// in the root job, and is reported.
func (p *preview) read(stdin io.Reader) (settings.Settings, []settings.Problem, error) {
	if p.settings == "" {
		return settings.Defaults(), nil, nil
	}
	data, err := cli.ReadInput(p.settings, stdin, profile.MaxFile)
	if err != nil {
		return settings.Settings{}, nil, err
	}
	values, err := profile.Settings(product.BundleID, data)
	if err != nil {
		return settings.Settings{}, nil, fmt.Errorf("%s: %w", p.settings, err)
	}
	set, _, problems := settings.Read(settings.Layer{Name: p.settings, Values: values})
	return set, problems, nil
}

// show shows the dialog and says what became of it.
func (p *preview) show(ctx context.Context, d prompt.Dialog, stdout, stderr io.Writer) error {
	helper, err := p.program()
	if err != nil {
		return err
	}
	a, err := p.converse(ctx, helper, d, stderr)
	if err != nil {
		return err
	}
	if d.Kind == prompt.Password && a.Result == prompt.ResultPassword {
		a.Secret.Wipe()
		fmt.Fprintln(stdout, "A password was typed. This is a preview: it is called wrong, once.")
		d.Rejected = &prompt.Rejected{TriesLeft: 2}
		if a, err = p.converse(ctx, helper, d, stderr); err != nil {
			return err
		}
		a.Secret.Wipe()
	}
	if p.png != "" && !p.drawn() {
		return fmt.Errorf("no picture was drawn, because the helper %s shows dialogs in the terminal and not in windows", helper)
	}
	fmt.Fprintln(stdout, previewStory(p, d, a))
	if slices.Contains(words.Unread(), d.Language) {
		fmt.Fprintf(stdout, "No native speaker has read the texts in %s yet.\n", d.Language)
	}
	return nil
}

// program finds the helper: inside the application or bare, beside this
// program.
func (p *preview) program() (string, error) {
	if p.helper != "" {
		return filepath.Abs(p.helper)
	}
	self, err := os.Executable()
	if err != nil {
		return "", fmt.Errorf("finding the helper: %w", err)
	}
	beside := filepath.Dir(self)
	for _, name := range []string{
		filepath.Join(beside, "Install or Defer.app", "Contents", "MacOS", "install-or-defer-prompt"),
		filepath.Join(beside, "install-or-defer-prompt"),
	} {
		if _, err := os.Stat(name); err == nil {
			return name, nil
		}
	}
	return "", fmt.Errorf("the helper is not beside this program in %s; --helper says where it is", beside)
}

// converse shows one dialog until it is answered, drawn, or interrupted.
func (p *preview) converse(ctx context.Context, program string, d prompt.Dialog, stderr io.Writer) (prompt.Answer, error) {
	if p.png != "" {
		if err := os.Remove(p.png); err != nil && !errors.Is(err, os.ErrNotExist) {
			return prompt.Answer{}, fmt.Errorf("replacing the picture: %w", err)
		}
	}
	child, err := startPreview(program, p.environment(), stderr)
	if err != nil {
		return prompt.Answer{}, err
	}
	window, err := prompt.Open(child, clock.System(), d)
	if err != nil {
		return prompt.Answer{}, err
	}
	defer window.Close()
	for begun := time.Now(); ; {
		a, answered := window.Wait(ctx, 200*time.Millisecond)
		switch {
		case answered && a.Result == prompt.ResultNone:
			return a, fmt.Errorf("the dialog was not shown to its end: %s", a.Why)
		case answered:
			return a, nil
		case ctx.Err() != nil:
			return prompt.Answer{Result: prompt.ResultClosed}, nil
		case p.drawn():
			return prompt.Answer{Result: prompt.ResultClosed}, nil
		}
		if d.Progress == nil || p.png != "" {
			continue
		}
		// A made-up installation takes half a minute.
		done := time.Since(begun).Seconds() / 30
		if done >= 1 {
			return prompt.Answer{Result: prompt.ResultClosed}, nil
		}
		_ = window.Change(prompt.Change{Progress: previewProgress(done)})
	}
}

func (p *preview) environment() []string {
	var env []string
	switch {
	case p.light:
		env = append(env, "INSTALL_OR_DEFER_APPEARANCE=light")
	case p.dark:
		env = append(env, "INSTALL_OR_DEFER_APPEARANCE=dark")
	}
	if p.png != "" {
		if file, err := filepath.Abs(p.png); err == nil {
			env = append(env, "INSTALL_OR_DEFER_PICTURE="+file)
		}
	}
	return env
}

// drawn tells whether the picture is there.
func (p *preview) drawn() bool {
	if p.png == "" {
		return false
	}
	info, err := os.Stat(p.png)
	return err == nil && info.Size() > 0
}

// previewStory says what became of the dialog, and what would come of it.
func previewStory(p *preview, d prompt.Dialog, a prompt.Answer) string {
	switch a.Result {
	case prompt.ResultRun:
		if d.Kind == prompt.Updating {
			return "The restart was chosen. The Mac would restart now."
		}
		return "Run Updates was chosen. The updates would install now."
	case prompt.ResultDefer:
		return fmt.Sprintf("Defer was chosen. The prompt would come again in %s.", text.Length(d.Choices[a.Choice].For))
	case prompt.ResultPassword:
		return "A password was typed. It would be given to Apple's tool; here it was thrown away."
	case prompt.ResultCancel:
		if d.Kind == prompt.InstallNow {
			return "The dialog was read."
		}
		if d.Kind == prompt.InTheWay {
			return "The dialog was put aside. A click on Run Updates would be remembered."
		}
		return "No password was given. Software Update would open."
	case prompt.ResultTimeout:
		return "The dialog's time ran out."
	}
	if p.png != "" {
		return "The dialog is in " + p.png + "."
	}
	return "The dialog was taken away."
}

// previewDialog makes a dialog of settings and made-up updates, as the root
// job would at now.
func previewDialog(state examples.State, set settings.Settings, language string, now time.Time) prompt.Dialog {
	base := dialogs.Of(state.Kind, set)
	base.Language = cmp.Or(language, base.Language)
	lengths := set.DeferralChoices
	if len(lengths) == 0 {
		lengths = []time.Duration{set.DeferralPeriod}
	}
	for _, l := range lengths {
		base.Choices = append(base.Choices, prompt.Choice{For: l})
	}
	for _, until := range set.TimesAfter(now, now.Location()) {
		base.Choices = append(base.Choices, prompt.Choice{For: until.Sub(now), Until: until, Fixed: true})
	}
	sort.SliceStable(base.Choices, func(i, j int) bool { return base.Choices[i].For < base.Choices[j].For })
	base.Countdown = set.UpdateDelay
	if state.Kind == prompt.Updating {
		base.Countdown = set.HardRestartDelay
	}
	d := state.Dialog(now.Truncate(time.Second), base)
	if d.Usual == 0 { // the state chooses none itself
		d.Usual = dialogs.Usual(d.Choices, set)
	}
	return d
}

func previewProgress(fraction float64) *prompt.Progress {
	return &prompt.Progress{Fraction: fraction, Updates: []string{"macOS Tahoe 26.7"}}
}

// A previewChild is the helper of a preview, as package prompt knows it. It is
// not run by package tool, which runs what belongs to the installed job, in an
// environment of its own: this is the person's process on the person's screen.
type previewChild struct {
	cmd    *exec.Cmd
	stdin  io.WriteCloser
	stdout io.ReadCloser
}

func startPreview(program string, env []string, stderr io.Writer) (*previewChild, error) {
	c := &previewChild{cmd: exec.Command(program)}
	c.cmd.Env = append(os.Environ(), env...)
	c.cmd.Stderr = stderr
	var err error
	if c.stdin, err = c.cmd.StdinPipe(); err != nil {
		return nil, fmt.Errorf("start the helper: %w", err)
	}
	// Not StdoutPipe, which Wait closes before all is read.
	out, in, err := os.Pipe()
	if err != nil {
		return nil, fmt.Errorf("start the helper: %w", err)
	}
	c.stdout, c.cmd.Stdout = out, in
	err = c.cmd.Start()
	in.Close()
	if err != nil {
		out.Close()
		return nil, fmt.Errorf("start the helper: %w", err)
	}
	return c, nil
}

func (c *previewChild) Stdin() io.WriteCloser { return c.stdin }
func (c *previewChild) Stdout() io.ReadCloser { return c.stdout }
func (c *previewChild) Kill()                 { c.cmd.Process.Kill() }

// Wait waits for the end of the helper.
func (c *previewChild) Wait() int {
	_ = c.cmd.Wait() // the exit code says it all
	return c.cmd.ProcessState.ExitCode()
}
