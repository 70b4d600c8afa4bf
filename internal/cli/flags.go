package cli

import (
	"flag"
	"fmt"
	"io"
	"slices"
	"strings"
)

// Flags are the flags of a command. They are those of the standard library, and
// besides may have a short form, may be given again for a list, and may stand
// behind the words of the command.
type Flags struct {
	*flag.FlagSet
	// short has the short form of a flag, by its name.
	short map[string]string
}

func newFlags(command string) *Flags {
	f := &Flags{flag.NewFlagSet(command, flag.ContinueOnError), map[string]string{}}
	f.SetOutput(io.Discard)
	return f
}

// Strings defines a flag that adds a value to a list each time it is given.
func (f *Flags) Strings(list *[]string, name, usage string) {
	f.Func(name, usage, func(value string) error {
		*list = append(*list, value)
		return nil
	})
}

// Short gives a flag that is defined a short form of one letter.
func (f *Flags) Short(letter, name string) {
	long := f.Lookup(name)
	f.Var(long.Value, letter, long.Usage)
	f.short[name] = letter
}

// Given tells whether the command line has a flag.
func (f *Flags) Given(name string) bool {
	given := false
	f.Visit(func(g *flag.Flag) { given = given || g.Name == name })
	return given
}

// read reads the flags, wherever they stand, and returns the other words.
func (f *Flags) read(args []string) ([]string, error) {
	var words []string
	for {
		if err := f.Parse(args); err != nil {
			return nil, err
		}
		rest := f.Args()
		if len(rest) == 0 {
			return words, nil
		}
		if read := len(args) - len(rest); read > 0 && args[read-1] == "--" {
			return append(words, rest...), nil // behind it nothing is a flag
		}
		words, args = append(words, rest[0]), rest[1:]
	}
}

// help lists the flags, by name.
func (f *Flags) help() string {
	var b strings.Builder
	rows := Columns(&b)
	f.VisitAll(func(g *flag.Flag) {
		if f.short[g.Name] == "" && len(g.Name) == 1 {
			return // listed with its long form
		}
		left, gap := "      --"+g.Name, ""
		if letter := f.short[g.Name]; letter != "" {
			left = "  -" + letter + ", --" + g.Name
		}
		value, usage := flag.UnquoteUsage(g)
		if value != "" {
			gap = " "
		}
		if !slices.Contains([]string{"", "0", "false"}, g.DefValue) {
			usage += fmt.Sprintf(" (default %q)", g.DefValue)
		}
		left += gap + value
		for line := range strings.SplitSeq(usage, "\n") {
			fmt.Fprintf(rows, "%s\t%s\n", left, line)
			left = ""
		}
	})
	_ = rows.Flush() // a strings.Builder does not fail
	return b.String()
}
