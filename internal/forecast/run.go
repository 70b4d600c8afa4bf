package forecast

import (
	"math/rand/v2"
	"runtime"
	"sync"
	"sync/atomic"
	"time"

	"installordefer/internal/simmac/scenario"
	"installordefer/launchd"
)

// The bounds of a forecast.
const (
	MostMacs = 1_000_000
	MostDays = 120

	// fleets are what the Macs are divided into. In each the shares of the
	// temperaments are others, which gives the bands.
	fleets = 20
	// fewestInFleet keeps a small forecast from bands that are all chance.
	fewestInFleet = 25
)

// A Policy is settings with a name.
type Policy struct {
	Name     string
	Settings map[string]any
}

// An Order says what is to be foretold.
type Order struct {
	Mix        *Mix
	Policies   []Policy
	Identifier launchd.Identifier
	Macs, Days int
	Seed       uint64
	// Progress, where not nil, gets how many Macs have lived; it is called by
	// one goroutine at a time.
	Progress func(macs int)
}

// A fleetOf is one of the fleets.
type fleetOf struct {
	mix     *Mix
	tempers Shares
}

// fleets returns the fleets that the Macs are divided into.
func (o Order) fleets() []fleetOf {
	n := min(fleets, max(o.Macs/fewestInFleet, 1))
	list := make([]fleetOf, n)
	for i := range list {
		list[i] = fleetOf{o.Mix, o.Mix.Temperaments}
		if n == 1 {
			break
		}
		rng := rand.New(rand.NewPCG(o.Seed, 1<<63+uint64(i)))
		mix := *o.Mix
		mix.learned = redrawn(o.Mix.learned, rng)
		list[i] = fleetOf{&mix, o.Mix.Temperaments.varied(rng)}
	}
	return list
}

// Scenario draws Mac number n, from 1 on, as it lives in this forecast, so that
// it can be rehearsed alone.
func (o Order) Scenario(n int) (*scenario.Scenario, Traits) {
	return o.draw(o.fleets(), n)
}

func (o Order) draw(fs []fleetOf, n int) (*scenario.Scenario, Traits) {
	f := fs[n%len(fs)]
	return f.mix.draw(o.Seed, n, o.Days, f.tempers)
}

// Run lets the fleet live under each policy.
func Run(o Order) (*Forecast, error) {
	r := run{Order: o, fs: o.fleets()}
	workers := min(runtime.GOMAXPROCS(0), o.Macs)
	counts := make([][]*tally, workers)
	errs := make([]error, workers)
	var wait sync.WaitGroup
	for w := range workers {
		wait.Go(func() { counts[w], errs[w] = r.work() })
	}
	wait.Wait()
	for _, err := range errs {
		if err != nil {
			return nil, err
		}
	}
	for _, more := range counts[1:] {
		for p := range more {
			counts[0][p].add(more[p])
		}
	}
	return o.report(counts[0]), nil
}

// A run is a forecast under way.
type run struct {
	Order
	fs      []fleetOf
	taken   atomic.Int64 // Macs that somebody lives
	stopped atomic.Bool  // one worker has failed
	mu      sync.Mutex
	lived   int
}

// work lives Macs until none is left.
func (r *run) work() ([]*tally, error) {
	counts := make([]*tally, len(r.Policies))
	for i := range counts {
		counts[i] = newTally(len(r.fs), r.Days)
	}
	for !r.stopped.Load() {
		n := int(r.taken.Add(1))
		if n > r.Macs {
			break
		}
		s, traits := r.draw(r.fs, n)
		for i, p := range r.Policies {
			l, err := live(s, r.Identifier, p.Settings, traits)
			if err != nil {
				r.stopped.Store(true)
				return nil, err
			}
			counts[i].count(n, n%len(r.fs), l)
		}
		r.progress()
	}
	return counts, nil
}

func (r *run) progress() {
	if r.Progress == nil {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.lived++
	r.Progress(r.lived)
}

// usualStart is a day on which a Mac can be drawn to see whether it can.
var usualStart = time.Date(2026, 10, 5, 4, 0, 0, 0, time.UTC)
