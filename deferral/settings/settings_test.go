package settings

import (
	"maps"
	"math"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"installordefer/deferral/calendar"
)

func TestTheDefaultsAreValid(t *testing.T) {
	if err := Defaults().Valid(); err != nil {
		t.Error(err)
	}
}

func TestWithoutLayersTheDefaultsAreUsed(t *testing.T) {
	got, sources, problems := Read()
	if want := Defaults(); !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v, want %+v", got, want)
	}
	if len(problems) > 0 {
		t.Errorf("problems: %v", problems)
	}
	for _, k := range Keys {
		if sources[k.Name] != FromDefault {
			t.Errorf("%s comes from %q", k.Name, sources[k.Name])
		}
	}
}

func TestTheDefaultTimesAreThoseOfTheOriginal(t *testing.T) {
	d := Defaults()
	for name, is := range map[string]struct{ got, want time.Duration }{
		"MaxDeferralTime":  {d.MaxDeferralTime, 72 * time.Hour},
		"DeferralPeriod":   {d.DeferralPeriod, 4 * time.Hour},
		"PromptTimeout":    {d.PromptTimeout, time.Hour},
		"UpdateDelay":      {d.UpdateDelay, 10 * time.Minute},
		"HardRestartDelay": {d.HardRestartDelay, 5 * time.Minute},
	} {
		if is.got != is.want {
			t.Errorf("%s is %v, want %v", name, is.got, is.want)
		}
	}
}

// A read is one key with one value and what should come of it.
type read struct {
	key   string
	value any
	want  any    // value of the field; nil: the default
	wrong string // part of the reason; empty: no problem
}

func TestAValueIsTakenWhereItsMeaningIsClear(t *testing.T) {
	for _, r := range []read{
		{"MaxDeferralTime", uint64(3600 * 24), 24 * time.Hour, ""},
		{"MaxDeferralTime", "86400", 24 * time.Hour, ""},
		{"MaxDeferralTime", " 86400 ", 24 * time.Hour, ""},
		{"MaxDeferralTime", "86400.0", 24 * time.Hour, ""},
		{"MaxDeferralTime", float64(86400), 24 * time.Hour, ""},
		{"MaxDeferralTime", float32(86400), 24 * time.Hour, ""},
		{"MaxDeferralTime", int64(34560000), 400 * 24 * time.Hour, ""},
		{"MaxDeferralTime", uint64(300), 5 * time.Minute, ""},
		{"DeferralPeriod", uint64(300), 5 * time.Minute, ""},
		{"PromptTimeout", uint64(60), time.Minute, ""},
		{"UpdateDelay", uint64(60), time.Minute, ""},
		{"HardRestartDelay", "60", time.Minute, ""},
		{"DeferralChoices", []any{uint64(300)}, []time.Duration{5 * time.Minute}, ""},
		{"SkipDeferral", true, true, ""},
		{"SkipDeferral", "True", true, ""},
		{"SkipDeferral", "YES", true, ""},
		{"SkipDeferral", "on", true, ""},
		{"SkipDeferral", uint64(1), true, ""},
		{"SkipDeferral", 1.0, true, ""},
		{"SkipDeferral", "0", false, ""},
		{"SkipDeferral", "No", false, ""},
		{"MinimumBatteryPercent", uint64(0), 0, ""},
		{"SupportContact", uint64(4357), "4357", ""},
		{"SupportContact", "  the help desk\n", "the help desk", ""},
		{"MessageUpdating", "one\r\ntwo", "one\ntwo", ""},
		{"IgnoreUpdates", "Safari*", []string{"Safari*"}, ""},
		{"IgnoreUpdates", []any{"Safari*", " [!a]b ", uint64(27)}, []string{"Safari*", "[!a]b", "27"}, ""},
		{"DeferralChoices", []any{"7200", uint64(3600), 3600.0}, []time.Duration{time.Hour, 2 * time.Hour}, ""},
		{"DeferralChoices", uint64(3600), []time.Duration{time.Hour}, ""},
		{"MessagingLogo", "/Library/Logos/a b.png", "/Library/Logos/a b.png", ""},
		{"HelpURL", " https://help.example.com/mac?a=1&b=2#c ", "https://help.example.com/mac?a=1&b=2#c", ""},
		{"HelpURL", "https://help.example.com:8443", "https://help.example.com:8443", ""},
	} {
		r.check(t)
	}
}

func TestAValueThatCannotBeUsedGivesWayToTheDefault(t *testing.T) {
	for _, r := range []read{
		{"MaxDeferralTime", uint64(0), nil, "not more than 0"},
		{"MaxDeferralTime", int64(-1), nil, "not more than 0"},
		{"MaxDeferralTime", int64(math.MinInt64), nil, "not more than 0"},
		{"MaxDeferralTime", uint64(math.MaxUint64), nil, "more than 34560000"},
		{"MaxDeferralTime", uint64(34560001), nil, "more than 34560000"},
		{"MaxDeferralTime", 3600.5, nil, "not a whole number"},
		{"MaxDeferralTime", math.NaN(), nil, "not a whole number"},
		{"MaxDeferralTime", math.Inf(1), nil, "not a whole number"},
		{"MaxDeferralTime", "3 days", nil, "not a whole number"},
		{"MaxDeferralTime", "0x10", nil, "not a whole number"},
		{"MaxDeferralTime", "1e5", nil, "not a whole number"},
		{"MaxDeferralTime", "99999999999999999999", nil, "more than 34560000"},
		{"MaxDeferralTime", true, nil, "where a number belongs"},
		{"MaxDeferralTime", []any{uint64(3600)}, nil, "not a whole number"},
		{"MaxDeferralTime", map[string]any{}, nil, "not a whole number"},
		{"MaxDeferralTime", time.Unix(0, 0), nil, "not a whole number"},
		{"MaxDeferralTime", uint64(3), nil, "less than 300 seconds, so another unit was probably meant"},
		{"MaxDeferralTime", "72", nil, "less than 300 seconds, so another unit was probably meant"},
		{"MaxDeferralTime", uint64(299), nil, "less than 300 seconds, so another unit was probably meant"},
		{"DeferralPeriod", uint64(4), nil, "less than 300 seconds, so another unit was probably meant"},
		{"DeferralPeriod", uint64(299), nil, "less than 300 seconds, so another unit was probably meant"},
		{"PromptTimeout", uint64(59), nil, "less than 60 seconds, so another unit was probably meant"},
		{"UpdateDelay", uint64(10), nil, "less than 60 seconds, so another unit was probably meant"},
		{"UpdateDelay", uint64(59), nil, "less than 60 seconds, so another unit was probably meant"},
		{"HardRestartDelay", 5.0, nil, "less than 60 seconds, so another unit was probably meant"},
		{"HardRestartDelay", uint64(59), nil, "less than 60 seconds, so another unit was probably meant"},
		{"DeferralChoices", []any{uint64(1), uint64(2), uint64(3)}, nil, "1 is less than 300 seconds, so another unit was probably meant; 2 is"},
		{"DeferralChoices", []any{uint64(299), uint64(3600)}, []time.Duration{time.Hour}, "299 is less than 300 seconds"},
		{"DeferralTimes", []any{"19:00", " 12:00", "19:00"}, []time.Duration{12 * time.Hour, 19 * time.Hour}, ""},
		{"DeferralTimes", []any{"12:00", "24:00", "7pm", uint64(12), "9:30"}, []time.Duration{12 * time.Hour}, "\"24:00\" is not a time of the day such as 09:30; \"7pm\" is"},
		{"DeferralTimes", "00:00", []time.Duration{0}, ""},
		{"DeferralTimes", true, nil, "not a list"},
		{"DeferralChoices", uint64(4), nil, "4 is less than 300 seconds"},
		{"HardRestartDelay", uint64(86401), nil, "more than 86400"},
		{"UpdateDelay", uint64(86401), nil, "more than 86400"},
		{"SkipDeferral", uint64(2), nil, "neither true nor false"},
		{"SkipDeferral", "maybe", nil, "neither true nor false"},
		{"SkipDeferral", []any{true}, nil, "neither true nor false"},
		{"MinimumBatteryPercent", uint64(101), nil, "more than 100"},
		{"MinimumBatteryPercent", int64(-1), nil, "less than 0"},
		{"InstallButtonLabel", true, nil, "not a text"},
		{"InstallButtonLabel", "a\nb", nil, "more than one line"},
		{"InstallButtonLabel", strings.Repeat("x", 61), nil, "61 characters"},
		{"InstallButtonLabel", "a\x00b", nil, "control character U+0000"},
		{"InstallButtonLabel", "\xff", nil, "not text in UTF-8"},
		{"MessageUpdating", "a\x1bb", nil, "control character U+001B"},
		{"MessagingLogo", "logo.png", nil, "not the path of a file"},
		{"HelpURL", "http://help.example.com", nil, "not an address that begins with https://"},
		{"HelpURL", "HTTPS://help.example.com", nil, "not an address"},
		{"HelpURL", "https:///etc/passwd", nil, "not an address"},
		{"HelpURL", "https://apple.com@example.com", nil, "not an address"},
		{"HelpURL", "https://help.example.com/a b", nil, "not an address"},
		{"HelpURL", "https://help.example.com/für", nil, "not an address"},
		{"HelpURL", "javascript:alert(1)", nil, "not an address"},
		{"HelpURL", "file:///Applications", nil, "not an address"},
		{"HelpURL", "https://", nil, "not an address"},
		{"MessagingLogo", "https://example.com/logo.png", nil, "not the path of a file"},
		{"IgnoreUpdates", map[string]any{}, nil, "not a list"},
		{"IgnoreUpdates", true, nil, "not a list"},
		{"IgnoreUpdates", []any{"[a", "b*"}, []string{"b*"}, `"[a" is a pattern`},
		{"IgnoreUpdates", []any{""}, nil, `"" is empty`},
		{"DeferralChoices", []any{uint64(3600), int64(0)}, []time.Duration{time.Hour}, "0 is not more than 0"},
		{"DeferralChoices", []any{uint64(259200)}, nil, "not all less than MaxDeferralTime"},
		{"DeferralChoices", []any{uint64(259200), uint64(3600)}, []time.Duration{time.Hour}, "not all less than MaxDeferralTime"},
	} {
		r.check(t)
	}
}

func (r read) check(t *testing.T) {
	t.Helper()
	set, sources, problems := Read(Layer{Name: "profile", Values: map[string]any{r.key: r.value}})
	if err := set.Valid(); err != nil {
		t.Errorf("%s %v: %v", r.key, r.value, err)
	}
	k, _ := KeyNamed(r.key)
	want, source := r.want, "profile"
	if want == nil {
		want = k.builtIn()
	}
	if k.Format(want) == k.Format(k.builtIn()) && r.wrong != "" {
		source = FromDefault
	}
	if got := k.get(&set); !reflect.DeepEqual(got, want) && k.Format(got) != k.Format(want) {
		t.Errorf("%s %#v: used %v, want %v", r.key, r.value, got, want)
	}
	if r.wrong == "" && len(problems) > 0 {
		t.Errorf("%s %#v: %v", r.key, r.value, problems)
	}
	if r.wrong == "" {
		return
	}
	if len(problems) != 1 {
		t.Fatalf("%s %#v: %d problems, want one: %v", r.key, r.value, len(problems), problems)
	}
	p := problems[0]
	if p.Key != r.key || p.Source != "profile" || p.Used != k.Format(want) || !strings.Contains(p.Reason, r.wrong) {
		t.Errorf("%s %#v: %v, want the reason %q and %s used", r.key, r.value, p, r.wrong, k.Format(want))
	}
	if sources[r.key] != source {
		t.Errorf("%s %#v: comes from %q, want %q", r.key, r.value, sources[r.key], source)
	}
}

func TestTheHighestLayerDecidesEvenWhenItIsWrong(t *testing.T) {
	profile := Layer{"profile", map[string]any{"UpdateDelay": "soon", "DeferralPeriod": uint64(7200), "SupportContact": ""}}
	local := Layer{"local preferences", map[string]any{"UpdateDelay": uint64(60), "DeferralPeriod": uint64(600),
		"HardRestartDelay": uint64(60), "SupportContact": "me"}}
	set, sources, problems := Read(profile, local)
	if set.UpdateDelay != 10*time.Minute || set.DeferralPeriod != 2*time.Hour || set.HardRestartDelay != time.Minute {
		t.Errorf("got %v, %v, %v", set.UpdateDelay, set.DeferralPeriod, set.HardRestartDelay)
	}
	if set.SupportContact != "me" {
		t.Errorf("an empty text hides the layer below: SupportContact is %q", set.SupportContact)
	}
	want := map[string]string{"UpdateDelay": FromDefault, "DeferralPeriod": "profile", "HardRestartDelay": "local preferences", "SupportContact": "local preferences"}
	for key, source := range want {
		if sources[key] != source {
			t.Errorf("%s comes from %q, want %q", key, sources[key], source)
		}
	}
	if len(problems) != 1 || problems[0].Source != "profile" {
		t.Errorf("problems: %v", problems)
	}
}

func TestWhatMustHoldBetweenTwoSettings(t *testing.T) {
	for _, c := range []struct {
		about  string
		values map[string]any
		want   map[string]any
		wrong  []string // keys with a problem
	}{
		{"a deferral as long as the time to the deadline",
			map[string]any{"DeferralPeriod": uint64(259200)},
			map[string]any{"DeferralPeriod": 4 * time.Hour}, []string{"DeferralPeriod"}},
		{"a deadline within the default deferral shortens it, quietly",
			map[string]any{"MaxDeferralTime": uint64(3600)},
			map[string]any{"DeferralPeriod": 30 * time.Minute, "PromptTimeout": 15 * time.Minute}, nil},
		{"a deferral beyond a short deadline",
			map[string]any{"MaxDeferralTime": uint64(3600), "DeferralPeriod": uint64(3600)},
			map[string]any{"DeferralPeriod": 30 * time.Minute}, []string{"DeferralPeriod"}},
		{"a prompt that outlasts the deferral",
			map[string]any{"PromptTimeout": uint64(14400)},
			map[string]any{"PromptTimeout": time.Hour}, []string{"PromptTimeout"}},
		{"a deadline of one second",
			map[string]any{"MaxDeferralTime": uint64(1)},
			map[string]any{"MaxDeferralTime": 72 * time.Hour, "DeferralPeriod": 4 * time.Hour, "PromptTimeout": time.Hour}, []string{"MaxDeferralTime"}},
		{"a deadline that leaves no room for the least deferral",
			map[string]any{"MaxDeferralTime": uint64(300)},
			map[string]any{"DeferralPeriod": 150 * time.Second, "PromptTimeout": 75 * time.Second}, nil},
		{"a deferral in another unit below a short deadline",
			map[string]any{"MaxDeferralTime": uint64(3600), "DeferralPeriod": uint64(4)},
			map[string]any{"DeferralPeriod": 30 * time.Minute, "PromptTimeout": 15 * time.Minute}, []string{"DeferralPeriod"}},
		{"a countdown longer than the deferral",
			map[string]any{"UpdateDelay": uint64(14401)},
			map[string]any{"UpdateDelay": 10 * time.Minute}, []string{"UpdateDelay"}},
		{"a short deferral leaves the default countdown alone",
			map[string]any{"DeferralPeriod": uint64(300)},
			map[string]any{"UpdateDelay": 10 * time.Minute}, nil},
		{"a whole workday",
			map[string]any{"WorkdayStartHour": "08", "WorkdayEndHour": "17"},
			map[string]any{"WorkdayStartHour": 8, "WorkdayEndHour": 17}, nil},
		{"a workday without an end",
			map[string]any{"WorkdayStartHour": uint64(9)},
			map[string]any{"WorkdayStartHour": -1, "WorkdayEndHour": -1}, []string{"WorkdayStartHour"}},
		{"a workday without a start",
			map[string]any{"WorkdayEndHour": uint64(9)},
			map[string]any{"WorkdayStartHour": -1, "WorkdayEndHour": -1}, []string{"WorkdayEndHour"}},
		{"a workday that ends as it starts",
			map[string]any{"WorkdayStartHour": uint64(9), "WorkdayEndHour": uint64(9)},
			map[string]any{"WorkdayStartHour": -1, "WorkdayEndHour": -1}, []string{"WorkdayStartHour"}},
		{"a workday that ends at an hour that does not exist",
			map[string]any{"WorkdayStartHour": uint64(9), "WorkdayEndHour": uint64(24)},
			map[string]any{"WorkdayStartHour": -1, "WorkdayEndHour": -1}, []string{"WorkdayStartHour", "WorkdayEndHour"}},
		{"a choice that is wrong and one that is too long",
			map[string]any{"MaxDeferralTime": uint64(86400), "DeferralChoices": []any{"x", uint64(3600), uint64(86400)}},
			map[string]any{"DeferralChoices": []time.Duration{time.Hour}}, []string{"DeferralChoices"}},
	} {
		t.Run(c.about, func(t *testing.T) { checkRelated(t, c.values, c.want, c.wrong) })
	}
}

func checkRelated(t *testing.T, values, want map[string]any, wrong []string) {
	t.Helper()
	set, _, problems := Read(Layer{"profile", values})
	if err := set.Valid(); err != nil {
		t.Error(err)
	}
	for name, want := range want {
		k, _ := KeyNamed(name)
		if got := k.get(&set); !reflect.DeepEqual(got, want) {
			t.Errorf("%s is %v, want %v", name, got, want)
		}
	}
	var got []string
	for _, p := range problems {
		got = append(got, p.Key)
		k, _ := KeyNamed(p.Key)
		if used := k.Show(set); p.Used != used {
			t.Errorf("%v, but used is %s", p, used)
		}
	}
	if !slices.Equal(got, wrong) {
		t.Errorf("problems with %v, want %v: %v", got, wrong, problems)
	}
}

func TestAKeyThatIsNoSettingIsReported(t *testing.T) {
	for name, want := range map[string]string{
		"MaxDefferalTime":  "the nearest name is MaxDeferralTime",
		"maxdeferraltime":  "the nearest name is MaxDeferralTime",
		"DeferalPeriod":    "the nearest name is DeferralPeriod",
		"WorkDayStartHour": "the nearest name is WorkdayStartHour",
		"EACH_DEFER":       "now the setting DeferralPeriod",
		"LOGO":             "now the setting MessagingLogo",
		"MSG_ACT":          "now the setting MessageInstall",
		"PLIST":            "not a setting here",
		"Zzzzzzzzzzz":      "not a setting",
		"with\nnewline":    "not a setting",
		"":                 "not a setting",

		strings.Repeat("MaxDeferralTime", 10): "not a setting",
	} {
		_, _, problems := Read(Layer{"profile", map[string]any{name: uint64(1)}})
		if len(problems) != 1 || !strings.Contains(problems[0].Reason, want) {
			t.Errorf("%s: %v, want %q", name, problems, want)
		}
		for _, p := range problems {
			if p.Repair == "" {
				t.Errorf("%s: no repair", name)
			}
			if strings.ContainsAny(p.String(), "\r\n") {
				t.Errorf("%q: the problem takes more than one line: %q", name, p)
			}
		}
	}
}

func TestKeysOfProfilesAndOfTheStateAreNoUnknownSettings(t *testing.T) {
	values := map[string]any{"PayloadUUID": "x", "PayloadType": "y"}
	for _, k := range StateKeys() {
		values[k] = uint64(1)
	}
	if _, _, problems := Read(Layer{"local preferences", values}); len(problems) > 0 {
		t.Error(problems)
	}
}

func TestManyUnknownKeysAreCountedNotListed(t *testing.T) {
	values := map[string]any{}
	for i := range 1000 {
		values[strings.Repeat("q", i+1)] = true
	}
	_, _, problems := Read(Layer{"profile", values})
	if len(problems) != mostStrangers+1 || problems[mostStrangers].Value != "980" {
		t.Errorf("%d problems, the last %v", len(problems), problems[len(problems)-1])
	}
}

// anyValue draws whatever a property list can hold, and often something that
// is nearly right.
func anyValue() *rapid.Generator[any] {
	leaf := rapid.OneOf(
		rapid.Map(rapid.Uint64(), func(n uint64) any { return n }),
		rapid.Map(rapid.Int64Range(-2, 100000), func(n int64) any { return n }),
		rapid.Map(rapid.Float64(), func(f float64) any { return f }),
		rapid.Map(rapid.Bool(), func(b bool) any { return b }),
		rapid.Map(rapid.String(), func(s string) any { return s }),
		rapid.Map(rapid.StringMatching(`[0-9]{1,12}`), func(s string) any { return s }),
		rapid.Map(rapid.SliceOfN(rapid.Byte(), 0, 8), func(b []byte) any { return b }),
		rapid.SampledFrom([]any{map[string]any{"Minimum": "26.6.2", "By": "2026-12-04"}, map[string]any{"Minimum": "26.6.2", "By": "x"},
			map[string]any{"Version": "26.6.1", "Released": "2026-08-06", "Exploited": uint64(1)}, map[string]any{"Version": "26.6", "Released": "2026-07-27", "CVEs": []any{}},
			"2026-12-04T18:00", "2026-12-04"}),
		rapid.SampledFrom([]any{"true", "YES", "", "/a", math.NaN(), math.Inf(-1), uint64(math.MaxUint64), nil, map[string]any{"a": "b"}, time.Unix(0, 0)}),
	)
	return rapid.OneOf(leaf, rapid.Map(rapid.SliceOfN(leaf, 0, 20), func(l []any) any { return l }))
}

func TestWhateverIsReadTheSettingsAreValid(t *testing.T) {
	names := []string{"Stranger", "PayloadUUID", "EACH_DEFER", ""}
	for _, k := range Keys {
		names = append(names, k.Name)
	}
	layer := rapid.Custom(func(t *rapid.T) Layer {
		return Layer{"a layer", rapid.MapOfN(rapid.SampledFrom(names), anyValue(), 0, 12).Draw(t, "values")}
	})
	rapid.Check(t, func(t *rapid.T) {
		layers := rapid.SliceOfN(layer, 0, 3).Draw(t, "layers")
		set, sources, problems := Read(layers...)
		checkRead(t, set, sources, problems)
	})
}

// checkRead checks what must hold after every reading.
func checkRead(t interface{ Errorf(string, ...any) }, set Settings, sources map[string]string, problems []Problem) {
	if err := set.Valid(); err != nil {
		t.Errorf("%v", err)
	}
	if got, want := len(sources), len(Keys); got != want {
		t.Errorf("sources of %d keys, want %d", got, want)
	}
	told := map[string]bool{}
	for _, p := range problems {
		if k, ok := KeyNamed(p.Key); ok && told[k.Name] {
			t.Errorf("%s is reported twice: %v", k.Name, problems)
		}
		told[p.Key] = true
		if line := p.String(); strings.ContainsAny(line, "\r\n\x00") || len(line) > 2000 {
			t.Errorf("the problem is not one short line: %q", line)
		}
	}
	// What is read from itself stays as it is.
	again, _, more := Read(Layer{"again", plistOf(set)})
	for _, k := range Keys {
		if a, b := k.Format(k.get(&again)), k.Format(k.get(&set)); a != b && !broken(set) {
			t.Errorf("%s reads as %s the second time, and was %s: %v", k.Name, a, b, more)
		}
	}
}

// broken tells whether a setting has broken seconds, which a property list
// cannot hold.
func broken(s Settings) bool {
	return s.DeferralPeriod%time.Second != 0 || s.PromptTimeout%time.Second != 0
}

// plistOf writes settings as a property list holds them.
func plistOf(s Settings) map[string]any {
	values := map[string]any{}
	for _, k := range Keys {
		if k.Format(k.get(&s)) == nothing {
			continue
		}
		switch v := k.get(&s).(type) {
		case time.Duration:
			values[k.Name] = uint64(v / time.Second)
		case []time.Duration:
			var l []any
			for _, d := range v {
				if k.Kind == Times {
					l = append(l, calendar.FormatTime(d))
					continue
				}
				l = append(l, uint64(d/time.Second))
			}
			values[k.Name] = l
		case []string:
			var l []any
			for _, p := range v {
				l = append(l, p)
			}
			values[k.Name] = l
		case int:
			if v != unset {
				values[k.Name] = uint64(v)
			}
		default:
			values[k.Name] = canonical(v)
		}
	}
	maps.DeleteFunc(values, func(_ string, v any) bool { l, ok := v.([]any); return ok && len(l) == 0 })
	return values
}

func TestAValueThatIsRefusedAndFitsAllTheSame(t *testing.T) {
	set, _, problems := Read(Layer{Name: profileLayer, Values: map[string]any{"MaxDeferralTime": 300, "DeferralPeriod": 150}})
	if set.DeferralPeriod != 150*time.Second || len(problems) > 0 {
		t.Errorf("it is %v; complained of: %v", set.DeferralPeriod, problems)
	}
}
