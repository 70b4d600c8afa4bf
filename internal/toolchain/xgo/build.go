package main

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"

	"golang.org/x/sys/unix"
)

const darwinkit = "github.com/progrium/darwinkit"

// closuresOnHeap makes darwinkit's closures survive their caller: since Go
// 1.25 a slice whose size is known only at run time may lie on the stack, and
// darwinkit gives libffi its address to keep (darwinkit issue 286). We use no
// closures; this is the second lock on that door.
const closuresOnHeap = "-gcflags=" + darwinkit + "/...=-d=variablemakethreshold=0"

// here is the target that this machine can run.
func here(target string) string {
	switch {
	case target != "here":
		return target
	case runtime.GOOS == "darwin":
		return "darwin-" + runtime.GOARCH
	}
	return "gnustep"
}

// build runs the go command for one target.
func build(target string, args []string) error {
	if len(args) == 0 {
		return fmt.Errorf("%s: which go command? build, test, vet …", target)
	}
	env, err := targetEnv(target)
	if err != nil {
		return err
	}
	goArgs := []string{args[0], closuresOnHeap}
	if target == "gnustep" {
		goArgs = append(goArgs, "-tags=gnustep")
	}
	cmd := exec.Command("go", append(goArgs, args[1:]...)...)
	cmd.Env = append(os.Environ(), env...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, os.Stdout, os.Stderr
	if args[0] == "build" {
		turn, err := takeTurn()
		if err != nil {
			return err
		}
		defer turn.Close()
		// The go command holds it too, should this process be killed before.
		cmd.ExtraFiles = []*os.File{turn}
	}
	return cmd.Run()
}

// takeTurn waits until no other build is under way, and keeps others waiting
// until the file is closed. The go command shares what was compiled, but not
// what is being compiled: without turns, tests and makes that begin together
// all compile darwinkit, which takes minutes and five gigabytes each.
func takeTurn() (*os.File, error) {
	dir, err := cacheDir()
	if err != nil {
		return nil, err
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, fmt.Errorf("making the toolchain's folder: %w", err)
	}
	f, err := os.OpenFile(filepath.Join(dir, "building"), os.O_RDWR|os.O_CREATE, 0o644)
	if err != nil {
		return nil, fmt.Errorf("opening the lock of builds: %w", err)
	}
	for {
		err = unix.Flock(int(f.Fd()), unix.LOCK_EX)
		if !errors.Is(err, unix.EINTR) {
			break
		}
	}
	if err != nil {
		f.Close()
		return nil, fmt.Errorf("locking %s: %w", f.Name(), err)
	}
	return f, nil
}

// targetEnv is what the go command has to be told for a target. Nothing in it
// depends on the time or the caller, so that the build cache stays good.
func targetEnv(target string) ([]string, error) {
	if problem := ready(target); problem != nil {
		return nil, fmt.Errorf("%w (xgo setup installs what is missing)", problem)
	}
	goarch, forMac := strings.CutPrefix(target, "darwin-")
	switch {
	case forMac && runtime.GOOS == "darwin":
		return []string{
			"CGO_ENABLED=1", "GOOS=darwin", "GOARCH=" + goarch,
			"MACOSX_DEPLOYMENT_TARGET=" + minimumMacOS,
			"CGO_CFLAGS=-O2 -mmacosx-version-min=" + minimumMacOS,
			"CGO_LDFLAGS=-mmacosx-version-min=" + minimumMacOS,
		}, nil
	case forMac:
		kit, err := newKit()
		if err != nil {
			return nil, err
		}
		return []string{"CGO_ENABLED=1", "GOOS=darwin", "GOARCH=" + goarch, "CGO_CFLAGS=-O2", "CGO_LDFLAGS=", "CC=" + kit.cc(darwinCC)}, nil
	}
	kit, err := newKit()
	if err != nil {
		return nil, err
	}
	return []string{"CGO_ENABLED=1", "CGO_CFLAGS=-O2", "CGO_LDFLAGS=", "CC=" + kit.cc(gnustepCC)}, nil
}

// buildUniversal builds both slices and joins them.
func buildUniversal(args []string) error {
	if len(args) == 0 || args[0] != "build" {
		return errors.New("universal: only build makes sense")
	}
	args = slices.Clone(args)
	i := slices.Index(args, "-o")
	if i < 0 || i+1 == len(args) {
		return errors.New("universal: -o FILE is needed")
	}
	out := args[i+1]
	dir, err := os.MkdirTemp(filepath.Dir(out), ".xgo-")
	if err != nil {
		return fmt.Errorf("making a place for the slices: %w", err)
	}
	defer os.RemoveAll(dir)

	var slicesMade []string
	for _, target := range []string{"darwin-amd64", "darwin-arm64"} {
		args[i+1] = filepath.Join(dir, target)
		if err := build(target, args); err != nil {
			return fmt.Errorf("%s: %w", target, err)
		}
		slicesMade = append(slicesMade, args[i+1])
	}
	lipo := "lipo"
	if runtime.GOOS != "darwin" {
		lipo = llvm("llvm-lipo")
	}
	join := exec.Command(lipo, append([]string{"-create", "-output", out}, slicesMade...)...)
	join.Stderr = os.Stderr
	if err := join.Run(); err != nil {
		return fmt.Errorf("joining the slices with %s: %w", lipo, err)
	}
	return nil
}

// knownDarwinkit fails when darwinkit's sources are not the ones that the
// compilers below rewrite: they would silently rewrite nothing.
func knownDarwinkit() error {
	out, err := exec.Command("go", "list", "-m", "-f", "{{.Version}} {{.Dir}}", darwinkit).Output()
	if err != nil {
		return fmt.Errorf("the module of this folder does not have %s: %w", darwinkit, err)
	}
	version, dir, _ := strings.Cut(strings.TrimSpace(string(out)), " ")
	if version != "v0.5.0" {
		return fmt.Errorf("%s is %s; the compilers here know v0.5.0", darwinkit, version)
	}
	if dir != "" {
		return nil
	}
	download := exec.Command("go", "mod", "download", darwinkit)
	download.Stderr = os.Stderr
	if err := download.Run(); err != nil {
		return fmt.Errorf("fetching %s: %w", darwinkit, err)
	}
	return nil
}
