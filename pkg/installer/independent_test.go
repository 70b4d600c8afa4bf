package installer_test

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"installordefer/pkg/formats/payload"
	"installordefer/pkg/internal/sample"
)

// The tests in this file have packages read by programs that nobody here
// wrote. They are in the Debian packages libarchive-tools, p7zip-full, cpio,
// python3 and libxml2-utils; bsdtar, cpio and xmllint are part of macOS.

// second gives the path of a program, or skips the test.
func second(t *testing.T, name, debian string) string {
	t.Helper()
	p, err := exec.LookPath(name)
	if err != nil {
		t.Skipf("%s is not installed (Debian package %s), so it gives no second opinion on the packages", name, debian)
	}
	return p
}

// both writes a component package and a product archive of the sample.
func both(t *testing.T) map[string]string {
	t.Helper()
	p := sample.Package(t)
	out := map[string]string{}
	for name, data := range map[string][]byte{"component": component(t, p), "product": product(t, p)} {
		out[name] = filepath.Join(t.TempDir(), name+".pkg")
		if err := os.WriteFile(out[name], data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return out
}

func output(t *testing.T, dir, name string, args ...string) string {
	t.Helper()
	cmd := exec.Command(name, args...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "LC_ALL=C", "TZ=UTC")
	var errs bytes.Buffer
	cmd.Stderr = &errs
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%s: %v\n%s%s", name, err, out, errs.Bytes())
	}
	return string(out)
}

// inArchive lists the members of each package.
func inArchive(product bool) []string {
	if !product {
		return []string{"Bom", "Payload", "Scripts", "PackageInfo"}
	}
	c := string(sample.ID) + ".pkg"
	return []string{"Distribution", c, c + "/Bom", c + "/Payload", c + "/Scripts", c + "/PackageInfo"}
}

func TestPythonReadsThePackages(t *testing.T) {
	t.Parallel()
	python := second(t, "python3", "python3")
	p := sample.Package(t)
	var want []string
	for _, part := range []struct {
		name string
		tree payload.Tree
	}{{"payload", p.Payload}, {"scripts", p.Scripts}} {
		for _, e := range part.tree {
			want = append(want, fmt.Sprintf("%s %06o %d:%d %d %s", part.name, e.UnixMode(), e.UID, e.GID, len(e.Data), e.Path))
		}
	}
	for name, file := range both(t) {
		lines := slices.Clone(want)
		for _, m := range inArchive(name == "product") {
			lines = append(lines, "archive "+m)
		}
		got := output(t, ".", python, "testdata/check.py", file)
		if d := cmp.Diff(strings.Join(lines, "\n")+"\n", got); d != "" {
			t.Errorf("%s: %s", name, d)
		}
	}
}

func TestPythonSeesDamage(t *testing.T) {
	t.Parallel()
	python := second(t, "python3", "python3")
	for name, file := range both(t) {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		data[len(data)/2] ^= 1
		if err := os.WriteFile(file, data, 0o600); err != nil {
			t.Fatal(err)
		}
		if err := exec.Command(python, "testdata/check.py", file).Run(); err == nil {
			t.Errorf("%s: the checker takes a damaged package", name)
		}
	}
}

func TestBsdtarExtractsThePackages(t *testing.T) {
	t.Parallel()
	bsdtar := second(t, "bsdtar", "libarchive-tools")
	for name, file := range both(t) {
		var got []string
		for line := range strings.Lines(output(t, ".", bsdtar, "-tvf", file)) {
			f := strings.Fields(line)
			got = append(got, strings.Join([]string{f[0], f[2], f[3], f[8]}, " "))
		}
		var want []string
		for _, m := range inArchive(name == "product") {
			mode := "-rw-r--r--"
			if strings.HasSuffix(m, ".pkg") {
				mode = "drwxr-xr-x"
			}
			want = append(want, mode+" root wheel "+m)
		}
		if d := cmp.Diff(want, got); d != "" {
			t.Errorf("%s: %s", name, d)
		}
		dir := t.TempDir()
		output(t, dir, bsdtar, "-xf", file)
		if name == "product" {
			dir = filepath.Join(dir, string(sample.ID)+".pkg")
		}
		extracted(t, dir, bsdtar)
	}
}

// extracted compares the Payload and the Scripts in a folder, as bsdtar lists
// and extracts them, with the sample.
func extracted(t *testing.T, dir, bsdtar string) {
	t.Helper()
	p := sample.Package(t)
	for name, tree := range map[string]payload.Tree{"Payload": p.Payload, "Scripts": p.Scripts} {
		var want, got []string
		for _, e := range tree {
			path := "./" + e.Path
			if e.Path == "." {
				path = "."
			}
			want = append(want, fmt.Sprintf("%d %d %s", e.UID, e.GID, path))
		}
		for line := range strings.Lines(output(t, dir, bsdtar, "--numeric-owner", "-tvf", name)) {
			f := strings.Fields(line)
			got = append(got, fmt.Sprintf("%s %s %s", f[2], f[3], strings.Join(f[8:], " ")))
		}
		if d := cmp.Diff(want, got); d != "" {
			t.Errorf("%s: %s", name, d)
		}
		out := t.TempDir()
		output(t, dir, bsdtar, "--no-same-owner", "-xpf", name, "-C", out)
		for _, e := range tree {
			sameOnDisk(t, filepath.Join(out, e.Path), e)
		}
	}
}

func sameOnDisk(t *testing.T, file string, e payload.Entry) {
	t.Helper()
	info, err := os.Stat(file)
	if err != nil {
		t.Error(err)
		return
	}
	if info.IsDir() != e.Dir || uint16(info.Mode().Perm()) != e.Mode {
		t.Errorf("%s came out with mode %v instead of %o", e.Path, info.Mode(), e.Mode)
	}
	if e.Dir {
		return
	}
	if data, err := os.ReadFile(file); err != nil || !bytes.Equal(data, e.Data) {
		t.Errorf("%s came out with other contents, %v", e.Path, err)
	}
}

func TestSevenZipReadsThePackages(t *testing.T) {
	t.Parallel()
	zip := second(t, "7z", "p7zip-full")
	for name, file := range both(t) {
		if out := output(t, ".", zip, "t", "-txar", file); !strings.Contains(out, "Everything is Ok") {
			t.Errorf("%s: %s", name, out)
		}
		var got []string
		for line := range strings.Lines(output(t, ".", zip, "l", "-slt", "-ba", "-txar", file)) {
			if p, ok := strings.CutPrefix(strings.TrimSpace(line), "Path = "); ok && p != "[TOC].xml" {
				got = append(got, filepath.ToSlash(p))
			}
		}
		want := inArchive(name == "product")
		slices.Sort(want)
		slices.Sort(got)
		if d := cmp.Diff(want, got); d != "" {
			t.Errorf("%s: %s", name, d)
		}
	}
}

func TestCpioExtractsThePayload(t *testing.T) {
	t.Parallel()
	cpio := second(t, "cpio", "cpio")
	bsdtar := second(t, "bsdtar", "libarchive-tools")
	gzip := second(t, "gzip", "gzip")
	dir, out := t.TempDir(), t.TempDir()
	output(t, dir, bsdtar, "-xf", both(t)["component"])
	plain := output(t, dir, gzip, "-dc", "Payload")
	cmd := exec.Command(cpio, "-id", "--quiet", "--no-preserve-owner")
	cmd.Dir, cmd.Stdin = out, strings.NewReader(plain)
	if text, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, text)
	}
	for _, e := range sample.Package(t).Payload {
		if e.Path != "." {
			sameOnDisk(t, filepath.Join(out, e.Path), e)
		}
	}
}

func TestXmllintTakesTheTexts(t *testing.T) {
	t.Parallel()
	xmllint := second(t, "xmllint", "libxml2-utils")
	for _, name := range []string{"PackageInfo", "Distribution"} {
		output(t, "testdata", xmllint, "--noout", name+".golden")
	}
	p := sample.Package(t)
	file := filepath.Join(t.TempDir(), "job.plist")
	e, _ := p.Payload.Find(jobFile)
	if err := os.WriteFile(file, e.Data, 0o600); err != nil {
		t.Fatal(err)
	}
	output(t, ".", xmllint, "--nonet", "--noout", file)
}
