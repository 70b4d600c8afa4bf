package lifetimes

import (
	"flag"
	"fmt"
	"hash/fnv"
	"os"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"installordefer/internal/simmac"
	"installordefer/internal/simmac/life"
	"installordefer/internal/simmac/story"
)

// fast tells whether only a glimpse is wanted.
func fast() bool { return os.Getenv("TEST_FAST") != "" || testing.Short() }

// wakesWanted is how many wakes a run simulates: a million in an ordinary one,
// and what LIFETIMES_WAKES says in a longer one.
func wakesWanted() int {
	if n, err := strconv.Atoi(os.Getenv("LIFETIMES_WAKES")); err == nil {
		return n
	}
	if fast() {
		return 20_000
	}
	return 1_000_000
}

// seed starts the draw. An ordinary run draws the same lives each time, so that
// what it says of a change is about the change; make soak draws new ones.
func seed() string {
	if s := os.Getenv("LIFETIMES_SEED"); s != "" {
		return s
	}
	return "20261121"
}

// meanWakes is about how many wakes one drawn lifetime has.
const meanWakes = 700

func TestMain(m *testing.M) {
	flag.Parse()
	if f := flag.Lookup("rapid.checks"); f.Value.String() == f.DefValue {
		_ = f.Value.Set(strconv.Itoa(max(wakesWanted()/meanWakes/runtime.NumCPU(), 1)))
	}
	if f := flag.Lookup("rapid.seed"); f.Value.String() == f.DefValue {
		_ = f.Value.Set(seed())
	}
	_ = flag.Set("rapid.shrinktime", "20s")
	_ = flag.Set("rapid.nofailfile", "true") // the failure shows its world
	os.Exit(m.Run())
}

func TestEveryGuaranteeHoldsInRandomLifetimes(t *testing.T) {
	var total sum
	t.Run("all", func(t *testing.T) {
		for shard := range runtime.NumCPU() {
			t.Run(strconv.Itoa(shard), func(t *testing.T) {
				t.Parallel()
				rapid.Check(t, func(t *rapid.T) {
					for i := range shard { // each shard draws lives of its own
						rapid.Uint64().Draw(t, "shard "+strconv.Itoa(i))
					}
					w := drawWorld(t)
					g := w.run(t.Fatalf)
					total.add(g)
				})
			})
		}
	})
	t.Logf("%d wakes in %d lifetimes, %d of which ended with the removal; the longest wake took %v awake", total.wakes, total.lives, total.removed, total.longest)
	t.Logf("reached: %s", &total.tally)
	if !t.Failed() && total.lives >= 1000 {
		total.everythingReached(t)
	}
}

// everythingReached fails where the draw is too narrow to come to something.
func (n *tally) everythingReached(t *testing.T) {
	for _, k := range []simmac.Kind{simmac.Booted, simmac.WentDown, simmac.FellAsleep, simmac.WokeUp, simmac.JobKilled, simmac.DialogShown, simmac.Answered,
		simmac.Downloaded, simmac.Staged, simmac.Installed, simmac.RestartAsked, simmac.RestartRefused, simmac.RestartForced, simmac.WorkLost,
		simmac.SessionChanged, simmac.ClockSet, simmac.ZoneSet, simmac.PowerChanged, simmac.NetworkChanged, simmac.CatalogueSet,
		simmac.PaneOpened, simmac.StateFailed, simmac.RemovalStep, simmac.JobGone, simmac.FaultHit} {
		if n.kinds[k] == 0 {
			t.Errorf("no lifetime came to %q: the draw does not reach it", k)
		}
	}
	var wanted []string
	for _, k := range simmac.FaultKinds {
		wanted = append(wanted, "fault "+string(k))
	}
	for _, k := range []string{"run-or-defer", "run-now", "updating", "install-now", "password"} {
		wanted = append(wanted, "dialog "+k)
	}
	for _, e := range eventsDrawn {
		if e != "false start" {
			wanted = append(wanted, "event "+e)
		}
	}
	wanted = append(wanted, "consent clicked", "consent counted down", "consent nobody there", "restart nobody there", "restart after the soft one",
		"round stopped", "round begun", "deadline moved", "deadline brought nearer", "profile kept", "profile no longer kept", "deadline told by the right clock", "wake idle", "liveness enforced", "liveness prompted", "liveness half a day overdue")
	for _, what := range wanted {
		found := false
		for name, c := range n.names {
			found = found || c > 0 && strings.HasPrefix(name, what)
		}
		if !found {
			t.Errorf("no lifetime came to %q: the draw does not reach it", what)
		}
	}
}

// quiet are the events that no check needs.
var quiet = []simmac.Kind{simmac.DialogChanged, simmac.ToolEnded, simmac.JobEnded, simmac.StateSaved}

// run lets the world take its course under the eyes of a guard.
func (w *world) run(fail func(string, ...any)) *guard {
	g, _ := w.live(fail, false)
	return g
}

// live lets the world take its course. The trace is a digest of all that
// happened, where it is wanted.
func (w *world) live(fail func(string, ...any), traced bool) (*guard, uint64) {
	m := simmac.New(w.Facts(simmac.Job{Label: id}))
	defer m.Close()
	l := life.New(m, id)
	l.Forgetful = w.forgetful
	g := newGuard(w, l, func(format string, args ...any) {
		what := fmt.Sprintf(format, args...)
		fail("%s\n%s\n%s\nTo see the whole story, save the scenario and play it: install-or-defer rehearse FILE", what, w, w.story(m.Elapsed()))
	})
	set := func(values map[string]any) {
		if err := l.Settings(values); err != nil {
			fail("%v", err)
		}
		g.profileChanged()
	}
	if len(w.Settings) > 0 {
		set(w.Settings)
	}
	m.Journal.Skip(quiet...)
	trace := fnv.New64a()
	m.Journal.Tell = func(e simmac.Event) {
		m.Journal.Events = m.Journal.Events[:0] // the guard has seen it
		if traced {
			fmt.Fprintln(trace, e.At, e.Kind, e.Name, e.Text, e.Argv, e.Code)
		}
		g.tell(e)
	}
	if !traced && w.Settings["AppleSiliconPassword"] != true {
		m.Journal.Skip(simmac.Logged)
	}
	l.Each = func(wake life.Wake) {
		g.woke(wake)
		if l.Removed {
			m.EndAt(m.Elapsed() + 2*time.Minute)
		}
	}
	w.Play(m, set)
	for _, b := range w.beside {
		m.At(b.at, func() { b.do(l, g) })
	}
	l.Run(w.LengthOrDefault())
	if st, err := l.State(); err == nil {
		g.ended(st)
	}
	return g, trace.Sum64()
}

// story tells what happened up to a time, as rehearse does: the same world is
// lived once more, with everything kept.
func (w *world) story(until time.Duration) string {
	m := simmac.New(w.Facts(simmac.Job{Label: id}))
	defer m.Close()
	l := life.New(m, id)
	g := newGuard(w, l, func(string, ...any) {})
	if len(w.Settings) > 0 {
		_ = l.Settings(w.Settings) // it was set before
	}
	var b strings.Builder
	teller := story.Teller{Out: &b, Tools: true}
	m.Journal.Tell = func(e simmac.Event) { teller.Tell(e, m.Zone()) }
	w.Play(m, func(values map[string]any) { _ = l.Settings(values) })
	for _, e := range w.beside {
		m.At(e.at, func() { e.do(l, g) })
	}
	l.Run(until + time.Second)
	lines := strings.SplitAfter(b.String(), "\n")
	return strings.Join(lines[max(len(lines)-60, 0):], "")
}
