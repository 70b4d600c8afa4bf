package life

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"installordefer/internal/simmac"
)

// TestEachDayWithoutAPromptIsExplained is what a works council asks after two weeks:
// why there was no prompt on four days, and whether anybody is named.
func TestEachDayWithoutAPromptIsExplained(t *testing.T) {
	s := decoded(t, "audit")
	const noon = 4 * time.Hour // of the story's days, which begin at eight
	for day, c := range []struct{ gate, why string }{
		{"locked", "The screen is locked. The dialog comes when it is unlocked."},
		{"nobody", "Nobody is logged in. The prompt comes when somebody is at the screen."},
		{"quiet hours", "Nobody is asked before 2026-11-27 00:00:00 CET."},
		{"hold", "This Mac is held until 2026-11-27 23:50:00 CET."},
	} {
		l, err := Rehearse(s, id, nil, time.Duration(day+1)*24*time.Hour+noon, func(simmac.Event, *time.Location) {})
		if err != nil {
			t.Fatal(err)
		}
		x, err := l.Explain()
		if err != nil {
			t.Fatal(err)
		}
		if x.Wanted != "prompt" || x.Next != "wait" || x.Why != c.why {
			t.Errorf("%s: wants to %s and does %s: %s", c.gate, x.Wanted, x.Next, x.Why)
		}
		closed := false
		for _, g := range x.Gates {
			closed = closed || g.Gate == c.gate && g.Why == c.why
		}
		text, err := json.Marshal(x)
		if err != nil || !closed {
			t.Errorf("%s is not among what is closed: %s, %v", c.gate, text, err)
		}
		for _, p := range s.People {
			if strings.Contains(strings.ToLower(string(text)), p.Name) {
				t.Errorf("it names %s: %s", p.Name, text)
			}
		}
		if bad := watched.FindString(string(text)); bad != "" {
			t.Errorf("it has %q: %s", bad, text)
		}
	}
	lines := told(t, s, nil)
	(quiet{"2026-11-24", "2026-11-28", " screen “"}).check(t, lines)
	inOrder(t, lines, []string{"2026-11-30 09:00:20 job The deadline is in 4 days", "2026-12-02 09:00:35 job cleo clicked Run Updates", "2026-12-02 09:20:43 job Nothing is left to install"})
}
