package deferral

import "testing"

func TestTheDefaultsAreValid(t *testing.T) {
	if err := Defaults().Valid(); err != nil {
		t.Error(err)
	}
}
