//go:build cgo && (darwin || gnustep)

package appkit

import (
	"github.com/progrium/darwinkit/objc"

	"installordefer/prompt"
)

// A sighting is what can be found out, without a permission, about whether
// anybody can see the window.
type sighting struct {
	tell        func(prompt.Sight)
	shown       bool // it has been on the screen
	locked, off bool // off: the display sleeps
}

// watchSight follows what keeps the window from being seen.
func (s *session) watchSight() {
	center := get(objc.GetClass("NSNotificationCenter"), "defaultCenter")
	onNotification(center, "NSWindowDidChangeOcclusionStateNotification", s.lookAtIt)
	if !onMac {
		return
	}
	onSystemNotification("com.apple.screenIsLocked", func() { s.sight.locked = true; s.lookAtIt() })
	onSystemNotification("com.apple.screenIsUnlocked", func() { s.sight.locked = false; s.lookAtIt() })
	displays := get(get(objc.GetClass("NSWorkspace"), "sharedWorkspace"), "notificationCenter")
	onNotification(displays, "NSWorkspaceScreensDidSleepNotification", func() { s.sight.off = true; s.lookAtIt() })
	onNotification(displays, "NSWorkspaceScreensDidWakeNotification", func() { s.sight.off = false; s.lookAtIt() })
}

// lookAtIt tells what is seen of the window. One that has not come up yet is
// still on its way.
func (s *session) lookAtIt() {
	visible := s.visible()
	s.sight.shown = s.sight.shown || visible
	switch {
	case s.done:
	case s.sight.locked:
		s.sight.tell(prompt.Locked)
	case s.sight.off:
		s.sight.tell(prompt.DisplayOff)
	case visible:
		s.sight.tell(prompt.Shown)
	case s.sight.shown:
		s.sight.tell(prompt.Covered)
	}
}

// visible tells whether any of the window can be seen. GNUstep only knows
// whether it is on the screen.
func (s *session) visible() bool {
	const visible = 1 << 1 // NSWindowOcclusionStateVisible
	if knows(s.panel, "occlusionState") {
		return number(s.panel, "occlusionState")&visible != 0
	}
	return truth(s.panel, "isVisible")
}
