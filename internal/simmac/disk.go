package simmac

import (
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"syscall"
)

// MaxFile is the size of the largest file that a Disk reads, in bytes.
const MaxFile = 64 << 10

// A DiskFault is how the disk goes wrong.
type DiskFault string

// The faults of a disk.
const (
	DiskWorks    DiskFault = ""
	DiskFull     DiskFault = "full"      // writes fail, what was there stays
	DiskReadOnly DiskFault = "read-only" // nothing can be changed
	DiskBroken   DiskFault = "broken"    // neither reading nor writing works
	// DiskTears keeps only the first half of what is written, and says that
	// all is well: what no disk should do.
	DiskTears DiskFault = "tears"
	// DiskForgets says that all is well and keeps what was there.
	DiskForgets DiskFault = "forgets"
)

// A Disk holds the few files of the root job that the model knows, in memory.
// It keeps what a statefile.Store needs of a disk: Write is whole and
// durable, unless a fault or a crash is planned.
type Disk struct {
	// Fault is how the disk goes wrong from now on.
	Fault DiskFault
	// Writes counts the writes that were tried.
	Writes int
	// Changes counts the changes to files, whoever made them.
	Changes int

	m     *Mac
	files map[string][]byte
}

// Disk returns the Mac's disk.
func (m *Mac) Disk() *Disk { return &m.disk }

// Paths returns the paths of the files, sorted.
func (d *Disk) Paths() []string {
	var paths []string
	for p := range d.files {
		paths = append(paths, p)
	}
	slices.Sort(paths)
	return paths
}

// Put puts a file on the disk, as somebody other than the root job does.
func (d *Disk) Put(path string, data []byte) {
	d.Changes++
	if d.files == nil {
		d.files = map[string][]byte{}
	}
	d.files[path] = slices.Clone(data)
}

// Delete deletes a file or a folder with all in it, as somebody other than
// the root job does.
func (d *Disk) Delete(path string) {
	d.Changes++
	for p := range d.files {
		if p == path || strings.HasPrefix(p, path+"/") {
			delete(d.files, p)
		}
	}
}

// Get returns a file as it is.
func (d *Disk) Get(path string) ([]byte, bool) {
	data, ok := d.files[path]
	return data, ok
}

// Read returns a file of at most MaxFile bytes.
func (d *Disk) Read(path string) ([]byte, error) {
	if d.Fault == DiskBroken {
		return nil, &fs.PathError{Op: "read", Path: path, Err: syscall.EIO}
	}
	data, ok := d.files[path]
	if !ok {
		return nil, notThere{path}
	}
	if len(data) > MaxFile {
		return nil, fmt.Errorf("%s is larger than %d bytes", path, MaxFile)
	}
	return data, nil
}

// notThere is the error for a file that is not there; cheap, because the
// state of a Mac without one is read in every wake.
type notThere struct{ path string }

func (e notThere) Error() string        { return "open " + e.path + ": no such file or directory" }
func (e notThere) Is(target error) bool { return target == fs.ErrNotExist }

// Write replaces a file as a whole.
func (d *Disk) Write(path string, data []byte) error {
	p := d.m.job.process
	if p != nil && p.dead {
		return errDead
	}
	d.Writes++
	var e Effect
	if p != nil {
		e = p.Effect("write " + path)
	}
	if err := d.refusal("write", path); err != nil {
		d.m.noteName(StateFailed, path, "The disk is "+string(d.Fault)+": a write fails.")
		return err
	}
	if e.strikes(InTheMiddle) && d.m.crash.Power {
		e.Middle() // the rename had not reached the disk: the old file stays
	}
	switch d.Fault {
	case DiskTears:
		data = data[:len(data)/2]
	case DiskForgets:
		data, _ = d.files[path]
	}
	if data != nil {
		d.Put(path, data)
	}
	e.Middle() // renamed, and not yet told
	if d.m.Journal.Keeps(StateSaved) {
		d.m.noteName(StateSaved, path, "")
	}
	e.After()
	return nil
}

func (d *Disk) refusal(op, path string) error {
	switch d.Fault {
	case DiskFull:
		return &fs.PathError{Op: op, Path: path, Err: syscall.ENOSPC}
	case DiskReadOnly:
		return &fs.PathError{Op: op, Path: path, Err: syscall.EROFS}
	case DiskBroken:
		return &fs.PathError{Op: op, Path: path, Err: syscall.EIO}
	}
	return nil
}

// Remove removes a file or a folder; one that is not there is no error.
func (d *Disk) Remove(path string) error {
	return d.change("remove", path, func() { d.Delete(path) })
}

// SetAside renames a file that cannot be used.
func (d *Disk) SetAside(path string) (string, error) {
	aside := path + ".broken-" + d.m.wallClock().Format("20060102T150405Z")
	return aside, d.change("set aside", path, func() {
		data := d.files[path]
		delete(d.files, path)
		d.Put(aside, data)
	})
}

func (d *Disk) change(op, path string, do func()) error {
	p := d.m.job.process
	if p != nil && p.dead {
		return errDead
	}
	var e Effect
	if p != nil {
		e = p.Effect(op + " " + path)
	}
	if d.Fault != DiskFull { // a full disk can still delete
		if err := d.refusal(op, path); err != nil {
			return err
		}
	}
	do()
	e.Middle()
	e.After()
	return nil
}
