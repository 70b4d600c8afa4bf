package wake

import (
	"testing"

	"installordefer/deferral/settings"
	"installordefer/launchd"
	"installordefer/launchd/mac"
)

// noDeclaration is a Mac that Apple enforces nothing on.
type noDeclaration struct{ *fake }

func (noDeclaration) Declared() (mac.Declared, error) { return mac.Declared{}, nil }
func (noDeclaration) InstallLogTail() ([]byte, error) { return nil, nil }

func TestExplainLooksAndDoesNothing(t *testing.T) {
	f := &fake{power: launchd.Power{Known: true, HasBattery: true, Percent: 5}}
	job := f.wake().Job
	job.Host = noDeclaration{f}
	job.Settings = func() settings.Files { return settings.Files{} }
	f.st = f.wake().s.State
	x, err := job.Explain(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if len(f.saved) > 0 || len(f.calls) > 0 || len(f.dialogs) > 0 {
		t.Errorf("it has saved %v, done %q and shown %d dialogs", f.saved, f.calls, len(f.dialogs))
	}
	if x.Wanted != "prompt" || !x.Person || !x.OnBattery || len(x.Updates) != 2 || x.DueAt == nil || len(x.Deadline) != 1 {
		t.Errorf("%+v", x)
	}
	verdicts := map[string]string{}
	for _, g := range x.Gates {
		verdicts[g.Gate] = g.Verdict
	}
	for gate, want := range map[string]string{"hold": "open", "nobody": "open", "deferral": "open", "power": "no concern", "conversion": "open"} {
		if verdicts[gate] != want {
			t.Errorf("%s is %q, want %q", gate, verdicts[gate], want)
		}
	}
}
