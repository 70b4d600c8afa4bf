package adhoc

import (
	"bytes"
	"crypto/sha256"
	"debug/macho"
	"encoding/binary"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	foreign "github.com/blacktop/go-macho"
	"howett.net/plist"

	"installordefer/internal/toolchain/checkmacho"
	"installordefer/pkg/formats/universal"
)

// build builds the smallest Go program for Macs on a processor: with a
// signature of the linker for arm64, with none for amd64.
func build(t testing.TB, goarch string) []byte {
	t.Helper()
	dir := t.TempDir()
	for name, text := range map[string]string{"go.mod": "module p\n\ngo 1.26\n", "main.go": "package main\n\nfunc main() { println(1) }\n"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	cmd := exec.Command("go", "build", "-ldflags=-s -w", "-o", "program", ".")
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "GOOS=darwin", "CGO_ENABLED=0", "GOARCH="+goarch)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	data, err := os.ReadFile(filepath.Join(dir, "program"))
	if err != nil {
		t.Fatal(err)
	}
	return data
}

var identity = Identity{ID: "com.example.updates.prompt", Info: []byte("<plist/>"), Resources: []byte("<seal/>")}

func TestSign(t *testing.T) {
	arm, intel := build(t, "arm64"), build(t, "amd64")
	both, err := universal.Join(arm, intel)
	if err != nil {
		t.Fatal(err)
	}
	for name, data := range map[string][]byte{"Apple silicon": arm, "Intel": intel, "both": both} {
		before := bytes.Clone(data)
		signed, err := Sign(data, identity)
		if err != nil {
			t.Fatal(name, err)
		}
		t.Run(name+": is sealed, and what it was besides", func(t *testing.T) {
			checkOurs(t, data, signed)
			if !bytes.Equal(before, data) {
				t.Error("what was given has been changed")
			}
		})
		t.Run(name+": gives the same bytes twice, and signed again", func(t *testing.T) {
			for _, from := range [][]byte{data, signed} {
				if again, err := Sign(from, identity); err != nil || !bytes.Equal(again, signed) {
					t.Errorf("%d bytes and not %d, %v", len(again), len(signed), err)
				}
			}
		})
		t.Run(name+": others read it so", func(t *testing.T) { checkForeign(t, signed) })
	}
	t.Run("a program of its own has no Info.plist and no seal", func(t *testing.T) {
		signed, err := Sign(intel, Identity{ID: "com.example.updates"})
		if err != nil {
			t.Fatal(err)
		}
		r, err := checkmacho.Data("program", signed)
		if s := r.Slices[0].Signature; err != nil || s.Identifier != "com.example.updates" || s.Seals(checkmacho.SlotResources, nil) || s.Seals(checkmacho.SlotInfo, nil) {
			t.Errorf("%v, %v", s, err)
		}
	})
}

// checkOurs reads the signature with the checker of the build.
func checkOurs(t *testing.T, data, signed []byte) {
	t.Helper()
	was, err := checkmacho.Data("program", data)
	if err != nil {
		t.Fatal(err)
	}
	is, err := checkmacho.Data("program", signed)
	if err != nil {
		t.Fatal(err)
	}
	for i, s := range is.Slices {
		if s.Signature.Kind != checkmacho.AdHoc || s.Signature.Identifier != identity.ID ||
			!s.Signature.Seals(checkmacho.SlotInfo, identity.Info) || !s.Signature.Seals(checkmacho.SlotResources, identity.Resources) {
			t.Errorf("%v: %v", s.CPU, s.Signature)
		}
		if len(s.Imports) != len(was.Slices[i].Imports) || s.MinimumOS != was.Slices[i].MinimumOS {
			t.Errorf("%v: it is not the program that it was", s.CPU)
		}
	}
}

// checkForeign reads the signature with two readers that others have written.
func checkForeign(t *testing.T, signed []byte) {
	t.Helper()
	slices, err := universal.Slices(signed)
	if err != nil {
		slices = []universal.Slice{{Data: signed}}
	}
	for _, s := range slices {
		f, err := foreign.NewFile(bytes.NewReader(s.Data))
		if err != nil {
			t.Fatal(err)
		}
		cs := f.CodeSignature()
		if cs == nil || len(cs.CodeDirectories) != 1 || cs.CodeDirectories[0].ID != identity.ID || len(cs.Errors) > 0 {
			t.Fatalf("%+v", cs)
		}
		sum := sha256.Sum256(identity.Info)
		found := false
		for _, slot := range cs.CodeDirectories[0].SpecialSlots {
			found = found || slot.Index == checkmacho.SlotInfo && bytes.Equal(slot.Hash, sum[:])
		}
		if !found {
			t.Errorf("Info.plist is not bound: %+v", cs.CodeDirectories[0].SpecialSlots)
		}
		m, err := macho.NewFile(bytes.NewReader(s.Data))
		if err != nil {
			t.Fatal(err)
		}
		if l := m.Segment("__LINKEDIT"); l.Offset+l.Filesz != uint64(len(s.Data)) || l.Memsz < l.Filesz {
			t.Errorf("__LINKEDIT ends at %#x of %#x", l.Offset+l.Filesz, len(s.Data))
		}
	}
	objdump, err := exec.LookPath("llvm-objdump")
	if err != nil {
		return
	}
	name := filepath.Join(t.TempDir(), "program")
	if err := os.WriteFile(name, signed, 0o755); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.Command(objdump, "--macho", "--private-headers", name).CombinedOutput(); err != nil || !strings.Contains(string(out), "LC_CODE_SIGNATURE") {
		t.Errorf("llvm-objdump: %v\n%.500s", err, out)
	}
}

func TestWhatCannotBeSignedWhole(t *testing.T) {
	arm := build(t, "arm64")
	word := func(data []byte, at int, v uint32) []byte {
		data = bytes.Clone(data)
		binary.LittleEndian.PutUint32(data[at:], v)
		return data
	}
	for says, data := range map[string][]byte{
		"not a 64-bit program":           []byte("\x7fELF and more than a header of thirty-two bytes"),
		"not a 64-bit program for Macs":  word(arm, 12, 6), // a library
		"load commands are cut off":      word(arm, 20, 1<<30),
		"load command of 0 bytes":        word(arm, headerSize+4, 0),
		"do not end where they should":   word(arm, 16, 1),
		"ends behind the file":           arm[:len(arm)-64],
		"stands behind its __LINKEDIT":   append(bytes.Clone(arm), make([]byte, 64)...),
		"no __TEXT or no __LINKEDIT seg": bytes.Replace(arm, []byte("__LINKEDIT"), []byte("__LINKSHED"), 1),
	} {
		if signed, err := Sign(data, identity); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%s: %v, %d bytes", says, err, len(signed))
		}
	}
}

func TestResources(t *testing.T) {
	data, err := Resources(map[string][]byte{
		"Info.plist": []byte("1"), "PkgInfo": []byte("2"), "Resources/AppIcon.icns": []byte("3"), "Resources/de.lproj/InfoPlist.strings": []byte("4"),
	})
	if err != nil {
		t.Fatal(err)
	}
	var seal struct {
		Files  map[string]any            `plist:"files"`
		Files2 map[string]map[string]any `plist:"files2"`
		Rules2 map[string]any            `plist:"rules2"`
	}
	if _, err := plist.Unmarshal(data, &seal); err != nil {
		t.Fatal(err)
	}
	sum := sha256.Sum256([]byte("3"))
	if len(seal.Files2) != 2 || !bytes.Equal(seal.Files2["Resources/AppIcon.icns"]["hash2"].([]byte), sum[:]) {
		t.Errorf("sealed are %v", seal.Files2)
	}
	if seal.Files2["Resources/de.lproj/InfoPlist.strings"]["optional"] != true || seal.Files2["Resources/AppIcon.icns"]["optional"] != nil {
		t.Errorf("a language cannot be taken away, or the icon can: %v", seal.Files2)
	}
	if len(seal.Files) != 2 || seal.Rules2["^Info\\.plist$"] == nil {
		t.Errorf("%v, %v", seal.Files, seal.Rules2)
	}
}

// tiny is the smallest program that can be signed: two segments and nothing in
// them.
func tiny(cpu uint32) []byte {
	segment := func(name string, offset, size uint64) []byte {
		out := le.AppendUint32(le.AppendUint32(nil, loadSegment64), segmentCommand)
		out = append(out, append([]byte(name), make([]byte, 16-len(name))...)...)
		for _, v := range []uint64{offset, size, offset, size} {
			out = le.AppendUint64(out, v)
		}
		return append(out, make([]byte, 16)...)
	}
	var out []byte
	for _, v := range []uint32{magic64, cpu, 0, typeExecute, 2, 2 * segmentCommand, 0, 0} {
		out = le.AppendUint32(out, v)
	}
	out = append(append(out, segment("__TEXT", 0, 512)...), segment("__LINKEDIT", 512, 64)...)
	return append(out, make([]byte, 576-len(out))...)
}

func FuzzSign(f *testing.F) {
	for _, cpu := range []uint32{cpuARM64, 0x01000007} {
		f.Add(tiny(cpu))
		signed, err := Sign(tiny(cpu), identity)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(signed)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		signed, err := Sign(data, identity)
		if err != nil {
			return
		}
		if again, err := Sign(signed, identity); err != nil || !bytes.Equal(signed, again) {
			t.Errorf("signed again it is another: %v", err)
		}
	})
}
