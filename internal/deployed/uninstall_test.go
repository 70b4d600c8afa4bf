package deployed

import (
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"installordefer/internal/simmac"
)

// ways are the two ways to take the job off a Mac, given the arguments.
var ways = map[string]func(m *mac, args ...string) (string, error){
	"the command": func(m *mac, args ...string) (string, error) {
		out, errs, err := m.run(append([]string{"uninstall"}, args...)...)
		return out + errs, err
	},
	"the installed script": func(m *mac, args ...string) (string, error) {
		text, err := os.ReadFile(filepath.Join(m.Layout().SupportFolder(), "uninstall"))
		if err != nil {
			return "", err
		}
		return m.sh(text, args...)
	},
}

func TestUninstallingLeavesNothingButSettings(t *testing.T) {
	t.Parallel()
	for name, uninstall := range ways {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m := newMac(t, simmac.Defers)
			before := m.paths()
			m.install()
			m.live(30 * time.Minute)
			if m.status().Deadline == nil {
				t.Fatalf("no deadline runs\n%s", m.story())
			}
			if said, err := uninstall(m); err != nil {
				t.Errorf("%v: %s", err, said)
			}
			m.sameAs(before)
			m.unloaded()
		})
	}
}

// The dialog that is up goes with the job, and nothing comes back to life.
func TestUninstallingWhileAPromptIsUpLeavesNothing(t *testing.T) {
	t.Parallel()
	for name, uninstall := range ways {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m := newMac(t, simmac.Ignores)
			before := m.paths()
			m.install()
			ended := make(chan bool)
			go func() { ended <- m.live(24 * time.Hour) }()
			m.waitForPrompt(1)
			if said, err := uninstall(m); err != nil {
				t.Errorf("%v: %s", err, said)
			}
			if !<-ended {
				t.Error("the job lived on")
			}
			if shown, closed := m.happened(simmac.DialogShown), m.happened(simmac.DialogClosed); len(shown) != 1 || len(closed) != 1 {
				t.Errorf("%d dialogs came and %d went, want one", len(shown), len(closed))
			}
			m.sameAs(before)
			m.unloaded()
			if t.Failed() {
				t.Log(m.story())
			}
		})
	}
}

func TestAKeptDeadlineGoesOnAfterTheNextInstallation(t *testing.T) {
	t.Parallel()
	for name, uninstall := range ways {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m := newMac(t, simmac.Defers)
			before := m.paths()
			m.install()
			m.live(30 * time.Minute)
			first := m.status()
			if first.Deadline == nil || first.DeferralsUsed != 1 {
				t.Fatalf("no deadline or no deferral: %+v", first)
			}
			if said, err := uninstall(m, "--keep-state"); err != nil {
				t.Errorf("%v: %s", err, said)
			}
			kept := maps.Clone(before)
			for _, path := range []string{m.Layout().SupportFolder(), m.Layout().StateFile(), m.Layout().DeadlineCopy(), m.Layout().LocalFile()} {
				rel, _ := filepath.Rel(m.root, path)
				kept[rel] = true
			}
			m.sameAs(kept)
			m.unloaded()
			m.install()
			m.live(30 * time.Minute)
			again := m.status()
			if again.Deadline == nil || !again.Deadline.Equal(*first.Deadline) {
				t.Errorf("the deadline went from %v to %v", first.Deadline, again.Deadline)
			}
			if again.DeferralsUsed != 1 || again.State != "deferred" {
				t.Errorf("the deferral was forgotten: %+v", again)
			}
			if t.Failed() {
				t.Log(m.story())
			}
		})
	}
}

// Settings of the Mac itself are beside the times that people know.
func TestUninstallingKeepsLocalSettings(t *testing.T) {
	t.Parallel()
	for name, uninstall := range ways {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m := newMac(t, simmac.Defers)
			m.plist(m.Layout().LocalFile(), map[string]any{"SupportContact": "the help desk"})
			m.install()
			m.live(30 * time.Minute)
			if said, err := uninstall(m); err != nil {
				t.Errorf("%v: %s", err, said)
			}
			m.live(time.Minute) // macOS writes preferences some seconds after they were changed
			left := m.dict(m.Layout().LocalFile())
			for end := time.Now().Add(20 * time.Second); len(left) != 1 && time.Now().Before(end); left = m.dict(m.Layout().LocalFile()) {
				time.Sleep(100 * time.Millisecond)
			}
			if len(left) != 1 || left["SupportContact"] != "the help desk" {
				t.Errorf("the file has %v", left)
			}
		})
	}
}

func TestUninstallingTwiceIsNoError(t *testing.T) {
	t.Parallel()
	m := newMac(t, simmac.Defers)
	before := m.paths()
	m.install()
	text, err := os.ReadFile(filepath.Join(m.Layout().SupportFolder(), "uninstall"))
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		said, err := m.sh(text)
		if err != nil || !strings.HasSuffix(said, id+": Nothing is left to uninstall.\n") {
			t.Errorf("%v: %s", err, said)
		}
	}
	m.sameAs(before)
}
