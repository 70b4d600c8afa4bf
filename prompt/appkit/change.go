//go:build cgo && (darwin || gnustep)

package appkit

import (
	"strings"

	"github.com/progrium/darwinkit/macos/appkit"
	"github.com/progrium/darwinkit/macos/foundation"
	"github.com/progrium/darwinkit/objc"

	"installordefer/prompt"
	"installordefer/prompt/words"
)

// change makes the dialog say what is true now.
func (s *session) change(c prompt.Change) {
	if s.done {
		return
	}
	s.now = s.now.With(c)
	s.longest = max(s.longest, s.now.Countdown)
	s.show()
	s.trace("changed")
}

// show says what is true now. What has become longer or shorter gets other
// room.
func (s *session) show() {
	s.now.Choice = s.chosen()
	says := s.says.Page(s.now)
	again := false // whether a text may need more room
	set := func(f appkit.TextField, content string) {
		if !f.IsNil() && content != "" && f.StringValue() != text(content) {
			f.SetStringValue(text(content))
			again = true
		}
	}
	set(s.controls.heading, says.Heading)
	set(s.controls.clock, says.Clock)
	set(s.controls.body, says.Body)
	set(s.controls.status, says.Progress)
	for i, f := range s.controls.notes {
		if i < len(says.Notes) {
			set(f, says.Notes[i])
		}
	}
	for _, b := range s.buttons {
		if title := b.title(says); title != "" && b.Title() != text(title) {
			b.SetTitle(text(title))
			again = true
		}
	}
	if says.Heading != s.page.Heading {
		s.panel.SetTitle(text(says.Heading))
	}
	urgent := says.Urgent && !s.page.Urgent
	s.page = says
	if !s.controls.bar.IsNil() {
		setBar(s.controls.bar, s.fraction())
	}
	if again {
		s.arrange()
	}
	if urgent {
		s.urge()
	}
}

// title is what a button says now; empty where it says the same all the time.
func (b button) title(says words.Page) string {
	switch b.name {
	case "run", "open", "continue":
		return says.Run
	}
	return says.Defer
}

// urge announces the last minute of a countdown.
func (s *session) urge() {
	s.colorAlarms()
	s.toFront()
	announce(s.panel, s.page.Heading+" "+s.page.Body)
	s.trace("last minute")
}

// colorAlarms gives what must not be missed the red that fits the ground it
// stands on. The person may change that while the dialog is open.
func (s *session) colorAlarms() {
	red := alarmColor(isDark(s.app, s.toolkit.Appearance))
	if s.page.Urgent {
		s.controls.clock.SetTextColor(red)
	}
	if !s.controls.problem.IsNil() {
		s.controls.problem.SetTextColor(red)
	}
}

// countdownFraction is what is left of the countdown: the bar empties.
func (s *session) countdownFraction() float64 {
	if s.longest <= 0 {
		return 0
	}
	return float64(s.now.Countdown) / float64(s.longest)
}

// progressFraction is how far the installation is; below 0 it is not known.
func (s *session) progressFraction() float64 {
	if s.now.Progress == nil {
		return -1
	}
	return s.now.Progress.Fraction
}

// fraction is what the bar shows.
func (s *session) fraction() float64 {
	if s.longest > 0 {
		return s.countdownFraction()
	}
	return s.progressFraction()
}

// choose says when the prompt returns after the deferral that is chosen.
func (s *session) choose() {
	s.show()
	s.trace("chosen")
}

// chosen is the number of the deferral that the menu shows.
func (s *session) chosen() int {
	if s.controls.choice.IsNil() {
		return s.dialog.Usual
	}
	i := number(s.controls.choice, "indexOfSelectedItem")
	return int(max(0, min(i, int64(len(s.dialog.Choices)-1))))
}

func (s *session) pressRun() { s.press(prompt.Answer{Result: prompt.ResultRun}) }
func (s *session) pressDefer() {
	s.press(prompt.Answer{Result: prompt.ResultDefer, Choice: s.chosen()})
}

func (s *session) pressCancel() { s.press(prompt.Answer{Result: prompt.ResultCancel}) }

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
