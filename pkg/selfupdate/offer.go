package selfupdate

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"slices"
	"strings"

	"installordefer/internal/atomicfile"
	"installordefer/internal/logging"
	"installordefer/pkg/release"
)

// mostOffers bounds how many notes of the folder are looked at.
const mostOffers = 20

// An offer is a package with its note in the folder of the MDM.
type offer struct {
	name string // of the package
	// print changes with the package or the note. What the package holds is not
	// read for it.
	print string
}

const noteSuffix = ".note"

// look returns the offers that are not judged yet, by name. A folder that is not
// there offers nothing.
func (u *Updater) look(rec *record) ([]offer, error) {
	dir, err := u.openFolder()
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("the folder for newer versions: %w. Nothing in it is installed", err)
	}
	defer dir.Close()
	names, err := notes(dir)
	if err != nil {
		return nil, err
	}
	if len(names) > mostOffers {
		u.Log.Error(logging.SelfUpdate, "%s holds %d notes. Only the first %d, by name, are looked at.", u.Folder, len(names), mostOffers)
		names = names[:mostOffers]
	}
	rec.keep(names)
	var fresh []offer
	for _, name := range names {
		o := offer{name: name, print: fingerprint(dir, name)}
		if o.print != "" && rec.Judged[name] != o.print {
			fresh = append(fresh, o)
		}
	}
	return fresh, nil
}

func (u *Updater) openFolder() (*os.Root, error) { return u.Host.OpenFolder(u.Host.Path(u.Folder)) }

// notes returns the names of the packages that have a note.
func notes(dir *os.Root) ([]string, error) {
	entries, err := fs.ReadDir(dir.FS(), ".")
	if err != nil {
		return nil, err
	}
	var names []string
	for _, e := range entries {
		if name, ok := strings.CutSuffix(e.Name(), noteSuffix); ok && strings.HasSuffix(name, ".pkg") {
			names = append(names, name)
		}
	}
	return names, nil
}

// fingerprint is "" while the package has not come yet. What else is wrong with
// either file is said when the offer is judged.
func fingerprint(dir *os.Root, name string) string {
	pkg, err := dir.Lstat(name)
	if err != nil {
		return ""
	}
	signed, err := dir.Lstat(name + noteSuffix)
	if err != nil {
		return ""
	}
	var b bytes.Buffer
	for _, i := range []fs.FileInfo{pkg, signed} {
		fmt.Fprintln(&b, i.Mode(), i.Size(), i.ModTime().UnixNano())
	}
	return fmt.Sprintf("%x", sha256.Sum256(b.Bytes()))
}

// choose returns the offer with the latest version. It judges the others by their
// notes, and leaves to the next time those that are merely older than the best.
func (u *Updater) choose(rec *record, offers []offer, installed string) *offer {
	var best *offer
	var newest release.Release
	for _, o := range offers {
		r, err := u.judge(rec, o, installed)
		var no refusal
		switch {
		case errors.As(err, &no):
			u.refuse(o.name, no)
			rec.Judged[o.name] = o.print
			continue
		case err != nil:
			u.Log.Error(logging.SelfUpdate, "%s: %v. The next look is in a quarter of an hour.", o.name, err)
			continue
		}
		if newer, err := r.Newer(newest); best == nil || err == nil && newer {
			best, newest = &o, r
		}
	}
	return best
}

// judge reads the note of an offer in the folder. That spares copying what cannot
// be installed; what is installed is judged by the copy.
func (u *Updater) judge(rec *record, o offer, installed string) (release.Release, error) {
	signed, err := u.read(o.name+noteSuffix, release.MaxNote)
	if err != nil {
		return release.Release{}, err
	}
	r, err := u.fits(signed, installed)
	if err != nil {
		return release.Release{}, err
	}
	if t := rec.tried(r.Version); t != nil {
		return release.Release{}, refusal{error: fmt.Errorf("the installation of version %s has been tried before (%s), and each version is tried once", r.Version, t.Outcome)}
	}
	return r, nil
}

// fits tells whether a note is signed, for this identifier, and newer.
func (u *Updater) fits(signed []byte, installed string) (release.Release, error) {
	r, _, err := release.ReadNote(signed, u.Keys)
	if err != nil {
		return release.Release{}, refusal{error: err}
	}
	newer, err := r.Newer(release.Release{Identifier: string(u.Host.ID), Version: installed})
	if err != nil {
		return release.Release{}, refusal{error: err}
	}
	if !newer {
		return release.Release{}, refusal{fmt.Errorf("its version is %s, and %s is installed", r.Version, installed), true}
	}
	return r, nil
}

// read reads a file of the folder that root alone can write.
func (u *Updater) read(name string, limit int64) ([]byte, error) {
	dir, err := u.openFolder()
	if err != nil {
		return nil, err
	}
	defer dir.Close()
	f, err := u.Host.OpenFile(dir, u.Folder, name)
	if err != nil {
		return nil, refusal{error: err}
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, limit+1))
	if err == nil && int64(len(data)) > limit {
		return nil, refusal{error: fmt.Errorf("%s has more than %d bytes", name, limit)}
	}
	return data, err
}

// copy copies an offer to where nobody but root can write.
func (u *Updater) copy(o offer) error {
	for _, f := range []struct {
		name, to string
		limit    int64
	}{{o.name, u.copied(), release.MaxPackage}, {o.name + noteSuffix, u.copiedNote(), release.MaxNote}} {
		data, err := u.read(f.name, f.limit)
		if err != nil {
			return err
		}
		if err := atomicfile.Write(f.to, data, 0o600); err != nil {
			return fmt.Errorf("copying it: %w", err)
		}
	}
	return nil
}

// keep forgets what was judged and is not in the folder any more.
func (rec *record) keep(names []string) {
	for name := range rec.Judged {
		if !slices.Contains(names, name) {
			delete(rec.Judged, name)
		}
	}
}
