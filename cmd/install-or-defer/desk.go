//go:build !rootjob

package main

// deskCommands are for the administrator's own desk. The program that the
// package puts on every Mac of a fleet is built with the tag rootjob and goes
// without them: what runs as root holds no more than it needs.
func deskCommands() []command {
	return []command{lintCommand(), profileCommand(), rehearseCommand(), previewCommand()}
}
