package main

import (
	"os"
	"path/filepath"
	"testing"
)

func TestWhatIsNoProgramStaysAsItIs(t *testing.T) {
	file := filepath.Join(t.TempDir(), "program")
	if err := sign(file, "com.example.x"); err == nil {
		t.Error("a program that is not there was signed")
	}
	if err := os.WriteFile(file, []byte("\x7fELF"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := sign(file, "com.example.x"); err == nil {
		t.Error("a program for Linux was signed")
	}
	if data, err := os.ReadFile(file); err != nil || string(data) != "\x7fELF" {
		t.Errorf("%q, %v", data, err)
	}
}
