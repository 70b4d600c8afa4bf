package statefile

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"installordefer/deferral"
	"installordefer/deferral/settings"
	"installordefer/internal/clock"
)

func TestMirror(t *testing.T) {
	t.Run("shows both times by both names, once", func(t *testing.T) {
		_, m, s := begin(t)
		for _, key := range append(deadlineKeys[:], deferralKeys[:]...) {
			want := s.ForcedAfter
			if slices.Contains(deferralKeys[:], key) {
				want = s.DeferredUntil
			}
			if got := m.preferences(domain)[key]; got != uint64(want.Unix()) {
				t.Errorf("%s is %v, want %v", key, got, want.Unix())
			}
		}
		m.asked = nil
		f := reopen(m)
		s, _ = load(t, f)
		save(t, f, s)
		if len(m.asked) > 0 {
			t.Errorf("asked again for %q", m.asked)
		}
	})
	t.Run("takes a time away that is over", func(t *testing.T) {
		f, m, s := begin(t)
		s.DeferredUntil, s.Round.DeferredTo = time.Time{}, time.Time{}
		save(t, f, s)
		for _, key := range deferralKeys {
			if v, there := m.preferences(domain)[key]; there {
				t.Errorf("%s is still %v", key, v)
			}
		}
	})
	t.Run("is tried again by the next wake where it failed, and nobody's hand is seen in it", func(t *testing.T) {
		f, m, s := begin(t)
		m.deaf = true
		later := s.Deferred(2*time.Hour, at(0))
		if err := errors.Join(f.Save(later), f.Mirror(t.Context())); !errors.Is(err, errDisk) {
			t.Errorf("got %v", err)
		}
		m.deaf = false
		m.stands(t, later)
		f = reopen(m)
		load(t, f)
		if err := f.Mirror(t.Context()); err != nil || m.preferences(domain)[settings.KeyDeferredUntil] != uint64(later.DeferredUntil.Unix()) {
			t.Errorf("%v, %v", m.preferences(domain), err)
		}
	})
	t.Run("shows nothing before it is saved", func(t *testing.T) {
		f, m := newStore()
		s, _ := load(t, f)
		if err := f.Mirror(t.Context()); err != nil || len(m.asked) > 0 || s.Active() {
			t.Errorf("asked for %q, %v", m.asked, err)
		}
	})
}

func TestMirrorAsksMacOSFirst(t *testing.T) {
	t.Run("leaves alone what somebody has written and the file does not have yet", func(t *testing.T) {
		hour := monday.Add(time.Hour).Unix()
		for name, c := range map[string]struct {
			key   string
			value any // nil deletes
			until time.Time
		}{
			"an end of the deferral":                   {settings.KeyDeferredUntil, hour, monday.Add(time.Hour)},
			"an end of the deferral by its later name": {settings.KeyDeferredUntilLater, hour, monday.Add(time.Hour)},
			"the end of the deferral as a text":        {settings.KeyDeferredUntil, "soon", monday.Add(2 * time.Hour)},
			"a deferral that is deleted":               {settings.KeyDeferredUntil, nil, time.Time{}},
		} {
			t.Run(name, func(t *testing.T) {
				f, m, s := begin(t)
				m.unwritten = map[string]any{c.key: c.value}
				s = s.Deferred(2*time.Hour, at(0))
				save(t, f, s)
				m.flush(t)
				if _, said := heedAndSave(t, f, s, 0); said == "" {
					t.Error("nothing is said")
				}
				got, _ := load(t, reopen(m))
				if !got.DeferredUntil.Equal(c.until) {
					t.Errorf("the deferral ends at %v, want %v", got.DeferredUntil, c.until)
				}
				for _, key := range deferralKeys {
					if v, there := m.preferences(domain)[key]; there != !c.until.IsZero() || there && v != uint64(c.until.Unix()) {
						t.Errorf("%s is shown as %v", key, v)
					}
				}
			})
		}
	})
	t.Run("writes over what has stood in the file for long", func(t *testing.T) {
		f, m, s := begin(t)
		m.write(t, map[string]any{settings.KeyDeferredUntil: "soon"})
		heedAndSave(t, f, s, 0)
		if got := m.preferences(domain)[settings.KeyDeferredUntil]; got != uint64(s.DeferredUntil.Unix()) {
			t.Errorf("it is %v", got)
		}
	})
	t.Run("writes what macOS does not say anything about", func(t *testing.T) {
		f, m, s := begin(t)
		later := s.Deferred(2*time.Hour, at(0))
		if err := f.Save(later); err != nil {
			t.Fatal(err)
		}
		f.Defaults = speechless{m}
		if err := f.Mirror(t.Context()); err != nil || m.preferences(domain)[settings.KeyDeferredUntil] != uint64(later.DeferredUntil.Unix()) {
			t.Errorf("%v, %v", m.preferences(domain), err)
		}
	})
}

// speechless is a macOS that says nothing of what it has in memory.
type speechless struct{ Defaults }

func (speechless) ExportDefaults(context.Context, string) ([]byte, error) { return nil, errDisk }

// TestALaggingFile lets macOS write preferences late: whatever the job has asked
// for may come to the disk at any later time, in steps.
func TestALaggingFile(t *testing.T) {
	f, m, s := begin(t)
	older := slices.Clone(m.files[domain+".plist"])
	var states []deferral.State
	for i := range 3 {
		s = s.Deferred(time.Duration(i+1)*time.Hour, at(0))
		save(t, f, s)
		states = append(states, s)
	}
	shown := [][]byte{older}
	for _, st := range states { // by one name each, as between two changes
		top := m.preferences(domain)
		top[settings.KeyDeferredUntil] = st.DeferredUntil.Unix()
		shown = append(shown, property(t, top))
	}
	for i, data := range shown {
		m.files[domain+".plist"] = data
		f := reopen(m)
		got, _ := load(t, f)
		if !got.DeferredUntil.Equal(s.DeferredUntil) || !got.ForcedAfter.Equal(s.ForcedAfter) {
			t.Errorf("step %d: the deferral ends at %v, want %v", i, got.DeferredUntil, s.DeferredUntil)
		}
	}
}

func TestTakeOver(t *testing.T) {
	former := func(t *testing.T, change func(top map[string]any)) (*Store, *memory, deferral.State) {
		t.Helper()
		st := found(settings.Defaults(), safari).Deferred(4*time.Hour, at(0))
		st.Migrated = true
		top := map[string]any{
			"SupportContact": "the help desk", settings.KeyVersion: 1, settings.KeyRound: encodeRound(st),
			settings.KeyForcedAfter: st.ForcedAfter.Unix(), settings.KeyDeferredUntil: st.DeferredUntil.Unix(),
		}
		change(top)
		m := &memory{files: map[string][]byte{}, left: -1}
		m.files[domain+".plist"] = property(t, top)
		return reopen(m), m, st
	}
	t.Run("of the first version's state leaves the settings and the two times", func(t *testing.T) {
		f, m, want := former(t, func(map[string]any) {})
		st, problems := load(t, f)
		if len(problems) > 0 || !st.ForcedAfter.Equal(want.ForcedAfter) || !st.DeferredUntil.Equal(want.DeferredUntil) || st.Round.Deferrals != 1 {
			t.Fatalf("%+v, %v", st, problems)
		}
		save(t, f, st)
		if got := m.preferences(domain); len(got) != 5 || got["SupportContact"] != "the help desk" {
			t.Errorf("left are %v", got)
		}
		m.stands(t, want)
	})
	t.Run("heeds what was written by hand while no wake ran", func(t *testing.T) {
		f, _, _ := former(t, func(top map[string]any) { top[settings.KeyForcedAfterLater] = monday.Add(time.Hour).Unix() })
		if st, _ := load(t, f); !st.ForcedAfter.Equal(monday.Add(time.Hour)) || st.ForcedAfter.Equal(st.Round.Deadline) {
			t.Errorf("the deadline is %v", st.ForcedAfter)
		}
	})
	t.Run("happens once: what comes back of it later is nobody's", func(t *testing.T) {
		f, m, want := former(t, func(map[string]any) {})
		ghost := slices.Clone(m.files[domain+".plist"])
		st, _ := load(t, f)
		st = st.Deferred(time.Hour, at(0))
		save(t, f, st)
		m.files[domain+".plist"] = ghost
		delete(m.files, "state")
		got, _ := load(t, reopen(m))
		if got.Round.Restarts != 0 || !got.ForcedAfter.Equal(want.ForcedAfter) || got.LastCheck.At != (st.LastCheck.At) && got.LastCheck != (deferral.Check{}) {
			t.Errorf("%+v", got)
		}
	})
}

func TestATimeOfALostClockIsTheJobsOwn(t *testing.T) {
	f, m := newStore()
	early := clock.Moment{Wall: time.Unix(600, 0).UTC(), Continuous: time.Minute, Boot: "first"}
	round := deferral.State{Migrated: true}.Checked(deferral.Found, []deferral.Update{safari}, settings.Defaults(), intel, early, time.UTC)
	save(t, f, round)
	if got, problems := load(t, reopen(m)); len(problems) > 0 || !got.ForcedAfter.Equal(round.ForcedAfter) {
		t.Errorf("%v, %v", got.ForcedAfter, problems)
	}
	again := reopen(m)
	got, _ := load(t, again)
	if _, notes := again.Heed(got); len(notes) > 0 {
		t.Errorf("said: %q", notes)
	}
}
