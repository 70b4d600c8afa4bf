// Package adhoc signs programs for Macs without a certificate, as "codesign
// --sign -" does on a Mac: so that a program is known by its identifier, and an
// application by all that is in it, also in builds that nobody has signed.
//
// What must hold here: the same input gives the same bytes; a program that is
// not understood as a whole is refused and not signed in part.
//
// A signature is a superblob behind the last byte of a program, in its
// __LINKEDIT segment, and a load command says where. Its code directory has a
// hash of each page of the program, and in slots below zero those of Info.plist
// (1), of the requirements (2) and of CodeResources (3). Source: Apple's
// <kern/cs_blobs.h> and the code directories that codesign writes. There are
// modules that write signatures; of those that were tried none left a program
// of Go's linker whole.
package adhoc

import (
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"

	"installordefer/pkg/formats/universal"
)

// An Identity is what a signature says of a program.
type Identity struct {
	// ID is the identifier.
	ID string
	// Info is the Info.plist of the application whose program it is, and
	// Resources its CodeResources; both are nil for a program of its own.
	Info, Resources []byte
}

// Sign returns a program, thin or universal, with a signature in each slice in
// place of the one that it has.
func Sign(program []byte, id Identity) ([]byte, error) {
	slices, err := universal.Slices(program)
	if errors.Is(err, universal.ErrNotUniversal) {
		return signSlice(program, id)
	}
	if err != nil {
		return nil, err
	}
	var signed [][]byte
	for _, s := range slices {
		data, err := signSlice(s.Data, id)
		if err != nil {
			return nil, fmt.Errorf("the slice for %v: %w", s.CPU, err)
		}
		signed = append(signed, data)
	}
	return universal.Join(signed...)
}

// pageSize is what each hash of the code directory is of.
const pageSize = 1 << pageShift

const pageShift = 12

// signSlice signs a program for one processor.
func signSlice(program []byte, id Identity) ([]byte, error) {
	m, err := readProgram(program)
	if err != nil {
		return nil, err
	}
	blobs := newBlobs(id, m)
	if err := m.makeRoom(blobs.size()); err != nil {
		return nil, err
	}
	return append(m.data, blobs.signature(m.data)...), nil
}

// Magic numbers and slots of a signature, which is big endian throughout.
const (
	magicSuperBlob     = 0xfade0cc0
	magicRequirements  = 0xfade0c01
	magicDirectory     = 0xfade0c02
	magicCMS           = 0xfade0b01
	slotDirectory      = 0
	slotRequirements   = 2
	slotCMS            = 0x10000
	directoryVersion   = 0x20400
	directoryHeader    = 88
	flagAdHoc          = 2
	hashSHA256         = 2
	mainBinary         = 1
	signatureAlignment = 16
)

// blobs are the parts of a signature.
type blobs struct {
	id           Identity
	requirements []byte // an empty set: everything is allowed
	cms          []byte // empty: no certificate
	special      [][]byte
	pages        int
	text         segment
	limit        int // where the signature begins
}

func newBlobs(id Identity, m *program) *blobs {
	b := &blobs{id: id, text: m.text, limit: m.limit}
	be := binary.BigEndian
	b.requirements = be.AppendUint32(be.AppendUint32(be.AppendUint32(nil, magicRequirements), 12), 0)
	b.cms = be.AppendUint32(be.AppendUint32(nil, magicCMS), 8)
	b.special = [][]byte{hashOf(id.Info), hashOf(b.requirements)} // slots 1 and 2
	if id.Resources != nil {
		b.special = append(b.special, hashOf(id.Resources))
	}
	b.pages = (m.limit + pageSize - 1) / pageSize
	return b
}

// hashOf is the hash of what a slot is for; all zeros for nothing.
func hashOf(data []byte) []byte {
	if data == nil {
		return make([]byte, sha256.Size)
	}
	sum := sha256.Sum256(data)
	return sum[:]
}

func (b *blobs) directorySize() int {
	return directoryHeader + len(b.id.ID) + 1 + sha256.Size*(len(b.special)+b.pages)
}

// blobsAt is where the first blob begins: behind the index of three.
const blobsAt = 12 + 3*8

func (b *blobs) size() int {
	n := blobsAt + b.directorySize() + len(b.requirements) + len(b.cms)
	return (n + signatureAlignment - 1) / signatureAlignment * signatureAlignment
}

// signature makes the signature of a program that ends where it is to begin.
func (b *blobs) signature(data []byte) []byte {
	be := binary.BigEndian
	directory := b.directory(data)
	at := blobsAt
	out := be.AppendUint32(nil, magicSuperBlob)
	out = be.AppendUint32(out, uint32(blobsAt+len(directory)+len(b.requirements)+len(b.cms)))
	out = be.AppendUint32(out, 3)
	for _, part := range []struct {
		slot uint32
		blob []byte
	}{{slotDirectory, directory}, {slotRequirements, b.requirements}, {slotCMS, b.cms}} {
		out = be.AppendUint32(be.AppendUint32(out, part.slot), uint32(at))
		at += len(part.blob)
	}
	out = append(append(append(out, directory...), b.requirements...), b.cms...)
	return append(out, make([]byte, b.size()-len(out))...)
}

// directory makes the code directory.
func (b *blobs) directory(data []byte) []byte {
	be := binary.BigEndian
	identifier := directoryHeader
	hashes := identifier + len(b.id.ID) + 1 + sha256.Size*len(b.special)
	var out []byte
	for _, v := range []uint32{magicDirectory, uint32(b.directorySize()), directoryVersion, flagAdHoc, uint32(hashes), uint32(identifier),
		uint32(len(b.special)), uint32(b.pages), uint32(b.limit)} {
		out = be.AppendUint32(out, v)
	}
	out = append(out, sha256.Size, hashSHA256, 0, pageShift)
	out = append(out, make([]byte, 24)...) // no scatter, no team, no limit beyond 4 GiB
	out = be.AppendUint64(out, b.text.offset)
	out = be.AppendUint64(out, b.text.size)
	out = be.AppendUint64(out, mainBinary)
	out = append(append(out, b.id.ID...), 0)
	for i := len(b.special) - 1; i >= 0; i-- { // the last slot comes first
		out = append(out, b.special[i]...)
	}
	for from := 0; from < b.limit; from += pageSize {
		out = append(out, hashOf(data[from:min(from+pageSize, b.limit)])...)
	}
	return out
}
