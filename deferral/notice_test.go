package deferral

import (
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"installordefer/deferral/settings"
	"installordefer/internal/clock"
)

// allows are the default settings with another MaxDeferralTime.
func allows(most time.Duration) settings.Settings {
	s := settings.Defaults()
	s.MaxDeferralTime = most
	return s
}

const days = 24 * time.Hour

func TestADeadlineIsBroughtNearerWithNotice(t *testing.T) {
	for _, c := range []struct {
		name     string
		allowed  time.Duration
		set      settings.Settings
		after    time.Duration
		byHand   time.Duration // from now; zero for none
		want     time.Duration // left
		deferral bool          // goes on
	}{
		{"a setting by which it has passed long ago leaves an hour", 14 * days, allows(3 * days), 5 * days, 0, time.Hour, false},
		{"a setting that leaves minutes leaves an hour", 14 * days, allows(3 * days), 3*days - 5*time.Minute, 0, time.Hour, false},
		{"a setting that leaves more than that is taken as it is", 14 * days, allows(3 * days), 3*days - 2*time.Hour, 0, 2 * time.Hour, true},
		{"who had less than an hour keeps that", 3 * days, allows(2 * days), 3*days - 20*time.Minute, 0, 20 * time.Minute, true},
		{"a deadline that has passed is past", 3 * days, allows(2 * days), 3*days + time.Minute, 0, -1, true},
		{"a longer time is taken as it is, though the old one has passed", 3 * days, allows(14 * days), 5 * days, 0, 9 * days, false},
		{"a deadline in the past, written by hand, leaves an hour", 14 * days, allows(14 * days), 5 * days, -time.Minute, time.Hour, false},
		{"one in ten minutes, written by hand, leaves an hour", 14 * days, allows(14 * days), 5 * days, 10 * time.Minute, time.Hour, false},
		{"one in two hours, written by hand, is taken as it is", 14 * days, allows(14 * days), 5 * days, 2 * time.Hour, 2 * time.Hour, true},
		{"written by hand by who had less than an hour, it stays", 3 * days, allows(3 * days), 3*days - 20*time.Minute, -time.Hour, 20 * time.Minute, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			now := at(c.after)
			st := found(allows(c.allowed), safari).Deferred(30*time.Minute, at(c.after-time.Minute))
			if c.byHand != 0 {
				st.ForcedAfter = now.Wall.Add(c.byHand)
			}
			got, notes := Settle(st, c.set, now, time.UTC)
			if left := got.TimeLeft(now); left != c.want && (c.want >= 0 || left > 0) {
				t.Errorf("%v are left, want %v", left, c.want)
			}
			if len(notes) == 0 || c.byHand == 0 && !strings.Contains(notes[0], "MaxDeferralTime") {
				t.Errorf("the log says %q", notes)
			}
			if on := got.DeferralLeft(now) > 0; on != c.deferral && c.want > 0 {
				t.Errorf("the deferral goes on: %v, so that somebody hears of the deadline: want %v", on, c.deferral)
			}
			if again, more := Settle(got, c.set, now, time.UTC); again.Changed(got) || len(more) > 0 {
				t.Errorf("settled twice: %q", more)
			}
		})
	}
}

func TestSkipDeferralStillMeansTheCountdownNow(t *testing.T) {
	set := settings.Defaults()
	set.SkipDeferral = true
	if st, _ := Settle(found(settings.Defaults(), safari), set, at(time.Hour), time.UTC); !st.Due(at(time.Hour)) {
		t.Errorf("%v are left", st.TimeLeft(at(time.Hour)))
	}
}

func TestADeadlineGivenWithNoticeCanBePutBackByHand(t *testing.T) {
	set := allows(14 * days)
	st := found(set, safari)
	st.ForcedAfter = at(-time.Hour).Wall
	st, _ = Settle(st, set, at(5*days), time.UTC)
	st.ForcedAfter = at(10 * days).Wall
	if st, _ = Settle(st, set, at(5*days+time.Minute), time.UTC); st.TimeLeft(at(5*days)) != 5*days {
		t.Errorf("%v are left, want five days", st.TimeLeft(at(5*days)))
	}
}

func TestANoticeSurvivesAClockThatIsFound(t *testing.T) {
	lost := clock.Moment{Wall: time.Unix(60, 0).UTC(), Continuous: time.Minute, Boot: "first"}
	st := State{}.Checked(Found, []Update{safari}, allows(14*days), intel, lost, time.UTC)
	later := lost.Add(5 * days)
	st, _ = Settle(st, allows(3*days), later, time.UTC)
	right := later.Add(10 * time.Minute)
	right.Wall = monday
	st, _ = Settle(st, allows(3*days), right, time.UTC)
	if left := st.TimeLeft(right); left < 50*time.Minute-2*time.Second || left > 51*time.Minute {
		t.Errorf("ten minutes into an hour of notice %v are left", left)
	}
}

// A mover draws what can happen to a round between two wakes.
type mover struct {
	now   clock.Moment
	boots int
}

// pass lets time pass, with restarts of the Mac and clocks that are set.
func (m *mover) pass(t *rapid.T, least, most time.Duration) (passed time.Duration) {
	d := time.Duration(rapid.Int64Range(int64(least/time.Second), int64(most/time.Second)).Draw(t, "time that passes")) * time.Second
	switch m.now = m.now.Add(d); rapid.IntRange(0, 9).Draw(t, "what else") {
	case 0:
		m.boots++
		m.now.Boot, m.now.Continuous = clock.Boot(strings.Repeat("x", m.boots)), time.Minute
	case 1:
		m.now.Wall = m.now.Wall.Add(rapid.SampledFrom([]time.Duration{-30 * days, -3 * time.Hour, 2 * time.Hour, 30 * days}).Draw(t, "clock"))
	}
	return d
}

func TestWhateverMovesADeadlineLeavesNoticeAndNeverPutsItOff(t *testing.T) {
	t.Run("what is left is an hour, or what was left before", func(t *testing.T) {
		rapid.Check(t, func(t *rapid.T) {
			m := mover{now: at(0)}
			set := allows(14 * days)
			st := found(set, safari)
			for range rapid.IntRange(1, 40).Draw(t, "wakes") {
				m.pass(t, time.Second, 12*time.Hour)
				st, _ = Settle(st, set, m.now, time.UTC)
				had := st.TimeLeft(m.now)
				if rapid.Bool().Draw(t, "by hand") {
					st.ForcedAfter = m.now.Wall.Add(time.Duration(rapid.Int64Range(-1e5, 1e5).Draw(t, "written")) * time.Second).Truncate(time.Second)
				} else {
					set = allows(rapid.SampledFrom([]time.Duration{6 * time.Hour, days, 3 * days, 14 * days}).Draw(t, "MaxDeferralTime"))
				}
				st, _ = Settle(st, set, m.now, time.UTC)
				if left := st.TimeLeft(m.now); left < min(had, time.Hour)-time.Second && had > 0 {
					t.Fatalf("%v were left, and then %v", had, left)
				}
				if until := st.DeferredUntil; until.After(st.ForcedAfter) {
					t.Fatalf("the deferral until %v outlasts the deadline %v", until, st.ForcedAfter)
				}
			}
		})
	})
	t.Run("settings that change every ten minutes put nothing off", func(t *testing.T) {
		st, now := found(allows(3*days), safari), at(2*days)
		st, _ = Settle(st, allows(24*time.Hour), now, time.UTC)
		noticed := st.ForcedAfter
		if left := noticed.Sub(now.Wall); left != time.Hour {
			t.Fatalf("the notice is %v", left)
		}
		for i := range 5 {
			now = now.Add(10 * time.Minute)
			st, _ = Settle(st, allows([]time.Duration{12 * time.Hour, 24 * time.Hour}[i%2]), now, time.UTC)
			if !st.ForcedAfter.Equal(noticed) {
				t.Fatalf("after %d changes the deadline is %v, want %v", i+1, st.ForcedAfter, noticed)
			}
		}
	})
	t.Run("settings that come and go put nothing off", func(t *testing.T) {
		rapid.Check(t, func(t *rapid.T) {
			lengths := []time.Duration{
				time.Duration(rapid.IntRange(1, 100).Draw(t, "one")) * time.Hour,
				time.Duration(rapid.IntRange(1, 100).Draw(t, "the other")) * time.Hour,
			}
			st := found(allows(lengths[0]), safari)
			old, first := st.ForcedAfter, time.Time{}
			if lengths[1] > lengths[0] {
				old = monday.Add(lengths[1])
			}
			now := at(0)
			for i := range rapid.IntRange(1, 60).Draw(t, "changes") {
				now = now.Add(time.Duration(rapid.IntRange(1, 300).Draw(t, "minutes")) * time.Minute)
				st, _ = Settle(st, allows(lengths[(i+1)%2]), now, time.UTC)
				if first.IsZero() {
					first = now.Wall
				}
				if most := later(old, first.Add(time.Hour)); st.ForcedAfter.After(most) {
					t.Fatalf("the deadline is %v, later than %v", st.ForcedAfter, most)
				}
			}
		})
	})
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}
