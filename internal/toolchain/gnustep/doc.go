// Package gnustep makes darwinkit run over GNUstep on Linux. A program built
// with xgo gnustep imports it for its effect: it holds, in Objective-C, the
// parts of Apple's runtime and of libdispatch that GNUstep does not have, and
// a theme with the looks of a Mac, because GNUstep's own are those of 1989.
//
// It is there for tests and for people without a Mac. Nothing of it is linked
// into the program for macOS.
package gnustep
