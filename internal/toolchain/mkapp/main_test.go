package main

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"howett.net/plist"

	"installordefer/internal/golden"
	"installordefer/internal/toolchain/checkmacho"
	"installordefer/internal/toolchain/helper"
	"installordefer/prompt/words"
)

// macHelper builds the helper for Macs as make app does, or leaves the test out.
func macHelper(t *testing.T) string {
	t.Helper()
	helper.NeedUniversal(t)
	program := filepath.Join(t.TempDir(), executable)
	if err := helper.Build("universal", program, "-trimpath", "-ldflags=-s -w"); err != nil {
		t.Fatal(err)
	}
	return program
}

// TestTheHelperIsOneThatEveryMacFrom12OnStarts checks both slices, and that
// they take from macOS exactly what is written down in testdata/imports.txt:
// a new name there is a claim that macOS 12 has it.
func TestTheHelperIsOneThatEveryMacFrom12OnStarts(t *testing.T) {
	program := macHelper(t)
	report, err := checkmacho.File(program)
	if err != nil {
		t.Fatal(err)
	}
	if err := suits(report); err != nil {
		t.Error(err)
	}
	t.Log(report)
	byLibrary := map[string][]string{}
	for _, s := range report.Slices {
		// darwinkit's three: for actions, and two that nothing makes objects of.
		if s.Classes > 3 {
			t.Errorf("%v defines %d Objective-C classes: are there delegates?", s.CPU, s.Classes)
		}
		for _, i := range s.Imports {
			if !slices.Contains(byLibrary[i.Library], i.Symbol) {
				byLibrary[i.Library] = append(byLibrary[i.Library], i.Symbol)
			}
		}
		for _, l := range s.Libraries {
			if byLibrary[l] == nil {
				byLibrary[l] = []string{} // linked, and nothing taken from it by name
			}
		}
	}
	var got bytes.Buffer
	var libraries []string
	for l := range byLibrary {
		libraries = append(libraries, l)
	}
	slices.Sort(libraries)
	for _, l := range libraries {
		fmt.Fprintf(&got, "%s\n", l)
		slices.Sort(byLibrary[l])
		for _, s := range byLibrary[l] {
			fmt.Fprintf(&got, "\t%s\n", s)
		}
	}
	if runtime.GOOS == "linux" { // Apple's linker binds some names elsewhere
		golden.Check(t, filepath.Join("testdata", "imports.txt"), got.Bytes())
	}
	// A delegate would keep every method of every wrapper.
	for _, s := range report.Slices {
		if s.Size > 8<<20 {
			t.Errorf("%v has %d bytes", s.CPU, s.Size)
		}
	}

	a := app{program: program, notice: "../../../NOTICE", id: "com.example.updates", name: "Example Updates", version: "2.3.1-rc1", out: filepath.Join(t.TempDir(), "Install or Defer.app")}
	checkApp(t, a)
}

// checkApp makes the application twice and looks at what is in it.
func checkApp(t *testing.T, a app) {
	t.Helper()
	var first map[string]string
	for range 2 {
		if err := a.make(); err != nil {
			t.Fatal(err)
		}
		files := map[string]string{}
		err := filepath.WalkDir(a.out, func(name string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() {
				return err
			}
			info, err := d.Info()
			if err != nil {
				return err
			}
			data, err := os.ReadFile(name)
			files[strings.TrimPrefix(name, a.out+"/")] = fmt.Sprint(info.Mode(), string(data))
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		if first != nil && !mapsEqual(first, files) {
			t.Error("the second application is not the first")
		}
		first = files
	}
	for name, mode := range map[string]string{
		"Contents/Info.plist": "-rw-r--r--", "Contents/PkgInfo": "-rw-r--r--",
		"Contents/Resources/NOTICE.txt": "-rw-r--r--", "Contents/Resources/AppIcon.icns": "-rw-r--r--", "Contents/MacOS/" + executable: "-rwxr-xr-x", "Contents/_CodeSignature/CodeResources": "-rw-r--r--",
	} {
		if !strings.HasPrefix(first[name], mode) {
			t.Errorf("%s is not there with mode %s", name, mode)
		}
		delete(first, name)
	}
	if len(first) > 0 {
		t.Errorf("there is more in it: %d files", len(first))
	}
	data, err := os.ReadFile(filepath.Join(a.out, "Contents", "Info.plist"))
	if err != nil {
		t.Fatal(err)
	}
	checkSeal(t, a.out, data)
	var info map[string]any
	if _, err := plist.Unmarshal(data, &info); err != nil {
		t.Fatal(err)
	}
	if languages, ok := info["CFBundleLocalizations"].([]any); !ok || len(languages) != len(words.Languages()) || !slices.Contains(languages, any("de")) {
		t.Errorf("the languages are %v", info["CFBundleLocalizations"])
	}
	for key, want := range map[string]any{
		"CFBundleIdentifier": "com.example.updates.prompt", "CFBundleName": "Example Updates",
		"CFBundleShortVersionString": "2.3.1-rc1", "CFBundleVersion": "2.3.1",
		"LSUIElement": true, "LSMinimumSystemVersion": "12.0", "CFBundleExecutable": executable, "CFBundleIconFile": "AppIcon",
	} {
		if info[key] != want {
			t.Errorf("%s is %v, not %v", key, info[key], want)
		}
	}
}

// checkSeal looks at what the signature of the application covers.
func checkSeal(t *testing.T, out string, info []byte) {
	t.Helper()
	report, err := checkmacho.File(filepath.Join(out, "Contents", "MacOS", executable))
	if err != nil {
		t.Error(err)
	}
	seal, err := os.ReadFile(filepath.Join(out, "Contents", "_CodeSignature", "CodeResources"))
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range report.Slices {
		if s.Signature.Kind != checkmacho.AdHoc || s.Signature.Identifier != "com.example.updates.prompt" ||
			!s.Signature.Seals(checkmacho.SlotInfo, info) || !s.Signature.Seals(checkmacho.SlotResources, seal) {
			t.Errorf("%v: %v does not cover the application", s.CPU, s.Signature)
		}
	}
	var sealed struct {
		Files2 map[string]struct {
			Hash []byte `plist:"hash2"`
		} `plist:"files2"`
	}
	if _, err := plist.Unmarshal(seal, &sealed); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"Resources/AppIcon.icns", "Resources/NOTICE.txt"} {
		data, err := os.ReadFile(filepath.Join(out, "Contents", name))
		if sum := sha256.Sum256(data); err != nil || !bytes.Equal(sealed.Files2[name].Hash, sum[:]) {
			t.Errorf("%s is not sealed: %v", name, err)
		}
	}
}

func mapsEqual(a, b map[string]string) bool {
	if len(a) != len(b) {
		return false
	}
	for k, v := range a {
		if b[k] != v {
			return false
		}
	}
	return true
}

func TestWhatCannotBecomeAnApplicationIsRefused(t *testing.T) {
	linux := filepath.Join(t.TempDir(), "program")
	if err := os.WriteFile(linux, []byte("\x7fELF"), 0o755); err != nil {
		t.Fatal(err)
	}
	good := app{program: linux, notice: "../../../NOTICE", id: "com.example.x", name: "X", version: "1.0", out: filepath.Join(t.TempDir(), "x.app")}
	for says, change := range map[string]func(*app){
		"is no identifier":     func(a *app) { a.id = "no identifier" },
		"is no version":        func(a *app) { a.version = "v1" },
		"are needed":           func(a *app) { a.out = "x" },
		"does not run on Macs": func(*app) {},
		"no such file":         func(a *app) { a.program = "/no/such/file" },
		"are needed ":          func(a *app) { a.name = "" },
	} {
		a := good
		change(&a)
		if err := a.make(); err == nil || !strings.Contains(err.Error(), strings.TrimSpace(says)) {
			t.Errorf("%s: %v", says, err)
		}
		if _, err := os.Stat(good.out); err == nil {
			t.Errorf("%s: an application was made all the same", says)
		}
	}
}
