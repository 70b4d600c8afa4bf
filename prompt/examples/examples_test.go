package examples

import (
	"testing"
	"time"

	"installordefer/prompt"
)

func TestStates(t *testing.T) {
	now := time.Date(2026, 11, 24, 12, 40, 0, 0, time.UTC)
	base := prompt.Dialog{Choices: []prompt.Choice{{For: 4 * time.Hour}}, Countdown: 10 * time.Minute}
	seen, kinds := map[string]bool{}, map[prompt.Kind]bool{}
	for _, s := range States {
		if seen[s.Name] || s.Title == "" {
			t.Errorf("%q stands twice, or says nothing", s.Name)
		}
		seen[s.Name], kinds[s.Kind] = true, true
		if got, ok := Named(s.Name); !ok || got.Title != s.Title {
			t.Errorf("%q is not to be found by its name", s.Name)
		}
		if _, err := prompt.EncodeDialog(s.Dialog(now, base)); err != nil {
			t.Errorf("%q is no dialog that can be shown: %v", s.Name, err)
		}
	}
	if _, ok := Named("nothing"); ok {
		t.Error("there is a state of any name")
	}
	if len(kinds) != 6 {
		t.Errorf("only the dialogs %v have states", kinds)
	}
}
