package settings

import (
	"bytes"
	"errors"
	"io/fs"
	"strings"
)

// Keys of the preferences that are no settings. The first two are those of the
// original, so that what administrators have learned to type still works, and
// the next two are the names that its later versions have for them. The job
// mirrors its deadline and the end of the deferral in all four, and heeds what
// somebody else writes there.
const (
	KeyDeferredUntil      = "AppleSoftwareUpdatesDeferredUntil" // integer, Unix seconds
	KeyForcedAfter        = "AppleSoftwareUpdatesForcedAfter"   // integer, Unix seconds
	KeyDeferredUntilLater = "UpdatesDeferredUntil"              // integer, Unix seconds
	KeyForcedAfterLater   = "UpdatesForcedAfter"                // integer, Unix seconds
)

// Keys by which this program's first version kept its state in the preferences.
const (
	KeyVersion = "StateVersion" // integer
	KeyRound   = "Round"        // dictionary
)

// StateKeys returns the keys of the preferences that are no settings.
func StateKeys() []string {
	return []string{KeyDeferredUntil, KeyForcedAfter, KeyDeferredUntilLater, KeyForcedAfterLater, KeyVersion, KeyRound}
}

// A Local is what the file of a domain of local preferences holds at one time.
type Local struct {
	// Values are nil where there is no file, or none that can be read.
	Values map[string]any
	// There tells whether there is a file.
	There bool

	data []byte
}

// ReadLocal reads the file of local preferences at a path. A file that is not
// there is an error that is fs.ErrNotExist.
func ReadLocal(read func(path string) ([]byte, error), path string) (Local, error) {
	data, err := read(path)
	if err != nil {
		return Local{There: !errors.Is(err, fs.ErrNotExist)}, err
	}
	layer, err := DecodeLayer(localLayer, data)
	return Local{Values: layer.Values, There: true, data: data}, err
}

// Reread returns l where the file is as it was, without decoding it again.
func (l Local) Reread(read func(path string) ([]byte, error), path string) (now Local, changed bool) {
	unread := func(p string) ([]byte, error) {
		data, err := read(p)
		if err == nil && l.There && l.data != nil && bytes.Equal(data, l.data) {
			return nil, errUnchanged
		}
		return data, err
	}
	now, err := ReadLocal(unread, path)
	if errors.Is(err, errUnchanged) || !now.There && !l.There {
		return l, false
	}
	return now, true
}

var errUnchanged = errors.New("the file is as it was")

// DomainOf returns the domain of the preferences in a file, as "defaults" takes
// it.
func DomainOf(path string) string { return strings.TrimSuffix(path, ".plist") }
