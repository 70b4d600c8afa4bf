package lifetimes

import (
	"fmt"
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

// Two lives that differ only in the time zone, and in how often that is
// changed, are the same to the second.
func TestTheTimeZoneDecidesNothing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := drawWorld(t)
		for _, key := range []string{"WorkdayStartHour", "WorkdayEndHour"} {
			delete(w.Settings, key) // the only setting by the hour of the day
		}
		w.Events = slices.DeleteFunc(w.Events, func(e scenario.Event) bool { return e.Do == "settings" || e.Do == "set zone" })
		w.Faults = nil // some are so large that they take most of the time
		w.Zone = "UTC"
		here := w.deeds(t.Fatalf)
		w.Zone = rapid.SampledFrom(zones[1:]).Draw(t, "other zone")
		for i := range rapid.IntRange(0, 3).Draw(t, "travels") {
			w.Events = append(w.Events, scenario.Event{At: scenario.Duration(time.Duration(i) * 7 * time.Hour), Do: "set zone",
				Zone: rapid.SampledFrom(zones[1:]).Draw(t, "travels to")})
		}
		there := w.deeds(t.Fatalf)
		for i, deed := range here {
			if i >= len(there) || there[i] != deed {
				t.Fatalf("in UTC: %s\nelsewhere something else\n%s", deed, w)
			}
		}
	})
}
