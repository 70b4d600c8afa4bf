package checkmacho

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
)

// A Kind is how a slice is signed.
type Kind string

// The kinds of signature.
const (
	Unsigned    Kind = ""
	AdHoc       Kind = "ad hoc"
	Certificate Kind = "with a certificate"
)

// A Signature is the code directory of a slice, its page hashes checked.
type Signature struct {
	Kind       Kind
	Identifier string
	Pages      int // that were checked against the content
	special    map[int][]byte
}

// Special slots of a code directory.
const (
	SlotInfo         = 1 // Info.plist
	SlotRequirements = 2
	SlotResources    = 3 // CodeResources, the seal of an application
)

// Seals tells whether the signature has the hash of data in a special slot.
func (s Signature) Seals(slot int, data []byte) bool {
	sum := sha256.Sum256(data)
	return bytes.Equal(s.special[slot], sum[:])
}

func (s Signature) String() string {
	if s.Kind == Unsigned {
		return "none"
	}
	return fmt.Sprintf("%s, identifier %q, %d pages as signed", s.Kind, s.Identifier, s.Pages)
}

// The numbers of Apple's code signature, all big endian.
const (
	superBlob     = 0xfade0cc0
	codeDirectory = 0xfade0c02
	slotDirectory = 0
	flagAdHoc     = 1 << 1
	hashSHA256    = 2
)

var errShort = errors.New("it is cut off")

// readSignature finds the code directory in file[offset:] and checks every
// page hash in it against the file.
func readSignature(file []byte, offset, size uint32) (Signature, error) {
	if uint64(offset)+uint64(size) > uint64(len(file)) {
		return Signature{}, errShort
	}
	blob := file[offset : offset+size]
	if len(blob) < 12 {
		return Signature{}, errShort
	}
	be := binary.BigEndian
	if be.Uint32(blob) != superBlob {
		return Signature{}, fmt.Errorf("it begins with %#x", be.Uint32(blob))
	}
	parts := map[uint32][]byte{}
	for i := range uint64(be.Uint32(blob[8:])) {
		at := 12 + 8*i
		if at+8 > uint64(len(blob)) {
			return Signature{}, errShort
		}
		begin := uint64(be.Uint32(blob[at+4:]))
		if begin+8 > uint64(len(blob)) {
			return Signature{}, errShort
		}
		length := uint64(be.Uint32(blob[begin+4:]))
		if length < 8 || begin+length > uint64(len(blob)) {
			return Signature{}, errShort
		}
		parts[be.Uint32(blob[at:])] = blob[begin : begin+length]
	}
	directory := parts[slotDirectory]
	switch {
	case directory == nil:
		return Signature{}, errors.New("it has no code directory")
	case len(directory) < 40:
		return Signature{}, errShort
	}
	s, err := checkDirectory(file, directory)
	if r := parts[SlotRequirements]; err == nil && r != nil && !s.Seals(SlotRequirements, r) {
		err = errors.New("its requirements have been changed since")
	}
	return s, err
}

func checkDirectory(file, dir []byte) (Signature, error) {
	be := binary.BigEndian
	if be.Uint32(dir) != codeDirectory {
		return Signature{}, fmt.Errorf("its code directory begins with %#x", be.Uint32(dir))
	}
	s := Signature{Kind: Certificate}
	if be.Uint32(dir[12:])&flagAdHoc != 0 {
		s.Kind = AdHoc
	}
	hashes, identifier, special := uint64(be.Uint32(dir[16:])), uint64(be.Uint32(dir[20:])), uint64(be.Uint32(dir[24:]))
	pages, limit := uint64(be.Uint32(dir[28:])), uint64(be.Uint32(dir[32:]))
	hashSize, hashType, shift := uint64(dir[36]), dir[37], dir[39]
	if hashType != hashSHA256 || hashSize != sha256.Size || shift < 12 || shift > 16 {
		return s, fmt.Errorf("hashes of type %d and %d bytes over pages of 2^%d are not known here", hashType, hashSize, shift)
	}
	if identifier > uint64(len(dir)) || special*hashSize > hashes || hashes+pages*hashSize > uint64(len(dir)) || limit > uint64(len(file)) {
		return s, errShort
	}
	id, _, _ := bytes.Cut(dir[identifier:], []byte{0})
	s.Identifier = string(id)
	s.special = map[int][]byte{}
	for n := range special {
		s.special[int(n)+1] = dir[hashes-(n+1)*hashSize:][:hashSize]
	}
	page := uint64(1) << shift
	if want := (limit + page - 1) / page; pages != want {
		return s, fmt.Errorf("it has %d pages and not %d", pages, want)
	}
	for p := range pages {
		sum := sha256.Sum256(file[p*page : min((p+1)*page, limit)])
		if !bytes.Equal(sum[:], dir[hashes+p*hashSize:][:hashSize]) {
			return s, fmt.Errorf("page %d of %d has been changed since", p, pages)
		}
	}
	s.Pages = int(pages)
	return s, nil
}
