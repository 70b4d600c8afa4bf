package deferral

import (
	"errors"
	"fmt"
)

// MaxFile bounds the size of a property list that is read, in bytes.
const MaxFile = 64 << 10

// Why a file is no property list that can be used.
var (
	ErrTooLarge  = fmt.Errorf("larger than %d bytes", MaxFile)
	ErrNotAPlist = errors.New("not a property list in XML or binary form")
	ErrNotADict  = errors.New("not a dictionary at its root")
)

// decodeDict reads a property list of the state. An empty file must not read
// as one in which nothing is set, and DecodePlist does not.
func decodeDict(data []byte) (map[string]any, error) {
	if len(data) > MaxFile {
		return nil, ErrTooLarge
	}
	return DecodePlist(data, MaxFile)
}
