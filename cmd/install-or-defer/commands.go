package main

import (
	"context"

	"installordefer/internal/clock"
	"installordefer/internal/macos"
	"installordefer/internal/tool"
	"installordefer/softwareupdate"
)

// commands returns everything that the command line understands.
func commands() []command {
	return append([]command{
		statusCommand(),
		updatesCommand(thisMac),
		settingsCommand(),
		uninstallCommand(),
		resetCommand(),
	}, deskCommands()...)
}

// thisMac returns the version of macOS that runs here, and what asks Apple.
func thisMac() (osVersion string, list func(context.Context) softwareupdate.List) {
	if m, err := newHost(layout(""), nil).Machine(); err == nil {
		osVersion = m.OSVersion
	}
	return osVersion, func(ctx context.Context) softwareupdate.List {
		c := clock.System()
		version, _ := macos.ParseVersion(osVersion)
		t := &softwareupdate.Tool{Runner: &tool.System{Clock: c}, Clock: c, OS: version, Log: func(string, ...any) {}}
		return t.List(ctx)
	}
}
