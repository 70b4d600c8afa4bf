package launchd

import (
	"errors"
	"fmt"

	"golang.org/x/sys/unix"
)

// fromKernel completes m with what the kernel knows. Its version is the true
// one, whatever the program was built for; its word on the processor is true
// under Rosetta, too.
func (m Machine) fromKernel() (Machine, error) {
	if v, err := unix.Sysctl("kern.osproductversion"); err == nil && isVersion(v) {
		m.OSVersion = v
	}
	arm, err := unix.SysctlUint32("hw.optional.arm64")
	switch {
	case err == nil:
		m.AppleSilicon = arm == 1
	case !errors.Is(err, unix.ENOENT): // Intel Macs do not have the name
		return Machine{}, fmt.Errorf("asking the kernel for the processor: %w", err)
	}
	return m, nil
}
