package mac

import (
	"path"
	"slices"
	"strings"
	"time"
)

// longestRecording is how long a microphone counts that something holds. Audio
// drivers that are programs hold one for days.
const longestRecording = 4 * time.Hour

// A sign is an assertion that tells what its process does.
type sign struct {
	process string   // whole name; "" is any
	types   []string // nil is any
	name    string   // begins with; "" is any
}

// display are the kinds of assertion that keep the display on.
var display = []string{"PreventUserIdleDisplaySleep", "NoDisplaySleepAssertion"}

// signs are what calls, presentations, cameras and control from elsewhere look
// like, from captures of 2020 to 2026. Music, video, backups and tools that merely
// keep a Mac awake are not among them.
var signs = []sign{
	{"", nil, "Ongoing A/V conference"},
	{"zoom.us", display, ""},
	{"MSTeams", display, "Microsoft Teams Call in progress"},
	{"Webex", display, ""},
	{"Meeting Center", display, ""},
	{"", nil, "WebRTC has active PeerConnections"},
	{"", nil, "Capturing"},
	{"Keynote", display, ""},
	{"Microsoft PowerPoint", display, ""},
	{"cameracaptured", nil, "cameracaptured-idleSleepPreventionForBWFigCaptureDevice"},
	{"screensharingd", nil, "Remote "},
}

// Busy tells whether the person is in the middle of something that a dialog would
// spoil, by the assertions that processes hold: a call, a presentation, a
// recording, help from elsewhere. Which of them it is nobody learns. More are
// shell-style patterns of the names of processes that count while they keep the
// display on; those that match one after an exclamation mark never count.
func Busy(all []Assertion, more []string) bool {
	for _, a := range all {
		if !named(more, true, a.Process) && (named(more, false, a.Process) && slices.Contains(display, a.Type) || a.busy()) {
			return true
		}
	}
	return false
}

// named tells whether one of the patterns matches the name of a process: of those
// with an exclamation mark, or of those without.
func named(patterns []string, marked bool, process string) bool {
	return slices.ContainsFunc(patterns, func(p string) bool {
		p, is := strings.CutPrefix(p, "!")
		matches, err := path.Match(p, process)
		return is == marked && err == nil && matches
	})
}

func (a *Assertion) busy() bool {
	for _, s := range signs {
		if (s.process == "" || s.process == a.Process) && (s.types == nil || slices.Contains(s.types, a.Type)) && strings.HasPrefix(a.Name, s.name) {
			return true
		}
	}
	return a.Process == "coreaudiod" && a.CreatedFor != 0 && slices.Contains(a.Resources, "audio-in") && a.For < longestRecording
}
