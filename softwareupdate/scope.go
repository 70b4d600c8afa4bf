package softwareupdate

import (
	"fmt"
	"slices"
	"strings"

	"installordefer/internal/macos"
)

// A Scope says which updates the job deals with.
type Scope struct {
	// OS is the version that this Mac runs.
	OS macos.Version
	// AllowMajorUpgrades takes upgrades of macOS to a newer major version in.
	AllowMajorUpgrades bool
	// Ignore and Only are shell-style patterns for labels and titles, from
	// the settings IgnoreUpdates and OnlyUpdates. See Problems.
	Ignore, Only []string
	// Required are versions of macOS that this Mac must have, from the setting
	// RequiredVersions. What leads to one of them is in scope whatever Only says.
	Required []macos.Version
}

// A Verdict says whether an update is in scope, and why.
type Verdict struct {
	Update  Update
	InScope bool
	// Unsure is true for an update that is left out because too little is
	// known about it. That it is left out proves nothing.
	Unsure bool
	// Withheld is true for an update that MDM defers and that would be in scope
	// otherwise: it comes into scope some day.
	Withheld bool
	// Reason is for the administrator and names the setting that decided.
	Reason string
}

// judge decides about one update.
func (s Scope) judge(u Update) Verdict {
	v := Verdict{Update: u}
	upgrade, known := u.isUpgrade(s.OS)
	ignoring, ignored := matchAny(s.Ignore, u)
	only, chosen := matchAny(s.Only, u)
	switch {
	case ignored:
		v.Reason = fmt.Sprintf("IgnoreUpdates has the pattern %q", ignoring)
	case u.Incomplete:
		v.Unsure = true
		v.Reason = "Apple's list lacks the details to tell whether it is recommended, needs a restart or is an upgrade"
	case u.Deferred:
		free := u
		free.Deferred = false
		later := s.judge(free)
		v.Withheld, v.Unsure = later.InScope, later.Unsure
		v.Reason = "MDM defers it (Deferred: YES in Apple's list)"
	case s.required(u):
		v.InScope = true
		v.Reason = "RequiredVersions asks for a version that it reaches"
	case !u.Recommended && u.Action == ActionNone:
		v.Reason = "Apple neither recommends it nor says that it needs a restart"
	case !chosen && hasPattern(s.Only):
		v.Reason = "no pattern of OnlyUpdates matches it"
	case !known && !s.AllowMajorUpgrades:
		v.Unsure = true
		v.Reason = "it may be an upgrade: " + s.missingVersion() + " is unknown, and AllowMajorUpgrades is off"
	case upgrade && !s.AllowMajorUpgrades:
		v.Reason = fmt.Sprintf("it upgrades macOS %v to macOS %v, and AllowMajorUpgrades is off", s.OS.Major(), u.macOSVersion(s.OS).Major())
	default:
		v.InScope = true
		v.Reason = inScopeReason(u, only, upgrade)
	}
	return v
}

// required tells whether an update of this Mac's own major version reaches one
// that is required.
func (s Scope) required(u Update) bool {
	to := u.LeadsTo(s.OS)
	for _, r := range s.Required {
		if to.Known() && to.Major().Compare(r.Major()) == 0 && to.Compare(r) >= 0 {
			return true
		}
	}
	return false
}

func (s Scope) missingVersion() string {
	if !s.OS.Known() {
		return "the version of macOS on this Mac"
	}
	return "its version"
}

func inScopeReason(u Update, pattern string, upgrade bool) string {
	var why []string
	if u.Recommended {
		why = append(why, "Apple recommends it")
	}
	switch u.Action {
	case ActionRestart:
		why = append(why, "it needs a restart")
	case ActionShutdown:
		why = append(why, "it needs the Mac to shut down")
	}
	if upgrade {
		why = append(why, "AllowMajorUpgrades is on")
	}
	if pattern != "" {
		why = append(why, fmt.Sprintf("OnlyUpdates has the pattern %q", pattern))
	}
	return strings.Join(why, ", and ")
}

// JudgeList decides about every update of a list, in its order.
func (s Scope) JudgeList(l List) []Verdict {
	verdicts := make([]Verdict, 0, len(l.Updates))
	for _, u := range l.Updates {
		verdicts = append(verdicts, s.judge(u))
	}
	return verdicts
}

// NothingLeft tells whether a list proves that no update in scope is left:
// Apple said that there is none, or all that it listed could be read and is
// out of scope for a reason that is certain. An update whose label is refused
// counts as left, though nothing can be done about it, and so does one that MDM
// defers for now.
func (s Scope) NothingLeft(l List) bool { return s.NothingButWithheld(l) && len(s.Withheld(l)) == 0 }

// Withheld returns the updates of a list that MDM defers and that would be in
// scope otherwise.
func (s Scope) Withheld(l List) []Update {
	var withheld []Update
	for _, u := range l.Updates {
		if s.judge(u).Withheld {
			withheld = append(withheld, u)
		}
	}
	return withheld
}

// NothingButWithheld is NothingLeft of all but what MDM defers.
func (s Scope) NothingButWithheld(l List) bool {
	if l.Outcome == None {
		return true
	}
	if l.Outcome != Updates || l.Partial {
		return false
	}
	open := func(u Update) bool {
		v := s.judge(u)
		return v.InScope || v.Unsure
	}
	for _, r := range l.Refused {
		if open(r.Update) {
			return false
		}
	}
	return !slices.ContainsFunc(l.Updates, open)
}
