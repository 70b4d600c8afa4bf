package softwareupdate

import (
	"strings"

	"installordefer/internal/macos"
)

// A Kind is a sort of update. It is told first from what no language changes:
// the letter of a rapid update's version, the build in a label. Titles are
// translated, and labels are made of titles.
type Kind int

const (
	KindOther Kind = iota
	KindMacOS
	// KindRapid is a Rapid Security Response or a Background Security
	// Improvement.
	KindRapid
	KindSafari
	KindCommandLineTools
)

func (k Kind) String() string {
	switch k {
	case KindMacOS:
		return "macOS"
	case KindRapid:
		return "rapid security update"
	case KindSafari:
		return "Safari"
	case KindCommandLineTools:
		return "command line tools"
	default:
		return "other"
	}
}

// isRapidBuild tells whether s is a build of a rapid update: six digits and a
// letter, as in 25D771280a. The builds of betas end in a letter too, behind
// four digits.
func isRapidBuild(s string) bool {
	return macos.IsBuild(s) && len(s) == len("25D771280a") && !isDigit(s[len(s)-1])
}

// Kind returns the sort of update.
func (u Update) Kind() Kind {
	label, title := u.Label.Shown(), shown(u.Title)
	version, _ := macos.ParseVersion(u.Version)
	switch {
	case version.Rapid(), isRapidBuild(u.Label.Build()),
		strings.HasPrefix(label, "macOS Security Response"),
		strings.HasPrefix(label, "macOS Background Security Improvement"):
		return KindRapid
	case u.Label.Build() != "":
		return KindMacOS
	case strings.Contains(label, "Command Line Tools"):
		return KindCommandLineTools
	case strings.HasPrefix(label, "Safari") && (title == "Safari" || title == ""):
		return KindSafari
	case strings.HasPrefix(label, "macOS "), strings.HasPrefix(title, "macOS "),
		strings.HasPrefix(label, "OS X "):
		// The title counts too: whatever Apple may name a label, an entry
		// that calls itself macOS can be an upgrade.
		return KindMacOS
	default:
		return KindOther
	}
}

// NeedsOwner tells whether installing the update on Apple silicon needs the
// password of a volume owner. Such updates are left to the person at the Mac.
func (u Update) NeedsOwner() bool {
	switch u.Kind() {
	case KindMacOS, KindRapid:
		return true
	default:
		// What needs a restart goes through the same part of the system.
		return u.Action != ActionNone
	}
}

// isUpgrade tells whether the update leads to a newer major version than os.
// Only macOS itself can: Safari 27 for macOS 26 is no upgrade. It cannot be
// told, and known is false, when one of the two versions is missing.
func (u Update) isUpgrade(os macos.Version) (upgrade, known bool) {
	kind := u.Kind()
	if kind != KindMacOS && kind != KindRapid {
		return false, true
	}
	target := u.macOSVersion(os)
	if kind == KindRapid && !target.Known() {
		return false, true
	}
	if !target.Known() || !os.Known() {
		return false, false
	}
	return target.Major().Compare(os.Major()) > 0, true
}

// lowest is the lowest major version that macOS has had.
const lowest = 10

// macOSVersion returns the version of macOS that the update leads to on a Mac
// that runs os. The title and the label speak where the version is missing or
// cannot be: Apple offers no downgrade, but has numbered betas from 1.
func (u Update) macOSVersion(os macos.Version) macos.Version {
	for _, text := range []string{u.Version, u.Title, string(u.Label)} {
		v := macos.FirstVersion(text)
		if v.Known() && !v.Before(lowest) && v.Major().Compare(os.Major()) >= 0 {
			return v
		}
	}
	return macos.Version{}
}

// LeadsTo returns the version of macOS that runs once the update is installed on
// a Mac that runs os, the letter of a rapid response included. It is unknown
// for anything but macOS itself.
func (u Update) LeadsTo(os macos.Version) macos.Version {
	if kind := u.Kind(); kind != KindMacOS && kind != KindRapid {
		return macos.Version{}
	}
	v := u.macOSVersion(os)
	if whole, err := macos.ParseVersion(u.Version); err == nil && whole.Compare(v) > 0 && whole.Numbers().Compare(v) == 0 {
		return whole
	}
	return v
}

// LowestMacOS returns the lowest version among the updates of macOS in a list.
// For a list from another Mac it is the best guess at what that Mac runs:
// Apple offers a Mac the updates of its own major version before upgrades.
// It errs when upgrades are all that is offered.
func (l List) LowestMacOS() macos.Version {
	var lowest macos.Version
	for _, u := range l.Updates {
		if u.Incomplete || u.Kind() != KindMacOS {
			continue
		}
		if v := u.macOSVersion(macos.Version{}); v.Known() && (!lowest.Known() || v.Compare(lowest) < 0) {
			lowest = v
		}
	}
	return lowest
}
