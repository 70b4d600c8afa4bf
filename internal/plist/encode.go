package plist

import (
	"fmt"
	"hash/crc32"
	"slices"

	"howett.net/plist"
)

// Encode writes the binary form, as macOS itself does: each wake reads it,
// and reading XML would be most of the work of a wake that only waits. XML is
// for what the library cannot write in the binary form, as a number that is
// none, and for what it would write wrongly.
func Encode(dict map[string]any) ([]byte, error) {
	if !twins(dict, map[uint32]string{}) {
		if data, err := plist.Marshal(dict, plist.BinaryFormat); err == nil {
			return data, nil
		}
	}
	data, err := plist.Marshal(dict, plist.XMLFormat)
	if err != nil {
		return nil, fmt.Errorf("write a property list: %w", err)
	}
	return data, nil
}

// twins tells whether v holds two pieces of data with the same checksum. The
// library writes data once for each checksum, so that one label would become the
// other (howett.net/plist v1.0.1, plist_types.go).
func twins(v any, seen map[uint32]string) bool {
	switch v := v.(type) {
	case []byte:
		sum := crc32.ChecksumIEEE(v)
		other, known := seen[sum]
		seen[sum] = string(v)
		return known && other != string(v)
	case []any:
		return slices.ContainsFunc(v, func(e any) bool { return twins(e, seen) })
	case map[string]any:
		for _, e := range v {
			if twins(e, seen) {
				return true
			}
		}
	}
	return false
}
