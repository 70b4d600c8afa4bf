package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"installordefer/internal/atomicfile"
	"installordefer/internal/clock"
	"installordefer/internal/logging"
	"installordefer/internal/macos"
	"installordefer/internal/product"
	"installordefer/internal/tool"
	"installordefer/internal/volume"
	"installordefer/launchd"
)

// A mac is what the program works on: the Mac that runs it or, with --root, a
// simulated one in a folder. How the two differ is said here and nowhere else.
type mac struct {
	*launchd.Host
	clock  clock.Clock
	runner *tool.System
	// sink takes the log that administrators read.
	sink logging.Sink
	// machine is what the Mac was found to be.
	machine *macos.Machine
}

// Machine reads what Mac this is, once: it does not change while a program runs.
func (m *mac) Machine() (macos.Machine, error) {
	if m.machine != nil {
		return *m.machine, nil
	}
	is, err := m.Host.Machine()
	if err == nil {
		m.machine = &is
	}
	return is, err
}

// openMac returns the simulated Mac in the folder root, or this Mac for "".
func openMac(root string) (*mac, error) {
	if root != "" {
		return simulatedMac(root)
	}
	m := newMac(volume.Volume{}, clock.System())
	m.TeamID = product.TeamID
	if sink, ok := logging.Unified(string(m.ID)); ok {
		m.sink = sink
	}
	return m, nil
}

// newMac returns a Mac of which root owns everything, and whose kernel is the
// one that runs here.
func newMac(v volume.Volume, c clock.Clock) *mac {
	runner := &tool.System{Volume: v, Clock: c}
	l := launchd.Layout{Volume: v, ID: launchd.Identifier(product.BundleID)}
	return &mac{Host: &launchd.Host{Layout: l, Runner: runner}, clock: c, runner: runner, sink: logging.Tool(runner, string(l.ID))}
}

// simulatedMac returns the Mac in a folder. It belongs to whoever runs it, and
// its programs are not signed.
func simulatedMac(root string) (*mac, error) {
	root, err := filepath.Abs(root)
	if err != nil {
		return nil, fmt.Errorf("find the folder of --root: %w", err)
	}
	v := volume.In(root)
	c, err := clock.Simulated(v.Path(clockFile))
	if err != nil {
		return nil, fmt.Errorf("--root names no simulated Mac: %w", err)
	}
	m := newMac(v, c)
	m.runner.Env = []string{"SIMMAC_ROOT=" + root}
	m.Owner, m.Kernel = os.Getuid(), func() (launchd.Kernel, error) { return simulatedKernel(v) }
	return m, nil
}

// What a simulated Mac has in place of clocks and a processor.
const (
	clockFile   = "private/var/simmac/clock.json"
	machineFile = "private/var/simmac/machine.json"
)

// simulatedKernel reads what stands for the kernel's word on a simulated Mac.
func simulatedKernel(v volume.Volume) (launchd.Kernel, error) {
	const limit = 64 << 10
	data, err := atomicfile.Read(v.Path(machineFile), limit)
	if err != nil {
		return launchd.Kernel{}, fmt.Errorf("read the hardware of the simulated Mac: %w", err)
	}
	var said struct {
		AppleSilicon *bool  `json:"appleSilicon"`
		Version      string `json:"kernelVersion"`
	}
	if err := json.Unmarshal(data, &said); err != nil || said.AppleSilicon == nil {
		return launchd.Kernel{}, fmt.Errorf("the hardware of the simulated Mac in %s needs the form {\"appleSilicon\": true}: %v", v.Path(machineFile), err)
	}
	return launchd.Kernel{Version: said.Version, AppleSilicon: *said.AppleSilicon}, nil
}

// macToChange opens a Mac for a command that changes it, which not everybody
// may.
func macToChange(root string) (*mac, error) {
	m, err := openMac(root)
	if err != nil {
		return nil, err
	}
	if user := os.Geteuid(); user != 0 && user != m.Owner {
		return nil, errors.New("this must run as root, because it reads and writes root's files: use sudo")
	}
	return m, nil
}
