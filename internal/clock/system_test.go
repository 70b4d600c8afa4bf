package clock

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"
)

func TestTheMachinesClockRunsAndKnowsItsBoot(t *testing.T) {
	c := System()
	first := c.Now()
	if first.Boot == "" || first.Boot != System().Now().Boot {
		t.Errorf("the boot is called %q and %q", first.Boot, System().Now().Boot)
	}
	if first.Continuous <= 0 || first.Wall.Location() != time.UTC {
		t.Errorf("got %+v", first)
	}
	if off := time.Since(first.Wall); off < 0 || off > time.Minute {
		t.Errorf("the wall clock is off by %v", off)
	}
	if err := c.Sleep(t.Context(), 30*time.Millisecond); err != nil {
		t.Fatal(err)
	}
	if passed, ok := c.Now().Since(first); !ok || passed < 30*time.Millisecond {
		t.Errorf("after a sleep of 30ms %v have passed, %v", passed, ok)
	}
}

func TestTheWallTimeCarriesNoMonotonicReading(t *testing.T) {
	// Times with one would be compared by it, and would not show that the
	// wall clock was set.
	if now := System().Now().Wall; now != now.Round(0) {
		t.Errorf("got %v", now)
	}
}

func TestASleepEndsWithItsContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	time.AfterFunc(10*time.Millisecond, cancel)
	start := time.Now()
	if err := System().Sleep(ctx, time.Hour); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	if took := time.Since(start); took > 10*time.Second {
		t.Errorf("it took %v", took)
	}
	for _, d := range []time.Duration{-1, 0, time.Nanosecond} {
		if err := System().Sleep(ctx, d); !errors.Is(err, context.Canceled) {
			t.Errorf("a sleep of %v with a context that has ended: %v", d, err)
		}
		if err := System().Sleep(t.Context(), d); err != nil {
			t.Errorf("a sleep of %v: %v", d, err)
		}
	}
}

// A machine has a continuous clock that gains what it slept on Go's timers.
type machine struct {
	start time.Time
	slept time.Duration
	boot  Boot
	looks int
	// event happens at the first look after eventAt.
	event   func()
	eventAt time.Duration
}

func (m *machine) now() Moment {
	m.looks++
	if m.event != nil && time.Since(m.start) > m.eventAt {
		m.event()
		m.event = nil
	}
	return Moment{Wall: time.Now(), Continuous: time.Since(m.start) + m.slept, Boot: m.boot}
}

func (m *machine) sleep(ctx context.Context, d time.Duration) error {
	return sleep(ctx, d, m.now, systemTick)
}

func TestALongSleepIsExactAndCheap(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := &machine{start: time.Now(), boot: "b"}
		if err := m.sleep(t.Context(), time.Hour+time.Second); err != nil {
			t.Fatal(err)
		}
		if took := time.Since(m.start); took != time.Hour+time.Second || m.looks > 725 {
			t.Errorf("it took %v and %d looks", took, m.looks)
		}
	})
}

func TestTimeAsleepCounts(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := &machine{start: time.Now(), boot: "b"}
		m.eventAt, m.event = 42*time.Second, func() { m.slept = 2 * time.Hour }
		if err := m.sleep(t.Context(), time.Hour); err != nil {
			t.Fatal(err)
		}
		if took := time.Since(m.start); took != 45*time.Second {
			t.Errorf("it took %v of timers, want the tick after the Mac woke, at 45s", took)
		}
	})
}

func TestASleepAcrossABootCountsWhatIsKnown(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := &machine{start: time.Now(), boot: "first"}
		m.eventAt, m.event = 10500*time.Millisecond, func() { m.boot, m.slept = "second", -9*time.Second }
		if err := m.sleep(t.Context(), time.Minute); err != nil {
			t.Fatal(err)
		}
		if took := time.Since(m.start); took != 65*time.Second {
			t.Errorf("it took %v, want the minute and the tick in which the boot fell", took)
		}
	})
}
