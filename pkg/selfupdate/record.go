package selfupdate

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"

	"installordefer/internal/atomicfile"
	"installordefer/internal/logging"
	"installordefer/pkg/release"
)

// A record is what the self-update keeps from one run to the next.
type record struct {
	// Judged holds the fingerprint of each offer that need not be looked at again,
	// by the name of its package.
	Judged map[string]string `json:"judged"`
	// Tries are the versions that an installation was begun of, the last one last.
	Tries []try `json:"tries"`
}

// A try is the installation of one version.
type try struct {
	Version string `json:"version"`
	Begun   int    `json:"begun"` // how often
	// Outcome is "" as long as it has not ended, then isInstalled or hasFailed.
	Outcome string `json:"outcome"`
}

// mostTries bounds what is remembered, and maxRecord its size in bytes.
const (
	mostTries = 50
	maxRecord = 64 << 10
)

// open returns the installation that has not ended, or nil.
func (rec *record) open() *try {
	if n := len(rec.Tries); n > 0 && rec.Tries[n-1].Outcome == "" {
		return &rec.Tries[n-1]
	}
	return nil
}

// tried returns what came of the installation of a version, or nil.
func (rec *record) tried(version string) *try {
	for i := range rec.Tries {
		if rec.Tries[i].Version == version {
			return &rec.Tries[i]
		}
	}
	return nil
}

func (rec *record) begin(r release.Release) {
	rec.Tries = append(rec.Tries, try{Version: r.Version, Begun: 1})
	rec.Tries = rec.Tries[max(0, len(rec.Tries)-mostTries):]
}

func (u *Updater) record() string { return filepath.Join(u.Host.SelfUpdateFolder(), "record.json") }

// load reads the record. Without one nothing has been tried; one that cannot be
// read is replaced, because all that it prevents is a second try.
func (u *Updater) load() (*record, error) {
	rec := &record{Judged: map[string]string{}}
	data, err := atomicfile.Read(u.record(), maxRecord)
	if errors.Is(err, fs.ErrNotExist) {
		return rec, nil
	}
	if err != nil && !errors.Is(err, atomicfile.ErrTooLarge) {
		return nil, err
	}
	if err == nil {
		err = json.Unmarshal(data, rec)
	}
	if err != nil {
		u.Log.Error(logging.SelfUpdate, "The record of the self-update cannot be read: %v. It begins a new one.", err)
		rec = &record{}
	}
	if rec.Judged == nil {
		rec.Judged = map[string]string{}
	}
	return rec, nil
}

func (u *Updater) save(rec *record) error {
	data, err := json.MarshalIndent(rec, "", "\t")
	if err != nil {
		return err
	}
	if err := atomicfile.Write(u.record(), append(data, '\n'), 0o600); err != nil {
		return fmt.Errorf("keeping the record of the self-update: %w", err)
	}
	return nil
}
