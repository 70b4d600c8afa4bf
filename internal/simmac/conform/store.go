package conform

import (
	"bytes"
	"testing"
	"time"

	"installordefer/deferral"
	"installordefer/deferral/settings"
	"installordefer/internal/simmac"
)

var deadline = time.Date(2026, 9, 24, 8, 0, 0, 0, time.UTC)

// save saves a round with a deadline, as two wakes do.
func save(t *testing.T, r Rig) {
	t.Helper()
	st, _ := load(t, r)
	st.ForcedAfter, st.DeferredUntil = deadline, deadline.Add(-48*time.Hour)
	store := r.Open()
	if _, _, err := store.Load(); err != nil {
		t.Fatal(err)
	}
	if err := store.Save(st); err != nil {
		t.Fatal(err)
	}
}

// load loads the state as a wake does that begins.
func load(t *testing.T, r Rig) (deferral.State, []settings.Problem) {
	t.Helper()
	st, problems, err := r.Open().Load()
	if err != nil {
		t.Fatal(err)
	}
	return st, problems
}

// Store tests the state on the disk.
func Store(t *testing.T, mac Mac) {
	t.Run("a Mac without a state has no round", func(t *testing.T) {
		mac(t, facts(), func(r Rig) {
			if st, problems := load(t, r); st.Active() || len(problems) > 0 {
				t.Errorf("state %+v, problems %v", st, problems)
			}
		})
	})
	t.Run("what is saved is there in the next wake", func(t *testing.T) {
		mac(t, facts(), func(r Rig) {
			save(t, r)
			if st, problems := load(t, r); !st.ForcedAfter.Equal(deadline) || !st.DeferredUntil.Equal(deadline.Add(-48*time.Hour)) || len(problems) > 0 {
				t.Errorf("state %+v, problems %v", st, problems)
			}
		})
	})
	t.Run("a state that cannot be read is told of, and the deadline survives", func(t *testing.T) {
		for _, junk := range []string{"", "junk", "<plist><dict>", "bplist00"} {
			mac(t, facts(), func(r Rig) {
				save(t, r)
				r.Write(layout.StateFile(), []byte(junk))
				if st, problems := load(t, r); !st.ForcedAfter.Equal(deadline) || len(problems) == 0 {
					t.Errorf("%q: deadline %v, problems %v", junk, st.ForcedAfter, problems)
				}
			})
		}
	})
	t.Run("a state that somebody deletes takes no deadline with it", func(t *testing.T) {
		mac(t, facts(), func(r Rig) {
			save(t, r)
			r.Write(layout.StateFile(), nil)
			if st, _ := load(t, r); !st.ForcedAfter.Equal(deadline) {
				t.Errorf("deadline %v", st.ForcedAfter)
			}
		})
	})
	t.Run("the two times that people know are shown, and changed, through defaults", func(t *testing.T) { mac(t, facts(), func(r Rig) { shows(t, r) }) })
	t.Run("clearing leaves nothing but what an administrator has set", func(t *testing.T) {
		mac(t, facts(), func(r Rig) {
			r.Write(layout.LocalFile(), []byte(`<?xml version="1.0" encoding="UTF-8"?><plist version="1.0"><dict><key>SupportContact</key><string>the help desk</string></dict></plist>`))
			save(t, r)
			store := r.Open()
			if _, _, err := store.Load(); err != nil {
				t.Fatal(err)
			}
			for range 2 {
				if err := store.Clear(r.Context); err != nil {
					t.Fatal(err)
				}
			}
			if st, problems := load(t, r); st.Active() || len(problems) > 0 {
				t.Errorf("state %+v, problems %v", st, problems)
			}
			if data, there := r.Read(layout.LocalFile()); !there || !bytes.Contains(data, []byte("the help desk")) {
				t.Errorf("the setting is gone: %q", data)
			}
			for _, path := range []string{layout.StateFile(), layout.DeadlineCopy()} {
				if _, there := r.Read(path); there {
					t.Errorf("%s is still there", path)
				}
			}
		})
	})
}

// shows mirrors a state, and takes over what is changed there.
func shows(t *testing.T, r Rig) {
	t.Helper()
	save(t, r)
	store := r.Open()
	st, _, err := store.Load()
	if err != nil {
		t.Fatal(err)
	}
	if err := store.Mirror(r.Context); err != nil {
		t.Fatal(err)
	}
	hour := deadline.Add(-time.Hour).Unix()
	r.Do(func(m *simmac.Mac) {
		for key, want := range map[string]int64{"AppleSoftwareUpdatesForcedAfter": deadline.Unix(), "UpdatesDeferredUntil": deadline.Add(-48 * time.Hour).Unix()} {
			if v, _ := m.Default(domain, key); v != want {
				t.Errorf("%s is shown as %v, want %d", key, v, want)
			}
		}
		m.SetDefault(domain, "UpdatesForcedAfter", hour)
		m.Advance(2 * simmac.FlushLag)
	})
	if st, notes := store.Heed(st); st.ForcedAfter.Unix() != hour {
		t.Errorf("the deadline is %v, %q", st.ForcedAfter, notes)
	}
	evening := deadline.Add(-30 * time.Hour).Unix()
	if err := store.Save(st.Deferred(time.Hour, r.Clock.Now())); err != nil {
		t.Fatal(err)
	}
	r.Do(func(m *simmac.Mac) { m.SetDefault(domain, "UpdatesDeferredUntil", evening) })
	if err := store.Mirror(r.Context); err != nil {
		t.Fatal(err)
	}
	r.Do(func(m *simmac.Mac) {
		if v, _ := m.Default(domain, "UpdatesDeferredUntil"); v != evening {
			t.Errorf("what was written a moment ago is now %v", v)
		}
	})
}
