//go:build cgo && (darwin || gnustep)

package appkit

import (
	"math"

	"github.com/progrium/darwinkit/macos/appkit"
	"github.com/progrium/darwinkit/macos/foundation"
	"github.com/progrium/darwinkit/objc"
)

// What GNUstep does not have, and what is done there in its place. On macOS
// each of these is the real call. Methods that GNUstep merely lacks, and can do
// without, are sent by tell, which asks first.

// becomeAccessory makes the process one that has windows but neither an icon
// in the Dock nor a menu bar. It comes before the first window. GNUstep has no
// Dock.
func becomeAccessory(app appkit.Application) {
	tell(app, "setActivationPolicy:", int64(appkit.ApplicationActivationPolicyAccessory))
}

// activate asks for the keyboard. The old way comes first: from macOS 14 on the
// new one is refused to a process that no other yields to. Where both are
// refused, the window is in front all the same.
func activate(app appkit.Application) {
	app.ActivateIgnoringOtherApps(true)
	tell(app, "activate")
}

// stayAttentive keeps macOS from slowing the process down while nobody looks at
// it, which would make a countdown end late. The Mac may still fall asleep.
// GNUstep slows nothing down.
func stayAttentive() {
	const userInitiatedAllowingSleep = 0x00EFFFFF
	info := get(objc.GetClass("NSProcessInfo"), "processInfo")
	if !knows(info, "beginActivityWithOptions:reason:") {
		return
	}
	activity := get(info, "beginActivityWithOptions:reason:", uint64(userInitiatedAllowingSleep), foundation.String_StringWithString("A dialog is open"))
	if !activity.IsNil() {
		activity.Retain() // for as long as the process lives
	}
}

// frameFor returns the frame that puts what one sees of a control at r: on
// macOS a button's frame is larger than the button. On GNUstep they are one.
func frameFor(v appkit.IView, r foundation.Rect) foundation.Rect {
	if knows(v, "frameForAlignmentRect:") {
		return objc.Call[foundation.Rect](v, objc.Sel("frameForAlignmentRect:"), r)
	}
	return r
}

// naturalSize returns the size that a button or a menu button wants to be seen
// at. GNUstep's cells know their text only.
func naturalSize(v appkit.IControl) (w, h float64) {
	if knows(v, "intrinsicContentSize") {
		size := objc.Call[foundation.Size](v, objc.Sel("intrinsicContentSize"))
		return size.Width, size.Height
	}
	size := cell(v).CellSizeForBounds(wide)
	return math.Ceil(size.Width) + 20, max(24, math.Ceil(appkit.Font_SystemFontSize())+11)
}

// hideTitleBar makes title bar and content one plain surface. GNUstep draws a
// title bar in any case.
func hideTitleBar(p appkit.Panel) bool {
	const hidden, fullSize = 1, 1 << 15
	if !knows(p, "setTitlebarAppearsTransparent:") {
		return false
	}
	tell(p, "setTitlebarAppearsTransparent:", true)
	tell(p, "setTitleVisibility:", int64(hidden))
	tell(p, "setStyleMask:", uint64(appkit.WindowStyleMaskTitled)|fullSize)
	return true
}

// textHeight returns the height of a control's text in a width. On macOS the
// cell knows. GNUstep's answers for one line, so the text itself is asked too,
// less the two points that a cell keeps free on either side. A point too much
// does no harm, one too few would cut the text.
func textHeight(c appkit.IControl, width float64) float64 {
	const byLines = 1
	h := cell(c).CellSizeForBounds(box(0, 0, width, 1e5)).Height
	s := get(c, "attributedStringValue")
	if s.IsNil() || !knows(s, "boundingRectWithSize:options:") {
		return h
	}
	r := objc.Call[foundation.Rect](s, objc.Sel("boundingRectWithSize:options:"),
		foundation.Size{Width: width - 4, Height: 1e5}, int64(byLines))
	return max(h, r.Size.Height)
}

// picture returns the window as it is drawn, title bar and all, as the bytes
// of a PNG; nil when it cannot be had.
func picture(p appkit.Panel) []byte {
	frame := appkit.ViewFrom(get(p.ContentView(), "superview").Ptr())
	if frame.IsNil() {
		frame = p.ContentView()
	}
	const png = 4
	b := frame.Bounds()
	rep := get(frame, "bitmapImageRepForCachingDisplayInRect:", b)
	if rep.IsNil() {
		return nil
	}
	objc.Call[objc.Void](frame, objc.Sel("cacheDisplayInRect:toBitmapImageRep:"), b, rep)
	data := get(rep, "representationUsingType:properties:", uint64(png), objc.Call[objc.Object](objc.GetClass("NSDictionary"), objc.Sel("dictionary")))
	if data.IsNil() {
		return nil
	}
	return objc.ToGoBytes(data.Ptr())
}
