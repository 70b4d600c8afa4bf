package clicked

import (
	"strings"
	"testing"
	"time"

	"installordefer/internal/simmac"
)

// prompts are the times by the Mac's clock at which prompts came on the screen.
func (d *desk) prompts() []time.Time {
	d.mu.Lock()
	defer d.mu.Unlock()
	return append([]time.Time(nil), d.shown...)
}

func TestATimeOfTheDayThatWasChosenIsKept(t *testing.T) {
	d := sit(t, tahoe(false), map[string]any{"MaxDeferralTime": 24 * 3600, "DeferralPeriod": 3600, "DeferralTimes": []any{"10:30", "19:00"}})
	d.sees("heading", "Updates are due")
	d.must(d.Pick("choice", 1, func(shown string) bool { return strings.HasPrefix(shown, "today at 10:30") }))
	d.sees("defer", "Remind Me at 10:30")
	d.clicks("defer")
	d.logged("The next prompt comes at 2026-09-21 10:30:00")

	d.sees("heading", "Updates are due")
	// A wake before has asked for the list, and this one waits for half past ten. What is
	// left are a few processes, each of which takes many of the Mac's seconds here.
	then := time.Date(2026, 9, 21, 10, 30, 0, 0, time.UTC)
	if came := d.prompts(); len(came) != 2 || came[1].Before(then) || !came[1].Before(then.Add(2*time.Minute)) {
		t.Fatalf("prompts came at %v, and 10:30 was chosen", came)
	}
	t.Logf("the prompt came %v after", d.prompts()[1].Sub(then))
	d.clicks("run")
	d.ends()
}

func TestThePromptComesWhenACallEnds(t *testing.T) {
	d := sit(t, tahoe(false), map[string]any{"MaxDeferralTime": 24 * 3600})
	d.mac.Do(func(m *simmac.Mac) { m.Call("zoom.us", true) })
	d.logged("The person at the screen is busy.")
	if came := d.prompts(); len(came) > 0 {
		t.Fatalf("a prompt came at %v, in the middle of the call", came)
	}
	var ended time.Time
	d.mac.Do(func(m *simmac.Mac) {
		m.Call("zoom.us", false)
		ended = m.Now().Wall
	})
	d.sees("heading", "Updates are due")
	if came := d.prompts(); len(came) != 1 || came[0].Before(ended) || came[0].After(ended.Add(6*time.Minute)) {
		t.Errorf("prompts came at %v, and the call ended at %v", came, ended)
	}
	d.keys("Return")
	d.logged("clicked Defer")

	d.sees("heading", "Updates are due") // once the deferral has ended
	d.clicks("run")
	d.ends()
}
