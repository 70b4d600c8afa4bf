package mac

import (
	"errors"
	"strings"
)

// ParseOffline reads what "scutil --nwi" prints and tells whether the Mac has no
// network at all: neither of the two kinds of addresses leads anywhere.
func ParseOffline(nwi []byte) (offline bool, err error) {
	said, reaches := false, false
	for line := range strings.Lines(string(nwi)) {
		flags, ok := strings.CutPrefix(strings.TrimSpace(line), "REACH : flags 0x")
		if !ok {
			continue
		}
		said = true
		reaches = reaches || !strings.HasSuffix(flags, "(Not Reachable)")
	}
	if !said {
		return false, errors.New("scutil did not say whether there is a network")
	}
	return !reaches, nil
}
