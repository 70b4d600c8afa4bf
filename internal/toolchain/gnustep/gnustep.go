//go:build cgo && gnustep

package gnustep

// #cgo CFLAGS: -x objective-c
// #cgo LDFLAGS: -lm
// void xgo_wear(int dark);
import "C"

// Wear puts the theme on, in light or in dark. It is called on the main
// thread, after the application is made and before its first window.
func Wear(dark bool) {
	d := C.int(0)
	if dark {
		d = 1
	}
	C.xgo_wear(d)
}
