package statefile

import (
	"reflect"
	"strings"
	"testing"
	"time"

	"installordefer/deferral"
	"installordefer/deferral/settings"
)

// write does what "defaults write" and "defaults delete" do. A nil deletes a key.
func (m *memory) write(t *testing.T, keys map[string]any) {
	t.Helper()
	for k, v := range keys {
		if err := m.change(domain, k, v); err != nil {
			t.Fatal(err)
		}
	}
}

// heedAndSave saves as a wake does.
func heedAndSave(t *testing.T, f *Store, s deferral.State, now time.Duration) (deferral.State, string) {
	t.Helper()
	s, said := f.Heed(s)
	s, notes := deferral.Settle(s, settings.Defaults(), at(now), time.UTC)
	save(t, f, s)
	return s, strings.Join(append(said, notes...), "\n")
}

func TestHeed(t *testing.T) {
	deadline := monday.Add(72 * time.Hour)
	evening, morning := monday.Add(8*time.Hour), monday.Add(24*time.Hour)
	for name, c := range map[string]struct {
		keys            map[string]any
		after           func(deferral.State) deferral.State // what the wake does before it saves
		deadline, until time.Time
		other           map[string]any
		said            string
	}{
		"nothing is written": {deadline: deadline, until: monday.Add(4 * time.Hour)},
		"settings are written": {
			keys:     map[string]any{"UpdateDelay": 60, "IgnoreUpdates": []string{"Safari*"}, "SupportContact": nil},
			deadline: deadline, until: monday.Add(4 * time.Hour), other: map[string]any{"UpdateDelay": uint64(60), "IgnoreUpdates": []any{"Safari*"}},
			said: "Local settings were changed while this wake ran: IgnoreUpdates, SupportContact, UpdateDelay. They count from the next wake.",
		},
		"an earlier deadline is written":                         {keys: map[string]any{settings.KeyForcedAfter: morning.Unix()}, deadline: morning, until: monday.Add(4 * time.Hour), said: "The deadline was changed by hand"},
		"an earlier deadline is written by its later name":       {keys: map[string]any{settings.KeyForcedAfterLater: morning.Unix()}, deadline: morning, until: monday.Add(4 * time.Hour), said: "The deadline was changed by hand"},
		"a deadline that is later than allowed is written":       {keys: map[string]any{settings.KeyForcedAfter: deadline.Add(time.Hour).Unix()}, deadline: deadline, until: monday.Add(4 * time.Hour), said: "later than MaxDeferralTime allows"},
		"a deadline that is no number is written":                {keys: map[string]any{settings.KeyForcedAfter: "now"}, deadline: deadline, until: monday.Add(4 * time.Hour), said: "what the state says"},
		"the end of a deferral is written":                       {keys: map[string]any{settings.KeyDeferredUntil: monday.Add(time.Hour).Unix()}, deadline: deadline, until: monday.Add(time.Hour), said: "The end of the deferral was changed by hand"},
		"the end of a deferral is written by its later name":     {keys: map[string]any{settings.KeyDeferredUntilLater: monday.Add(time.Hour).Unix()}, deadline: deadline, until: monday.Add(time.Hour), said: "The end of the deferral was changed by hand"},
		"both are written":                                       {keys: map[string]any{settings.KeyDeferredUntilLater: monday.Add(2 * time.Hour).Unix(), settings.KeyForcedAfter: evening.Unix()}, deadline: evening, until: monday.Add(2 * time.Hour)},
		"the deadline is deleted":                                {keys: map[string]any{settings.KeyForcedAfter: nil}, deadline: deadline, until: monday.Add(4 * time.Hour)},
		"the deferral is deleted":                                {keys: map[string]any{settings.KeyDeferredUntil: nil}, deadline: deadline, said: "The deferral is over."},
		"the deferral is deleted, and the wake defers anew":      {keys: map[string]any{settings.KeyDeferredUntil: nil}, after: func(s deferral.State) deferral.State { return s.Deferred(3*time.Hour, at(0)) }, deadline: deadline, until: monday.Add(3 * time.Hour)},
		"an end of the deferral is written, and the wake defers": {keys: map[string]any{settings.KeyDeferredUntil: monday.Add(time.Hour).Unix()}, after: func(s deferral.State) deferral.State { return s.Deferred(3*time.Hour, at(0)) }, deadline: deadline, until: monday.Add(time.Hour)},
		"both are deleted by their later names":                  {keys: map[string]any{settings.KeyForcedAfterLater: nil, settings.KeyDeferredUntilLater: nil}, deadline: deadline, said: "The deferral is over."},
	} {
		t.Run(name, func(t *testing.T) {
			f, m, s := begin(t)
			if c.keys != nil {
				m.write(t, c.keys)
			}
			if c.after != nil {
				s = c.after(s)
			}
			_, said := heedAndSave(t, f, s, 0)
			got, problems := load(t, reopen(m))
			if len(problems) > 0 || !got.ForcedAfter.Equal(c.deadline) || !got.DeferredUntil.Equal(c.until) {
				t.Errorf("the deadline is %v, the deferral ends at %v, %v", got.ForcedAfter, got.DeferredUntil, problems)
			}
			if !strings.Contains(said, c.said) {
				t.Errorf("it says %q", said)
			}
			other := m.preferences(domain)
			if c.other == nil {
				c.other = map[string]any{"SupportContact": "the help desk"}
			}
			if len(changedSettings(other, c.other)) > 0 {
				t.Errorf("the settings are %v, want %v", other, c.other)
			}
			for _, key := range deadlineKeys {
				if other[key] != uint64(c.deadline.Unix()) {
					t.Errorf("%s is shown as %v", key, other[key])
				}
			}
			for _, key := range deferralKeys {
				if v, there := other[key]; there != !c.until.IsZero() || there && v != uint64(c.until.Unix()) {
					t.Errorf("%s is shown as %v", key, v)
				}
			}
			if again, _ := deferral.Settle(got, settings.Defaults(), at(0), time.UTC); !reflect.DeepEqual(again, got) {
				t.Errorf("it was saved before it was settled: %+v", got)
			}
		})
	}
}

// begin saves a deferred round beside a setting.
func begin(t *testing.T) (*Store, *memory, deferral.State) {
	f, m := newStore()
	m.write(t, map[string]any{"SupportContact": "the help desk"})
	s, _ := load(t, f)
	s, _ = heedAndSave(t, f, s.Checked(deferral.Found, []deferral.Update{safari}, settings.Defaults(), intel, at(0), time.UTC).Deferred(4*time.Hour, at(0)), 0)
	s, _ = f.Heed(s)
	return f, m, s
}

// stands checks that the disk holds the deadline and the deferral of a state.
func (m *memory) stands(t *testing.T, want deferral.State) {
	t.Helper()
	got, problems := load(t, reopen(m))
	if len(problems) > 0 || !got.ForcedAfter.Equal(want.ForcedAfter) || !got.DeferredUntil.Equal(want.DeferredUntil) {
		t.Errorf("the deadline is %v, the deferral ends at %v, %v", got.ForcedAfter, got.DeferredUntil, problems)
	}
}

func TestHeedWhatIsGone(t *testing.T) {
	t.Run("a state file that is deleted is written again", func(t *testing.T) {
		f, m, s := begin(t)
		delete(m.files, "state")
		heedAndSave(t, f, s, 0)
		m.stands(t, s)
	})
	t.Run("a copy that is deleted is written again by the next save", func(t *testing.T) {
		f, m, s := begin(t)
		delete(m.files, "copy")
		heedAndSave(t, f, s, 0)
		delete(m.files, "state")
		delete(m.files, domain+".plist")
		if got, _ := load(t, reopen(m)); !got.ForcedAfter.Equal(s.ForcedAfter) {
			t.Errorf("the deadline is %v", got.ForcedAfter)
		}
	})
	t.Run("all files deleted cost nothing that the wake knows", func(t *testing.T) {
		f, m, s := begin(t)
		clear(m.files)
		_, said := heedAndSave(t, f, s, 0)
		m.stands(t, s)
		if !strings.Contains(said, "changed while this wake ran: SupportContact.") {
			t.Errorf("it says %q", said)
		}
	})
	t.Run("preferences that break cost nothing, and are left to who can mend them", func(t *testing.T) {
		f, m, s := begin(t)
		m.files[domain+".plist"] = []byte("rubbish")
		heedAndSave(t, f, s.Deferred(time.Hour, at(0)), 0)
		m.stands(t, s.Deferred(time.Hour, at(0)))
		f = reopen(m)
		st, _ := load(t, f)
		save(t, f, st)
		if string(m.files[domain+".plist"]) != "rubbish" {
			t.Errorf("they are %q", m.files[domain+".plist"])
		}
	})
	t.Run("a removal keeps the settings of now", func(t *testing.T) {
		f, m, _ := begin(t)
		m.write(t, map[string]any{"UpdateDelay": 60})
		if err := f.Clear(t.Context()); err != nil {
			t.Fatal(err)
		}
		if got := m.preferences(domain); len(got) != 2 || got["SupportContact"] != "the help desk" || got["UpdateDelay"] != uint64(60) {
			t.Errorf("%v", got)
		}
		if m.files["state"] != nil || m.files["copy"] != nil {
			t.Error("the state is still there")
		}
	})
}
