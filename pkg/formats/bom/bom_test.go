package bom

import (
	"bytes"
	"fmt"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"installordefer/pkg/formats/payload"
	"installordefer/pkg/formats/universal"
)

var when = time.Unix(1763424000, 0)

func thin(cpu byte, text string) []byte {
	b := []byte{0xcf, 0xfa, 0xed, 0xfe, cpu, 0, 0, 1}
	return append(append(b, make([]byte, 24)...), text...)
}

func program(t testing.TB) []byte {
	t.Helper()
	b, err := universal.Join(thin(7, "intel"), thin(12, "arm"))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func tree(t testing.TB, files map[string][]byte) payload.Tree {
	t.Helper()
	tr, err := payload.New(files)
	if err != nil {
		t.Fatal(err)
	}
	return tr
}

func write(t testing.TB, tr payload.Tree) []byte {
	t.Helper()
	b, err := Write(tr, when)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestTheChecksumIsThatOfCksum(t *testing.T) {
	t.Parallel()
	// Published values of cksum(1).
	for text, want := range map[string]uint32{"": 4294967295, "123456789": 930766865} {
		if got := Cksum([]byte(text)); got != want {
			t.Errorf("%q: %d, want %d", text, got, want)
		}
	}
	tool, err := exec.LookPath("cksum")
	if err != nil {
		t.Skip("cksum is not installed; only the published values were compared")
	}
	data := bytes.Repeat([]byte("install or defer "), 5000)
	cmd := exec.Command(tool)
	cmd.Stdin = bytes.NewReader(data)
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	if want := strings.Fields(string(out))[0]; strconv.Itoa(int(Cksum(data))) != want {
		t.Errorf("%d, and cksum says %s", Cksum(data), want)
	}
}

func recordsOf(t testing.TB, tr payload.Tree) []Record {
	t.Helper()
	var out []Record
	for _, e := range tr {
		r := Record{Path: e.Path, Dir: e.Dir, Mode: e.Mode, UID: e.UID, GID: e.GID, Size: uint32(len(e.Data))}
		if !e.Dir {
			r.Cksum = Cksum(e.Data)
		}
		parts, _ := universal.Slices(e.Data)
		for _, s := range parts {
			r.Slices = append(r.Slices, SliceRecord{s.CPU, s.Subtype, uint32(len(s.Data)), Cksum(s.Data)})
		}
		out = append(out, r)
	}
	return out
}

func sorted(rs []Record) []Record {
	rs = slices.Clone(rs)
	slices.SortFunc(rs, func(a, b Record) int { return payload.ComparePaths(a.Path, b.Path) })
	return rs
}

func TestABillReadsBackAsItWasWritten(t *testing.T) {
	t.Parallel()
	tr := tree(t, map[string][]byte{
		"Library/Application Support/x/job": program(t),
		"Library/Application Support/x/a b": []byte("text"),
		"Library/LaunchDaemons/x.plist":     nil,
	})
	got, err := Read(write(t, tr))
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(recordsOf(t, tr), sorted(got)); d != "" {
		t.Error(d)
	}
}

func TestAnyTreeReadsBack(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(r *rapid.T) {
		files := rapid.MapOf(
			rapid.StringMatching(`[a-c .]{0,3}x(/[a-cé]{1,3}){0,3}`),
			rapid.SliceOfN(rapid.Byte(), 0, 20),
		).Draw(r, "files")
		tr, err := payload.New(files)
		if err != nil {
			r.Skip("not a tree")
		}
		got, err := Read(write(t, tr))
		if err != nil {
			r.Fatal(err)
		}
		if d := cmp.Diff(recordsOf(t, tr), sorted(got)); d != "" {
			r.Fatal(d)
		}
	})
}

// More paths than fit in a leaf: 256 are the custom.
func TestManyPathsAreSpreadOverLeaves(t *testing.T) {
	t.Parallel()
	for _, n := range []int{254, 255, 256, 512, 3000} {
		files := map[string][]byte{}
		for i := range n {
			files[fmt.Sprintf("folder %d/%d", i%7, i)] = []byte(strconv.Itoa(i))
		}
		tr := tree(t, files)
		got, err := Read(write(t, tr))
		if err != nil {
			t.Fatalf("%d files: %v", n, err)
		}
		if d := cmp.Diff(recordsOf(t, tr), sorted(got)); d != "" {
			t.Errorf("%d files: %s", n, d)
		}
	}
}

// The sizes of the records are those of Apple's: 31 for a folder, 35 for a
// file, 72 for a universal program of two.
func TestRecordsHaveTheSizesOfApples(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		entry payload.Entry
		size  int
		head  string
	}{
		{payload.Entry{Path: ".", Dir: true, Mode: 0o755, GID: 80}, 31, "\x02\x01\x00\x0f\x41\xed\x00\x00\x00\x00\x00\x00\x00\x50"},
		{payload.Entry{Path: "a", Mode: 0o644, Data: []byte("a")}, 35, "\x01\x01\x00\x0f\x81\xa4\x00\x00\x00\x00\x00\x00\x00\x00"},
		{payload.Entry{Path: "a", Mode: 0o755, Data: program(t)}, 72, "\x01\x01\x20\x0f\x81\xed\x00\x00\x00\x00\x00\x00\x00\x00"},
	} {
		got, err := record(c.entry, 1)
		if err != nil {
			t.Fatal(err)
		}
		if len(got) != c.size || !bytes.HasPrefix(got, []byte(c.head)) {
			t.Errorf("%d bytes % x, want %d bytes from % x", len(got), got, c.size, c.head)
		}
	}
}

func TestTheProcessorsAreCounted(t *testing.T) {
	t.Parallel()
	got, err := bomInfo(tree(t, map[string][]byte{"a": program(t), "b": []byte("12345")}))
	if err != nil {
		t.Fatal(err)
	}
	var words []uint32
	for ; len(got) >= 4; got = got[4:] {
		words = append(words, be.Uint32(got))
	}
	want := []uint32{
		1, 4, 3, // version, paths + 1, processors
		0, 0, 5, 0,
		uint32(universal.X86_64), 0, 32 + 5, 0,
		uint32(universal.ARM64), 0, 32 + 3, 0,
	}
	if d := cmp.Diff(want, words); d != "" {
		t.Error(d)
	}
}

func TestTreesThatAreNotWholeAreRefused(t *testing.T) {
	t.Parallel()
	root := payload.Entry{Path: ".", Dir: true, Mode: 0o755}
	for name, tr := range map[string]payload.Tree{
		"nothing":        nil,
		"no root":        {{Path: "a", Mode: 0o644}},
		"missing folder": {root, {Path: "a/b", Mode: 0o644}},
		"broken program": {root, {Path: "a", Mode: 0o755, Data: program(t)[:5000]}},
	} {
		if _, err := Write(tr, when); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

// The Installer finds paths by bisection; a list in another order installs
// half of the files and says nothing.
func TestAListInTheWrongOrderIsSeen(t *testing.T) {
	t.Parallel()
	rows, err := number(tree(t, map[string][]byte{"a/z": nil, "b": nil, "c": nil}))
	if err != nil {
		t.Fatal(err)
	}
	build := func(rows []row) []byte {
		s := newStore()
		for _, name := range []string{"BomInfo", "HLIndex", "VIndex", "Size64"} {
			s.name(name, s.add([]byte{0}))
		}
		if err := s.paths(rows, 1); err != nil {
			t.Fatal(err)
		}
		return s.bytes()
	}
	if _, err := Read(build(rows)); err != nil {
		t.Fatalf("in order: %v", err)
	}
	for i := 1; i+1 < len(rows); i++ {
		bad := slices.Clone(rows)
		bad[i], bad[i+1] = bad[i+1], bad[i]
		if _, err := Read(build(bad)); err == nil || !strings.Contains(err.Error(), "sorted") {
			t.Errorf("rows %d and %d swapped: %v", i, i+1, err)
		}
	}
}

func TestEveryCutIsSeen(t *testing.T) {
	t.Parallel()
	good := write(t, tree(t, map[string][]byte{"a/b": []byte("x"), "c": program(t)}))
	for n := 0; n < len(good); n += 7 {
		if _, err := Read(good[:n]); err == nil {
			t.Errorf("a bill of %d of %d bytes was taken", n, len(good))
		}
	}
}

// FuzzRead: no bill brings the reader down or keeps it busy.
func FuzzRead(f *testing.F) {
	f.Add(write(f, tree(f, map[string][]byte{"a/b": []byte("x"), "c": program(f)})))
	many := map[string][]byte{}
	for i := range 300 {
		many[strconv.Itoa(i)] = nil
	}
	f.Add(write(f, tree(f, many)))
	f.Add([]byte(magic))
	f.Fuzz(func(t *testing.T, data []byte) {
		records, err := Read(data)
		if err == nil && len(records) > maxPaths {
			t.Errorf("%d records", len(records))
		}
	})
}
