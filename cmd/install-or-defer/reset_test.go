package main

import (
	"strings"
	"testing"
)

func TestAResetDuringAWakeSaysWhatIsAtWorkAndHowToEndIt(t *testing.T) {
	root := t.TempDir()
	if err := layMac(root, []string{"deferred"}); err != nil {
		t.Fatal(err)
	}
	m, err := openMac(root)
	if err != nil {
		t.Fatal(err)
	}
	release, err := m.Lock()
	if err != nil {
		t.Fatal(err)
	}
	defer release()
	if err := reset(root); err == nil || !strings.Contains(err.Error(), "a dialog is on the screen") || !strings.Contains(err.Error(), "hold 15m") {
		t.Errorf("%v", err)
	}
}
