package deployed

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"installordefer/internal/simmac"
	"installordefer/pkg/jamf"
)

// The extension attributes read what the installed program itself prints.
func TestTheExtensionAttributesShowTheStatusOfTheInstalledJob(t *testing.T) {
	t.Parallel()
	m := newMac(t, simmac.Defers)
	out := t.TempDir()
	if err := command(nil, program("build"), "scripts", "--out", out, "--id", id); err != nil {
		t.Fatal(err)
	}
	results := func() map[string]string {
		got := map[string]string{}
		for _, a := range jamf.Attributes {
			text, err := os.ReadFile(filepath.Join(out, "jamf", a.File))
			if err != nil {
				t.Fatal(err)
			}
			const call = `"$program" status --json`
			if !strings.Contains(string(text), call) {
				t.Fatalf("%s does not call %s", a.File, call)
			}
			said, err := m.sh([]byte(strings.Replace(string(text), call, call+" --root '"+m.root+"'", 1)))
			if err != nil {
				t.Errorf("%s: %v", a.File, err)
			}
			got[a.Field] = strings.TrimSuffix(strings.TrimPrefix(said, "<result>"), "</result>\n")
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
	check("before the installation", map[string]string{"state": "not installed"})
	m.install()
	check("before the first wake", map[string]string{"state": "idle", "deferralsUsed": "0", "version": version})
	m.live(30 * time.Minute)
	deadline := m.status().Deadline
	if deadline == nil {
		t.Fatal("no deadline runs")
	}
	// The script runs without TZ: in the time zone of this machine.
	check("deferred", map[string]string{
		"state": "deferred", "deferralsUsed": "1", "version": version, "deadline": deadline.In(time.Local).Format("2006-01-02 15:04:05"),
	})
	m.Do(func(mac *simmac.Mac) { mac.SetNetwork(simmac.NetworkDown) })
	m.live(5 * time.Hour)
	if got := results()["lastError"]; got == "" || strings.ContainsAny(got, "{}\\") {
		t.Errorf("the last error without a network is %q", got)
	}
}
