package lifetimes

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"installordefer/internal/simmac"
)

// A tally counts what lifetimes come to, so that a run that never reaches
// something is seen.
type tally struct {
	kinds   [64]int
	names   map[string]int // by what, and which
	wakes   int
	lives   int
	removed int
	longest time.Duration // wake
	excuses [excuseCount]int
}

func (n *tally) event(e simmac.Event) {
	n.kinds[e.Kind]++
	switch e.Kind {
	case simmac.FaultHit:
		n.named("fault", e.Name)
	case simmac.DialogShown:
		n.named("dialog", e.Name)
	}
}

func (n *tally) named(what, which string) {
	if n.names == nil {
		n.names = map[string]int{}
	}
	n.names[what+" "+which]++
}

func (n *tally) wake(d time.Duration) { n.longest = max(n.longest, d) }

// sum gathers the tallies of lifetimes that run side by side.
type sum struct {
	mu sync.Mutex
	tally
}

func (s *sum) add(g *guard) {
	s.mu.Lock()
	defer s.mu.Unlock()
	n := &g.reached
	s.wakes += g.l.Wakes
	s.lives++
	s.longest = max(s.longest, n.longest)
	if g.l.Removed {
		s.removed++
	}
	for k, c := range n.kinds {
		s.kinds[k] += c
	}
	if s.names == nil {
		s.names = map[string]int{}
	}
	for name, c := range n.names {
		s.names[name] += c
	}
	for e, c := range n.excuses {
		if c > 0 {
			s.names["excuse: "+excuses[e].name] += c
		}
	}
	for _, e := range g.w.Events {
		s.names["event "+strings.TrimSpace(e.Do+" "+e.State)]++
	}
}

// String lists the counts, for the log of a run.
func (n *tally) String() string {
	var b strings.Builder
	for k, c := range n.kinds {
		if c > 0 {
			fmt.Fprintf(&b, "%s %d, ", simmac.Kind(k), c)
		}
	}
	var names []string
	for name, c := range n.names {
		names = append(names, fmt.Sprintf("%s: %d", name, c))
	}
	slices.Sort(names)
	return b.String() + "\n" + strings.Join(names, "\n")
}
