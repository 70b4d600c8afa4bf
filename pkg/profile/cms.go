package profile

import (
	"bytes"
	"errors"
	"fmt"
)

// A signed profile is a CMS message (RFC 5652) of the type signed-data that
// holds the profile. Signers on macOS write lengths that are left open (BER),
// which the decoders of the standard library refuse; so the little that is
// needed is read here. The signature is not verified.

var errNotSigned = errors.New("not a signed profile")

// deepestCMS bounds how deep elements may be nested.
const deepestCMS = 16

// An element is one tag, its length and its content.
type element struct {
	tag     byte // as it stands in the file: class, form and number
	content []byte
}

func (e element) constructed() bool { return e.tag&0x20 != 0 }

// The tags that a signed profile has on the way to its content.
const (
	tagOID         = 0x06
	tagOctets      = 0x04
	tagManyOctets  = 0x24
	tagSequence    = 0x30
	tagExplicit0   = 0xA0
	openLength     = 0x80
	longFormTagNum = 0x1F
)

var (
	oidSignedData = []byte{0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x07, 0x02}
	oidData       = []byte{0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x07, 0x01}
)

// Signed returns the profile inside a signed profile: what a CMS message of
// the type signed-data holds. The signature is not verified.
func Signed(data []byte) ([]byte, error) {
	message, err := one(data, tagSequence)
	if err != nil {
		return nil, err
	}
	parts, err := children(message.content)
	if err != nil {
		return nil, err
	}
	if len(parts) != 2 || parts[0].tag != tagOID || !bytes.Equal(parts[0].content, oidSignedData) {
		return nil, fmt.Errorf("%w: a message of another type", errNotSigned)
	}
	signed, err := one(parts[1].content, tagSequence)
	if err != nil {
		return nil, err
	}
	// version, digest algorithms, content, and what belongs to the signature
	fields, err := children(signed.content)
	if err != nil {
		return nil, err
	}
	if len(fields) < 3 || fields[2].tag != tagSequence {
		return nil, fmt.Errorf("%w: it has no content", errNotSigned)
	}
	content, err := children(fields[2].content)
	if err != nil {
		return nil, err
	}
	if len(content) != 2 || content[0].tag != tagOID || !bytes.Equal(content[0].content, oidData) || content[1].tag != tagExplicit0 {
		return nil, fmt.Errorf("%w: the signature is separate from what it signs", errNotSigned)
	}
	inner, err := children(content[1].content)
	if err != nil {
		return nil, err
	}
	if len(inner) != 1 {
		return nil, fmt.Errorf("%w: it has no content", errNotSigned)
	}
	return octets(inner[0], 0)
}

// one reads one element and makes sure of its tag.
func one(data []byte, tag byte) (element, error) {
	e, _, err := read(data, 0)
	if err == nil && e.tag != tag {
		err = fmt.Errorf("%w: the tag %#x where %#x belongs", errNotSigned, e.tag, tag)
	}
	return e, err
}

// octets puts together a text of bytes that may be in pieces.
func octets(e element, depth int) ([]byte, error) {
	switch {
	case e.tag == tagOctets:
		return e.content, nil
	case e.tag != tagManyOctets || depth > deepestCMS:
		return nil, fmt.Errorf("%w: its content is not a string of bytes", errNotSigned)
	}
	pieces, err := children(e.content)
	if err != nil {
		return nil, err
	}
	var all []byte
	for _, p := range pieces {
		piece, err := octets(p, depth+1)
		if err != nil {
			return nil, err
		}
		all = append(all, piece...)
	}
	return all, nil
}

// children reads elements up to the end of data.
func children(data []byte) ([]element, error) {
	var all []element
	for len(data) > 0 {
		e, rest, err := read(data, 0)
		if err != nil {
			return nil, err
		}
		all = append(all, e)
		data = rest
	}
	return all, nil
}

// read reads one element and returns what follows it.
func read(data []byte, depth int) (e element, rest []byte, err error) {
	cut := fmt.Errorf("%w: it is damaged or cut off", errNotSigned)
	if depth > deepestCMS || len(data) < 2 || data[0]&longFormTagNum == longFormTagNum {
		return element{}, nil, cut
	}
	e.tag = data[0]
	if data[1] == openLength {
		return readOpen(e, data[2:], depth)
	}
	length, at := int(data[1]), 2
	if length > openLength { // the length has a length
		n := length - openLength
		if n > 4 || len(data) < at+n {
			return element{}, nil, cut
		}
		length = 0
		for _, c := range data[at : at+n] {
			length = length<<8 | int(c)
		}
		at += n
	}
	if length > len(data)-at {
		return element{}, nil, cut
	}
	e.content = data[at : at+length]
	return e, data[at+length:], nil
}

// readOpen reads an element that ends with an empty one.
func readOpen(e element, data []byte, depth int) (element, []byte, error) {
	if !e.constructed() {
		return element{}, nil, fmt.Errorf("%w: an open length where none can be", errNotSigned)
	}
	rest := data
	for {
		if len(rest) >= 2 && rest[0] == 0 && rest[1] == 0 {
			e.content = data[:len(data)-len(rest)]
			return e, rest[2:], nil
		}
		var err error
		if _, rest, err = read(rest, depth+1); err != nil {
			return element{}, nil, err
		}
	}
}
