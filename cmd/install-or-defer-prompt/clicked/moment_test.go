package clicked

import (
	"fmt"
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

// starts is how many times the job was started from one time on the Mac to another.
// How much of the Mac's time a wake takes depends on how busy this machine is.
func (d *desk) starts(from, to time.Time) (n int) {
	d.mac.Do(func(m *simmac.Mac) {
		for _, e := range m.Journal.Of(simmac.JobStarted) {
			if !e.Moment.Wall.Before(from) && e.Moment.Wall.Before(to) {
				n++
			}
		}
	})
	return n
}

func TestATimeOfTheDayThatWasChosenIsKept(t *testing.T) {
	d := sit(t, tahoe(false), map[string]any{"MaxDeferralTime": 24 * 3600, "DeferralPeriod": 3600, "DeferralTimes": []any{"10:30", "19:00"}})
	d.sees("heading", "Updates are due")
	d.must(d.Pick("choice", 1, func(shown string) bool { return strings.HasPrefix(shown, "today at 10:30") }))
	d.sees("defer", "Remind Me at 10:30")
	d.clicks("defer")
	d.logged("The next prompt comes at 2026-09-21 10:30:00")

	d.sees("heading", "Updates are due")
	// A wake that waited for half past ten brings it, not the first one after.
	then := time.Date(2026, 9, 21, 10, 30, 0, 0, time.UTC)
	if came := d.prompts(); len(came) != 2 || came[1].Before(then) || d.starts(then, came[1]) > 0 {
		d.must(fmt.Errorf("prompts came at %v and not with a wake that waited for 10:30, which was chosen", came))
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
	if came := d.prompts(); len(came) != 1 || came[0].Before(ended) || d.starts(ended, came[0]) > 1 {
		d.must(fmt.Errorf("prompts came at %v and not with the first wake after %v, when the call ended", came, ended))
	}
	d.keys("Return")
	d.logged("clicked Defer")

	d.sees("heading", "Updates are due") // once the deferral has ended
	d.clicks("run")
	d.ends()
}
