package tool

import (
	"context"
	"errors"
	"testing"
	"time"

	"installordefer/internal/clock"
)

// A jumpyClock lets each sleep last as long as it is told to, plus what the
// next of its jumps adds.
type jumpyClock struct {
	now   clock.Moment
	jumps []time.Duration
	slept []time.Duration
}

func (c *jumpyClock) Now() clock.Moment { return c.now }

func (c *jumpyClock) Sleep(ctx context.Context, d time.Duration) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(time.Millisecond):
	}
	c.slept = append(c.slept, d)
	c.now = c.now.Add(d)
	if len(c.jumps) > 0 {
		c.now = c.now.Add(c.jumps[0])
		c.jumps = c.jumps[1:]
	}
	return nil
}

func TestTimeAsleepCountsForTheLimit(t *testing.T) {
	s := fakeMac(t, `sleep 60`)
	c := &jumpyClock{now: clock.Moment{Boot: "b"}, jumps: []time.Duration{8 * time.Hour}}
	s.Clock = c
	_, err := s.Run(t.Context(), Command{Path: SoftwareUpdate, Limit: 3 * time.Minute})
	var timeout *TimeoutError
	if !errors.As(err, &timeout) || len(c.slept) != 1 {
		t.Errorf("got %v after sleeps of %v", err, c.slept)
	}
}

func TestTimeAsleepIsNoSilence(t *testing.T) {
	s := fakeMac(t, `sleep 60`)
	c := &jumpyClock{now: clock.Moment{Boot: "b"}, jumps: []time.Duration{8 * time.Hour, asleep}}
	s.Clock = c
	_, err := s.Run(t.Context(), Command{Path: SoftwareUpdate, Silence: 30 * time.Minute})
	var timeout *TimeoutError
	if !errors.As(err, &timeout) || !timeout.Silent || len(c.slept) != 2 || c.slept[1] != 30*time.Minute {
		t.Errorf("got %v after sleeps of %v", err, c.slept)
	}
}

func TestAnotherBootStartsTheCountAnew(t *testing.T) {
	g := newGuard(&jumpyClock{now: clock.Moment{Continuous: time.Hour, Boot: "first"}}, Command{Limit: time.Minute, Silence: time.Hour})
	g.clock.(*jumpyClock).now = clock.Moment{Continuous: 2 * time.Hour, Boot: "second"}
	if left, err := g.left(); left != time.Minute || err != nil {
		t.Errorf("got %v, %v", left, err)
	}
	g.clock.(*jumpyClock).now = clock.Moment{Continuous: 2*time.Hour + 40*time.Second, Boot: "second"}
	if left, err := g.left(); left != 20*time.Second || err != nil {
		t.Errorf("got %v, %v", left, err)
	}
}
