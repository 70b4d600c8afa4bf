// Package sample makes a small package for the tests of this part of the tree:
// it has every part of a real one, and its programs are Mach-O headers.
package sample

import (
	"encoding/binary"
	"path/filepath"
	"testing"
	"time"

	"installordefer/launchd"
	"installordefer/pkg/formats/payload"
	"installordefer/pkg/formats/universal"
	"installordefer/pkg/installer"
	"installordefer/pkg/project"
	"installordefer/pkg/scripts"
)

// ID is the identifier of the sample.
const ID launchd.Identifier = "com.example.updates"

// Time is when everything in it was changed.
var Time = time.Unix(1763424000, 0)

// Thin is a Mach-O header for a processor, with text behind it.
func Thin(cpu universal.CPU, text string) []byte {
	b := binary.LittleEndian.AppendUint32(nil, 0xfeedfacf)
	b = binary.LittleEndian.AppendUint32(b, uint32(cpu))
	b = append(b, make([]byte, 24)...)
	return append(b, text...)
}

// Program is a universal program.
func Program(t testing.TB, text string) []byte {
	t.Helper()
	b, err := universal.Join(Thin(universal.ARM64, text+" for arm64"), Thin(universal.X86_64, text+" for x86_64"))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

const infoPlist = `<?xml version="1.0" encoding="UTF-8"?>
<plist version="1.0"><dict>
<key>CFBundleExecutable</key><string>install-or-defer-prompt</string>
<key>CFBundleIdentifier</key><string>com.example.updates.prompt</string>
<key>CFBundleShortVersionString</key><string>1.2.3</string>
<key>CFBundleVersion</key><string>1.2.3</string>
</dict></plist>
`

// App writes an application of the helper and returns its folder.
func App(t testing.TB) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "Install or Defer.app")
	files, err := payload.New(map[string][]byte{
		"Contents/Info.plist":                    []byte(infoPlist),
		"Contents/MacOS/install-or-defer-prompt": Program(t, "helper"),
		"Contents/Resources/AppIcon.icns":        []byte("icns"),
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := files.Extract(dir); err != nil {
		t.Fatal(err)
	}
	return dir
}

// Spec is what the sample project is staged from.
func Spec(t testing.TB) project.Spec {
	t.Helper()
	return project.Spec{ID: ID, Version: "1.2.3", Title: "Updates & more", Program: Program(t, "root job"), App: App(t)}
}

// Package is the sample.
func Package(t testing.TB) installer.Package {
	t.Helper()
	s := Spec(t)
	files, err := s.Files()
	if err != nil {
		t.Fatal(err)
	}
	p := installer.Package{Identifier: string(s.ID), Version: s.Version, Title: s.Title, Time: Time}
	if p.Payload, err = payload.New(files); err != nil {
		t.Fatal(err)
	}
	texts := map[string][]byte{}
	for _, name := range []scripts.Name{scripts.Preinstall, scripts.Postinstall} {
		if texts[string(name)], err = scripts.Render(name, scripts.Build{Identifier: string(s.ID), Version: s.Version}); err != nil {
			t.Fatal(err)
		}
	}
	if p.Scripts, err = payload.New(texts); err != nil {
		t.Fatal(err)
	}
	return p
}
