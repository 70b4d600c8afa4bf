// Command install-or-defer-prompt is the helper of Install or Defer: the
// process that shows one dialog to the person at the Mac.
//
// The root job starts it in the person's session, as that person, and talks to
// it over standard input and output as package prompt describes. It ends with
// an exit code of package prompt when the person has answered, when its
// standard input ends, when its parent is gone, at the dialog's time limit and
// when it is told to by a signal.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"syscall"
	"time"

	"installordefer/internal/clock"
	"installordefer/prompt"
)

func main() { os.Exit(run(os.Args[1:])) }

// run does what the command line says and returns the exit code. It stays on
// the main goroutine, because a toolkit may need the main thread.
func run(args []string) int {
	flags := flag.NewFlagSet("install-or-defer-prompt", flag.ContinueOnError)
	flags.Usage = func() {
		fmt.Fprint(os.Stderr, "Shows one dialog of Install or Defer. The root job starts it; see docs/prompt.md.\n\n")
		flags.PrintDefaults()
	}
	simulated := flags.String("clock", "", "follow the simulated clock in `FILE`")
	if err := flags.Parse(args); errors.Is(err, flag.ErrHelp) {
		return 0
	} else if err != nil {
		return prompt.ExitNone
	}
	c := clock.System()
	if *simulated != "" {
		var err error
		if c, err = clock.Simulated(*simulated); err != nil {
			fmt.Fprintln(os.Stderr, err)
			return prompt.ExitNone
		}
	}
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, syscall.SIGINT, syscall.SIGHUP)
	defer stop()
	ctx, end := context.WithCancel(ctx)
	defer end()
	go watchParent(ctx, end)

	t := newToolkit()
	defer t.release()
	return prompt.Helper{
		In: os.Stdin, Out: os.Stdout, Log: os.Stderr,
		Clock:   c,
		Toolkit: t,
		Exit: func(code int) {
			t.release()
			os.Exit(code)
		},
	}.Serve(ctx)
}

// watchParent ends the dialog when the process that started the helper is
// gone. The end of standard input tells the same, unless something else holds
// the pipe.
func watchParent(ctx context.Context, end func()) {
	for parent := os.Getppid(); os.Getppid() == parent; {
		select {
		case <-ctx.Done():
			return
		case <-time.After(time.Second):
		}
	}
	end()
}

// A toolkit shows the dialog and gives back what it took to do so. Which one
// newToolkit returns is decided when the helper is built: AppKit where cgo can
// reach it (toolkit_appkit.go), else a terminal (toolkit_terminal.go).
type toolkit interface {
	prompt.Toolkit
	// release may be called from any goroutine, and again.
	release()
}
