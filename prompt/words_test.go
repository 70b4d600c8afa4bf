package prompt

import (
	"testing"
	"time"

	"pgregory.net/rapid"
)

func TestDeferWords(t *testing.T) {
	const d, h, m, s = 24 * time.Hour, time.Hour, time.Minute, time.Second
	tests := []struct {
		left time.Duration
		want string
	}{
		{14 * d, "14 days"},
		{3 * d, "3 days"},
		{3*d - s, "3 days"},       // the clock went on between deadline and prompt
		{3*d - 90*m, "3 days"},    // the first download took its time
		{3*d - 2*h - s, "2 days"}, // more than that is not promised
		{60 * h, "2 days"},
		{2*d + s, "2 days"},
		{2 * d, "48 hours"},
		{2*d - s, "48 hours"},
		{25 * h, "25 hours"},
		{24 * h, "24 hours"},
		{10*h - 5*m, "10 hours"},
		{10*h - 5*m - s, "9 hours"},
		{2*h + s, "2 hours"},
		{2 * h, "120 minutes"},
		{2*h - 5*s, "120 minutes"},
		{2*h - 6*s, "119 minutes"},
		{61 * s, "1 minute"},
		{119 * s, "2 minutes"},
		{114 * s, "1 minute"},
		{60 * s, "less than a minute"},
		{0, "less than a minute"},
		{-h, "less than a minute"},
	}
	for _, test := range tests {
		got, soon := deferWords(test.left)
		if got != test.want || soon != (test.left <= m) {
			t.Errorf("deferWords(%v) = %q, %v; want %q", test.left, got, soon, test.want)
		}
	}
}

func TestWordsPromiseAtMostATwelfthTooMuch(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		left := time.Duration(rapid.Int64Range(int64(time.Minute)+1, int64(40*day)).Draw(t, "left"))
		unit := day
		switch {
		case left <= 2*time.Hour:
			unit = time.Minute
		case left <= 2*day:
			unit = time.Hour
		}
		n := whole(left, unit)
		if said := time.Duration(n) * unit; said > left+unit/12 || said <= left-unit {
			t.Fatalf("%v is said as %v", left, said)
		}
	})
}

func TestInWords(t *testing.T) {
	const h, m, s = time.Hour, time.Minute, time.Second
	tests := []struct {
		left time.Duration
		want string
	}{
		{72 * h, "3 days"},
		{72*h - 3*s, "3 days"},
		{72*h - 10*m, "2 days 23 hours"},
		{49 * h, "2 days 1 hour"},
		{25*h + 30*m, "1 day 1 hour"},
		{24 * h, "1 day"},
		{24*h - 3*s, "1 day"},
		{23*h + 59*m, "23 hours 59 minutes"},
		{3*h + 20*m, "3 hours 20 minutes"},
		{h + m, "1 hour 1 minute"},
		{h, "1 hour"},
		{h - 2*s, "1 hour"},
		{59 * m, "59 minutes"},
		{90 * s, "1 minute"},
		{58 * s, "1 minute"},
		{54 * s, "less than a minute"},
		{s, "less than a minute"},
		{0, "no time"},
		{-s, "no time"},
	}
	for _, test := range tests {
		if got := InWords(test.left); got != test.want {
			t.Errorf("InWords(%v) = %q, want %q", test.left, got, test.want)
		}
	}
}

func TestCountdownInWords(t *testing.T) {
	tests := []struct {
		left time.Duration
		want string
	}{
		{10 * time.Minute, "10 minutes"},
		{599 * time.Second, "9 minutes 59 seconds"},
		{598*time.Second + time.Millisecond, "9 minutes 59 seconds"},
		{61 * time.Second, "1 minute 1 second"},
		{time.Minute, "1 minute"},
		{time.Millisecond, "1 second"},
		{0, "0 seconds"},
		{-time.Second, "0 seconds"},
		{time.Hour, "1 hour"},
		{2*time.Hour + 5*time.Minute + 9*time.Second, "2 hours 5 minutes"},
	}
	for _, test := range tests {
		if got := countdownInWords(test.left); got != test.want {
			t.Errorf("countdownInWords(%v) = %q, want %q", test.left, got, test.want)
		}
	}
}

func TestDatesAreShownInTheirOwnZone(t *testing.T) {
	berlin := time.FixedZone("", 3600)
	at := time.Date(2026, 11, 24, 16, 40, 59, 0, berlin)
	tests := []struct {
		name    string
		t, now  time.Time
		date    string
		instant string
	}{
		{"today", at, at.Add(-4 * time.Hour).UTC(), "Tuesday, 24 November at 16:40", "at 16:40"},
		{"this minute", at, at, "Tuesday, 24 November at 16:40", "at 16:40"},
		{"yesterday evening", at, at.Add(-17 * time.Hour), "Tuesday, 24 November at 16:40", "on Tuesday at 16:40"},
		{"this week", at, at.Add(-5 * day), "Tuesday, 24 November at 16:40", "on Tuesday at 16:40"},
		{"the same weekday last week", at, at.Add(-7 * day), "Tuesday, 24 November at 16:40", "on Tuesday, 24 November at 16:40"},
		{"past", at, at.Add(48 * time.Hour), "Tuesday, 24 November at 16:40", "on Tuesday, 24 November at 16:40"},
		{"next year", time.Date(2027, 1, 1, 9, 0, 0, 0, berlin), at, "Friday, 1 January 2027 at 09:00", "on Friday, 1 January 2027 at 09:00"},
		{"a new year only where now is", time.Date(2027, 1, 1, 0, 30, 0, 0, berlin), time.Date(2026, 12, 31, 23, 15, 0, 0, time.UTC), "Friday, 1 January at 00:30", "at 00:30"},
	}
	for _, test := range tests {
		if got := dateInWords(test.t, test.now); got != test.date {
			t.Errorf("%s: dateInWords = %q, want %q", test.name, got, test.date)
		}
		if got := atInWords(test.t, test.now); got != test.instant {
			t.Errorf("%s: atInWords = %q, want %q", test.name, got, test.instant)
		}
	}
}

func TestSizeWords(t *testing.T) {
	tests := []struct {
		kib  int64
		want string
	}{
		{-1, ""}, {0, "0 KB"}, {1, "1 KB"}, {830, "850 KB"}, {976, "999 KB"}, {977, "1.0 MB"},
		{9716, "9.9 MB"}, {9717, "10 MB"}, {302734, "310 MB"}, {976073, "999 MB"}, {976562, "1.0 GB"}, {3713000, "3.8 GB"}, {15234567, "15.6 GB"},
	}
	for _, test := range tests {
		if got := sizeWords(test.kib); got != test.want {
			t.Errorf("sizeWords(%d) = %q, want %q", test.kib, got, test.want)
		}
	}
}

func TestItem(t *testing.T) {
	t.Run("a name is shown on one line and as it is", func(t *testing.T) {
		for name, want := range map[string]string{
			"Safari 27.0": "Safari 27.0",
			"macOS Background Security Improvement (a)": "macOS Background Security Improvement (a)",
			"a\u00a0b":        "a\u00a0b",
			"A\nB\x1b[H \x07": "A B [H",
			"bad\xff":         "bad\uFFFD",
			"":                "",
		} {
			if got := (Item{Name: name}).ShownName(); got != want {
				t.Errorf("%q is shown as %q, want %q", name, got, want)
			}
		}
	})
}

func TestAListReadsAsASentence(t *testing.T) {
	tests := []struct {
		names []string
		want  string
	}{
		{nil, ""},
		{[]string{"A"}, "A"},
		{[]string{"A", "B"}, "A and B"},
		{[]string{"A", "B", "C"}, "A, B, and C"},
		{[]string{"A", "B", "C", "D"}, "A, B, C, and D"},
		{[]string{"A", "", "A", "B", "A"}, "A and B"},
		{[]string{"A, B", "C"}, "A, B and C"},
	}
	for _, test := range tests {
		if got := listInWords(test.names); got != test.want {
			t.Errorf("List(%q) = %q, want %q", test.names, got, test.want)
		}
	}
}

func TestMechanismFollowsMacOS(t *testing.T) {
	tests := map[string]string{
		"27.0":    "System Settings > General > Software Update",
		"13":      "System Settings > General > Software Update",
		"":        "System Settings > General > Software Update",
		"Tahoe":   "System Settings > General > Software Update",
		"12.7.6":  "System Preferences > Software Update",
		"11.0":    "System Preferences > Software Update",
		"10.15.7": "System Preferences > Software Update",
		"10.14":   "System Preferences > Software Update",
		"10.13.6": "App Store > Updates",
		"10.9":    "App Store > Updates",
	}
	for version, want := range tests {
		if got := Mechanism(version); got != want {
			t.Errorf("Mechanism(%q) = %q, want %q", version, got, want)
		}
	}
}
