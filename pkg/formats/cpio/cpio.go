// Package cpio writes and reads the odc (POSIX.1 octet-oriented) cpio format,
// which the Payload and the Scripts of an installer package are in.
//
// A member is a header of 76 octal digits, the name with a NUL, and the data,
// with no padding anywhere. The member "TRAILER!!!" ends the archive. What the
// fields cannot hold is refused: a truncated number would be another owner or
// another size.
//
// Source of the layout: POSIX.1-1988, cpio interchange format; cpio(5).
package cpio

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"installordefer/pkg/formats/payload"
)

const (
	magic   = "070707"
	trailer = "TRAILER!!!"
	// blockSize is what the archive is padded to, as Apple's tools do.
	blockSize = 512
	// max18 and max33 are the largest numbers in 6 and 11 octal digits.
	max18 = 1<<18 - 1
	max33 = 1<<33 - 1
	// maxName bounds what Read accepts; macOS allows 1,024 bytes.
	maxName = 1024
)

// header is one member's header, in the order of its fields.
type header struct {
	ino, mode, uid, gid, nlink uint64
	mtime, nameSize, size      uint64
}

func (h header) check(name string) error {
	for _, f := range []struct {
		what       string
		value, max uint64
	}{
		{"inode", h.ino, max18}, {"user id", h.uid, max18}, {"group id", h.gid, max18},
		{"time", h.mtime, max33}, {"size of the name", h.nameSize, max18}, {"size", h.size, max33},
	} {
		if f.value > f.max {
			return fmt.Errorf("cpio: the %s of %q is %d, and the format holds at most %d", f.what, name, f.value, f.max)
		}
	}
	return nil
}

// Write writes t as an archive in which everything was last changed at mtime.
func Write(w io.Writer, t payload.Tree, mtime time.Time) error {
	out := &counter{w: bufio.NewWriter(w)}
	for i, e := range t {
		name := "./" + e.Path
		if e.Path == "." {
			name = "."
		}
		h := header{
			ino:  uint64(i) + 1, // unique, or members become hard links
			mode: uint64(e.UnixMode()), uid: uint64(e.UID), gid: uint64(e.GID), nlink: 1,
			mtime: uint64(mtime.Unix()), size: uint64(len(e.Data)),
		}
		if e.Dir {
			h.nlink = 2
		}
		if err := out.member(name, h, e.Data); err != nil {
			return err
		}
	}
	if err := out.member(trailer, header{nlink: 1}, nil); err != nil {
		return err
	}
	if odd := out.n % blockSize; odd != 0 {
		out.Write(make([]byte, blockSize-odd))
	}
	return out.w.Flush()
}

type counter struct {
	w *bufio.Writer
	n int64
}

func (c *counter) Write(p []byte) (int, error) {
	c.n += int64(len(p))
	return c.w.Write(p)
}

func (c *counter) member(name string, h header, data []byte) error {
	h.nameSize = uint64(len(name)) + 1
	if err := h.check(name); err != nil {
		return err
	}
	fmt.Fprintf(c, "%s%06o%06o%06o%06o%06o%06o%06o%011o%06o%011o%s\x00",
		magic, 0, h.ino, h.mode, h.uid, h.gid, h.nlink, 0, h.mtime, h.nameSize, h.size, name)
	_, err := c.Write(data)
	return err
}

// Read reads an archive that holds at most limit bytes of data. It reads no
// further than the trailer.
func Read(r io.Reader, limit int64) (payload.Tree, error) {
	in := bufio.NewReader(r)
	inodes := map[uint64]string{}
	var t payload.Tree
	for {
		h, name, err := readHeader(in)
		if err != nil {
			return nil, fmt.Errorf("cpio: member %d: %w", len(t)+1, err)
		}
		if name == trailer {
			return t, nil
		}
		if other, taken := inodes[h.ino]; taken {
			return nil, fmt.Errorf("cpio: %q and %q have the same inode and would become one file", other, name)
		}
		inodes[h.ino] = name
		if limit -= int64(h.size); limit < 0 {
			return nil, fmt.Errorf("cpio: %q makes the archive larger than expected", name)
		}
		e := payload.Entry{Path: strings.TrimPrefix(name, "./"), UID: uint32(h.uid), GID: uint32(h.gid)}
		if err := e.SetUnixMode(uint32(h.mode)); err != nil {
			return nil, fmt.Errorf("cpio: %w", err)
		}
		if e.Data, err = readData(in, h.size); err != nil {
			return nil, fmt.Errorf("cpio: %q: %w", name, err)
		}
		t = append(t, e)
	}
}

// readData grows with what is really there, so that a header that claims
// eight gigabytes costs nothing.
func readData(r io.Reader, size uint64) ([]byte, error) {
	if size == 0 {
		return nil, nil
	}
	data, err := io.ReadAll(io.LimitReader(r, int64(size)))
	if err == nil && uint64(len(data)) < size {
		err = io.ErrUnexpectedEOF
	}
	return data, err
}

func readHeader(r io.Reader) (h header, name string, err error) {
	var raw [76]byte
	if _, err := io.ReadFull(r, raw[:]); err != nil {
		return h, "", err
	}
	if string(raw[:6]) != magic {
		return h, "", errors.New("no odc header where one must be")
	}
	var dev, rdev uint64
	at := 6
	for _, f := range []struct {
		width int
		value *uint64
	}{
		{6, &dev}, {6, &h.ino}, {6, &h.mode}, {6, &h.uid}, {6, &h.gid}, {6, &h.nlink},
		{6, &rdev}, {11, &h.mtime}, {6, &h.nameSize}, {11, &h.size},
	} {
		digits := string(raw[at : at+f.width])
		if *f.value, err = strconv.ParseUint(digits, 8, 64); err != nil {
			return h, "", fmt.Errorf("%q is not an octal number", digits)
		}
		at += f.width
	}
	if h.nameSize < 2 || h.nameSize > maxName {
		return h, "", fmt.Errorf("a name of %d bytes", h.nameSize)
	}
	b := make([]byte, h.nameSize)
	if _, err := io.ReadFull(r, b); err != nil {
		return h, "", err
	}
	name, ok := strings.CutSuffix(string(b), "\x00")
	if !ok || strings.Contains(name, "\x00") {
		return h, "", fmt.Errorf("the name %q does not end where it must", b)
	}
	return h, name, nil
}
