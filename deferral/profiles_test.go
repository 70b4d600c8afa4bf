package deferral

import (
	"errors"
	"io/fs"
	"strings"
	"testing"
	"time"

	"howett.net/plist"
	"pgregory.net/rapid"

	"installordefer/deferral/settings"
	"installordefer/internal/clock"
)

const testID = "com.example.updates"

// files is a disk: content by path; nil content cannot be read.
type files map[string]any

func (f files) read(path string) ([]byte, error) {
	content, ok := f[path]
	switch c := content.(type) {
	case nil:
		if ok {
			return nil, errors.New("input/output error")
		}
		return nil, &fs.PathError{Op: "open", Path: path, Err: fs.ErrNotExist}
	case string:
		return []byte(c), nil
	default:
		return plist.Marshal(c, plist.BinaryFormat)
	}
}

// fortnight is what a profile holds that allows two weeks.
var fortnight = map[string]any{"MaxDeferralTime": 1209600, "UpdateDelay": 1200, "IgnoreUpdates": []any{"Safari*"}}

// wakes is one wake: it reads the files of the disk and settles.
func wakes(t testing.TB, st State, disk files, now clock.Moment) (State, settings.Settings, []string) {
	t.Helper()
	st, in, notes := st.InForce(settings.ReadFiles(disk.read, testID), now)
	set, _, _ := in.Settings()
	if !st.Active() {
		st = st.Checked(Found, []Update{safari}, set, intel, now, time.UTC).Keeping(in)
	}
	st, more := Settle(st, set, now, time.UTC)
	return st, set, append(notes, more...)
}

func TestAProfileThatIsAwayCountsAsUnchangedForADay(t *testing.T) {
	for name, content := range map[string]any{
		"absent":                  "",
		"an empty file":           "",
		"an empty dictionary":     map[string]any{},
		"without a setting in it": map[string]any{"PayloadUUID": "x"},
		"damaged":                 "half a fi",
		"on a disk that fails":    nil,
	} {
		t.Run(name, func(t *testing.T) {
			disk := files{settings.ProfilePath(testID): fortnight}
			st, _, _ := wakes(t, State{}, disk, at(0))
			deadline := st.ForcedAfter
			st, _, _ = wakes(t, st, disk, at(5*days-5*time.Minute))
			if disk[settings.ProfilePath(testID)] = content; name == "absent" {
				delete(disk, settings.ProfilePath(testID))
			}
			var told []string
			for after := 5 * days; after < 6*days; after += 5 * time.Minute {
				var set settings.Settings
				var notes []string
				st, set, notes = wakes(t, st, disk, at(after))
				if told = append(told, notes...); set.MaxDeferralTime != 14*days || set.UpdateDelay != 20*time.Minute || len(set.IgnoreUpdates) != 1 || !st.ForcedAfter.Equal(deadline) {
					t.Fatalf("after %v: %v, deadline %v", after, set.MaxDeferralTime, st.ForcedAfter)
				}
			}
			if len(told) != 1 || !strings.Contains(told[0], settings.ProfilePath(testID)) {
				t.Errorf("the log says %q", told)
			}
			st, set, notes := wakes(t, st, disk, at(6*days))
			if left := st.TimeLeft(at(6 * days)); set.MaxDeferralTime != 3*days || left != time.Hour || len(notes) != 2 {
				t.Errorf("a day later %v are left, and the log says %q", left, notes)
			}
			if _, _, notes = wakes(t, st, disk, at(6*days+5*time.Minute)); len(notes) > 0 {
				t.Errorf("and then the log says %q", notes)
			}
		})
	}
}

func TestAProfileThatComesBack(t *testing.T) {
	path := settings.ProfilePath(testID)
	begin := func(t *testing.T, disk files) State {
		disk[path] = fortnight
		st, _, _ := wakes(t, State{}, disk, at(0))
		delete(disk, path)
		st, _, _ = wakes(t, st, disk, at(5*days))
		return st
	}
	t.Run("is as it was, and the log says so once", func(t *testing.T) {
		disk := files{}
		st := begin(t, disk)
		disk[path] = fortnight
		st, set, notes := wakes(t, st, disk, at(5*days+5*time.Minute))
		if set.MaxDeferralTime != 14*days || len(notes) != 1 || !strings.HasSuffix(notes[0], "is back after 5 minutes.") {
			t.Errorf("%v, %q", set.MaxDeferralTime, notes)
		}
		if _, _, notes = wakes(t, st, disk, at(5*days+10*time.Minute)); len(notes) > 0 {
			t.Errorf("and then %q", notes)
		}
	})
	t.Run("with other settings counts at once", func(t *testing.T) {
		disk := files{}
		st := begin(t, disk)
		disk[path] = map[string]any{"MaxDeferralTime": 20 * 86400}
		if _, set, _ := wakes(t, st, disk, at(5*days+5*time.Minute)); set.MaxDeferralTime != 20*days || len(set.IgnoreUpdates) > 0 {
			t.Errorf("%+v", set)
		}
	})
	t.Run("begins its day anew when it goes again", func(t *testing.T) {
		disk := files{}
		st := begin(t, disk)
		disk[path] = fortnight
		st, _, _ = wakes(t, st, disk, at(5*days+23*time.Hour))
		delete(disk, path)
		st, _, _ = wakes(t, st, disk, at(5*days+23*time.Hour+time.Minute))
		if _, set, _ := wakes(t, st, disk, at(6*days+12*time.Hour)); set.MaxDeferralTime != 14*days {
			t.Errorf("%v", set.MaxDeferralTime)
		}
	})
	t.Run("is not missed by a Mac that never had one", func(t *testing.T) {
		st, _, _ := wakes(t, State{}, files{}, at(0))
		if st, _, notes := wakes(t, st, files{}, at(time.Hour)); len(st.Round.Profiles) > 0 || len(notes) > 0 {
			t.Errorf("%v, %q", st.Round.Profiles, notes)
		}
	})
	t.Run("stands above a profile for the original that came meanwhile", func(t *testing.T) {
		disk := files{}
		st := begin(t, disk)
		disk[settings.ProfilePath(settings.UpstreamIDs[0])] = map[string]any{"MaxDeferralTime": 86400, "HardRestartDelay": 900}
		if _, set, _ := wakes(t, st, disk, at(5*days+5*time.Minute)); set.MaxDeferralTime != 14*days || set.HardRestartDelay != 15*time.Minute {
			t.Errorf("%+v", set)
		}
	})
}

func TestHowLongAProfileIsAwayIsTimeThatPasses(t *testing.T) {
	begun, long, _ := wakes(t, State{}, files{settings.ProfilePath(testID): map[string]any{"MaxDeferralTime": 100 * 86400}}, at(0))
	gone := settings.ReadFiles(files{}.read, testID)
	rapid.Check(t, func(t *rapid.T) {
		m := mover{now: at(0)}
		st, _, _ := begun.InForce(gone, m.now)
		away := time.Duration(0)
		for over := false; !over; {
			away += m.pass(t, 10*time.Minute, 2*time.Hour)
			var in settings.Files
			st, in, _ = st.InForce(gone, m.now)
			set, _, _ := in.Settings()
			st, _ = Settle(st, set, m.now, time.UTC)
			over = set.MaxDeferralTime != long.MaxDeferralTime
			if over && away < 24*time.Hour {
				t.Fatalf("the kept settings end after %v", away)
			}
			// What passed since the last mark before a restart is not known.
			if most := 24*time.Hour + time.Duration(m.boots+1)*2*time.Hour; !over && away > most {
				t.Fatalf("the kept settings go on after %v and %d restarts", away, m.boots)
			}
		}
	})
}

func TestWhatIsKeptOfAProfileIsCheckedAndBounded(t *testing.T) {
	keeps := func(values any) Profile {
		t.Helper()
		disk := files{settings.ProfilePath(testID): values}
		st, _, _ := wakes(t, State{}, disk, at(0))
		if len(st.Round.Profiles) != 1 {
			t.Fatalf("kept: %v", st.Round.Profiles)
		}
		return st.Round.Profiles[0]
	}
	long := strings.Repeat("long ", 700)
	texts := map[string]any{"MaxDeferralTime": 1209600, "IgnoreUpdates": []any{"Safari*"}, "Unheard": strings.Repeat("x", 30000)}
	for _, k := range settings.Keys {
		if k.Kind == settings.Body {
			texts[k.Name] = k.Name + long // each its own: equal ones are written once
		}
	}
	t.Run("texts that are too long are left out, and no number", func(t *testing.T) {
		p := keeps(texts)
		l, err := settings.DecodeLayer("kept", p.Values)
		if err != nil || len(p.Values) > settings.LargestKept || len(l.Values) != 2 || l.Values["MaxDeferralTime"] != uint64(1209600) {
			t.Errorf("%d bytes, %v, %v", len(p.Values), l.Values, err)
		}
	})
	t.Run("patterns that are too many are left out, and no number", func(t *testing.T) {
		many := make([]any, 2000)
		for i := range many {
			many[i] = strings.Repeat("p", i%150) + "*"
		}
		l, err := settings.DecodeLayer("kept", keeps(map[string]any{"MaxDeferralTime": 1209600, "IgnoreUpdates": many[:400]}).Values)
		if err != nil || len(l.Values) != 1 {
			t.Errorf("%v, %v", l.Values, err)
		}
	})
}

func TestWhatTheStateHoldsOfAProfileIsNotBelieved(t *testing.T) {
	t.Run("hostile values are read by the rules for a profile", func(t *testing.T) {
		hostile, err := plist.Marshal(map[string]any{"MaxDeferralTime": -1, "UpdateDelay": "soon", "DeferralChoices": map[string]any{"a": 1}}, plist.BinaryFormat)
		if err != nil {
			t.Fatal(err)
		}
		st, _, _ := wakes(t, State{}, files{settings.ProfilePath(testID): fortnight}, at(0))
		for _, values := range [][]byte{hostile, []byte("bplist00"), []byte("x")} {
			st.Round.Profiles = []Profile{{Path: settings.ProfilePath(testID), Values: values}}
			got, in, notes := st.InForce(settings.ReadFiles(files{}.read, testID), at(time.Hour))
			set, _, _ := in.Settings()
			if err := set.Valid(); err != nil || len(notes) != 1 {
				t.Errorf("%v, notes %q", err, notes)
			}
			if got, _ = Settle(got, set, at(5*days), time.UTC); got.Due(at(5*days)) || set.MaxDeferralTime != 3*days {
				t.Errorf("what cannot be used leaves %v", got.TimeLeft(at(5*days)))
			}
		}
	})
	t.Run("an age from a round that was taken over anew begins anew", func(t *testing.T) {
		st, _, _ := wakes(t, State{}, files{settings.ProfilePath(testID): fortnight}, at(0))
		st.Round.Profiles[0].Gone, st.Round.Profiles[0].GoneAt = true, 900*time.Hour
		st, _, _ = st.InForce(settings.ReadFiles(files{}.read, testID), at(time.Hour))
		if got := st.Round.Profiles[0].GoneAt; got != time.Hour {
			t.Errorf("it is %v", got)
		}
	})
}

func TestAProfileWithAMistypedValue(t *testing.T) {
	start := map[string]any{settings.ProfilePath(testID): fortnight}
	st, _, _ := wakes(t, State{}, start, at(0))
	deadline := st.ForcedAfter
	mistyped := map[string]any{settings.ProfilePath(testID): map[string]any{"MaxDeferralTime": 14, "UpdateDelay": 900, "IgnoreUpdates": []any{"Safari*"}}}
	t.Run("leaves the round what it had, and says so once", func(t *testing.T) {
		st, set, notes := wakes(t, st, mistyped, at(5*24*time.Hour))
		if !st.ForcedAfter.Equal(deadline) || set.MaxDeferralTime != 14*24*time.Hour || set.UpdateDelay != 15*time.Minute {
			t.Errorf("the deadline is %v, by %v and a countdown of %v", st.ForcedAfter, set.MaxDeferralTime, set.UpdateDelay)
		}
		if want := "MaxDeferralTime in the profile /Library/Managed Preferences/com.example.updates.plist is 14, which cannot be used. The round goes on with 1209600."; len(notes) != 1 || notes[0] != want {
			t.Errorf("said: %q", notes)
		}
		again, _, notes := wakes(t, st, mistyped, at(6*24*time.Hour))
		if !again.ForcedAfter.Equal(deadline) || len(notes) > 0 {
			t.Errorf("a day later the deadline is %v; said: %q", again.ForcedAfter, notes)
		}
	})
	t.Run("is the default where the round had nothing", func(t *testing.T) {
		fresh, set, _ := wakes(t, State{}, mistyped, at(0))
		if set.MaxDeferralTime != 72*time.Hour || !fresh.Active() {
			t.Errorf("the deadline is %v, by %v", fresh.ForcedAfter, set.MaxDeferralTime)
		}
	})
	t.Run("gives way when it is put right", func(t *testing.T) {
		st, _, _ := wakes(t, st, mistyped, at(5*24*time.Hour))
		right := map[string]any{settings.ProfilePath(testID): map[string]any{"MaxDeferralTime": 1728000}}
		if _, set, _ := wakes(t, st, right, at(6*24*time.Hour)); set.MaxDeferralTime != 20*24*time.Hour {
			t.Errorf("it is %v", set.MaxDeferralTime)
		}
	})
}

// withLocal begins a round by local preferences.
func withLocal(t *testing.T) (st State, disk files, path string) {
	t.Helper()
	path = settings.LocalPath(testID)
	disk = files{path: map[string]any{"MaxDeferralTime": 1209600, settings.KeyForcedAfter: 1}}
	st, set, _ := wakes(t, State{}, disk, at(0))
	if set.MaxDeferralTime != 14*days {
		t.Fatalf("the round begins with %v", set.MaxDeferralTime)
	}
	return st, disk, path
}

func TestLocalPreferencesThatCannotBeRead(t *testing.T) {
	for name, content := range map[string]any{"half written": "bplist00\xd1\x01", "emptied": "", "on a disk that fails": nil} {
		t.Run("count as unchanged for a day when they are "+name, func(t *testing.T) {
			st, disk, path := withLocal(t)
			deadline := st.ForcedAfter
			disk[path] = content
			var told []string
			for after := 5 * days; after < 6*days; after += 5 * time.Minute {
				var set settings.Settings
				var notes []string
				st, set, notes = wakes(t, st, disk, at(after))
				if told = append(told, notes...); set.MaxDeferralTime != 14*days || !st.ForcedAfter.Equal(deadline) {
					t.Fatalf("after %v: %v, deadline %v", after, set.MaxDeferralTime, st.ForcedAfter)
				}
			}
			want := "The file " + path + " of local settings cannot be read. Its settings go on as they were until it has been unreadable for 1 day."
			if len(told) != 1 || told[0] != want {
				t.Errorf("the log says %q", told)
			}
			st, set, notes := wakes(t, st, disk, at(6*days))
			if left := st.TimeLeft(at(6 * days)); set.MaxDeferralTime != 3*days || left != time.Hour || len(notes) != 2 {
				t.Errorf("a day later %v are left, and the log says %q", left, notes)
			}
		})
	}
	t.Run("are as they were when they can be read again", func(t *testing.T) {
		st, disk, path := withLocal(t)
		right := disk[path]
		disk[path] = "half"
		st, _, _ = wakes(t, st, disk, at(time.Hour))
		disk[path] = right
		_, set, notes := wakes(t, st, disk, at(3*time.Hour))
		if want := "The file " + path + " of local settings can be read again after 2 hours."; set.MaxDeferralTime != 14*days || len(notes) != 1 || notes[0] != want {
			t.Errorf("%v, %q", set.MaxDeferralTime, notes)
		}
	})
}

func TestLocalPreferencesThatChange(t *testing.T) {
	t.Run("give way to what is written into them", func(t *testing.T) {
		st, disk, path := withLocal(t)
		disk[path] = "half"
		st, _, _ = wakes(t, st, disk, at(time.Hour))
		disk[path] = map[string]any{"MaxDeferralTime": 20 * 86400}
		if _, set, _ := wakes(t, st, disk, at(3*time.Hour)); set.MaxDeferralTime != 20*days {
			t.Errorf("%v", set.MaxDeferralTime)
		}
	})
	t.Run("are gone at once when they are deleted", func(t *testing.T) {
		for _, broken := range []bool{false, true} {
			st, disk, path := withLocal(t)
			if broken {
				disk[path] = "half"
				st, _, _ = wakes(t, st, disk, at(time.Hour))
			}
			delete(disk, path)
			st, set, _ := wakes(t, st, disk, at(3*time.Hour))
			if set.MaxDeferralTime != 3*days || len(st.Round.Profiles) > 0 {
				t.Errorf("broken before: %v; %v, kept %v", broken, set.MaxDeferralTime, st.Round.Profiles)
			}
		}
	})
	t.Run("change nothing that is kept when the job's own times change", func(t *testing.T) {
		st, disk, path := withLocal(t)
		kept := st.Round.Profiles[0].Sum
		disk[path] = map[string]any{"MaxDeferralTime": 1209600, settings.KeyForcedAfter: 2, settings.KeyDeferredUntil: 3}
		if st, _, _ = wakes(t, st, disk, at(time.Hour)); st.Round.Profiles[0].Sum != kept {
			t.Error("another sum")
		}
	})
	t.Run("stand below a profile", func(t *testing.T) {
		st, disk, path := withLocal(t)
		disk[path], disk[settings.ProfilePath(testID)] = "half", map[string]any{"MaxDeferralTime": 10 * 86400}
		if _, set, _ := wakes(t, st, disk, at(time.Hour)); set.MaxDeferralTime != 10*days {
			t.Errorf("%v", set.MaxDeferralTime)
		}
	})
}
