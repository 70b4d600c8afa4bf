package macos

import "testing"

func TestTheMajorVersionOfAMachine(t *testing.T) {
	for version, want := range map[string]int{"26.6.1": 26, "27": 27, "12.7.6": 12, "": 0, "Tahoe": 0} {
		if got := (Machine{Version: version}).Major(); got != want {
			t.Errorf("%q: %d", version, got)
		}
	}
}
