package explained

import (
	"strings"
	"testing"
	"time"

	"installordefer/deferral"
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
