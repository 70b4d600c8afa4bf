//go:build cgo && gnustep

package appkit

import _ "installordefer/internal/toolchain/gnustep" // what GNUstep lacks of Apple's runtime
