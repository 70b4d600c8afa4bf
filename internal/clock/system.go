package clock

import (
	"context"
	"fmt"
	"math/rand/v2"
	"time"

	"golang.org/x/sys/unix"
)

type system struct{ boot Boot }

// System returns the clock of the machine that the program runs on. Its Sleep
// looks at the continuous clock at least every five seconds, because Go's own
// timers stand still while a Mac sleeps.
func System() Clock {
	boot, err := bootName()
	if err != nil || boot == "" {
		// A name that nothing else has: time is then known only within this
		// process. A shared name would compare times of different boots.
		boot = Boot(fmt.Sprintf("unnamed-%016x", rand.Uint64()))
	}
	return system{boot}
}

func (s system) Now() Moment {
	return Moment{Wall: time.Now().UTC(), Continuous: Real(), Boot: s.boot}
}

func (s system) Sleep(ctx context.Context, d time.Duration) error {
	return sleep(ctx, d, s.Now, systemTick)
}

// systemTick is how long a sleep goes on without looking at the continuous
// clock. After the Mac wakes, a sleep is late by five seconds at most; an
// hour's sleep costs 720 looks.
func systemTick(left time.Duration) time.Duration { return min(left, 5*time.Second) }

// Real returns the continuous clock of the machine that the program runs on.
func Real() time.Duration {
	var t unix.Timespec
	if err := unix.ClockGettime(continuousClock, &t); err != nil {
		// The only errors are a clock that the system does not have and a bad
		// address; without time nothing here can be right.
		panic(fmt.Sprintf("reading the continuous clock: %v", err))
	}
	return time.Duration(t.Nano())
}

// sleep waits until d has passed on now's continuous clock, looking again
// after each tick. What passes across a change of boot is not known and does
// not count.
func sleep(ctx context.Context, d time.Duration, now func() Moment, tick func(left time.Duration) time.Duration) error {
	if d <= 0 {
		return ctx.Err()
	}
	timer := time.NewTimer(tick(d))
	defer timer.Stop()
	var passed time.Duration
	for last := now(); ; {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-timer.C:
		}
		next := now()
		if since, ok := next.Since(last); ok {
			passed += since
		}
		last = next
		if passed >= d {
			return ctx.Err()
		}
		timer.Reset(tick(d - passed))
	}
}
