//go:build !(darwin && cgo)

package logging

// Unified returns a sink that writes to the unified log of macOS, under a
// subsystem; ok is false in builds that cannot, as this one.
func Unified(subsystem string) (s Sink, ok bool) { return nil, false }
