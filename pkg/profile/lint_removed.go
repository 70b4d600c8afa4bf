package profile

import (
	"maps"
	"slices"
)

// removedSince is the macOS that no longer reads the keys below. Declarations take
// their place.
const removedSince = "macOS 27"

// updatesProfile is a payload that macOS no longer reads at all.
const updatesProfile = "com.apple.SoftwareUpdate"

// removedKeys are the keys of com.apple.applicationaccess that macOS no longer
// reads, as Apple's list of changes for device management names them.
var removedKeys = []string{
	"allowRapidSecurityResponseInstallation", "allowRapidSecurityResponseRemoval",
	"enforcedSoftwareUpdateDelay", "enforcedSoftwareUpdateMajorOSDeferredInstallDelay", "enforcedSoftwareUpdateMinorOSDeferredInstallDelay",
	"enforcedSoftwareUpdateNonOSDeferredInstallDelay", "forceDelayedAppSoftwareUpdates", "forceDelayedMajorSoftwareUpdates", "forceDelayedSoftwareUpdates",
}

// removed tells of what stands in a payload beside ours and no longer holds
// updates back: whoever relies on it gets them at once.
func (c *checker) removed(at string, payload map[string]any) {
	const repair = "Declare it instead, with com.apple.configuration.softwareupdate.settings. For Macs before " + removedSince + " the key can stay, in a profile of its own."
	switch kind := text(payload["PayloadType"]); kind {
	case updatesProfile:
		c.add(join(at, "PayloadType"), kind, "", "not read by "+removedSince+" any more", repair)
	case "com.apple.applicationaccess":
		for _, key := range slices.Sorted(maps.Keys(payload)) {
			if slices.Contains(removedKeys, key) {
				c.add(join(at, key), key, show(payload[key]), "not read by "+removedSince+" any more, so that it holds no update back", repair)
			}
		}
	}
}
