package launchd

import (
	"errors"
	"fmt"

	"golang.org/x/sys/unix"
)

func runningKernel() (Kernel, error) {
	version, err := unix.Sysctl("kern.osproductversion")
	if err != nil {
		version = "" // the version file has it as well
	}
	arm, err := unix.SysctlUint32("hw.optional.arm64")
	if err != nil && !errors.Is(err, unix.ENOENT) { // Intel Macs do not have the name
		return Kernel{}, fmt.Errorf("asking the kernel for the processor: %w", err)
	}
	return Kernel{Version: version, AppleSilicon: err == nil && arm == 1}, nil
}
