package xar

import (
	"bytes"
	"compress/zlib"
	"crypto/sha1"
	"encoding/binary"
	"io"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

var when = time.Unix(1763424000, 0)

var sample = []File{
	{Name: "Distribution", Data: []byte("<installer-gui-script/>")},
	{Name: "a & b.pkg", Files: []File{
		{Name: "Payload", Data: bytes.Repeat([]byte("payload"), 100), Stored: true},
		{Name: "Empty", Data: []byte{}},
	}},
}

func write(t testing.TB, files []File) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := Write(&b, files, when); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestAnArchiveReadsBackAsItWasWritten(t *testing.T) {
	t.Parallel()
	got, err := Read(write(t, sample))
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(sample, got); d != "" {
		t.Error(d)
	}
	rapid.Check(t, func(r *rapid.T) {
		names := rapid.SliceOfNDistinct(rapid.StringMatching(`[a-zé<&"' ]{1,6}x`), 1, 5, rapid.ID[string]).Draw(r, "names")
		var files []File
		for _, n := range names {
			files = append(files, File{Name: n, Data: rapid.SliceOf(rapid.Byte()).Draw(r, "data"), Stored: rapid.Bool().Draw(r, "stored")})
		}
		got, err := Read(write(t, files))
		if err != nil {
			r.Fatal(err)
		}
		if d := cmp.Diff(files, got); d != "" {
			r.Fatal(d)
		}
	})
}

func TestTheHeaderAndTheTableAreThoseOfTheFormat(t *testing.T) {
	t.Parallel()
	b := write(t, sample[:1])
	if !bytes.HasPrefix(b, []byte("xar!\x00\x1c\x00\x01")) || binary.BigEndian.Uint32(b[24:]) != 1 {
		t.Errorf("header % x", b[:28])
	}
	packed := b[28 : 28+binary.BigEndian.Uint64(b[8:])]
	z, err := zlib.NewReader(bytes.NewReader(packed))
	if err != nil {
		t.Fatal(err)
	}
	text, err := io.ReadAll(z)
	if err != nil {
		t.Fatal(err)
	}
	want := `<?xml version="1.0" encoding="UTF-8"?>
<xar>
 <toc>
  <creation-time>2025-11-18T00:00:00</creation-time>
  <checksum style="sha1">
   <offset>0</offset>
   <size>20</size>
  </checksum>
  <file id="1">
   <name>Distribution</name>
   <type>file</type>
   <mode>0644</mode>
   <uid>0</uid>
   <user>root</user>
   <gid>0</gid>
   <group>wheel</group>
   <mtime>2025-11-18T00:00:00Z</mtime>
   <data>
    <archived-checksum style="sha1">1</archived-checksum>
    <extracted-checksum style="sha1">2</extracted-checksum>
    <encoding style="application/x-gzip"></encoding>
    <size>23</size>
    <offset>20</offset>
    <length>3</length>
   </data>
  </file>
 </toc>
</xar>
`
	stored, err := deflate(sample[0].Data)
	if err != nil {
		t.Fatal(err)
	}
	want = strings.Replace(want, ">1<", ">"+digestOf(stored).Hex+"<", 1)
	want = strings.Replace(want, ">2<", ">"+digestOf(sample[0].Data).Hex+"<", 1)
	want = strings.Replace(want, "<length>3<", "<length>"+strconv.Itoa(len(stored))+"<", 1)
	if d := cmp.Diff(want, string(text)); d != "" {
		t.Error(d)
	}
}

// Every bit of an archive counts: there is none that could be another one
// without Read seeing it.
func TestEveryFlippedBitIsSeen(t *testing.T) {
	t.Parallel()
	good := write(t, sample)
	for at := range good {
		for bit := range 8 {
			bad := bytes.Clone(good)
			bad[at] ^= 1 << bit
			if _, err := Read(bad); err == nil {
				t.Errorf("bit %d of byte %d of %d does not count", bit, at, len(good))
			}
		}
	}
}

func TestEveryCutIsSeen(t *testing.T) {
	t.Parallel()
	good := write(t, sample)
	for n := range good {
		if _, err := Read(good[:n]); err == nil {
			t.Errorf("an archive of %d of %d bytes was taken", n, len(good))
		}
	}
	if _, err := Read(append(bytes.Clone(good), 0)); err == nil {
		t.Error("an archive with a byte too many was taken")
	}
}

// withTOC replaces the text of the table and keeps its checksum right, as
// somebody would who means harm.
func withTOC(t *testing.T, b []byte, edit func(string) string) []byte {
	t.Helper()
	packed := binary.BigEndian.Uint64(b[8:])
	text, err := inflate(b[28:28+packed], int64(binary.BigEndian.Uint64(b[16:])))
	if err != nil {
		t.Fatal(err)
	}
	changed := edit(string(text))
	if changed == string(text) {
		t.Fatal("the edit changes nothing")
	}
	toc, err := deflate([]byte(changed))
	if err != nil {
		t.Fatal(err)
	}
	head := bytes.Clone(b[:28])
	binary.BigEndian.PutUint64(head[8:], uint64(len(toc)))
	binary.BigEndian.PutUint64(head[16:], uint64(len(changed)))
	sum := sha1.Sum(toc)
	return bytes.Join([][]byte{head, toc, sum[:], b[28+packed+20:]}, nil)
}

func TestAnArchiveMadeToHarmIsRefused(t *testing.T) {
	t.Parallel()
	good := write(t, sample)
	replace := func(old, with string) func(string) string {
		return func(s string) string { return strings.Replace(s, old, with, 1) }
	}
	for name, c := range map[string]struct {
		edit func(string) string
		want string
	}{
		"a name that leaves":   {replace("<name>Distribution", "<name>../Distribution"), "not a name"},
		"no name":              {replace("<name>Distribution", "<name>"), "not a name"},
		"a name twice":         {replace("<name>Empty", "<name>Payload"), "two members"},
		"a link":               {replace("<type>file", "<type>symlink"), "not known"},
		"a folder with data":   {replace("<type>file", "<type>directory"), "not known"},
		"outside":              {replace("<length>700", "<length>7000"), "outside"},
		"a negative offset":    {replace("<offset>20<", "<offset>-20<"), "outside"},
		"too large":            {replace("<size>23<", "<size>99999999999<"), "too large"},
		"another length":       {replace("<size>23<", "<size>24<"), "not as long"},
		"shorter than stored":  {replace("<size>700<", "<size>699<"), "not as long"},
		"an unknown encoding":  {replace("application/x-gzip", "application/x-bzip2"), "not known"},
		"an unknown checksum":  {replace(`archived-checksum style="sha1"`, `archived-checksum style="md5"`), "checksum"},
		"a moved TOC checksum": {replace("<offset>0<", "<offset>4<"), "checksum of the table"},
		"broken XML":           {replace("</toc>", "</tac>"), "table of contents"},
	} {
		_, err := Read(withTOC(t, good, c.edit))
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: got %v, want an error with %q", name, err, c.want)
		}
	}
}

func TestBytesThatNobodyClaimsAreSeen(t *testing.T) {
	t.Parallel()
	good := write(t, []File{{Name: "a", Data: []byte("aa"), Stored: true}, {Name: "b", Data: []byte("aa"), Stored: true}})
	bad := withTOC(t, good, func(s string) string { return strings.Replace(s, "<offset>22<", "<offset>20<", 1) })
	if _, err := Read(bad); err == nil || !strings.Contains(err.Error(), "overlap") {
		t.Errorf("two members with the same bytes: %v", err)
	}
}

// FuzzRead: no archive brings the reader down, and what it takes it writes
// back to the same members.
func FuzzRead(f *testing.F) {
	f.Add(write(f, sample))
	f.Add(write(f, nil))
	f.Add([]byte("xar!"))
	f.Fuzz(func(t *testing.T, data []byte) {
		files, err := Read(data)
		if err != nil {
			return
		}
		back, err := Read(write(t, files))
		if err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(files, back); d != "" {
			t.Error(d)
		}
	})
}
