package lifetimes

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"howett.net/plist"

	"installordefer/deferral/settings"
	"installordefer/internal/simmac"
	"installordefer/internal/simmac/life"
)

// An ending is how a life came out.
type ending struct {
	// removed is true when the job file is gone, so that nothing starts the job
	// any more. A loss of power right after that leaves the program, which
	// nobody starts, and left has no other file.
	removed   bool
	left      []string
	installed []string
	deadline  time.Time
	effects   int
	crashedAt string
}

// adopted gives a Mac a running deadline of the original.
func adopted(l *life.Life) {
	now := l.Mac.Now().Wall
	data, err := plist.Marshal(map[string]any{
		"AppleSoftwareUpdatesForcedAfter":   now.Add(40 * time.Minute).Unix(),
		"AppleSoftwareUpdatesDeferredUntil": now.Add(15 * time.Minute).Unix(),
		"SupportContact":                    "the help desk",
	}, plist.BinaryFormat)
	if err != nil {
		panic(err)
	}
	l.Mac.Disk().Put(settings.LocalPath(settings.UpstreamIDs[0]), data)
}

// rotten gives a Mac a state file that cannot be read.
func rotten(l *life.Life) {
	l.Mac.Disk().Put(layout.StateFile(), []byte("bplist00 and then nothing that makes sense"))
}

// liveOnce lets a world live with one crash, or with none, under the eyes of a
// guard, and says how it came out.
func (w *world) liveOnce(c *simmac.Crash, setUp func(*life.Life), fail func(string, ...any)) ending {
	m := simmac.New(w.Facts(simmac.Job{Label: id}))
	defer m.Close()
	l := life.New(m, id)
	g := newGuard(w, l, func(f find) { fail("%s\n%s", f, describe(c)) })
	if err := l.Settings(w.Settings); err != nil {
		fail("%v", err)
	}
	if setUp != nil {
		setUp(l)
	}
	m.Journal.Skip(append(quiet, simmac.Logged)...)
	m.Journal.Tell = func(e simmac.Event) {
		m.Journal.Events = m.Journal.Events[:0] // the guard has seen it
		g.tell(e)
	}
	var out ending
	l.Each = func(wake life.Wake) {
		g.woke(wake)
		if !g.round.deadline.IsZero() {
			out.deadline = g.round.deadline
		}
		if l.Removed {
			m.EndAt(m.Elapsed() + time.Minute)
		}
	}
	w.Play(m, func(values map[string]any) {
		if err := l.Settings(values); err != nil {
			fail("%v", err)
		}
		g.profileChanged()
	})
	if c != nil {
		planned := *c
		m.PlanCrash(planned)
	}
	l.Run(w.LengthOrDefault())
	out.removed, out.effects = !m.JobInstalled(), m.Effects()
	for _, p := range m.Disk().Paths() {
		if p != layout.Program() && p != layout.ManagedFile() && p != layout.StatusFile() && p != layout.SupportFolder()+"/removing" && !strings.Contains(p, ".broken-") && !(p == layout.LocalFile() && empty(m, p)) {
			out.left = append(out.left, p)
		}
	}
	out.crashedAt, _ = m.Crashed()
	for _, u := range w.Updates {
		if m.Installed(u.Label) {
			out.installed = append(out.installed, u.Label)
		}
	}
	return out
}

func describe(c *simmac.Crash) string {
	if c == nil {
		return "without a crash"
	}
	end := "the process is killed"
	if c.Power {
		end = "the power is lost"
	}
	return fmt.Sprintf("%s %v side effect number %d", end, c.When, c.Effect)
}

// crashBases are the lives that are crashed at every point.
func crashBases(t *testing.T) map[string]func(*life.Life) {
	files, err := filepath.Glob("testdata/crash/*.json")
	if err != nil || len(files) == 0 {
		t.Fatalf("no scenarios: %v", err)
	}
	bases := map[string]func(*life.Life){}
	for _, path := range files {
		bases[strings.TrimSuffix(filepath.Base(path), ".json")] = nil
	}
	bases["migrated"], bases["rotten"] = adopted, rotten
	return bases
}

// baseOf names the scenario of a base: two of them are one that begins with
// other files.
func baseOf(name string) string {
	switch name {
	case "migrated":
		name = "deferred-to-the-end"
	case "rotten":
		name = "run-and-restart"
	}
	return filepath.Join("testdata/crash", name+".json")
}

func TestTheLivesToBeCrashedEndWell(t *testing.T) {
	for name, setUp := range crashBases(t) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := readWorld(t, baseOf(name))
			w.calm = time.Duration(w.Length)
			if e := w.liveOnce(nil, setUp, t.Fatalf); !e.removed || len(e.left) > 0 && setUp == nil {
				t.Errorf("it ends with %+v\n%s", e, w.story(w.LengthOrDefault()))
			}
		})
	}
}

func TestACrashAnywhereChangesNothing(t *testing.T) {
	var total crashes
	t.Run("all", func(t *testing.T) {
		for name, setUp := range crashBases(t) {
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				if testing.Short() && name != "deferred-to-the-end" {
					t.Skip("left out by -short: one life is crashed")
				}
				total.add(crashEverywhere(t, baseOf(name), setUp))
			})
		}
	})
	t.Logf("%d lives with %d side effects were crashed %d times: before, in the middle of and after each, by a kill and by a loss of power", total.lives, total.effects, total.struck)
	if !t.Failed() && total.struck < 4*total.effects && !testing.Short() {
		t.Errorf("of %d side effects only %d crashes struck", total.effects, total.struck)
	}
}

// crashes counts what was crashed.
type crashes struct {
	mu                     sync.Mutex
	lives, effects, struck int
}

func (c *crashes) add(effects, struck int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.lives++
	c.effects += effects
	c.struck += struck
}

// crashEverywhere lives a life once for each instant of each of its side
// effects and for each kind of crash.
func crashEverywhere(t *testing.T, path string, setUp func(*life.Life)) (effects, struck int) {
	w := readWorld(t, path)
	w.calm = time.Duration(w.Length) // nothing is asked of the rest of the life but its end
	clean := w.liveOnce(nil, setUp, t.Fatalf)
	if !clean.removed {
		t.Fatalf("even without a crash the job is not removed: %+v", clean)
	}
	step := 1
	if testing.Short() {
		step = 11
	}
	for n := 1; n <= clean.effects; n += step {
		for _, when := range []simmac.When{simmac.Before, simmac.InTheMiddle, simmac.AfterIt} {
			for _, power := range []bool{false, true} {
				c := &simmac.Crash{Effect: n, When: when, Power: power}
				got := w.liveOnce(c, setUp, t.Fatalf)
				if got.crashedAt != "" {
					struck++
				}
				if why := clean.differs(got, w.late()); why != "" {
					t.Fatalf("%s, at %q: %s\nwithout it: %+v\nwith it:    %+v", describe(c), got.crashedAt, why, clean, got)
				}
			}
		}
	}
	t.Logf("%d side effects, %d crashes", clean.effects, struck)
	return clean.effects, struck
}

// late is how much later a deadline may be after a crash that comes before it
// was written down: the next wake, after a start of the Mac, sets it. Where
// checks fail, too, the next try may be two hours away; and a second round begins
// a day after the end of the first, which a crash may put off by as much.
func (w *world) late() time.Duration {
	if len(w.Faults) > 0 || w.Settings["RemoveWhenDone"] == false {
		return 140 * time.Minute
	}
	return 20 * time.Minute
}

// differs says in what a life with a crash has come out worse than the clean
// one.
func (e ending) differs(got ending, late time.Duration) string {
	switch {
	case !got.removed:
		return "the job is never removed"
	case !slices.Equal(got.left, e.left):
		return "files are left behind"
	case !slices.Equal(got.installed, e.installed):
		return "not the same updates are installed"
	case got.deadline.After(e.deadline.Add(late)):
		return "the deadline is later"
	}
	return ""
}

// empty tells whether a file is what macOS leaves of preferences in which nothing
// is set any more.
func empty(m *simmac.Mac, path string) bool {
	data, _ := m.Disk().Get(path)
	var dict map[string]any
	_, err := plist.Unmarshal(data, &dict)
	return err == nil && len(dict) == 0
}
