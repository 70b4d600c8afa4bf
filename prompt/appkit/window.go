//go:build cgo && (darwin || gnustep)

package appkit

import (
	"math"

	"github.com/progrium/darwinkit/macos/appkit"
	"github.com/progrium/darwinkit/macos/foundation"
	"github.com/progrium/darwinkit/objc"

	"installordefer/prompt"
	"installordefer/prompt/fit"
)

// The width of every dialog in points, where texts have the size that they
// have on a Mac. It follows the person's own size.
const (
	usualWidth = fit.Window
	usualText  = 13
)

func windowWidth() float64 {
	return math.Round(usualWidth * max(1, appkit.Font_SystemFontSize()/usualText))
}

// The levels of the window. A dialog that can wait floats over other windows
// and leaves the menu bar alone. The one whose countdown runs is over all but
// the lock screen, full-screen applications included.
const (
	levelAside = appkit.NormalWindowLevel
	levelWaits = appkit.FloatingWindowLevel
	levelNow   = appkit.ScreenSaverWindowLevel
)

// build makes the window and everything in it.
func (s *session) build() {
	becomeAccessory(s.app)
	stayAttentive()
	wear(s.app, s.toolkit.Appearance)
	s.page = s.says.Page(s.now)
	s.rtl = startsRightToLeft(s.page.Heading + " " + s.page.Body)

	p := appkit.NewPanelWithContentRectStyleMaskBackingDefer(box(0, 0, windowWidth(), 200),
		appkit.WindowStyleMaskTitled, appkit.BackingStoreBuffered, false) // no button closes it
	p.Retain()
	s.panel = p
	p.SetReleasedWhenClosed(false)
	p.SetTitle(text(s.page.Heading))
	hideTitleBar(p)
	p.SetHidesOnDeactivate(false) // a panel's default is to hide
	p.SetBecomesKeyOnlyIfNeeded(false)
	p.SetFloatingPanel(true)
	tell(p, "setMovableByWindowBackground:", true)
	tell(p, "setAnimationBehavior:", int64(appkit.WindowAnimationBehaviorAlertPanel))
	tell(p, "setAccessibilitySubrole:", foundation.String_StringWithString("AXDialog"))
	s.onEverySpace()

	s.fill()
	s.addKeys()
	if s.dialog.Kind == prompt.Password {
		addEditMenu(s.app)
	}
	s.arrange()
	s.watchSession()
	s.watchSight()

	if s.dialog.Kind == prompt.RunNow {
		p.SetLevel(levelNow)
	} else {
		p.SetLevel(levelWaits)
	}
	activate(s.app)
	p.MakeKeyAndOrderFront(nil)
	p.OrderFrontRegardless()
	if s.page.Urgent {
		s.urge()
	}
}

func (s *session) onEverySpace() {
	// Since macOS 13, over other applications' full-screen windows too.
	// darwinkit has no name for it.
	const joinsAllApplications = 1 << 18
	behavior := appkit.WindowCollectionBehaviorCanJoinAllSpaces |
		appkit.WindowCollectionBehaviorStationary |
		appkit.WindowCollectionBehaviorFullScreenAuxiliary
	if hasMacOS13() {
		behavior |= joinsAllApplications
	}
	s.panel.SetCollectionBehavior(behavior)
}

// hasMacOS13 tells by a class that came with it.
func hasMacOS13() bool { return objc.GetClass("NSComboButton").Ptr() != nil }

// arrange gives everything its place, from the texts as they are now. The
// window keeps its upper edge.
func (s *session) arrange() {
	blocks := make([]block, len(s.elements))
	for i, e := range s.elements {
		blocks[i] = e.block
	}
	var row []buttonSize
	for _, b := range s.buttons {
		w, h := naturalSize(b.Button)
		if b.aside {
			w = h // it is round
		} else {
			w = max(w, leastButton)
		}
		row = append(row, buttonSize{b.name, w, h, b.aside})
	}
	l := arrange(windowWidth(), s.mostHeight(), blocks, row, s.rtl)

	content := s.panel.ContentView()
	place := func(v appkit.IView, r rect) {
		v.SetFrame(frameFor(v, box(r.x, l.size.h-r.y-r.h, r.w, r.h)))
	}
	s.resize(l.size.w, l.size.h)
	place(s.icon, l.rects["icon"])
	for i := range s.elements {
		e := &s.elements[i]
		r := l.rects[e.name]
		if l.scrolls[e.name] && e.scroll == nil {
			e.makeScroll(content)
		}
		if e.scroll != nil {
			place(e.scroll, r)
			e.fitInScroll(r.w)
		} else {
			place(e.view, r)
		}
		if e.inside != nil {
			e.inside(r.w, r.h)
		}
	}
	for _, b := range s.buttons {
		place(b.Button, l.rects[b.name])
	}
	s.chainKeyboard(stacks(windowWidth(), row))
	tell(s.panel, "setViewsNeedDisplay:", true)
}

// leastButton keeps short titles from making slivers.
const leastButton = 84

// mostHeight is the room for the content on the screen.
func (s *session) mostHeight() float64 {
	const titleBar, air = 30, 60
	screen := s.screen()
	if screen.IsNil() {
		return 600
	}
	return max(screen.VisibleFrame().Size.Height-titleBar-air, 300)
}

// screen is the one the window is on; before that, the one with the keyboard.
func (s *session) screen() appkit.Screen {
	if s.placed {
		if screen := get(s.panel, "screen"); !screen.IsNil() {
			return appkit.ScreenFrom(screen.Ptr())
		}
	}
	return appkit.Screen_MainScreen()
}

func (s *session) resize(w, h float64) {
	frame := s.panel.Frame()
	size := s.panel.FrameRectForContentRect(box(0, 0, w, h)).Size
	top := frame.Origin.Y + frame.Size.Height
	s.panel.SetFrameDisplay(box(frame.Origin.X, top-size.Height, size.Width, size.Height), false)
	if !s.placed {
		s.moveTo(s.dialog.Kind == prompt.InstallNow)
		s.placed = true
	}
}

// moveTo puts the window where an alert goes, or in the corner, out of the way.
func (s *session) moveTo(corner bool) {
	screen := s.screen()
	if screen.IsNil() {
		return
	}
	v, size := screen.VisibleFrame(), s.panel.Frame().Size
	x, y := placeOn(rect{v.Origin.X, v.Origin.Y, v.Size.Width, v.Size.Height}, size.Width, size.Height, corner, s.rtl)
	s.panel.SetFrameTopLeftPoint(foundation.Point{X: x, Y: y})
}

// watchSession follows what happens around the window, none of which needs a
// permission.
func (s *session) watchSession() {
	center := get(objc.GetClass("NSNotificationCenter"), "defaultCenter")
	onNotification(center, "NSApplicationDidChangeScreenParametersNotification", func() {
		if !s.done {
			s.placed = false
			s.arrange()
			s.trace("moved")
		}
	})
	onNotification(center, "NSApplicationWillTerminateNotification", func() {
		if !s.done && s.toolkit.Quit != nil {
			s.toolkit.Quit()
		}
	})
	if !onMac {
		return
	}
	workspace := get(objc.GetClass("NSWorkspace"), "sharedWorkspace")
	onNotification(get(workspace, "notificationCenter"), "NSWorkspaceActiveSpaceDidChangeNotification", s.toFront)
	onSystemNotification("com.apple.screenIsUnlocked", func() {
		// What is typed now may still be meant for the lock screen.
		s.disarm()
		s.toFront()
	})
}

func (s *session) toFront() {
	if !s.done {
		s.panel.OrderFrontRegardless()
	}
}

// keepInFront comes every second. The final prompt needs none of it: its level
// keeps it over everything else, and it would come over the sheet in which
// somebody saves.
func (s *session) keepInFront() {
	switch {
	case s.done:
	case s.dialog.Kind == prompt.InstallNow, s.dialog.Kind == prompt.InTheWay:
		s.giveWay(updaterInFront())
	}
}

// giveWay lets the window sink to the others while Software Update is in
// front, where the person has to act, and floats it otherwise.
func (s *session) giveWay(way bool) {
	level := int64(levelWaits)
	if way {
		level = int64(levelAside)
	}
	if number(s.panel, "level") == level {
		return
	}
	objc.Call[objc.Void](s.panel, objc.Sel("setLevel:"), level)
	if !way {
		s.toFront()
	}
}
