package appkit

import (
	"bytes"
	"encoding/binary"
	"hash/crc32"
	"image/png"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"installordefer/internal/toolchain/icon"
	"installordefer/prompt"
)

func TestALogoThatWillDoComesFirst(t *testing.T) {
	name := filepath.Join(t.TempDir(), "logo.png")
	data, err := icon.PNG(64)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, data, 0o644); err != nil {
		t.Fatal(err)
	}
	files, problem := logoFiles([]string{name}, "26.6")
	if problem != nil || files[0] != name || len(files) != 3 {
		t.Errorf("%q, %v", files, problem)
	}
}

func TestALogoThatWillNotDoIsNamedWithTheReason(t *testing.T) {
	dir := t.TempDir()
	write := func(name string, data []byte) string {
		name = filepath.Join(dir, name)
		if err := os.WriteFile(name, data, 0o644); err != nil {
			t.Fatal(err)
		}
		return name
	}
	pipe := filepath.Join(dir, "pipe.png")
	if err := syscall.Mkfifo(pipe, 0o644); err != nil {
		t.Fatal(err)
	}
	// A PNG of a few bytes that claims to be 30,000 pixels wide.
	var bomb bytes.Buffer
	if err := png.Encode(&bomb, icon.Draw(16)); err != nil {
		t.Fatal(err)
	}
	huge := bytes.Clone(bomb.Bytes())
	copy(huge[16:], []byte{0, 0, 0x75, 0x30})
	crc := binary.BigEndian.AppendUint32(nil, crc32.ChecksumIEEE(huge[12:29]))
	copy(huge[29:], crc)

	for name, reason := range map[string]string{
		filepath.Join(dir, "missing.png"):       "does not exist",
		dir:                                     "is not a file",
		pipe:                                    "is not a file",
		write("text.png", []byte("no picture")): "cannot be read",
		write("huge.png", huge):                 "pixels",
		write("heavy.icns", make([]byte, maxLogoBytes+1)): "bytes",
	} {
		files, problem := logoFiles([]string{name}, "26.6")
		if problem == nil || !strings.Contains(problem.Error(), reason) || !strings.Contains(problem.Error(), filepath.Base(name)) {
			t.Errorf("%s: %v, which does not say %q", filepath.Base(name), problem, reason)
		}
		if len(files) != 2 {
			t.Errorf("%s: tried all the same: %q", filepath.Base(name), files)
		}
	}
}

func TestTheIconIsThatOfTheRunningMacOS(t *testing.T) {
	for version, want := range map[string]string{"12.7.6": "prefPane", "13.0": "PrivateFrameworks", "26.6": "PrivateFrameworks", "": "PrivateFrameworks", "x": "PrivateFrameworks"} {
		files, problem := logoFiles(nil, version)
		if problem != nil || len(files) != 2 || !strings.Contains(files[0], want) {
			t.Errorf("%q: %q, %v", version, files, problem)
		}
	}
}

func TestTheLogoFitsTheLooks(t *testing.T) {
	both := prompt.Dialog{Logo: "/light.png", LogoDark: "/dark.png"}
	for _, test := range []struct {
		d    prompt.Dialog
		dark bool
		want string
	}{
		{both, false, "/light.png"},
		{both, true, "/dark.png /light.png"},
		{prompt.Dialog{Logo: "/light.png"}, true, "/light.png"},
		{prompt.Dialog{LogoDark: "/dark.png"}, false, ""},
		{prompt.Dialog{LogoDark: "/dark.png"}, true, "/dark.png"},
	} {
		if got := strings.Join(logosFor(test.d, test.dark), " "); got != test.want {
			t.Errorf("%+v, dark %v: %q, want %q", test.d, test.dark, got, test.want)
		}
	}
}
