// Package installer writes installer packages for macOS, and checks them.
//
// Two kinds come out of the same contents. A component package is what Jamf
// Pro, Munki and installer(8) take: an archive (xar) of Bom, Payload, Scripts
// and PackageInfo. A product archive wraps one in a Distribution, and is the
// only kind that an MDM's own install command takes; for that it has to be
// signed as well.
//
// What must hold: the same contents and the same time give the same bytes, on
// any machine, for any person. Nothing here reads a clock, an environment or
// a file.
//
// Sources: packages built by Apple's pkgbuild and productbuild, their man
// pages, and Apple's Distribution XML reference.
package installer

import (
	"bytes"
	"compress/gzip"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"path"
	"regexp"
	"strings"
	"time"

	"howett.net/plist"

	"installordefer/pkg/formats/bom"
	"installordefer/pkg/formats/cpio"
	"installordefer/pkg/formats/payload"
	"installordefer/pkg/formats/xar"
)

// MinimumOS is the oldest macOS that the programs run on.
const MinimumOS = "12.0"

// Architectures are the processors that the programs are built for. Without
// arm64 in this list the Installer of a Mac with Apple silicon asks for
// Rosetta and runs the scripts under it.
const Architectures = "arm64,x86_64"

// generator is what the package says it was made with.
const generator = "install-or-defer"

// A Package is what goes into a package.
type Package struct {
	Identifier string // of the receipt
	Version    string
	Title      string // for people, in the product archive
	Payload    payload.Tree
	Scripts    payload.Tree
	// Time is when everything in the package was last changed.
	Time time.Time
}

var (
	identifierForm = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9_-]*(\.[A-Za-z0-9_-]+)+$`)
	versionForm    = regexp.MustCompile(`^[0-9][0-9A-Za-z.+-]*$`)
)

func (p Package) check() error {
	switch {
	case !identifierForm.MatchString(p.Identifier):
		return fmt.Errorf("%q is not a bundle identifier: it needs the form com.example.name", p.Identifier)
	case !versionForm.MatchString(p.Version):
		return fmt.Errorf("%q is not a version: it begins with a digit and holds letters, digits, dots, hyphens and plus signs", p.Version)
	case p.Time.Unix() <= 0:
		return errors.New("the package has no time; set SOURCE_DATE_EPOCH to seconds since 1970")
	}
	return nil
}

// Component writes the component package.
func (p Package) Component(w io.Writer) error {
	files, err := p.component()
	if err != nil {
		return err
	}
	return xar.Write(w, files, p.Time)
}

// Product writes the product archive. Its component has the name of the
// identifier inside.
func (p Package) Product(w io.Writer) error {
	files, err := p.component()
	if err != nil {
		return err
	}
	dist, err := p.distribution(p.componentName())
	if err != nil {
		return err
	}
	return xar.Write(w, []xar.File{
		{Name: "Distribution", Data: dist},
		{Name: p.componentName(), Files: files},
	}, p.Time)
}

func (p Package) component() ([]xar.File, error) {
	if err := p.check(); err != nil {
		return nil, err
	}
	bill, err := bom.Write(p.Payload, p.Time)
	if err != nil {
		return nil, err
	}
	content, err := archive(p.Payload, p.Time)
	if err != nil {
		return nil, err
	}
	scripts, err := archive(p.Scripts, p.Time)
	if err != nil {
		return nil, err
	}
	info, err := p.packageInfo()
	if err != nil {
		return nil, err
	}
	return []xar.File{
		{Name: "Bom", Data: bill},
		{Name: "Payload", Data: content, Stored: true},
		{Name: "Scripts", Data: scripts, Stored: true},
		{Name: "PackageInfo", Data: info},
	}, nil
}

// gzipUnix is the number of Unix in the header of a gzip stream.
const gzipUnix = 3

// archive makes a gzip-compressed cpio archive. The header of the gzip stream
// holds no name and no time.
func archive(t payload.Tree, when time.Time) ([]byte, error) {
	var out bytes.Buffer
	z, err := gzip.NewWriterLevel(&out, gzip.BestCompression)
	if err != nil {
		return nil, err
	}
	z.OS = gzipUnix
	if err := cpio.Write(z, t, when); err != nil {
		return nil, err
	}
	if err := z.Close(); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}

// A Bundle is an application in the payload.
type bundle struct {
	Path         string `xml:"path,attr"` // begins with "./"
	ID           string `xml:"id,attr"`
	ShortVersion string `xml:"CFBundleShortVersionString,attr,omitempty"`
	Version      string `xml:"CFBundleVersion,attr,omitempty"`
}

// bundlesOf finds the applications in a payload by their Info.plist.
func bundlesOf(t payload.Tree) ([]bundle, error) {
	var out []bundle
	for _, e := range t {
		dir, ok := strings.CutSuffix(e.Path, ".app/Contents/Info.plist")
		if !ok || e.Dir {
			continue
		}
		var info struct {
			ID           string `plist:"CFBundleIdentifier"`
			ShortVersion string `plist:"CFBundleShortVersionString"`
			Version      string `plist:"CFBundleVersion"`
			Executable   string `plist:"CFBundleExecutable"`
		}
		if _, err := plist.Unmarshal(e.Data, &info); err != nil {
			return nil, fmt.Errorf("%s: %w", e.Path, err)
		}
		if info.ID == "" {
			return nil, fmt.Errorf("%s has no CFBundleIdentifier", e.Path)
		}
		if _, ok := t.Find(path.Join(dir+".app", "Contents/MacOS", info.Executable)); !ok || info.Executable == "" {
			return nil, fmt.Errorf("%s names the program %q, which is not in the application", e.Path, info.Executable)
		}
		out = append(out, bundle{"./" + dir + ".app", info.ID, info.ShortVersion, info.Version})
	}
	return out, nil
}

func marshal(v any) ([]byte, error) {
	text, err := xml.MarshalIndent(v, "", "    ")
	if err != nil {
		return nil, err
	}
	return append([]byte(xml.Header), append(text, '\n')...), nil
}
