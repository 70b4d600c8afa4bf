package clock

import "golang.org/x/sys/unix"

// continuousClock is the clock that clock_gettime(3) describes as running on
// while the system is asleep and as untouched by adjustments of the time.
// CLOCK_MONOTONIC runs on as well, but macOS computes it from the wall clock.
const continuousClock = unix.CLOCK_MONOTONIC_RAW

// bootName reads the identifier that the kernel draws at each start.
// kern.boottime would not do: it moves when the wall clock is set.
func bootName() (Boot, error) {
	name, err := unix.Sysctl("kern.bootsessionuuid")
	return Boot(name), err
}
