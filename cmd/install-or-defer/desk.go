//go:build !rootjob

package main

// deskCommands are for the administrator's own desk. The program that the
// package puts on every Mac of a fleet is built with the tag rootjob and goes
// without them: what runs as root holds no more than it needs.
func deskCommands() []command {
	return []command{
		{"lint", "check files with settings before Macs see them", lintCommand},
		{"profile", "write a configuration profile from settings", profileCommand},
		{"rehearse", "play settings against a simulated Mac", rehearseCommand},
		{"preview", "show a dialog with your settings and made-up updates", previewCommand},
	}
}
