package statefile

import (
	"reflect"
	"testing"
	"time"

	"installordefer/deferral"
	"installordefer/deferral/settings"
)

// withProfile is a round that goes by a profile, which is away.
func withProfile(t *testing.T) deferral.State {
	t.Helper()
	st := found(settings.Defaults(), safari)
	values := settings.Keep(map[string]any{"MaxDeferralTime": 1209600, "UpdateDelay": 1200, "IgnoreUpdates": []any{"Safari*"}})
	st.Round.Profiles = []deferral.Profile{{Path: settings.ProfilePath("com.example.updates"), Sum: "1", Values: values, Gone: true, GoneAt: time.Hour}}
	return st
}

func TestProfilesOfAState(t *testing.T) {
	t.Run("come back as they were saved", func(t *testing.T) {
		st := withProfile(t)
		data, err := Encode(st)
		if err != nil {
			t.Fatal(err)
		}
		back, problems, err := Decode(data)
		if err != nil || len(problems) > 0 || !reflect.DeepEqual(back.Round.Profiles, st.Round.Profiles) {
			t.Fatalf("they come back as %v, %v, %v; want %v", back.Round.Profiles, problems, err, st.Round.Profiles)
		}
	})
	t.Run("what is no profile is left out", func(t *testing.T) {
		good := map[string]any{"Path": "/a", "Sum": "1", "Values": []byte{1}}
		for name, v := range map[string]any{
			"a number": 7, "a list of numbers": []any{7}, "no path": []any{map[string]any{"Values": []byte{1}}},
			"no values":            []any{map[string]any{"Path": "/a"}},
			"too many values":      []any{map[string]any{"Path": "/a", "Values": make([]byte, settings.LargestKept+1)}},
			"an age that is none":  []any{map[string]any{"Path": "/a", "Values": []byte{1}, "Gone": true, "GoneAt": "old"}},
			"an age before it all": []any{map[string]any{"Path": "/a", "Values": []byte{1}, "Gone": true, "GoneAt": -5}},
			"an age beyond it all": []any{map[string]any{"Path": "/a", "Values": []byte{1}, "Gone": true, "GoneAt": int64(1) << 62}},
		} {
			r := &reader{dict: map[string]any{"Profiles": v}}
			if got := r.profiles("Profiles"); len(got) > 0 || len(r.problems) != 1 {
				t.Errorf("%s: %v, %v", name, got, r.problems)
			}
		}
		r := &reader{dict: map[string]any{"Profiles": []any{good, 7}}}
		if got := r.profiles("Profiles"); len(got) != 1 || len(r.problems) != 1 {
			t.Errorf("beside one that is: %v, %v", got, r.problems)
		}
	})
}

func TestAProfileOutlivesTheJob(t *testing.T) {
	const away = 2 * time.Hour
	for lost, files := range map[string][]string{
		"nothing":                            nil,
		"the state file":                     {"state"},
		"the copy":                           {"copy"},
		"the state file and the preferences": {"state", domain + ".plist"},
	} {
		t.Run("that is killed while it is away, with the loss of "+lost, func(t *testing.T) {
			f, m := newStore()
			st := withProfile(t)
			save(t, f, st)
			for _, file := range files {
				delete(m.files, file)
			}
			got, _ := load(t, reopen(m))
			_, in, _ := got.InForce(settings.ReadFiles(m.Read, "com.example.updates"), at(away))
			set, _, _ := in.Settings()
			if set.MaxDeferralTime != 14*24*time.Hour || set.UpdateDelay != 20*time.Minute || len(set.IgnoreUpdates) != 1 {
				t.Errorf("what is in force: %+v", set)
			}
		})
	}
}
