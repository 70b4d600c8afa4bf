package forecast

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"installordefer/internal/simmac"
	"installordefer/internal/simmac/life"
)

// A happening is an event of a life that is counted.
type happening struct {
	At   time.Duration
	Kind string
	Name string
}

// TestAJumpLeavesOutNothing lives the same Macs from one moment to the next and
// wake by wake.
func TestAJumpLeavesOutNothing(t *testing.T) {
	mix, err := Office()
	if err != nil {
		t.Fatal(err)
	}
	o := Order{Mix: mix, Policies: []Policy{{Name: "defaults"}}, Identifier: "com.example", Macs: 20, Days: 8, Seed: 3}
	settings := map[string]any{"MaxDeferralTime": 172800.0, "DeferralPeriod": 10800.0, "WorkdayStartHour": 8.0, "WorkdayEndHour": 18.0}
	lived := func(n int, jumps bool) (happened []happening, wakes int) {
		s, _ := o.Scenario(n)
		l, err := life.Of(s, o.Identifier, settings)
		if err != nil {
			t.Fatal(err)
		}
		defer l.Mac.Close()
		l.Jumps = jumps
		l.Mac.Journal.SkipAllBut(told...)
		l.Mac.Journal.Tell = func(e simmac.Event) { happened = append(happened, happening{e.At, e.Kind.String(), e.Name}) }
		l.Run(s.LengthOrDefault())
		return happened, l.Wakes
	}
	all, jumped := 0, 0
	for n := 1; n <= o.Macs; n++ {
		want, wakes := lived(n, false)
		got, fewer := lived(n, true)
		all, jumped = all+wakes, jumped+fewer
		// The seconds that a tool takes are drawn again after each wake that is left
		// out, and launchd starts the job every five minutes.
		if diff := cmp.Diff(want, got, cmp.Comparer(func(a, b time.Duration) bool { return (a - b).Abs() <= 6*time.Minute })); diff != "" {
			t.Errorf("Mac %d: %s", n, diff)
		}
	}
	// Past the deadline each look counts for how long a person is at the screen.
	if jumped*5 > all*3 {
		t.Errorf("%d wakes of %d are left", jumped, all)
	}
}
