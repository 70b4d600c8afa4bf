// Package payload holds what a package puts on a Mac: files and folders, with
// the owner and the mode each of them gets.
//
// Owners and modes are set here and never taken from the disk: neither the
// umask of the person who builds, nor the checkout, nor the folder it lies in
// may change a byte of the package. A tree holds plain files and folders
// only; anything that macOS would trip over is refused by name.
package payload

import (
	"bytes"
	"fmt"
	"io/fs"
	"os"
	"path"
	"slices"
	"strings"
)

// The owners that the package uses, as numbered by macOS.
const (
	rootID  uint32 = 0  // the user id of root
	wheelID uint32 = 0  // group wheel
	adminID uint32 = 80 // group admin
)

// An Entry is one file or folder.
type Entry struct {
	// Path has no leading slash and no "./"; the root of the tree is ".".
	Path string
	Dir  bool
	// Mode holds the permission bits only.
	Mode     uint16
	UID, GID uint32
	// Data is the content of a file.
	Data []byte
}

// The bits of st_mode that tell folders from files.
const (
	modeDir  = 0o040000
	modeFile = 0o100000
)

// UnixMode gives the type and permission bits as st_mode has them.
func (e Entry) UnixMode() uint32 {
	if e.Dir {
		return modeDir | uint32(e.Mode)
	}
	return modeFile | uint32(e.Mode)
}

// SetUnixMode takes type and permission bits from an st_mode.
func (e *Entry) SetUnixMode(m uint32) error {
	switch m &^ 0o7777 {
	case modeDir:
		e.Dir = true
	case modeFile:
		e.Dir = false
	default:
		return fmt.Errorf("%q is neither a file nor a folder (mode %o)", e.Path, m)
	}
	e.Mode = uint16(m & 0o7777)
	return nil
}

// A Tree is a list of entries, sorted by path, that starts with "." and names
// every folder before what is in it.
type Tree []Entry

// Find returns the entry at path p.
func (t Tree) Find(p string) (Entry, bool) {
	for _, e := range t {
		if e.Path == p {
			return e, true
		}
	}
	return Entry{}, false
}

// Bytes returns the summed sizes of the files.
func (t Tree) Bytes() int64 {
	var n int64
	for _, e := range t {
		n += int64(len(e.Data))
	}
	return n
}

// New makes a tree of files, given by path, with every folder above them.
func New(files map[string][]byte) (Tree, error) {
	t := Tree{entry(".", true, nil)}
	seen := map[string]bool{".": true}
	for p, data := range files {
		if err := checkPath(p); err != nil {
			return nil, err
		}
		t = append(t, entry(p, false, data))
		for d := path.Dir(p); !seen[d]; d = path.Dir(d) {
			if _, isFile := files[d]; isFile {
				return nil, fmt.Errorf("%q is both a file and a folder", d)
			}
			seen[d] = true
			t = append(t, entry(d, true, nil))
		}
	}
	slices.SortFunc(t, func(a, b Entry) int { return ComparePaths(a.Path, b.Path) })
	return t, nil
}

// Read reads the files below a folder. Only their bytes and names count.
func Read(dir string) (Tree, error) {
	files := map[string][]byte{}
	root := os.DirFS(dir)
	err := fs.WalkDir(root, ".", func(p string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		if !d.Type().IsRegular() {
			return fmt.Errorf("%q is not a plain file; a package of this project holds only plain files and folders", p)
		}
		data, err := fs.ReadFile(root, p)
		files[p] = data
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read the files below %s: %w", dir, err)
	}
	return New(files)
}

// ComparePaths orders paths the way a Tree is sorted: "." first, then by bytes.
func ComparePaths(a, b string) int {
	if a == "." || b == "." {
		switch {
		case a == b:
			return 0
		case a == ".":
			return -1
		}
		return 1
	}
	return strings.Compare(a, b)
}

// entry gives a file or folder the owner and mode it has on every Mac.
func entry(p string, dir bool, data []byte) Entry {
	e := Entry{Path: p, Dir: dir, Mode: 0o644, UID: rootID, GID: wheelID, Data: data}
	if dir || isProgram(data) {
		e.Mode = 0o755
	}
	// Installing restores the owner and mode of folders that macOS owns, so
	// they are named here as macOS has them.
	if dir && p == "Library/Application Support" {
		e.GID = adminID
	}
	return e
}

// isProgram tells what the kernel would run: a script, a Mach-O file, or, for
// the simulated Mac on Linux, an ELF file.
func isProgram(data []byte) bool {
	for _, magic := range []string{"#!", "\xca\xfe\xba\xbe", "\xcf\xfa\xed\xfe", "\x7fELF"} {
		if bytes.HasPrefix(data, []byte(magic)) {
			return true
		}
	}
	return false
}

// checkPath refuses paths that do not belong in a package: those that leave
// the tree, what Finder, git and AppleDouble leave behind, and the folders
// that are symbolic links on macOS or belong to the sealed system.
func checkPath(p string) error {
	if !fs.ValidPath(p) || p == "." {
		return fmt.Errorf("%q is not a path inside the package", p)
	}
	for _, r := range p {
		if r < ' ' || r == 0x7f || r == 0xfffd {
			return fmt.Errorf("%q holds a character that has no place in a file name", p)
		}
	}
	for name := range strings.SplitSeq(p, "/") {
		if strings.HasPrefix(name, "._") || name == ".DS_Store" || strings.HasPrefix(name, ".git") || name == "__MACOSX" {
			return fmt.Errorf("%q is left over from Finder, tar or git and does not belong in the package; delete it", p)
		}
	}
	top, _, _ := strings.Cut(p, "/")
	switch top {
	case "etc", "var", "tmp":
		return fmt.Errorf("%q: /%s is a symbolic link on macOS; use private/%s", p, top, top)
	case "System", "bin", "sbin", "usr":
		return fmt.Errorf("%q: /%s belongs to macOS", p, top)
	}
	return nil
}
