// Package helper builds the helper with its windows, for the tests that show
// them. AppKit's wrappers take minutes to compile for each kind of machine; xgo
// sees to it that they are compiled once, whoever asks first.
//
// What must hold here: a test that needs windows is left out by -short and on a
// machine that cannot show them, and never because something is not set up.
package helper

import (
	"fmt"
	"os/exec"
	"runtime"
	"testing"
)

// NeedGNUstep leaves a test out that shows windows, or clicks into them.
func NeedGNUstep(t testing.TB) {
	t.Helper()
	leaveOutIfShort(t)
	if runtime.GOOS != "linux" {
		t.Skip("left out: GNUstep stands in for AppKit on Linux alone")
	}
}

// NeedUniversal leaves a test out that builds programs for Macs.
func NeedUniversal(t testing.TB) {
	t.Helper()
	leaveOutIfShort(t)
}

func leaveOutIfShort(t testing.TB) {
	t.Helper()
	if testing.Short() {
		t.Skip("left out by -short: it needs AppKit's wrappers, which take minutes to compile")
	}
}

// Build builds the helper for a target of xgo into a file.
func Build(target, program string, flags ...string) error {
	if err := Ready(target); err != nil {
		return err
	}
	args := append([]string{target, "build", "-o", program}, flags...)
	if err := xgo(append(args, "installordefer/cmd/install-or-defer-prompt")...); err != nil {
		return fmt.Errorf("build the helper for %s: %w", target, err)
	}
	return nil
}

// Ready tells what a target of xgo lacks.
func Ready(target string) error {
	if err := xgo("ready", target); err != nil {
		return fmt.Errorf("the toolchain is not set up; make setup does that, and go test -short leaves out what needs it: %w", err)
	}
	return nil
}

func xgo(args ...string) error {
	cmd := exec.Command("go", append([]string{"run", "installordefer/internal/toolchain/xgo"}, args...)...)
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("%w\n%s", err, out)
	}
	return nil
}
