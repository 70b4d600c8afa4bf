package mac

import (
	"errors"
	"strconv"
	"strings"
)

// DataVolume is where updates need space: the volume that holds all that is not
// macOS itself.
const DataVolume = "/System/Volumes/Data"

// ParseFree reads what "df -k -P" prints of one volume and returns its free space
// in KiB. Space that macOS would make by itself counts as used.
func ParseFree(df []byte) (kib int64, err error) {
	lines := strings.Split(strings.TrimRight(string(df), "\n"), "\n")
	// The name of the volume is the last field, and may hold blanks.
	fields := strings.Fields(lines[len(lines)-1])
	if len(lines) != 2 || len(fields) < 6 || !strings.HasSuffix(fields[4], "%") {
		return 0, errors.New("df did not say how much space is free")
	}
	kib, err = strconv.ParseInt(fields[3], 10, 64)
	if err != nil || kib < 0 {
		return 0, errors.New("df did not say how much space is free")
	}
	return kib, nil
}
