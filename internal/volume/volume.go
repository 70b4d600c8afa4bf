// Package volume says where the paths of a Mac lie: on the Mac that runs the
// program at themselves, for a simulated Mac below a folder.
//
// What must hold here: no path leaves the folder, however it is written.
package volume

import (
	"path/filepath"
	"strings"
)

// A Volume is what a Mac calls "/". The zero value is that of the Mac that runs
// the program.
type Volume struct{ folder string }

// In returns the volume of a Mac that lies in a folder, or for "" that of the Mac
// that runs the program.
func In(folder string) Volume {
	if folder == "" {
		return Volume{}
	}
	return Volume{filepath.Clean(folder)}
}

// Path returns where a path of the Mac lies on the machine that runs the
// program. Without a path it is the volume itself.
func (v Volume) Path(onMac ...string) string {
	path := filepath.Clean("/" + strings.Join(onMac, "/"))
	switch {
	case v.folder == "":
		return path
	case path == "/":
		return v.folder
	case v.folder == "/":
		return path
	}
	return v.folder + path
}
