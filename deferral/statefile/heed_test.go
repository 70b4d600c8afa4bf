package statefile

import (
	"bytes"
	"errors"
	"maps"
	"reflect"
	"strings"
	"testing"
	"time"

	howett "howett.net/plist"

	"installordefer/deferral"
	"installordefer/deferral/settings"
)

// write does what "defaults write" and "defaults delete" do: it changes keys and
// writes the file in binary form. A nil deletes a key.
func (m *memory) write(t *testing.T, keys map[string]any) {
	t.Helper()
	top := map[string]any{}
	if data, ok := m.files["state"]; ok {
		if _, err := howett.Unmarshal(data, &top); err != nil {
			t.Fatal(err)
		}
	}
	for k, v := range keys {
		if top[k] = v; v == nil {
			delete(top, k)
		}
	}
	m.files["state"] = property(t, top)
}

// heedAndSave saves as a wake does.
func heedAndSave(t *testing.T, f *Store, s deferral.State, now time.Duration) (deferral.State, string) {
	t.Helper()
	var said []string
	for {
		err := f.Save(s)
		if err == nil {
			return s, strings.Join(said, "\n")
		}
		if !errors.Is(err, ErrChanged) {
			t.Fatal(err)
		}
		var notes []string
		if s, notes, err = f.Heed(s); err != nil {
			t.Fatal(err)
		}
		said = append(said, notes...)
		s, notes = deferral.Settle(s, settings.Defaults(), at(now), time.UTC)
		said = append(said, notes...)
	}
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
		"settings are written, and are kept as they are now": {
			keys:     map[string]any{"UpdateDelay": 60, "IgnoreUpdates": []string{"Safari*"}, "SupportContact": nil},
			deadline: deadline, until: monday.Add(4 * time.Hour), other: map[string]any{"UpdateDelay": uint64(60), "IgnoreUpdates": []any{"Safari*"}},
			said: "Settings in the state file were changed while this wake ran: IgnoreUpdates, SupportContact, UpdateDelay. They are kept and count from the next wake.",
		},
		"an earlier deadline is written":                             {keys: map[string]any{settings.KeyForcedAfter: morning.Unix()}, deadline: morning, until: monday.Add(4 * time.Hour), said: "The deadline was changed by hand"},
		"an earlier deadline is written by its later name":           {keys: map[string]any{settings.KeyForcedAfterLater: morning.Unix()}, deadline: morning, until: monday.Add(4 * time.Hour), said: "The deadline was changed by hand"},
		"a deadline that is later than allowed is written":           {keys: map[string]any{settings.KeyForcedAfter: deadline.Add(time.Hour).Unix()}, deadline: deadline, until: monday.Add(4 * time.Hour), said: "later than MaxDeferralTime allows"},
		"a deadline that is no number is written":                    {keys: map[string]any{settings.KeyForcedAfter: "now"}, deadline: deadline, until: monday.Add(4 * time.Hour), said: "as it was before"},
		"the end of a deferral is written":                           {keys: map[string]any{settings.KeyDeferredUntil: monday.Add(time.Hour).Unix()}, deadline: deadline, until: monday.Add(time.Hour), said: "The end of the deferral was changed by hand"},
		"the end of a deferral is written by its later name":         {keys: map[string]any{settings.KeyDeferredUntilLater: monday.Add(time.Hour).Unix()}, deadline: deadline, until: monday.Add(time.Hour), said: "The end of the deferral was changed by hand"},
		"both are written":                                           {keys: map[string]any{settings.KeyDeferredUntilLater: monday.Add(2 * time.Hour).Unix(), settings.KeyForcedAfter: evening.Unix()}, deadline: evening, until: monday.Add(2 * time.Hour)},
		"the deadline is deleted":                                    {keys: map[string]any{settings.KeyForcedAfter: nil}, deadline: deadline, until: monday.Add(4 * time.Hour)},
		"the deferral is deleted":                                    {keys: map[string]any{settings.KeyDeferredUntil: nil}, deadline: deadline, said: "The deferral is over."},
		"the deferral is deleted, and the wake defers anew":          {keys: map[string]any{settings.KeyDeferredUntil: nil}, after: func(s deferral.State) deferral.State { return s.Deferred(3*time.Hour, at(0)) }, deadline: deadline, until: monday.Add(3 * time.Hour)},
		"an end of the deferral is written, and the wake defers":     {keys: map[string]any{settings.KeyDeferredUntil: monday.Add(time.Hour).Unix()}, after: func(s deferral.State) deferral.State { return s.Deferred(3*time.Hour, at(0)) }, deadline: deadline, until: monday.Add(time.Hour)},
		"the round is deleted, which is known to the wake all along": {keys: map[string]any{settings.KeyRound: nil}, deadline: deadline, until: monday.Add(4 * time.Hour)},
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
			_, other, _, err := Decode(m.files["state"])
			if c.other == nil {
				c.other = map[string]any{"SupportContact": "the help desk"}
			}
			if err != nil || len(changedKeys(other, c.other)) > 0 {
				t.Errorf("the settings are %v, want %v, %v", other, c.other, err)
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
	t.Run("a state file that is deleted is written again, without the settings that went with it", func(t *testing.T) {
		f, m, s := begin(t)
		delete(m.files, "state")
		_, said := heedAndSave(t, f, s, 0)
		if !strings.Contains(said, "deleted while this wake ran") || bytes.Contains(m.files["state"], []byte("the help desk")) {
			t.Errorf("it says %q and writes %s", said, m.files["state"])
		}
		m.stands(t, s)
	})
	t.Run("a state file that breaks is set aside and written again, with the settings that were in it", func(t *testing.T) {
		f, m, s := begin(t)
		m.files["state"] = m.files["state"][:40]
		_, said := heedAndSave(t, f, s, 0)
		if !strings.Contains(said, "moved to state.broken") || !bytes.Contains(m.files["state"], []byte("the help desk")) {
			t.Errorf("it says %q and writes %s", said, m.files["state"])
		}
		m.stands(t, s)
	})
	t.Run("a copy that is deleted is written again by the next save", func(t *testing.T) {
		f, m, s := begin(t)
		delete(m.files, "copy")
		heedAndSave(t, f, s, 0)
		delete(m.files, "state")
		if got, _ := load(t, reopen(m)); !got.ForcedAfter.Equal(s.ForcedAfter) {
			t.Errorf("the deadline is %v", got.ForcedAfter)
		}
	})
	t.Run("both files deleted cost nothing that the wake knows", func(t *testing.T) {
		f, m, s := begin(t)
		clear(m.files)
		heedAndSave(t, f, s, 0)
		m.stands(t, s)
	})
	t.Run("an older state that comes back is nobody's hand", func(t *testing.T) {
		f, m, s := begin(t)
		old := m.files["state"]
		s, _ = heedAndSave(t, f, s.Deferred(2*time.Hour, at(0)), 0)
		m.files["state"] = old
		m.write(t, map[string]any{"UpdateDelay": 60})
		_, said := heedAndSave(t, f, s, 0)
		if strings.Contains(said, "deferral") {
			t.Errorf("it says %q", said)
		}
		m.stands(t, s)
	})
	t.Run("a removal keeps the settings of now", func(t *testing.T) {
		f, m, _ := begin(t)
		m.write(t, map[string]any{"UpdateDelay": 60})
		if err := f.Clear(); err != nil {
			t.Fatal(err)
		}
		_, other, _, err := Decode(m.files["state"])
		if err != nil || !maps.Equal(other, map[string]any{"SupportContact": "the help desk", "UpdateDelay": uint64(60)}) {
			t.Errorf("%v, %v", other, err)
		}
	})
	t.Run("a disk that does not answer is an error", func(t *testing.T) {
		store, f := onFailing(failing{})
		f.read = "state"
		if _, _, err := store.Heed(deferral.State{}); !errors.Is(err, errDisk) {
			t.Errorf("got %v", err)
		}
		if err := store.Save(deferral.State{}); !errors.Is(err, errDisk) {
			t.Errorf("got %v", err)
		}
	})
}
