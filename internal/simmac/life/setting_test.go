package life

import (
	"strings"
	"testing"
	"time"

	"installordefer/internal/simmac"
)

func TestLogNamesTheSettingThatDecided(t *testing.T) {
	for _, c := range []struct {
		name     string
		temper   simmac.Temper
		settings map[string]any
		says     string
		ends     string
	}{
		{"Defer with one choice", simmac.Defers, nil, "clicked Defer", " (DeferralPeriod)."},
		{"Defer with several", simmac.Defers, map[string]any{"DeferralChoices": []any{3600, 7200}}, "clicked Defer", " (DeferralChoices)."},
		{"Defer until a time of the day", simmac.Listed, map[string]any{"DeferralTimes": []any{"00:00", "06:00", "12:00", "18:00"}}, "clicked Defer", " (DeferralTimes)."},
		{"nobody answers", simmac.Ignores, nil, "Nobody answered within 1 hour", " (PromptTimeout)."},
		{"nobody answers until the deadline", simmac.Ignores, map[string]any{"MaxDeferralTime": 7200, "DeferralPeriod": 7199, "PromptTimeout": 7198}, "The deadline has passed, so the next prompt is the final one", " (MaxDeferralTime)."},
		{"the helper is killed", simmac.Kills, nil, "There was no answer", "."},
		{"there is no deferral", simmac.Ignores, map[string]any{"SkipDeferral": true}, "Updates were found.", " (SkipDeferral)."},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := tahoe()
			f.Accounts[0].Person.Temper = c.temper
			f.Accounts[0].Person.Answers = []simmac.Reaction{{After: 20 * time.Second, Do: simmac.ActDefer, Choice: 2}}
			l := live(t, f, 1, func(l *Life) {
				if c.settings == nil {
					return
				}
				if err := l.Settings(c.settings); err != nil {
					t.Fatal(err)
				}
			})
			for _, e := range l.Mac.Journal.Of(simmac.Logged) {
				if !strings.Contains(e.Text, c.says) {
					continue
				}
				if !strings.HasSuffix(e.Text, c.ends) || c.ends == "." && strings.Contains(e.Text, "(") {
					t.Errorf("the log says %q, want %q at its end", e.Text, c.ends)
				}
				return
			}
			t.Errorf("the log never says %q:\n%s", c.says, trace(l.Mac))
		})
	}
}
