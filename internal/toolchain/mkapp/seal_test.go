package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// The seal does not depend on what the program does, so the smallest will do.
func TestTheApplicationIsSealed(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{"go.mod": "module p\n\ngo 1.26\n", "main.go": "package main\n\nfunc main() {}\n"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	cmd := exec.Command("go", "build", "-o", "program", ".")
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "GOOS=darwin", "GOARCH=arm64", "CGO_ENABLED=0")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	a := app{program: filepath.Join(dir, "program"), notice: "../../../NOTICE", id: "com.example.updates", name: "X", version: "1.0", out: filepath.Join(dir, "X.app")}
	if err := os.Mkdir(a.out, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := a.fill(a.out); err != nil {
		t.Fatal(err)
	}
	info, err := os.ReadFile(filepath.Join(a.out, "Contents", "Info.plist"))
	if err != nil {
		t.Fatal(err)
	}
	checkSeal(t, a.out, info)
}
