package main

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"installordefer/internal/clock"
	"installordefer/internal/volume"
)

func TestOpenMac(t *testing.T) {
	t.Run("opens the simulated Mac in a folder, which belongs to whoever runs it", func(t *testing.T) {
		root := t.TempDir()
		if err := layMac(root, nil); err != nil {
			t.Fatal(err)
		}
		m, err := macToChange(root)
		if err != nil {
			t.Fatal(err)
		}
		if m.Owner != os.Getuid() || m.TeamID != "" || m.runner.Volume != m.Volume || !strings.HasPrefix(m.StateFile(), root+"/") {
			t.Errorf("%+v", m)
		}
		if got := m.clock.Now(); got.Boot != "B" {
			t.Errorf("the clock tells %+v", got)
		}
		if machine, err := m.Machine(); err != nil || machine.AppleSilicon || machine.Version != "26.6" {
			t.Errorf("%+v, %v", machine, err)
		}
	})
	t.Run("takes a folder relative to the one it was started in", func(t *testing.T) {
		root := t.TempDir()
		if err := layMac(root, nil); err != nil {
			t.Fatal(err)
		}
		t.Chdir(filepath.Dir(root))
		if m, err := openMac(filepath.Base(root)); err != nil || !filepath.IsAbs(m.Program()) {
			t.Errorf("%v", err)
		}
	})
	t.Run("refuses a folder without a simulated Mac", func(t *testing.T) {
		if _, err := openMac(t.TempDir()); !errors.Is(err, fs.ErrNotExist) {
			t.Error(err)
		}
	})
	t.Run("opens the Mac that runs it, which belongs to root", func(t *testing.T) {
		m, err := openMac("")
		if err != nil || m.Owner != 0 || m.Kernel != nil || m.clock != clock.System() || m.Path() != "/" {
			t.Errorf("%+v, %v", m, err)
		}
	})
}

func TestSimulatedKernel(t *testing.T) {
	v := volume.In(t.TempDir())
	if _, err := simulatedKernel(v); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("without a file: %v", err)
	}
	if err := os.MkdirAll(filepath.Dir(v.Path(machineFile)), 0o755); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		text       string
		arm, fails bool
		version    string
	}{
		{`{"appleSilicon":true,"kernelVersion":"16.6"}`, true, false, "16.6"},
		{`{"appleSilicon":false,"memory":8}`, false, false, ""},
		{"", false, true, ""},
		{"{}", false, true, ""},
		{"arm64", false, true, ""},
		{`{"appleSilicon":"yes"}`, false, true, ""},
		{strings.Repeat(" ", 65<<10), false, true, ""},
	} {
		if err := os.WriteFile(v.Path(machineFile), []byte(c.text), 0o644); err != nil {
			t.Fatal(err)
		}
		if k, err := simulatedKernel(v); k.AppleSilicon != c.arm || k.Version != c.version || (err != nil) != c.fails {
			t.Errorf("%.30q: %v, %v", c.text, k, err)
		}
	}
}
