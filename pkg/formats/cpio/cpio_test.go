package cpio

import (
	"bytes"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"installordefer/pkg/formats/payload"
)

var when = time.Unix(1763424000, 0)

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
	var b bytes.Buffer
	if err := Write(&b, tr, when); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestAnArchiveReadsBackAsItWasWritten(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(r *rapid.T) {
		files := rapid.MapOf(
			rapid.StringMatching(`[a-c ]{1,4}(/[a-c.é]{0,3}[a-c]){0,2}`),
			rapid.SliceOfN(rapid.Byte(), 0, 700),
		).Draw(r, "files")
		tr, err := payload.New(files)
		if err != nil {
			r.Skip("a file with a file in it")
		}
		var b bytes.Buffer
		if err := Write(&b, tr, when); err != nil {
			r.Fatal(err)
		}
		if b.Len()%512 != 0 {
			r.Fatalf("%d bytes are no whole blocks", b.Len())
		}
		back, err := Read(&b, 1<<20)
		if err != nil {
			r.Fatal(err)
		}
		for i := range tr { // no data is no data
			if len(tr[i].Data) == 0 {
				tr[i].Data = nil
			}
		}
		if d := cmp.Diff(tr, back); d != "" {
			r.Fatal(d)
		}
	})
}

func TestTheHeaderIsTheOneOfTheStandard(t *testing.T) {
	t.Parallel()
	got := write(t, tree(t, map[string][]byte{"a": []byte("#!/bin/sh\n")}))
	want := "070707" + "000000" + "000001" + "040755" + "000000" + "000000" + "000002" + "000000" +
		"15106733400" + "000002" + "00000000000" + ".\x00" +
		"070707" + "000000" + "000002" + "100755" + "000000" + "000000" + "000001" + "000000" +
		"15106733400" + "000004" + "00000000012" + "./a\x00" + "#!/bin/sh\n" +
		"070707" + "000000" + "000000" + "000000" + "000000" + "000000" + "000001" + "000000" +
		"00000000000" + "000013" + "00000000000" + "TRAILER!!!\x00"
	if string(bytes.TrimRight(got, "\x00"))+"\x00" != want {
		t.Errorf("got  %q\nwant %q", got, want)
	}
}

func TestWhatTheFieldsCannotHoldIsRefused(t *testing.T) {
	t.Parallel()
	root := payload.Entry{Path: ".", Dir: true, Mode: 0o755}
	for name, e := range map[string]payload.Entry{
		"user id":  {Path: "a", Mode: 0o644, UID: 1 << 18},
		"group id": {Path: "a", Mode: 0o644, GID: 1 << 18},
	} {
		err := Write(&bytes.Buffer{}, payload.Tree{root, e}, when)
		if err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := Write(&bytes.Buffer{}, payload.Tree{root}, time.Unix(1<<33, 0)); err == nil {
		t.Error("a time after 2242 was taken")
	}
	if err := Write(&bytes.Buffer{}, payload.Tree{root}, time.Unix(-1, 0)); err == nil {
		t.Error("a time before 1970 was taken")
	}
}

func TestDamagedArchivesAreRefusedWithAReason(t *testing.T) {
	t.Parallel()
	good := string(write(t, tree(t, map[string][]byte{"a": []byte("text"), "b": nil})))
	for name, c := range map[string]struct{ data, want string }{
		"nothing":         {"", "EOF"},
		"cut off":         {good[:200], "EOF"},
		"another format":  {strings.Replace(good, "070707", "070701", 1), "header"},
		"no octal number": {strings.Replace(good, "070707000000000001", "070707000000000009", 1), "octal"},
		"a link":          {strings.Replace(good, "100644", "120644", 1), "neither"},
		"shared inode":    {strings.Replace(good, "070707000000000003", "070707000000000002", 1), "inode"},
		"no name":         {strings.Replace(good, "00000200000000000.\x00", "00000000000000000.\x00", 1), "name of 0"},
		"name not ended":  {strings.Replace(good, "./a\x00", "./aa", 1), "does not end"},
	} {
		_, err := Read(strings.NewReader(c.data), 1<<20)
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: got %v, want an error with %q", name, err, c.want)
		}
	}
	if _, err := Read(strings.NewReader(good), 3); err == nil {
		t.Error("an archive larger than the limit was taken")
	}
}

func TestCpioListsTheArchive(t *testing.T) {
	t.Parallel()
	tool, err := exec.LookPath("cpio")
	if err != nil {
		t.Skip("cpio is not installed (Debian package cpio); the archive is not read by a second program here")
	}
	cmd := exec.Command(tool, "-itv", "--numeric-uid-gid", "--quiet")
	cmd.Env = []string{"TZ=UTC", "LC_ALL=C"}
	cmd.Stdin = bytes.NewReader(write(t, tree(t, map[string][]byte{"Library/Application Support/x": []byte("#!/bin/sh\n"), "y": []byte("y")})))
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	var got []string
	for line := range strings.Lines(string(out)) {
		f := strings.Fields(line)
		got = append(got, strings.Join(append([]string{f[0], f[2], f[3], f[4]}, f[8:]...), " "))
	}
	want := []string{
		"drwxr-xr-x 0 0 0 .",
		"drwxr-xr-x 0 0 0 ./Library",
		"drwxr-xr-x 0 80 0 ./Library/Application Support",
		"-rwxr-xr-x 0 0 10 ./Library/Application Support/x",
		"-rw-r--r-- 0 0 1 ./y",
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("%s\n%s", d, out)
	}
}

// FuzzRead: no archive brings the reader down, and what it takes it writes
// back to the same files.
func FuzzRead(f *testing.F) {
	f.Add(write(f, tree(f, map[string][]byte{"a/b": []byte("x"), "c": nil})))
	f.Add([]byte("070707"))
	f.Fuzz(func(t *testing.T, data []byte) {
		tr, err := Read(bytes.NewReader(data), 1<<20)
		if err != nil {
			return
		}
		var b bytes.Buffer
		if err := Write(&b, tr, when); err != nil {
			t.Fatal(err)
		}
		back, err := Read(&b, 1<<20)
		if err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(tr, back); d != "" {
			t.Error(d)
		}
	})
}
