package deferral

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"installordefer/deferral/calendar"
	"installordefer/internal/clock"
)

// dueOn is a Mac whose deadline was at a time in a zone.
func dueOn(t interface {
	Helper()
	Fatal(...any)
}, at string, zone *time.Location, exploited bool) State {
	t.Helper()
	deadline, err := time.ParseInLocation("2006-01-02 15:04", at, zone)
	if err != nil {
		t.Fatal(err)
	}
	st := State{ForcedAfter: deadline.UTC()}
	began := moment(deadline.Add(-72 * time.Hour))
	st.Round.Began, st.Round.Mark, st.Round.Deadline, st.Round.Allowed, st.Round.MaxDeferral = began, began, st.ForcedAfter, 72*time.Hour, 72*time.Hour
	if exploited {
		st.Round.Limits = []Limit{{Setting: "MaxDeferralTimeExploited", Value: "x", At: st.ForcedAfter}}
	}
	return st
}

// moment is a time on all three clocks of a Mac that is never off.
func moment(t time.Time) clock.Moment {
	return clock.Moment{Wall: t.UTC(), Continuous: t.Sub(time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)), Boot: "first"}
}

func TestWhenWhatIsDueHappensByItself(t *testing.T) {
	evenings := map[string]any{"MaintenanceWindows": []any{"Mon-Fri 18:00-22:00"}}
	bank := map[string]any{"MaintenanceWindows": []any{"Sun 03:00-05:00"}, "Blackouts": []any{"2026-12-21/2027-01-03"}}
	for _, c := range []struct {
		name      string
		values    map[string]any
		deadline  string
		now       string
		exploited bool
		want      string // next; empty where it is open
		setting   string
	}{
		{"at any hour by default", nil, "2026-12-07 09:00", "2026-12-07 09:00", false, "", ""},
		{"in the evening", evenings, "2026-12-07 09:00", "2026-12-07 09:00", false, "2026-12-07 18:00", "MaintenanceWindows"},
		{"in a window", evenings, "2026-12-07 09:00", "2026-12-07 18:00", false, "", ""},
		{"not where the countdown has no room", evenings, "2026-12-07 09:00", "2026-12-07 21:51", false, "2026-12-08 18:00", "MaintenanceWindows"},
		{"where it has just enough", evenings, "2026-12-07 09:00", "2026-12-07 21:50", false, "", ""},
		{"a lid opened on Monday inside working hours", evenings, "2026-12-05 20:00", "2026-12-07 08:10", false, "2026-12-07 18:00", "MaintenanceWindows"},
		{"after the cap at any hour", evenings, "2026-12-07 09:00", "2026-12-14 09:00", false, "", ""},
		{"the cap comes before the next window", map[string]any{"MaintenanceWindows": []any{"Sun 03:00-05:00"}, "MaxMaintenanceDelay": 86400}, "2026-12-07 09:00", "2026-12-07 09:00", false, "2026-12-08 09:00", "MaintenanceWindows"},
		{"the freeze of a bank", bank, "2026-12-21 09:00", "2026-12-21 09:00", false, "2027-01-10 03:00", "Blackouts"},
		{"the Sunday inside the freeze is closed", bank, "2026-12-21 09:00", "2026-12-27 03:00", false, "2027-01-10 03:00", "Blackouts"},
		{"after the freeze the window counts", bank, "2026-12-21 09:00", "2027-01-05 12:00", false, "2027-01-10 03:00", "MaintenanceWindows"},
		{"after the freeze in the window", bank, "2026-12-21 09:00", "2027-01-10 03:00", false, "", ""},
		{"what is being exploited waits for a day", bank, "2026-12-21 09:00", "2026-12-21 09:00", true, "2026-12-22 09:00", "Blackouts"},
		{"and then comes in the freeze", bank, "2026-12-21 09:00", "2026-12-22 09:00", true, "", ""},
		{"windows too short for a countdown are none", map[string]any{"MaintenanceWindows": []any{"Mon-Sun 03:00-03:05"}}, "2026-12-07 09:00", "2026-12-07 09:00", false, "2026-12-14 09:00", "MaintenanceWindows"},
	} {
		t.Run(c.name, func(t *testing.T) {
			zone := zoneOf(t, "Europe/Berlin")
			now, err := time.ParseInLocation("2006-01-02 15:04", c.now, zone)
			if err != nil {
				t.Fatal(err)
			}
			h := dueOn(t, c.deadline, zone, c.exploited).enforcing(read(t, c.values), 10*time.Minute, moment(now), zone)
			got := ""
			if h.closed {
				got = h.next.In(zone).Format("2006-01-02 15:04")
			}
			if got != c.want || h.closed && h.setting != c.setting {
				t.Errorf("closed until %q by %s, want %q by %s", got, h.setting, c.want, c.setting)
			}
		})
	}
}

func TestAClockThatIsSetBackHoldsNothingUp(t *testing.T) {
	set := read(t, map[string]any{"MaintenanceWindows": []any{"Sun 03:00-05:00"}})
	st := dueOn(t, "2026-12-07 09:00", time.UTC, false)
	now := moment(time.Date(2026, 12, 14, 9, 0, 0, 0, time.UTC))
	now.Wall = now.Wall.Add(-30 * 24 * time.Hour)
	if h := st.enforcing(set, 10*time.Minute, now, time.UTC); h.closed {
		t.Errorf("closed until %v", h.next)
	}
}

// The clock was seventy years ahead when the updates were found. Set right, it names
// no moment that the job does not wait for.
func TestWhatIsDueNamesTheMomentAtWhichItHappens(t *testing.T) {
	set := read(t, map[string]any{"MaintenanceWindows": []any{"12:00-12:05"}})
	st := dueOn(t, "2098-01-01 00:00", time.UTC, false)
	now := moment(st.ForcedAfter.Add(days))
	now.Wall = time.Date(2028, 1, 3, 7, 23, 43, 0, time.UTC)
	h := st.enforcing(set, 10*time.Minute, now, time.UTC)
	if want := now.Wall.Add(6 * days); !h.closed || !h.next.Equal(want) {
		t.Errorf("closed: %v, until %v, want %v", h.closed, h.next, want)
	}
}

func TestWhenPeopleAreAsked(t *testing.T) {
	zone := zoneOf(t, "Europe/Berlin")
	set := read(t, map[string]any{"QuietHours": []any{"20:00-07:00"}, "Blackouts": []any{"2026-12-24/2026-12-26"}})
	for now, want := range map[string]string{
		"2026-12-07 12:00": "", "2026-12-07 20:00": "2026-12-08 07:00", "2026-12-08 06:59": "2026-12-08 07:00", "2026-12-08 07:00": "",
		"2026-12-24 12:00": "2026-12-27 07:00", "2026-12-23 23:00": "2026-12-27 07:00",
	} {
		at, err := time.ParseInLocation("2006-01-02 15:04", now, zone)
		if err != nil {
			t.Fatal(err)
		}
		got := ""
		if h := asking(set, moment(at), zone); h.closed {
			got = h.next.In(zone).Format("2006-01-02 15:04")
		}
		if got != want {
			t.Errorf("at %s closed until %q, want %q", now, got, want)
		}
	}
}

func TestNothingHappensByItselfOutsideAWindowBeforeTheCap(t *testing.T) {
	zones := []*time.Location{time.UTC, zoneOf(t, "Europe/Berlin"), zoneOf(t, "America/Los_Angeles"), zoneOf(t, "Australia/Lord_Howe")}
	texts := []string{"Mon-Fri 18:00-22:00", "Sun 03:00-05:00", "22:00-06:00", "Sat,Sun", "Wed 12:00-12:08", "Sun 02:15-02:45"}
	days := []string{"2026-10-24/2026-10-26", "2026-12-21/2027-01-03", "2026-11-11"}
	rapid.Check(t, func(t *rapid.T) {
		var windows, blackouts []any
		for _, w := range rapid.SliceOfNDistinct(rapid.SampledFrom(texts), 0, 3, rapid.ID).Draw(t, "windows") {
			windows = append(windows, w)
		}
		for _, d := range rapid.SliceOfNDistinct(rapid.SampledFrom(days), 0, 3, rapid.ID).Draw(t, "blackouts") {
			blackouts = append(blackouts, d)
		}
		set := read(t, map[string]any{"MaintenanceWindows": windows, "Blackouts": blackouts})
		set.MaxMaintenanceDelay = time.Duration(rapid.IntRange(1, 31).Draw(t, "most")) * 24 * time.Hour
		zone := rapid.SampledFrom(zones).Draw(t, "zone")
		deadline := time.Date(2026, 10, 20, 0, 0, 0, 0, time.UTC).Add(time.Duration(rapid.IntRange(0, 80*24*60).Draw(t, "deadline")) * time.Minute)
		st := dueOn(t, deadline.Format("2006-01-02 15:04"), time.UTC, rapid.IntRange(0, 3).Draw(t, "exploited") == 0)
		now := st.ForcedAfter.Add(time.Duration(rapid.IntRange(0, 60*24*60).Draw(t, "minutes past")) * time.Minute)
		h := st.enforcing(set, 10*time.Minute, moment(now), zone)
		c := calendar.Calendar{Windows: set.MaintenanceWindows, Blackouts: set.Blackouts, Zone: zone}
		last := st.latest(set, c)
		open, _ := c.Open(now)
		switch {
		case !h.closed && !open && now.Before(last):
			t.Fatalf("open at %v, outside of every window, before %v", now, last)
		case h.closed && !now.Before(last):
			t.Fatalf("closed at %v, after %v", now, last)
		case h.closed && !h.next.After(now):
			t.Fatalf("closed at %v until %v", now, h.next)
		}
		if !h.closed {
			return
		}
		if again := st.enforcing(set, 10*time.Minute, moment(h.next), zone); again.closed {
			t.Fatalf("closed at %v, when it was to open", h.next)
		}
		if st.exploited() && h.next.Sub(st.ForcedAfter) > 24*time.Hour {
			t.Fatalf("what is being exploited waits for %v", h.next.Sub(st.ForcedAfter))
		}
	})
}

// A deadline that is decades away costs the Mac no search through all of their days.
func TestNoOpeningIsLookedForInDecades(t *testing.T) {
	set := read(t, map[string]any{"MaintenanceWindows": []any{"12:00-12:05"}})
	st := dueOn(t, "2098-01-01 00:00", time.UTC, false)
	st.Round.Allowed = 100 * 365 * days
	today := time.Date(2026, 11, 23, 10, 0, 0, 0, time.UTC)
	var h hours
	allocs := testing.AllocsPerRun(1, func() { h = st.enforcing(set, 10*time.Minute, moment(today), time.UTC) })
	if last := st.ForcedAfter.Add(set.MaxMaintenanceDelay); !h.closed || !h.next.Equal(last) {
		t.Errorf("closed: %v, until %v, want %v", h.closed, h.next, last)
	}
	if allocs > 2000 {
		t.Errorf("it took %v allocations", allocs)
	}
}

func TestAHoldEnds(t *testing.T) {
	now := at(0)
	own := func(d time.Duration) Hold { return Hold{Since: now.Wall, Until: now.Wall.Add(d)} }
	for _, c := range []struct {
		name    string
		own     Hold
		profile map[string]any
		want    time.Duration
		setting string
	}{
		{name: "none"},
		{"on this Mac", own(8 * time.Hour), nil, 8 * time.Hour, ""},
		{"one that is over", own(0), nil, 0, ""},
		{"one of another clock", own(8 * 24 * time.Hour), nil, 0, ""},
		{"in a profile", Hold{}, map[string]any{"HoldUntil": "2026-11-27T10:00"}, 4 * days, "HoldUntil"},
		{"the longer of two", own(5 * days), map[string]any{"HoldUntil": "2026-11-27T10:00"}, 5 * days, ""},
		{"one in a profile that is over", Hold{}, map[string]any{"HoldUntil": "2026-11-23T09:59"}, 0, ""},
		{"one in a profile that never ends", Hold{}, map[string]any{"HoldUntil": "2036-11-23T09:59"}, 31 * days, "HoldUntil"},
	} {
		t.Run(c.name, func(t *testing.T) {
			profile := State{}.holdOf(read(t, c.profile), now, time.UTC)
			until, setting := heldUntil(c.own, profile, now)
			var left time.Duration
			if !until.IsZero() {
				left = until.Sub(now.Wall)
			}
			if left != c.want || setting != c.setting {
				t.Errorf("held for %v by %q, want %v by %q", left, setting, c.want, c.setting)
			}
		})
	}
	t.Run("one that never ends is not begun anew in each wake", func(t *testing.T) {
		set := read(t, map[string]any{"HoldUntil": "2036-11-23T09:59"})
		var st State
		st.Round.Hold = st.holdOf(set, now, time.UTC)
		if again := st.holdOf(set, at(5*days), time.UTC); again != st.Round.Hold {
			t.Errorf("held until %v, and then until %v", st.Round.Hold.At, again.At)
		}
	})
	t.Run("one that came under a wrong clock is told by the right one", func(t *testing.T) {
		set := read(t, map[string]any{"HoldUntil": "2026-11-27T10:00"})
		wrong := now
		wrong.Wall = time.Unix(300, 0)
		var st State
		st.Round.Hold = st.holdOf(set, wrong, time.UTC)
		if right := st.holdOf(set, now, time.UTC); !right.At.Equal(now.Wall.Add(4 * days)) {
			t.Errorf("held until %v, and by the right clock until %v", st.Round.Hold.At, right.At)
		}
	})
}
