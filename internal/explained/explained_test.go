package explained

import (
	"strings"
	"testing"
	"time"

	"installordefer/deferral"
	"installordefer/internal/statusfile"
	"installordefer/internal/wake"
)

func TestEverythingThatAWakeWaitsForIsExplained(t *testing.T) {
	for _, what := range wake.Waits() {
		if k, known := waits(what); !known || k.Cause == "" {
			t.Errorf("nothing is said of %q", what)
		}
	}
}

func TestEveryGateIsExplained(t *testing.T) {
	said := Gates()
	_, verdicts := deferral.Explain(deferral.Situation{Zone: time.UTC})
	for _, v := range verdicts {
		if !strings.HasSuffix(said[v.Gate], ".") && !strings.HasSuffix(said[v.Gate], ").") {
			t.Errorf("nothing is said of the gate %q", v.Gate)
		}
		delete(said, v.Gate)
	}
	for name := range said {
		t.Errorf("there is no gate %q", name)
	}
}

func TestADeferralIsSaidToBeTheirsWhoHaveDeferred(t *testing.T) {
	for _, c := range []struct {
		deferrals     int
		setting, want string
	}{
		{0, "PromptTimeout", "Nobody answered the last prompt"},
		{2, "PromptTimeout", "Nobody answered the last prompt"},
		{0, "", "nobody has deferred"},
		{1, "DeferralPeriod", "The person has deferred"},
	} {
		s := statusfile.Status{Word: statusfile.Deferred, WaitingFor: "end of the deferral", Setting: c.setting, Deferrals: c.deferrals, Written: time.Now()}
		if k := Published(s, time.Now()); !strings.Contains(k.Cause, c.want) || k.WayOut == "" {
			t.Errorf("after %d deferrals, by %q: %+v", c.deferrals, c.setting, k)
		}
	}
}
