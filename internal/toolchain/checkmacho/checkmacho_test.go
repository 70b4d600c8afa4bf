package checkmacho

import (
	"bytes"
	"debug/macho"
	"encoding/binary"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

// program builds the smallest Go program for macOS on a processor.
func program(t testing.TB, goarch string) []byte {
	t.Helper()
	data, err := build(goarch)
	if err != nil {
		t.Fatal(err)
	}
	return bytes.Clone(data)
}

var (
	mu    sync.Mutex
	built = map[string][]byte{}
)

func build(goarch string) ([]byte, error) {
	mu.Lock()
	defer mu.Unlock()
	if built[goarch] != nil {
		return built[goarch], nil
	}
	dir, err := os.MkdirTemp("", "checkmacho-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	source := filepath.Join(dir, "main.go")
	if err := os.WriteFile(source, []byte("package main\n\nfunc main() {}\n"), 0o644); err != nil {
		return nil, err
	}
	out := filepath.Join(dir, "program")
	cmd := exec.Command("go", "build", "-trimpath", "-ldflags=-s -w", "-o", out, source)
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0", "GOOS=darwin", "GOARCH="+goarch)
	if text, err := cmd.CombinedOutput(); err != nil {
		return nil, &exec.Error{Name: string(text), Err: err}
	}
	data, err := os.ReadFile(out)
	built[goarch] = data
	return data, err
}

// universal joins two programs as lipo does.
func universal(align uint32, slices map[macho.Cpu][]byte) []byte {
	head := binary.BigEndian.AppendUint32(nil, macho.MagicFat)
	head = binary.BigEndian.AppendUint32(head, uint32(len(slices)))
	offset := uint32(1) << 14
	var body []byte
	for _, cpu := range []macho.Cpu{macho.CpuAmd64, macho.CpuArm64} {
		data := slices[cpu]
		subtype := binary.LittleEndian.Uint32(data[8:])
		for _, v := range []uint32{uint32(cpu), subtype, offset, uint32(len(data)), align} {
			head = binary.BigEndian.AppendUint32(head, v)
		}
		padding := (1<<14 - len(data)%(1<<14)) % (1 << 14)
		body = append(append(body, data...), make([]byte, padding)...)
		offset += uint32(len(data) + padding)
	}
	return append(append(head, make([]byte, 1<<14-len(head))...), body...)
}

func TestASoundProgramIsDescribed(t *testing.T) {
	r, err := Data("program", program(t, "arm64"))
	if err != nil {
		t.Fatal(err)
	}
	s := r.Slices[0]
	if s.CPU != macho.CpuArm64 || s.MinimumOS != "12.0" || s.Signature.Kind != AdHoc || s.Signature.Pages < 10 || len(s.Imports) == 0 || !s.Flat {
		t.Errorf("%+v", s)
	}
	if !strings.Contains(r.String(), "macOS 12.0 or later") || !strings.Contains(r.String(), "/usr/lib/libSystem.B.dylib") {
		t.Errorf("the report says %q", r.String())
	}
	if r, err = Data("program", program(t, "amd64")); err != nil || r.Slices[0].Signature.String() != "none" {
		t.Errorf("an Intel program needs no signature: %v, %v", r.Slices[0].Signature, err)
	}
}

func TestBothSlicesOfAUniversalProgramAreChecked(t *testing.T) {
	both := map[macho.Cpu][]byte{macho.CpuAmd64: program(t, "amd64"), macho.CpuArm64: program(t, "arm64")}
	if r, err := Data("program", universal(14, both)); err != nil || len(r.Slices) != 2 {
		t.Errorf("%d slices, %v", len(r.Slices), err)
	}
	if _, err := Data("program", universal(16, both)); err == nil || !strings.Contains(err.Error(), "multiple") {
		t.Errorf("a slice at a wrong place: %v", err)
	}
	both[macho.CpuArm64][5000] ^= 1
	if _, err := Data("program", universal(14, both)); err == nil || !strings.Contains(err.Error(), "Apple silicon: the signature: page 1 ") {
		t.Errorf("a changed byte in the second slice: %v", err)
	}
}

// rename gives a section another name.
func rename(data []byte, from, to string) bool {
	field := make([]byte, 16)
	copy(field, from)
	i := bytes.Index(data, field)
	if i < 0 {
		return false
	}
	clear(data[i : i+16])
	copy(data[i:i+16], to)
	return true
}

func TestWhatMacsWouldRefuseIsFound(t *testing.T) {
	for name, c := range map[string]struct {
		says  string
		spoil func(data []byte) bool
	}{
		"protocols of its own": {"Objective-C protocols", func(d []byte) bool { return rename(d, "__noptrdata", "__objc_protolist") }},
		"a library of ours": {"which a Mac does not have", func(d []byte) bool {
			i := bytes.Index(d, []byte("/usr/lib/libSystem.B.dylib"))
			copy(d[max(i, 0):], "/opt/lib")
			return i > 0
		}},
		"no signature": {"no signature", func(d []byte) bool {
			i := bytes.Index(d, []byte{loadCodeSignature, 0, 0, 0, 16, 0, 0, 0})
			d[max(i, 0)] = 0x7f
			return i > 0
		}},
	} {
		data := program(t, "arm64")
		if !c.spoil(data) {
			t.Errorf("%s: there is nothing to spoil", name)
			continue
		}
		if _, err := Data("program", data); err == nil || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestImportsThatAreNotKnownAreNamed(t *testing.T) {
	s := Slice{Imports: []Import{{"_good", "/usr/lib/a"}, {"_bad", "/usr/lib/a"}, {"_good", "/usr/lib/b"}}}
	unknown := s.Unknown(map[string][]string{"/usr/lib/a": {"_good"}})
	if len(unknown) != 2 || unknown[0].Symbol != "_bad" || unknown[1].Library != "/usr/lib/b" {
		t.Errorf("%v", unknown)
	}
}

func FuzzData(f *testing.F) {
	for _, goarch := range []string{"arm64", "amd64"} {
		data := program(f, goarch)
		f.Add(data[:8192])
		f.Add(data[:100])
	}
	f.Add(universal(14, map[macho.Cpu][]byte{macho.CpuAmd64: program(f, "amd64")[:4096], macho.CpuArm64: program(f, "arm64")[:4096]}))
	f.Fuzz(func(t *testing.T, data []byte) {
		r, _ := Data("fuzzed", data)
		_ = r.String()
	})
}
