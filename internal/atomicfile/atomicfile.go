// Package atomicfile reads and replaces small files that must never be found
// half written, in folders where a hostile person may have put something in
// the way.
//
// What holds: after a kill or a power cut at any instant the file is the old
// one or the new one, byte for byte; no symbolic link is followed in the
// file's own name, neither in reading nor in writing; reading is bounded.
package atomicfile

import (
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// Write makes data the content of path, with exactly the mode perm, durably:
// when it returns nil, the file survives a power cut. After an error the file
// is the old one, or, when only making it durable failed, the new one.
//
// The new content is written beside the file, under a name that the next write knows,
// and moved into place. A symbolic link at path is replaced, not followed.
// What earlier writes that were cut short left behind is removed.
func Write(path string, data []byte, perm fs.FileMode) error {
	if err := write(path, data, perm); err != nil {
		return fmt.Errorf("writing %s: %w", path, err)
	}
	return nil
}

func write(path string, data []byte, perm fs.FileMode) error {
	name := filepath.Base(path)
	if !filepath.IsLocal(name) || name == "." {
		return fs.ErrInvalid
	}
	dir, err := os.OpenRoot(filepath.Dir(path))
	if err != nil {
		return err
	}
	defer dir.Close()
	sweep(dir, name)

	temp, tempName, err := create(dir, name)
	if err != nil {
		return err
	}
	// Not before the file has its final name: closing it gives up the lock.
	defer temp.Close()
	err = fill(temp, data, perm)
	if err == nil {
		err = dir.Rename(tempName, name)
	}
	if err != nil {
		dir.Remove(tempName)
		return err
	}
	return syncDir(dir)
}

// Aside is what is added to the name of a file that cannot be used when it is moved
// away, so that an administrator can look at it. One is kept for each second.
func Aside(now time.Time) string {
	return ".broken-" + now.UTC().Format("20060102T150405Z")
}

// fill writes data to the temporary file and makes it durable.
func fill(temp *os.File, data []byte, perm fs.FileMode) error {
	if _, err := temp.Write(data); err != nil {
		return err
	}
	// Not at creation: the process's mask would take bits away.
	if err := temp.Chmod(perm); err != nil {
		return err
	}
	return temp.Sync()
}

// create makes a temporary file and locks it, so that a sweep by another
// process can tell it from a leftover. The lock goes when the file is closed.
func create(dir *os.Root, name string) (*os.File, string, error) {
	const flags = os.O_WRONLY | os.O_CREATE | os.O_EXCL | unix.O_NOFOLLOW
	for range 10 {
		tempName := tempPrefix(name) + randomHex() + tempSuffix
		f, err := dir.OpenFile(tempName, flags, 0o600)
		if err != nil {
			return nil, "", err
		}
		if kept(f) {
			return f, tempName, nil
		}
		f.Close()
		dir.Remove(tempName)
	}
	return nil, "", errors.New("another process keeps removing the temporary file")
}

// kept locks f and reports whether it still has its name, that is whether no
// sweep came between its creation and the lock.
func kept(f *os.File) bool {
	err := unix.Flock(int(f.Fd()), unix.LOCK_EX|unix.LOCK_NB)
	if errors.Is(err, unix.EWOULDBLOCK) {
		return false
	}
	info, err := f.Stat()
	return err == nil && links(info) > 0
}

func links(info fs.FileInfo) uint64 {
	if st, ok := info.Sys().(*syscall.Stat_t); ok {
		return uint64(st.Nlink)
	}
	return 1
}

// syncDir makes the new name durable. Some file systems cannot do that for a
// folder and say so; nothing more can be done there.
func syncDir(dir *os.Root) error {
	d, err := dir.Open(".")
	if err != nil {
		return err
	}
	defer d.Close()
	err = d.Sync()
	for _, cannot := range []error{unix.ENOTSUP, unix.EINVAL, unix.ENOTTY} {
		if errors.Is(err, cannot) {
			return nil
		}
	}
	return err
}

// The name of a temporary file is ".NAME.RANDOM.new", where RANDOM is sixteen
// hexadecimal digits.
const tempSuffix = ".new"

func tempPrefix(name string) string { return "." + name + "." }

// randomHex need not be secret: O_EXCL and the sweep stand whatever the name.
func randomHex() string { return fmt.Sprintf("%016x", rand.Uint64()) }

func isTemp(entry, name string) bool {
	digits, ok := strings.CutPrefix(entry, tempPrefix(name))
	if !ok {
		return false
	}
	digits, ok = strings.CutSuffix(digits, tempSuffix)
	if !ok || len(digits) != 16 {
		return false
	}
	_, err := strconv.ParseUint(digits, 16, 64)
	return err == nil
}

// sweep removes what writes of a file that were cut short left behind.
func sweep(dir *os.Root, name string) error {
	d, err := dir.Open(".")
	if err != nil {
		return err
	}
	entries, err := d.Readdirnames(-1)
	d.Close()
	for _, entry := range entries {
		if isTemp(entry, name) {
			err = errors.Join(err, sweepOne(dir, entry))
		}
	}
	return err
}

// sweepOne removes a temporary file unless a writer that is alive holds it.
// What is not an ordinary file is none of ours.
func sweepOne(dir *os.Root, name string) error {
	info, err := dir.Lstat(name)
	if err == nil && !info.Mode().IsRegular() {
		return nil
	}
	var f *os.File
	if err == nil {
		f, err = dir.OpenFile(name, os.O_RDONLY|unix.O_NOFOLLOW|unix.O_NONBLOCK, 0)
	}
	if err == nil {
		defer f.Close()
		err = unix.Flock(int(f.Fd()), unix.LOCK_EX|unix.LOCK_NB)
	}
	if err == nil {
		err = dir.Remove(name)
	}
	if errors.Is(err, unix.EWOULDBLOCK) || errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}
