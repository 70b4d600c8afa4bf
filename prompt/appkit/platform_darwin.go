//go:build cgo && darwin

package appkit

import (
	"github.com/progrium/darwinkit/macos/appkit"
	"github.com/progrium/darwinkit/macos/foundation"
	"github.com/progrium/darwinkit/objc"
)

const onMac = true

// beforeApplication is called before anything else of AppKit; a Mac needs
// nothing then.
func beforeApplication() {}

// wear gives the dialog light or dark looks against the person's own choice,
// which is what it has otherwise.
func wear(app appkit.Application, appearance string) {
	class := objc.GetClass("NSAppearance")
	names := map[string]string{"light": "NSAppearanceNameAqua", "dark": "NSAppearanceNameDarkAqua"}
	if name := names[appearance]; name != "" && classKnows(class, "appearanceNamed:") {
		tell(app, "setAppearance:", get(class, "appearanceNamed:", foundation.String_StringWithString(name)))
	}
}
