package deferral

import (
	"bytes"
	"errors"
	"fmt"

	"howett.net/plist"
)

// MaxFile bounds the size of a property list that is read, in bytes. It also
// bounds how deep one can be nested, on which the library would overflow the
// stack otherwise.
const MaxFile = 64 << 10

// Why a file is no property list that can be used.
var (
	ErrTooLarge  = fmt.Errorf("larger than %d bytes", MaxFile)
	ErrNotAPlist = errors.New("not a property list in XML or binary form")
	ErrNotADict  = errors.New("not a dictionary at its root")
)

// decodeDict reads a property list whose root is a dictionary. It refuses
// what the library would take for an empty dictionary or for the old text
// format: an empty file must not read as one in which nothing is set.
func decodeDict(data []byte) (dict map[string]any, err error) {
	if len(data) > MaxFile {
		return nil, ErrTooLarge
	}
	start := bytes.TrimLeft(bytes.TrimPrefix(data, []byte("\xEF\xBB\xBF")), " \t\r\n")
	if !bytes.HasPrefix(data, []byte("bplist00")) && !bytes.HasPrefix(start, []byte("<?xml")) &&
		!bytes.HasPrefix(start, []byte("<!DOCTYPE plist")) && !bytes.HasPrefix(start, []byte("<plist")) {
		return nil, ErrNotAPlist
	}
	defer func() {
		if r := recover(); r != nil {
			dict, err = nil, fmt.Errorf("%w: %v", ErrNotAPlist, r)
		}
	}()
	var root any
	if _, err := plist.Unmarshal(data, &root); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrNotAPlist, err)
	}
	dict, ok := root.(map[string]any)
	if !ok {
		return nil, ErrNotADict
	}
	return dict, nil
}
