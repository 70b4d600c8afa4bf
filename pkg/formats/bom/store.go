package bom

import "encoding/binary"

// A store collects numbered blocks and the names of some of them.
type store struct {
	blocks [][]byte // block 0 is always empty
	vars   []byte
	names  uint32
}

func newStore() *store { return &store{blocks: [][]byte{nil}} }

// add stores a block and returns its number.
func (s *store) add(b []byte) uint32 {
	s.blocks = append(s.blocks, b)
	return uint32(len(s.blocks) - 1)
}

func (s *store) name(name string, block uint32) {
	s.vars = binary.BigEndian.AppendUint32(s.vars, block)
	s.vars = append(s.vars, byte(len(name)))
	s.vars = append(s.vars, name...)
	s.names++
}

// tree stores the block that says where a tree begins.
func (s *store) tree(child, size, count uint32) uint32 {
	b := []byte(treeMagic)
	for _, v := range []uint32{1, child, size, count} {
		b = be.AppendUint32(b, v)
	}
	return s.add(append(b, 0))
}

func (s *store) emptyTree(size uint32) uint32 {
	return s.tree(s.add(node(true, nil, 0, 0, size)), size, 0)
}

// A pair is an entry of a node: in a leaf the blocks of value and key, above
// it a child and the last key in it.
type pair struct{ value, key uint32 }

// node makes a node of a tree, filled up to its size.
func node(leaf bool, pairs []pair, next, previous, size uint32) []byte {
	b := make([]byte, 0, size)
	if leaf {
		b = be.AppendUint16(b, 1)
	} else {
		b = be.AppendUint16(b, 0)
	}
	b = be.AppendUint16(b, uint16(len(pairs)))
	b = be.AppendUint32(b, next)
	b = be.AppendUint32(b, previous)
	for _, p := range pairs {
		b = be.AppendUint32(b, p.value)
		b = be.AppendUint32(b, p.key)
	}
	return b[:size]
}

// paths stores the list of paths as leaves that are linked to each other,
// under one node above them when there are several.
func (s *store) paths(rows []row, mtime uint32) error {
	var leaves [][]pair
	for i, r := range rows {
		rec, err := record(r.entry, mtime)
		if err != nil {
			return err
		}
		value := be.AppendUint32(be.AppendUint32(nil, r.id), s.add(rec))
		key := append(be.AppendUint32(nil, r.parent), r.name...)
		p := pair{s.add(value), s.add(append(key, 0))}
		if i%perLeaf == 0 {
			leaves = append(leaves, nil)
		}
		leaves[len(leaves)-1] = append(leaves[len(leaves)-1], p)
	}
	first := uint32(len(s.blocks))
	var above []pair
	for i, pairs := range leaves {
		var next, previous uint32
		if i+1 < len(leaves) {
			next = first + uint32(i) + 1
		}
		if i > 0 {
			previous = first + uint32(i) - 1
		}
		above = append(above, pair{s.add(node(true, pairs, next, previous, nodeSize)), pairs[len(pairs)-1].key})
	}
	root := first
	if len(above) > 1 {
		if len(above) > maxPairs {
			return errTooMany
		}
		root = s.add(node(false, above, 0, 0, nodeSize))
	}
	s.name("Paths", s.tree(root, nodeSize, uint32(len(rows))))
	return nil
}

// bytes lays the store out: header, blocks, names, index. The index ends with
// a free list of length 0 and the two empty entries that Apple's tools leave
// there.
func (s *store) bytes() []byte {
	out := make([]byte, headerSize)
	index := be.AppendUint32(nil, uint32(len(s.blocks)))
	for i, b := range s.blocks {
		at := uint32(len(out))
		if i == 0 {
			at = 0
		}
		index = be.AppendUint32(index, at)
		index = be.AppendUint32(index, uint32(len(b)))
		out = append(out, b...)
	}
	index = append(index, make([]byte, 4+16)...)

	vars := append(be.AppendUint32(nil, s.names), s.vars...)
	varsAt := len(out)
	out = append(out, vars...)
	indexAt := len(out)
	out = append(out, index...)

	copy(out, magic)
	for i, v := range []int{1, len(s.blocks) - 1, indexAt, len(index), varsAt, len(vars)} {
		be.PutUint32(out[8+4*i:], uint32(v))
	}
	return out
}
