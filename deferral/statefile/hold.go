package statefile

import (
	"errors"
	"fmt"
	"io/fs"
	"time"

	"installordefer/deferral"
	"installordefer/internal/plist"
)

// A HoldFile is where a hold that somebody asks for on this Mac is kept: a file of
// its own, so that neither a wake that saves its state nor macOS's cache of
// preferences can undo it.
type HoldFile struct {
	Disk Disk
	Path string
}

// Load reads the hold. The zero Hold means that there is none. A file that cannot
// be read, or whose times cannot be, is an error and holds nothing.
func (f HoldFile) Load() (deferral.Hold, error) {
	data, err := f.Disk.Read(f.Path)
	if errors.Is(err, fs.ErrNotExist) {
		return deferral.Hold{}, nil
	}
	if err != nil {
		return deferral.Hold{}, fmt.Errorf("read the hold: %w", err)
	}
	return decodeHold(data)
}

func decodeHold(data []byte) (deferral.Hold, error) {
	dict, err := plist.Decode(data, plist.MaxFile)
	if err != nil {
		return deferral.Hold{}, fmt.Errorf("read the hold: %w", err)
	}
	since, ok1 := wholeNumber(dict["Since"])
	until, ok2 := wholeNumber(dict["Until"])
	if !ok1 || !ok2 || since < 0 || until > latest || until <= since || until-since > int64(deferral.HoldMost/time.Second) {
		return deferral.Hold{}, fmt.Errorf("read the hold: its times cannot be, so nothing is held")
	}
	reason, _ := dict["Reason"].(string)
	return deferral.Hold{Since: time.Unix(since, 0).UTC(), Until: time.Unix(until, 0).UTC(), Reason: reason}, nil
}

// Save writes the hold. It is kept in whole seconds.
func (f HoldFile) Save(h deferral.Hold) error {
	data, err := plist.Encode(map[string]any{"Since": h.Since.Unix(), "Until": h.Until.Unix(), "Reason": plain(h.Reason)})
	if err != nil {
		return fmt.Errorf("write the hold: %w", err)
	}
	return f.Disk.Write(f.Path, data)
}

// Clear ends the hold.
func (f HoldFile) Clear() error { return f.Disk.Remove(f.Path) }
