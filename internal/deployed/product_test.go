package deployed

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"installordefer/internal/toolchain/helper"
	"installordefer/pkg/installer"
)

// packages are what make writes, and what is in each archive.
var packages = map[string]string{
	"install-or-defer-1.0.0.pkg":         "",
	"install-or-defer-1.0.0-product.pkg": "com.github.install-or-defer.pkg",
}

// The real packages, with both programs for both processors, as an
// administrator makes them: twice, in two folders, by two people whose umask
// and time zone differ.
func TestTheRealPackagesAreTheSameEachTime(t *testing.T) {
	helper.NeedUniversal(t)
	if err := helper.Ready("universal"); err != nil {
		t.Fatal(err)
	}
	first := makePackages(t, "022", "UTC")
	second := makePackages(t, "077", "Asia/Tokyo")
	for name, component := range packages {
		one, two := readFile(t, filepath.Join(first, name)), readFile(t, filepath.Join(second, name))
		if !bytes.Equal(one, two) {
			t.Errorf("%s differs: %x and %x", name, sha256.Sum256(one), sha256.Sum256(two))
		}
		if err := installer.Check(one, installer.Expect{Identifier: "com.github.install-or-defer"}); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		t.Run(name, func(t *testing.T) { othersRead(t, filepath.Join(first, name), component) })
	}
}

func readFile(t *testing.T, name string) []byte {
	t.Helper()
	data, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// makePackages runs make in a copy of the source and returns the folder with
// the packages.
func makePackages(t *testing.T, umask, zone string) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "a folder")
	copySource(t, dir)
	cmd := exec.Command("sh", "-c", "umask "+umask+" && exec make --no-print-directory pkg product")
	cmd.Dir = dir
	cmd.Env = []string{"TZ=" + zone, "SOURCE_DATE_EPOCH=" + epoch}
	for _, v := range os.Environ() {
		// What make tells its own children would steer this make, too.
		if name, _, _ := strings.Cut(v, "="); name != "TZ" && !strings.HasPrefix(name, "MAKE") && name != "MFLAGS" {
			cmd.Env = append(cmd.Env, v)
		}
	}
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("make pkg product: %v\n%s", err, out)
	}
	return filepath.Join(dir, "build")
}

// copySource copies the repository without what was built or belongs to git.
func copySource(t *testing.T, to string) {
	t.Helper()
	err := filepath.WalkDir("../..", func(name string, e fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		path := filepath.Join(to, strings.TrimPrefix(filepath.ToSlash(name), "../.."))
		switch {
		case e.IsDir() && (name == "../../build" || e.Name() == ".git" || e.Name() == "testdata"):
			return filepath.SkipDir
		case e.IsDir():
			return os.MkdirAll(path, 0o755)
		}
		data, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		info, err := e.Info()
		if err != nil {
			return err
		}
		return os.WriteFile(path, data, info.Mode().Perm())
	})
	if err != nil {
		t.Fatal(err)
	}
}

// othersRead has a package read by programs that nobody here wrote.
func othersRead(t *testing.T, file, component string) {
	run := func(name, debian string, args ...string) string {
		t.Helper()
		if _, err := exec.LookPath(name); err != nil {
			t.Logf("%s is not installed (Debian package %s), so it gives no second opinion", name, debian)
			return ""
		}
		out, err := exec.Command(name, args...).CombinedOutput()
		if err != nil {
			t.Errorf("%s %v: %v\n%s", name, args, err, out)
		}
		return string(out)
	}
	if component != "" { // it holds the other one, and Python takes its time
		run("python3", "python3", "../../pkg/installer/testdata/check.py", file)
	}
	if out := run("7z", "p7zip-full", "t", "-txar", file); out != "" && !strings.Contains(out, "Everything is Ok") {
		t.Error(out)
	}
	dir := t.TempDir()
	run("bsdtar", "libarchive-tools", "-xf", file, "-C", dir)
	listing := run("sh", "dash", "-c", `gzip -dc "$1" | cpio -itv --quiet --numeric-uid-gid`, "sh", filepath.Join(dir, component, "Payload"))
	for _, want := range []string{
		"-rwxr-xr-x 0 0 ./Library/Application Support/com.github.install-or-defer/install-or-defer",
		"-rwxr-xr-x 0 0 ./Library/Application Support/com.github.install-or-defer/Install or Defer.app/Contents/MacOS/install-or-defer-prompt",
		"-rwxr-xr-x 0 0 ./Library/Application Support/com.github.install-or-defer/uninstall",
		"-rw-r--r-- 0 0 ./Library/LaunchDaemons/com.github.install-or-defer.plist",
		"drwxr-xr-x 0 80 ./Library/Application Support",
	} {
		if !strings.Contains(short(listing), want+"\n") {
			t.Errorf("cpio does not list %q:\n%s", want, listing)
		}
	}
}

// short leaves mode, owners and path of a listing.
func short(listing string) string {
	var b strings.Builder
	for line := range strings.Lines(listing) {
		if f := strings.Fields(line); len(f) > 8 {
			fmt.Fprintf(&b, "%s %s %s %s\n", f[0], f[2], f[3], strings.Join(f[8:], " "))
		}
	}
	return b.String()
}
