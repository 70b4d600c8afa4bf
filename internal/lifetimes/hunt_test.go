package lifetimes

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"
)

const (
	// ordinarySeed starts the draw of an ordinary run, so that what it says of a
	// change is about the change.
	ordinarySeed = 20261121
	// dated is one in how many wakes of an ordinary run come from the day's seed.
	dated = 5
	// shards is how many rows of lifetimes are lived side by side: the same number
	// on every machine, so that a seed draws the same lifetimes there.
	shards = 4
	// findsMost ends a hunt that finds one fault after the other.
	findsMost = 20
	// tellWhole is how many finds are told with their world and their story.
	tellWhole = 3
)

// soaking tells whether this run draws from a seed of its own, as make soak does.
func soaking() bool { return os.Getenv("LIFETIMES_SEED") != "" }

// soakSeed is that seed: a fresh one where it is 0.
func soakSeed() uint64 {
	n, err := strconv.ParseUint(os.Getenv("LIFETIMES_SEED"), 10, 64)
	if n == 0 || err != nil {
		return uint64(time.Now().UnixNano())
	}
	return n
}

// seedOfTheDay changes at midnight UTC. LIFETIMES_DAY, as 20261127, is another
// day's.
func seedOfTheDay() uint64 {
	if n, err := strconv.ParseUint(os.Getenv("LIFETIMES_DAY"), 10, 64); err == nil && n > 0 {
		return n * 1_000_000
	}
	n, _ := strconv.ParseUint(time.Now().UTC().Format("20060102"), 10, 64)
	return n * 1_000_000
}

// worlds draws the worlds of one shard. Each shard draws worlds of its own from
// the same seed.
func worlds(shard int) *rapid.Generator[*world] {
	return rapid.Custom(func(t *rapid.T) *world {
		for i := range shard {
			rapid.Uint64().Draw(t, "shard "+strconv.Itoa(i))
		}
		return drawWorld(t)
	})
}

// A hunt lives one drawn lifetime after the other and goes on whatever it finds.
type hunt struct {
	seed  uint64
	lives int // in each shard
	tell  func(format string, args ...any)

	mu sync.Mutex
	sum
	known   map[string]int    // finds, by the fault that they are
	where   map[string]string // how to replay the first one of each
	unknown []string
}

// run lives the lifetimes of all shards side by side.
func (h *hunt) run() {
	h.known, h.where = map[string]int{}, map[string]string{}
	var done sync.WaitGroup
	for shard := range shards {
		done.Go(func() { h.shard(shard) })
	}
	done.Wait()
}

// shard lives the lifetimes of one shard. Their seeds are those that rapid.Check
// would take.
func (h *hunt) shard(shard int) {
	draw, seed := worlds(shard), h.seed
	for i := range h.lives {
		seed += uint64(i)
		w := draw.Example(int(seed))
		g, f := w.lifetime()
		h.add(g)
		if f != nil && !h.finds(g, w, *f, replay(shard, seed)) {
			return
		}
		if tenth := max(h.lives/10, 1); shard == 0 && i > 0 && i%tenth == 0 && soaking() {
			h.tell("%d lifetimes of %d", i*shards, h.lives*shards)
		}
	}
}

// finds takes note of a find. It is false where there are too many.
func (h *hunt) finds(g *guard, w *world, f find, replay string) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	if k := knownAs(g, f); k != nil {
		if h.known[k.name]++; h.known[k.name] == 1 {
			h.where[k.name] = replay
		}
		return true
	}
	text := f.String()
	if len(h.unknown) < tellWhole {
		text = w.report(f)
	}
	h.unknown = append(h.unknown, text+"\nReplay: "+replay)
	h.tell("a find: %s\nReplay: %s", f, replay)
	return len(h.unknown) < findsMost
}

// String says what the hunt has come to.
func (h *hunt) String() string {
	return fmt.Sprintf("seed %d: %d wakes in %d lifetimes, %d of which ended with the removal; the longest wake took %v awake; %d finds that nobody knows",
		h.seed, h.wakes, h.sum.lives, h.removed, h.longest, len(h.unknown))
}

// hunted is a hunt for about this many wakes.
func hunted(t *testing.T, seed uint64, wakes int) *hunt {
	h := &hunt{seed: seed, lives: max(wakes/meanWakes/shards, 1), tell: t.Logf}
	h.run()
	t.Log(h)
	return h
}

// fails lets the test fail for what nobody knows.
func (h *hunt) fails(t *testing.T) {
	for _, find := range h.unknown {
		t.Errorf("%s", find)
	}
}

// TestEveryGuaranteeHoldsInRandomLifetimes lives random lifetimes. A million
// wakes are an ordinary run: most of them the same each time, and a fifth from a
// seed that changes each day, whose finds are told and fail nothing. With
// LIFETIMES_SEED all are from that seed. With -rapid.seed one lifetime is lived
// again and made as small as it gets.
func TestEveryGuaranteeHoldsInRandomLifetimes(t *testing.T) {
	t.Run("all", func(t *testing.T) {
		if replaying {
			replayAll(t)
			return
		}
		seed, wakes := uint64(ordinarySeed), wakesWanted()-wakesWanted()/dated
		if soaking() {
			seed, wakes = soakSeed(), wakesWanted()
			t.Logf("the seed is %d: LIFETIMES_SEED=%d draws the same lifetimes again", seed, seed)
		}
		h := hunted(t, seed, wakes)
		t.Logf("reached: %s", &h.tally)
		t.Log(tableOfKnown(h.known, h.where))
		if h.fails(t); !t.Failed() && h.sum.lives >= 1000 {
			h.everythingReached(t)
		}
	})
	t.Run("today's", func(t *testing.T) {
		if replaying || soaking() {
			t.Skip("one seed is enough")
		}
		h := hunted(t, seedOfTheDay(), wakesWanted()/dated)
		writeFinds(t, h)
	})
}

// writeFinds tells what the day's seed has come to: in the log, and in the file
// that LIFETIMES_FOUND names, because go test shows no log of what passes.
func writeFinds(t *testing.T, h *hunt) {
	text := ""
	if len(h.unknown) > 0 {
		text = fmt.Sprintf("Random lifetimes of today's seed found what nobody knows. It fails nothing today.\n%s\n%s\n", h, indented(strings.Join(h.unknown, "\n\n")))
		t.Log(text)
	}
	if path := os.Getenv("LIFETIMES_FOUND"); path != "" {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Error(err)
		}
	}
}

// replayAll lives the lifetimes that -rapid.seed and -rapid.checks name, and
// makes the first that breaks a promise as small as it gets: smaller ones that
// break another promise are none.
func replayAll(t *testing.T) {
	for shard := range shards {
		t.Run(strconv.Itoa(shard), func(t *testing.T) {
			t.Parallel()
			draw, rule := worlds(shard), ""
			rapid.Check(t, func(t *rapid.T) {
				w := draw.Draw(t, "world")
				g, f := w.lifetime()
				if f == nil || rule != "" && f.rule != rule {
					return
				}
				rule = f.rule
				if k := knownAs(g, *f); k != nil {
					t.Logf("known: %s", k.name)
				}
				t.Fatalf("%s", w.report(*f))
			})
		})
	}
}

func TestHunt(t *testing.T) {
	t.Run("a replay lives the same lifetime", func(t *testing.T) {
		var got string
		rapid.Check(t, func(t *rapid.T) { // the seed of TestMain
			if w := worlds(1).Draw(t, "world"); got == "" {
				got = w.String()
			}
		})
		if want := worlds(1).Example(ordinarySeed).String(); got != want {
			t.Errorf("rapid.Check draws\n%s\nand the hunt draws\n%s", got, want)
		}
	})
	t.Run("a find that nobody knows is told with its replay, and the hunt goes on", func(t *testing.T) {
		h := &hunt{known: map[string]int{}, where: map[string]string{}, tell: t.Logf}
		w := worlds(0).Example(1)
		if !h.finds(&guard{}, w, find{promise: 1, rule: "r", text: "the Mac flies"}, "go test -run that") {
			t.Error("the hunt ends at the first find")
		}
		if len(h.unknown) != 1 || !strings.Contains(h.unknown[0], "the Mac flies") || !strings.Contains(h.unknown[0], "Replay: go test -run that") {
			t.Errorf("told: %q", h.unknown)
		}
	})
	t.Run("a known fault is counted", func(t *testing.T) {
		if len(knownFaults) == 0 {
			t.Skip("no fault is known")
		}
		k := knownFaults[0]
		was := k.is
		knownFaults[0].is = func(*guard, find) bool { return true }
		defer func() { knownFaults[0].is = was }()
		h := &hunt{known: map[string]int{}, where: map[string]string{}, tell: t.Logf}
		h.finds(&guard{}, nil, find{rule: k.rule}, "go test -run that")
		if h.known[k.name] != 1 || len(h.unknown) > 0 {
			t.Errorf("known %v, unknown %v", h.known, h.unknown)
		}
		if table := tableOfKnown(h.known, h.where); !strings.Contains(table, "     1  "+k.name) || !strings.Contains(table, "go test -run that") {
			t.Errorf("the table does not say so:\n%s", table)
		}
	})
	t.Run("what the day's seed finds is told in a file", func(t *testing.T) {
		path := filepath.Join(t.TempDir(), "found.txt")
		t.Setenv("LIFETIMES_FOUND", path)
		writeFinds(t, &hunt{seed: 7, unknown: []string{"the Mac flies\nReplay: go test -run that"}})
		if data, err := os.ReadFile(path); err != nil || !strings.Contains(string(data), "    the Mac flies\n    Replay: go test -run that") {
			t.Errorf("told: %q, %v", data, err)
		}
		writeFinds(t, &hunt{seed: 7})
		if data, err := os.ReadFile(path); err != nil || len(data) > 0 {
			t.Errorf("nothing is found, and told: %q, %v", data, err)
		}
	})
	t.Run("the day's seed changes with the day", func(t *testing.T) {
		t.Setenv("LIFETIMES_DAY", "20261127")
		a := seedOfTheDay()
		t.Setenv("LIFETIMES_DAY", "20261128")
		if b := seedOfTheDay(); a == b || a == ordinarySeed {
			t.Errorf("%d and %d", a, b)
		}
	})
}
