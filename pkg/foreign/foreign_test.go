package foreign

import (
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"installordefer/deferral/settings"
	"installordefer/internal/golden"
)

func TestImport(t *testing.T) {
	files, err := filepath.Glob("testdata/*.json")
	if err != nil || len(files) < 3 {
		t.Fatalf("%v, %v", files, err)
	}
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			data, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			var values map[string]any
			if err := json.Unmarshal(data, &values); err != nil {
				t.Fatal(err)
			}
			p, ok := Recognise("", values)
			if !ok {
				t.Fatal("nobody's settings")
			}
			in := p.Import(values)
			var b strings.Builder
			b.WriteString(p.Name + "\n\nTranslated\n" + strings.Join(in.Translated, "\n") + "\n\nLeft\n" + strings.Join(in.Left, "\n") + "\n\nSettings\n")
			for _, key := range slices.Sorted(maps.Keys(in.Settings)) {
				one, err := json.Marshal(in.Settings[key])
				if err != nil {
					t.Fatal(err)
				}
				b.WriteString(key + " " + string(one) + "\n")
			}
			golden.Check(t, strings.TrimSuffix(file, ".json")+".golden", b.String())
			if _, _, problems := settings.Read(settings.Layer{Name: "import", Values: in.Settings}); len(problems) > 0 {
				t.Errorf("the root job would not use all of it: %v", problems)
			}
			if got, want := len(in.Translated)+len(in.Left), len(flattened(values)); got+1 < want { // two of them may be told of together
				t.Errorf("of %d settings %d are told of", want, got)
			}
		})
	}
}

func TestRecognise(t *testing.T) {
	for _, c := range []struct {
		name, domain string
		values       map[string]any
		want         string
	}{
		{"by the domain", "com.macjutsu.super", map[string]any{"Anything": 1}, "super"},
		{"by the domain, in other capitals", "com.github.macadmins.nudge", nil, "Nudge"},
		{"by its settings", "com.example.reminder", map[string]any{"MeetingDelay": 75, "QuietPeriodMinutes": 76}, "DDM-OS-Reminder"},
		{"our own", "", map[string]any{"MaxDeferralTime": 86400, "DeferralPeriod": 3600}, ""},
		{"one setting of another among ours", "", map[string]any{"MaxDeferralTime": 86400, "DeferralPeriod": 3600, "VerboseMode": true}, ""},
		{"nothing", "", nil, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			p, ok := Recognise(c.domain, c.values)
			if p.Name != c.want || ok != (c.want != "") {
				t.Errorf("%q, %v", p.Name, ok)
			}
		})
	}
}

func TestEveryRuleNamesOneOfOurKeysOrSaysWhy(t *testing.T) {
	for _, p := range products() {
		for name, r := range p.keys {
			if _, ok := settings.KeyNamed(r.key); r.key != "" && (!ok || r.convert == nil) || r.key == "" && r.why == "" {
				t.Errorf("%s: %s has the rule %+v", p.Name, name, r)
			}
			// What the text sends people to has to be there.
			for word := range strings.FieldsSeq(strings.NewReplacer(":", " ", ",", " ", ";", " ", ".", " ").Replace(r.why)) {
				if strings.HasPrefix(word, "Max") || strings.HasSuffix(word, "Delay") || strings.HasSuffix(word, "Updates") || strings.HasSuffix(word, "Hour") {
					if _, ok := settings.KeyNamed(word); !ok {
						t.Errorf("%s: %s sends people to %s, which is not a setting", p.Name, name, word)
					}
				}
			}
		}
	}
}

func FuzzImport(f *testing.F) {
	f.Add([]byte(`{"userExperience":{"initialRefreshCycle":1e9},"osVersionRequirements":[{"standardMinorUpdateSLA":"x"}]}`))
	f.Add([]byte(`{"DeferralTimerMenu":"1,,2","DeferralTimerDefault":"-5","DeadlineDaysHard":99999999999}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		var values map[string]any
		if json.Unmarshal(data, &values) != nil {
			return
		}
		for _, p := range products() {
			in := p.Import(values)
			if _, _, problems := settings.Read(settings.Layer{Name: "import", Values: in.Settings}); len(problems) > 0 {
				t.Errorf("%s of %s: %v", p.Name, data, problems)
			}
		}
	})
}
