//go:build cgo && gnustep

package gnustep

// #cgo CFLAGS: -x objective-c
// #cgo LDFLAGS: -lm
// void xgo_set_defaults(void);
// void xgo_wear(int dark);
// void xgo_give_signals_back(void);
import "C"

// SetDefaults says what GNUstep is to be like where the person has not said
// otherwise. It is called before the application is made.
func SetDefaults() { C.xgo_set_defaults() }

// Prepare puts the theme on, in light or in dark, and takes back the signals
// that GNUstep has taken. It is called on the main thread, after the
// application is made and before its first window.
func Prepare(dark bool) {
	d := C.int(0)
	if dark {
		d = 1
	}
	C.xgo_wear(d)
	C.xgo_give_signals_back()
}
