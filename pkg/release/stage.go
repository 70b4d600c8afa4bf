package release

import (
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"slices"

	"golang.org/x/mod/sumdb/note"

	"installordefer/internal/atomicfile"
)

// Stages returns the stages in the order in which a release goes through them.
func Stages() []string { return []string{"dev", "test", "production"} }

// A Channel is a folder with packages and, for each stage, one file: the signed
// note of the release that the stage gets. Moving a release on writes that file
// and nothing else.
type Channel struct {
	Folder string
	Keys   note.Verifiers
	// AnyProcessor is as that of an installer.Expect.
	AnyProcessor bool
}

// stageFile is the file of a stage.
func (c Channel) stageFile(stage string) string { return filepath.Join(c.Folder, stage+".note") }

// packageFile is where the package of a release has to lie: its name says nothing,
// and so is made of what the note says.
func (c Channel) packageFile(r Release) string {
	return filepath.Join(c.Folder, r.Identifier+"-"+r.Version+".pkg")
}

// at returns the release of a stage, verified, and its note. Where there is none
// yet the error is fs.ErrNotExist.
func (c Channel) at(stage string) (Release, []byte, error) {
	signed, err := atomicfile.Read(c.stageFile(stage), MaxNote)
	if err != nil {
		return Release{}, nil, err
	}
	r, err := c.verified(signed)
	if err != nil {
		return Release{}, nil, fmt.Errorf("stage %s: %w", stage, err)
	}
	return r, signed, nil
}

// verified tells whether the package of a note is here and right.
func (c Channel) verified(signed []byte) (Release, error) {
	r, _, err := ReadNote(signed, c.Keys)
	if err != nil {
		return Release{}, err
	}
	data, err := atomicfile.Read(c.packageFile(r), MaxPackage)
	if err != nil {
		return Release{}, err
	}
	r, _, err = Verify(data, signed, c.Keys, c.AnyProcessor)
	return r, err
}

// Promote gives a stage what the stage before it has. For the first stage the
// note is given. It refuses what cannot be verified now, in the stage before, and
// a version that is not newer than what the stage has, unless it is to go back.
func (c Channel) Promote(stage string, signed []byte, downgrade bool) (Release, error) {
	position := slices.Index(Stages(), stage)
	if position < 0 {
		return Release{}, fmt.Errorf("there is no stage %q: they are %v", stage, Stages())
	}
	var r Release
	var err error
	if position == 0 {
		r, err = c.verified(signed)
	} else {
		before := Stages()[position-1]
		if r, signed, err = c.at(before); errors.Is(err, fs.ErrNotExist) {
			err = fmt.Errorf("nothing is in the stage %s that could go on to %s: %w", before, stage, err)
		}
	}
	if err != nil {
		return Release{}, err
	}
	if err := c.follows(stage, r, downgrade); err != nil {
		return Release{}, err
	}
	return r, atomicfile.Write(c.stageFile(stage), signed, 0o644)
}

// follows tells whether a stage may get a release after what it has. What it has
// need not be verifiable any more: its package may be gone.
func (c Channel) follows(stage string, r Release, downgrade bool) error {
	there, err := atomicfile.Read(c.stageFile(stage), MaxNote)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	old, _, err := ReadNote(there, c.Keys)
	if err != nil {
		return fmt.Errorf("what the stage %s has: %w", stage, err)
	}
	newer, err := r.Newer(old)
	if err != nil {
		return fmt.Errorf("the stage %s: %w", stage, err)
	}
	if !newer && !downgrade {
		return fmt.Errorf("the stage %s has version %s, and %s is no newer one; --downgrade goes back on purpose", stage, old.Version, r.Version)
	}
	return nil
}
