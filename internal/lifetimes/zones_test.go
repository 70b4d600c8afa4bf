package lifetimes

import (
	"fmt"
	"iter"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"installordefer/internal/simmac"
	"installordefer/internal/simmac/life"
	"installordefer/internal/simmac/scenario"
)

// deeds lists when which programs were run and which dialogs came up.
func (w *world) deeds(fail func(string, ...any)) []string {
	m := simmac.New(w.Facts(simmac.Job{Label: id}))
	defer m.Close()
	l := life.New(m, id)
	if err := l.Settings(w.Settings); err != nil {
		fail("%v", err)
	}
	var deeds []string
	m.Journal.SkipAllBut(simmac.ToolRan, simmac.DialogShown)
	m.Journal.Tell = func(e simmac.Event) {
		deeds = append(deeds, fmt.Sprint(e.At, e.Kind, e.Argv, e.Name))
	}
	w.Play(m, func(map[string]any) {})
	l.Run(w.LengthOrDefault())
	return deeds
}

// A few worlds, the same ones each time, for tests that live in each more than
// once.
func fewWorlds() iter.Seq[*world] {
	draw := rapid.Custom(func(t *rapid.T) *world { return drawWorld(t) })
	return func(yield func(*world) bool) {
		for i := range min(max(wakesWanted()/20_000, 2), 10) {
			if !yield(draw.Example(i)) {
				return
			}
		}
	}
}

// Two lives that differ only in the time zone, and in how often that is
// changed, are the same to the second.
func TestTheTimeZoneDecidesNothing(t *testing.T) {
	worlds := slices.Collect(fewWorlds())
	for name := range crashBases(t) {
		worlds = append(worlds, readWorld(t, baseOf(name)))
	}
	n := 0
	for _, w := range worlds {
		for _, key := range []string{"WorkdayStartHour", "WorkdayEndHour", "MaintenanceWindows", "QuietHours", "Blackouts", "DeadlineDate", "RequiredVersions", "HoldUntil"} {
			delete(w.Settings, key) // these are by the clock of the Mac
		}
		w.Events = slices.DeleteFunc(w.Events, func(e scenario.Event) bool { return e.Do == "settings" || e.Do == "set zone" || e.Do == "declare" })
		w.Faults = nil // some are so large that they take most of the time
		w.Zone = "UTC"
		here := w.deeds(t.Fatalf)
		for i, zone := range zones[1:] {
			w.Zone = zone
			w.Events = append(w.Events, scenario.Event{At: scenario.Duration(time.Duration(i) * 7 * time.Hour), Do: "set zone", Zone: zones[(i*3)%len(zones[1:])+1]})
		}
		if there := w.deeds(t.Fatalf); !slices.Equal(here, there) {
			for i, deed := range here {
				if i >= len(there) || there[i] != deed {
					t.Fatalf("in UTC: %s\nelsewhere something else\n%s", deed, w)
				}
			}
			t.Fatalf("elsewhere more happens than in UTC\n%s", w)
		}
		n += len(here)
	}
	t.Logf("%d programs and dialogs, each at the same second in every zone", n)
}

func TestTheSameSeedGivesTheSameStory(t *testing.T) {
	n := 0
	for w := range fewWorlds() {
		_, first := w.live(w.failing(t.Fatalf), true)
		if _, again := w.live(w.failing(t.Fatalf), true); first != again {
			t.Fatalf("the same world took another course the second time\n%s", w)
		}
		n++
	}
	t.Logf("%d worlds, each lived twice", n)
}

func TestReadingEveryFileAnewChangesNothing(t *testing.T) {
	n := 0
	for w := range fewWorlds() {
		_, remembered := w.live(w.failing(t.Fatalf), true)
		w.forgetful = true
		if _, forgotten := w.live(w.failing(t.Fatalf), true); remembered != forgotten {
			t.Fatalf("a life that reads every file anew is another one\n%s", w)
		}
		n++
	}
	t.Logf("%d worlds, each lived twice", n)
}
