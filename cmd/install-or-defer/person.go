package main

import (
	"fmt"
	"io"

	"installordefer/internal/cli"
	"installordefer/launchd"
)

// becomePerson goes on as another program of a person, as the job asks its own
// program to. It returns only where that cannot be done.
func becomePerson(args []string, stderr io.Writer) int {
	uid, program, err := launchd.CutAsPerson(args)
	code := cli.ExitUsage
	if err == nil {
		code, err = cli.ExitFailed, launchd.Become(uid, program)
	}
	fmt.Fprintf(stderr, "install-or-defer: %v\n", err)
	return code
}
