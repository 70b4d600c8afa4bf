package clicked

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"installordefer/internal/simmac"
	"installordefer/prompt"
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

	var adapter time.Time // an hour from now, however long this machine took to come so far
	d.mac.Do(func(m *simmac.Mac) {
		adapter = m.Now().Wall.Add(time.Hour)
		m.After(time.Hour, func() { m.SetPower(simmac.Battery{Percent: 9, Adapter: true}) })
	})
	d.sees("body", "You agreed to the updates")
	if came := d.prompts(); len(came) != 2 || came[1].Before(adapter) {
		d.must(fmt.Errorf("dialogs came at %v, and the adapter at %v", came, adapter))
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
	d.mac.Do(func(m *simmac.Mac) {
		m.Lock()
		m.After(4*time.Minute, m.Unlock)
	})
	const ended = "The countdown of 2 minutes has ended"
	d.logged(ended)
	d.mac.Do(func(m *simmac.Mac) {
		var shown, over time.Duration
		for _, e := range m.Journal.Of(simmac.DialogShown, simmac.Logged) {
			switch {
			case e.Name == string(prompt.RunNow):
				shown = e.At
			case strings.Contains(e.Text, ended):
				over = e.At
			}
		}
		// A look every quarter of a minute finds the lock, and its end.
		if took := over - shown; took < 6*time.Minute-15*time.Second {
			t.Errorf("a countdown of 2 minutes ended %v after it began, and the screen was locked for 4 minutes of that", took)
		}
	})
	d.ends()
}
