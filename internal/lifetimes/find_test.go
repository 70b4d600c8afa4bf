package lifetimes

import (
	"fmt"
	"os"
	"strings"
	"time"
)

// A find is a promise that did not hold in a lifetime.
type find struct {
	// promise is its number in docs/guarantees.md.
	promise int
	// rule is the sentence that the guard says whenever this is broken, as a
	// format, and text the sentence itself.
	rule, text string
	at         time.Duration
}

func (f find) String() string { return fmt.Sprintf("guarantee %d: %s", f.promise, f.text) }

// fail tells that guarantee number n of docs/guarantees.md is broken.
func (g *guard) fail(n int, format string, args ...any) {
	g.found(find{promise: n, rule: format, text: fmt.Sprintf(format, args...), at: g.now()})
}

// report tells of a find with the world in which it was made, and of its last
// events. Where LIFETIMES_KEEP names a file, the world is written there.
func (w *world) report(f find) string {
	if path := os.Getenv("LIFETIMES_KEEP"); path != "" {
		text := []byte(w.String())
		if data, err := w.Encode(); err == nil {
			text = w.keep(data)
		}
		if err := os.WriteFile(path, text, 0o600); err != nil {
			panic(err)
		}
	}
	play := "To see the whole story, save the scenario and play it: install-or-defer-admin rehearse FILE"
	if len(w.beside) > 0 {
		play = "install-or-defer-admin rehearse FILE plays what follows \"scenario\" without the rest."
	}
	return fmt.Sprintf("%s\n%s\n%s\n%s", f, w, w.story(f.at), play)
}

// run lets the world take its course under the eyes of a guard.
func (w *world) run(fail func(string, ...any)) *guard {
	g, _ := w.live(w.failing(fail), false)
	return g
}

// failing fails for what is found, known faults apart.
func (w *world) failing(fail func(string, ...any)) func(*guard, find) {
	return func(g *guard, f find) {
		if knownAs(g, f) == nil {
			fail("%s", w.report(f))
		}
	}
}

// lifetime lets the world take its course up to the first find. It ends there,
// known or not: what follows a broken promise proves nothing of the others.
func (w *world) lifetime() (g *guard, f *find) {
	type ended struct{}
	defer func() {
		if r := recover(); r != nil && r != (any)(ended{}) {
			panic(r)
		}
	}()
	g, _ = w.live(func(finder *guard, found find) {
		g, f = finder, &found
		panic(ended{})
	}, false)
	return g, nil
}

// replay is the command that lives a lifetime again and makes it smaller.
func replay(shard int, seed uint64) string {
	return fmt.Sprintf("go test ./internal/lifetimes -run 'RandomLifetimes/all/%d$' -rapid.seed=%d -rapid.checks=1", shard, seed)
}

// indented puts a text under a line.
func indented(s string) string {
	return "    " + strings.ReplaceAll(strings.TrimSuffix(s, "\n"), "\n", "\n    ")
}
