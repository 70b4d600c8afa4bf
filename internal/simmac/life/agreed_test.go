package life

import (
	"strings"
	"testing"
	"time"

	"installordefer/internal/simmac"
)

// TestAClickWaitsForThePowerAdapter lives with a laptop whose battery is too low
// when Run Updates is clicked.
func TestAClickWaitsForThePowerAdapter(t *testing.T) {
	for _, c := range []struct {
		name    string
		adapter time.Duration
		prompts int
	}{
		{"an adapter within a quarter of an hour, and nobody is asked twice", 40 * time.Minute, 1},
		{"an adapter an hour later, and who has clicked is asked again", 70 * time.Minute, 2},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := tahoe()
			f.Battery = &simmac.Battery{Percent: 9}
			f.Accounts[0].Person.Temper = simmac.Runs
			l := live(t, f, 1, func(l *Life) {
				l.Mac.At(c.adapter, func() { l.Mac.SetPower(simmac.Battery{Percent: 9, Adapter: true}) })
			})
			prompts, installed := 0, time.Duration(0)
			for _, e := range l.Mac.Journal.Of(simmac.DialogShown, simmac.Logged) {
				switch {
				case e.Kind == simmac.DialogShown && len(e.Dialog.Choices) > 0:
					prompts++
					if prompts == 2 && e.At < c.adapter {
						t.Errorf("she is asked again at %v, and the adapter comes at %v", e.At, c.adapter)
					}
				case installed == 0 && strings.Contains(e.Text, "Installing "):
					installed = e.At
				}
			}
			if prompts != c.prompts || installed < c.adapter || installed > c.adapter+8*time.Minute {
				t.Errorf("%d prompts, installing at %v:\n%s", prompts, installed, trace(l.Mac))
			}
		})
	}
}
