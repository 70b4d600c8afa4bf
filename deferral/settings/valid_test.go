package settings

import (
	"reflect"
	"strings"
	"testing"
	"time"
)

func TestSettingsOutsideTheirBoundsAreNotValid(t *testing.T) {
	for about, c := range map[string]struct {
		change func(*Settings)
		want   string
	}{
		"no time":                 {func(s *Settings) { s.UpdateDelay = 0 }, "not more than 0"},
		"a negative time":         {func(s *Settings) { s.HardRestartDelay = -1 }, "not more than 0"},
		"too long a time":         {func(s *Settings) { s.HardRestartDelay = 24*time.Hour + 1 }, "more than 86400"},
		"a long deferral":         {func(s *Settings) { s.DeferralPeriod = s.MaxDeferralTime }, "not less than MaxDeferralTime"},
		"a long prompt":           {func(s *Settings) { s.PromptTimeout = s.DeferralPeriod }, "not less than DeferralPeriod"},
		"a long countdown":        {func(s *Settings) { s.UpdateDelay = s.DeferralPeriod + 1 }, "longer than DeferralPeriod"},
		"a start alone":           {func(s *Settings) { s.WorkdayStartHour = 9 }, "without the other"},
		"an end alone":            {func(s *Settings) { s.WorkdayEndHour = 9 }, "without the other"},
		"an empty workday":        {func(s *Settings) { s.WorkdayStartHour, s.WorkdayEndHour = 9, 9 }, "not less than WorkdayEndHour"},
		"an hour of the next day": {func(s *Settings) { s.WorkdayStartHour, s.WorkdayEndHour = 9, 24 }, "more than 23"},
		"an hour before midnight": {func(s *Settings) { s.WorkdayStartHour, s.WorkdayEndHour = -2, 9 }, "less than 0"},
		"a battery unset":         {func(s *Settings) { s.MinimumBatteryPercent = -1 }, "less than 0"},
		"a long choice":           {func(s *Settings) { s.DeferralChoices = []time.Duration{s.MaxDeferralTime} }, "not less than MaxDeferralTime"},
		"unsorted choices":        {func(s *Settings) { s.DeferralChoices = []time.Duration{2 * time.Hour, time.Hour} }, "ascending"},
		"a time of tomorrow":      {func(s *Settings) { s.DeferralTimes = []time.Duration{24 * time.Hour} }, "not all times of the day"},
		"no choice at all":        {func(s *Settings) { s.DeferralChoices = []time.Duration{0} }, "not more than 0"},
		"a choice of hours":       {func(s *Settings) { s.DeferralChoices = []time.Duration{4 * time.Second} }, "another unit"},
		"a deadline of days":      {func(s *Settings) { s.MaxDeferralTime = 3 * time.Second }, "another unit"},
		"a deferral of hours":     {func(s *Settings) { s.DeferralPeriod = 4 * time.Second }, "another unit"},
		"a deferral that fits":    {func(s *Settings) { s.MaxDeferralTime, s.DeferralPeriod = 10*time.Minute, 299*time.Second }, "another unit"},
		"a prompt of minutes":     {func(s *Settings) { s.PromptTimeout = 59 * time.Second }, "another unit"},
		"many choices":            {func(s *Settings) { s.DeferralChoices = make([]time.Duration, 13) }, "up to 12"},
		"an open pattern":         {func(s *Settings) { s.OnlyUpdates = []string{"["} }, "open ["},
		"an empty pattern":        {func(s *Settings) { s.IgnoreUpdates = []string{" "} }, "empty"},
		"a blank label":           {func(s *Settings) { s.DeferButtonLabel = " " }, "empty"},
		"a language in words":     {func(s *Settings) { s.Language = "German" }, "not the tag of a language"},
		"a label of two lines":    {func(s *Settings) { s.DeferButtonLabel = "a\nb" }, "more than one line"},
		"a long text":             {func(s *Settings) { s.MessageInstall = strings.Repeat("x", 4001) }, "4001 characters"},
		"a relative logo":         {func(s *Settings) { s.MessagingLogo = "logo.png" }, "from / on"},
	} {
		s := Defaults()
		c.change(&s)
		if err := s.Valid(); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", about, err, c.want)
		}
	}
}

func TestSettingsAtTheirBoundsAreValid(t *testing.T) {
	for about, change := range map[string]func(*Settings){
		"the longest times":     func(s *Settings) { s.MaxDeferralTime, s.HardRestartDelay = 400*24*time.Hour, 24*time.Hour },
		"a whole day":           func(s *Settings) { s.WorkdayStartHour, s.WorkdayEndHour = 0, 23 },
		"the default countdown": func(s *Settings) { s.DeferralPeriod, s.PromptTimeout = 5*time.Minute, time.Minute },
		"the least deadline": func(s *Settings) {
			s.MaxDeferralTime, s.DeferralPeriod, s.PromptTimeout = 5*time.Minute, 150*time.Second, 75*time.Second
		},
		"a broken second":      func(s *Settings) { s.PromptTimeout = time.Minute + 1 },
		"any charge":           func(s *Settings) { s.MinimumBatteryPercent = 0 },
		"a body of many lines": func(s *Settings) { s.MessageInstall = strings.Repeat("x\n", 2000) },
		"twelve choices, a logo": func(s *Settings) {
			s.DeferralChoices, s.MessagingLogo = []time.Duration{5 * time.Minute, 6 * time.Minute}, "/a"
		},
	} {
		s := Defaults()
		change(&s)
		if err := s.Valid(); err != nil {
			t.Errorf("%s: %v", about, err)
		}
	}
}

func TestTheCanonicalFormHasTheTypeOfTheKey(t *testing.T) {
	for _, c := range []struct {
		key     string
		v, want any
	}{
		{"UpdateDelay", "0900", 900},
		{"UpdateDelay", 900.0, 900},
		{"WorkdayStartHour", "08", 8},
		{"SkipDeferral", "yes", true},
		{"SupportContact", uint64(4357), "4357"},
		{"IgnoreUpdates", "a*", []any{"a*"}},
		{"DeferralChoices", []any{"7200", 3600}, []any{3600, 7200}},
		{"DeferralTimes", []any{"19:00", "09:30"}, []any{"09:30", "19:00"}},
		{"DeferralTimes", []any{"noon"}, nil},
		{"UpdateDelay", "soon", nil},
		{"IgnoreUpdates", []any{"["}, nil},
		{"DeferralChoices", []any{uint64(0)}, nil},
	} {
		k, _ := KeyNamed(c.key)
		got, err := k.Canonical(c.v)
		if !reflect.DeepEqual(got, c.want) || (err == nil) != (c.want != nil) {
			t.Errorf("%s %#v: %#v, %v; want %#v", c.key, c.v, got, err, c.want)
		}
		if err != nil && !strings.HasPrefix(err.Error(), c.key) {
			t.Errorf("the error does not name the key: %v", err)
		}
	}
}

func TestEveryKeySaysWhatItWants(t *testing.T) {
	for _, k := range Keys {
		if want := k.Wanted(); !strings.HasPrefix(want, "Give ") {
			t.Errorf("%s: %q", k.Name, want)
		}
		s := Defaults()
		if k.Show(s) != k.Format(k.builtIn()) {
			t.Errorf("%s is shown as %s", k.Name, k.Show(s))
		}
	}
	if got := Categories(); len(got) < 3 || got[0] != Keys[0].Category {
		t.Errorf("categories: %v", got)
	}
}

func TestALongListOfChoicesKeepsTheShortest(t *testing.T) {
	var choices []any
	for i := range 20 {
		choices = append(choices, uint64(20-i)*300)
	}
	set, _, problems := Read(Layer{"profile", map[string]any{"DeferralChoices": choices}})
	if len(set.DeferralChoices) != 12 || set.DeferralChoices[0] != 5*time.Minute || set.DeferralChoices[11] != time.Hour {
		t.Errorf("got %v", set.DeferralChoices)
	}
	if len(problems) != 1 || !strings.Contains(problems[0].Reason, "12 shortest") {
		t.Errorf("problems: %v", problems)
	}
}
