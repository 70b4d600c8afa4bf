// Package appkit shows the dialogs with AppKit, by way of darwinkit. The same
// code runs on macOS and, for tests and pictures, on Linux over GNUstep (build
// tag gnustep).
//
// AppKit belongs to the process's first thread, and darwinkit v0.5.0 has faults
// that crash or silently overwrite memory. What must hold here, and is checked
// by a test of this package's source:
//
//   - Only mainthread.go touches the main thread. Everything else reaches
//     AppKit from a function that it was given to run there.
//   - Events come in as target and action. There are no delegates, no blocks,
//     no subclasses and no methods made of Go functions.
//   - No message is sent by darwinkit's own methods that returns a bool, an
//     integer of less than 64 bits, or a slice: libffi writes eight bytes where
//     Go has made room for fewer. bridge.go has a safe way for each.
//   - Every text passes through text, which takes out what an NSString cannot
//     hold.
//   - An object is retained by its own Retain, never by objc.Retain, whose
//     finalizer releases on another thread.
//
// What GNUstep does not have is said in platform.go and nowhere else.
package appkit
