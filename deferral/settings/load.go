package settings

import (
	"fmt"
	"strings"

	"installordefer/internal/plist"
)

// UpstreamIDs are the identifiers that the original has had, the latest
// first. Their settings are read as fallbacks.
var UpstreamIDs = []string{
	"com.github.wavebirddash.install-or-defer",
	"com.github.mpanighetti.install-or-defer",
}

// Names of the layers.
const (
	profileLayer = "profile"
	localLayer   = "local preferences"
)

// managed is the folder in which macOS keeps the settings of profiles.
const managed = "/Library/Managed Preferences/"

// IsManaged tells whether a file is one that macOS writes for a profile.
func IsManaged(path string) bool { return strings.HasPrefix(path, managed) }

// ProfilePath returns the file that macOS writes the settings of a
// configuration profile to.
func ProfilePath(id string) string { return managed + id + ".plist" }

// LocalPath returns the file of the local preferences, in which the state is
// kept too.
func LocalPath(id string) string { return "/Library/Preferences/" + id + ".plist" }

// DecodeLayer reads a property list, in XML or binary form, of at most MaxFile
// bytes.
func DecodeLayer(name string, data []byte) (Layer, error) {
	values, err := plist.Decode(data, plist.MaxFile)
	if err != nil {
		return Layer{}, fmt.Errorf("read the %s: %w", name, err)
	}
	return Layer{Name: name, Values: values}, nil
}
