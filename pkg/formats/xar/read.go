package xar

import (
	"bytes"
	"crypto/sha1"
	"encoding/binary"
	"encoding/hex"
	"encoding/xml"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// Read reads an archive whole and verifies every checksum in it. Every byte
// must belong to something: gaps and overlaps in the heap are errors.
func Read(b []byte) ([]File, error) {
	doc, heap, err := readTOC(b)
	if err != nil {
		return nil, fmt.Errorf("xar: %w", err)
	}
	r := reader{heap: heap, used: []extent{{0, sha1.Size}}}
	files, err := r.files(doc.TOC.Files)
	if err != nil {
		return nil, fmt.Errorf("xar: %w", err)
	}
	if err := r.checkHeap(); err != nil {
		return nil, fmt.Errorf("xar: %w", err)
	}
	return files, nil
}

func readTOC(b []byte) (doc document, heap []byte, err error) {
	if len(b) < headerSize || string(b[:4]) != magic {
		return doc, nil, errors.New("not an archive of this kind")
	}
	be := binary.BigEndian
	if size, v := be.Uint16(b[4:]), be.Uint16(b[6:]); size != headerSize || v != version {
		return doc, nil, fmt.Errorf("a header of %d bytes, version %d, is not known", size, v)
	}
	if kind := be.Uint32(b[24:]); kind != sha1Kind {
		return doc, nil, fmt.Errorf("checksum kind %d is not SHA-1", kind)
	}
	packed, plain := be.Uint64(b[8:]), be.Uint64(b[16:])
	rest := b[headerSize:]
	if packed > uint64(len(rest)) || plain > maxTOC {
		return doc, nil, errors.New("the table of contents is cut off or too long")
	}
	heap = rest[packed:]
	text, err := inflate(rest[:packed], int64(plain))
	if err != nil {
		return doc, nil, fmt.Errorf("table of contents: %w", err)
	}
	if err := xml.Unmarshal(text, &doc); err != nil {
		return doc, nil, fmt.Errorf("table of contents: %w", err)
	}
	if doc.TOC.Checksum != (checksum{Style: "sha1", Size: sha1.Size}) {
		return doc, nil, errors.New("the checksum of the table of contents is not where it must be")
	}
	sum := sha1.Sum(rest[:packed])
	if !bytes.HasPrefix(heap, sum[:]) {
		return doc, nil, errors.New("the table of contents does not match its checksum")
	}
	return doc, heap, nil
}

// An extent is a part of the heap that something claims.
type extent struct{ start, end int64 }

type reader struct {
	heap []byte
	used []extent
}

func (r *reader) files(nodes []node) ([]File, error) {
	out := []File{}
	for _, n := range nodes {
		f := File{Name: n.Name}
		if n.Name == "" || n.Name == "." || n.Name == ".." || strings.ContainsAny(n.Name, "/\x00") {
			return nil, fmt.Errorf("%q is not a name for a member", n.Name)
		}
		if slices.ContainsFunc(out, func(o File) bool { return o.Name == n.Name }) {
			return nil, fmt.Errorf("two members are named %q", n.Name)
		}
		var err error
		switch {
		case n.Type == "directory" && n.Data == nil:
			f.Files, err = r.files(n.Files)
		case n.Type == "file" && n.Data != nil && n.Files == nil:
			f.Stored = n.Data.Encoding.Style == encodingStored
			f.Data, err = r.extract(*n.Data)
		default:
			err = fmt.Errorf("a member of type %q is not known", n.Type)
		}
		if err != nil {
			return nil, fmt.Errorf("%s: %w", n.Name, err)
		}
		out = append(out, f)
	}
	return out, nil
}

func (r *reader) extract(d data) ([]byte, error) {
	if d.Offset < 0 || d.Length < 0 || d.Length > maxMember || d.Size < 0 || d.Size > maxMember ||
		d.Offset > int64(len(r.heap)) || d.Length > int64(len(r.heap))-d.Offset {
		return nil, errors.New("lies outside the archive or is too large")
	}
	r.used = append(r.used, extent{d.Offset, d.Offset + d.Length})
	stored := r.heap[d.Offset : d.Offset+d.Length]
	if err := d.Archived.verify(stored); err != nil {
		return nil, fmt.Errorf("stored data: %w", err)
	}
	plain := stored
	switch d.Encoding.Style {
	case encodingStored:
		if d.Size != d.Length {
			return nil, errors.New("stored data is not as long as the archive says")
		}
	case encodingZlib:
		var err error
		if plain, err = inflate(stored, d.Size); err != nil {
			return nil, err
		}
	default:
		return nil, fmt.Errorf("encoding %q is not known", d.Encoding.Style)
	}
	if err := d.Extracted.verify(plain); err != nil {
		return nil, fmt.Errorf("extracted data: %w", err)
	}
	return plain, nil
}

func (d digest) verify(b []byte) error {
	sum := sha1.Sum(b)
	if d.Style != "sha1" || d.Hex != hex.EncodeToString(sum[:]) {
		return errors.New("does not match its checksum")
	}
	return nil
}

// checkHeap finds bytes that nobody or two members claim.
func (r *reader) checkHeap() error {
	slices.SortFunc(r.used, func(a, b extent) int {
		if a.start != b.start {
			return int(a.start - b.start)
		}
		return int(a.end - b.end)
	})
	var at int64
	for _, e := range r.used {
		if e.start != at {
			return fmt.Errorf("the archive has a gap or an overlap at offset %d", min(at, e.start))
		}
		at = e.end
	}
	if at != int64(len(r.heap)) {
		return fmt.Errorf("the archive has %d bytes too many at its end", int64(len(r.heap))-at)
	}
	return nil
}
