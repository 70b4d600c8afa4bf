package main

import (
	"os/exec"
	"strings"
	"testing"
)

func TestAPackageIsNamedForItsIdentifier(t *testing.T) {
	if _, err := exec.LookPath("make"); err != nil {
		t.Skip("make is not here")
	}
	for id, want := range map[string]string{
		"com.github.install-or-defer": "'build/install-or-defer-9.8.7.pkg'",
		"com.example.updates":         "'build/install-or-defer-9.8.7-com.example.updates.pkg'",
	} {
		out, err := exec.Command("make", "-n", "-C", "../..", "pkg", "VERSION=9.8.7", "BUNDLE_ID="+id).CombinedOutput()
		if err != nil || !strings.Contains(string(out), "--out "+want) {
			t.Errorf("%s: %v: no %s in\n%s", id, err, want, out)
		}
	}
}
