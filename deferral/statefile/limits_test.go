package statefile

import (
	"testing"
	"time"

	"installordefer/deferral"
	"installordefer/deferral/settings"
)

// What is reckoned from a wrong clock is written so that it can be read again.
func TestLimitsOfAWrongClockCanBeReadAgain(t *testing.T) {
	wrong := time.Date(1970, 2, 1, 0, 7, 40, 0, time.UTC)
	s := found(settings.Defaults(), safari, tahoe)
	s.Round.Hold = deferral.Limit{Setting: "HoldUntil", Value: "2026-09-22T19:43", At: wrong}
	s.Round.Limits = []deferral.Limit{
		{Setting: "DeadlineDate", Value: "2026-12-01", At: time.Date(2026, 12, 1, 23, 0, 0, 0, time.UTC)},
		{Setting: "MaxDeferrals", Value: "2", At: wrong},
	}
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
	if len(got.Round.Limits) != 1 || got.Round.Limits[0] != s.Round.Limits[0] {
		t.Errorf("the limits are %v, want the one that can be believed", got.Round.Limits)
	}
}
