// Package xar writes and reads the archive format of installer packages.
//
// An archive is a header of 28 bytes, a table of contents (zlib-compressed
// XML), and a heap that all offsets count from. The heap begins with the
// SHA-1 of the compressed table; then come the members. The table gives for
// each member the checksum of what is stored and of what comes out of it.
//
// SHA-1 is what Apple's tools write and the only digest that every reader of
// the format takes; an installer package is protected by its signature, which
// is another step. The table holds only elements that signing tools which
// refuse unknown ones also accept.
//
// Source of the layout: the xar project's description of the format.
package xar

import (
	"bytes"
	"compress/zlib"
	"crypto/sha1"
	"encoding/binary"
	"encoding/hex"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"time"
)

const (
	magic      = "xar!"
	headerSize = 28
	version    = 1
	sha1Kind   = 1 // the header's number for SHA-1

	// encodingZlib is named gzip in the table, but means a zlib stream.
	encodingZlib   = "application/x-gzip"
	encodingStored = "application/octet-stream"

	// maxTOC and maxMember bound what Read takes into memory, in bytes.
	maxTOC    = 1 << 20
	maxMember = 1 << 28
)

// A File is a member: a file, or a folder when Files is not nil.
type File struct {
	Name string
	Data []byte
	// Stored keeps the data as it is. Payload and Scripts are compressed
	// already, and the Installer refuses them compressed twice.
	Stored bool
	Files  []File
}

// The table of contents, as XML.
type (
	document struct {
		XMLName xml.Name `xml:"xar"`
		TOC     toc      `xml:"toc"`
	}
	toc struct {
		Created  string   `xml:"creation-time"`
		Checksum checksum `xml:"checksum"`
		Files    []node   `xml:"file"`
	}
	checksum struct {
		Style  string `xml:"style,attr"`
		Offset int64  `xml:"offset"`
		Size   int64  `xml:"size"`
	}
	node struct {
		ID    int    `xml:"id,attr"`
		Name  string `xml:"name"`
		Type  string `xml:"type"`
		Mode  string `xml:"mode"`
		UID   int    `xml:"uid"`
		User  string `xml:"user"`
		GID   int    `xml:"gid"`
		Group string `xml:"group"`
		MTime string `xml:"mtime"`
		Data  *data  `xml:"data"`
		Files []node `xml:"file"`
	}
	data struct {
		Archived  digest   `xml:"archived-checksum"`
		Extracted digest   `xml:"extracted-checksum"`
		Encoding  encoding `xml:"encoding"`
		Size      int64    `xml:"size"`
		Offset    int64    `xml:"offset"`
		Length    int64    `xml:"length"`
	}
	digest struct {
		Style string `xml:"style,attr"`
		Hex   string `xml:",chardata"`
	}
	encoding struct {
		Style string `xml:"style,attr"`
	}
)

func digestOf(b []byte) digest {
	sum := sha1.Sum(b)
	return digest{Style: "sha1", Hex: hex.EncodeToString(sum[:])}
}

// Write writes an archive that says of itself that it was made at created.
func Write(w io.Writer, files []File, created time.Time) error {
	wr := writer{when: created.UTC()}
	nodes, err := wr.nodes(files)
	if err != nil {
		return err
	}
	doc := document{TOC: toc{
		Created:  wr.when.Format("2006-01-02T15:04:05"),
		Checksum: checksum{Style: "sha1", Size: sha1.Size},
		Files:    nodes,
	}}
	text, err := xml.MarshalIndent(doc, "", " ")
	if err != nil {
		return fmt.Errorf("xar: %w", err)
	}
	text = append([]byte(xml.Header), append(text, '\n')...)
	packed, err := deflate(text)
	if err != nil {
		return err
	}
	head := []byte(magic)
	head = binary.BigEndian.AppendUint16(head, headerSize)
	head = binary.BigEndian.AppendUint16(head, version)
	head = binary.BigEndian.AppendUint64(head, uint64(len(packed)))
	head = binary.BigEndian.AppendUint64(head, uint64(len(text)))
	head = binary.BigEndian.AppendUint32(head, sha1Kind)
	sum := sha1.Sum(packed)
	for _, part := range [][]byte{head, packed, sum[:], wr.heap.Bytes()} {
		if _, err := w.Write(part); err != nil {
			return fmt.Errorf("xar: %w", err)
		}
	}
	return nil
}

// writer collects the heap behind the table's checksum.
type writer struct {
	when time.Time
	heap bytes.Buffer
	id   int
}

func (w *writer) nodes(files []File) ([]node, error) {
	var out []node
	for _, f := range files {
		w.id++
		n := node{
			ID: w.id, Name: f.Name, Type: "file", Mode: "0644",
			User: "root", Group: "wheel", MTime: w.when.Format("2006-01-02T15:04:05Z"),
		}
		var err error
		if f.Files != nil {
			n.Type, n.Mode = "directory", "0755"
			n.Files, err = w.nodes(f.Files)
		} else {
			n.Data, err = w.store(f)
		}
		if err != nil {
			return nil, err
		}
		out = append(out, n)
	}
	return out, nil
}

func (w *writer) store(f File) (*data, error) {
	stored, style := f.Data, encodingStored
	if !f.Stored {
		var err error
		if stored, err = deflate(f.Data); err != nil {
			return nil, err
		}
		style = encodingZlib
	}
	d := &data{
		Archived: digestOf(stored), Extracted: digestOf(f.Data),
		Encoding: encoding{style}, Size: int64(len(f.Data)),
		Offset: sha1.Size + int64(w.heap.Len()), Length: int64(len(stored)),
	}
	w.heap.Write(stored)
	return d, nil
}

func deflate(b []byte) ([]byte, error) {
	var out bytes.Buffer
	z := zlib.NewWriter(&out)
	if _, err := z.Write(b); err != nil {
		return nil, fmt.Errorf("xar: %w", err)
	}
	if err := z.Close(); err != nil {
		return nil, fmt.Errorf("xar: %w", err)
	}
	return out.Bytes(), nil
}

// inflate undoes deflate; the result must have exactly size bytes.
func inflate(b []byte, size int64) ([]byte, error) {
	in := bytes.NewReader(b)
	z, err := zlib.NewReader(in)
	if err != nil {
		return nil, err
	}
	out, err := io.ReadAll(io.LimitReader(z, size+1))
	if err != nil {
		return nil, err
	}
	if int64(len(out)) != size || in.Len() != 0 {
		return nil, errors.New("the compressed data is not as long as the archive says")
	}
	return out, nil
}
