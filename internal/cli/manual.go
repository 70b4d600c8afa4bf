package cli

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/spf13/pflag"
)

// completion prints the completion of a shell for the program.
func (p Program) completion() Command {
	const usage = `Print what makes a shell complete the commands and flags of this program.

Usage:
  %[1]s completion bash|zsh

Exit codes:
  0  printed
  2  the command line is wrong

Examples:
  %[1]s completion zsh > "${fpath[1]}/_%[1]s"
  source <(%[1]s completion bash)
`
	return Command{
		Name: "completion", What: "print the completion for bash or zsh", Words: "bash|zsh",
		Usage: strings.ReplaceAll(usage, "%[1]s", p.Name), Define: func(*Flags) Action {
			return func(c Call) (int, error) {
				var text string
				switch c.Words[0] {
				case "bash":
					text = p.bash()
				case "zsh":
					text = "#compdef " + p.Name + "\nautoload -U +X bashcompinit && bashcompinit\n" + p.bash()
				default:
					return ExitUsage, Misusef("there is no completion for %q: it is bash or zsh", c.Words[0])
				}
				_, err := fmt.Fprint(c.Stdout, text)
				return ExitOK, err
			}
		},
	}
}

// bash is the completion in the language of bash, which zsh understands as well.
func (p Program) bash() string {
	var names []string
	var cases strings.Builder
	for _, c := range p.all() {
		names = append(names, c.Name)
		if flags := flagNames(c.defined(p.Name)); len(flags) > 0 {
			fmt.Fprintf(&cases, "\t%s) words='%s' ;;\n", c.Name, "--"+strings.Join(flags, " --"))
		}
	}
	function := "_" + strings.NewReplacer("-", "_").Replace(p.Name)
	return function + "() {\n" +
		"\tlocal word=${COMP_WORDS[COMP_CWORD]} words=''\n" +
		"\tif [ \"$COMP_CWORD\" -eq 1 ]; then\n" +
		"\t\tCOMPREPLY=($(compgen -W '" + strings.Join(names, " ") + " --help --version' -- \"$word\"))\n" +
		"\t\treturn\n\tfi\n" +
		"\tcase ${COMP_WORDS[1]} in\n" + cases.String() + "\tesac\n" +
		"\tcase $word in\n" +
		"\t-*) COMPREPLY=($(compgen -W \"$words --help\" -- \"$word\")) ;;\n" +
		"\t*) COMPREPLY=($(compgen -f -- \"$word\")) ;;\n" +
		"\tesac\n}\ncomplete -o filenames -F " + function + " " + p.Name + "\n"
}

// flagNames are the names of flags.
func flagNames(flags *Flags) (names []string) {
	flags.VisitAll(func(g *pflag.Flag) { names = append(names, g.Name) })
	return names
}

// defined are the flags of a command.
func (c Command) defined(name string) *Flags {
	flags := pflag.NewFlagSet(name, pflag.ContinueOnError)
	c.Define(flags)
	return flags
}

// man prints the manual page.
func (p Program) man() Command {
	usage := "Print the manual page of this program.\n\nUsage:\n  " + p.Name + " man\n\nExit codes:\n  0  printed\n  2  the command line is wrong\n\nExample:\n  " + p.Name + " man | man -l -\n"
	return Command{Name: "man", What: "print the manual page", Usage: usage, Define: func(*Flags) Action {
		return func(c Call) (int, error) {
			_, err := fmt.Fprint(c.Stdout, p.manual())
			return ExitOK, err
		}
	}}
}

// manual is the manual page: the help of the program and of each command.
func (p Program) manual() string {
	var b strings.Builder
	fmt.Fprintf(&b, ".Dd November 30, 2026\n.Dt %s 8\n.Os\n.Sh NAME\n.Nm %s\n.Nd asks people to install Apple's updates, until a deadline\n", strings.ToUpper(p.Name), p.Name)
	fmt.Fprintf(&b, ".Sh SYNOPSIS\n.Nm\n.Op Ar command\n.Op Ar flags\n.Sh DESCRIPTION\n%s", literal(p.bare().help(p.Name)))
	fmt.Fprintf(&b, ".Sh COMMANDS\n")
	for _, c := range p.all() {
		fmt.Fprintf(&b, ".Ss %s\n%s", c.Name, literal(c.help(p.Name+" "+c.Name)))
	}
	return b.String()
}

// help is what --help prints.
func (c Command) help(name string) string {
	usage := c.Usage
	if c.list != nil {
		usage = strings.Replace(usage, "%s", c.list(), 1)
	}
	return strings.Replace(usage, "%s", c.defined(name).FlagUsages(), 1)
}

// literal is a text that a manual page shows as it is.
func literal(text string) string {
	var b strings.Builder
	b.WriteString(".Bd -literal\n")
	for line := range strings.Lines(strings.ReplaceAll(text, `\`, `\e`)) {
		if strings.HasPrefix(line, ".") || strings.HasPrefix(line, "'") {
			line = `\&` + line
		}
		b.WriteString(line)
	}
	return b.String() + ".Ed\n"
}

// all are the commands with those that every program has.
func (p Program) all() []Command {
	if len(p.Commands) == 0 {
		return nil
	}
	return append(p.Commands[:len(p.Commands):len(p.Commands)], p.completion(), p.man())
}

// ExitCodes returns the exit codes of the commands as rows of a table in a page
// for people: the command, the code, and what it means.
func (p Program) ExitCodes() (rows []string) {
	for _, c := range p.all() {
		_, list, _ := strings.Cut(c.Usage, "Exit codes:\n")
		list, _, _ = strings.Cut(list, "\n\n")
		for line := range strings.Lines(list) {
			code, means, _ := strings.Cut(strings.TrimSpace(line), " ")
			if _, err := strconv.Atoi(code); err == nil {
				rows = append(rows, fmt.Sprintf("| `%s %s` | %s | %s |", p.Name, c.Name, code, strings.TrimSpace(means)))
			} else if last := len(rows) - 1; last >= 0 { // the line before goes on
				rows[last] = strings.TrimSuffix(rows[last], "|") + strings.TrimSpace(line) + " |"
			}
		}
	}
	return rows
}
