package statefile

import (
	"slices"
	"testing"
	"time"

	"installordefer/deferral"
	"installordefer/deferral/settings"
	"installordefer/internal/clock"
	"installordefer/internal/macos"
)

// Under a clock that has lost the time, too, the wakes after the last deferral have
// nothing to say and nothing to write.
func TestTheLastDeferralByAWrongClockIsTheDeadlineOnce(t *testing.T) {
	set := settings.Defaults()
	set.MaxDeferrals = 1
	now := clock.Moment{Wall: time.Unix(3600, 0).UTC(), Continuous: time.Hour, Boot: "first"}
	st := deferral.State{}.Checked(deferral.Found, []deferral.Update{safari}, set, macos.Machine{Version: "26.6"}, now, time.UTC)
	st, _ = deferral.Settle(st.Chose(15*time.Minute, now), set, now, time.UTC)
	data, err := Encode(st)
	if err != nil {
		t.Fatal(err)
	}
	kept, _, err := Decode(data)
	if err != nil {
		t.Fatal(err)
	}
	next, notes := deferral.Settle(kept, set, now.Add(5*time.Minute), time.UTC)
	if len(notes) > 0 || !next.ForcedAfter.Equal(st.ForcedAfter) {
		t.Errorf("after five minutes the deadline is %v instead of %v: %q", next.ForcedAfter, st.ForcedAfter, notes)
	}
}

// What is reckoned from a wrong clock is written so that it can be read again.
func TestLimitsOfAWrongClockCanBeReadAgain(t *testing.T) {
	wrong := time.Date(1970, 2, 1, 0, 7, 40, 0, time.UTC)
	s := found(settings.Defaults(), safari, tahoe)
	s.Round.Hold = deferral.Limit{Setting: "HoldUntil", Value: "2026-09-22T19:43", At: wrong}
	s.Round.Limits = []deferral.Limit{
		{Setting: "DeadlineDate", Value: "2026-12-01", At: time.Date(2026, 12, 1, 23, 0, 0, 0, time.UTC)},
		{Setting: "MaxDeferrals", Value: "2", At: wrong},
	}
	want := slices.Clone(s.Round.Limits)
	s.Round.Limits = append(s.Round.Limits, deferral.Limit{Setting: "RequiredVersions", Value: "26.7 by 1969-12-31", At: time.Unix(-3600, 0).UTC()})
	data, err := Encode(s)
	if err != nil {
		t.Fatal(err)
	}
	got, problems, err := Decode(data)
	if err != nil || len(problems) > 0 {
		t.Fatalf("%v, %v", problems, err)
	}
	if got.Round.Hold != s.Round.Hold {
		t.Errorf("the hold is %v, want %v", got.Round.Hold, s.Round.Hold)
	}
	if !slices.Equal(got.Round.Limits, want) {
		t.Errorf("the limits are %v, want those that can be read again, %v", got.Round.Limits, want)
	}
}
