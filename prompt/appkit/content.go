//go:build cgo && (darwin || gnustep)

package appkit

import (
	"fmt"

	"github.com/progrium/darwinkit/helper/action"
	"github.com/progrium/darwinkit/macos/appkit"
	"github.com/progrium/darwinkit/objc"

	"installordefer/prompt"
)

// An element is a block with its view.
type element struct {
	block
	view appkit.IView
	// inside, when set, places what is in the view, which is w wide and h
	// high.
	inside func(w, h float64)
	// scroll is the scrolling area around the view, once it needs one.
	scroll *appkit.ScrollView
}

// A button is a push button of the last row.
type button struct {
	appkit.Button
	name string
}

// controls are what changes or is read later. A kind of dialog that does not
// have one leaves it nil.
type controls struct {
	heading, clock, body, status, problem appkit.TextField
	notes                                 []appkit.TextField
	bar                                   appkit.ProgressIndicator
	choice                                appkit.PopUpButton
	secret                                appkit.SecureTextField
}

// fill makes the elements and the buttons of the dialog's kind.
func (s *session) fill() {
	d, says := s.dialog, s.page
	s.addIcon()
	c := &s.controls
	c.heading = s.addText("heading", says.Heading, systemFont(2, true), 0, false)
	if says.Clock != "" {
		s.addClock(says.Clock)
		s.addBar(s.countdownFraction())
	}
	if says.Body != "" {
		c.body = s.addText("body", says.Body, systemFont(0, false), 6, true)
	}
	if len(says.Items) > 0 {
		s.addList(says.Items)
	}
	if d.Kind == prompt.Updating {
		s.addProgress()
	}
	s.addNotes(says.Notes)
	switch d.Kind {
	case prompt.RunOrDefer:
		s.addChoices()
		s.addButton("run", says.Run, "", s.pressRun)
		s.addButton("defer", says.Defer, enter, s.pressDefer)
		s.addKey(escape, s.pressDefer)
	case prompt.RunNow:
		s.addButton("run", says.Run, enter, s.pressRun)
	case prompt.Updating:
		if says.Run != "" {
			s.addButton("run", says.Run, "", s.pressRun) // Return would lose what is not saved
		}
	case prompt.InstallNow, prompt.InTheWay:
		s.fillInstall()
	case prompt.Password:
		s.addPassword()
		s.addButton("cancel", says.Defer, escape, s.pressCancel)
		s.addButton("continue", says.Run, enter, s.pressPassword)
	}
	s.chainKeyboard()
}

// addProgress shows how far an installation is, where no countdown stands in its
// place.
func (s *session) addProgress() {
	if s.page.Clock == "" {
		s.addBar(s.progressFraction())
		s.controls.status = s.addText("status", s.page.Progress, systemFont(0, false), 4, false)
	}
}

// fillInstall has a button that opens where the person has to act, and one that
// puts the dialog aside, or says that the person has read what stands there.
func (s *session) fillInstall() {
	aside := enter
	if s.page.Run != "" {
		aside = ""
	}
	s.addButton("ok", s.page.Defer, aside, s.pressCancel)
	s.addKey(escape, s.pressCancel)
	if s.page.Run != "" {
		s.addButton("open", s.page.Run, enter, s.openPane)
	}
}

// addClock shows what is left of a countdown, larger than anything else.
func (s *session) addClock(left string) {
	s.controls.clock = s.addText("clock", left, clockFont(), 6, false)
	label(s.controls.clock, s.page.ClockLabel)
}

// addNotes shows what else there is to say, in small letters.
func (s *session) addNotes(notes []string) {
	for i, n := range notes {
		gap := 4.0
		if i == 0 {
			gap = 12
		}
		s.controls.notes = append(s.controls.notes, s.addText(fmt.Sprint("note ", i+1), n, systemFont(-1, false), gap, false))
	}
}

// addIcon shows the administrator's logo, and says so when it cannot.
func (s *session) addIcon() {
	files, problem := logoFiles(s.dialog.Logo, s.dialog.OSVersion)
	icon, shown := newIcon(files)
	if problem == nil && s.dialog.Logo != "" && shown != s.dialog.Logo {
		problem = fmt.Errorf("the logo %s is no picture that can be shown", s.dialog.Logo)
	}
	if problem != nil {
		s.log("Software Update's icon is shown, because %v.", problem)
	}
	s.icon = icon
	s.panel.ContentView().AddSubview(icon)
	s.watch("icon", icon)
}

// Keys that buttons answer to, as AppKit writes them.
const (
	enter    = "\r"
	escape   = "\x1b"
	pageUp   = "\uf72c"
	pageDown = "\uf72d"
)

func (s *session) add(e element) {
	s.panel.ContentView().AddSubview(e.view)
	s.elements = append(s.elements, e)
}

// addText adds a text of as many lines as it needs.
func (s *session) addText(name, content string, font appkit.Font, gap float64, shrinks bool) appkit.TextField {
	f := newLabel(content, font, true)
	s.alignFor(f)
	s.add(element{
		block: block{name: name, gap: gap, shrinks: shrinks, evens: true, height: func(w float64) float64 { return textHeight(f, w) }},
		view:  f,
	})
	s.watch(name, f)
	return f
}

// alignFor lines a text up with the side that reading starts from.
func (s *session) alignFor(f appkit.TextField) {
	if s.rtl {
		f.SetAlignment(appkit.TextAlignmentRight)
	}
}

// line returns the height of a text of one line, for a block.
func line(f appkit.IControl) func(float64) float64 {
	return func(float64) float64 { return lineHeight(f) }
}

// addChoices adds the menu of deferrals, where there is something to choose.
func (s *session) addChoices() {
	if len(s.page.Menu) == 0 {
		return
	}
	title := newLabel(s.page.MenuTitle, systemFont(0, false), false)
	menu := appkit.NewPopUpButtonWithFramePullsDown(box(0, 0, 150, 26), false)
	menu.Retain()
	menu.SetFont(systemFont(0, false))
	for _, name := range s.page.Menu {
		// Not addItemWithTitle, which takes two equal titles for one item.
		item := appkit.NewMenuItemWithTitleActionKeyEquivalent(text(name), objc.Selector{}, "")
		menu.Menu().AddItem(item)
	}
	objc.Call[objc.Void](menu, objc.Sel("selectItemAtIndex:"), int64(s.dialog.Usual))
	action.Set(menu, func(objc.Object) { s.choose() })
	label(menu, s.page.MenuTitle)
	s.controls.choice = menu
	s.watch("choice", menu)

	area := appkit.NewViewWithFrame(box(0, 0, 100, 26))
	area.Retain()
	for _, v := range []appkit.IView{title, menu} {
		area.AddSubview(v)
	}
	menuWidth, menuHeight := naturalSize(menu)
	x := lineWidth(title) + 6
	s.add(element{
		block: block{name: "choices", gap: 14, height: func(float64) float64 { return menuHeight }},
		view:  area,
		inside: func(w, h float64) {
			s.putAt(title, 0, 0, lineWidth(title), lineHeight(title), w, h)
			s.putAt(menu, x, 0, min(menuWidth, w-x), menuHeight, w, h)
		},
	})
}

// putAt places a control in a row that begins at y and is w wide and h high: x
// from the side that reading starts from, and in the middle of its height.
func (s *session) putAt(v appkit.IView, x, y, width, height, w, h float64) {
	if s.rtl {
		x = w - x - width
	}
	v.SetFrame(frameFor(v, box(x, y+(h-height)/2, width, height)))
}

// addBar adds a bar.
func (s *session) addBar(fraction float64) {
	c := &s.controls
	c.bar = newBar()
	label(c.bar, s.page.ProgressLabel)
	if s.rtl {
		const rightToLeft = 1
		tell(c.bar, "setUserInterfaceLayoutDirection:", int64(rightToLeft))
	}
	s.add(element{block: block{name: "bar", gap: 14, height: func(float64) float64 { return barHeight }}, view: c.bar})
	setBar(c.bar, fraction)
	s.watch("bar", c.bar)
}

// addPassword adds the field, and what was wrong with the last password.
func (s *session) addPassword() {
	title := s.addText("password label", s.page.PasswordLabel, systemFont(0, false), 14, false)
	field := appkit.NewSecureTextFieldWithFrame(box(0, 0, 100, 24))
	field.Retain()
	field.SetFont(systemFont(0, false))
	label(field, title.StringValue())
	s.controls.secret = field
	s.add(element{
		block: block{name: "password", gap: 5, height: func(float64) float64 { return max(lineHeight(field)+4, 22) }},
		view:  field,
	})
	s.watch("password", field)
	if s.page.Wrong == "" {
		return
	}
	s.controls.problem = s.addText("problem", s.page.Wrong, systemFont(-1, false), 5, false)
	s.colorAlarms()
	announce(s.panel, s.page.Wrong)
}

// addButton adds a button to the last row, from inside out.
func (s *session) addButton(name, title, key string, pressed func()) {
	b := newButton(title, pressed)
	if key != "" {
		b.SetKeyEquivalent(key)
	}
	s.panel.ContentView().AddSubview(b)
	s.buttons = append(s.buttons, button{b, name})
	s.watch(name, b)
}

// addKey has a key do what no button shows it for.
func (s *session) addKey(key string, pressed func()) {
	s.panel.ContentView().AddSubview(newKey(key, pressed))
}

// addKeys lets the keyboard scroll what is too long.
func (s *session) addKeys() {
	s.addKey(pageUp, func() { s.scrollBy(-1) })
	s.addKey(pageDown, func() { s.scrollBy(1) })
}

// chainKeyboard sets the order in which Tab goes from control to control.
func (s *session) chainKeyboard() {
	var order []appkit.IView
	if !s.controls.secret.IsNil() {
		order = append(order, s.controls.secret)
	}
	if !s.controls.choice.IsNil() {
		order = append(order, s.controls.choice)
	}
	for _, b := range s.buttons {
		order = append(order, b.Button)
	}
	for i, v := range order {
		v.SetNextKeyView(order[(i+1)%len(order)])
	}
}
