//go:build cgo && gnustep

package appkit

import (
	"github.com/progrium/darwinkit/macos/appkit"
	"github.com/progrium/darwinkit/objc"

	"installordefer/internal/toolchain/gnustep"
)

// onMac is false over GNUstep, where there is no session to watch: no lock, no
// spaces, no other application in front.
const onMac = false

// helpTitle is what a help button shows. GNUstep's have no mark of their own.
const helpTitle = "?"

// beforeApplication is called before anything else of AppKit.
func beforeApplication() { gnustep.SetDefaults() }

// wear gives the dialog light or dark looks.
func wear(_ appkit.Application, appearance string) { gnustep.Prepare(appearance == "dark") }

// isDark tells whether the dialog has dark looks.
func isDark(_ appkit.Application, appearance string) bool { return appearance == "dark" }

// openURL opens nothing: GNUstep would ask for a browser in a dialog of its own.
func openURL(objc.Object) bool { return false }
