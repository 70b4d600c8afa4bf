package life

import (
	"strings"
	"testing"
	"time"

	"howett.net/plist"

	"installordefer/deferral/settings"
	"installordefer/internal/simmac"
	"installordefer/prompt"
)

// writes does what "defaults write" does at some time of a life.
func (l *Life) writes(at time.Duration, keys map[string]any) {
	l.Mac.At(at, func() {
		for k, v := range keys {
			if d, ok := v.(time.Duration); ok {
				v = tahoe().Start.Add(d).Unix()
			}
			l.Mac.SetDefault(settings.DomainOf(settings.LocalPath(string(l.ID))), k, v)
		}
	})
}

// logged tells whether the log has a line with a text.
func (l *Life) logged(text string) bool {
	for _, e := range l.Mac.Journal.Of(simmac.Logged) {
		if strings.Contains(e.Text, text) {
			return true
		}
	}
	return false
}

// shownAt are the times at which a dialog came up.
func (l *Life) shownAt(kind prompt.Kind) []time.Duration {
	var out []time.Duration
	for _, e := range l.Mac.Journal.Of(simmac.DialogShown) {
		if e.Name == string(kind) {
			out = append(out, e.At)
		}
	}
	return out
}

// ignoring is a Mac on which a prompt stays up until it times out.
func ignoring() simmac.Facts {
	f := tahoe()
	f.Accounts[0].Person.Temper = simmac.Ignores
	return f
}

func TestWhatIsWrittenWhileAWakeRuns(t *testing.T) {
	domain := settings.DomainOf(settings.LocalPath(string(id)))
	t.Run("an end of the deferral that is typed in the seconds in which the job changes it counts", func(t *testing.T) {
		answered := live(t, tahoe(), 0, func(l *Life) { l.Run(2 * time.Hour) }).Mac.Journal.Of(simmac.DialogClosed)[0].At
		for before := -2 * time.Second; before <= simmac.FlushLag; before += 250 * time.Millisecond {
			until := (answered + 90*time.Minute).Truncate(time.Second) // as the preferences hold it
			l := live(t, tahoe(), 0, func(l *Life) {
				l.writes(answered-before, map[string]any{settings.KeyDeferredUntilLater: until})
				l.Run(3 * time.Hour)
			})
			if shown := l.shownAt(prompt.RunOrDefer); len(shown) < 2 || shown[1] < until || shown[1] > until+6*time.Minute {
				t.Errorf("typed %v before the answer: prompts at %v, want one at %v", before, shown, until)
			}
		}
	})
	t.Run("settings and a deadline that are written while a prompt is up survive its answer and count", func(t *testing.T) {
		var delay any
		l := live(t, ignoring(), 0, func(l *Life) {
			l.Mac.At(2*time.Hour, func() { delay, _ = l.Mac.Default(domain, "UpdateDelay") })
			l.writes(45*time.Minute, map[string]any{"UpdateDelay": 120, "IgnoreUpdates": []any{"Safari*"}, "AppleSoftwareUpdatesForcedAfter": 3 * time.Hour})
			l.Run(5 * time.Hour)
		})
		first := l.shownAt(prompt.RunOrDefer)
		if len(first) == 0 || first[0] > 45*time.Minute || l.Mac.Journal.Of(simmac.DialogClosed)[0].At < 45*time.Minute {
			t.Fatalf("no prompt is up after three quarters of an hour: %v", first)
		}
		if delay != 120 {
			t.Errorf("UpdateDelay is %v", delay)
		}
		for _, text := range []string{"Local settings were changed while this wake ran: IgnoreUpdates, UpdateDelay.", "The deadline was changed by hand to 2026-09-21 11:00:00 UTC."} {
			if !l.logged(text) {
				t.Errorf("the log does not say %q", text)
			}
		}
		if final := l.shownAt(prompt.RunNow); len(final) == 0 || final[0] < 4*time.Hour || final[0] > 4*time.Hour+6*time.Minute {
			t.Errorf("the final prompt came at %v, with a deadline after three hours and an hour of notice", final)
		}
		if l.Mac.Installed("Safari27.0TahoeAuto-27.0") {
			t.Error("Safari was installed, which is to be ignored")
		}
	})
	t.Run("the end of a deferral that is written while a prompt is up holds whatever is answered", func(t *testing.T) {
		l := live(t, ignoring(), 0, func(l *Life) {
			l.writes(45*time.Minute, map[string]any{"UpdatesDeferredUntil": 2 * time.Hour})
			l.Run(4 * time.Hour)
		})
		if all := l.shownAt(prompt.RunOrDefer); len(all) < 2 || all[1] < 2*time.Hour || all[1] > 2*time.Hour+6*time.Minute {
			t.Errorf("the prompts came at %v", all)
		}
	})
	t.Run("a deadline that is put back during the final countdown ends it without an installation", func(t *testing.T) {
		l := live(t, ignoring(), 0, func(l *Life) {
			l.writes(45*time.Minute, map[string]any{"AppleSoftwareUpdatesForcedAfter": 3 * time.Hour})
			l.writes(4*time.Hour+8*time.Minute, map[string]any{"AppleSoftwareUpdatesForcedAfter": 5*time.Hour + 30*time.Minute})
			l.Run(4*time.Hour + 50*time.Minute)
		})
		if final := l.shownAt(prompt.RunNow); len(final) == 0 || final[0] > 4*time.Hour+8*time.Minute {
			t.Fatalf("the final prompt came at %v", final)
		}
		if n := len(l.Mac.Journal.Of(simmac.Installed)) + len(l.Mac.Journal.Of(simmac.RestartAsked)); n > 0 {
			t.Errorf("%d installations and restarts", n)
		}
		if l.logged("Installing updates.") {
			t.Error("the log says that updates are installed")
		}
	})
}

func TestWhatIsDeletedIsSavedAgain(t *testing.T) {
	t.Run("a state file that is deleted while a prompt is up is written again", func(t *testing.T) {
		l := live(t, ignoring(), 0, func(l *Life) {
			l.Mac.At(45*time.Minute, func() {
				l.Mac.Disk().Delete(l.layout.StateFile())
				l.Mac.Disk().Delete(l.layout.DeadlineCopy())
			})
			l.Run(2 * time.Hour)
		})
		st, err := l.State()
		_, copied := l.Mac.Disk().Get(l.layout.DeadlineCopy())
		if err != nil || !st.Active() || st.Round.Prompts == 0 || !copied {
			t.Errorf("%+v, its copy there: %v, %v", st, copied, err)
		}
	})
	t.Run("what was put right in the state is told once, and saved though there is nothing to do", func(t *testing.T) {
		l := live(t, ignoring(), 0, func(l *Life) {
			l.Mac.At(2*time.Hour, func() {
				data, _ := l.Mac.Disk().Get(l.layout.StateFile())
				var dict map[string]any
				if _, err := plist.Unmarshal(data, &dict); err != nil {
					t.Fatal(err)
				}
				dict["Round"].(map[string]any)["Deferrals"] = -1
				damaged, err := plist.Marshal(dict, plist.BinaryFormat)
				if err != nil {
					t.Fatal(err)
				}
				l.Mac.Disk().Put(l.layout.StateFile(), damaged)
			})
			l.Run(2*time.Hour + 20*time.Minute)
		})
		told := 0
		for _, e := range l.Mac.Journal.Of(simmac.Logged) {
			if strings.Contains(e.Text, "Deferrals (state file) is -1: not a whole number") {
				told++
			}
		}
		if st, err := l.State(); err != nil || !st.Active() || told != 1 {
			t.Errorf("%+v, told %d times, %v", st, told, err)
		}
	})
}
