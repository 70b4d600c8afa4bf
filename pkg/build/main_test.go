package main

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/google/go-cmp/cmp"

	"installordefer/pkg/formats/universal"
	"installordefer/pkg/internal/sample"
)

func build(t *testing.T, args ...string) (string, error) {
	t.Helper()
	var out bytes.Buffer
	err := run(args, &out)
	return out.String(), err
}

func mustBuild(t *testing.T, args ...string) string {
	t.Helper()
	out, err := build(t, args...)
	if err != nil {
		t.Fatalf("build %s: %v", strings.Join(args, " "), err)
	}
	return out
}

func write(t *testing.T, name string, data []byte) string {
	t.Helper()
	if err := os.WriteFile(name, data, 0o600); err != nil {
		t.Fatal(err)
	}
	return name
}

// everything runs the commands of make pkg product in a folder and returns
// the hashes of what came out.
func everything(t *testing.T, dir string) map[string][32]byte {
	t.Helper()
	program, stage := write(t, filepath.Join(dir, "program"), sample.Program(t, "root job")), filepath.Join(dir, "munkipkg")
	mustBuild(t, "stage", "--out", stage, "--id", string(sample.ID), "--version", "1.2.3", "--title", "Updates",
		"--program", program, "--app", sample.App(t))
	component, product := filepath.Join(dir, "out/c.pkg"), filepath.Join(dir, "out/p.pkg")
	if out := mustBuild(t, "pkg", "--project", stage, "--out", component); !strings.Contains(out, "com.example.updates 1.2.3") || !strings.Contains(out, "unsigned") {
		t.Errorf("pkg says %q", out)
	}
	mustBuild(t, "product", "--project", stage, "--out", product)
	mustBuild(t, "check", "--id", string(sample.ID), component, product)
	mustBuild(t, "scripts", "--out", filepath.Join(dir, "out"), "--id", string(sample.ID))
	hashes := map[string][32]byte{}
	err := filepath.WalkDir(filepath.Join(dir, "out"), func(p string, e os.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		data, err := os.ReadFile(p)
		rel, _ := filepath.Rel(dir, p)
		hashes[rel] = sha256.Sum256(data)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return hashes
}

// Twice, with another umask and in another folder: the same bytes.
func TestEverythingIsTheSameTwice(t *testing.T) {
	t.Setenv("SOURCE_DATE_EPOCH", "1763424000")
	first := everything(t, t.TempDir())
	old := syscall.Umask(0o077)
	t.Setenv("TZ", "Pacific/Kiritimati")
	dir := t.TempDir()
	second := everything(t, dir)
	syscall.Umask(old)
	if d := cmp.Diff(first, second); d != "" {
		t.Error(d)
	}
	for name, want := range map[string]os.FileMode{"c.pkg": 0o644, "uninstall.sh": 0o755, "jamf/status.sh": 0o755} {
		if info, err := os.Stat(filepath.Join(dir, "out", name)); err != nil || info.Mode() != want {
			t.Errorf("%s has mode %v instead of %v, %v", name, info.Mode(), want, err)
		}
	}
	for _, name := range []string{"out/c.pkg", "out/p.pkg", "out/uninstall.sh", "out/jamf/status.sh"} {
		if _, ok := first[name]; !ok {
			t.Errorf("%s was not made", name)
		}
	}
}

func TestThereIsNoPackageWithoutATime(t *testing.T) {
	dir := t.TempDir()
	t.Setenv("SOURCE_DATE_EPOCH", "1763424000")
	everything(t, dir)
	for _, epoch := range []string{"", "yesterday", "0", "-5", "1763424000.5"} {
		t.Setenv("SOURCE_DATE_EPOCH", epoch)
		_, err := build(t, "pkg", "--project", filepath.Join(dir, "munkipkg"), "--out", filepath.Join(dir, "x.pkg"))
		if err == nil || !strings.Contains(err.Error(), "SOURCE_DATE_EPOCH") {
			t.Errorf("%q: %v", epoch, err)
		}
	}
}

func TestAWrongPackageIsNotWritten(t *testing.T) {
	t.Setenv("SOURCE_DATE_EPOCH", "1763424000")
	dir := t.TempDir()
	everything(t, dir)
	stage, out := filepath.Join(dir, "munkipkg"), filepath.Join(dir, "out/c.pkg")
	before, err := os.ReadFile(out)
	if err != nil {
		t.Fatal(err)
	}
	program := filepath.Join(stage, "payload/Library/Application Support", string(sample.ID), "install-or-defer")
	write(t, program, sample.Thin(universal.ARM64, "arm"))
	if _, err := build(t, "pkg", "--project", stage, "--out", out); err == nil || !strings.Contains(err.Error(), "was not written") {
		t.Errorf("got %v", err)
	}
	if after, err := os.ReadFile(out); err != nil || !bytes.Equal(before, after) {
		t.Error("the package that was there is gone")
	}
	mustBuild(t, "pkg", "--any-processor", "--project", stage, "--out", out)
	if _, err := build(t, "check", out); err == nil {
		t.Error("check takes a package for one processor")
	}
	if left, _ := filepath.Glob(filepath.Join(dir, "out/.*")); len(left) != 0 {
		t.Errorf("left behind: %v", left)
	}
}

func TestCommandLinesThatAreNotUnderstood(t *testing.T) {
	t.Parallel()
	for _, args := range [][]string{
		nil, {"bake"}, {"pkg"}, {"pkg", "--project", "x"}, {"--colour"}, {"check"},
		{"stage", "--out", "x", "--id", "y"}, {"scripts", "--out", "x"},
	} {
		if _, err := build(t, args...); !errors.Is(err, errUsage) {
			t.Errorf("%q: %v", args, err)
		}
	}
	if out, err := build(t, "--help"); err != nil || !strings.Contains(out, "build stage") {
		t.Errorf("--help: %q, %v", out, err)
	}
}

func TestWhatIsMissingIsNamed(t *testing.T) {
	t.Setenv("SOURCE_DATE_EPOCH", "1763424000")
	dir := t.TempDir()
	for _, args := range [][]string{
		{"check", dir + "/none.pkg"},
		{"pkg", "--project", dir + "/none", "--out", dir + "/x"},
		{"stage", "--out", dir + "/x", "--id", "a.b", "--version", "1", "--title", "t", "--program", dir + "/none", "--app", dir},
	} {
		if _, err := build(t, args...); err == nil || !strings.Contains(err.Error(), "none") {
			t.Errorf("%q: %v", args, err)
		}
	}
	if _, err := build(t, "scripts", "--out", dir, "--id", "a; rm -rf /"); err == nil {
		t.Error("an identifier that is a command was taken")
	}
}
