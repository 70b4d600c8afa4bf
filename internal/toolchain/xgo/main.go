// Command xgo is the go command for programs that use AppKit.
//
//	xgo setup [darwin|gnustep]        install what the targets below need
//	xgo darwin-arm64 build -o FILE …  for a Mac with Apple silicon
//	xgo darwin-amd64 build -o FILE …  for a Mac with an Intel processor
//	xgo universal    build -o FILE …  both in one file
//	xgo gnustep      build|test|…     AppKit on Linux, over GNUstep
//	xgo here         build|test|…     AppKit on this machine, whichever it is
//	xgo ready TARGET                  whether a target is set up: exit 0, or 1 with what is missing
//	xgo display [-size WxH] COMMAND … run a command with a screen of its own (Linux)
//	xgo check FILE …                  what can be known of a Mach-O file without a Mac
//
// On a Mac the darwin targets are Apple's own compiler and linker. On Linux
// they are clang and lld over headers and library stubs that xgo carries with
// it. Any flag of the go command can follow.
package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"

	"installordefer/internal/toolchain/checkmacho"
)

func main() {
	// The go command knows a C compiler by its name alone.
	switch filepath.Base(os.Args[0]) {
	case darwinCC, gnustepCC:
		os.Exit(exitCode(compile(filepath.Base(os.Args[0]), os.Args[1:])))
	}
	os.Exit(exitCode(run(os.Args[1:], os.Stdout)))
}

func run(args []string, stdout io.Writer) error {
	if len(args) == 0 {
		return errors.New("which target? setup, darwin-arm64, darwin-amd64, universal, gnustep, here, ready, display or check")
	}
	verb, rest := args[0], args[1:]
	switch verb {
	case "setup":
		return setup(rest, stdout)
	case "ready":
		return readyCommand(rest)
	case "display":
		return displayCommand(rest)
	case "check":
		return checkCommand(rest, stdout)
	case "darwin-arm64", "darwin-amd64", "gnustep", "here":
		return build(here(verb), rest)
	case "universal":
		return buildUniversal(rest)
	}
	return fmt.Errorf("no target is called %q", verb)
}

func checkCommand(files []string, stdout io.Writer) error {
	var all error
	for _, name := range files {
		report, err := checkmacho.File(name)
		fmt.Fprint(stdout, report)
		if err != nil {
			all = errors.Join(all, fmt.Errorf("%s: %w", name, err))
		}
	}
	return all
}

// exitCode passes on the exit code of a command that xgo stands in for.
func exitCode(err error) int {
	if err == nil {
		return 0
	}
	var failed *exec.ExitError
	if errors.As(err, &failed) && failed.ExitCode() > 0 {
		return failed.ExitCode()
	}
	fmt.Fprintln(os.Stderr, "xgo:", err)
	return 1
}
