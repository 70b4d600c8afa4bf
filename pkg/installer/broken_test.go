package installer

import (
	"bytes"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"installordefer/pkg/formats/payload"
	"installordefer/pkg/formats/xar"
)

func small(t *testing.T) Package {
	t.Helper()
	content, err := payload.New(map[string][]byte{"Library/a": []byte("a"), "Library/b": []byte("b")})
	if err != nil {
		t.Fatal(err)
	}
	scripts, err := payload.New(map[string][]byte{"preinstall": []byte("#!/bin/sh\n"), "postinstall": []byte("#!/bin/sh\n")})
	if err != nil {
		t.Fatal(err)
	}
	return Package{Identifier: "com.example.updates", Version: "1", Title: "Updates", Payload: content, Scripts: scripts, Time: time.Unix(1763424000, 0)}
}

// with writes a component after a change to its members.
func (p Package) with(t *testing.T, change func([]xar.File) []xar.File) []byte {
	t.Helper()
	files, err := p.component()
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := xar.Write(&b, change(files), p.Time); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// Packages whose parts are each sound and do not fit each other.
func TestTheCheckComparesThePartsOfAPackage(t *testing.T) {
	t.Parallel()
	p := small(t)
	bigger, err := payload.New(map[string][]byte{"Library/a": []byte("a"), "Library/b": []byte("bb"), "Library/c": nil})
	if err != nil {
		t.Fatal(err)
	}
	other := p
	other.Payload = bigger
	from := func(q Package, name string) xar.File {
		files, err := q.component()
		if err != nil {
			t.Fatal(err)
		}
		f, _ := member(files, name)
		return f
	}
	replace := func(f xar.File) func([]xar.File) []xar.File {
		return func(files []xar.File) []xar.File {
			for i := range files {
				if files[i].Name == f.Name {
					files[i] = f
				}
			}
			return files
		}
	}
	edit := func(name, old, with string) func([]xar.File) []xar.File {
		f := from(p, name)
		f.Data = bytes.Replace(f.Data, []byte(old), []byte(with), 1)
		return replace(f)
	}
	swap := from(p, "Bom")
	swap.Stored = true
	for name, c := range map[string]struct {
		change func([]xar.File) []xar.File
		want   string
	}{
		"Bom of another payload":     {replace(from(other, "Bom")), "Bom: Library/c is not in the payload"},
		"payload of another Bom":     {replace(from(other, "Payload")), "Bom: size or checksum of Library/b differs"},
		"info of another payload":    {replace(from(other, "PackageInfo")), "PackageInfo does not fit"},
		"a member too few":           {func(f []xar.File) []xar.File { return f[1:] }, "has no Bom"},
		"a member too many":          {func(f []xar.File) []xar.File { return append(f, xar.File{Name: "Extra"}) }, "members besides"},
		"a compressed Payload":       {func(f []xar.File) []xar.File { f[1].Stored = false; return f }, "Payload is not stored"},
		"an uncompressed Bom":        {replace(swap), "Bom is not stored"},
		"files that are the user's":  {edit("PackageInfo", `auth="root"`, `auth="none"`), "PackageInfo does not fit"},
		"a movable application":      {edit("PackageInfo", "<relocate></relocate>", `<relocate><bundle id="x"/></relocate>`), "PackageInfo does not fit"},
		"a restart after installing": {edit("PackageInfo", `postinstall-action="none"`, `postinstall-action="restart"`), "PackageInfo does not fit"},
		"a script that is not named": {edit("PackageInfo", `<preinstall file="./preinstall"></preinstall>`, ""), "PackageInfo does not fit"},
		"broken XML":                 {edit("PackageInfo", "</pkg-info>", ""), "PackageInfo:"},
		"a payload that is no gzip":  {replace(xar.File{Name: "Payload", Stored: true, Data: []byte("payload")}), "Payload:"},
		"a payload with a tail":      {replace(xar.File{Name: "Payload", Stored: true, Data: append(from(p, "Payload").Data, 0)}), "behind the end"},
		"a header with a time":       {replace(xar.File{Name: "Scripts", Stored: true, Data: withGzipTime(from(p, "Scripts").Data)}), "tells of the machine"},
	} {
		err := Check(p.with(t, c.change), Expect{})
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: got %v, want an error with %q", name, err, c.want)
		}
	}
}

// withGzipTime sets the time in the header of a gzip stream.
func withGzipTime(b []byte) []byte {
	b = bytes.Clone(b)
	b[4] = 1
	return b
}

func TestTheCheckReadsTheDistribution(t *testing.T) {
	t.Parallel()
	p := small(t)
	files, err := p.component()
	if err != nil {
		t.Fatal(err)
	}
	good, err := p.distribution("x.pkg")
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct{ old, with, want string }{
		"no arm64":              {"arm64,x86_64", "x86_64", "Distribution does not fit"},
		"macOS 11":              {`min="12.0"`, `min="11.0"`, "Distribution does not fit"},
		"another component":     {"#x.pkg", "#y.pkg", "Distribution does not fit"},
		"another version":       {`version="1"`, `version="2"`, "Distribution does not fit"},
		"installs for a person": {`enable_currentUserHome="false"`, `enable_currentUserHome="true"`, "Distribution does not fit"},
		"broken XML":            {"</title>", "</titel>", "Distribution:"},
	} {
		bad := bytes.Replace(good, []byte(c.old), []byte(c.with), 1)
		if bytes.Equal(bad, good) {
			t.Fatalf("%s: the edit changes nothing", name)
		}
		var b bytes.Buffer
		if err := xar.Write(&b, []xar.File{{Name: "Distribution", Data: bad}, {Name: "x.pkg", Files: files}}, p.Time); err != nil {
			t.Fatal(err)
		}
		if err := Check(b.Bytes(), Expect{}); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: got %v, want an error with %q", name, err, c.want)
		}
	}
	var b bytes.Buffer
	if err := xar.Write(&b, []xar.File{{Name: "Distribution", Data: good}}, p.Time); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(b.Bytes()); err == nil {
		t.Error("a product archive without a component was taken")
	}
}

// Every cut and any number of flipped bits is seen. That every single bit
// counts is shown where the archive is read.
func TestDamagedPackagesAreSeen(t *testing.T) {
	t.Parallel()
	var b bytes.Buffer
	if err := small(t).Product(&b); err != nil {
		t.Fatal(err)
	}
	good := b.Bytes()
	random := rand.New(rand.NewPCG(1, 2))
	for range 2000 {
		bad := bytes.Clone(good)
		if random.IntN(4) == 0 {
			bad = bad[:random.IntN(len(bad))]
		}
		for range random.IntN(3) + 1 {
			if len(bad) > 0 {
				bad[random.IntN(len(bad))] ^= 1 << random.IntN(8)
			}
		}
		if bytes.Equal(bad, good) {
			continue
		}
		if _, err := Open(bad); err == nil {
			t.Fatal("a damaged package was taken")
		}
	}
}
