package text

import (
	"testing"
	"time"

	"pgregory.net/rapid"
)

func TestLength(t *testing.T) {
	for d, want := range map[time.Duration]string{
		-time.Hour:                        "0 seconds",
		0:                                 "0 seconds",
		40 * time.Millisecond:             "40 milliseconds",
		time.Second:                       "1 second",
		89*time.Second + time.Millisecond: "89 seconds",
		91 * time.Second:                  "1 minute",
		time.Minute:                       "1 minute",
		90 * time.Second:                  "90 seconds",
		time.Hour:                         "1 hour",
		80 * time.Minute:                  "80 minutes",
		day:                               "1 day",
		25 * time.Hour:                    "25 hours",
		5 * time.Minute:                   "5 minutes",
		5*time.Minute - 4*time.Second:     "5 minutes",
		4 * time.Hour:                     "4 hours",
		2*time.Hour + 30*time.Second:      "2 hours",
		2*time.Hour + 61*time.Second:      "2 hours and 1 minute",
		72 * time.Hour:                    "3 days",
		72*time.Hour - 4*time.Minute:      "3 days",
		63*time.Hour + 30*time.Minute:     "2 days and 15 hours",
		49 * time.Hour:                    "2 days and 1 hour",
	} {
		if got := Length(d); got != want {
			t.Errorf("%v is said as %q, want %q", d, got, want)
		}
	}
}

func TestExact(t *testing.T) {
	for d, want := range map[time.Duration]string{
		-time.Hour:                   "0 seconds",
		72 * time.Hour:               "3 days",
		90 * time.Minute:             "1 hour and 30 minutes",
		26*time.Hour + 5*time.Second: "1 day, 2 hours and 5 seconds",
	} {
		if got := Exact(d); got != want {
			t.Errorf("%v is said as %q, want %q", d, got, want)
		}
	}
}

func TestWhole(t *testing.T) {
	t.Run("promises at most a twelfth of a unit that is not there", func(t *testing.T) {
		rapid.Check(t, func(t *rapid.T) {
			unit := rapid.SampledFrom([]time.Duration{time.Second, time.Minute, time.Hour, day}).Draw(t, "unit")
			d := time.Duration(rapid.Int64Range(0, int64(400*day)).Draw(t, "length"))
			said := time.Duration(Whole(d, unit)) * unit
			if said > d+unit/12 || said+unit <= d {
				t.Errorf("%v is said as %v", d, said)
			}
		})
	})
}

func TestTime(t *testing.T) {
	at := time.Date(2026, 11, 23, 14, 30, 0, 999, time.UTC)
	if got := Time(at, time.FixedZone("CET", 3600)); got != "2026-11-23 15:30:00 CET" {
		t.Errorf("it is said as %q", got)
	}
}

func TestAt(t *testing.T) {
	zone := time.FixedZone("CET", 3600)
	if got := At(time.Date(2026, 11, 23, 15, 30, 0, 0, zone)); got != "2026-11-23 15:30:00 CET" {
		t.Error(got)
	}
}

func TestCut(t *testing.T) {
	for _, c := range []struct {
		text string
		most int
		want string
	}{
		{"", 0, ""},
		{"updates", 7, "updates"},
		{"updates", 6, "update…"},
		{"Größe", 3, "Gr…"},
		{"Größe", 4, "Grö…"},
		{"\xff", 1, "\xff"},
	} {
		if got := Cut(c.text, c.most); got != c.want {
			t.Errorf("%q to %d bytes: %q, want %q", c.text, c.most, got, c.want)
		}
	}
}
