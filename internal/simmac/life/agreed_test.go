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
		name      string
		adapter   time.Duration
		announced simmac.Act // what she does then
		prompts   int
		least     time.Duration
	}{
		{"an adapter within a quarter of an hour, and she hears nothing more", 40 * time.Minute, simmac.ActNothing, 1, 0},
		{"an adapter an hour later, and she sees the countdown", 70 * time.Minute, simmac.ActNothing, 2, 5 * time.Minute},
		{"an adapter an hour later, and she starts at once", 70 * time.Minute, simmac.ActRun, 2, 0},
		{"an adapter an hour later, and she puts it off", 70 * time.Minute, simmac.ActDefer, 3, 2 * time.Hour},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := tahoe()
			f.Battery = &simmac.Battery{Percent: 9}
			then := []simmac.Reaction{{After: 15 * time.Second, Do: simmac.ActRun}, {After: 15 * time.Second, Do: c.announced}, {After: 15 * time.Second, Do: simmac.ActRun}}
			f.Accounts[0].Person = simmac.Person{Temper: simmac.Listed, Answers: then}
			l := live(t, f, 1, func(l *Life) {
				l.Mac.At(c.adapter, func() { l.Mac.SetPower(simmac.Battery{Percent: 9, Adapter: true}) })
			})
			prompts, installed := 0, time.Duration(0)
			for _, e := range l.Mac.Journal.Of(simmac.DialogShown, simmac.Logged) {
				switch {
				case e.Kind == simmac.DialogShown && len(e.Dialog.Choices) > 0:
					prompts++
					if prompts == 2 && e.At < c.adapter {
						t.Errorf("it is announced at %v, and the adapter comes at %v", e.At, c.adapter)
					}
					if announced := !e.Dialog.Agreed.IsZero(); announced != (prompts == 2) {
						t.Errorf("dialog %d is an announcement: %v", prompts, announced)
					}
				case installed == 0 && strings.Contains(e.Text, "Installing "):
					installed = e.At
				}
			}
			if prompts != c.prompts || installed < c.adapter+c.least || installed > c.adapter+c.least+10*time.Minute {
				t.Errorf("%d prompts, installing at %v:\n%s", prompts, installed, trace(l.Mac))
			}
		})
	}
}
