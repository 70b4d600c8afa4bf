package clock

import (
	"testing"
	"time"

	_ "time/tzdata"

	"pgregory.net/rapid"
)

func zone(t testing.TB, name string) *time.Location {
	t.Helper()
	z, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return z
}

func TestAReadingIsAnInstantInAZone(t *testing.T) {
	for _, tt := range []struct{ name, reading, zone, first, last string }{
		{"an ordinary day", "2026-12-04T18:00", "Europe/Berlin", "2026-12-04T17:00:00Z", "2026-12-04T17:00:00Z"},
		{"midnight", "2026-12-04", "America/Los_Angeles", "2026-12-04T08:00:00Z", "2026-12-04T08:00:00Z"},
		{"skipped in spring", "2026-03-29T02:30", "Europe/Berlin", "2026-03-29T01:00:00Z", "2026-03-29T01:00:00Z"},
		{"the first that is not skipped", "2026-03-29T03:00", "Europe/Berlin", "2026-03-29T01:00:00Z", "2026-03-29T01:00:00Z"},
		{"twice in autumn", "2026-10-25T02:30", "Europe/Berlin", "2026-10-25T00:30:00Z", "2026-10-25T01:30:00Z"},
		{"half an hour, Lord Howe", "2026-10-04T02:15", "Australia/Lord_Howe", "2026-10-03T15:30:00Z", "2026-10-03T15:30:00Z"},
		{"a whole day over the date line", "2011-12-30T12:00", "Pacific/Apia", "2011-12-30T10:00:00Z", "2011-12-30T10:00:00Z"},
		{"three quarters of an hour", "2026-12-04T18:00", "Asia/Kathmandu", "2026-12-04T12:15:00Z", "2026-12-04T12:15:00Z"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c, _, err := ParseCivil(tt.reading)
			if err != nil {
				t.Fatal(err)
			}
			z := zone(t, tt.zone)
			if got := c.First(z).Format(time.RFC3339); got != tt.first {
				t.Errorf("first %s, want %s", got, tt.first)
			}
			if got := c.Last(z).Format(time.RFC3339); got != tt.last {
				t.Errorf("last %s, want %s", got, tt.last)
			}
		})
	}
}

func TestAClockReadsWhatTheReadingSays(t *testing.T) {
	zones := []string{"Europe/Berlin", "America/New_York", "America/St_Johns", "Australia/Lord_Howe", "Pacific/Apia", "Asia/Kolkata", "Africa/Casablanca", "UTC"}
	rapid.Check(t, func(t *rapid.T) {
		z, err := time.LoadLocation(rapid.SampledFrom(zones).Draw(t, "zone"))
		if err != nil {
			t.Fatal(err)
		}
		at := time.Unix(rapid.Int64Range(1100000000, 2300000000).Draw(t, "instant"), 0)
		c := CivilOf(at, z)
		first, last := c.First(z), c.Last(z)
		if CivilOf(first, z) != c || CivilOf(last, z) != c {
			t.Fatalf("%v in %v is %v or %v", c, z, first, last)
		}
		if at.Before(first) || at.After(last) || !at.Equal(first) && !at.Equal(last) {
			t.Fatalf("%v is neither %v nor %v", at, first, last)
		}
	})
}

func TestADateIsReadStrictly(t *testing.T) {
	for _, text := range []string{"", "2026", "2026-13-01", "2026-02-30", "2026-12-04 18:00", "2026-12-04T18:00Z", "2026-12-04T24:00", "2026-12-04T18:60", "04.12.2026", "2026-12-4", "1970-01-01", "2026-12-04T18:00:00.000", "9999-01-01"} {
		if c, _, err := ParseCivil(text); err == nil || c.Known() {
			t.Errorf("%q is read as %v", text, c)
		}
	}
	for text, want := range map[string]bool{"2026-12-04": false, "2026-12-04T18:00": true, "2026-12-04T18:00:59": true, "2026-12-04T00:00": true} {
		c, timed, err := ParseCivil(text)
		if err != nil || timed != want || c.String()[:len(text)] != text {
			t.Errorf("%q is read as %v, with a time of day: %v, %v", text, c, timed, err)
		}
	}
}

func FuzzParseCivil(f *testing.F) {
	for _, s := range []string{"2026-12-04", "2026-12-04T18:00", "2026-12-04T18:00:59", "2026-02-29T00:00"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		c, _, err := ParseCivil(text)
		if err != nil {
			return
		}
		if again, _, err := ParseCivil(c.String()); err != nil || again != c {
			t.Errorf("%q is read as %v, and that as %v: %v", text, c, again, err)
		}
	})
}
