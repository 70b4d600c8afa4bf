package cli

import (
	"flag"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"
)

// Flags are the flags of a command, as people know them: two dashes before a
// name, one before a letter, anywhere among the words. The standard library
// holds their values and reads them.
type Flags struct {
	*flag.FlagSet
	// letters are the names of the flags that a letter stands for, by letter.
	letters map[string]string
	words   []string
}

func newFlags(name string) *Flags {
	f := &Flags{FlagSet: flag.NewFlagSet(name, flag.ContinueOnError), letters: map[string]string{}}
	f.SetOutput(io.Discard)
	return f
}

// An unknownFlag is a flag, with its dashes, that the command does not have.
type unknownFlag string

func (u unknownFlag) Error() string { return "unknown flag: " + string(u) }

// BoolP is as Bool, for a flag that a letter stands for, too.
func (f *Flags) BoolP(name, letter string, value bool, usage string) *bool {
	f.letters[letter] = name
	return f.Bool(name, value, usage)
}

// StringP is as String, for a flag that a letter stands for, too.
func (f *Flags) StringP(name, letter, value, usage string) *string {
	f.letters[letter] = name
	return f.String(name, value, usage)
}

// StringVarP is as StringVar, for a flag that a letter stands for, too.
func (f *Flags) StringVarP(p *string, name, letter, value, usage string) {
	f.letters[letter] = name
	f.StringVar(p, name, value, usage)
}

// StringArrayVar adds a flag that may be given again, for one more value. The
// values given take the place of those that it has without.
func (f *Flags) StringArrayVar(p *[]string, name string, values []string, usage string) {
	*p = values
	f.Var(&stringArray{values: p}, name, usage)
}

// StringArrayVarP is as StringArrayVar, for a flag that a letter stands for, too.
func (f *Flags) StringArrayVarP(p *[]string, name, letter string, values []string, usage string) {
	f.letters[letter] = name
	f.StringArrayVar(p, name, values, usage)
}

// A stringArray is the value of a flag that may be given again.
type stringArray struct {
	values *[]string
	given  bool
}

// String implements flag.Value, of which the library also asks the zero value.
func (s *stringArray) String() string {
	if s.values == nil {
		return ""
	}
	return strings.Join(*s.values, ",")
}

// Set implements flag.Value.
func (s *stringArray) Set(value string) error {
	if !s.given {
		*s.values, s.given = nil, true
	}
	*s.values = append(*s.values, value)
	return nil
}

// Changed tells whether the command line has the flag.
func (f *Flags) Changed(name string) (changed bool) {
	f.Visit(func(g *flag.Flag) { changed = changed || g.Name == name })
	return changed
}

// parse reads what stands behind the command: flags and words. What stands
// behind "--" are words.
func (f *Flags) parse(args []string) (err error) {
	for len(args) > 0 {
		arg := args[0]
		args = args[1:]
		switch {
		case arg == "--":
			f.words = append(f.words, args...)
			return nil
		case strings.HasPrefix(arg, "--"):
			args, err = f.named(arg, args)
		case strings.HasPrefix(arg, "-") && arg != "-":
			args, err = f.lettered(arg, args)
		default:
			f.words = append(f.words, arg)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// named reads a flag such as --name, --name=VALUE or --name VALUE, and returns
// what stands behind it.
func (f *Flags) named(arg string, rest []string) ([]string, error) {
	name, value, given := strings.Cut(arg[2:], "=")
	g := f.Lookup(name)
	switch {
	case g == nil && name == "help":
		return nil, flag.ErrHelp
	case g == nil:
		return nil, unknownFlag("--" + name)
	case given:
	case isBool(g):
		value = "true"
	case len(rest) == 0:
		return nil, fmt.Errorf("--%s needs a value", name)
	default:
		value, rest = rest[0], rest[1:]
	}
	if err := f.Set(name, value); err != nil {
		return nil, fmt.Errorf("--%s cannot be %q: %w", name, value, err)
	}
	return rest, nil
}

// lettered reads a flag such as -v, -o VALUE, -oVALUE or -o=VALUE; letters of
// flags without a value may stand together.
func (f *Flags) lettered(arg string, rest []string) ([]string, error) {
	letter := arg[1:2]
	name, known := f.letters[letter]
	behind := arg[2:]
	switch {
	case !known && letter == "h":
		return nil, flag.ErrHelp
	case !known:
		return nil, unknownFlag(arg)
	case behind == "":
		return f.named("--"+name, rest)
	case !isBool(f.Lookup(name)):
		return f.named("--"+name+"="+strings.TrimPrefix(behind, "="), rest)
	}
	if _, err := f.named("--"+name, nil); err != nil {
		return nil, err
	}
	return f.lettered("-"+behind, rest)
}

// isBool tells whether a flag stands without a value.
func isBool(g *flag.Flag) bool {
	b, ok := g.Value.(interface{ IsBoolFlag() bool })
	return ok && b.IsBoolFlag()
}

// help is what the help of a command says of its flags: a line or more for each,
// in two columns.
func (f *Flags) help() string {
	letters := map[string]string{}
	for letter, name := range f.letters {
		letters[name] = letter
	}
	var heads, texts []string
	widest := 0
	f.VisitAll(func(g *flag.Flag) {
		value, text := flag.UnquoteUsage(g)
		head := "      --" + g.Name
		if letters[g.Name] != "" {
			head = "  -" + letters[g.Name] + ", --" + g.Name
		}
		if value != "" {
			head += " " + value
		}
		heads, texts = append(heads, head), append(texts, text+byDefault(g))
		widest = max(widest, utf8.RuneCountInString(head))
	})
	var b strings.Builder
	for i, head := range heads {
		text := strings.ReplaceAll(texts[i], "\n", "\n"+strings.Repeat(" ", widest+3))
		fmt.Fprintf(&b, "%-*s   %s\n", widest, head, text)
	}
	return b.String()
}

// byDefault says what a flag is that is not given; empty where that goes
// without saying.
func byDefault(g *flag.Flag) string {
	isText := false
	if v, ok := g.Value.(flag.Getter); ok {
		_, isText = v.Get().(string)
	}
	switch {
	case g.DefValue == "" || g.DefValue == "0" || g.DefValue == "false":
		return ""
	case isText:
		return fmt.Sprintf(" (default %q)", g.DefValue)
	}
	return " (default " + g.DefValue + ")"
}
