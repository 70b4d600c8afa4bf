package lifetimes

import (
	"flag"
	"fmt"
	"os"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"howett.net/plist"
	"pgregory.net/rapid"

	"installordefer/internal/simmac"
	"installordefer/internal/simmac/life"
)

// wakesWanted is how many wakes a run simulates: a million in an ordinary one.
func wakesWanted() int {
	if n, err := strconv.Atoi(os.Getenv("LIFETIMES_WAKES")); err == nil {
		return n
	}
	if os.Getenv("TEST_FAST") != "" || testing.Short() {
		return 50_000
	}
	return 1_000_000
}

// meanWakes is about how many wakes one drawn lifetime has.
const meanWakes = 700

func TestMain(m *testing.M) {
	flag.Parse()
	if f := flag.Lookup("rapid.checks"); f.Value.String() == f.DefValue {
		_ = f.Value.Set(strconv.Itoa(max(wakesWanted()/meanWakes/runtime.NumCPU(), 1)))
	}
	_ = flag.Set("rapid.shrinktime", "20s")
	os.Exit(m.Run())
}

func TestEveryGuaranteeHoldsInRandomLifetimes(t *testing.T) {
	var total tally
	t.Run("all", func(t *testing.T) {
		for shard := range runtime.NumCPU() {
			t.Run(strconv.Itoa(shard), func(t *testing.T) {
				t.Parallel()
				rapid.Check(t, func(t *rapid.T) {
					l, g := drawWorld(t).run(t.Fatalf)
					total.add(l, g)
				})
			})
		}
	})
	t.Logf("%d wakes in %d lifetimes, %d of which ended with the removal", total.wakes, total.lives, total.removed)
	for _, k := range []simmac.Kind{simmac.DialogShown, simmac.Answered, simmac.Installed, simmac.RestartAsked, simmac.RestartForced, simmac.JobGone, simmac.FellAsleep, simmac.ClockSet, simmac.JobKilled} {
		if total.kinds[k] == 0 && !t.Failed() && total.lives >= 100 {
			t.Errorf("no lifetime came to %q: the draw does not reach it", k)
		}
	}
}

// A tally counts what all lifetimes of a run came to.
type tally struct {
	mu                    sync.Mutex
	wakes, lives, removed int
	kinds                 [64]int
}

func (n *tally) add(l *life.Life, g *guard) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.wakes += l.Wakes
	n.lives++
	if l.Removed {
		n.removed++
	}
	for k, c := range g.seenKinds {
		n.kinds[k] += c
	}
}

// run lets the world take its course under the eyes of a guard.
func (w *world) run(fail func(string, ...any)) (*life.Life, *guard) {
	m := simmac.New(w.facts)
	m.Faults = w.faults
	l := life.New(m, id)
	defer m.Close()
	if len(w.settings) > 0 {
		data, err := plist.Marshal(w.settings, plist.BinaryFormat)
		if err != nil {
			fail("%v", err)
		}
		l.Profile(data)
	}
	g := newGuard(w, l, func(format string, args ...any) {
		fail("%s\n%s\n%s", fmt.Sprintf(format, args...), w.describe(), recent(m))
	})
	m.Journal.Skip(simmac.DialogChanged, simmac.ToolEnded, simmac.JobStarted, simmac.JobEnded, simmac.StateSaved)
	m.Journal.Tell = g.tell
	l.Each = g.woke
	for _, e := range w.events {
		m.At(e.at, func() { e.do(l) })
	}
	l.Run(time.Duration(w.days) * 24 * time.Hour)
	return l, g
}

func (w *world) describe() string {
	var b strings.Builder
	fmt.Fprintf(&b, "settings %v, Apple silicon %v\n", w.settings, w.facts.AppleSilicon)
	for _, a := range w.facts.Accounts {
		fmt.Fprintf(&b, "%s logs in after %v and %s\n", a.Name, a.LogsInAfter, a.Person.Temper)
	}
	for _, u := range w.facts.Updates {
		fmt.Fprintf(&b, "offers %s from %v, %s\n", u.Label, u.Appears, u.Course)
	}
	for _, f := range w.faults {
		fmt.Fprintf(&b, "%s %s from %v until %v\n", f.Tool, f.Kind, f.From, f.Until)
	}
	for _, e := range w.events {
		fmt.Fprintf(&b, "after %v: %s\n", e.at, e.what)
	}
	return b.String()
}

// recent is the end of the story so far.
func recent(m *simmac.Mac) string {
	events := m.Journal.Events
	if n := len(events); n > 60 {
		events = events[n-60:]
	}
	var b strings.Builder
	for _, e := range events {
		fmt.Fprintf(&b, "%10v %s %-14s %s %s\n", e.At.Round(time.Second), e.Moment.Wall.Format("Jan 2 15:04:05"), e.Kind, e.Name, e.Text)
	}
	return b.String()
}
