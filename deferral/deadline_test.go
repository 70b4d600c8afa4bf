package deferral

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"installordefer/deferral/settings"
	"installordefer/internal/clock"
)

func workday(start, end int) settings.Settings {
	s := settings.Defaults()
	s.WorkdayStartHour, s.WorkdayEndHour = start, end
	return s
}

func TestADeadlineInTheWorkdayMovesToItsEnd(t *testing.T) {
	zone := time.FixedZone("CET", 3600)
	for _, c := range []struct {
		name       string
		set        settings.Settings
		hour, want int
	}{
		{"before the workday", workday(9, 17), 8, 8},
		{"at its start", workday(9, 17), 9, 17},
		{"within it", workday(9, 17), 12, 17},
		{"at its end", workday(9, 17), 17, 17},
		{"after it", workday(9, 17), 18, 18},
		{"in hours that a shell takes for octal numbers", workday(8, 9), 8, 9},
		{"without a workday", workday(-1, -1), 12, 12},
	} {
		t.Run(c.name, func(t *testing.T) {
			deadline := time.Date(2026, 11, 23, c.hour, 0, 0, 0, zone).UTC()
			got := shiftWorkday(deadline, c.set, zone).In(zone)
			if got.Hour() != c.want || got.Day() != 23 {
				t.Errorf("moved to %v, want %d o'clock", got, c.want)
			}
		})
	}
	skip := workday(9, 17)
	skip.SkipDeferral = true
	if noon := time.Date(2026, 11, 23, 12, 0, 0, 0, zone); !shiftWorkday(noon, skip, zone).Equal(noon) {
		t.Error("a deadline without deferral was moved out of the workday")
	}
}

func TestTheWorkdayShiftIsAnInstantInEveryZoneAndNeverEarlier(t *testing.T) {
	zones := []string{"UTC", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Pacific/Apia", "Pacific/Kiritimati", "Asia/Kathmandu", "America/Sao_Paulo", "Africa/Cairo"}
	rapid.Check(t, func(t *rapid.T) {
		zone, err := time.LoadLocation(rapid.SampledFrom(zones).Draw(t, "zone"))
		if err != nil {
			t.Skip("no time zone data")
		}
		start := rapid.IntRange(0, 22).Draw(t, "start")
		set := workday(start, rapid.IntRange(start+1, 23).Draw(t, "end"))
		deadline := time.Unix(rapid.Int64Range(1262304000, 2524608000).Draw(t, "deadline"), 0).UTC()
		got := shiftWorkday(deadline, set, zone)
		if got.Before(deadline) || got.Sub(deadline) > 24*time.Hour {
			t.Fatalf("%v moved to %v", deadline.In(zone), got.In(zone))
		}
		if again := shiftWorkday(got, set, zone); !again.Equal(got) {
			t.Fatalf("moved a second time, from %v to %v", got.In(zone), again.In(zone))
		}
	})
}

func TestSettingTheClockBackGainsNothing(t *testing.T) {
	st := found(settings.Defaults(), safari)
	for day := 0; day < 4; day++ {
		now := at(time.Duration(day) * 24 * time.Hour)
		now.Wall = monday // set back each day
		st, _ = Settle(st, settings.Defaults(), now, time.UTC)
		if due, want := st.Due(now), day >= 3; due != want {
			t.Errorf("after %d days under a clock that stands still: due is %v", day, due)
		}
	}
}

func TestADeferralIsCountedInRealTimeWhateverTheWallClockSays(t *testing.T) {
	st := found(settings.Defaults(), safari).Deferred(4*time.Hour, at(0))
	ahead := at(time.Hour)
	ahead.Wall = ahead.Wall.Add(20 * time.Hour)
	if left := st.DeferralLeft(ahead); left != 3*time.Hour {
		t.Errorf("a wall clock set ahead leaves %v of the deferral", left)
	}
	back := at(4 * time.Hour)
	back.Wall = back.Wall.Add(-20 * time.Hour)
	if left := st.DeferralLeft(back); left > 0 {
		t.Errorf("a wall clock set back leaves %v of the deferral", left)
	}
}

func TestADeferralEndsInTimeThoughTheClockWasSetBeforeARestart(t *testing.T) {
	for _, step := range []time.Duration{10 * time.Minute, -10 * time.Minute, 20 * time.Hour, -20 * time.Hour} {
		set := settings.Defaults()
		st := found(set, safari).Deferred(4*time.Hour, at(0))
		stepped := at(time.Hour)
		stepped.Wall = stepped.Wall.Add(step)
		st, notes := Settle(st, set, stepped, time.UTC)
		said := 1
		if step >= time.Hour {
			said = 2 // of the deadline, too
		}
		if left := st.DeferralLeft(stepped); left != 3*time.Hour || len(notes) != said {
			t.Errorf("a clock set by %v leaves %v of the deferral: %q", step, left, notes)
		}
		if again, more := Settle(st, set, stepped, time.UTC); again.Changed(st) || len(more) > 0 {
			t.Errorf("a clock set by %v is settled twice: %q", step, more)
		}
		booted := clock.Moment{Wall: stepped.Wall.Add(time.Hour), Continuous: time.Minute, Boot: "second"}
		st, _ = Settle(st, set, booted, time.UTC)
		if left := st.DeferralLeft(booted); left != 2*time.Hour {
			t.Errorf("a clock set by %v before a restart leaves %v of the deferral", step, left)
		}
	}
}

func TestADeferralThatHasEndedIsNotToldAnew(t *testing.T) {
	set := settings.Defaults()
	st := found(set, safari).Deferred(4*time.Hour, at(0))
	st.Round.Mark = at(5 * time.Hour)
	stepped := at(5 * time.Hour)
	stepped.Wall = stepped.Wall.Add(-10 * time.Minute)
	if settled, notes := Settle(st, set, stepped, time.UTC); settled.Changed(st) || len(notes) > 0 {
		t.Errorf("it is: %q", notes)
	}
}

func TestAClockThatPassesTheDeadlineForAWhileEndsNoDeferral(t *testing.T) {
	set := settings.Defaults()
	st := found(set, safari).Deferred(4*time.Hour, at(0))
	ahead := at(time.Hour)
	ahead.Wall = ahead.Wall.Add(1000 * time.Hour)
	st, _ = Settle(st, set, ahead, time.UTC)
	st, _ = Settle(st, set, at(2*time.Hour), time.UTC)
	if left := st.DeferralLeft(at(2 * time.Hour)); left != 2*time.Hour {
		t.Errorf("%v of the deferral are left", left)
	}
}

func TestADeferralAcrossARestartWithTheClockSetBackEnds(t *testing.T) {
	set := settings.Defaults()
	st := found(set, safari).Deferred(4*time.Hour, at(0))
	booted := clock.Moment{Wall: monday.Add(-48 * time.Hour), Continuous: time.Minute, Boot: "second"}
	st, _ = Settle(st, set, booted, time.UTC)
	if left := st.DeferralLeft(booted); left > set.DeferralPeriod {
		t.Fatalf("%v of the deferral are left", left)
	}
	later := booted.Add(set.DeferralPeriod)
	st, _ = Settle(st, set, later, time.UTC)
	if left := st.DeferralLeft(later); left > 0 {
		t.Errorf("a whole DeferralPeriod later %v are left", left)
	}
}

func TestAClockThatWasWrongAtTheFirstSightingCostsNoTime(t *testing.T) {
	set := settings.Defaults()
	wrong := clock.Moment{Wall: time.Unix(60, 0).UTC(), Continuous: time.Minute, Boot: "first"}
	five := wrong.Add(5 * time.Hour)
	for name, right := range map[string]clock.Moment{
		"at once":                 {Wall: monday, Continuous: five.Continuous, Boot: "first"},
		"with a start of the Mac": {Wall: monday, Continuous: 0, Boot: "second"},
	} {
		t.Run("it is set right "+name, func(t *testing.T) {
			st := State{}.Checked(Found, []Update{safari}, set, intel, wrong, time.UTC).Marked(five)
			st, notes := Settle(st, set, right, time.UTC)
			if left := st.TimeLeft(right); left < 67*time.Hour-time.Second || left > 67*time.Hour {
				t.Errorf("%v are left of 72 hours after five", left)
			}
			if len(notes) == 0 {
				t.Error("the log is not told")
			}
		})
	}
}

func TestAClockThatIsSetForwardCostsNoTime(t *testing.T) {
	set, day := settings.Defaults(), 24*time.Hour
	for _, c := range []struct {
		name       string
		first, now clock.Moment
		edit       func(*State)
		left       time.Duration
		told       bool
	}{
		{name: "ten days behind at the first sighting, set right after half an hour", first: at(-10 * day), left: 71*time.Hour + 30*time.Minute, told: true,
			now: clock.Moment{Wall: monday.Add(30 * time.Minute), Continuous: at(-10*day).Continuous + 30*time.Minute, Boot: "first"}},
		{name: "a few minutes in a day and a half are what clocks run apart", first: at(0), left: 36*time.Hour - 3*time.Minute,
			now: clock.Moment{Wall: monday.Add(36*time.Hour + 3*time.Minute), Continuous: at(36 * time.Hour).Continuous, Boot: "first"}},
		{name: "an hour is not", first: at(0), left: 71*time.Hour + 30*time.Minute, told: true,
			now: clock.Moment{Wall: monday.Add(90 * time.Minute), Continuous: at(0).Continuous + 30*time.Minute, Boot: "first"}},
		{name: "a year ahead, and set right", first: at(365 * day), left: 71*time.Hour + 30*time.Minute,
			now: clock.Moment{Wall: monday.Add(30 * time.Minute), Continuous: at(365*day).Continuous + 30*time.Minute, Boot: "first"}},
		{name: "after a start of the Mac nobody knows for how long it was off", first: at(0), left: -7 * day,
			now: clock.Moment{Wall: monday.Add(10 * day), Continuous: time.Minute, Boot: "second"}},
		{name: "where time is missing on the continuous clock", first: at(0), left: -7 * day, edit: func(st *State) { st.Round.Spent = time.Hour },
			now: clock.Moment{Wall: monday.Add(10 * day), Continuous: at(0).Continuous + 30*time.Minute, Boot: "first"}},
		{name: "a date is a date", first: at(0), left: -7 * day, edit: func(st *State) { st.ForcedAfter = monday.Add(3*day + time.Second); st.Round.Deadline = st.ForcedAfter },
			now: clock.Moment{Wall: monday.Add(10*day + time.Second), Continuous: at(0).Continuous + 30*time.Minute, Boot: "first"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			st := State{}.Checked(Found, []Update{safari}, set, intel, c.first, time.UTC)
			if c.edit != nil {
				c.edit(&st)
			}
			st, notes := Settle(st, set, c.now, time.UTC)
			if left := st.TimeLeft(c.now); left != c.left || (len(notes) > 0) != c.told {
				t.Errorf("%v are left, want %v; notes %q", left, c.left, notes)
			}
			again, notes := Settle(st, set, c.now, time.UTC)
			if again.ForcedAfter != st.ForcedAfter || len(notes) > 0 {
				t.Errorf("it is not settled: %q", notes)
			}
		})
	}
	t.Run("beside a date nothing moves", func(t *testing.T) {
		st := found(set, safari)
		now := clock.Moment{Wall: monday.Add(10 * day), Continuous: at(time.Hour).Continuous, Boot: "first"}
		if st.setForward(now) < 9*day {
			t.Fatal("it would not move without one either")
		}
		st.Round.Limits = []Limit{{Setting: "DeadlineDate", Value: "2026-12-24", At: monday.Add(30 * day)}}
		if by := st.setForward(now); by != 0 {
			t.Errorf("it moves by %v", by)
		}
	})
	t.Run("and there and back again gains none", func(t *testing.T) {
		st := found(set, safari)
		for i, wall := range []time.Duration{-5 * day, 0, 5 * day, 0, 5 * day, -5 * day, 5 * day, 0} {
			now := at(time.Duration(i+1) * time.Hour)
			want := 72*time.Hour - now.Continuous + at(0).Continuous
			now.Wall = now.Wall.Add(wall)
			if st, _ = Settle(st, set, now, time.UTC); st.TimeLeft(now) != want {
				t.Errorf("%v are left, want %v", st.TimeLeft(now), want)
			}
		}
	})
}

func TestAnAdministratorMovesTheDeadline(t *testing.T) {
	set := settings.Defaults()
	st := found(set, safari)

	longer := set
	longer.MaxDeferralTime = 5 * 24 * time.Hour
	moved, notes := Settle(st, longer, at(time.Hour), time.UTC)
	if want := monday.Add(longer.MaxDeferralTime); !moved.ForcedAfter.Equal(want) || len(notes) != 1 {
		t.Errorf("with a longer MaxDeferralTime: %v, want %v; notes %q", moved.ForcedAfter, want, notes)
	}

	byHand := st
	byHand.ForcedAfter = monday.Add(2 * time.Hour)
	earlier, notes := Settle(byHand, set, at(time.Hour), time.UTC)
	if left := earlier.TimeLeft(at(time.Hour)); left != time.Hour || len(notes) != 1 {
		t.Errorf("with an earlier deadline by hand %v are left; notes %q", left, notes)
	}
	byHand.ForcedAfter = monday.Add(1000 * time.Hour)
	later, _ := Settle(byHand, set, at(time.Hour), time.UTC)
	if !later.ForcedAfter.Equal(st.ForcedAfter) {
		t.Errorf("a later deadline by hand gave %v, want %v", later.ForcedAfter, st.ForcedAfter)
	}
}

func TestTheTestRecipeOfTheOriginalBringsThePromptBack(t *testing.T) {
	st := found(settings.Defaults(), safari).Deferred(4*time.Hour, at(0))
	now := at(10 * time.Minute)
	st.DeferredUntil = now.Wall // defaults write … -int $(date +%s)
	if d := Decide(situation(st, 10*time.Minute)); d.Do != Prompt {
		t.Errorf("decided %q (%s)", d.Do, d.Why)
	}
}

func TestAnAdoptedDeadlineIsCappedAndAnOldOneBeginsAnew(t *testing.T) {
	set := settings.Defaults()
	for _, c := range []struct {
		name   string
		stored time.Duration
		want   time.Duration
	}{
		{"one that is running", 20 * time.Hour, 20 * time.Hour},
		{"one that passed yesterday", -24 * time.Hour, -24 * time.Hour},
		{"one too far ahead", 400 * time.Hour, 72 * time.Hour},
		{"a left-over of last year", -365 * 24 * time.Hour, 72 * time.Hour},
	} {
		t.Run(c.name, func(t *testing.T) {
			st, _ := Settle(State{ForcedAfter: monday.Add(c.stored)}, set, at(0), time.UTC)
			if got := st.TimeLeft(at(0)); got != c.want {
				t.Errorf("%v are left, want %v", got, c.want)
			}
		})
	}
}

func TestTheTimeSpentIsWrittenDownOnceAnHour(t *testing.T) {
	st := heard(found(settings.Defaults(), safari).Deferred(4*time.Hour, at(0)), 0, 501, 502)
	writes := 0
	for after := time.Duration(0); after <= 4*time.Hour-10*time.Minute; after += 5 * time.Minute {
		s := situation(st, after)
		s.Wake = Wake{}
		s, _ = woken(s)
		d := Decide(s)
		if d.Do != Wait {
			t.Fatalf("after %v: %q", after, d.Do)
		}
		if s.State.Changed(st) {
			writes++
		}
		st = s.State
	}
	if writes != 3 {
		t.Errorf("%d writes in four hours of deferral, want 3", writes)
	}
}

func TestADeadlineThatMovesBeforeADeferralEndsIt(t *testing.T) {
	st := found(settings.Defaults(), safari).Deferred(4*time.Hour, at(time.Hour))
	st.ForcedAfter = monday.Add(2 * time.Hour)
	settled, _ := Settle(st, settings.Defaults(), at(time.Hour), time.UTC)
	if left := settled.DeferralLeft(at(time.Hour)); left != time.Hour || !settled.DeferredUntil.Equal(st.ForcedAfter) {
		t.Errorf("the deferral ends at %v, in %v, though the deadline is %v", settled.DeferredUntil, left, st.ForcedAfter)
	}
}

func TestTheWorkdayShiftIsAppliedOnce(t *testing.T) {
	set := workday(9, 17)
	st := found(set, safari)
	zones := []*time.Location{time.UTC, time.FixedZone("west", -8*3600), time.FixedZone("east", 9*3600)}
	for h := range 60 {
		settled, _ := Settle(st, set, at(time.Duration(h)*time.Hour), zones[h%len(zones)])
		if !settled.ForcedAfter.Equal(st.ForcedAfter) {
			t.Fatalf("after %d hours the deadline has moved from %v to %v", h, st.ForcedAfter, settled.ForcedAfter)
		}
		st = settled
	}
}

func TestTheHourThatIsRepeatedEndsAWorkdayOnlyOnce(t *testing.T) {
	zone, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Skip("there are no time zones on this machine")
	}
	set := settings.Defaults()
	set.WorkdayStartHour, set.WorkdayEndHour = 1, 3
	// On 2026-10-25 it is 02:30 twice, first at 00:30 UTC and then at 01:30.
	for _, deadline := range []time.Time{time.Date(2026, 10, 25, 0, 30, 0, 0, time.UTC), time.Date(2026, 10, 25, 1, 30, 0, 0, time.UTC)} {
		got := shiftWorkday(deadline, set, zone)
		if got.Before(deadline) || got.In(zone).Hour() != 3 {
			t.Errorf("%v was moved to %v", deadline.In(zone), got.In(zone))
		}
	}
	// 03:00 to 02:00: an end of the workday at two comes before a deadline in
	// the second two o'clock.
	set.WorkdayStartHour, set.WorkdayEndHour = 0, 2
	late := time.Date(2026, 10, 25, 1, 30, 0, 0, time.UTC)
	if got := shiftWorkday(late, set, zone); got.Before(late) {
		t.Errorf("%v was moved back to %v", late, got)
	}
}

func TestADeferralInFractionsOfASecondEndsAtTheDeadline(t *testing.T) {
	st := found(settings.Defaults(), tahoe)
	now := at(st.ForcedAfter.Sub(monday) - 1500*time.Millisecond)
	st = st.Deferred(time.Hour, now)
	if st.DeferredUntil.After(st.ForcedAfter) {
		t.Errorf("deferred until %v, after the deadline %v", st.DeferredUntil, st.ForcedAfter)
	}
}

func TestADeferralOfAnEarlierStartIsCountedOnTheWallClock(t *testing.T) {
	st := found(settings.Defaults(), tahoe).Deferred(4*time.Hour, at(0))
	now := clock.Moment{Wall: monday.Add(time.Hour), Continuous: time.Minute, Boot: "second"}
	if left := st.DeferralLeft(now); left != 3*time.Hour {
		t.Errorf("%v is left", left)
	}
}
