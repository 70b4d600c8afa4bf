package deferral

import (
	"fmt"
	"strings"
	"testing"
	"time"

	_ "time/tzdata"

	"pgregory.net/rapid"

	"installordefer/deferral/calendar"
	"installordefer/deferral/settings"
	"installordefer/internal/clock"
	"installordefer/internal/macos"
)

// read returns settings as a profile holds them.
func read(t interface {
	Helper()
	Fatal(...any)
}, values map[string]any) settings.Settings {
	t.Helper()
	set, _, problems := settings.Read(settings.Layer{Name: "profile", Values: values})
	for _, p := range problems {
		t.Fatal(p)
	}
	return set
}

func releases(texts ...string) []any {
	var out []any
	for _, text := range texts {
		f := strings.Fields(text)
		out = append(out, map[string]any{"Version": f[0], "Released": f[1], "Exploited": len(f) > 2})
	}
	return out
}

var (
	runs26 = macos.Machine{Version: "26.6", Build: "25G72"}
	to267  = Update{Label: "macOS Tahoe 26.7-25G229", Name: "macOS Tahoe 26.7", Restart: true, System: true, Version: "26.7"}
)

// zoneOf loads a zone; berlin is one with a summer time.
func zoneOf(t testing.TB, name string) *time.Location {
	t.Helper()
	z, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return z
}

func TestTheEarliestSourceIsTheDeadline(t *testing.T) {
	// Updates are found on Monday, 23 November 2026, at 11:00 in Berlin.
	exploited := releases("26.6.1 2026-08-06 exploited", "26.7 2026-11-20")
	for _, c := range []struct {
		name    string
		values  map[string]any
		updates []Update
		want    string
		setting string
	}{
		{"no other source", nil, nil, "2026-11-26 11:00:00", "MaxDeferralTime"},
		{"a date that comes first", map[string]any{"DeadlineDate": "2026-11-25T18:00"}, nil, "2026-11-25 18:00:00", "DeadlineDate"},
		{"a date without a time is the end of that day", map[string]any{"DeadlineDate": "2026-11-24"}, nil, "2026-11-25 00:00:00", "DeadlineDate"},
		{"a date that comes later", map[string]any{"DeadlineDate": "2026-12-04T18:00"}, nil, "2026-11-26 11:00:00", "MaxDeferralTime"},
		{"a date that has passed gives notice", map[string]any{"DeadlineDate": "2026-11-20T18:00"}, nil, "2026-11-23 12:00:00", "MinimumNotice"},
		{"a date too near gives notice", map[string]any{"DeadlineDate": "2026-11-23T11:30", "MinimumNotice": 7200}, nil, "2026-11-23 13:00:00", "MinimumNotice"},
		{"a version that this Mac lacks", map[string]any{"RequiredVersions": []any{map[string]any{"Minimum": "26.6.2", "By": "2026-11-24T18:00"}}}, nil, "2026-11-24 18:00:00", "RequiredVersions"},
		{"a version that this Mac has", map[string]any{"RequiredVersions": []any{map[string]any{"Minimum": "26.6", "By": "2026-11-24T18:00"}}}, nil, "2026-11-26 11:00:00", "MaxDeferralTime"},
		{"a version of another major one", map[string]any{"RequiredVersions": []any{map[string]any{"Minimum": "27.0", "By": "2026-11-24T18:00"}}}, nil, "2026-11-26 11:00:00", "MaxDeferralTime"},
		{"the first of several versions", map[string]any{"RequiredVersions": []any{map[string]any{"Minimum": "26.7", "By": "2026-11-25T18:00"}, map[string]any{"Minimum": "26.6.2", "By": "2026-11-24T18:00"}}}, nil, "2026-11-24 18:00:00", "RequiredVersions"},
		{"what is being exploited, skipped long ago, leaves a day", map[string]any{"Releases": exploited, "MaxDeferralTimeExploited": 172800}, nil, "2026-11-24 11:00:00", "MaxDeferralTimeExploited"},
		{"what is being exploited, just released", map[string]any{"Releases": releases("26.7 2026-11-22 exploited"), "MaxDeferralTimeExploited": 172800}, nil, "2026-11-25 01:00:00", "MaxDeferralTimeExploited"},
		{"a time after the release", map[string]any{"Releases": releases("26.7 2026-11-21"), "MaxTimeAfterRelease": 259200}, nil, "2026-11-25 01:00:00", "MaxTimeAfterRelease"},
		{"a release that the update does not bring", map[string]any{"Releases": releases("26.7.1 2026-11-21 exploited"), "MaxDeferralTimeExploited": 86400, "MaxTimeAfterRelease": 86400}, nil, "2026-11-26 11:00:00", "MaxDeferralTime"},
		{"a release that runs already", map[string]any{"Releases": releases("26.6 2026-07-27 exploited"), "MaxDeferralTimeExploited": 86400}, nil, "2026-11-26 11:00:00", "MaxDeferralTime"},
		{"a release of macOS while Safari alone is pending", map[string]any{"Releases": exploited, "MaxDeferralTimeExploited": 86400}, []Update{safari}, "2026-11-26 11:00:00", "MaxDeferralTime"},
		{"a release never makes a deadline later", map[string]any{"Releases": releases("26.7 2026-11-22"), "MaxTimeAfterRelease": 2592000}, nil, "2026-11-26 11:00:00", "MaxDeferralTime"},
		{"versions are numbers", map[string]any{"Releases": releases("26.10 2026-11-22 exploited"), "MaxDeferralTimeExploited": 86400}, nil, "2026-11-26 11:00:00", "MaxDeferralTime"},
		{"the earliest of all", map[string]any{"DeadlineDate": "2026-11-25T18:00", "Releases": exploited, "MaxDeferralTimeExploited": 172800}, nil, "2026-11-24 11:00:00", "MaxDeferralTimeExploited"},
		{"skipped deferrals ask for no date", map[string]any{"SkipDeferral": true, "DeadlineDate": "2026-11-25T18:00"}, nil, "2026-11-23 11:00:00", "SkipDeferral"},
	} {
		t.Run(c.name, func(t *testing.T) {
			berlin := zoneOf(t, "Europe/Berlin")
			updates := c.updates
			if updates == nil {
				updates = []Update{safari, to267}
			}
			set := read(t, c.values)
			st := State{}.Checked(Found, updates, set, runs26, at(0), berlin)
			if got := st.ForcedAfter.In(berlin).Format(time.DateTime); got != c.want || st.DeadlineSetting() != c.setting {
				t.Errorf("the deadline is %s by %s, want %s by %s", got, st.DeadlineSetting(), c.want, c.setting)
			}
			if again, notes := Settle(st, set, at(0), berlin); again.Changed(st) || len(notes) > 0 {
				t.Errorf("settled at once: %q", notes)
			}
		})
	}
}

func TestASourceThatArrivesDuringARoundGivesNotice(t *testing.T) {
	for _, c := range []struct {
		name   string
		was    map[string]any
		is     map[string]any
		left   time.Duration
		notes  string
		by     string
		deferr bool
	}{
		{"a date", nil, map[string]any{"DeadlineDate": "2026-11-25T18:00"}, 30 * time.Hour, "DeadlineDate is 2026-11-25T18:00, so the deadline is 2026-11-25 18:00:00 UTC.", "DeadlineDate", true},
		{"a date that has passed", nil, map[string]any{"DeadlineDate": "2026-11-20"}, time.Hour, "DeadlineDate is 2026-11-20, so the deadline would be", "MinimumNotice", false},
		{"a date that moves", map[string]any{"DeadlineDate": "2026-11-25T18:00"}, map[string]any{"DeadlineDate": "2026-11-25T20:00"}, 32 * time.Hour, "DeadlineDate is now 2026-11-25T20:00 instead of 2026-11-25T18:00", "DeadlineDate", true},
		{"a date that goes", map[string]any{"DeadlineDate": "2026-11-25T18:00"}, nil, 46 * time.Hour, "DeadlineDate no longer applies", "MaxDeferralTime", true},
		{"a list that says exploited", nil, map[string]any{"Releases": releases("26.7 2026-11-20 exploited"), "MaxDeferralTimeExploited": 86400}, time.Hour, "MaxDeferralTimeExploited is 1 day after macOS 26.7 of 2026-11-20 (exploited)", "MinimumNotice", false},
		{"two at once", nil, map[string]any{"MaxDeferralTime": 172800, "DeadlineDate": "2026-11-25T09:00"}, 21 * time.Hour, "MaxDeferralTime is now 2 days instead of 3 days, and DeadlineDate is 2026-11-25T09:00, so", "DeadlineDate", true},
	} {
		t.Run(c.name, func(t *testing.T) {
			now := at(26 * time.Hour) // Tuesday at 12:00
			st := State{}.Checked(Found, []Update{to267}, read(t, c.was), runs26, at(0), time.UTC).Deferred(4*time.Hour, at(25*time.Hour))
			got, notes := Settle(st, read(t, c.is), now, time.UTC)
			if got.TimeLeft(now) != c.left || got.DeadlineSetting() != c.by {
				t.Errorf("%v are left by %s, want %v by %s", got.TimeLeft(now), got.DeadlineSetting(), c.left, c.by)
			}
			if len(notes) != 1 || !strings.Contains(notes[0], c.notes) {
				t.Errorf("the log says %q", notes)
			}
			if on := got.DeferralLeft(now) > 0; on != c.deferr {
				t.Errorf("the deferral goes on: %v", on)
			}
			if again, more := Settle(got, read(t, c.is), now, time.UTC); again.Changed(got) || len(more) > 0 {
				t.Errorf("settled twice: %q", more)
			}
		})
	}
}

func TestInstallingOneUpdatePutsNoOtherOff(t *testing.T) {
	set := read(t, map[string]any{"MaxDeferralTime": 1209600, "Releases": releases("26.7 2026-11-20 exploited"), "MaxDeferralTimeExploited": 172800,
		"RequiredVersions": []any{map[string]any{"Minimum": "26.7", "By": "2026-11-25T18:00"}}})
	st := State{}.Checked(Found, []Update{safari, to267}, set, runs26, at(0), time.UTC)
	st = st.Checked(Found, []Update{safari}, set, macos.Machine{Version: "26.7", Build: "25G229"}, at(time.Hour), time.UTC)
	got, notes := Settle(st, set, at(time.Hour), time.UTC)
	if !got.ForcedAfter.Equal(st.ForcedAfter) || len(notes) > 0 {
		t.Errorf("the deadline moved from %v to %v: %q", st.ForcedAfter, got.ForcedAfter, notes)
	}
	set.Releases = nil
	if got, _ = Settle(got, set, at(time.Hour), time.UTC); got.DeadlineSetting() != "RequiredVersions" {
		t.Errorf("without the list the deadline is %v by %s", got.ForcedAfter, got.DeadlineSetting())
	}
}

func TestADateStaysTheInstantAtWhichItArrived(t *testing.T) {
	set := read(t, map[string]any{"DeadlineDate": "2026-11-25T18:00"})
	st := State{}.Checked(Found, []Update{to267}, set, runs26, at(0), zoneOf(t, "Europe/Berlin"))
	moved, notes := Settle(st, set, at(time.Hour), zoneOf(t, "America/Los_Angeles"))
	if !moved.ForcedAfter.Equal(st.ForcedAfter) || len(notes) > 0 {
		t.Errorf("a flight moved the deadline to %v: %q", moved.ForcedAfter, notes)
	}
	set.MaxDeferralTime = 14 * days
	if moved, _ = Settle(moved, set, at(2*time.Hour), zoneOf(t, "America/Los_Angeles")); !moved.ForcedAfter.Equal(st.ForcedAfter) {
		t.Errorf("another setting after a flight moved the deadline to %v", moved.ForcedAfter)
	}
}

func TestTheLastDeferralIsTheDeadline(t *testing.T) {
	set := read(t, map[string]any{"MaxDeferrals": 2, "DeferralChoices": []any{900, 14400}})
	settled := func(st State, after time.Duration) State {
		st, _ = Settle(st, set, at(after), time.UTC)
		return st
	}
	st := State{}.Checked(Found, []Update{to267}, set, runs26, at(0), time.UTC)
	st = settled(st.Chose(4*time.Hour, at(0)), 0)
	st = settled(st.TimedOut(set, at(4*time.Hour)), 4*time.Hour)
	st = settled(st.Unanswered(set, at(8*time.Hour)), 8*time.Hour)
	if st.DeadlineSetting() != "MaxDeferralTime" {
		t.Fatalf("prompts that nobody answered count: the deadline is %v", st.ForcedAfter)
	}
	t.Run("when it is long", func(t *testing.T) {
		st := settled(st.Chose(4*time.Hour, at(9*time.Hour)), 9*time.Hour)
		if left := st.TimeLeft(at(9 * time.Hour)); left != 4*time.Hour || st.DeadlineSetting() != "MaxDeferrals" || st.DeferralLeft(at(9*time.Hour)) != 4*time.Hour {
			t.Errorf("%v are left by %s", left, st.DeadlineSetting())
		}
	})
	t.Run("with notice when it is short", func(t *testing.T) {
		st := settled(st.Chose(15*time.Minute, at(9*time.Hour)), 9*time.Hour)
		if left := st.TimeLeft(at(9 * time.Hour)); left != time.Hour || st.DeferralLeft(at(9*time.Hour)) != 15*time.Minute {
			t.Errorf("%v are left, the deferral lasts %v", left, st.DeferralLeft(at(9*time.Hour)))
		}
	})
	t.Run("and never later than it was", func(t *testing.T) {
		st := settled(st.Chose(4*time.Hour, at(70*time.Hour)), 70*time.Hour)
		if left := st.TimeLeft(at(70 * time.Hour)); left != 2*time.Hour {
			t.Errorf("%v are left", left)
		}
	})
	t.Run("whole, by a clock that has lost seconds since the round began", func(t *testing.T) {
		for chosen, want := range map[time.Duration]time.Duration{15 * time.Minute: time.Hour, 4 * time.Hour: 4 * time.Hour} {
			now := at(9 * time.Hour)
			now.Wall = now.Wall.Add(-30 * time.Second)
			st, notes := Settle(st.Chose(chosen, now), set, now, time.UTC)
			if left := st.TimeLeft(now); left < want || left > want+time.Second || st.DeferralLeft(now) != chosen || len(notes) != 1 || strings.Contains(notes[0], "notice") {
				t.Errorf("after a deferral of %v %v are left, and the deferral lasts %v: %q", chosen, left, st.DeferralLeft(now), notes)
			}
		}
	})
	t.Run("and a clock that is set back gains nothing by it", func(t *testing.T) {
		now := at(71*time.Hour + 30*time.Minute)
		now.Wall = now.Wall.Add(-days)
		st, _ := Settle(st.Chose(15*time.Minute, now), set, now, time.UTC)
		if left := st.TimeLeft(now); left != 30*time.Minute {
			t.Errorf("%v are left", left)
		}
	})
	t.Run("not later than one written by hand", func(t *testing.T) {
		byHand := st
		byHand.ForcedAfter = at(12 * time.Hour).Wall
		byHand = settled(byHand, 9*time.Hour)
		if got := settled(byHand.Chose(15*time.Minute, at(11*time.Hour+30*time.Minute)), 11*time.Hour+30*time.Minute); !got.ForcedAfter.Equal(at(12 * time.Hour).Wall) {
			t.Errorf("the deadline is %v", got.ForcedAfter)
		}
	})
}

func TestAClockThatWasFarAheadTakesNothingOfTheLastDeferral(t *testing.T) {
	for _, end := range []int{-1, 23} {
		set := read(t, map[string]any{"MaxDeferrals": 1, "DeferralChoices": []any{14400}})
		set.WorkdayStartHour, set.WorkdayEndHour = min(end, 0), end
		now := at(30 * time.Minute)
		now.Wall = now.Wall.Add(-90 * days)
		st := State{}.Checked(Found, []Update{to267}, set, runs26, at(0), time.UTC)
		st, notes := Settle(st.Chose(4*time.Hour, now), set, now, time.UTC)
		if left := st.TimeLeft(now); left < 4*time.Hour || left > 4*time.Hour+time.Second && end < 0 || st.DeferralLeft(now) != 4*time.Hour || len(notes) != 1 || end < 0 && st.DeadlineSetting() != "MaxDeferrals" {
			t.Errorf("%v are left by %s, and the deferral lasts %v: %q", left, st.DeadlineSetting(), st.DeferralLeft(now), notes)
		}
		if again, notes := Settle(st, set, now, time.UTC); !again.ForcedAfter.Equal(st.ForcedAfter) || len(notes) > 0 {
			t.Errorf("the deadline is moved once more, to %v: %q", again.ForcedAfter, notes)
		}
	}
}

func TestALimitThatAWrongClockHasPutIsGivenAgainByTheRightOne(t *testing.T) {
	set := read(t, map[string]any{"MaxDeferrals": 1, "DeferralChoices": []any{7200}, "RequiredVersions": []any{map[string]any{"Minimum": "26.7", "By": "2024-12-01T18:00"}}, "MinimumNotice": 10800})
	wrong := func(after time.Duration) clock.Moment {
		return clock.Moment{Wall: time.Unix(60, 0).UTC().Add(after), Continuous: time.Hour + after, Boot: "first"}
	}
	st := State{}.Checked(Found, []Update{to267}, set, runs26, at(0), time.UTC)
	st, _ = Settle(st.Chose(2*time.Hour, wrong(time.Minute)), set, wrong(time.Minute), time.UTC)
	limit := func(st State) time.Time { return st.Round.Limits[0].At }
	if got := limit(st); got.Year() != 1970 {
		t.Fatalf("by the wrong clock the last deferral is the deadline at %v", got)
	}
	again, _ := Settle(st, set, wrong(time.Hour), time.UTC)
	if got := limit(again); !got.Equal(limit(st)) {
		t.Errorf("the wrong clock gives %v and then %v", limit(st), got)
	}
	right, _ := Settle(st, set, at(time.Hour), time.UTC)
	if got := limit(right); got.Before(at(time.Hour).Wall) {
		t.Errorf("by the right clock the last deferral is still the deadline at %v", got)
	}
	if later, notes := Settle(right, set, at(2*time.Hour), time.UTC); len(notes) > 0 || !later.ForcedAfter.Equal(right.ForcedAfter) {
		t.Errorf("the deadline moved again, from %v to %v: %q", right.ForcedAfter, later.ForcedAfter, notes)
	}
}

func TestAnAdoptedDeadlineIsNotMadeLaterByAnotherSource(t *testing.T) {
	set := read(t, map[string]any{"DeadlineDate": "2026-12-24T18:00"})
	st, _ := Settle(State{ForcedAfter: at(5 * time.Hour).Wall}, set, at(0), time.UTC)
	if left := st.TimeLeft(at(0)); left != 5*time.Hour {
		t.Errorf("%v are left", left)
	}
	earlier := read(t, map[string]any{"DeadlineDate": "2026-11-23T13:00"})
	if st, _ = Settle(st, earlier, at(0), time.UTC); st.TimeLeft(at(0)) != 3*time.Hour {
		t.Errorf("%v are left with an earlier date", st.TimeLeft(at(0)))
	}
}

func TestAVersionThatAppleDoesNotOfferKeepsTheJob(t *testing.T) {
	set := read(t, map[string]any{"RequiredVersions": []any{map[string]any{"Minimum": "26.6.2", "By": "2026-11-24T18:00"}}})
	decide := func(st State, m macos.Machine, after time.Duration, checked bool) Act {
		s := situation(st, after)
		s.Settings, s.Machine, s.Wake.Checked = set, m, checked
		s.Wake.Declared = Look(Declared{}, nil, s.Now)
		return Decide(s)
	}
	st := State{}.Checked(None, nil, set, runs26, at(0), time.UTC)
	d := decide(st, runs26, 0, true)
	if d.Do != Wait || d.Setting != "RequiredVersions" || !strings.Contains(d.Why, "26.6.2 by 2026-11-24T18:00, but Apple offers") {
		t.Errorf("%s: %s (%s)", d.Do, d.Why, d.Setting)
	}
	if d := decide(st, runs26, 5*time.Hour, false); d.Do != Wait || d.For != time.Hour {
		t.Errorf("before six hours: %s for %v", d.Do, d.For)
	}
	t.Run("and says how long Apple's offers are held back", func(t *testing.T) {
		s := situation(st, time.Hour)
		s.Settings, s.Machine, s.Wake.Checked = set, runs26, true
		if d := Decide(s); d.Do != LookAtDeclared {
			t.Errorf("before anybody has looked: %s", d.Do)
		}
		s.Wake.Declared = Look(Declared{MinorDays: 30}, nil, at(time.Hour))
		if d := Decide(s); d.Do != Wait || !strings.Contains(d.Why, "nothing that leads to it. Device management holds Apple's offers back for 30 days. The next") {
			t.Errorf("%s: %s", d.Do, d.Why)
		}
	})
	if d := decide(st, runs26, 6*time.Hour, false); d.Do != DoCheck {
		t.Errorf("after six hours: %s", d.Do)
	}
	st = st.Checked(None, nil, set, runs26, at(6*time.Hour), time.UTC)
	if d := decide(st, runs26, 48*time.Hour, true); d.Do != Wait {
		t.Errorf("after two checks that say none: %s", d.Do)
	}
	newer := macos.Machine{Version: "26.6.2", Build: "25G83"}
	st = st.Checked(None, nil, set, newer, at(12*time.Hour), time.UTC)
	if d := decide(st, newer, 12*time.Hour, true); d.Do != Remove {
		t.Errorf("once the version runs: %s", d.Do)
	}
}

// drawSources draws settings with sources of the deadline.
func drawSources(t *rapid.T) settings.Settings {
	set := settings.Defaults()
	version := func(label string) macos.Version {
		v, err := macos.ParseVersion(rapid.SampledFrom([]string{"26.5", "26.6.1", "26.7", "26.10", "27.0"}).Draw(t, label))
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
	date := func(label string, timed bool) calendar.Date {
		text := fmt.Sprintf("2026-11-%02d", rapid.IntRange(15, 30).Draw(t, label))
		if timed {
			text += fmt.Sprintf("T%02d:30", rapid.IntRange(0, 23).Draw(t, label+" hour"))
		}
		d, err := calendar.ParseDate(text)
		if err != nil {
			t.Fatal(err)
		}
		return d
	}
	set.MinimumNotice = time.Duration(rapid.IntRange(1, 24).Draw(t, "notice")) * time.Hour
	if rapid.Bool().Draw(t, "a date") {
		set.DeadlineDate = date("date", rapid.Bool().Draw(t, "timed"))
	}
	if rapid.Bool().Draw(t, "required") {
		set.RequiredVersions = []settings.Required{{Minimum: version("minimum"), By: date("by", true)}}
	}
	if rapid.Bool().Draw(t, "released") {
		set.Releases = []settings.Release{{Version: version("release"), Released: date("day", false), Exploited: rapid.Bool().Draw(t, "exploited")}}
		set.MaxTimeAfterRelease, set.MaxDeferralTimeExploited = 5*days, days
	}
	if rapid.Bool().Draw(t, "deferrals") {
		set.MaxDeferrals = rapid.IntRange(1, 3).Draw(t, "most deferrals")
	}
	return set
}

func TestSourcesOnlyBringTheDeadlineNearerAndLeaveNotice(t *testing.T) {
	zones := []*time.Location{time.UTC, zoneOf(t, "Europe/Berlin"), zoneOf(t, "America/Los_Angeles"), zoneOf(t, "Australia/Lord_Howe")}
	rapid.Check(t, func(t *rapid.T) {
		zone := func() *time.Location { return rapid.SampledFrom(zones).Draw(t, "zone") }
		set, now := drawSources(t), at(0)
		st := State{}.Checked(Found, []Update{safari, to267}, set, runs26, now, zone())
		last := st.ForcedAfter
		for range rapid.IntRange(1, 12).Draw(t, "wakes") {
			if rapid.IntRange(0, 4).Draw(t, "new settings") == 0 {
				set = drawSources(t)
				last = st.Round.Began.Wall.Add(set.MaxDeferralTime) // an administrator may set another deadline
			}
			if rapid.Bool().Draw(t, "defers") {
				st = st.Deferred(set.DeferralPeriod, now)
			}
			had := st.TimeLeft(now)
			was := st
			st, _ = Settle(st, set, now, zone())
			if st.ForcedAfter.After(last) && st.ForcedAfter.After(was.ForcedAfter) {
				t.Fatalf("the deadline moved from %v to %v", was.ForcedAfter, st.ForcedAfter)
			}
			if left := st.TimeLeft(now); had > 0 && left < min(had, set.MinimumNotice) {
				t.Fatalf("of %v only %v are left, with a notice of %v", had, left, set.MinimumNotice)
			}
			if st.ForcedAfter.After(st.Round.Began.Wall.Add(set.MaxDeferralTime)) && st.ForcedAfter.After(was.ForcedAfter) {
				t.Fatalf("the deadline is %v, later than MaxDeferralTime allows", st.ForcedAfter)
			}
			last = st.ForcedAfter
			now = now.Add(time.Duration(rapid.IntRange(1, 12*60).Draw(t, "minutes")) * time.Minute)
		}
	})
}
