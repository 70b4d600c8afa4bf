package installer

import (
	"bytes"
	"compress/gzip"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"path"
	"strings"

	"installordefer/pkg/formats/bom"
	"installordefer/pkg/formats/cpio"
	"installordefer/pkg/formats/payload"
	"installordefer/pkg/formats/xar"
)

// maxContent bounds what Open unpacks of one archive, in bytes.
const maxContent = 1 << 28

// Contents is what a package holds, unpacked.
type Contents struct {
	Payload, Scripts payload.Tree
	Bom              []bom.Record

	info     packageInfo
	infoText []byte
	dist     *distribution // nil in a component package
	distText []byte
	// component is the name of the folder with the component in a product.
	component string
}

// Product tells whether the package is a product archive.
func (c *Contents) Product() bool { return c.dist != nil }

// Identifier and Version are what the receipt will say.
func (c *Contents) Identifier() string { return c.info.Identifier }

// Version is the version of the package.
func (c *Contents) Version() string { return c.info.Version }

// Open unpacks a component package or a product archive. It verifies every
// checksum and length; whether the contents are right is another question,
// which Check answers.
func Open(data []byte) (*Contents, error) {
	files, err := xar.Read(data)
	if err != nil {
		return nil, err
	}
	c := &Contents{}
	if dist, ok := member(files, "Distribution"); ok {
		c.dist, c.distText = &distribution{}, dist.Data
		if err := xml.Unmarshal(dist.Data, c.dist); err != nil {
			return nil, fmt.Errorf("the Distribution: %w", err)
		}
		if len(files) != 2 || files[1].Files == nil {
			return nil, errors.New("a product archive holds a Distribution and one component, in this order")
		}
		c.component = files[1].Name
		files = files[1].Files
	}
	if err := c.open(files); err != nil {
		return nil, err
	}
	return c, nil
}

func member(files []xar.File, name string) (xar.File, bool) {
	for _, f := range files {
		if f.Name == name && f.Files == nil {
			return f, true
		}
	}
	return xar.File{}, false
}

// componentNames are the members of a component package.
var componentNames = []string{"Bom", "Payload", "Scripts", "PackageInfo"}

func (c *Contents) open(files []xar.File) error {
	parts := map[string]xar.File{}
	for _, name := range componentNames {
		f, ok := member(files, name)
		if !ok {
			return fmt.Errorf("the component has no %s", name)
		}
		archive := name == "Payload" || name == "Scripts"
		if f.Stored != archive {
			return fmt.Errorf("%s is not stored as the Installer needs it: Payload and Scripts as they are, the others compressed", name)
		}
		parts[name] = f
	}
	if len(files) != len(componentNames) {
		return fmt.Errorf("the component has members besides %s", strings.Join(componentNames, ", "))
	}
	var err error
	if c.Bom, err = bom.Read(parts["Bom"].Data); err != nil {
		return err
	}
	if c.Payload, err = unpack(parts["Payload"].Data); err != nil {
		return fmt.Errorf("the Payload: %w", err)
	}
	if c.Scripts, err = unpack(parts["Scripts"].Data); err != nil {
		return fmt.Errorf("the Scripts: %w", err)
	}
	c.infoText = parts["PackageInfo"].Data
	if err := xml.Unmarshal(c.infoText, &c.info); err != nil {
		return fmt.Errorf("the PackageInfo: %w", err)
	}
	return nil
}

func unpack(b []byte) (payload.Tree, error) {
	in := bytes.NewReader(b)
	z, err := gzip.NewReader(in)
	if err != nil {
		return nil, err
	}
	z.Multistream(false)
	if z.Name != "" || z.Comment != "" || !z.ModTime.IsZero() || z.OS != gzipUnix {
		return nil, errors.New("the gzip header tells of the machine that built the package")
	}
	t, err := cpio.Read(z, maxContent)
	if err != nil {
		return nil, err
	}
	rest, err := io.ReadAll(io.LimitReader(z, maxContent))
	if err != nil {
		return nil, err
	}
	if len(bytes.Trim(rest, "\x00")) != 0 || in.Len() != 0 {
		return nil, errors.New("there is data behind the end of the archive")
	}
	return t, nil
}

// filesOf returns the files of a tree by path.
func filesOf(t payload.Tree) map[string][]byte {
	out := map[string][]byte{}
	for _, e := range t {
		if !e.Dir {
			out[path.Clean(e.Path)] = e.Data
		}
	}
	return out
}
