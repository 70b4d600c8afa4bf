package launchd

import (
	"bytes"
	"fmt"

	"howett.net/plist"
)

// mostPlist bounds the property lists read here. The largest, the owners of a
// disk, has a few hundred bytes for each account.
const mostPlist = 64 << 10

// readPlist decodes a property list. The library takes emptiness, blanks and
// any word for a valid list and can be made to exhaust the stack, so size and
// form are checked first.
func readPlist(data []byte, v any) error {
	switch {
	case len(data) == 0:
		return fmt.Errorf("empty where a property list was expected: %w", ErrUnreadable)
	case len(data) > mostPlist:
		return fmt.Errorf("a property list of %d bytes, more than %d: %w", len(data), mostPlist, ErrUnreadable)
	case !bytes.HasPrefix(data, []byte("bplist00")) && !bytes.HasPrefix(bytes.TrimLeft(data, " \t\r\n"), []byte("<?xml")):
		return fmt.Errorf("no property list but %.40q: %w", data, ErrUnreadable)
	}
	var dict map[string]any
	if _, err := plist.Unmarshal(data, &dict); err != nil || len(dict) == 0 {
		return fmt.Errorf("no dictionary in the property list (%v): %w", err, ErrUnreadable)
	}
	if _, err := plist.Unmarshal(data, v); err != nil {
		return fmt.Errorf("a property list of another form (%v): %w", err, ErrUnreadable)
	}
	return nil
}
