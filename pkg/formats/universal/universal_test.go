package universal

import (
	"bytes"
	"debug/macho"
	"encoding/binary"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func thin(cpu CPU, text string) []byte {
	b := binary.LittleEndian.AppendUint32(nil, machoMagic)
	b = binary.LittleEndian.AppendUint32(b, uint32(cpu))
	b = binary.LittleEndian.AppendUint32(b, 3)
	b = append(b, make([]byte, 20)...)
	return append(b, text...)
}

func TestJoiningAndTakingApartGivesTheSamePrograms(t *testing.T) {
	t.Parallel()
	a, x := thin(ARM64, "arm"), thin(X86_64, "intel")
	joined, err := Join(a, x)
	if err != nil {
		t.Fatal(err)
	}
	again, err := Join(x, a)
	if err != nil || !bytes.Equal(joined, again) {
		t.Error("the order of the arguments shows in the result")
	}
	got, err := Slices(joined)
	if err != nil {
		t.Fatal(err)
	}
	want := []Slice{{X86_64, 3, x}, {ARM64, 3, a}}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
	for i, page := range []uint32{1 << 12, 1 << 14} {
		if offset := binary.BigEndian.Uint32(joined[8+20*i+8:]); offset%page != 0 {
			t.Errorf("slice %d begins at %d, in the middle of a page", i, offset)
		}
	}
}

func TestWhatCannotBeJoinedIsRefused(t *testing.T) {
	t.Parallel()
	for name, programs := range map[string][][]byte{
		"nothing":              nil,
		"no program":           {[]byte("#!/bin/sh\n")},
		"cut off":              {thin(ARM64, "")[:20]},
		"the same twice":       {thin(ARM64, "a"), thin(ARM64, "b")},
		"already joined, once": {mustJoin(t, thin(ARM64, "a"))},
	} {
		if _, err := Join(programs...); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

func mustJoin(t testing.TB, programs ...[]byte) []byte {
	t.Helper()
	b, err := Join(programs...)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestOtherFilesAreNotTakenForPrograms(t *testing.T) {
	t.Parallel()
	class := binary.BigEndian.AppendUint32(nil, fatMagic) // Java's magic number, and version 52
	class = append(class, 0, 0, 0, 52)
	for name, data := range map[string][]byte{
		"nothing": nil, "text": []byte("text"), "one program": thin(ARM64, ""), "Java": append(class, make([]byte, 4000)...),
	} {
		if _, err := Slices(data); !errors.Is(err, ErrNotUniversal) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestADamagedTableIsAnError(t *testing.T) {
	t.Parallel()
	good := mustJoin(t, thin(ARM64, "arm"), thin(X86_64, "intel"))
	for name, at := range map[string]int{"processor": 8 + 3, "offset": 8 + 8, "size": 8 + 12} {
		bad := bytes.Clone(good)
		bad[at] ^= 0x40
		if _, err := Slices(bad); err == nil || errors.Is(err, ErrNotUniversal) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// A second opinion on real programs: the standard library reads what Join
// made of what the go command built.
func TestTheStandardLibraryReadsAJoinedProgram(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("building two programs takes some seconds; left out with -short")
	}
	dir := t.TempDir()
	source := filepath.Join(dir, "main.go")
	if err := os.WriteFile(source, []byte("package main\n\nfunc main() { println(1) }\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	var programs [][]byte
	for _, arch := range []string{"arm64", "amd64"} {
		out := filepath.Join(dir, arch)
		cmd := exec.Command("go", "build", "-trimpath", "-o", out, source)
		cmd.Env = append(os.Environ(), "CGO_ENABLED=0", "GOOS=darwin", "GOARCH="+arch, "GOFLAGS=-buildvcs=false")
		if text, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("go build: %v\n%s", err, text)
		}
		data, err := os.ReadFile(out)
		if err != nil {
			t.Fatal(err)
		}
		programs = append(programs, data)
	}
	f, err := macho.NewFatFile(bytes.NewReader(mustJoin(t, programs...)))
	if err != nil {
		t.Fatal(err)
	}
	var cpus []macho.Cpu
	for _, a := range f.Arches {
		cpus = append(cpus, a.Cpu)
		if a.Section("__text") == nil {
			t.Errorf("%v has no code", a.Cpu)
		}
	}
	if d := cmp.Diff([]macho.Cpu{macho.CpuAmd64, macho.CpuArm64}, cpus); d != "" {
		t.Error(d)
	}
}

// FuzzSlices: no file brings the reader down, and the slices lie inside it.
func FuzzSlices(f *testing.F) {
	f.Add(mustJoin(f, thin(ARM64, "arm"), thin(X86_64, "intel")))
	f.Add([]byte("\xca\xfe\xba\xbe\x00\x00\x00\x01"))
	f.Fuzz(func(t *testing.T, data []byte) {
		parts, err := Slices(data)
		if err != nil {
			return
		}
		for _, p := range parts {
			if len(p.Data) > len(data) {
				t.Errorf("a slice of %d bytes in a file of %d", len(p.Data), len(data))
			}
		}
	})
}
