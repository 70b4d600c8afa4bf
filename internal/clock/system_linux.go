package clock

import (
	"os"
	"strings"

	"golang.org/x/sys/unix"
)

// continuousClock is the clock that counts since boot, time suspended
// included.
const continuousClock = unix.CLOCK_BOOTTIME

// bootName reads the identifier that the kernel draws at each start.
func bootName() (Boot, error) {
	name, err := os.ReadFile("/proc/sys/kernel/random/boot_id")
	return Boot(strings.TrimSpace(string(name))), err
}
