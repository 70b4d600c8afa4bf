//go:build cgo && (darwin || gnustep)

package appkit

import (
	"fmt"
	"slices"

	"github.com/progrium/darwinkit/helper/action"
	"github.com/progrium/darwinkit/macos/appkit"
	"github.com/progrium/darwinkit/objc"
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

// A button is a button of the last row. The one that lies aside is the help
// button.
type button struct {
	appkit.Button
	name  string
	aside bool
}

// controls are what changes or is read later. A kind of dialog that does not
// have one leaves it nil.
type controls struct {
	texts  map[string]appkit.TextField
	bar    appkit.ProgressIndicator
	choice appkit.PopUpButton
	secret appkit.SecureTextField
}

// fill makes the icon and the parts of the dialog.
func (s *session) fill() {
	s.addIcon()
	s.controls.texts = map[string]appkit.TextField{}
	for _, p := range describe(s.dialog, s.page) {
		switch p.role {
		case asText:
			s.addText(p)
		case asList:
			s.addList(p, s.page.Items)
		case asBar:
			s.addBar(p)
		case asMenu:
			s.addChoices(p)
		case asField:
			s.addPassword(p)
		case asButton, asHelp:
			s.addButton(p)
		}
	}
}

// A style is how a text looks: how much larger than the system's size, what is
// above it, and whether it scrolls where there is no room.
type style struct {
	more, gap     float64
	bold, shrinks bool
}

// styles are those of the texts, by name.
var styles = map[string]style{
	"heading": {more: 2, bold: true}, "clock": {gap: 6}, "body": {gap: 6, shrinks: true}, "status": {gap: 4},
	"note 1": {more: -1, gap: 12}, "password label": {gap: 14}, "problem": {more: -1, gap: 5},
}

// aNote is the style of every note but the first.
var aNote = style{more: -1, gap: 4}

// addText adds a text of as many lines as it needs.
func (s *session) addText(p part) {
	look, ok := styles[p.name]
	if !ok {
		look = aNote
	}
	font := systemFont(look.more, look.bold)
	if p.name == "clock" {
		font = clockFont() // larger than anything else
	}
	f := newLabel(p.text, font, true)
	s.alignFor(f)
	if p.label != "" {
		label(f, p.label)
	}
	s.add(element{
		block: block{name: p.name, gap: look.gap, shrinks: look.shrinks, evens: true, height: func(w float64) float64 { return textHeight(f, w) }},
		view:  f,
	})
	s.controls.texts[p.name] = f
	s.watch(p.name, f)
}

// addIcon shows the administrator's logo, which has nothing to say to who cannot
// see it.
func (s *session) addIcon() {
	s.icon = newIcon()
	s.showLogo()
	s.panel.ContentView().AddSubview(s.icon)
	s.watch("icon", s.icon)
}

// showLogo shows the logo for the looks that the dialog has now, and says so
// when it cannot.
func (s *session) showLogo() {
	s.dark = isDark(s.app, s.toolkit.Appearance)
	logos := logosFor(s.dialog, s.dark)
	files, problem := logoFiles(logos, s.dialog.OSVersion)
	shown := setIcon(s.icon, files)
	if problem == nil && shown != files[0] && slices.Contains(logos, files[0]) {
		problem = fmt.Errorf("the logo %s is no picture that can be shown", files[0])
	}
	if !slices.Contains(logos, shown) {
		shown = "Software Update's icon"
	}
	if problem != nil {
		s.log("%s is shown, because %v.", shown, problem)
	}
}

func (s *session) add(e element) {
	s.panel.ContentView().AddSubview(e.view)
	s.elements = append(s.elements, e)
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

// addChoices adds the menu of deferrals.
func (s *session) addChoices(p part) {
	title := newLabel(p.label, systemFont(0, false), false)
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
	label(menu, p.label)
	s.controls.choice = menu
	s.watch(p.name, menu)

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
func (s *session) addBar(p part) {
	c := &s.controls
	c.bar = newBar()
	label(c.bar, p.label)
	if s.rtl {
		const rightToLeft = 1
		tell(c.bar, "setUserInterfaceLayoutDirection:", int64(rightToLeft))
	}
	s.add(element{block: block{name: p.name, gap: 14, height: func(float64) float64 { return barHeight }}, view: c.bar})
	setBar(c.bar, s.fraction())
	s.watch(p.name, c.bar)
}

// addPassword adds the field.
func (s *session) addPassword(p part) {
	field := appkit.NewSecureTextFieldWithFrame(box(0, 0, 100, 24))
	field.Retain()
	field.SetFont(systemFont(0, false))
	label(field, p.label)
	s.controls.secret = field
	s.add(element{
		block: block{name: p.name, gap: 5, height: func(float64) float64 { return max(lineHeight(field)+4, 22) }},
		view:  field,
	})
	s.watch(p.name, field)
}

// addButton adds a button to the last row, from inside out.
func (s *session) addButton(p part) {
	pressed := s.doer(p.does)
	b := newButton(p.text, pressed)
	if p.role == asHelp {
		b.SetTitle(text(helpTitle))
		b.SetBezelStyle(appkit.BezelStyleHelpButton)
		label(b, p.label)
		b.SetToolTip(text(p.label))
	}
	for i, key := range p.keys {
		if i == 0 {
			b.SetKeyEquivalent(key)
		} else {
			s.addKey(key, pressed)
		}
	}
	s.panel.ContentView().AddSubview(b)
	s.buttons = append(s.buttons, button{b, p.name, p.role == asHelp})
	s.watch(p.name, b)
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

// chainKeyboard sets the order in which Tab goes from control to control. It
// changes nothing about where the keyboard is.
func (s *session) chainKeyboard(stacked bool) {
	order := focusOrder(describe(s.dialog, s.page), stacked)
	for i, name := range order {
		s.control(name).SetNextKeyView(s.control(order[(i+1)%len(order)]))
	}
	if len(order) > 0 && !s.shown.IsZero() {
		// Not before the window is there, or that control would get the
		// keyboard with it, and be pressed by somebody who is typing.
		tell(s.panel, "setInitialFirstResponder:", s.control(order[0]))
	}
}

// control returns the control of that name.
func (s *session) control(name string) appkit.View {
	for _, t := range s.traced {
		if t.name == name {
			return appkit.ViewFrom(t.view.Ptr())
		}
	}
	return appkit.View{}
}
