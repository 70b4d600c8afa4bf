// Package release says of a package what it is, in a note that the organisation
// signs, and tells whether a package is what its note says.
//
// What must hold here: a note says nothing that was not read out of the package
// itself after it was built, and a package passes only if it is, byte for byte,
// the one that the note was signed for and holds what the note says. Nothing is
// taken from the name of a file. Keys are the organisation's: none is in here.
package release

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"path"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"

	"installordefer/internal/macos"
	"installordefer/internal/plist"
	"installordefer/pkg/installer"
)

// MaxPackage bounds the size of a package, in bytes.
const MaxPackage = 1 << 28

// MaxNote bounds the size of a note, in bytes.
const MaxNote = 64 << 10

// A Release is one package.
type Release struct {
	// Identifier and Version are those of the receipt.
	Identifier, Version string
	SHA256              string
	Size                int
	// MinimumMacOS, BundleID and BundleVersion are those of the application
	// inside.
	MinimumMacOS, BundleID, BundleVersion string
}

// Describe reads a package. It must pass the check of its parts.
func Describe(data []byte, anyProcessor bool) (Release, error) {
	if err := installer.Check(data, installer.Expect{AnyProcessor: anyProcessor}); err != nil {
		return Release{}, fmt.Errorf("the package is not whole: %w", err)
	}
	c, err := installer.Open(data)
	if err != nil {
		return Release{}, err
	}
	sum := sha256.Sum256(data)
	r := Release{Identifier: c.Identifier(), Version: c.Version(), SHA256: hex.EncodeToString(sum[:]), Size: len(data)}
	for _, e := range c.Payload {
		if strings.HasSuffix(path.Dir(e.Path), ".app/Contents") && path.Base(e.Path) == "Info.plist" {
			return r, r.read(e.Data)
		}
	}
	return Release{}, errors.New("the package holds no application")
}

// read takes what the application says of itself.
func (r *Release) read(info []byte) error {
	dict, err := plist.Decode(info, len(info)+1)
	if err != nil {
		return fmt.Errorf("the Info.plist of the application: %w", err)
	}
	text := func(key string) string { s, _ := dict[key].(string); return s }
	r.BundleID, r.BundleVersion, r.MinimumMacOS = text("CFBundleIdentifier"), text("CFBundleShortVersionString"), text("LSMinimumSystemVersion")
	if r.BundleID == "" || r.BundleVersion == "" {
		return errors.New("the Info.plist of the application has no CFBundleIdentifier or no CFBundleShortVersionString")
	}
	if r.MinimumMacOS == "" {
		r.MinimumMacOS = leastMacOS
	}
	return nil
}

// leastMacOS is what preinstall asks for.
const leastMacOS = "12.0"

// title is the first line of a note: what it is about, and its form.
const title = "install-or-defer release, form 1"

// text is what is signed.
func (r Release) text() string {
	var b strings.Builder
	b.WriteString(title + "\n")
	for _, f := range r.fields() {
		fmt.Fprintf(&b, "%s: %s\n", f[0], f[1])
	}
	return b.String()
}

func (r Release) fields() [][2]string {
	return [][2]string{
		{"identifier", r.Identifier}, {"version", r.Version}, {"sha256", r.SHA256}, {"size", strconv.Itoa(r.Size)},
		{"minimum macOS", r.MinimumMacOS}, {"CFBundleIdentifier", r.BundleID}, {"CFBundleShortVersionString", r.BundleVersion},
	}
}

// parse reads what was signed.
func parse(text string) (Release, error) {
	lines := strings.Split(strings.TrimSuffix(text, "\n"), "\n")
	if lines[0] != title {
		return Release{}, fmt.Errorf("the note begins with %.60q and not with %q", lines[0], title)
	}
	values := map[string]string{}
	for _, line := range lines[1:] {
		name, value, ok := strings.Cut(line, ": ")
		if _, twice := values[name]; !ok || twice {
			return Release{}, fmt.Errorf("the note has the line %.60q", line)
		}
		values[name] = value
	}
	size, err := strconv.Atoi(values["size"])
	r := Release{
		Identifier: values["identifier"], Version: values["version"], SHA256: values["sha256"], Size: size,
		MinimumMacOS: values["minimum macOS"], BundleID: values["CFBundleIdentifier"], BundleVersion: values["CFBundleShortVersionString"],
	}
	if err != nil || r.text() != text {
		return Release{}, errors.New("the note is not in the form of this version")
	}
	return r, nil
}

// Sign returns the note of a release, in the form of Go's signed notes.
func Sign(r Release, privateKey string) ([]byte, error) {
	signer, err := note.NewSigner(strings.TrimSpace(privateKey))
	if err != nil {
		return nil, fmt.Errorf("the key to sign with: %w", err)
	}
	return note.Sign(&note.Note{Text: r.text()}, signer)
}

// NewKey makes a pair of keys in the form of Go's signed notes.
func NewKey(name string) (private, public string, err error) {
	return note.GenerateKey(rand.Reader, name)
}

// Keys reads public keys, one for each word.
func Keys(words []string) (note.Verifiers, error) {
	var all []note.Verifier
	for _, w := range words {
		v, err := note.NewVerifier(w)
		if err != nil {
			return nil, fmt.Errorf("the key %.40q: %w", w, err)
		}
		all = append(all, v)
	}
	if len(all) == 0 {
		return nil, errors.New("there is no key to verify with")
	}
	return note.VerifierList(all...), nil
}

// ReadNote returns what a note says, if one of the keys has signed it, and whose.
func ReadNote(signed []byte, keys note.Verifiers) (r Release, signer string, err error) {
	n, err := note.Open(signed, keys)
	if err != nil {
		return Release{}, "", fmt.Errorf("the note is not signed by a key that is known: %w", err)
	}
	r, err = parse(n.Text)
	return r, n.Sigs[0].Name, err
}

// Verify tells whether a package is the one of a note.
func Verify(data, signed []byte, keys note.Verifiers, anyProcessor bool) (r Release, signer string, err error) {
	said, signer, err := ReadNote(signed, keys)
	if err != nil {
		return Release{}, "", err
	}
	if err := said.Is(data); err != nil {
		return Release{}, "", err
	}
	is, err := Describe(data, anyProcessor)
	if err != nil {
		return Release{}, "", err
	}
	if is != said {
		return Release{}, "", fmt.Errorf("the note says %v, and the package holds %v", said, is)
	}
	return is, signer, nil
}

// Is tells whether a package is, byte for byte, the one of the release.
func (r Release) Is(data []byte) error {
	if len(data) != r.Size {
		return fmt.Errorf("the package is not the one that was signed: it has %d bytes, and the note says %d", len(data), r.Size)
	}
	sum := sha256.Sum256(data)
	if got := hex.EncodeToString(sum[:]); got != r.SHA256 {
		return fmt.Errorf("the package is not the one that was signed: its SHA-256 is %s and that of the note %s", got, r.SHA256)
	}
	return nil
}

// Names tells whether a package says of itself what the release says: identifier
// and version. It asks less than Verify, so that an older program can judge a newer
// package.
func (r Release) Names(data []byte) error {
	c, err := installer.Open(data)
	if err != nil {
		return fmt.Errorf("the package is not whole: %w", err)
	}
	if c.Identifier() != r.Identifier || c.Version() != r.Version {
		return fmt.Errorf("the note says %s %s, and the package is %s %s", r.Identifier, r.Version, c.Identifier(), c.Version())
	}
	return nil
}

// Newer tells whether r is a later version than old, of the same identifier.
func (r Release) Newer(old Release) (bool, error) {
	if r.Identifier != old.Identifier {
		return false, fmt.Errorf("it is for the identifier %s, not %s", r.Identifier, old.Identifier)
	}
	a, err := macos.ParseVersion(r.Version)
	if err != nil {
		return false, err
	}
	b, err := macos.ParseVersion(old.Version)
	if err != nil {
		return false, err
	}
	return a.Compare(b) > 0, nil
}
