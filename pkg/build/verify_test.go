package main

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"installordefer/pkg/internal/sample"
	"installordefer/pkg/release"
)

// TestTheAdministratorsProgramVerifiesAndPromotes runs the program itself.
func TestTheAdministratorsProgramVerifiesAndPromotes(t *testing.T) {
	program := filepath.Join(t.TempDir(), "admin")
	if out, err := exec.Command("go", "build", "-o", program, "installordefer/cmd/install-or-defer-admin").CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	private, public, err := release.NewKey("example.com")
	if err != nil {
		t.Fatal(err)
	}
	var data bytes.Buffer
	if err := sample.Package(t).Component(&data); err != nil {
		t.Fatal(err)
	}
	r, err := release.Describe(data.Bytes(), false)
	if err != nil {
		t.Fatal(err)
	}
	note, err := release.Sign(r, private)
	if err != nil {
		t.Fatal(err)
	}
	folder := t.TempDir()
	name := filepath.Join(folder, "com.example.updates-1.2.3.pkg")
	write := func(name string, data []byte) {
		t.Helper()
		if err := os.WriteFile(name, data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write(name, data.Bytes())
	write(name+".note", note)
	do := func(code int, says string, args ...string) {
		t.Helper()
		cmd := exec.Command(program, append(args, "--key", public)...)
		out, _ := cmd.CombinedOutput() // the exit code says it
		if got := cmd.ProcessState.ExitCode(); got != code || !strings.Contains(string(out), says) {
			t.Errorf("%v: exit code %d, %q; want %d, %q", args, got, out, code, says)
		}
	}
	do(0, "is com.example.updates 1.2.3, for macOS 12.0 and later, signed by example.com.", "verify", name)
	do(1, "nothing is in the stage dev", "promote", "test", "--channel", folder)
	do(0, "dev has com.example.updates 1.2.3.", "promote", "dev", "--channel", folder, "--note", name+".note")
	do(0, "test has com.example.updates 1.2.3.", "promote", "test", "--channel", folder)
	do(2, "--note belongs to the first stage", "promote", "production", "--channel", folder, "--note", name+".note")
	write(name, append(data.Bytes(), 0))
	do(1, "not the one that was signed", "verify", name)
	do(1, "not the one that was signed", "promote", "production", "--channel", folder)
	if _, err := os.Stat(filepath.Join(folder, "production.note")); err == nil {
		t.Error("production has what was refused")
	}
}
