package calendar

import (
	"slices"
	"strings"
	"testing"
	"time"

	_ "time/tzdata"

	"pgregory.net/rapid"
)

func zoneOf(t testing.TB, name string) *time.Location {
	t.Helper()
	z, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return z
}

func windows(t testing.TB, texts ...string) []Window {
	t.Helper()
	var out []Window
	for _, text := range texts {
		w, err := ParseWindow(text)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, w)
	}
	return out
}

func blackouts(t testing.TB, texts ...string) []Days {
	t.Helper()
	var out []Days
	for _, text := range texts {
		d, err := ParseDays(text)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, d)
	}
	return out
}

// shown writes openings as people at the Mac would.
func shown(spans []Span, zone *time.Location) string {
	var parts []string
	for _, s := range spans {
		to := "on"
		if !s.To.IsZero() {
			to = s.To.In(zone).Format("Mon 2 Jan 15:04 -07")
		}
		parts = append(parts, s.From.In(zone).Format("Mon 2 Jan 15:04 -07")+" to "+to)
	}
	return strings.Join(parts, "; ")
}

func TestACalendarOpens(t *testing.T) {
	for _, tt := range []struct {
		name, zone, from          string
		windows, quiet, blackouts []string
		n                         int
		want                      string
	}{
		{name: "always, when nothing is set", zone: "Europe/Berlin", from: "2026-12-04T12:00:00+01:00", n: 5,
			want: "Fri 4 Dec 12:00 +01 to on"},
		{name: "in the evening of working days", zone: "Europe/Berlin", from: "2026-12-04T23:00:00+01:00", windows: []string{"Mon-Fri 18:00-22:00"}, n: 2,
			want: "Mon 7 Dec 18:00 +01 to Mon 7 Dec 22:00 +01; Tue 8 Dec 18:00 +01 to Tue 8 Dec 22:00 +01"},
		{name: "at once, within a window", zone: "Europe/Berlin", from: "2026-12-04T19:00:00+01:00", windows: []string{"Mon-Fri 18:00-22:00"}, n: 1,
			want: "Fri 4 Dec 19:00 +01 to Fri 4 Dec 22:00 +01"},
		{name: "not at the very end of a window", zone: "Europe/Berlin", from: "2026-12-04T22:00:00+01:00", windows: []string{"Fri 18:00-22:00"}, n: 1,
			want: "Fri 11 Dec 18:00 +01 to Fri 11 Dec 22:00 +01"},
		{name: "over midnight, on the day on which it begins", zone: "Europe/Berlin", from: "2026-12-05T01:00:00+01:00", windows: []string{"Fri 22:00-06:00"}, n: 2,
			want: "Sat 5 Dec 01:00 +01 to Sat 5 Dec 06:00 +01; Fri 11 Dec 22:00 +01 to Sat 12 Dec 06:00 +01"},
		{name: "whole days as one stretch", zone: "Europe/Berlin", from: "2026-12-04T12:00:00+01:00", windows: []string{"Sat,Sun"}, n: 1,
			want: "Sat 5 Dec 00:00 +01 to Mon 7 Dec 00:00 +01"},
		{name: "windows that overlap as one", zone: "Europe/Berlin", from: "2026-12-04T12:00:00+01:00", windows: []string{"Fri 18:00-22:00", "Fri 21:00-24:00", "Sat 00:00-01:00"}, n: 1,
			want: "Fri 4 Dec 18:00 +01 to Sat 5 Dec 01:00 +01"},
		{name: "every day and hour is for good", zone: "Europe/Berlin", from: "2026-12-04T12:00:00+01:00", windows: []string{"Mon-Sun"}, n: 3,
			want: "Fri 4 Dec 12:00 +01 to on"},
		{name: "after the freeze of a bank", zone: "Europe/London", from: "2026-12-21T09:00:00Z", windows: []string{"Sun 03:00-05:00"}, blackouts: []string{"2026-12-21/2027-01-03"}, n: 2,
			want: "Sun 10 Jan 03:00 +00 to Sun 10 Jan 05:00 +00; Sun 17 Jan 03:00 +00 to Sun 17 Jan 05:00 +00"},
		{name: "until a blackout begins", zone: "Europe/London", from: "2026-12-20T23:00:00Z", windows: []string{"Sun 22:00-04:00"}, blackouts: []string{"2026-12-21"}, n: 2,
			want: "Sun 20 Dec 23:00 +00 to Mon 21 Dec 00:00 +00; Sun 27 Dec 22:00 +00 to Mon 28 Dec 04:00 +00"},
		{name: "between quiet hours", zone: "Europe/London", from: "2026-12-20T23:00:00Z", quiet: []string{"20:00-08:00"}, n: 2,
			want: "Mon 21 Dec 08:00 +00 to Mon 21 Dec 20:00 +00; Tue 22 Dec 08:00 +00 to Tue 22 Dec 20:00 +00"},
		{name: "never, when it is always quiet", zone: "Europe/London", from: "2026-12-20T23:00:00Z", quiet: []string{"Mon-Sun"}, n: 2},
		{name: "at the jump, where the clock skips the window", zone: "Europe/Berlin", from: "2026-03-28T12:00:00+01:00", windows: []string{"Sun 02:15-02:45"}, n: 2,
			want: "Sun 29 Mar 03:00 +02 to Sun 29 Mar 03:30 +02; Sun 5 Apr 02:15 +02 to Sun 5 Apr 02:45 +02"},
		{name: "twice as long, where the clock repeats the window", zone: "Europe/Berlin", from: "2026-10-24T12:00:00+02:00", windows: []string{"Sun 02:00-03:00"}, n: 1,
			want: "Sun 25 Oct 02:00 +02 to Sun 25 Oct 03:00 +01"},
		{name: "by the clock of the zone that the Mac is in now", zone: "America/Los_Angeles", from: "2026-12-04T12:00:00+01:00", windows: []string{"Mon-Fri 18:00-22:00"}, n: 1,
			want: "Fri 4 Dec 18:00 -08 to Fri 4 Dec 22:00 -08"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			zone := zoneOf(t, tt.zone)
			from, err := time.Parse(time.RFC3339, tt.from)
			if err != nil {
				t.Fatal(err)
			}
			c := Calendar{Windows: windows(t, tt.windows...), Quiet: windows(t, tt.quiet...), Blackouts: blackouts(t, tt.blackouts...), Zone: zone}
			if got := shown(c.Openings(from, tt.n), zone); got != tt.want {
				t.Errorf("opens %s\nwant  %s", got, tt.want)
			}
		})
	}
}

func TestBlackoutDaysDoNotCountInTheCap(t *testing.T) {
	zone := zoneOf(t, "Europe/London")
	at := func(s string) time.Time {
		c, err := time.ParseInLocation("2006-01-02 15:04", s, zone)
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
	for _, tt := range []struct {
		name, from, want string
		blackouts        []string
	}{
		{"no blackout", "2026-12-21 09:00", "2026-12-28 09:00", nil},
		{"one that is on", "2026-12-21 09:00", "2027-01-11 00:00", []string{"2026-12-21/2027-01-03"}},
		{"one in between", "2026-12-19 09:00", "2027-01-09 09:00", []string{"2026-12-21/2027-01-03"}},
		{"one that is over", "2027-01-04 00:00", "2027-01-11 00:00", []string{"2026-12-21/2027-01-03"}},
		{"one that comes after the cap", "2026-12-01 09:00", "2026-12-08 09:00", []string{"2026-12-21/2027-01-03"}},
		{"two that overlap, in any order", "2026-12-19 09:00", "2027-01-09 09:00", []string{"2026-12-28/2027-01-03", "2026-12-21/2026-12-30"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c := Calendar{Blackouts: blackouts(t, tt.blackouts...), Zone: zone}
			if got := c.Cap(at(tt.from), 7*day); !got.Equal(at(tt.want)) {
				t.Errorf("the cap is %v, want %v", got.In(zone), at(tt.want))
			}
		})
	}
}

// drawWindow makes a window as administrators write them.
func drawWindow(t *rapid.T) Window {
	from := rapid.IntRange(0, 47).Draw(t, "from")
	length := rapid.IntRange(1, 47).Draw(t, "length")
	w := Window{from: time.Duration(from) * 30 * time.Minute}
	w.to = w.from + time.Duration(length)*30*time.Minute
	for i := range w.days {
		w.days[i] = rapid.Bool().Draw(t, "day")
	}
	w.days[rapid.IntRange(0, 6).Draw(t, "one day")] = true
	return w
}

func TestACalendarIsOpenWhenTheClockOnTheWallSaysSo(t *testing.T) {
	zone := zoneOf(t, "Europe/Berlin")
	// The two weeks before and after hold no change of the clock.
	monday := time.Date(2026, 12, 7, 0, 0, 0, 0, zone)
	rapid.Check(t, func(t *rapid.T) {
		c := Calendar{Zone: zone}
		for range rapid.IntRange(0, 3).Draw(t, "windows") {
			c.Windows = append(c.Windows, drawWindow(t))
		}
		for range rapid.IntRange(0, 2).Draw(t, "quiet") {
			c.Quiet = append(c.Quiet, drawWindow(t))
		}
		in := func(ws []Window, at time.Time) bool {
			minute := at.Sub(monday) % (7 * day)
			return slices.ContainsFunc(ws, func(w Window) bool {
				for i, weekday := range mondayFirst {
					since := minute - time.Duration(i)*day
					for _, s := range []time.Duration{since, since + 7*day} {
						if w.days[weekday] && s >= w.from && s < w.to {
							return true
						}
					}
				}
				return false
			})
		}
		at := monday.Add(time.Duration(rapid.IntRange(0, 14*24*12).Draw(t, "minutes")) * 5 * time.Minute)
		want := (len(c.Windows) == 0 || in(c.Windows, at)) && !in(c.Quiet, at)
		open, next := c.Open(at)
		if open != want {
			t.Fatalf("open at %v: %v", at, open)
		}
		if s, ok := c.Next(at); ok {
			if still, _ := c.Open(s.From); !still {
				t.Fatalf("not open at %v, when it opens", s.From)
			}
			if late, _ := c.Open(s.To); !s.To.IsZero() && late {
				t.Fatalf("open at %v, when it closes", s.To)
			}
			for before := at; before.Before(s.From); before = before.Add(30 * time.Minute) {
				if early, _ := c.Open(before); early {
					t.Fatalf("open at %v, before %v", before, next)
				}
			}
		}
	})
}

func TestAWindowIsRead(t *testing.T) {
	for text, want := range map[string]string{
		"Mon-Fri 18:00-22:00":      "Mon-Fri 18:00-22:00",
		" monday-FRI  18:00-22:00": "Mon-Fri 18:00-22:00",
		"Sat,Sun":                  "Sat,Sun",
		"Fri-Mon":                  "Mon,Fri-Sun",
		"22:00-06:00":              "22:00-06:00",
		"Mon-Sun 22:00-06:00":      "22:00-06:00",
		"Sun 00:00-24:00":          "Sun",
		"Wed 18:00-24:00":          "Wed 18:00-24:00",
		"Wed 18:00-00:00":          "Wed 18:00-24:00",
		"Tue,Thu 06:30-07:00":      "Tue,Thu 06:30-07:00",
	} {
		w, err := ParseWindow(text)
		if err != nil || w.String() != want {
			t.Errorf("%q is read as %q: %v", text, w, err)
		}
	}
	for _, text := range []string{"", " ", "Mo 18:00-22:00", "Mon", "Mon-", "Mon- 18:00-22:00", "18:00", "Mon 18:00", "Mon 18:00-18:00", "Mon 24:00-06:00",
		"Mon 18-22", "Mon 6pm-8pm", "Mon 18:00-22:00 Tue 18:00-22:00", "Mon 18:00-25:00", "Mon 18:60-19:00", "Mon,,Tue", "Mon 1:00-2:00", "weekdays 18:00-22:00", "Mon 18:00–22:00"} {
		if w, err := ParseWindow(text); err == nil && text != "Mon" {
			t.Errorf("%q is read as %q", text, w)
		}
	}
}

func TestDaysAreRead(t *testing.T) {
	for text, want := range map[string]int{"2026-12-24": 1, "2026-12-21/2027-01-03": 14, " 2026-12-21 / 2026-12-21 ": 1, "2026-12-01/2027-02-01": 63} {
		d, err := ParseDays(text)
		if err != nil || d.Count() != want {
			t.Errorf("%q has %d days: %v", text, d.Count(), err)
		}
		if n := d.Cut().Count(); n != min(want, MostDays) {
			t.Errorf("%q has %d days when cut", text, n)
		}
	}
	for _, text := range []string{"", "/", "2026-12-24/", "2027-01-03/2026-12-21", "2026-12-24T18:00", "24.12.2026", "2026-12-21/2026-12-22/2026-12-23", "2026-12-21-2026-12-24"} {
		if d, err := ParseDays(text); err == nil {
			t.Errorf("%q is read as %v", text, d)
		}
	}
}

func FuzzParseWindow(f *testing.F) {
	for _, s := range []string{"Mon-Fri 18:00-22:00", "Sat,Sun", "22:00-06:00", "Fri-Mon 22:00-24:00"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		w, err := ParseWindow(text)
		if err != nil {
			return
		}
		again, err := ParseWindow(w.String())
		if err != nil || again != w {
			t.Fatalf("%q is read as %q, and that as %q: %v", text, w, again, err)
		}
		c := Calendar{Windows: []Window{w}, Zone: time.UTC}
		at := time.Unix(1796000000, 0)
		if s, ok := c.Next(at); !ok || !s.To.IsZero() && !s.To.After(s.From) || s.From.Sub(at) > 8*day {
			t.Fatalf("%q opens %v, %v", w, s, ok)
		}
	})
}

func FuzzParseDays(f *testing.F) {
	for _, s := range []string{"2026-12-24", "2026-12-21/2027-01-03"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		d, err := ParseDays(text)
		if err != nil {
			return
		}
		if again, err := ParseDays(d.String()); err != nil || again != d {
			t.Fatalf("%q is read as %v, and that as %v: %v", text, d, again, err)
		}
		if s := d.In(time.UTC); s.To.Sub(s.From) != time.Duration(d.Count())*day {
			t.Fatalf("%v lasts %v", d, s.To.Sub(s.From))
		}
	})
}
