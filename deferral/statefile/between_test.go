package statefile

import (
	"strings"
	"testing"
	"time"

	"installordefer/deferral"
	"installordefer/deferral/settings"
	"installordefer/internal/clock"
	"installordefer/internal/macos"
)

// over is the state of a Mac whose round is over and on which the job stays.
func over(t *testing.T, round deferral.State) deferral.State {
	t.Helper()
	set := settings.Defaults()
	set.RemoveWhenDone = false
	round.Proven = true
	s, _ := deferral.Apply(deferral.Situation{Settings: set, State: round, Now: at(time.Hour), Zone: time.UTC}, deferral.Woke{})
	if !s.State.Stays() {
		t.Fatalf("the round is not over: %+v", s.State)
	}
	return s.State.Marked(at(time.Hour))
}

func TestARoundThatIsOverComesNotBack(t *testing.T) {
	begin := func(t *testing.T) (*memory, deferral.State) {
		f, m := newStore()
		round := found(settings.Defaults(), safari).Deferred(4*time.Hour, at(0)).Marked(at(time.Hour))
		save(t, f, round)
		return m, over(t, round)
	}
	unharmed := func(t *testing.T, m *memory) {
		t.Helper()
		s, problems := load(t, reopen(m))
		if len(problems) > 0 || s.Active() || !s.Stays() || !s.DeferredUntil.IsZero() {
			t.Errorf("the next wake finds %+v, %v", s, problems)
		}
	}
	t.Run("nothing of it is left on the disk", func(t *testing.T) {
		m, st := begin(t)
		f := reopen(m)
		load(t, f)
		save(t, f, st)
		if _, there := m.files["copy"]; there || len(m.preferences(domain)) > 0 {
			t.Errorf("the copy is there: %v; the preferences hold %v", there, m.preferences(domain))
		}
		unharmed(t, m)
	})
	t.Run("a kill between any two writes leaves the old round or none", func(t *testing.T) {
		m, st := begin(t)
		f := reopen(m)
		load(t, f)
		m.left = 0 // the copy goes, and the state does not come
		if err := f.Save(st); err == nil {
			t.Fatal("a full disk is no error")
		}
		old, problems := load(t, reopen(m))
		if len(problems) > 0 || !old.Active() || old.Stays() {
			t.Errorf("after the copy has gone: %+v, %v", old, problems)
		}
		m.left = -1
		if err := reopened(t, m).Save(st); err != nil {
			t.Fatal(err)
		}
		unharmed(t, m) // the preferences still have its times
	})
	t.Run("nor does macOS bring it back, which writes its times into the file later", func(t *testing.T) {
		m, st := begin(t)
		late := m.files[domain+".plist"]
		f := reopened(t, m)
		save(t, f, st)
		m.files[domain+".plist"] = late
		unharmed(t, m)
	})
	t.Run("the next round has a copy of its own", func(t *testing.T) {
		m, st := begin(t)
		save(t, reopened(t, m), st)
		next := st.Checked(deferral.Found, []deferral.Update{safari}, settings.Defaults(), macos.Machine{}, at(24*time.Hour), time.UTC).Marked(at(24 * time.Hour))
		f := reopened(t, m)
		save(t, f, next)
		m.files["state"] = []byte("half a fi")
		if s, _ := load(t, reopen(m)); !s.ForcedAfter.Equal(next.ForcedAfter) || s.Stays() {
			t.Errorf("from the copy comes %v, not %v", s.ForcedAfter, next.ForcedAfter)
		}
	})
}

func reopened(t *testing.T, m *memory) *Store {
	t.Helper()
	f := reopen(m)
	load(t, f)
	return f
}

func TestWhatIsKeptBetweenTwoRounds(t *testing.T) {
	want := over(t, found(settings.Defaults(), safari).Marked(at(time.Hour)))
	want.Round.Profiles = []deferral.Profile{{Path: "/profile", Sum: "1", Values: settings.Keep(map[string]any{"RemoveWhenDone": false}), Gone: true, GoneAt: -time.Hour}}
	data, err := Encode(want)
	if err != nil {
		t.Fatal(err)
	}
	got, problems, err := Decode(data)
	if err != nil || len(problems) > 0 || got.Changed(want) {
		t.Errorf("read back %+v\nwant      %+v\n%v, %v", got, want, problems, err)
	}
	for name, change := range map[string]func(map[string]any){
		"no dictionary":      func(d map[string]any) { d[keyBetween] = "soon" },
		"without its mark":   func(d map[string]any) { delete(d[keyBetween].(map[string]any), "Mark") },
		"with a mad moment":  func(d map[string]any) { d[keyBetween].(map[string]any)["Current"] = -1 },
		"with a mad length":  func(d map[string]any) { d[keyBetween].(map[string]any)["Spent"] = "x" },
		"marked too early":   func(d map[string]any) { d["LastCheckAt"] = moved(d["LastCheckAt"]) },
		"with a round in it": func(d map[string]any) { d["Began"], d["Mark"] = d[keyBetween].(map[string]any)["Mark"], 7 },
	} {
		t.Run(name, func(t *testing.T) {
			top, err := decodeDict(data)
			if err != nil {
				t.Fatal(err)
			}
			change(top[settings.KeyRound].(map[string]any))
			s, problems, err := Decode(property(t, top))
			if err != nil || len(problems) == 0 || s.Active() {
				t.Errorf("%+v, %v, %v", s, problems, err)
			}
			if again, err := Encode(s); err != nil {
				t.Error(err)
			} else if s, problems, _ := Decode(again); len(problems) > 0 {
				t.Errorf("it is found again in what is saved: %v, %+v", problems, s)
			}
			if name != "with a round in it" && !strings.Contains(name, "early") && s.Stays() {
				t.Error("that nothing is left counts as known")
			}
		})
	}
}

// moved is a moment of the file a day later.
func moved(v any) any {
	m := v.(map[string]any)
	for _, key := range []string{"Wall", "Continuous"} {
		n, _ := wholeNumber(m[key])
		m[key] = n + int64(24*time.Hour)
	}
	return m
}

func TestTheWaitForTheFirstCheckIsKept(t *testing.T) {
	f, m := newStore()
	want := deferral.State{Came: at(0).Wall, Share: 1234}
	want.Round.Mark, want.Round.Spent = at(time.Hour), time.Hour
	save(t, f, want)
	if s, problems := load(t, reopen(m)); len(problems) > 0 || s.Share != want.Share || !s.Came.Equal(want.Came) || s.Round.Mark != want.Round.Mark || s.Round.Spent != time.Hour {
		t.Errorf("the next wake finds %+v, %v", s, problems)
	}
	t.Run("and a share that cannot be is none", func(t *testing.T) {
		want.Share = deferral.Shares + 1
		save(t, f, want)
		if s, problems := load(t, reopen(m)); len(problems) == 0 || s.Share != 0 || s.Round.Mark != (clock.Moment{}) {
			t.Errorf("the next wake finds %+v, %v", s, problems)
		}
	})
}
