package main

import (
	"context"
	"io"

	"installordefer/internal/clock"
	"installordefer/internal/tool"
	"installordefer/softwareupdate"
)

// commands returns everything that the command line understands.
func commands() []command {
	return append([]command{
		{"status", "say what happens next, when and why", statusCommand},
		{"updates", "show what Apple offers and what is in scope", updatesHere},
		{"settings", "show the settings in force on this Mac and where they come from", settingsCommand},
		{"uninstall", "remove the job from this Mac", uninstallCommand},
		{"reset", "forget the running round and its deadline", resetCommand},
	}, deskCommands()...)
}

// updatesHere checks this Mac where no captured output is given.
func updatesHere(args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	c := clock.System()
	host := newHost(layout(""), nil)
	os := ""
	if m, err := host.Machine(); err == nil {
		os = m.OSVersion
	}
	list := func(ctx context.Context) softwareupdate.List {
		version, _ := softwareupdate.ParseVersion(os)
		t := &softwareupdate.Tool{Runner: &tool.System{Clock: c}, Clock: c, OS: version, Log: func(string, ...any) {}}
		return t.List(ctx)
	}
	return updatesCommand(args, stdin, stdout, stderr, list, os)
}
