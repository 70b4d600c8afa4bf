package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/spf13/pflag"
)

// A command is one word that the command line understands.
type command struct {
	// name is "" for what the program does without a command.
	name, what string
	// usage is the help, with %s where the flags stand.
	usage string
	// words are the arguments that the command takes beside its flags: "" for
	// none, "FILE" for one, "FILE..." for one or more, "[FILE...]" for any.
	words string
	// define adds the flags, and returns what is done when they are read.
	define func(*pflag.FlagSet) action
}

// An action does what a command line asks for. It returns the exit code, and
// what is to be said of a failure; a misuse has its own exit code.
type action func(call) (int, error)

// A call is what an action works with.
type call struct {
	words          []string
	stdin          io.Reader
	stdout, stderr io.Writer
}

// A misuse is an error of whoever wrote the command line.
type misuse struct{ error }

// misusef returns a misuse that is described as by fmt.Errorf.
func misusef(format string, args ...any) error { return misuse{fmt.Errorf(format, args...)} }

// run reads the command line and does what it asks for.
func (c command) run(args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	flags := pflag.NewFlagSet(c.fullName(), pflag.ContinueOnError)
	flags.SetOutput(io.Discard)
	act := c.define(flags)
	err := flags.Parse(args)
	if errors.Is(err, pflag.ErrHelp) {
		fmt.Fprintf(stdout, c.usage, flags.FlagUsages())
		return exitOK
	}
	if err == nil {
		err = c.take(flags.Args())
	}
	if err != nil {
		return c.misused(stderr, err)
	}
	code, err := act(call{flags.Args(), stdin, stdout, stderr})
	if wrong := (misuse{}); errors.As(err, &wrong) {
		return c.misused(stderr, err)
	}
	if err != nil {
		fmt.Fprintf(stderr, "%s: %v\n", c.fullName(), err)
	}
	return code
}

func (c command) fullName() string { return strings.TrimSpace("install-or-defer " + c.name) }

// misused says what is wrong with a command line, and where help is.
func (c command) misused(stderr io.Writer, err error) int {
	fmt.Fprintf(stderr, "%s: %v\nRun \"%[1]s --help\" for help.\n", c.fullName(), err)
	return exitUsage
}

// take tells whether the command takes these words.
func (c command) take(words []string) error {
	most := min(len(c.words), 1)
	switch {
	case len(words) == 0 && most > 0 && c.words[0] != '[':
		return fmt.Errorf("the %s is missing", strings.Trim(c.words, "."))
	case len(words) > most && !strings.Contains(c.words, "..."):
		return fmt.Errorf("unexpected argument %q", words[most])
	}
	return nil
}

// rootFlag adds the flag that points the program to a simulated Mac.
func rootFlag(flags *pflag.FlagSet) *string {
	return flags.String("root", "", "a folder to take for the whole disk: paths, programs and clock of a simulated\nMac are taken from it, and nothing outside it is touched")
}

// readInput reads a file, or the standard input for "-", of at most most bytes.
func readInput(name string, stdin io.Reader, most int64) ([]byte, error) {
	in, what := stdin, "the standard input"
	if name != "-" {
		f, err := os.Open(name)
		if err != nil {
			return nil, err
		}
		defer f.Close()
		in, what = f, name
	}
	data, err := io.ReadAll(io.LimitReader(in, most+1))
	if err != nil {
		return nil, err
	}
	if int64(len(data)) > most {
		return nil, fmt.Errorf("%s has more than %d bytes", what, most)
	}
	return data, nil
}
