package main

import (
	"crypto/sha256"
	"embed"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
)

const (
	// llvmMajor is the version of clang and lld, as Debian 12 numbers them.
	llvmMajor = "19"
	// minimumMacOS is the oldest macOS that Go 1.26 supports.
	minimumMacOS = "12.0"
	// sdkVersion is only a number that AppKit reads: it picks old or new
	// behaviour by it. 13.3 has none of the changed drawing of 14 and 26.
	sdkVersion = "13.3"

	darwinCC  = "darwin-cc"
	gnustepCC = "gnustep-cc"
)

//go:embed sdk gnustep compile.go
var files embed.FS

// A kit is a folder in the user's cache with the two C compilers and what they
// read. Its name is a hash of all of that: the go command tells compilers
// apart by their path, so a changed kit builds anew and an unchanged one does
// not.
type kit struct{ dir string }

func (k kit) cc(name string) string { return filepath.Join(k.dir, name) }
func (k kit) sdk() string           { return filepath.Join(k.dir, "sdk") }
func (k kit) gnustep() string       { return filepath.Join(k.dir, "gnustep") }

// kitOf is the kit that a compiler belongs to.
func kitOf(compiler string) kit { return kit{filepath.Dir(compiler)} }

func llvm(program string) string { return program + "-" + llvmMajor }

// cacheDir is where everything lies that is fetched or generated.
func cacheDir() (string, error) {
	base, err := os.UserCacheDir()
	if err != nil {
		return "", fmt.Errorf("finding a folder for the toolchain: %w", err)
	}
	return filepath.Join(base, "install-or-defer", "toolchain"), nil
}

// newKit makes the kit, or finds it made.
func newKit() (kit, error) {
	cache, err := cacheDir()
	if err != nil {
		return kit{}, err
	}
	stamp, err := kitStamp()
	if err != nil {
		return kit{}, err
	}
	k := kit{filepath.Join(cache, "kit-"+stamp)}
	if _, err := os.Stat(k.dir); err == nil {
		return k, nil
	}
	if err := os.MkdirAll(cache, 0o755); err != nil {
		return kit{}, fmt.Errorf("making the toolchain: %w", err)
	}
	tmp, err := os.MkdirTemp(cache, "new-")
	if err != nil {
		return kit{}, fmt.Errorf("making the toolchain: %w", err)
	}
	defer os.RemoveAll(tmp)
	if err := (kit{tmp}).fill(); err != nil {
		return kit{}, fmt.Errorf("making the toolchain: %w", err)
	}
	// Two builds at once may both get here; either's work will do.
	if err := os.Rename(tmp, k.dir); err != nil {
		if _, there := os.Stat(k.dir); there != nil {
			return kit{}, fmt.Errorf("making the toolchain: %w", err)
		}
	}
	return k, nil
}

// kitStamp hashes what a compiled object depends on besides its source.
func kitStamp() (string, error) {
	h := sha256.New()
	fmt.Fprintln(h, llvmMajor, minimumMacOS, sdkVersion, headersVersion, runtime.Version(), runtime.GOARCH)
	err := fs.WalkDir(files, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := files.ReadFile(name)
		fmt.Fprintln(h, name, len(data))
		h.Write(data)
		return err
	})
	return fmt.Sprintf("%x", h.Sum(nil)[:8]), err
}

func (k kit) fill() error {
	for _, dir := range []string{"sdk/include", "gnustep"} {
		tree, err := fs.Sub(files, dir)
		if err != nil {
			return err
		}
		if err := os.CopyFS(filepath.Join(k.dir, dir), tree); err != nil {
			return err
		}
	}
	list, err := files.ReadFile("sdk/libraries.txt")
	if err != nil {
		return err
	}
	if err := writeStubs(k.sdk(), string(list)); err != nil {
		return err
	}
	self, err := os.Executable()
	if err != nil {
		return err
	}
	program, err := os.ReadFile(self)
	if err != nil {
		return err
	}
	for _, name := range []string{darwinCC, gnustepCC} {
		if err := os.WriteFile(k.cc(name), program, 0o755); err != nil {
			return err
		}
	}
	return nil
}
