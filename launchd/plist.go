package launchd

import (
	"fmt"

	"installordefer/internal/plist"
)

// mostPlist bounds the property lists read here. The largest, the owners of a
// disk, has a few hundred bytes for each account.
const mostPlist = 64 << 10

// readPlist reads a property list in which something is set.
func readPlist(data []byte) (map[string]any, error) {
	dict, err := plist.Decode(data, mostPlist)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", errUnreadable, err)
	}
	if len(dict) == 0 {
		return nil, fmt.Errorf("an empty property list: %w", errUnreadable)
	}
	return dict, nil
}
