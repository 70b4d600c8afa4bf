package main

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

func TestLibrariesAreWrittenAsStubs(t *testing.T) {
	all, err := parseLibraries("# comment\n\nframework AppKit C\nsymbols _a _b\nclasses NSWindow\nlibrary libx /usr/lib/libx.dylib\n")
	if err != nil || len(all) != 2 {
		t.Fatalf("%d libraries, %v", len(all), err)
	}
	want := `--- !tapi-tbd
tbd-version: 4
targets: [ x86_64-macos, arm64-macos ]
install-name: '/System/Library/Frameworks/AppKit.framework/Versions/C/AppKit'
exports:
  - targets: [ x86_64-macos, arm64-macos ]
    symbols: [ _a, _b ]
    objc-classes: [ NSWindow ]
...
`
	if got := all[0].stub(); got != want {
		t.Errorf("the stub is\n%s", got)
	}
	if all[1].file != "lib/libx.tbd" || strings.Contains(all[1].stub(), "exports") {
		t.Errorf("%s:\n%s", all[1].file, all[1].stub())
	}
	for _, bad := range []string{"symbols _a", "framework AppKit", "nonsense"} {
		if _, err := parseLibraries(bad); err == nil || !strings.Contains(err.Error(), "line 1") {
			t.Errorf("%q: %v", bad, err)
		}
	}
}

func TestTheSymbolsOfGosOwnLibraryAreReadOutOfItsSource(t *testing.T) {
	found, err := goImports()
	if err != nil {
		t.Fatal(err)
	}
	const security = "/System/Library/Frameworks/Security.framework/Versions/A/Security"
	if len(found[security]) < 5 || !strings.HasPrefix(found[security][0], "_Sec") {
		t.Errorf("from Security: %q", found[security])
	}
}

func TestALinkIsToldFromACompilation(t *testing.T) {
	for line, want := range map[string]bool{"-o a a.o": true, "-c a.c -o a.o": false, "-### -x c -c -": false, "-E -": false, "a.o -lffi": true} {
		if got := links(strings.Fields(line)); got != want {
			t.Errorf("%s: %v", line, got)
		}
	}
}

// darwinkitFile reads a file of darwinkit's source.
func darwinkitFile(t *testing.T, name string) string {
	t.Helper()
	out, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", darwinkit).Output()
	dir := strings.TrimSpace(string(out))
	if err != nil || dir == "" {
		t.Skip("darwinkit's source is not here: go mod download " + darwinkit)
	}
	return filepath.Join(dir, filepath.FromSlash(name))
}

func TestNoProtocolIsNamedInWhatIsCompiled(t *testing.T) {
	c := compilation{tmp: t.TempDir()}
	name, err := c.withoutProtocols(darwinkitFile(t, "macos/appkit/protocols.gen.m"))
	if err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if string(text) != "void importAppKitProtocols(void) {}\n" {
		t.Errorf("%s", text)
	}
	empty := filepath.Join(c.tmp, "protocols.gen.m")
	if err := os.WriteFile(empty, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := c.withoutProtocols(empty); err == nil {
		t.Error("a file that names no protocols is not what it was")
	}
}

func TestDarwinkitsSourcesAreMadeFitForGNUsRuntime(t *testing.T) {
	for name, want := range map[string]string{
		"objc/protocol.m":                "@interface ProtocolImplBase : NSObject { uintptr_t goID; }",
		"objc/runtime_utils.m":           "@synthesize goID;",
		"helper/action/action_handler.m": "@implementation ActionHandler\n@synthesize goID;",
		"objc/type_convertion.m":         "[result_ objectForKey:kp]",
	} {
		c := compilation{tmp: t.TempDir()}
		changed, err := c.forGNURuntime(darwinkitFile(t, name))
		if err != nil {
			t.Fatal(err)
		}
		text, err := os.ReadFile(changed)
		if err != nil || !bytes.Contains(text, []byte(want)) {
			t.Errorf("%s has no %q: %v", name, want, err)
		}
	}
	c := compilation{tmp: t.TempDir()}
	same := darwinkitFile(t, "objc/object.m")
	if name, err := c.forGNURuntime(same); name != same || err != nil {
		t.Errorf("%s was changed without need: %v", name, err)
	}
}

func TestAnArchiveWithAnotherHashIsNotUnpacked(t *testing.T) {
	archive := filepath.Join(t.TempDir(), "x.tgz")
	if err := os.WriteFile(archive, []byte("not what was pinned"), 0o644); err != nil {
		t.Fatal(err)
	}
	dir := filepath.Join(t.TempDir(), "out")
	if err := unpackHeaders(archive, dir); err == nil || !strings.Contains(err.Error(), "SHA-512") {
		t.Errorf("%v", err)
	}
	if _, err := os.Stat(dir); err == nil {
		t.Error("something was unpacked")
	}
}

func TestTheKitsNameFollowsItsContent(t *testing.T) {
	first, err := kitStamp()
	if err != nil {
		t.Fatal(err)
	}
	second, err := kitStamp()
	if err != nil || first != second || len(first) != 16 {
		t.Errorf("%q, then %q: %v", first, second, err)
	}
}
