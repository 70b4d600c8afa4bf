package main

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

// macFrameworks are the frameworks a program may be linked with. darwinkit's
// packages ask for many more (CloudKit, Metal …) that a window has no use for;
// the classes it looks up by name are AppKit's and Foundation's.
var macFrameworks = []string{"Foundation", "AppKit", "CoreFoundation", "CoreGraphics", "QuartzCore", "Security"}

// compile stands in for a C compiler: it runs clang with what the target
// needs. Of darwinkit's sources three kinds are swapped for a changed copy.
func compile(name string, args []string) error {
	self, err := os.Executable()
	if err != nil {
		return err
	}
	tmp, err := os.MkdirTemp("", "xgo-cc-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(tmp)

	c := compilation{kit: kitOf(self), tmp: tmp}
	var full []string
	if name == darwinCC {
		full, err = c.darwin(args)
	} else {
		full, err = c.gnustepArgs(args)
	}
	if err != nil {
		return err
	}
	cmd := exec.Command(full[0], full[1:]...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, os.Stdout, os.Stderr
	return cmd.Run()
}

type compilation struct {
	kit kit
	tmp string
}

// links tells whether a compiler command ends in a link.
func links(args []string) bool {
	for _, a := range args {
		switch a {
		case "-c", "-E", "-S", "-M", "-MM", "-fsyntax-only", "-###", "-v", "-V", "--version", "-dumpversion", "-dumpmachine":
			return false
		}
	}
	return true
}

func (c compilation) darwin(args []string) ([]string, error) {
	// The go command asks for these two by way of the compiler.
	if len(args) == 2 && args[0] == "--print-prog-name" {
		switch args[1] {
		case "dsymutil":
			return []string{"which", llvm("dsymutil")}, nil
		case "strip":
			return []string{"which", llvm("llvm-strip")}, nil
		}
	}
	arch := map[string]string{"amd64": "x86_64", "arm64": "arm64"}[os.Getenv("GOARCH")]
	var rest []string
	for i := 0; i < len(args); i++ {
		switch a := args[i]; {
		case a == "-arch" && i+1 < len(args):
			i++
			arch = args[i]
		case a == "-framework" && i+1 < len(args):
			i++
			if slices.Contains(macFrameworks, args[i]) {
				rest = append(rest, a, args[i])
			}
		case strings.HasSuffix(a, "protocols.gen.m"):
			stub, err := c.withoutProtocols(a)
			if err != nil {
				return nil, err
			}
			rest = append(rest, stub)
		default:
			rest = append(rest, a)
		}
	}
	if arch == "" {
		return nil, fmt.Errorf("%s: for which processor? GOARCH is not set", darwinCC)
	}
	headers, err := headersDir()
	if err != nil {
		return nil, err
	}
	resources, err := exec.Command(llvm("clang"), "-print-resource-dir").Output()
	if err != nil {
		return nil, fmt.Errorf("asking clang for its headers: %w", err)
	}
	full := []string{
		llvm("clang"), "-target", arch + "-apple-macos" + minimumMacOS,
		"-Qunused-arguments", "-fblocks", c.samePath(), "-nostdinc",
		"-isystem", filepath.Join(c.kit.sdk(), "include"),
		"-isystem", filepath.Join(strings.TrimSpace(string(resources)), "include"),
		"-isystem", filepath.Join(headers, "include", "any-darwin-any"),
	}
	if links(rest) {
		full = append(full, "-fuse-ld=lld", "-nostdlib", "-Wl,-platform_version,macos,"+minimumMacOS+","+sdkVersion)
		full = append(full, rest...)
		return append(full, "-F"+filepath.Join(c.kit.sdk(), "Frameworks"), "-L"+filepath.Join(c.kit.sdk(), "lib"), "-L"+filepath.Join(headers, "lib"), "-lobjc", "-lSystem"), nil
	}
	return append(full, rest...), nil
}

func (c compilation) gnustepArgs(args []string) ([]string, error) {
	full := []string{
		llvm("clang"), "-Qunused-arguments", c.samePath(),
		"-fobjc-runtime=gcc", "-fconstant-string-class=NSConstantString",
		"-fblocks", "-fexceptions", "-fobjc-exceptions", "-fno-strict-aliasing",
		"-DGNUSTEP", "-DGNUSTEP_BASE_LIBRARY=1", "-DGNU_GUI_LIBRARY=1", "-DGNU_RUNTIME=1", "-D_NATIVE_OBJC_EXCEPTIONS",
		"-isystem", c.kit.gnustep(), "-isystem", "/usr/include/GNUstep",
		"-include", filepath.Join(c.kit.gnustep(), "prefix.h"),
	}
	// GNU's Objective-C headers lie among GCC's own, which must stay behind clang's.
	for _, objc := range gnuObjC() {
		full = append(full, "-idirafter", filepath.Dir(objc))
	}
	for i := 0; i < len(args); i++ {
		switch a := args[i]; {
		case a == "-framework":
			i++
		case strings.HasSuffix(a, "protocols.gen.m"):
			stub, err := c.withoutProtocols(a)
			if err != nil {
				return nil, err
			}
			full = append(full, stub)
		case strings.HasSuffix(a, ".m"):
			source, err := c.forGNURuntime(a)
			if err != nil {
				return nil, err
			}
			full = append(full, "-iquote", filepath.Dir(a), source)
		default:
			full = append(full, a)
		}
	}
	if links(args) {
		// gnustep-base has a _Block_copy of its own that copies nothing:
		// BlocksRuntime's has to be found first.
		full = append(full, "-lBlocksRuntime", "-lgnustep-gui", "-lgnustep-base", "-lobjc", "-lffi", "-lpthread")
	}
	return full, nil
}

var protocolImporter = regexp.MustCompile(`(?m)^void (import\w+Protocols)\(\)`)

// withoutProtocols keeps the functions of a protocols.gen.m and empties them.
// Their @protocol expressions make the compiler emit each protocol as far as
// it is declared, and ours are not declared at all: 245 empty protocols under
// the names of Apple's.
func (c compilation) withoutProtocols(source string) (string, error) {
	text, err := os.ReadFile(source)
	if err != nil {
		return "", err
	}
	var stub bytes.Buffer
	for _, m := range protocolImporter.FindAllSubmatch(text, -1) {
		fmt.Fprintf(&stub, "void %s(void) {}\n", m[1])
	}
	if stub.Len() == 0 {
		return "", fmt.Errorf("%s names no protocols: this is not the darwinkit that xgo knows", source)
	}
	return c.changed(source, stub.Bytes())
}

var (
	idProperty = regexp.MustCompile(`(?m)^(@interface \w+ : NSObject)[ \t]*(\n@property \(assign\) uintptr_t goID;)`)
	idClass    = regexp.MustCompile(`(?m)^(@implementation \w+)[ \t]*$`)
)

// forGNURuntime writes out what GNU's runtime cannot make up: the instance
// variable behind a property, and the method behind a subscript.
func (c compilation) forGNURuntime(source string) (string, error) {
	text, err := os.ReadFile(source)
	if err != nil {
		return "", err
	}
	changed := bytes.ReplaceAll(text, []byte("result_[kp]"), []byte("[result_ objectForKey:kp]"))
	if idProperty.Match(changed) {
		changed = idProperty.ReplaceAll(changed, []byte("$1 { uintptr_t goID; }$2"))
		changed = idClass.ReplaceAll(changed, []byte("$1\n@synthesize goID;"))
	}
	if bytes.Equal(changed, text) {
		return source, nil
	}
	return c.changed(source, changed)
}

func (c compilation) changed(source string, text []byte) (string, error) {
	name := filepath.Join(c.tmp, filepath.Base(source))
	return name, os.WriteFile(name, text, 0o600)
}

// samePath keeps the temporary folder's name out of what is compiled.
func (c compilation) samePath() string { return "-ffile-prefix-map=" + c.tmp + "=/xgo" }

// gnuObjC finds the folders of GNU's Objective-C headers, one per GCC.
func gnuObjC() []string {
	found, _ := filepath.Glob("/usr/lib/gcc/*-linux-gnu/*/include/objc")
	return found
}
