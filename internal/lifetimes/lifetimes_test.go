package lifetimes

import (
	"flag"
	"fmt"
	"hash/fnv"
	"os"
	"runtime/debug"
	"strconv"
	"strings"
	"testing"
	"time"

	"installordefer/internal/simmac"
	"installordefer/internal/simmac/life"
	"installordefer/internal/simmac/story"
)

// wakesWanted is how many wakes a run simulates: a million in an ordinary one,
// and what LIFETIMES_WAKES says in a longer one.
func wakesWanted() int {
	if n, err := strconv.Atoi(os.Getenv("LIFETIMES_WAKES")); err == nil {
		return n
	}
	if testing.Short() {
		return 5_000
	}
	return 1_000_000
}

// meanWakes is about how many wakes one drawn lifetime has.
const meanWakes = 700

// replaying is true where somebody names the seed of one lifetime.
var replaying bool

// garbage is how many times as much as lives may be allocated before it is
// collected. A lifetime keeps a few megabytes and leaves behind a thousand times
// as much: collected at the usual rate that takes a third of the time.
const garbage = 10

func TestMain(m *testing.M) {
	flag.Parse()
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(100 * garbage)
	}
	if f := flag.Lookup("rapid.checks"); f.Value.String() == f.DefValue {
		checks := max(wakesWanted()/meanWakes/shards, 1)
		if testing.Short() {
			checks *= 5 // of which rapid then makes one
		}
		_ = f.Value.Set(strconv.Itoa(checks))
	}
	f := flag.Lookup("rapid.seed")
	if replaying = f.Value.String() != f.DefValue; !replaying {
		_ = f.Value.Set(strconv.Itoa(ordinarySeed))
	}
	_ = flag.Set("rapid.shrinktime", "20s")
	_ = flag.Set("rapid.nofailfile", "true") // the failure shows its world
	os.Exit(m.Run())
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
	wanted = append(wanted, "consent clicked", "consent counted down", "consent nobody there", "restart nobody there", "restart after the soft one", "restart told of in full", "work lost with full warning", "work lost without warning",
		"round stopped", "round begun", "round over", "deadline moved", "deadline brought nearer", "profile kept", "profile no longer kept", "local kept", "deadline told by the right clock", "wake idle", "liveness enforced", "liveness prompted", "liveness half a day overdue",
		"check withheld", "event declare", "event hold", "hours asked in time", "hours enforced in time", "declared asked for", "source DeadlineDate", "source RequiredVersions", "source MaxDeferrals")
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
var quiet = []simmac.Kind{simmac.DialogChanged, simmac.ToolEnded, simmac.StateSaved}

// live lets the world take its course. The trace is a digest of all that
// happened, where it is wanted.
func (w *world) live(found func(*guard, find), traced bool) (*guard, uint64) {
	m := simmac.New(w.Facts(simmac.Job{Label: id}))
	defer m.Close()
	l := life.New(m, id)
	l.Forgetful = w.forgetful
	var g *guard
	g = newGuard(w, l, func(f find) { found(g, f) })
	set := func(values map[string]any) {
		if err := l.Settings(values); err != nil {
			panic(err)
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
		m.At(time.Duration(b.At), func() { b.do(l, g) })
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
	g := newGuard(w, l, func(find) {})
	if len(w.Settings) > 0 {
		_ = l.Settings(w.Settings) // it was set before
	}
	var b strings.Builder
	teller := story.Teller{Out: &b, Tools: true}
	m.Journal.Tell = func(e simmac.Event) { teller.Tell(e, m.Zone()) }
	w.Play(m, func(values map[string]any) { _ = l.Settings(values) })
	for _, b := range w.beside {
		m.At(time.Duration(b.At), func() { b.do(l, g) })
	}
	l.Run(until + time.Second)
	lines := strings.SplitAfter(b.String(), "\n")
	return strings.Join(lines[max(len(lines)-60, 0):], "")
}
