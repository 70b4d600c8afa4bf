//go:build cgo && (darwin || gnustep)

package appkit

import (
	"strings"

	"github.com/progrium/darwinkit/macos/foundation"
	"github.com/progrium/darwinkit/objc"

	"installordefer/prompt"
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
	for _, p := range describe(s.dialog, says) {
		again = s.say(p) || again
	}
	if says.Heading != s.page.Heading {
		s.panel.SetTitle(text(says.Heading))
	}
	urgent := says.Urgent && !s.page.Urgent
	told := s.dialog.Kind == prompt.Updating && says.Body != s.page.Body || // the Mac restarts after all
		s.dialog.Kind == prompt.InTheWay && says.Heading != s.page.Heading
	s.page = says
	if !s.controls.bar.IsNil() {
		setBar(s.controls.bar, s.fraction())
	}
	if again {
		s.arrange()
	}
	if urgent {
		s.urge()
	} else if told {
		announce(s.panel, says.Heading+" "+says.Body)
	}
}

// say gives a part the text that it has now, and tells whether that is another.
func (s *session) say(p part) (changed bool) {
	if p.text == "" {
		return false
	}
	if f, ok := s.controls.texts[p.name]; ok && f.StringValue() != text(p.text) {
		f.SetStringValue(text(p.text))
		return true
	}
	for _, b := range s.buttons {
		if b.name == p.name && b.Title() != text(p.text) {
			b.SetTitle(text(p.text))
			return true
		}
	}
	return false
}

// urge announces the last minute of a countdown.
func (s *session) urge() {
	s.colorAlarms()
	s.toFront()
	announce(s.panel, s.page.Heading+" "+s.page.Body)
	s.trace("last minute")
}

// colorAlarms gives what must not be missed the red that fits the ground it
// stands on.
func (s *session) colorAlarms() {
	for name, f := range s.controls.texts {
		if name == "problem" || name == "clock" && s.page.Urgent {
			f.SetTextColor(alarmColor(s.dark))
		}
	}
}

// followLooks does what macOS does not do by itself when the person changes
// between light and dark looks while the dialog is open.
func (s *session) followLooks() {
	if !s.done && isDark(s.app, s.toolkit.Appearance) != s.dark {
		s.showLogo()
		s.colorAlarms()
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

// doer returns what a button does.
func (s *session) doer(d deed) func() {
	switch d {
	case doRun:
		return func() { s.press(prompt.Answer{Result: prompt.ResultRun}) }
	case doDefer:
		return func() { s.press(prompt.Answer{Result: prompt.ResultDefer, Choice: s.chosen()}) }
	case doCancel:
		return func() { s.press(prompt.Answer{Result: prompt.ResultCancel}) }
	case doPassword:
		return s.pressPassword
	case doOpen:
		return s.openPane
	}
	return s.openHelp
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
	s.opens(maker, pane)
}

// openHelp opens the help page in the person's browser. The dialog stays.
func (s *session) openHelp() {
	if s.done || !s.meant() {
		return
	}
	s.opens("URLWithString:", s.dialog.Help)
}

// opens opens what is at an address, in the person's own session.
func (s *session) opens(maker, address string) {
	s.trace("opens " + address)
	url := get(objc.GetClass("NSURL"), maker, foundation.String_StringWithString(text(address)))
	if url.IsNil() || !openURL(url) {
		s.log("%s could not be opened.", address)
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
