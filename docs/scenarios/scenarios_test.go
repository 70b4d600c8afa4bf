package scenarios_test

import (
	"path/filepath"
	"testing"

	"installordefer/docs/scenarios"
	"installordefer/internal/simmac/scenario"
)

func TestEveryScenarioIsInTheProgram(t *testing.T) {
	files, err := filepath.Glob("*.json")
	if err != nil || len(files) == 0 || len(files) != len(scenarios.Names()) {
		t.Fatalf("%d files, %v; in the program are %v", len(files), err, scenarios.Names())
	}
	for _, name := range scenarios.Names() {
		data, found := scenarios.Named(name)
		if _, err := scenario.Decode(data); !found || err != nil {
			t.Errorf("%s: %v, %v", name, found, err)
		}
	}
	if _, found := scenarios.Named("../README"); found {
		t.Error("a path leads out of the folder")
	}
}
