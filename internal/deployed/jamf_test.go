package deployed

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"installordefer/internal/simmac"
)

// The extension attributes read what the installed job itself has written.
func TestTheExtensionAttributesShowTheStatusOfTheInstalledJob(t *testing.T) {
	t.Parallel()
	m := newMac(t, simmac.Defers)
	out := t.TempDir()
	if err := command(nil, program("build"), "scripts", "--out", out, "--id", id); err != nil {
		t.Fatal(err)
	}
	results := func() map[string]string {
		got := map[string]string{}
		for _, name := range []string{"status", "deadline", "deferrals", "last-error", "version"} {
			text, err := os.ReadFile(filepath.Join(out, "jamf", name+".sh"))
			if err != nil {
				t.Fatal(err)
			}
			said, err := m.sh([]byte(strings.Replace(string(text), "file='", "file='"+m.root, 1)))
			if err != nil {
				t.Errorf("%s: %v", name, err)
			}
			got[name] = strings.TrimSuffix(strings.TrimPrefix(said, "<result>"), "</result>\n")
		}
		return got
	}
	check := func(when string, want map[string]string) {
		for field, got := range results() {
			if got != want[field] {
				t.Errorf("%s: %s is %q, want %q", when, field, got, want[field])
			}
		}
	}
	check("before the installation", map[string]string{"status": "not installed"})
	m.install()
	check("before the first wake", map[string]string{"status": "not installed"})
	m.live(30 * time.Minute)
	deadline := m.status().Deadline
	if deadline == nil {
		t.Fatal("no deadline runs")
	}
	check("deferred", map[string]string{
		"status": "deferred", "deferrals": "1", "version": version, "deadline": deadline.UTC().Format("2006-01-02 15:04:05"),
	})
	m.Do(func(mac *simmac.Mac) { mac.SetNetwork(simmac.NetworkDown) })
	m.live(5 * time.Hour)
	if got := results()["last-error"]; got == "" || strings.ContainsAny(got, "{}\\") {
		t.Errorf("the last error without a network is %q", got)
	}
}
