//go:build cgo && (darwin || gnustep)

package appkit

import (
	"fmt"

	"github.com/progrium/darwinkit/helper/action"
	"github.com/progrium/darwinkit/macos/appkit"
	"github.com/progrium/darwinkit/macos/foundation"
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
	heading, body, due, ask, status appkit.TextField
	bar                             appkit.ProgressIndicator
	choice                          appkit.PopUpButton
	secret                          appkit.SecureTextField
}

// fill makes the elements and the buttons of the dialog's kind.
func (s *session) fill() {
	d := s.dialog
	s.addIcon()
	c := &s.controls
	c.heading = s.addText("heading", d.Heading, systemFont(2, true), 0, false)
	if d.Body != "" {
		c.body = s.addText("body", d.Body, systemFont(0, false), 6, true)
	}
	if d.Kind != prompt.Password && len(d.Updates) > 0 {
		s.addList(d.Updates)
	}
	switch d.Kind {
	case prompt.RunOrDefer:
		s.addDue()
		s.addChoices()
		s.addButton("run", d.RunButton(), "", s.pressRun)
		s.addButton("defer", d.DeferButton(), enter, s.pressDefer)
		s.addKey(escape, s.pressDefer)
	case prompt.RunNow:
		s.addBar(s.countdownFraction(), d.CountdownLine(s.countdown))
		s.addButton("run", d.RunButton(), enter, s.pressRun)
	case prompt.Updating:
		s.addBar(s.progressShown())
		s.addText("power", prompt.KeepPower, systemFont(-2, false), 6, false).SetTextColor(faintColor())
	case prompt.InstallNow:
		s.addDue()
		s.addButton("open", prompt.OpenButton, enter, s.openPane)
	case prompt.Password:
		s.addPassword()
		s.addButton("cancel", prompt.CancelButton, escape, func() { s.press(prompt.Answer{Result: prompt.ResultCancel}) })
		s.addButton("continue", prompt.PasswordButton, enter, s.pressPassword)
	}
	s.chainKeyboard()
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
		block: block{name: name, gap: gap, shrinks: shrinks, height: func(w float64) float64 { return textHeight(f, w) }},
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

func (s *session) addDue() {
	due := s.dialog.TimeLeftLine(s.left)
	if due == "" {
		return
	}
	s.controls.due = s.addText("due", due, systemFont(0, false), 14, false)
	s.controls.due.SetTextColor(faintColor())
}

// addChoices adds the menu of deferrals, where there is something to choose,
// and when the prompt returns.
func (s *session) addChoices() {
	ask := newLabel(s.dialog.AskAgain(0, s.left), systemFont(0, false), false)
	ask.SetTextColor(faintColor())
	s.alignFor(ask)
	s.controls.ask = ask
	s.watch("ask", ask)
	if len(s.dialog.Choices) == 1 {
		s.add(element{block: block{name: "ask", gap: 4, height: line(ask)}, view: ask})
		return
	}
	title := newLabel("Defer for:", systemFont(0, false), false)
	menu := appkit.NewPopUpButtonWithFramePullsDown(box(0, 0, 150, 26), false)
	menu.Retain()
	menu.SetFont(systemFont(0, false))
	for _, c := range s.dialog.Choices {
		// Not addItemWithTitle, which takes two equal titles for one item.
		item := appkit.NewMenuItemWithTitleActionKeyEquivalent(text(prompt.InWords(c.For)), objc.Selector{}, "")
		menu.Menu().AddItem(item)
	}
	objc.Call[objc.Void](menu, objc.Sel("selectItemAtIndex:"), int64(0))
	action.Set(menu, func(objc.Object) { s.showAsk() })
	tell(menu, "setAccessibilityLabel:", foundation.String_StringWithString("Defer for"))
	s.controls.choice = menu
	s.watch("choice", menu)

	area := appkit.NewViewWithFrame(box(0, 0, 100, 26))
	area.Retain()
	for _, v := range []appkit.IView{title, menu, ask} {
		area.AddSubview(v)
	}
	menuWidth, menuHeight := naturalSize(menu)
	x := lineWidth(title) + 6
	askX := x + menuWidth + 12
	stacks := func(w float64) bool { return askX+lineWidth(ask) > w }
	s.add(element{
		block: block{name: "choices", gap: 10, height: func(w float64) float64 {
			if stacks(w) {
				return menuHeight + 4 + lineHeight(ask)
			}
			return menuHeight
		}},
		view: area,
		inside: func(w, h float64) {
			top := h - menuHeight // AppKit counts upwards
			s.putAt(title, 0, top, lineWidth(title), lineHeight(title), w, menuHeight)
			s.putAt(menu, x, top, menuWidth, menuHeight, w, menuHeight)
			if stacks(w) {
				s.putAt(ask, 0, 0, w, lineHeight(ask), w, lineHeight(ask))
				return
			}
			s.putAt(ask, askX, top, w-askX, lineHeight(ask), w, menuHeight)
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

// addBar adds a bar and the line below it.
func (s *session) addBar(fraction float64, status string) {
	c := &s.controls
	c.bar = newBar()
	tell(c.bar, "setAccessibilityLabel:", foundation.String_StringWithString("Progress"))
	if s.rtl {
		const rightToLeft = 1
		tell(c.bar, "setUserInterfaceLayoutDirection:", int64(rightToLeft))
	}
	s.add(element{block: block{name: "bar", gap: 14, height: func(float64) float64 { return barHeight }}, view: c.bar})
	c.status = s.addText("status", status, systemFont(0, false), 4, false)
	setBar(c.bar, fraction)
	s.watch("bar", c.bar)
}

// addPassword adds the field, and what was wrong with the last password.
func (s *session) addPassword() {
	title := s.addText("password label", s.dialog.PasswordLine(), systemFont(0, false), 14, false)
	field := appkit.NewSecureTextFieldWithFrame(box(0, 0, 100, 24))
	field.Retain()
	field.SetFont(systemFont(0, false))
	tell(field, "setAccessibilityLabel:", foundation.String_StringWithString(text(title.StringValue())))
	s.controls.secret = field
	s.add(element{
		block: block{name: "password", gap: 5, height: func(float64) float64 { return max(lineHeight(field)+4, 22) }},
		view:  field,
	})
	s.watch("password", field)
	if s.dialog.Rejected == nil {
		return
	}
	problem := s.addText("problem", s.dialog.Rejected.Line(), systemFont(-1, false), 5, false)
	problem.SetTextColor(alarmColor())
	announce(s.panel, s.dialog.Rejected.Line())
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
