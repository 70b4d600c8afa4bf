package clicked

import (
	"strings"
	"testing"
	"time"

	"installordefer/internal/simmac"
)

// low is a laptop whose battery is too low to install anything.
func low() simmac.Facts {
	f := tahoe(false)
	f.Battery = &simmac.Battery{Percent: 9}
	return f
}

func (d *desk) hasPower(b simmac.Battery) {
	d.mac.Do(func(m *simmac.Mac) { m.SetPower(b) })
}

// said tells whether the root job has said this by now.
func (d *desk) said(text string) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	return strings.Contains(strings.Join(d.log, "\n"), text)
}

func TestAnObstacleIsSaidInAWindowAndTheUpdatesGoOnWithoutAnotherClick(t *testing.T) {
	d := sit(t, low(), map[string]any{"MaxDeferralTime": 24 * 3600})
	d.sees("heading", "Updates are due")
	d.clicks("run")

	d.sees("heading", "The battery is too low for the updates")
	d.must(d.Text("body", func(s string) bool { return strings.Contains(s, "9%") }))
	d.hasPower(simmac.Battery{Percent: 14})
	d.must(d.Text("body", func(s string) bool { return strings.Contains(s, "14%") })) // in the same window
	if d.said("Installing ") {
		t.Fatal("it installs on a low battery")
	}
	d.hasPower(simmac.Battery{Percent: 14, Adapter: true})
	d.logged("Installing Safari 27.0.") // by the click of before
	d.ends()
	if n := len(d.prompts()); n != 1 {
		t.Errorf("%d prompts, want the one that was answered", n)
	}
}

func TestAnOldClickIsAnnouncedInAWindow(t *testing.T) {
	d := sit(t, low(), map[string]any{"MaxDeferralTime": 24 * 3600})
	d.sees("heading", "Updates are due")
	d.clicks("run")
	d.sees("heading", "The battery is too low for the updates")
	d.clicks("ok") // Not Now

	adapter := time.Date(2026, 9, 21, 10, 0, 0, 0, time.UTC)
	d.mac.Do(func(m *simmac.Mac) {
		m.At(time.Hour, func() { m.SetPower(simmac.Battery{Percent: 9, Adapter: true}) })
	})
	d.sees("body", "You agreed to the updates")
	if came := d.prompts(); len(came) != 2 || came[1].Before(adapter) {
		t.Errorf("dialogs came at %v, and the adapter at %v", came, adapter)
	}
	if d.said("Installing ") {
		t.Fatal("it installs before it was announced")
	}
	d.clicks("run")
	d.logged("Installing Safari 27.0.")
	d.ends()
}

func TestACountdownStandsStillBehindALock(t *testing.T) {
	d := sit(t, tahoe(false), map[string]any{"SkipDeferral": true, "UpdateDelay": 120})
	d.must(d.Event("armed"))
	var locked time.Time
	d.mac.Do(func(m *simmac.Mac) {
		m.Lock()
		locked = m.Now().Wall
		m.At(m.Elapsed()+4*time.Minute, m.Unlock)
	})
	d.logged("The countdown of 2 minutes has ended")
	d.mac.Do(func(m *simmac.Mac) {
		if took := m.Now().Wall.Sub(locked); took < 5*time.Minute {
			t.Errorf("it ended %v after the screen was locked for 4 minutes", took)
		}
	})
	d.ends()
}
