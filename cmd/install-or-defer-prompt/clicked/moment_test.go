package clicked

import (
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
