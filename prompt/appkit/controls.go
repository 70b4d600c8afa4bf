//go:build cgo && (darwin || gnustep)

package appkit

import (
	_ "embed"
	"math"

	"github.com/progrium/darwinkit/helper/action"
	"github.com/progrium/darwinkit/macos/appkit"
	"github.com/progrium/darwinkit/macos/foundation"
	"github.com/progrium/darwinkit/objc"
)

func box(x, y, w, h float64) foundation.Rect {
	return foundation.Rect{Origin: foundation.Point{X: x, Y: y}, Size: foundation.Size{Width: w, Height: h}}
}

// wide is room for any line.
var wide = box(0, 0, 1e5, 1e5)

// systemFont is the person's font in the system's size for texts, a little
// larger or smaller by more.
func systemFont(more float64, bold bool) appkit.Font {
	size := appkit.Font_SystemFontSize() + more
	if bold {
		return appkit.Font_BoldSystemFontOfSize(size)
	}
	return appkit.Font_SystemFontOfSize(size)
}

// clockFont is large, with figures that keep their width, so that a countdown
// does not tremble. GNUstep has no such figures.
func clockFont() appkit.Font {
	size := 3 * appkit.Font_SystemFontSize()
	class := objc.GetClass("NSFont")
	if classKnows(class, "monospacedDigitSystemFontOfSize:weight:") {
		const light = -0.4
		return objc.Call[appkit.Font](class, objc.Sel("monospacedDigitSystemFontOfSize:weight:"), size, light)
	}
	return appkit.Font_SystemFontOfSize(size)
}

// cell returns a control's cell, for which darwinkit has no method.
func cell(c objc.IObject) appkit.Cell { return objc.Call[appkit.Cell](c, objc.Sel("cell")) }

// newLabel makes a text that only shows: on one line that ends in dots, or
// wrapped.
func newLabel(s string, font appkit.Font, wraps bool) appkit.TextField {
	f := appkit.NewTextFieldWithFrame(box(0, 0, 10, 10))
	f.Retain()
	f.SetEditable(false)
	f.SetSelectable(false)
	f.SetBezeled(false)
	f.SetBordered(false)
	f.SetDrawsBackground(false)
	f.SetFont(font)
	f.SetTextColor(labelColor())
	mode := appkit.LineBreakByTruncatingTail
	if wraps {
		mode = appkit.LineBreakByWordWrapping
	}
	c := cell(f)
	c.SetWraps(wraps)
	objc.Call[objc.Void](c, objc.Sel("setLineBreakMode:"), uint64(mode))
	f.SetStringValue(text(s))
	return f
}

// lineWidth is the width that a text needs on one line.
func lineWidth(c appkit.IControl) float64 {
	return math.Ceil(cell(c).CellSizeForBounds(wide).Width) + 2
}

// lineHeight is the height of one line of a text.
func lineHeight(c appkit.IControl) float64 {
	return math.Ceil(cell(c).CellSizeForBounds(wide).Height)
}

// newButton makes a push button.
func newButton(title string, pressed func()) appkit.Button {
	b := appkit.NewButtonWithFrame(box(0, 0, 100, 32))
	b.Retain()
	b.SetTitle(text(title))
	b.SetFont(systemFont(0, false))
	b.SetBezelStyle(appkit.BezelStyleRounded)
	action.Set(b, func(objc.Object) { pressed() })
	return b
}

// newKey makes a control that is never seen and answers to one key.
func newKey(key string, pressed func()) appkit.Button {
	b := appkit.NewButtonWithFrame(box(0, 0, 1, 1))
	b.Retain()
	b.SetBordered(false)
	b.SetTransparent(true)
	b.SetTitle("")
	b.SetKeyEquivalent(key)
	tell(b, "setRefusesFirstResponder:", true)
	tell(b, "setAccessibilityElement:", false)
	action.Set(b, func(objc.Object) { pressed() })
	return b
}

// newBar makes a progress bar from 0 to 1.
func newBar() appkit.ProgressIndicator {
	b := appkit.NewProgressIndicatorWithFrame(box(0, 0, 100, barHeight))
	b.Retain()
	b.SetStyle(appkit.ProgressIndicatorStyleBar)
	b.SetMinValue(0)
	b.SetMaxValue(1)
	b.SetUsesThreadedAnimation(true)
	return b
}

// addEditMenu lets Command-V paste a password. The menu itself is never seen:
// the application has no menu bar, and nothing in it quits or hides.
func addEditMenu(app appkit.Application) {
	bar, edit := appkit.NewMenuWithTitle(""), appkit.NewMenuWithTitle("Edit")
	for _, i := range [][3]string{{"Paste", "paste:", "v"}, {"Select All", "selectAll:", "a"}} {
		edit.AddItem(appkit.NewMenuItemWithTitleActionKeyEquivalent(i[0], objc.Sel(i[1]), i[2]))
	}
	// macOS takes the first menu for the application's own.
	for _, m := range []appkit.IMenu{appkit.NewMenuWithTitle(""), edit} {
		item := appkit.NewMenuItemWithTitleActionKeyEquivalent("", objc.Selector{}, "")
		item.SetSubmenu(m)
		bar.AddItem(item)
	}
	app.SetMainMenu(bar)
}

// barHeight is the height of a progress bar.
const barHeight = 20

// setBar shows how far something is, from 0 to 1; below 0 it is not known.
func setBar(b appkit.ProgressIndicator, fraction float64) {
	if fraction < 0 {
		if !truth(b, "isIndeterminate") {
			b.SetIndeterminate(true)
		}
		b.StartAnimation(nil)
		return
	}
	if truth(b, "isIndeterminate") {
		b.StopAnimation(nil)
		b.SetIndeterminate(false)
	}
	b.SetDoubleValue(min(fraction, 1))
}

// newScroll makes a scrolling area around a view.
func newScroll(document appkit.IView) appkit.ScrollView {
	s := appkit.NewScrollViewWithFrame(box(0, 0, 100, 100))
	s.Retain()
	s.SetBorderType(appkit.NoBorder)
	s.SetDrawsBackground(false)
	// Over a background that does not move, moved pixels leave traces.
	tell(s.ContentView(), "setCopiesOnScroll:", false)
	s.SetDocumentView(document)
	return s
}

// ownIcon is what a dialog shows where the Mac's own icon is not to be found.
//
//go:embed icon.png
var ownIcon []byte

// newIcon makes the place of the icon.
func newIcon() appkit.ImageView {
	v := appkit.NewImageViewWithFrame(box(0, 0, iconSize, iconSize))
	v.Retain()
	v.SetImageScaling(appkit.ImageScaleProportionallyUpOrDown)
	tell(v, "setAccessibilityElement:", false)
	return v
}

// setIcon shows the first of the files that AppKit can read, or our own icon,
// and says which it was.
func setIcon(v appkit.ImageView, files []string) (shown string) {
	for _, name := range files {
		if image := appkit.NewImageWithContentsOfFile(text(name)); !image.IsNil() && truth(image, "isValid") {
			v.SetImage(image)
			return name
		}
	}
	if image := appkit.NewImageWithData(ownIcon); !image.IsNil() {
		image.SetSize(foundation.Size{Width: iconSize, Height: iconSize})
		v.SetImage(image)
	}
	return ""
}
