//go:build cgo && (darwin || gnustep)

package appkit

import (
	"strings"
	"time"

	"github.com/progrium/darwinkit/macos/appkit"
	"github.com/progrium/darwinkit/macos/foundation"
	"github.com/progrium/darwinkit/objc"

	"installordefer/prompt"
)

// change makes the dialog say what is true now.
func (s *session) change(c prompt.Change) {
	if s.done {
		return
	}
	again := false // whether a text may need more room
	set := func(f appkit.TextField, content string) {
		if !f.IsNil() && content != "" && f.StringValue() != text(content) {
			f.SetStringValue(text(content))
			again = true
		}
	}
	set(s.controls.heading, c.Heading)
	set(s.controls.body, c.Body)
	if c.Heading != "" {
		s.panel.SetTitle(text(c.Heading))
	}
	if c.TimeLeft != nil {
		s.left = *c.TimeLeft
		set(s.controls.due, s.dialog.TimeLeftLine(s.left))
		s.showAsk()
	}
	if c.Progress != nil {
		s.progress = c.Progress
	}
	if c.Countdown != nil {
		s.countTo(*c.Countdown)
	}
	if !s.controls.bar.IsNil() {
		fraction, status := s.progressShown()
		setBar(s.controls.bar, fraction)
		set(s.controls.status, status)
	}
	if again {
		s.arrange()
	}
	s.trace("changed")
}

// countTo sets the countdown, and announces its last minute once.
func (s *session) countTo(left time.Duration) {
	s.counting, s.countdown, s.longest = true, left, max(s.longest, left)
	if left > time.Minute || s.announced {
		return
	}
	s.announced = true
	if !s.controls.status.IsNil() {
		s.controls.status.SetTextColor(alarmColor())
	}
	s.toFront()
	announce(s.panel, s.dialog.CountdownLine(left))
	s.trace("last minute")
}

// countdownFraction is what is left of the countdown: the bar empties.
func (s *session) countdownFraction() float64 {
	if s.longest <= 0 {
		return 0
	}
	return float64(s.countdown) / float64(s.longest)
}

// progressShown is what the bar and the line below it say: the countdown,
// when one runs, else the progress.
func (s *session) progressShown() (fraction float64, status string) {
	switch {
	case s.counting || s.dialog.Kind == prompt.RunNow:
		return s.countdownFraction(), s.dialog.CountdownLine(s.countdown)
	case s.progress != nil:
		return s.progress.Fraction, s.progress.Line()
	}
	return -1, prompt.Progress{Fraction: -1}.Line()
}

// showAsk says when the prompt returns after the deferral that is chosen.
func (s *session) showAsk() {
	if f := s.controls.ask; !f.IsNil() {
		if content := text(s.dialog.AskAgain(s.chosen(), s.left)); f.StringValue() != content {
			f.SetStringValue(content)
			s.trace("chosen")
		}
	}
}

// chosen is the number of the deferral that the menu shows.
func (s *session) chosen() int {
	if s.controls.choice.IsNil() {
		return 0
	}
	i := number(s.controls.choice, "indexOfSelectedItem")
	return int(max(0, min(i, int64(len(s.dialog.Choices)-1))))
}

func (s *session) pressRun() { s.press(prompt.Answer{Result: prompt.ResultRun}) }
func (s *session) pressDefer() {
	s.press(prompt.Answer{Result: prompt.ResultDefer, Choice: s.chosen()})
}

// pressPassword answers with what is in the field. An empty field is no
// answer: the person goes on.
func (s *session) pressPassword() {
	secret, ok := secretOf(s.controls.secret, prompt.MaxSecret)
	if !ok || len(secret) == 0 {
		truth(s.panel, "makeFirstResponder:", s.controls.secret)
		return
	}
	s.press(prompt.Answer{Result: prompt.ResultPassword, Secret: secret})
}

// openPane opens Software Update. The dialog stays.
func (s *session) openPane() {
	pane := s.dialog.Pane
	if s.done || !s.meant() {
		return
	}
	maker := "URLWithString:"
	switch {
	case strings.HasPrefix(pane, "/"):
		maker = "fileURLWithPath:"
	case !strings.HasPrefix(pane, "x-apple.systempreferences:"):
		s.log("%q is no pane of System Settings, so it is not opened.", pane)
		return
	}
	s.giveWay(true)
	s.trace("opens " + pane)
	url := get(objc.GetClass("NSURL"), maker, foundation.String_StringWithString(text(pane)))
	workspace := get(objc.GetClass("NSWorkspace"), "sharedWorkspace")
	if url.IsNil() || !truth(workspace, "openURL:", url) {
		s.log("Software Update could not be opened at %s.", pane)
	}
}

// updaterInFront tells whether the person is where updates are installed.
func updaterInFront() bool {
	if !onMac {
		return false
	}
	front := get(get(objc.GetClass("NSWorkspace"), "sharedWorkspace"), "frontmostApplication")
	if front.IsNil() {
		return false
	}
	id := get(front, "bundleIdentifier")
	if id.IsNil() {
		return false
	}
	switch objc.ToGoString(id.Ptr()) {
	case "com.apple.systempreferences", "com.apple.SoftwareUpdate", "com.apple.preferences.softwareupdate.remoteservice":
		return true
	}
	return false
}
