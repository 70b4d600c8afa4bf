package atomicfile

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

func names(t *testing.T, dir string) (names []string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return names
}

func mustHold(t *testing.T, path, want string) {
	t.Helper()
	got, err := os.ReadFile(path)
	if err != nil || string(got) != want {
		t.Errorf("%s holds %.40q, %v, want %.40q", path, got, err, want)
	}
}

func mustWrite(t *testing.T, path, data string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(data), 0o644); err != nil {
		t.Fatal(err)
	}
}

func TestAFileIsMadeAndReplacedWithItsMode(t *testing.T) {
	defer syscall.Umask(syscall.Umask(0o077))
	dir := t.TempDir()
	path := filepath.Join(dir, "state.plist")
	for _, test := range []struct {
		data string
		mode fs.FileMode
	}{{"first", 0o600}, {"", 0o644}, {strings.Repeat("x", 1<<20), 0o640}} {
		if err := Write(path, []byte(test.data), test.mode); err != nil {
			t.Fatal(err)
		}
		mustHold(t, path, test.data)
		if info, err := os.Lstat(path); err != nil || info.Mode() != test.mode {
			t.Errorf("got %v, %v, want %v", info.Mode(), err, test.mode)
		}
	}
	if got := names(t, dir); !slices.Equal(got, []string{"state.plist"}) {
		t.Errorf("the folder holds %q", got)
	}
}

func TestAPathRelativeToTheWorkingFolderWorks(t *testing.T) {
	t.Chdir(t.TempDir())
	if err := Write("state", []byte("x"), 0o600); err != nil {
		t.Error(err)
	}
	mustHold(t, "state", "x")
}

func TestALinkInTheWayIsReplacedAndNotFollowed(t *testing.T) {
	dir := t.TempDir()
	path, victim := filepath.Join(dir, "state"), filepath.Join(dir, "victim")
	mustWrite(t, victim, "precious")
	if err := os.Symlink(victim, path); err != nil {
		t.Fatal(err)
	}
	if err := Write(path, []byte("new"), 0o600); err != nil {
		t.Fatal(err)
	}
	mustHold(t, victim, "precious")
	mustHold(t, path, "new")
	if info, _ := os.Lstat(path); !info.Mode().IsRegular() {
		t.Errorf("the file is %v", info.Mode())
	}
}

func TestASecondNameOfTheFileKeepsTheOldContent(t *testing.T) {
	dir := t.TempDir()
	path, other := filepath.Join(dir, "state"), filepath.Join(dir, "other")
	mustWrite(t, path, "old")
	if err := os.Link(path, other); err != nil {
		t.Fatal(err)
	}
	if err := Write(path, []byte("new"), 0o600); err != nil {
		t.Fatal(err)
	}
	mustHold(t, other, "old")
}

func TestAFailedWriteLeavesTheOldFileAndNothingElse(t *testing.T) {
	dir := t.TempDir()
	folder := filepath.Join(dir, "folder")
	if err := os.Mkdir(folder, 0o755); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{folder, filepath.Join(dir, "missing", "state"), "", "/", dir + "/..", dir + "/."} {
		if err := Write(path, []byte("x"), 0o600); err == nil || !strings.Contains(err.Error(), "writing") {
			t.Errorf("%q: %v", path, err)
		}
	}
	if err := Write(filepath.Join(dir, "missing", "state"), nil, 0o600); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("got %v", err)
	}
	if got := names(t, dir); !slices.Equal(got, []string{"folder"}) {
		t.Errorf("the folder holds %q", got)
	}
}

// inChild runs the calling test again in a process of its own, in which it
// returns true. In the first process it returns the command, not yet started.
func inChild(t *testing.T, dir string) (*exec.Cmd, bool) {
	if os.Getenv("ATOMICFILE_TEST_DIR") != "" {
		return nil, true
	}
	cmd := exec.Command(os.Args[0], "-test.run=^"+t.Name()+"$", "-test.v")
	cmd.Env = append(os.Environ(), "ATOMICFILE_TEST_DIR="+dir)
	return cmd, false
}

func TestOnAFullDiskTheOldFileStays(t *testing.T) {
	dir := t.TempDir()
	cmd, child := inChild(t, dir)
	if !child {
		mustWrite(t, filepath.Join(dir, "state"), "old")
		out, err := cmd.CombinedOutput()
		if err != nil {
			t.Errorf("%v\n%s", err, out)
		}
		mustHold(t, filepath.Join(dir, "state"), "old")
		if got := names(t, dir); !slices.Equal(got, []string{"state"}) {
			t.Errorf("the folder holds %q", got)
		}
		return
	}
	// A limit on the size of files stands for the full disk.
	signal.Ignore(syscall.SIGXFSZ)
	limit := unix.Rlimit{Cur: 1000, Max: unix.RLIM_INFINITY}
	if err := unix.Setrlimit(unix.RLIMIT_FSIZE, &limit); err != nil {
		t.Fatal(err)
	}
	// Measuring coverage writes more at the end.
	defer unix.Setrlimit(unix.RLIMIT_FSIZE, &unix.Rlimit{Cur: unix.RLIM_INFINITY, Max: unix.RLIM_INFINITY})
	path := filepath.Join(os.Getenv("ATOMICFILE_TEST_DIR"), "state")
	if err := Write(path, bytes.Repeat([]byte("x"), 1001), 0o600); !errors.Is(err, unix.EFBIG) {
		t.Errorf("got %v", err)
	}
}

func TestAfterAKillAtAnyInstantTheFileIsTheOldOrTheNewOne(t *testing.T) {
	dir := t.TempDir()
	cmd, child := inChild(t, dir)
	contents := []string{strings.Repeat("a", 300<<10), strings.Repeat("b", 100<<10)}
	if child {
		for i, start := 0, time.Now(); time.Since(start) < 10*time.Second; i++ {
			if err := Write(filepath.Join(os.Getenv("ATOMICFILE_TEST_DIR"), "state"), []byte(contents[i%2]), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		return
	}
	path := filepath.Join(dir, "state")
	if err := Write(path, []byte(contents[0]), 0o600); err != nil {
		t.Fatal(err)
	}
	var leftovers int
	for i := range 25 {
		// At times the next child finds a leftover, at times none.
		if i%2 == 0 {
			sweepBeside(t, path)
		}
		before := names(t, dir)
		again := exec.Command(cmd.Path, cmd.Args[1:]...)
		again.Env = cmd.Env
		if err := again.Start(); err != nil {
			t.Fatal(err)
		}
		// Once it writes, give it a little while that differs each time.
		for start := time.Now(); slices.Equal(names(t, dir), before) && time.Since(start) < 5*time.Second; {
			time.Sleep(100 * time.Microsecond)
		}
		time.Sleep(time.Duration(i*137%1900) * time.Microsecond)
		again.Process.Kill()
		again.Wait()
		got, err := os.ReadFile(path)
		if err != nil || !slices.Contains(contents, string(got)) {
			t.Fatalf("after kill %d: %d bytes, %v", i, len(got), err)
		}
		leftovers += len(names(t, dir)) - 1
		if n := len(names(t, dir)); n > 2 {
			t.Fatalf("%d files: earlier leftovers were not swept", n)
		}
	}
	t.Logf("%d of 25 kills left a temporary file behind", leftovers)
	if err := Write(path, []byte("last"), 0o600); err != nil {
		t.Fatal(err)
	}
	if got := names(t, dir); !slices.Equal(got, []string{"state"}) {
		t.Errorf("the folder holds %q", got)
	}
}

func TestLeftoversAreSweptAndNothingElse(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "state")
	stays := []string{
		".other.0123456789abcdef.new", // of another file
		".state.0123456789abcde.new",  // fifteen digits
		".state.0123456789abcdeg.new", // not a digit
		".state.0123456789abcdef.old",
		"state.0123456789abcdef.new",
		".state.new",
	}
	for _, name := range append(stays, ".state.0123456789abcdef.new", ".state.ffffffffffffffff.new") {
		mustWrite(t, filepath.Join(dir, name), "x")
	}
	link, folder := ".state.1111111111111111.new", ".state.2222222222222222.new"
	if err := os.Symlink(filepath.Join(dir, stays[0]), filepath.Join(dir, link)); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(filepath.Join(dir, folder), 0o755); err != nil {
		t.Fatal(err)
	}
	stays = append(stays, link, folder)
	slices.Sort(stays)

	sweepBeside(t, path)
	if got := names(t, dir); !slices.Equal(got, stays) {
		t.Errorf("the folder holds %q, want %q", got, stays)
	}
}

// sweepBeside does what a write of path does before it writes.
func sweepBeside(t *testing.T, path string) {
	t.Helper()
	dir, err := os.OpenRoot(filepath.Dir(path))
	if err != nil {
		t.Fatal(err)
	}
	defer dir.Close()
	if err := sweep(dir, filepath.Base(path)); err != nil {
		t.Fatal(err)
	}
}

func TestAWriteUnderWayIsNotSwept(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "state")
	root, err := os.OpenRoot(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer root.Close()
	temp, name, err := create(root, "state")
	if err != nil {
		t.Fatal(err)
	}
	sweepBeside(t, path)
	if got := names(t, dir); !slices.Equal(got, []string{name}) {
		t.Errorf("the folder holds %q, want %q", got, name)
	}
	temp.Close()
	sweepBeside(t, path)
	if got := names(t, dir); len(got) != 0 {
		t.Errorf("the folder holds %q", got)
	}
}

func TestWritersAtTheSameTimeDoNotDisturbEachOther(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "state")
	var writing sync.WaitGroup
	for i := range 8 {
		writing.Go(func() {
			data := bytes.Repeat([]byte{byte('a' + i)}, 5000+i)
			for range 25 {
				if err := Write(path, data, 0o600); err != nil {
					t.Error(err)
				}
				got, err := Read(path, 1<<20)
				if err != nil || len(got) < 5000 || len(got) != 5000+int(got[0]-'a') || bytes.Count(got, got[:1]) != len(got) {
					t.Errorf("read a mixture of %d bytes, %v", len(got), err)
				}
			}
		})
	}
	writing.Wait()
	if got := names(t, dir); !slices.Equal(got, []string{"state"}) {
		t.Errorf("the folder holds %q", got)
	}
}

func TestReadingIsBounded(t *testing.T) {
	path := filepath.Join(t.TempDir(), "f")
	mustWrite(t, path, "12345")
	for limit, want := range map[int64]error{4: ErrTooLarge, 0: ErrTooLarge, 5: nil, 6: nil} {
		data, err := Read(path, limit)
		if !errors.Is(err, want) || (want == nil) != (string(data) == "12345") {
			t.Errorf("limit %d: %q, %v", limit, data, err)
		}
	}
	mustWrite(t, path, "")
	if data, err := Read(path, 0); err != nil || data == nil || len(data) != 0 {
		t.Errorf("an empty file: %v, %v", data, err)
	}
}

func TestOnlyOrdinaryFilesAreRead(t *testing.T) {
	dir := t.TempDir()
	at := func(name string) string { return filepath.Join(dir, name) }
	mustWrite(t, at("file"), "x")
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	must(os.Symlink(at("file"), at("link")))
	must(os.Symlink(at("nothing"), at("dangling")))
	must(os.Mkdir(at("folder"), 0o755))
	must(syscall.Mkfifo(at("pipe"), 0o644))
	socket, err := syscall.Socket(syscall.AF_UNIX, syscall.SOCK_STREAM, 0)
	must(err)
	defer syscall.Close(socket)
	t.Chdir(dir) // a socket's path must be short
	must(syscall.Bind(socket, &syscall.SockaddrUnix{Name: "socket"}))

	for _, name := range []string{"link", "dangling", "folder", "pipe", "socket", "/dev/null", "/dev/zero"} {
		path := name
		if !filepath.IsAbs(path) {
			path = at(name)
		}
		if _, err := Read(path, 100); !errors.Is(err, errNotRegular) || !strings.Contains(err.Error(), path) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := Read(at("nothing"), 100); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("nothing: %v", err)
	}
}

func BenchmarkWrite(b *testing.B) {
	path := filepath.Join(b.TempDir(), "state")
	data := bytes.Repeat([]byte("x"), 1000)
	for b.Loop() {
		if err := Write(path, data, 0o600); err != nil {
			b.Fatal(err)
		}
	}
}

func ExampleRead() {
	_, err := Read("/nowhere/state", 64<<10)
	fmt.Println(errors.Is(err, fs.ErrNotExist))
	// Output: true
}
