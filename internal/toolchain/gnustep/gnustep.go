//go:build cgo && gnustep

package gnustep

// #cgo CFLAGS: -x objective-c
// #cgo LDFLAGS: -lm
import "C"
