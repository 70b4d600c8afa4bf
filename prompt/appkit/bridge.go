//go:build cgo && (darwin || gnustep)

package appkit

// #cgo darwin LDFLAGS: -framework AppKit
// #cgo linux LDFLAGS: -ldl
// #include <dlfcn.h>
//
// typedef void (*notifier)(void *element, void *notification, void *info);
//
// static int notify(void *element, void *notification, void *info)
// {
//	notifier f = (notifier)dlsym(RTLD_DEFAULT, "NSAccessibilityPostNotificationWithUserInfo");
//	if (f != 0)
//		f(element, notification, info);
//	return f != 0;
// }
import "C"

import (
	"strings"
	"unicode/utf8"
	"unsafe"

	"github.com/progrium/darwinkit/helper/action"
	"github.com/progrium/darwinkit/macos/appkit"
	"github.com/progrium/darwinkit/macos/foundation"
	"github.com/progrium/darwinkit/objc"
)

// text makes s fit for an NSString. darwinkit goes by way of a C string, which
// ends at the first NUL, and makes nil of invalid UTF-8: a Mac ends the process
// for that.
func text(s string) string {
	if !utf8.ValidString(s) {
		s = strings.ToValidUTF8(s, "\uFFFD")
	}
	return strings.ReplaceAll(s, "\x00", "\uFFFD")
}

// knows tells whether the object has the method.
func knows(o objc.IObject, selector string) bool {
	return o.RespondsToSelector(objc.Sel(selector))
}

// classKnows tells whether the class has the class method.
func classKnows(class objc.Class, selector string) bool {
	return class.Ptr() != nil && class.MetaClass().RespondsToSelector(objc.Sel(selector))
}

// tell sends a message whose result does not matter, if the object knows it.
// The result may be a BOOL: there is room for one.
func tell(o objc.IObject, selector string, args ...any) {
	if knows(o, selector) {
		objc.Call[uint64](o, objc.Sel(selector), args...)
	}
}

// truth sends a message that returns a BOOL. Its upper bytes are not defined.
func truth(o objc.Handle, selector string, args ...any) bool {
	return objc.Call[uint64](o, objc.Sel(selector), args...)&0xff != 0
}

// number sends a message that returns a 64-bit integer.
func number(o objc.Handle, selector string) int64 {
	return objc.Call[int64](o, objc.Sel(selector))
}

// get sends a message that returns an object, which may be nil.
func get(o objc.Handle, selector string, args ...any) objc.Object {
	return objc.Call[objc.Object](o, objc.Sel(selector), args...)
}

// label gives a control the name that VoiceOver says.
func label(o objc.IObject, name string) {
	tell(o, "setAccessibilityLabel:", foundation.String_StringWithString(text(name)))
}

// color returns the first of the named colours that this system has.
func color(names ...string) appkit.Color {
	class := objc.GetClass("NSColor")
	for _, name := range names {
		if classKnows(class, name) {
			return objc.Call[appkit.Color](class, objc.Sel(name))
		}
	}
	return appkit.Color_BlackColor()
}

func labelColor() appkit.Color { return color("labelColor", "controlTextColor") }

// alarmColor is a red that can be read on the ground of a dialog.
func alarmColor(dark bool) appkit.Color {
	c, class, maker := alarm(dark), objc.GetClass("NSColor"), "colorWithSRGBRed:green:blue:alpha:"
	if !classKnows(class, maker) {
		maker = "colorWithCalibratedRed:green:blue:alpha:" // GNUstep tells no spaces apart
	}
	return objc.Call[appkit.Color](class, objc.Sel(maker), c.r, c.g, c.b, 1.0)
}

// onNotification has f run when a notification of that name is posted. The
// observer is the same small object that stands behind a button's action.
func onNotification(center objc.IObject, name string, f func()) {
	target, selector := action.Wrap(func(objc.Object) { f() })
	objc.Call[objc.Void](center, objc.Sel("addObserver:selector:name:object:"),
		target, selector, foundation.String_StringWithString(text(name)), objc.Object{})
}

// onSystemNotification is the same for what other processes tell. It is
// delivered at once, also while another application is in front.
func onSystemNotification(name string, f func()) {
	const deliverImmediately = 4
	center := get(objc.GetClass("NSDistributedNotificationCenter"), "defaultCenter")
	target, selector := action.Wrap(func(objc.Object) { f() })
	objc.Call[objc.Void](center, objc.Sel("addObserver:selector:name:object:suspensionBehavior:"),
		target, selector, foundation.String_StringWithString(text(name)), objc.Object{}, uint64(deliverImmediately))
}

// announce has VoiceOver say s at once, if it is on.
func announce(window objc.IObject, s string) {
	const highPriority = 90
	info := objc.Call[objc.Object](objc.GetClass("NSMutableDictionary"), objc.Sel("dictionary"))
	set := func(key string, value objc.IObject) {
		objc.Call[objc.Void](info, objc.Sel("setObject:forKey:"), value, foundation.String_StringWithString(key))
	}
	set("AXAnnouncementKey", foundation.String_StringWithString(text(s)))
	set("AXPriorityKey", foundation.Number_NumberWithInteger(highPriority))
	C.notify(window.Ptr(), foundation.String_StringWithString("AXAnnouncementRequested").Ptr(), info.Ptr())
}

// secretOf copies what a text field holds into memory that can be wiped; ok is
// false when it is longer than most bytes. The field's own copy is AppKit's
// and goes with the process.
func secretOf(field objc.Handle, most int) (secret []byte, ok bool) {
	const utf8Encoding = 4
	s := get(field, "stringValue")
	if s.IsNil() {
		return nil, true
	}
	size := objc.Call[uint64](s, objc.Sel("lengthOfBytesUsingEncoding:"), uint64(utf8Encoding))
	if size == 0 {
		return nil, true
	}
	if size > uint64(most) {
		return nil, false
	}
	buffer := make([]byte, size+1) // and the NUL at the end
	if !truth(s, "getCString:maxLength:encoding:", unsafe.Pointer(&buffer[0]), uint64(len(buffer)), uint64(utf8Encoding)) {
		clear(buffer)
		return nil, false
	}
	return buffer[:size], true
}
