// Package bom writes and reads a bill of materials: the list of paths, owners,
// modes, sizes and checksums that the Installer keeps as the receipt of a
// package and compares the payload with.
//
// A Bom is a store of numbered blocks (big endian): a header, the blocks, a
// few named blocks, and an index of all of them. Four of the names are trees;
// "Paths" is the one with the list. Each path is three blocks: a record; a
// pair of the path's number and its record's block; and the number of the
// folder it is in together with its name. The leaves of the tree hold the
// last two and are sorted by folder and name, because the Installer looks
// paths up by bisection.
//
// Apple documents none of this. Sources: the structures that the bomutils
// project found (see its bom.h), and packages that Apple's own tools built.
package bom

import (
	"encoding/binary"
	"errors"
	"fmt"
	"path"
	"slices"
	"strings"
	"time"

	"installordefer/pkg/formats/payload"
	"installordefer/pkg/formats/universal"
)

const (
	magic      = "BOMStore"
	treeMagic  = "tree"
	headerSize = 512
	nodeSize   = 4096
	// vnodeSize is the node size of VIndex's inner tree.
	vnodeSize = 128
	// perLeaf is how many paths Apple's tools put in one leaf, although more
	// would fit.
	perLeaf = 256

	typeFile = 1
	typeDir  = 2
	// The low bits of arch are always set; 0x2000 marks a universal program.
	archAny       = 0x000f
	archUniversal = 0x200f
)

var be = binary.BigEndian

// Write returns the bill of materials of t, everything in it last changed at
// mtime.
func Write(t payload.Tree, mtime time.Time) ([]byte, error) {
	rows, err := number(t)
	if err != nil {
		return nil, err
	}
	s := newStore()
	info, err := bomInfo(t)
	if err != nil {
		return nil, err
	}
	s.name("BomInfo", s.add(info))
	if err := s.paths(rows, uint32(mtime.Unix())); err != nil {
		return nil, err
	}
	s.name("HLIndex", s.emptyTree(nodeSize))
	vindex := be.AppendUint32(nil, 1)
	vindex = be.AppendUint32(vindex, s.emptyTree(vnodeSize))
	s.name("VIndex", s.add(append(vindex, 0, 0, 0, 0, 0)))
	s.name("Size64", s.emptyTree(nodeSize))
	return s.bytes(), nil
}

// A row is a path with its number and that of its folder.
type row struct {
	id, parent uint32
	name       string
	entry      payload.Entry
}

// number gives out numbers folder by folder, level by level, so that rows in
// the order of their numbers are also in the order of (folder, name).
func number(t payload.Tree) ([]row, error) {
	if len(t) == 0 || t[0].Path != "." {
		return nil, errors.New("bom: the tree does not begin with its root")
	}
	children := map[string][]payload.Entry{}
	for _, e := range t[1:] {
		children[path.Dir(e.Path)] = append(children[path.Dir(e.Path)], e)
	}
	rows := []row{{id: 1, name: ".", entry: t[0]}}
	for i := 0; i < len(rows); i++ {
		folder := rows[i]
		below := children[folder.entry.Path]
		slices.SortFunc(below, func(a, b payload.Entry) int { return strings.Compare(path.Base(a.Path), path.Base(b.Path)) })
		for _, e := range below {
			rows = append(rows, row{id: uint32(len(rows)) + 1, parent: folder.id, name: path.Base(e.Path), entry: e})
		}
	}
	if len(rows) != len(t) {
		return nil, errors.New("bom: a folder is missing above one of the paths")
	}
	return rows, nil
}

// bomInfo counts the paths, and the bytes for each processor; processor 0
// stands for everything that is not a program.
func bomInfo(t payload.Tree) ([]byte, error) {
	bytes := map[universal.CPU]uint32{0: 0}
	for _, e := range t {
		parts, err := programs(e)
		if err != nil {
			return nil, err
		}
		if parts == nil {
			bytes[0] += uint32(len(e.Data))
		}
		for _, s := range parts {
			bytes[s.CPU] += uint32(len(s.Data))
		}
	}
	b := be.AppendUint32(nil, 1)
	b = be.AppendUint32(b, uint32(len(t))+1)
	b = be.AppendUint32(b, uint32(len(bytes)))
	cpus := make([]universal.CPU, 0, len(bytes))
	for cpu := range bytes {
		cpus = append(cpus, cpu)
	}
	slices.Sort(cpus)
	for _, cpu := range cpus {
		for _, v := range []uint32{uint32(cpu), 0, bytes[cpu], 0} {
			b = be.AppendUint32(b, v)
		}
	}
	return b, nil
}

// programs returns the slices of a universal program, and nil for other
// files.
func programs(e payload.Entry) ([]universal.Slice, error) {
	parts, err := universal.Slices(e.Data)
	if err == nil || errors.Is(err, universal.ErrNotUniversal) {
		return parts, nil
	}
	return nil, fmt.Errorf("bom: %s: %w", e.Path, err)
}

// record makes the block that describes one file or folder.
func record(e payload.Entry, mtime uint32) ([]byte, error) {
	parts, err := programs(e)
	if err != nil {
		return nil, err
	}
	kind, arch := byte(typeFile), uint16(archAny)
	if e.Dir {
		kind = typeDir
	} else if parts != nil {
		arch = archUniversal
	}
	b := []byte{kind, 1}
	b = be.AppendUint16(b, arch)
	b = be.AppendUint16(b, uint16(e.UnixMode()))
	for _, v := range []uint32{e.UID, e.GID, mtime, uint32(len(e.Data))} {
		b = be.AppendUint32(b, v)
	}
	b = append(b, 1)
	if !e.Dir {
		b = be.AppendUint32(b, Cksum(e.Data))
	}
	if parts != nil {
		b = be.AppendUint32(append(b, 1), uint32(len(parts)))
		for _, s := range parts {
			for _, v := range []uint32{uint32(s.CPU), s.Subtype, uint32(len(s.Data)), Cksum(s.Data)} {
				b = be.AppendUint32(b, v)
			}
		}
	}
	return append(b, make([]byte, 8)...), nil
}

// Cksum is the checksum of POSIX's cksum(1): a CRC over the data followed by
// its length. It is not the CRC-32 of zlib.
func Cksum(data []byte) uint32 {
	var crc uint32
	for _, b := range data {
		crc = crc<<8 ^ crcTable[byte(crc>>24)^b]
	}
	for n := len(data); n > 0; n >>= 8 {
		crc = crc<<8 ^ crcTable[byte(crc>>24)^byte(n)]
	}
	return ^crc
}

// crcTable holds the polynomial of cksum(1), highest bit first.
var crcTable = func() (t [256]uint32) {
	for i := range t {
		crc := uint32(i) << 24
		for range 8 {
			carry := crc>>31 != 0
			if crc <<= 1; carry {
				crc ^= 0x04c11db7
			}
		}
		t[i] = crc
	}
	return t
}()
