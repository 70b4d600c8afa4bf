// Package cli reads the command lines of the programs and carries them out.
//
// What must hold here: every program of this project understands flags, asks
// for help, refuses what it does not understand and ends with the same exit
// codes in the same way. What a command does is not known here.
package cli

import (
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/pflag"

	"installordefer/internal/nearest"
)

// The exit codes that all commands share. Further ones are in the help of the
// command.
const (
	ExitOK     = 0
	ExitFailed = 1
	ExitUsage  = 2
)

// Flags are the flags of a command.
type Flags = pflag.FlagSet

// A Program is what one binary understands.
type Program struct {
	Name string
	// Version is what --version prints; without one there is no such flag.
	Version string
	// Usage is the help, with %s where the commands, if there are any, and then
	// the flags stand.
	Usage string
	// Define is as that of a Command, for what the program does without one.
	Define   func(*Flags) Action
	Commands []Command
}

// A Command is one word that the command line understands.
type Command struct {
	Name, What string
	// Usage is the help, with %s where the flags stand.
	Usage string
	// list is what stands at the first %s of the help of a whole program. Only
	// who asks for help needs it.
	list func() string
	// Words are the arguments that the command takes beside its flags: "" for
	// none, "FILE" for one, "FILE..." for one or more, "[FILE...]" for any.
	Words string
	// Define adds the flags, and returns what is done when they are read.
	Define func(*Flags) Action
}

// An Action does what a command line asks for. It returns the exit code, and
// what is to be said of a failure; a misuse has its own exit code.
type Action func(Call) (int, error)

// A Call is what an action works with.
type Call struct {
	Words          []string
	Stdin          io.Reader
	Stdout, Stderr io.Writer
}

// A misuse is an error of whoever wrote the command line.
type misuse struct{ error }

// Misusef returns an error of whoever wrote the command line, described as by
// fmt.Errorf.
func Misusef(format string, args ...any) error { return misuse{fmt.Errorf(format, args...)} }

// Run reads the command line, does what it asks for and returns the exit code.
func (p Program) Run(args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	c := Call{Stdin: stdin, Stdout: stdout, Stderr: stderr}
	args = p.commandFirst(args)
	if len(args) == 0 || strings.HasPrefix(args[0], "-") {
		return p.bare().run(p.Name, args, c)
	}
	var names []string
	for _, command := range p.all() {
		if command.Name == args[0] {
			return command.run(p.Name+" "+command.Name, args[1:], c)
		}
		names = append(names, command.Name)
	}
	return misused(p.Name, stderr, fmt.Errorf("there is no command %q%s", args[0], meant(args[0], names, "")))
}

// commandFirst puts the command before a flag that stands in front of it, as
// "--root FOLDER status" has it.
func (p Program) commandFirst(args []string) []string {
	at := 2
	switch {
	case len(args) < 2 || !strings.HasPrefix(args[0], "--"):
		return args
	case strings.Contains(args[0], "="):
		at = 1
	}
	if len(args) <= at {
		return args
	}
	for _, c := range p.all() {
		if c.Name == args[at] {
			return append(append([]string{c.Name}, args[:at]...), args[at+1:]...)
		}
	}
	return args
}

// bare is what the program does without a command.
func (p Program) bare() Command {
	c := Command{Usage: p.Usage, Define: p.Define}
	if len(p.Commands) > 0 {
		c.list = p.list
	}
	if p.Version == "" {
		return c
	}
	c.Define = func(flags *Flags) Action {
		version := flags.Bool("version", false, "print the version and the identifier")
		act := p.Define(flags)
		return func(c Call) (int, error) {
			if *version {
				fmt.Fprintln(c.Stdout, p.Version)
				return ExitOK, nil
			}
			return act(c)
		}
	}
	return c
}

// list says what each command is for.
func (p Program) list() string {
	var b strings.Builder
	for _, c := range p.all() {
		fmt.Fprintf(&b, "  %-10s %s\n", c.Name, c.What)
	}
	return b.String()
}

// run reads what stands behind the command's full name.
func (c Command) run(name string, args []string, call Call) int {
	flags := pflag.NewFlagSet(name, pflag.ContinueOnError)
	flags.SetOutput(io.Discard)
	act := c.Define(flags)
	err := flags.Parse(args)
	if errors.Is(err, pflag.ErrHelp) {
		fmt.Fprint(call.Stdout, c.help(name))
		return ExitOK
	}
	if unknown := (*pflag.NotExistError)(nil); errors.As(err, &unknown) {
		err = fmt.Errorf("%w%s", err, meant(unknown.GetSpecifiedName(), flagNames(flags), "--"))
	}
	if err == nil {
		err = c.take(flags.Args())
	}
	if err != nil {
		return misused(name, call.Stderr, err)
	}
	call.Words = flags.Args()
	code, err := act(call)
	if wrong := (misuse{}); errors.As(err, &wrong) {
		return misused(name, call.Stderr, err)
	}
	if err != nil {
		fmt.Fprintf(call.Stderr, "%s: %v\n", name, err)
	}
	return code
}

// meant asks whether a word was meant to be another; empty where none is alike.
func meant(word string, known []string, before string) string {
	if near := nearest.Word(word, known); near != "" {
		return fmt.Sprintf("; did you mean %q?", before+near)
	}
	return ""
}

// misused says what is wrong with a command line, and where help is.
func misused(name string, stderr io.Writer, err error) int {
	fmt.Fprintf(stderr, "%s: %v\nRun \"%[1]s --help\" for help.\n", name, err)
	return ExitUsage
}

// take tells whether the command takes these words.
func (c Command) take(words []string) error {
	most := min(len(c.Words), 1)
	switch {
	case len(words) == 0 && most > 0 && c.Words[0] != '[':
		return fmt.Errorf("the %s is missing", strings.Trim(c.Words, "."))
	case len(words) > most && !strings.Contains(c.Words, "..."):
		return fmt.Errorf("unexpected argument %q", words[most])
	}
	return nil
}
