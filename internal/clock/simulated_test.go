package clock

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

var wall = time.Date(2026, 10, 2, 9, 0, 0, 0, time.UTC)

func write(t *testing.T, path string, a Anchor) {
	t.Helper()
	if err := WriteSimulated(path, a); err != nil {
		t.Fatal(err)
	}
}

func simulate(t *testing.T, a Anchor) (Clock, string) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "clock")
	write(t, path, a)
	c, err := Simulated(path)
	if err != nil {
		t.Fatal(err)
	}
	return c, path
}

func TestAnAnchorTellsTheTimeBeforeAndAfter(t *testing.T) {
	half := 0.5
	for _, test := range []struct {
		name             string
		anchor           Anchor
		real             time.Duration
		wall, continuous time.Duration
	}{
		{"at the anchor", Anchor{Rate: 60, Real: time.Hour}, time.Hour, 0, 0},
		{"an hour in a minute", Anchor{Rate: 60, Real: time.Hour}, time.Hour + time.Minute, time.Hour, time.Hour},
		{"frozen", Anchor{Real: time.Hour}, 9 * time.Hour, 0, 0},
		{"a slow wall clock", Anchor{Rate: 2, WallRate: &half, Real: time.Hour}, 2 * time.Hour, 30 * time.Minute, 2 * time.Hour},
		{"a wall clock that stands", Anchor{Rate: 2, WallRate: new(float64), Real: time.Hour}, 2 * time.Hour, 0, 2 * time.Hour},
		{"months", Anchor{Rate: 3600, Real: 0}, time.Hour, 3600 * time.Hour, 3600 * time.Hour},
	} {
		test.anchor.Wall, test.anchor.Continuous, test.anchor.Boot = wall, time.Minute, "b"
		got := test.anchor.At(test.real)
		if !got.Wall.Equal(wall.Add(test.wall)) || got.Continuous != time.Minute+test.continuous || got.Boot != "b" {
			t.Errorf("%s: got %+v", test.name, got)
		}
	}
}

func TestAnAnchorComesBackFromItsFile(t *testing.T) {
	rate := 1.0001
	a := Anchor{Wall: wall.Add(7), Continuous: 12345, Boot: "8D-1", Rate: 60, WallRate: &rate, Real: 99}
	path := filepath.Join(t.TempDir(), "clock")
	write(t, path, a)
	s := &simulated{path: path}
	err := s.read()
	got := s.anchor
	if err != nil || got.WallRate == nil || *got.WallRate != rate {
		t.Fatalf("got %+v, %v", got, err)
	}
	got.WallRate = a.WallRate
	if got != a {
		t.Errorf("got %+v, want %+v", got, a)
	}
}

func TestASimulatedClockRunsAtItsRate(t *testing.T) {
	c, _ := simulate(t, Anchor{Wall: wall, Continuous: time.Hour, Boot: "b", Rate: 1000})
	start, first := time.Now(), c.Now()
	if err := c.Sleep(t.Context(), time.Minute); err != nil {
		t.Fatal(err)
	}
	took, last := time.Since(start), c.Now()
	passed, ok := last.Since(first)
	if !ok || passed < time.Minute || last.Wall.Sub(first.Wall) < time.Minute {
		t.Errorf("from %+v to %+v", first, last)
	}
	if took < 55*time.Millisecond || took > 10*time.Second {
		t.Errorf("a minute at a thousand times the speed took %v", took)
	}
}

func TestAFrozenClockWaitsForItsAnchorToMove(t *testing.T) {
	c, path := simulate(t, Anchor{Wall: wall, Continuous: time.Hour, Boot: "b"})
	ctx, cancel := context.WithTimeout(t.Context(), 60*time.Millisecond)
	defer cancel()
	if err := c.Sleep(ctx, time.Nanosecond); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("a sleep under a frozen clock ended: %v", err)
	}
	moved := make(chan struct{})
	go func() {
		defer close(moved)
		time.Sleep(30 * time.Millisecond)
		WriteSimulated(path, Anchor{Wall: wall, Continuous: 9 * time.Hour, Boot: "b"})
	}()
	if err := c.Sleep(t.Context(), 8*time.Hour); err != nil {
		t.Error(err)
	}
	<-moved
}

func TestASimulatedContinuousClockNeverGoesBack(t *testing.T) {
	c, path := simulate(t, Anchor{Wall: wall, Continuous: time.Hour, Boot: "b"})
	before := c.Now()
	write(t, path, Anchor{Wall: wall.Add(-time.Hour), Continuous: time.Hour - time.Microsecond, Boot: "b"})
	after := c.Now()
	if after.Continuous != before.Continuous || !after.Wall.Equal(wall.Add(-time.Hour)) {
		t.Errorf("got %+v after %+v", after, before)
	}
	write(t, path, Anchor{Wall: wall, Continuous: time.Second, Boot: "next"})
	if m := c.Now(); m.Continuous != time.Second || m.Boot != "next" {
		t.Errorf("after a new start of the Mac: %+v", m)
	}
}

func TestADamagedAnchorLeavesTheClockRunning(t *testing.T) {
	c, path := simulate(t, Anchor{Wall: wall, Continuous: time.Hour, Boot: "b", Rate: 10})
	for _, damage := range []func() error{
		func() error { return os.WriteFile(path, []byte(`{"wallUnix`), 0o644) },
		func() error { return os.WriteFile(path, nil, 0o644) },
		func() error { return os.Remove(path) },
		func() error { return os.Mkdir(path, 0o755) },
	} {
		before := c.Now()
		if err := damage(); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Millisecond)
		if passed, ok := c.Now().Since(before); !ok || passed < 10*time.Millisecond {
			t.Errorf("%v passed, %v", passed, ok)
		}
	}
}

func TestAClockIsReadWhileItsAnchorIsReplaced(t *testing.T) {
	c, path := simulate(t, Anchor{Wall: wall, Boot: "b", Rate: 1})
	stop := make(chan struct{})
	var writing sync.WaitGroup
	writing.Go(func() {
		for i := 0; ; i++ {
			select {
			case <-stop:
				return
			default:
				WriteSimulated(path, Anchor{Wall: wall, Continuous: time.Duration(i) * time.Hour, Boot: "b", Rate: 1})
			}
		}
	})
	last := c.Now()
	for range 2000 {
		now := c.Now()
		if _, ok := now.Since(last); !ok {
			t.Fatalf("from %+v to %+v", last, now)
		}
		last = now
	}
	close(stop)
	writing.Wait()
}

func TestAnAnchorThatMakesNoSenseIsRefused(t *testing.T) {
	path := filepath.Join(t.TempDir(), "clock")
	if _, err := Simulated(path); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("without a file: %v", err)
	}
	for _, test := range []struct{ text, want string }{
		{``, "JSON"},
		{`[]`, "anchorFile"},
		{`{"boot": "b", "rate": "fast"}`, "rate"},
		{`{"boot": "", "rate": 1}`, "boot"},
		{`{"boot": "b", "rate": -1}`, "rate of -1"},
		{`{"boot": "b", "rate": 1, "wallRate": 1e7}`, "rate of 1e+07"},
		{`{"boot": "b", "rate": 1, "continuousNano": -1}`, "before the start of the Mac"},
		{`{"boot": "b", "rate": 1, "continuousNano": 9223372036854775807}`, "much too late"},
		{`{"boot": "b", "rate": 1, "anchorRealNano": -1}`, "before the start of the machine"},
		{strings.Repeat(" ", maxAnchorFile+1), "larger"},
	} {
		if err := os.WriteFile(path, []byte(test.text), 0o644); err != nil {
			t.Fatal(err)
		}
		if _, err := Simulated(path); err == nil || !strings.Contains(err.Error(), test.want) || !strings.Contains(err.Error(), path) {
			t.Errorf("%.40q: got %v, want something about %q", test.text, err, test.want)
		}
	}
	if err := WriteSimulated(path, Anchor{Wall: wall, Rate: 1}); err == nil {
		t.Error("an anchor without a boot was written")
	}
}

func FuzzAnchor(f *testing.F) {
	f.Add([]byte(`{"wallUnixNano": 1, "continuousNano": 2, "boot": "b", "rate": 60.0, "anchorRealNano": 3}`), int64(5))
	f.Add([]byte(`{"boot": "b", "rate": 1e6, "wallRate": 0.5, "wallUnixNano": -9223372036854775808}`), int64(1<<62))
	f.Fuzz(func(t *testing.T, data []byte, real int64) {
		a, err := parseAnchor(data)
		if err != nil || real < 0 {
			return
		}
		m := a.At(time.Duration(real))
		if real >= int64(a.Real) && m.Continuous < a.Continuous {
			t.Errorf("%s at %d: the continuous clock goes back, to %v", data, real, m.Continuous)
		}
	})
}
