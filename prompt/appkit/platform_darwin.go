//go:build cgo && darwin

package appkit

import (
	"strings"

	"github.com/progrium/darwinkit/macos/appkit"
	"github.com/progrium/darwinkit/macos/foundation"
	"github.com/progrium/darwinkit/objc"
)

const onMac = true

// helpTitle is empty: macOS draws the help button's mark by itself.
const helpTitle = ""

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

// isDark tells whether the dialog has dark looks now.
func isDark(app appkit.Application, _ string) bool {
	looks := get(app, "effectiveAppearance")
	if looks.IsNil() {
		return false
	}
	name := get(looks, "name")
	return !name.IsNil() && strings.Contains(objc.ToGoString(name.Ptr()), "Dark")
}

// openURL opens what is at an address with the application that the person has
// for it.
func openURL(url objc.Object) bool {
	return truth(get(objc.GetClass("NSWorkspace"), "sharedWorkspace"), "openURL:", url)
}
