package bom

import (
	"errors"
	"fmt"
	"path"
	"slices"
	"strings"

	"installordefer/pkg/formats/universal"
)

const (
	nodeHeader = 12
	// maxPairs is how many pairs fit in a node.
	maxPairs = (nodeSize - nodeHeader) / 8
	// maxPaths bounds what Read takes, so that nodes which point at each
	// other cannot keep it busy.
	maxPaths = perLeaf * maxPairs
)

var errTooMany = fmt.Errorf("bom: more than %d paths", maxPaths)

// A Record is what the bill of materials says about one path.
type Record struct {
	Path     string
	Dir      bool
	Mode     uint16 // permission bits
	UID, GID uint32
	Size     uint32
	Cksum    uint32
	// Slices lists the programs inside a universal one.
	Slices []SliceRecord
}

// A SliceRecord is what the bill says about one slice of a universal program.
type SliceRecord struct {
	CPU                  universal.CPU
	Subtype, Size, Cksum uint32
}

// Read reads a bill of materials. The records come in the order of the list,
// which must be sorted as the Installer needs it.
func Read(b []byte) ([]Record, error) {
	r, err := open(b)
	if err != nil {
		return nil, fmt.Errorf("bom: %w", err)
	}
	pairs, err := r.leaves()
	if err != nil {
		return nil, fmt.Errorf("bom: %w", err)
	}
	out, err := r.records(pairs)
	if err != nil {
		return nil, fmt.Errorf("bom: %w", err)
	}
	return out, nil
}

// reader gives access to the blocks of a store.
type reader struct {
	blocks [][]byte
	paths  uint32 // the block of the tree named Paths
}

func part(b []byte, at, size uint32) ([]byte, error) {
	if uint64(at)+uint64(size) > uint64(len(b)) {
		return nil, errors.New("something lies outside the file")
	}
	return b[at : at+size], nil
}

func open(b []byte) (*reader, error) {
	if len(b) < headerSize || string(b[:8]) != magic || be.Uint32(b[8:]) != 1 {
		return nil, errors.New("not a bill of materials")
	}
	index, err := part(b, be.Uint32(b[16:]), be.Uint32(b[20:]))
	if err != nil {
		return nil, err
	}
	vars, err := part(b, be.Uint32(b[24:]), be.Uint32(b[28:]))
	if err != nil {
		return nil, err
	}
	if len(index) < 4 || len(vars) < 4 {
		return nil, errors.New("the index or the names are cut off")
	}
	n := be.Uint32(index)
	// The free list follows: its length and two entries, all zero.
	if uint64(len(index)) != 4+8*uint64(n)+4+16 || n != be.Uint32(b[12:])+1 {
		return nil, errors.New("the index is not as long as it says")
	}
	r := &reader{}
	for i := range n {
		block, err := part(b, be.Uint32(index[4+8*i:]), be.Uint32(index[8+8*i:]))
		if err != nil {
			return nil, err
		}
		r.blocks = append(r.blocks, block)
	}
	return r, r.readVars(vars)
}

// readVars insists on the names that the Installer looks for.
func (r *reader) readVars(vars []byte) error {
	named := map[string]uint32{}
	n := be.Uint32(vars)
	for at := uint32(4); n > 0; n-- {
		head, err := part(vars, at, 5)
		if err != nil {
			return err
		}
		name, err := part(vars, at+5, uint32(head[4]))
		if err != nil {
			return err
		}
		named[string(name)] = be.Uint32(head)
		at += 5 + uint32(head[4])
	}
	for _, name := range []string{"BomInfo", "Paths", "HLIndex", "VIndex", "Size64"} {
		if named[name] == 0 {
			return fmt.Errorf("no block is named %s", name)
		}
	}
	r.paths = named["Paths"]
	return nil
}

func (r *reader) block(n uint32, size int) ([]byte, error) {
	if uint64(n) >= uint64(len(r.blocks)) || len(r.blocks[n]) < size {
		return nil, fmt.Errorf("block %d is missing or cut off", n)
	}
	return r.blocks[n], nil
}

// leaves collects the pairs of all leaves by following their links.
func (r *reader) leaves() ([]pair, error) {
	tree, err := r.block(r.paths, 21)
	if err != nil || string(tree[:4]) != treeMagic {
		return nil, errors.Join(errors.New("the paths are not a tree"), err)
	}
	count := be.Uint32(tree[16:])
	if count > maxPaths {
		return nil, errTooMany
	}
	at := be.Uint32(tree[8:])
	leaf, pairs, _, err := r.node(at)
	if err != nil {
		return nil, err
	}
	if !leaf { // the first child begins the chain of leaves
		if len(pairs) == 0 {
			return nil, errors.New("a node of the tree is empty")
		}
		at = pairs[0].value
	}
	var out []pair
	for at != 0 {
		leaf, pairs, next, err := r.node(at)
		if err != nil {
			return nil, err
		}
		out = append(out, pairs...)
		if !leaf || len(pairs) == 0 || len(out) > int(count) {
			return nil, errors.New("the leaves of the tree are damaged")
		}
		at = next
	}
	if len(out) != int(count) {
		return nil, fmt.Errorf("the tree says %d paths and holds %d", count, len(out))
	}
	return out, nil
}

func (r *reader) node(n uint32) (leaf bool, pairs []pair, next uint32, err error) {
	b, err := r.block(n, nodeHeader)
	if err != nil {
		return false, nil, 0, err
	}
	count := int(be.Uint16(b[2:]))
	if len(b) < nodeHeader+8*count {
		return false, nil, 0, fmt.Errorf("node %d is cut off", n)
	}
	for i := range count {
		pairs = append(pairs, pair{be.Uint32(b[nodeHeader+8*i:]), be.Uint32(b[nodeHeader+8*i+4:])})
	}
	return be.Uint16(b) == 1, pairs, be.Uint32(b[4:]), nil
}

// records turns the pairs into records, and holds them to the order and the
// numbering that looking a path up depends on.
func (r *reader) records(pairs []pair) ([]Record, error) {
	folders := map[uint32]string{}
	var out []Record
	var last row
	for _, p := range pairs {
		this, rec, err := r.path(p)
		if err != nil {
			return nil, err
		}
		if len(out) > 0 && (this.parent < last.parent || this.parent == last.parent && this.name <= last.name) {
			return nil, fmt.Errorf("%q comes after %q: the list is not sorted by folder and name", this.name, last.name)
		}
		last = this
		if len(out) > 0 {
			folder, known := folders[this.parent]
			if !known {
				return nil, fmt.Errorf("the folder of %q is not in the list", this.name)
			}
			rec.Path = path.Join(folder, this.name)
		} else if this.parent != 0 || this.name != "." || !rec.Dir {
			return nil, errors.New("the list does not begin with its root")
		}
		if _, taken := folders[this.id]; taken {
			return nil, fmt.Errorf("%q has the number of another folder", this.name)
		}
		if rec.Dir {
			folders[this.id] = rec.Path
		}
		out = append(out, rec)
	}
	return out, nil
}

// path reads the three blocks of a path. The record knows the name only.
func (r *reader) path(p pair) (row, Record, error) {
	value, err := r.block(p.value, 8)
	if err != nil {
		return row{}, Record{}, err
	}
	key, err := r.block(p.key, 5)
	if err != nil {
		return row{}, Record{}, err
	}
	name, ended := strings.CutSuffix(string(key[4:]), "\x00")
	if !ended || name == "" || strings.ContainsAny(name, "/\x00") {
		return row{}, Record{}, fmt.Errorf("%q is not a name", key[4:])
	}
	rec, err := r.record(be.Uint32(value[4:]))
	if err != nil {
		return row{}, Record{}, fmt.Errorf("%q: %w", name, err)
	}
	rec.Path = name
	return row{id: be.Uint32(value), parent: be.Uint32(key), name: name}, rec, nil
}

func (r *reader) record(n uint32) (Record, error) {
	b, err := r.block(n, 31)
	if err != nil {
		return Record{}, err
	}
	mode := be.Uint16(b[4:])
	rec := Record{
		Dir: b[0] == typeDir, Mode: mode & 0o7777,
		UID: be.Uint32(b[6:]), GID: be.Uint32(b[10:]), Size: be.Uint32(b[18:]),
	}
	arch := be.Uint16(b[2:])
	size := 31
	switch {
	case rec.Dir && mode&^0o7777 == 0o040000 && arch == archAny:
	case b[0] == typeFile && mode&^0o7777 == 0o100000 && arch == archAny:
		rec.Cksum, size = be.Uint32(b[23:]), 35
	case b[0] == typeFile && mode&^0o7777 == 0o100000 && arch == archUniversal && len(b) >= 40:
		rec.Cksum = be.Uint32(b[23:])
		count := be.Uint32(b[28:])
		size = 40 + 16*int(min(count, maxPairs))
		for s := b[32:]; len(s) >= 16+8 && len(rec.Slices) < int(count); s = s[16:] {
			rec.Slices = append(rec.Slices, SliceRecord{universal.CPU(be.Uint32(s)), be.Uint32(s[4:]), be.Uint32(s[8:]), be.Uint32(s[12:])})
		}
	default:
		return rec, fmt.Errorf("a record of type %d, architecture %#x, mode %o is not known", b[0], arch, mode)
	}
	if len(b) != size || b[1] != 1 || b[22] != 1 || slices.ContainsFunc(b[len(b)-8:], func(v byte) bool { return v != 0 }) {
		return rec, errors.New("the record is damaged")
	}
	return rec, nil
}
