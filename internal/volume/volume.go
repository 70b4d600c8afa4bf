// Package volume says where the paths of a Mac lie: on the Mac that runs the
// program at themselves, for a simulated Mac below a folder.
//
// What must hold here: no path leaves the folder, however it is written.
package volume

import (
	"cmp"
	"path/filepath"
)

// A Volume is what a Mac calls "/". The zero value is that of the Mac that runs
// the program.
type Volume struct{ folder string }

// In returns the volume of a Mac that lies in a folder.
func In(folder string) Volume { return Volume{folder} }

// Path returns where a path of the Mac lies on the machine that runs the
// program. Without a path it is the volume itself.
func (v Volume) Path(onMac ...string) string {
	return filepath.Join(cmp.Or(v.folder, "/"), filepath.Join("/", filepath.Join(onMac...)))
}
