package atomicfile

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

// tree makes a/b/file, all ours and ours alone, in a folder that it returns.
func tree(t *testing.T) string {
	t.Helper()
	// Without links, which macOS has above its temporary folders.
	top, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(top, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(filepath.Join(top, "a", "b"), 0o755); err != nil {
		t.Fatal(err)
	}
	mustWrite(t, filepath.Join(top, "a", "b", "file"), "x")
	return top
}

func TestOwnershipIsCheckedAllTheWayUp(t *testing.T) {
	us := uint32(os.Getuid())
	for _, test := range []struct {
		name  string
		spoil func(top string) error
		uid   uint32
		want  string // "" if all is well, else a part of the error
	}{
		{"all is well", nil, us, ""},
		{"another owner", nil, us + 1, "belongs to user"},
		{"file writable by its group", chmod("a/b/file", 0o664), us, "file has the mode 0664"},
		{"file writable by all", chmod("a/b/file", 0o602), us, "file has the mode 0602"},
		{"folder writable by all", chmod("a/b", 0o777), us, "b has the mode 0777"},
		{"folder further up writable by its group", chmod("a", 0o775), us, "a has the mode 0775"},
		{"first folder writable by all", chmod("", 0o777), us, "has the mode 0777"},
		{"sticky is not enough", chmod("a", 0o777|fs.ModeSticky), us, "a has the mode 0777"},
		{"readable by nobody else", chmod("a", 0o700), us, ""},
		{"the file is a link", relink("a/b/file", "a/b/other"), us, "is a symbolic link"},
		{"a folder is a link", relink("a/b", "c"), us, ""},
		{"a link into a folder that others can write", func(top string) error {
			return errors.Join(relink("a/b", "c/d")(top), os.Chmod(filepath.Join(top, "c"), 0o777))
		}, us, "c has the mode 0777"},
		{"a link out of the folder", func(top string) error {
			b := filepath.Join(top, "a", "b")
			return errors.Join(os.RemoveAll(b), os.Symlink("/", b))
		}, us, "is not in"},
		{"a link to itself", func(top string) error {
			b := filepath.Join(top, "a", "b")
			return errors.Join(os.RemoveAll(b), os.Symlink("b", b))
		}, us, "too many symbolic links"},
	} {
		t.Run(test.name, func(t *testing.T) {
			top := tree(t)
			if test.spoil != nil {
				if err := test.spoil(top); err != nil {
					t.Fatal(err)
				}
			}
			err := Ownership{UID: test.uid, Stop: top}.Check(filepath.Join(top, "a", "b", "file"))
			switch {
			case test.want == "" && err != nil:
				t.Error(err)
			case test.want != "" && (err == nil || !strings.Contains(err.Error(), test.want)):
				t.Errorf("got %v, want %q", err, test.want)
			}
		})
	}
}

// chmod changes the mode of what lies at name below the top.
func chmod(name string, mode fs.FileMode) func(string) error {
	return func(top string) error { return os.Chmod(filepath.Join(top, name), mode) }
}

// relink moves what lies at name and leaves a link in its place.
func relink(name, to string) func(string) error {
	return func(top string) error {
		from, to := filepath.Join(top, name), filepath.Join(top, to)
		relative, err := filepath.Rel(filepath.Dir(from), to)
		return errors.Join(err, os.MkdirAll(filepath.Dir(to), 0o755), os.Rename(from, to), os.Symlink(relative, from))
	}
}

func TestOwnershipOfWhatIsNotThereIsAnError(t *testing.T) {
	top := tree(t)
	o := Ownership{UID: uint32(os.Getuid()), Stop: top}
	if err := o.Check(filepath.Join(top, "a", "nothing")); !errors.Is(err, fs.ErrNotExist) || errors.Is(err, ErrNotOwned) {
		t.Errorf("got %v", err)
	}
	if err := o.Check("a/b/file"); !errors.Is(err, fs.ErrInvalid) {
		t.Errorf("a relative path: %v", err)
	}
	if err := o.Check("/etc"); err == nil {
		t.Error("a path outside the folder passed")
	}
	if err := o.Check(filepath.Join(top, "a", "..", "..", "x")); err == nil {
		t.Error("a path that climbs out of the folder passed")
	}
}

func TestProgramsOfTheSystemBelongToRoot(t *testing.T) {
	if err := CheckOwned("/bin/sh"); err != nil && runtime.GOOS == "darwin" {
		t.Error(err)
	}
	if err := CheckOwned(filepath.Join(tree(t), "a", "b", "file")); !errors.Is(err, ErrNotOwned) {
		t.Errorf("a file in a temporary folder passed: %v", err)
	}
}
