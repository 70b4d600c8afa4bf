package statefile

import (
	"fmt"

	"installordefer/internal/plist"
)

// ErrTooLarge is the error for a file of more than MaxFile bytes.
var ErrTooLarge = fmt.Errorf("larger than %d bytes", plist.MaxFile)

// decodeDict reads a property list of the state. An empty file must not read
// as one in which nothing is set, and plist.Decode does not.
func decodeDict(data []byte) (map[string]any, error) {
	if len(data) > plist.MaxFile {
		return nil, ErrTooLarge
	}
	return plist.Decode(data, plist.MaxFile)
}
