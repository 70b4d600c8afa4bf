package softwareupdate

import (
	"fmt"
	"strings"
)

// A Scope says which updates the job deals with.
type Scope struct {
	// OS is the version that this Mac runs.
	OS Version
	// AllowMajorUpgrades takes upgrades of macOS to a newer major version in.
	AllowMajorUpgrades bool
	// Ignore and Only are shell-style patterns for labels and titles, from
	// the settings IgnoreUpdates and OnlyUpdates. See Problems.
	Ignore, Only []string
}

// A Verdict says whether an update is in scope, and why.
type Verdict struct {
	Update  Update
	InScope bool
	// Unsure is true for an update that is left out because too little is
	// known about it. That it is left out proves nothing.
	Unsure bool
	// Reason is for the administrator and names the setting that decided.
	Reason string
}

// Judge decides about one update.
func (s Scope) Judge(u Update) Verdict {
	v := Verdict{Update: u}
	upgrade, known := u.IsUpgrade(s.OS)
	switch {
	case u.Incomplete:
		v.Unsure = true
		v.Reason = "Apple's list has no readable details for it, so whether it is an upgrade or needs a restart cannot be told"
		return v
	case u.Deferred:
		v.Reason = "MDM defers it (Deferred: YES in Apple's list)"
		return v
	case !u.Recommended && u.Action == ActionNone:
		v.Reason = "Apple neither recommends it nor says that it needs a restart"
		return v
	case s.AllowMajorUpgrades:
	case !known:
		v.Unsure = true
		v.Reason = s.unknownUpgrade(u)
		return v
	case upgrade:
		v.Reason = fmt.Sprintf("it upgrades macOS %v to macOS %v, and AllowMajorUpgrades is off", s.OS.Major(), u.macOSVersion().Major())
		return v
	}
	if p, ok := matchAny(s.Ignore, u); ok {
		v.Reason = fmt.Sprintf("IgnoreUpdates has the pattern %q", p)
		return v
	}
	p, ok := matchAny(s.Only, u)
	if !ok && hasPattern(s.Only) {
		v.Reason = "no pattern of OnlyUpdates matches it"
		return v
	}
	v.InScope = true
	v.Reason = s.inScopeReason(u, p, known && upgrade)
	return v
}

func (s Scope) unknownUpgrade(u Update) string {
	if !s.OS.Known() {
		return "whether it is an upgrade cannot be told, because the version of macOS on this Mac is unknown, and AllowMajorUpgrades is off"
	}
	return "whether it is an upgrade cannot be told, because its version is unknown, and AllowMajorUpgrades is off"
}

func (s Scope) inScopeReason(u Update, pattern string, upgrade bool) string {
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
	return strings.Join(why, ", ")
}

// JudgeList decides about every update of a list, in its order.
func (s Scope) JudgeList(l List) []Verdict {
	verdicts := make([]Verdict, 0, len(l.Updates))
	for _, u := range l.Updates {
		verdicts = append(verdicts, s.Judge(u))
	}
	return verdicts
}

// NothingLeft tells whether a list proves that no update in scope is left:
// Apple said that there is none, or all that it listed could be read and is
// out of scope for a reason that is certain.
func (s Scope) NothingLeft(l List) bool {
	if l.Outcome == None {
		return true
	}
	if l.Outcome != Updates || l.Partial {
		return false
	}
	for _, v := range s.JudgeList(l) {
		if v.InScope || v.Unsure {
			return false
		}
	}
	return true
}
