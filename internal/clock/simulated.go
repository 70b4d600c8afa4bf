package clock

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"math"
	"sync"
	"time"

	"installordefer/internal/atomicfile"
)

// An Anchor ties a simulated clock to the real one: what the simulated clocks
// told at one real instant, and how fast they run from there.
type Anchor struct {
	// Wall and Continuous are what the simulated clocks told at Real.
	Wall       time.Time
	Continuous time.Duration
	Boot       Boot
	// Rate is how many simulated seconds pass in a real one. 0 stops time.
	Rate float64
	// WallRate is the rate of the wall clock where it differs; nil means
	// that it runs as the continuous clock does.
	WallRate *float64
	// Real is the real instant, as the function Real returns it.
	Real time.Duration
}

// At returns what the simulated clocks tell at a real instant.
func (a Anchor) At(real time.Duration) Moment {
	wallRate := a.Rate
	if a.WallRate != nil {
		wallRate = *a.WallRate
	}
	return Moment{
		Wall:       a.Wall.Add(scale(real-a.Real, wallRate)).UTC(),
		Continuous: a.Continuous + scale(real-a.Real, a.Rate),
		Boot:       a.Boot,
	}
}

// scale returns d times rate, at most a lifetime.
func scale(d time.Duration, rate float64) time.Duration {
	return time.Duration(min(max(float64(d)*rate, -lifetime), lifetime))
}

// lifetime, of 146 years, bounds what a simulated clock counts, so that sums
// of times stay in the range of a Duration.
const lifetime = 1 << 62

// anchorFile is the form of an Anchor in its file.
type anchorFile struct {
	WallUnixNano   int64    `json:"wallUnixNano"`
	ContinuousNano int64    `json:"continuousNano"`
	Boot           string   `json:"boot"`
	Rate           float64  `json:"rate"`
	WallRate       *float64 `json:"wallRate,omitempty"`
	AnchorRealNano int64    `json:"anchorRealNano"`
}

// maxRate bounds the rates; at it a century passes in less than an hour.
const maxRate = 1e6

// maxAnchorFile bounds the size of an anchor file in bytes.
const maxAnchorFile = 4096

// WriteSimulated writes the file that a simulated clock follows. Clocks that
// follow it see the old anchor or the new one. A zero a.Real means now.
func WriteSimulated(path string, a Anchor) error {
	if a.Real == 0 {
		a.Real = Real()
	}
	f := anchorFile{
		WallUnixNano:   a.Wall.UnixNano(),
		ContinuousNano: int64(a.Continuous),
		Boot:           string(a.Boot),
		Rate:           a.Rate,
		WallRate:       a.WallRate,
		AnchorRealNano: int64(a.Real),
	}
	if err := f.check(); err != nil {
		return fmt.Errorf("writing the simulated clock %s: %w", path, err)
	}
	data, err := json.Marshal(f)
	if err != nil {
		return fmt.Errorf("writing the simulated clock %s: %w", path, err)
	}
	return atomicfile.Write(path, append(data, '\n'), 0o644)
}

// read reads a file that WriteSimulated wrote, where it is not as it was. An
// anchor that cannot be read leaves the last one.
func (s *simulated) read() error {
	data, err := atomicfile.Read(s.path, maxAnchorFile)
	if err != nil {
		return fmt.Errorf("reading the simulated clock: %w", err)
	}
	if s.data != nil && bytes.Equal(data, s.data) {
		return nil
	}
	a, err := parseAnchor(data)
	if err != nil {
		return fmt.Errorf("reading the simulated clock %s: %w", s.path, err)
	}
	s.anchor, s.data = a, data
	return nil
}

func parseAnchor(data []byte) (Anchor, error) {
	var f anchorFile
	if err := json.Unmarshal(data, &f); err != nil {
		return Anchor{}, err
	}
	if err := f.check(); err != nil {
		return Anchor{}, err
	}
	return Anchor{
		Wall:       time.Unix(0, f.WallUnixNano).UTC(),
		Continuous: time.Duration(f.ContinuousNano),
		Boot:       Boot(f.Boot),
		Rate:       f.Rate,
		WallRate:   f.WallRate,
		Real:       time.Duration(f.AnchorRealNano),
	}, nil
}

func (f anchorFile) check() error {
	if f.Boot == "" {
		return fmt.Errorf("it does not name the boot")
	}
	if f.ContinuousNano < 0 || f.ContinuousNano >= lifetime {
		return fmt.Errorf("the continuous clock is before the start of the Mac, or much too late")
	}
	if f.AnchorRealNano < 0 {
		return fmt.Errorf("the real clock is before the start of the machine")
	}
	rates := []float64{f.Rate}
	if f.WallRate != nil {
		rates = append(rates, *f.WallRate)
	}
	for _, r := range rates {
		if math.IsNaN(r) || r < 0 || r > maxRate {
			return fmt.Errorf("a rate of %v is not between 0 and %v", r, float64(maxRate))
		}
	}
	return nil
}

// simulated follows an anchor file.
type simulated struct {
	path string

	mu     sync.Mutex
	anchor Anchor
	data   []byte // that say so
	last   Moment
}

// Simulated returns a clock that tells what the anchor file at path says. It
// reads the file at each look, so that whoever plays the Mac may stop, jump
// and hurry time, and may start the Mac again. Once read, a file that is gone
// or damaged leaves the clock running by the last good anchor.
func Simulated(path string) (Clock, error) {
	s := &simulated{path: path}
	if err := s.read(); err != nil {
		return nil, err
	}
	return s, nil
}

func (s *simulated) Now() Moment {
	s.mu.Lock()
	defer s.mu.Unlock()
	// Before the anchor, which may move as soon as it has been read.
	real := Real()
	_ = s.read() // the last good anchor goes on
	m := s.anchor.At(real)
	// Whoever moves the anchor reads the time before writing it, so that the
	// new anchor may lie a little behind what was told meanwhile. A
	// continuous clock never goes back.
	if m.Boot == s.last.Boot && m.Continuous < s.last.Continuous {
		m.Continuous = s.last.Continuous
	}
	s.last = m
	return m
}

// simulatedTick bounds how long, in real time, a sleep goes on without
// looking at the anchor file.
const simulatedTick = 20 * time.Millisecond

func (s *simulated) Sleep(ctx context.Context, d time.Duration) error {
	return sleep(ctx, d, s.Now, func(left time.Duration) time.Duration {
		s.mu.Lock()
		real := float64(left) / s.anchor.Rate // infinite when time stands still
		s.mu.Unlock()
		return time.Duration(min(max(real, float64(50*time.Microsecond)), float64(simulatedTick)))
	})
}
