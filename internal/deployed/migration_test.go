package deployed

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"howett.net/plist"

	"installordefer/internal/simmac"
)

// plist writes a property list.
func (m *mac) plist(file string, dict map[string]any) {
	m.t.Helper()
	data, err := plist.Marshal(dict, plist.BinaryFormat)
	if err != nil {
		m.t.Fatal(err)
	}
	if err := os.WriteFile(file, data, 0o644); err != nil {
		m.t.Fatal(err)
	}
}

// dict reads a property list.
func (m *mac) dict(file string) map[string]any {
	m.t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		m.t.Fatal(err)
	}
	dict := map[string]any{}
	if _, err := plist.Unmarshal(data, &dict); err != nil {
		m.t.Fatal(err)
	}
	return dict
}

// original is the identifier of the original script, 3.x to 7.x.
const original = "com.github.mpanighetti.install-or-defer"

// putOriginal lays out a Mac on which a version of the original is at work,
// with its deadline at the given time, under the key of that version.
func (m *mac) putOriginal(key string, deadline time.Time) {
	m.t.Helper()
	for _, p := range []string{"Library/Scripts/Install or Defer.sh", "Library/LaunchDaemons/" + original + ".plist"} {
		if err := os.MkdirAll(filepath.Dir(m.path(p)), 0o755); err != nil {
			m.t.Fatal(err)
		}
		m.plist(m.path(p), map[string]any{"Label": original})
	}
	m.plist(m.path("Library/Preferences/"+original+".plist"), map[string]any{
		key: deadline.Unix(), "UpdateList": "Safari27.0TahoeAuto-27.0",
	})
}

func TestTheDeadlineOfTheOriginalIsTakenOverToTheSecond(t *testing.T) {
	t.Parallel()
	for name, key := range map[string]string{"3.x": "AppleSoftwareUpdatesForcedAfter", "7.x": "UpdatesForcedAfter"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m := newMac(t, simmac.Defers)
			deadline := start.Add(3*time.Hour + 17*time.Minute + 23*time.Second)
			before := m.paths()
			m.putOriginal(key, deadline)
			said := m.install()
			if want := "Kept the running deadline in /Library/Preferences/" + original + ".plist"; !strings.Contains(said, want) {
				t.Errorf("it does not say %q:\n%s", want, said)
			}
			m.live(30 * time.Minute)
			s := m.status()
			if s.Deadline == nil || !s.Deadline.Equal(deadline) {
				t.Errorf("the deadline is %v, want %v", s.Deadline, deadline)
			}
			if !m.live(3 * 24 * time.Hour) {
				t.Error("the job is still there")
			}
			if first := m.happened(simmac.Installed); len(first) != 2 || first[0].Moment.Wall.Before(deadline) || first[0].Moment.Wall.After(deadline.Add(time.Hour)) {
				t.Errorf("installed at %v with the deadline at %v", first, deadline)
			}
			for _, p := range []string{"Library/Scripts/Install or Defer.sh", "Library/LaunchDaemons/" + original + ".plist"} {
				if m.has(m.path(p)) {
					t.Errorf("%s of the original is left over", p)
				}
			}
			before["Library/Scripts"] = true
			m.sameButStatus(before)
			m.unloaded()
			if t.Failed() {
				t.Log(m.story())
			}
		})
	}
}
