//go:build cgo && (darwin || gnustep)

package appkit

import (
	"runtime"

	"github.com/progrium/darwinkit/dispatch"
	"github.com/progrium/darwinkit/macos/appkit"
	"github.com/progrium/darwinkit/macos/foundation"
	"github.com/progrium/darwinkit/objc"
)

func init() {
	// Only a lock that is taken here, before main, is sure to tie the main
	// goroutine to the process's first thread, which AppKit wants.
	runtime.LockOSThread()
}

// post has f run on the main thread, soon. It may be called from any
// goroutine, and returns at once: waiting for the main thread from the main
// thread would never end.
func post(f func()) { dispatch.MainQueue().DispatchAsync(f) }

// runLoop makes the application and has build make the window; then it serves
// events until stopLoop. The main goroutine calls it.
func runLoop(build func(app appkit.Application)) {
	beforeApplication()
	// Before any other object: the first one needs the application.
	app := appkit.Application_SharedApplication()
	// The pool ends before the loop begins, so that an object that nobody
	// retained is gone at once, in the first test, and not some day.
	objc.WithAutoreleasePool(func() { build(app) })
	app.Run()
}

// stopLoop ends runLoop. It is called on the main thread.
func stopLoop(app appkit.Application) {
	app.Stop(nil)
	// The loop looks whether it was stopped only after an event.
	app.PostEventAtStart(appkit.Event_OtherEventWithTypeLocationModifierFlagsTimestampWindowNumberContextSubtypeData1Data2(
		appkit.EventTypeApplicationDefined, foundation.Point{}, 0, 0, 0, nil, 0, 0, 0), true)
}
