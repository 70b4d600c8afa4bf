//go:build cgo && (darwin || gnustep)

package main

import (
	"os"

	"installordefer/prompt"
	"installordefer/prompt/appkit"
)

// inWindow shows the dialog in a window.
type inWindow struct{ appkit.Toolkit }

// newToolkit takes three settings from the environment, for pictures and
// tests; docs/dialog.md names them.
func newToolkit() toolkit {
	t := inWindow{appkit.Toolkit{
		Person:     appkit.ThisPerson(environment()),
		Log:        os.Stderr,
		Quit:       func() { os.Exit(prompt.ExitNone) },
		Appearance: os.Getenv("INSTALL_OR_DEFER_APPEARANCE"),
		Picture:    os.Getenv("INSTALL_OR_DEFER_PICTURE"),
	}}
	if os.Getenv("INSTALL_OR_DEFER_TRACE") == "stderr" {
		t.Trace = os.Stderr
	}
	return t
}

// release has nothing to give back: the window goes with the process.
func (inWindow) release() {}
