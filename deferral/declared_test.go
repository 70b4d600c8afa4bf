package deferral

import (
	"testing"
	"time"

	"installordefer/internal/clock"
	"installordefer/internal/macos"
)

func enforced(t testing.TB, version string, after time.Duration) Enforced {
	t.Helper()
	v, err := macos.ParseVersion(version)
	if err != nil {
		t.Fatal(err)
	}
	return Enforced{Version: v, By: monday.Add(after)}
}

func TestADeclarationCoversWhatItReaches(t *testing.T) {
	update := func(version string) Update {
		return Update{Label: "macOS Tahoe " + version + "-25G229", Version: version, System: true, Restart: true}
	}
	gone := enforced(t, "26.7", -time.Minute)
	gone.Gone = true
	loops := enforced(t, "26.7", -24*time.Hour)
	loops.Tries = looping
	for _, c := range []struct {
		name     string
		declared []Enforced
		update   Update
		covered  bool
	}{
		{"the version that is declared", []Enforced{enforced(t, "26.7", days)}, update("26.7"), true},
		{"a lower one, until the Mac runs what is declared", []Enforced{enforced(t, "26.7", days)}, update("26.6.2"), true},
		{"a higher one is ours", []Enforced{enforced(t, "26.7", days)}, update("26.7.1"), false},
		{"by its numbers", []Enforced{enforced(t, "26.10", days)}, update("26.9"), true},
		{"another major version is ours", []Enforced{enforced(t, "27.0", days)}, update("26.7"), false},
		{"Safari is ours", []Enforced{enforced(t, "26.7", days)}, safari, false},
		{"a build alone", []Enforced{{Build: "25G229", By: monday.Add(days)}}, update("26.7"), true},
		{"another build", []Enforced{{Build: "25G230", By: monday.Add(days)}}, update("26.7"), false},
		{"one that is past its date", []Enforced{enforced(t, "26.7", -23*time.Hour)}, update("26.7"), true},
		{"one that is past it for a day is ours again", []Enforced{enforced(t, "26.7", -24*time.Hour)}, update("26.7"), false},
		{"one that Apple no longer offers is ours again", []Enforced{gone}, update("26.7"), false},
		{"one that Apple puts off again and again is ours again", []Enforced{loops}, update("26.7"), false},
		{"a later one covers what the overdue one does not", []Enforced{enforced(t, "26.6.2", -2*days), enforced(t, "26.7", days)}, update("26.6.2"), true},
		{"nothing is declared", nil, update("26.7"), false},
	} {
		t.Run(c.name, func(t *testing.T) {
			if _, is := (Declared{Enforced: c.declared}).covering(c.update, monday); is != c.covered {
				t.Errorf("covered: %v", is)
			}
		})
	}
}

func TestUpdatesArePartedWithOneDate(t *testing.T) {
	d := Declared{Enforced: []Enforced{enforced(t, "26.6.2", days), enforced(t, "26.7", 2*days)}}
	other := Update{Label: "macOS Tahoe 26.6.2-25G83", Version: "26.6.2", System: true}
	ours, covered, by := d.parted([]Update{safari, to267, other}, monday)
	if len(ours) != 1 || ours[0].Label != safari.Label || len(covered) != 2 || !by.By.Equal(monday.Add(days)) {
		t.Errorf("ours %v, covered %v by %v", ours, covered, by.By)
	}
}

func TestNothingOfOursIsOnTheScreenAroundApplesDates(t *testing.T) {
	put := enforced(t, "26.7", 0)
	put.Next = monday.Add(5 * time.Hour)
	late := enforced(t, "26.7", 0)
	late.Next = monday.Add(24 * time.Hour)
	done := enforced(t, "26.7", 0)
	done.Gone = true
	for _, c := range []struct {
		name  string
		e     Enforced
		after time.Duration
		until time.Duration // 0 is none
	}{
		{"long before", enforced(t, "26.7", 0), -61 * time.Minute, 0},
		{"an hour before", enforced(t, "26.7", 0), -time.Hour, time.Hour},
		{"at it", enforced(t, "26.7", 0), 0, time.Hour},
		{"just before the hour after is over", enforced(t, "26.7", 0), 59 * time.Minute, time.Hour},
		{"an hour after", enforced(t, "26.7", 0), time.Hour, 0},
		{"around the time to which it was put off", put, 4*time.Hour + time.Minute, 6 * time.Hour},
		{"until it is ours again, where it was put off past that", late, 23*time.Hour + time.Minute, 24 * time.Hour},
		{"not once it is ours again", done, 10 * time.Minute, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			until := Declared{Enforced: []Enforced{c.e}}.silent(monday.Add(c.after))
			if want := monday.Add(c.until); c.until == 0 && !until.IsZero() || c.until != 0 && !until.Equal(want) {
				t.Errorf("silent until %v", until)
			}
		})
	}
}

func TestPeopleAreAskedOnceADayForWhatAppleEnforces(t *testing.T) {
	e := enforced(t, "26.7", 3*days)
	for _, c := range []struct {
		name   string
		silent bool
		asked  clock.Moment
		after  time.Duration
		until  time.Duration // 0 is now
	}{
		{"never before", false, clock.Moment{}, 0, 0},
		{"four hours after", false, at(0), 4 * time.Hour, days},
		{"a day after", false, at(0), days, 0},
		{"while Apple reminds every hour", false, clock.Moment{}, 2 * days, 4 * days},
		{"after its date", false, clock.Moment{}, 3*days + time.Hour, 4 * days},
		{"in the last day where Apple's notices are off", true, clock.Moment{}, 2 * days, 0},
		{"in the last day where Apple's notices are off, once", true, at(2 * days), 2*days + time.Hour, 3 * days},
	} {
		t.Run(c.name, func(t *testing.T) {
			until := Declared{Silent: c.silent}.mentioned(e, c.asked, at(c.after))
			if want := monday.Add(c.until); c.until == 0 && !until.IsZero() || c.until != 0 && !until.Equal(want) {
				t.Errorf("not before %v", until)
			}
		})
	}
	t.Run("after a restart of the Mac", func(t *testing.T) {
		now := clock.Moment{Wall: monday.Add(time.Hour), Continuous: time.Minute, Boot: "second"}
		if until := (Declared{}).mentioned(e, at(0), now); !until.Equal(monday.Add(days)) {
			t.Errorf("not before %v", until)
		}
	})
}

func TestPastTheDeadlineApplesDateIsTheOneThatCounts(t *testing.T) {
	for _, c := range []struct {
		name     string
		deadline time.Duration
		updates  []Update
		by       time.Duration
		want     time.Duration
		passed   bool
	}{
		{"Apple's is still to come", -time.Hour, []Update{to267}, days, days, false},
		{"Apple's has passed, and Apple is at it", -days, []Update{to267}, -time.Hour, -time.Hour, true},
		{"something is not Apple's", -time.Hour, []Update{to267, safari}, days, -time.Hour, true},
		{"a day after its date nothing is Apple's", -time.Hour, []Update{to267}, -days, -time.Hour, true},
		{"the deadline is still to come", time.Hour, []Update{to267}, days, time.Hour, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := Situation{Now: clock.Moment{Wall: monday, Boot: "B"}, Zone: time.UTC}
			s.State.ForcedAfter, s.State.Round = monday.Add(c.deadline), Round{Updates: c.updates, Allowed: 30 * days}
			s.Wake.Declared = Look(Declared{Enforced: []Enforced{enforced(t, "26.7", c.by)}}, nil, s.Now)
			if by, passed := s.Date(); !by.Equal(monday.Add(c.want)) || passed != c.passed {
				t.Errorf("by %s, passed: %v", by, passed)
			}
		})
	}
}
