package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"installordefer/pkg/internal/sample"
)

func TestARelease(t *testing.T) {
	t.Setenv("SOURCE_DATE_EPOCH", "1763424000")
	dir := t.TempDir()
	pkg, key := filepath.Join(dir, "a.pkg"), filepath.Join(dir, "key")
	var data bytes.Buffer
	if err := sample.Package(t).Component(&data); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(pkg, data.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	if err := run([]string{"key", "--out", key, "example.com"}, &out); err != nil || !strings.HasPrefix(out.String(), "example.com+") {
		t.Fatalf("%q, %v", out.String(), err)
	}
	if info, err := os.Stat(key); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the private key has the mode %v, %v", info.Mode(), err)
	}
	if err := run([]string{"key", "--out", key, "example.com"}, &out); err == nil {
		t.Error("a key that is there was replaced")
	}
	// The programs of the sample are headers, which do not say what they are made of.
	err := run([]string{"release", "--key", key, "--title", "T", "--publisher", "P", pkg}, &out)
	if err == nil || !strings.Contains(err.Error(), "no program in the package says what it was built from") {
		t.Errorf("got %v", err)
	}
	if left, _ := filepath.Glob(pkg + ".*"); len(left) > 0 {
		t.Errorf("a release that failed has left %v", left)
	}
}
