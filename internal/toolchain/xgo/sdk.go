package main

import (
	"bufio"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

// A library is what a linker has to know of a platform library: where it lies
// on a Mac, and what it exports.
type library struct {
	file    string // below the SDK's folder
	install string // the path that goes into the binary
	symbols []string
	classes []string
}

// parseLibraries reads libraries.txt.
func parseLibraries(text string) ([]*library, error) {
	var all []*library
	lines := bufio.NewScanner(strings.NewReader(text))
	for n := 1; lines.Scan(); n++ {
		f := strings.Fields(lines.Text())
		if len(f) == 0 || strings.HasPrefix(f[0], "#") {
			continue
		}
		switch {
		case f[0] == "framework" && len(f) == 3:
			bundle := f[1] + ".framework"
			all = append(all, &library{
				file:    path.Join("Frameworks", bundle, f[1]+".tbd"),
				install: path.Join("/System/Library/Frameworks", bundle, "Versions", f[2], f[1]),
			})
		case f[0] == "library" && len(f) == 3:
			all = append(all, &library{file: path.Join("lib", f[1]+".tbd"), install: f[2]})
		case f[0] == "symbols" && len(all) > 0:
			last := all[len(all)-1]
			last.symbols = append(last.symbols, f[1:]...)
		case f[0] == "classes" && len(all) > 0:
			last := all[len(all)-1]
			last.classes = append(last.classes, f[1:]...)
		default:
			return nil, fmt.Errorf("libraries.txt, line %d: %q is not understood", n, lines.Text())
		}
	}
	return all, nil
}

// stub writes the library as a text-based stub, version 4 of the format.
func (l *library) stub() string {
	const targets = "[ x86_64-macos, arm64-macos ]"
	var b strings.Builder
	fmt.Fprintf(&b, "--- !tapi-tbd\ntbd-version: 4\ntargets: %s\ninstall-name: '%s'\n", targets, l.install)
	if len(l.symbols)+len(l.classes) > 0 {
		fmt.Fprintf(&b, "exports:\n  - targets: %s\n", targets)
	}
	if len(l.symbols) > 0 {
		fmt.Fprintf(&b, "    symbols: [ %s ]\n", strings.Join(l.symbols, ", "))
	}
	if len(l.classes) > 0 {
		fmt.Fprintf(&b, "    objc-classes: [ %s ]\n", strings.Join(l.classes, ", "))
	}
	b.WriteString("...\n")
	return b.String()
}

// writeStubs writes the stub of every library, with the symbols that Go's own
// standard library takes from it on a Mac.
func writeStubs(dir, list string) error {
	all, err := parseLibraries(list)
	if err != nil {
		return err
	}
	fromGo, err := goImports()
	if err != nil {
		return err
	}
	for _, l := range all {
		l.symbols = append(l.symbols, fromGo[l.install]...)
		slices.Sort(l.symbols)
		l.symbols = slices.Compact(l.symbols)
		name := filepath.Join(dir, filepath.FromSlash(l.file))
		if err := errors.Join(os.MkdirAll(filepath.Dir(name), 0o755), os.WriteFile(name, []byte(l.stub()), 0o644)); err != nil {
			return err
		}
	}
	return nil
}

var dynamicImport = regexp.MustCompile(`(?m)^//go:cgo_import_dynamic \S+ ([^\s#]+)\S* "(/[^"]+)"`)

// goImports reads out of Go's own sources which symbols they take from which
// platform library, so that a new Go needs no new list.
func goImports() (map[string][]string, error) {
	root, err := exec.Command("go", "env", "GOROOT").Output()
	if err != nil {
		return nil, fmt.Errorf("asking for Go's own sources: %w", err)
	}
	found := map[string]map[string]bool{}
	src := filepath.Join(strings.TrimSpace(string(root)), "src")
	err = filepath.WalkDir(src, func(name string, d fs.DirEntry, err error) error {
		if err == nil && d.IsDir() && (d.Name() == "cmd" || d.Name() == "testdata") {
			return filepath.SkipDir
		}
		if err != nil || d.IsDir() || !strings.HasSuffix(name, ".go") {
			return err
		}
		text, err := os.ReadFile(name)
		for _, m := range dynamicImport.FindAllSubmatch(text, -1) {
			install := string(m[2])
			if found[install] == nil {
				found[install] = map[string]bool{}
			}
			found[install]["_"+string(m[1])] = true
		}
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("reading Go's own sources: %w", err)
	}
	byLibrary := map[string][]string{}
	for install, names := range found {
		byLibrary[install] = slices.Sorted(maps.Keys(names))
	}
	return byLibrary, nil
}
