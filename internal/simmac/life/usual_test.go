package life

import (
	"strings"
	"testing"
	"time"

	"installordefer/internal/simmac"
)

func TestWhoClicksDeferTakesWhatTheDialogHasChosen(t *testing.T) {
	f := tahoe()
	f.Accounts[0].Person.Temper = simmac.Defers
	l := live(t, f, 1, func(l *Life) {
		if err := l.Settings(map[string]any{"DeferralChoices": []any{900, 3600, 14400}, "DeferralPeriod": 3600}); err != nil {
			t.Fatal(err)
		}
	})
	for _, e := range l.Mac.Journal.Of(simmac.Logged) {
		if strings.Contains(e.Text, "clicked Defer") {
			if until := e.Moment.Wall.Add(time.Hour).UTC().Format("15:04"); !strings.Contains(e.Text, until) {
				t.Errorf("the log says %q, want %s, the hour that was preselected", e.Text, until)
			}
			return
		}
	}
	t.Errorf("nobody has deferred:\n%s", trace(l.Mac))
}
