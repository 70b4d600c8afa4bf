package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"syscall"

	"installordefer/internal/toolchain/display"
)

// displayCommand runs a command with a screen of its own.
func displayCommand(args []string) error {
	flags := flag.NewFlagSet("xgo display", flag.ContinueOnError)
	size := flags.String("size", "1280x800", "width and height of the screen")
	if err := flags.Parse(args); err != nil {
		return err
	}
	var o display.Options
	if _, err := fmt.Sscanf(*size, "%dx%d", &o.Width, &o.Height); err != nil {
		return fmt.Errorf("-size %s: it is written like 1280x800", *size)
	}
	if flags.NArg() == 0 {
		return errors.New("display: which command?")
	}
	if err := ready("gnustep"); err != nil {
		return fmt.Errorf("%w (xgo setup installs what is missing)", err)
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	d, err := display.Start(ctx, o)
	if err != nil {
		return err
	}
	defer d.Close()
	cmd := exec.CommandContext(ctx, flags.Arg(0), flags.Args()[1:]...)
	cmd.Env = append(os.Environ(), d.Env...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, os.Stdout, os.Stderr
	cmd.Cancel = func() error { return cmd.Process.Signal(syscall.SIGTERM) }
	return cmd.Run()
}
