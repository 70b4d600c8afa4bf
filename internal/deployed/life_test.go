package deployed

import (
	"os"
	"path"
	"slices"
	"strings"
	"testing"
	"time"

	"howett.net/plist"

	"installordefer/internal/simmac"
	"installordefer/prompt"
)

func TestThePackageLivesAWholeLifeAndLeavesNothing(t *testing.T) {
	t.Parallel()
	m := newMac(t, simmac.Defers)
	before := m.paths()
	said := m.install()
	if want := id + ": Loaded the job. It starts now, and every five minutes.\n"; !strings.HasSuffix(said, want) {
		t.Errorf("the installation ends with other words than %q:\n%s", want, said)
	}
	if !m.live(3 * 24 * time.Hour) {
		t.Fatalf("the job is still there\n%s", m.story())
	}
	m.sameButStatus(before)
	m.unloaded()
	m.lived()
	if t.Failed() {
		t.Log(m.story())
	}
}

// lived checks that the life held what a life holds.
func (m *mac) lived() {
	m.t.Helper()
	shown := map[prompt.Kind]int{}
	for _, e := range m.happened(simmac.DialogShown) {
		shown[prompt.Kind(e.Name)]++
	}
	if shown[prompt.RunOrDefer] == 0 || shown[prompt.RunNow] == 0 {
		m.t.Errorf("the dialogs were %v: no prompt or no final prompt", shown)
	}
	if got := len(m.happened(simmac.Installed)); got != 2 {
		m.t.Errorf("%d updates were installed, want 2", got)
	}
	if len(m.happened(simmac.RestartAsked)) == 0 {
		m.t.Error("no restart was asked for")
	}
	m.Do(func(model *simmac.Mac) {
		if model.OS().Version != "26.7" {
			m.t.Errorf("the Mac runs macOS %s", model.OS().Version)
		}
	})
	deadline := m.happened(simmac.JobStarted)[0].Moment.Wall.Add(6 * time.Hour)
	if first := m.happened(simmac.Installed)[0].Moment.Wall; first.Before(deadline) {
		m.t.Errorf("the first update was installed at %v, before the deadline and without a click", first)
	}
}

// launchd runs what the job file names, and in its rhythm.
func TestTheInstalledJobFileIsTheOneThatLaunchdStarts(t *testing.T) {
	t.Parallel()
	m := newMac(t, simmac.Defers)
	m.install()
	data, err := os.ReadFile(m.Layout().JobFile())
	if err != nil {
		t.Fatal(err)
	}
	var job struct {
		Label                       string
		ProgramArguments            []string
		StartInterval               int
		RunAtLoad                   bool
		AssociatedBundleIdentifiers []string
	}
	if _, err := plist.Unmarshal(data, &job); err != nil {
		t.Fatal(err)
	}
	if job.Label != id || !job.RunAtLoad || len(job.AssociatedBundleIdentifiers) != 1 || job.AssociatedBundleIdentifiers[0] != id+".prompt" {
		t.Errorf("%+v", job)
	}
	if len(job.ProgramArguments) != 1 || m.path(job.ProgramArguments[0]) != m.Layout().Program() {
		t.Errorf("it starts %q", job.ProgramArguments)
	}
	m.live(20 * time.Minute)
	starts := m.happened(simmac.JobStarted)
	if len(starts) < 2 {
		t.Fatalf("%d wakes in twenty minutes\n%s", len(starts), m.story())
	}
	if rest := starts[0].At % time.Second; starts[0].At > time.Minute+rest {
		t.Errorf("the first wake came %v after the start of the story", starts[0].At)
	}
	s := m.status()
	if s.Identifier != id || s.Version != version || s.Deadline == nil {
		t.Errorf("%+v", s)
	}
	for _, h := range s.Health {
		if !h.OK {
			t.Errorf("%s is not in order: %s", h.What, h.Text)
		}
	}
}

// A policy may run in the middle of a prompt.
func TestInstallingWhileAPromptIsUpKeepsTheDeadline(t *testing.T) {
	t.Parallel()
	m := newMac(t, simmac.Ignores)
	// A prompt that nobody answers runs in seconds of the real clock; the
	// deferral after it does not.
	if err := m.Profile(map[string]any{"MaxDeferralTime": 6 * 3600, "PromptTimeout": 600}); err != nil {
		t.Fatal(err)
	}
	before := m.paths()
	m.install()
	ended := make(chan bool)
	go func() { ended <- m.live(3 * 24 * time.Hour) }()
	m.waitForPrompt(1)
	deadline := m.status().Deadline
	said := m.install()
	for _, want := range []string{"Stopped the job that was installed before. Its deadline stays.", "Kept the running deadline"} {
		if !strings.Contains(said, want) {
			t.Errorf("it does not say %q:\n%s", want, said)
		}
	}
	closed := m.happened(simmac.DialogClosed)
	if len(closed) != 1 {
		t.Errorf("%d dialogs were closed by the installation, want the one that was up", len(closed))
	}
	m.waitForPrompt(2)
	if now := m.status().Deadline; deadline == nil || now == nil || !now.Equal(*deadline) {
		t.Errorf("the deadline went from %v to %v", deadline, now)
	}
	if !<-ended {
		t.Error("the job is still there")
	}
	m.sameButStatus(before)
	m.unloaded()
	m.lived()
	if t.Failed() {
		t.Log(m.story())
	}
}

// waitForPrompt waits until so many prompts have been shown.
func (m *mac) waitForPrompt(n int) {
	m.t.Helper()
	limit := time.After(time.Minute)
	for {
		shown := 0
		for _, e := range m.happened(simmac.DialogShown) {
			if prompt.Kind(e.Name) == prompt.RunOrDefer {
				shown++
			}
		}
		if shown >= n {
			return
		}
		select {
		case <-m.news:
		case <-limit:
			m.t.Fatalf("no prompt number %d\n%s", n, m.story())
		}
	}
}

// domain is that of the job's preferences, as "defaults" takes it.
const domain = "/Library/Preferences/" + id

// docs/deploy.md tells an administrator with a test Mac to do so.
func TestAnAdministratorEndsADeferral(t *testing.T) {
	t.Parallel()
	m, first := deferring(t)
	m.Do(func(model *simmac.Mac) {
		if v, there := model.Default(domain, "AppleSoftwareUpdatesDeferredUntil"); !there {
			t.Errorf("defaults read shows no such key: %v", v)
		}
		model.SetDefault(domain, "AppleSoftwareUpdatesDeferredUntil", model.Now().Wall.Unix())
	})
	m.live(5 * time.Second) // until macOS has written it
	m.While(func() {
		if err := command(nil, m.path("bin/launchctl"), "kickstart", "system/"+id); err != nil {
			t.Error(err)
		}
	})
	m.live(2 * time.Minute)
	if shown := m.happened(simmac.DialogShown); len(shown) != 2 {
		t.Errorf("%d prompts were shown, want a second one at once\n%s", len(shown), m.story())
	}
	if now := m.status().Deadline; now == nil || !now.Equal(*first.Deadline) {
		t.Errorf("the deadline went from %v to %v", first.Deadline, now)
	}
}

// Whoever opens the package with other tools finds the same paths.
func TestThePackageInstallsWhereTheJobLooks(t *testing.T) {
	t.Parallel()
	m := newMac(t, simmac.Defers)
	m.install()
	l := m.Layout()
	for _, p := range []string{l.Program(), l.Helper(), l.JobFile(), path.Join(l.SupportFolder(), "uninstall")} {
		if !m.has(p) {
			t.Errorf("%s is not there", p)
		}
	}
	for _, e := range built.pkg.Payload {
		info, err := os.Lstat(m.path(e.Path))
		if err != nil {
			t.Error(err)
			continue
		}
		if got := info.Mode().Perm(); !e.Dir && uint32(got) != uint32(e.Mode)&0o777 {
			t.Errorf("%s has mode %o after postinstall, and %o in the package", e.Path, got, e.Mode)
		}
	}
}

// docs/settings.md tells an administrator to write local settings, whatever the
// job is doing.
func TestWhatAnAdministratorWritesWhileAPromptIsUp(t *testing.T) {
	t.Parallel()
	m := newMac(t, simmac.Ignores)
	if err := m.Profile(map[string]any{"MaxDeferralTime": 6 * 3600, "PromptTimeout": 1800}); err != nil {
		t.Fatal(err)
	}
	m.install()
	ended := make(chan bool)
	go func() { ended <- m.live(110 * time.Minute) }()
	m.waitForPrompt(1)
	deadline := start.Add(2 * time.Hour)
	m.Do(func(model *simmac.Mac) {
		model.SetDefault(domain, "UpdateDelay", 120)
		model.SetDefault(domain, "IgnoreUpdates", []any{"Safari*"})
		model.SetDefault(domain, "UpdatesForcedAfter", deadline.Unix())
	})
	<-ended
	state := m.dict(m.Layout().LocalFile())
	if ignored, _ := state["IgnoreUpdates"].([]any); len(ignored) != 1 || state["UpdateDelay"] != uint64(120) {
		t.Errorf("the settings are gone: %v", state)
	}
	if s := m.status(); s.Deadline == nil || !s.Deadline.Equal(deadline) {
		t.Errorf("the deadline is %v, want %v", s.Deadline, deadline)
	}
	m.live(100 * time.Minute)
	closed, shown := m.happened(simmac.DialogClosed), m.happened(simmac.DialogShown)
	var kinds []prompt.Kind
	for _, e := range shown {
		kinds = append(kinds, prompt.Kind(e.Name))
	}
	// The deadline has come nearer since the prompt, so it is told once more.
	if want := []prompt.Kind{prompt.RunOrDefer, prompt.RunOrDefer, prompt.RunNow}; len(kinds) < 3 || !slices.Equal(kinds[:3], want) ||
		closed[0].Moment.Wall.After(deadline) || shown[1].Moment.Wall.Before(deadline) {
		t.Errorf("the dialogs were %q, want %q\n%s", kinds, want, m.story())
	}
	for _, e := range m.happened(simmac.Installed) {
		if strings.HasPrefix(e.Name, "Safari") {
			t.Errorf("%s was installed, which is to be ignored", e.Name)
		}
	}
}
