package statefile

import (
	"testing"
	"time"

	"installordefer/deferral"
	"installordefer/deferral/settings"
)

func TestCauseOfADeferral(t *testing.T) {
	t.Run("is remembered", func(t *testing.T) {
		for _, st := range []deferral.State{
			found(settings.Defaults(), safari).Deferred(time.Hour, at(0)), found(settings.Defaults(), safari).Chose(time.Hour, at(0)),
			found(settings.Defaults(), safari).TimedOut(settings.Defaults(), at(0)), found(settings.Defaults(), safari).Unanswered(settings.Defaults(), at(0)),
			found(settings.Defaults(), safari).Installed(settings.Defaults(), at(0)), found(settings.Defaults(), safari).Deferred(100*time.Hour, at(0)),
		} {
			data, err := Encode(st)
			if err != nil {
				t.Fatal(err)
			}
			got, problems, err := Decode(data)
			if err != nil || len(problems) > 0 || got.Round.DeferredBy != st.Round.DeferredBy || got.Round.DeferredBy == "" {
				t.Errorf("%q became %q: %v, %v", st.Round.DeferredBy, got.Round.DeferredBy, problems, err)
			}
		}
	})
	t.Run("that nobody knows is reported and names no setting", func(t *testing.T) {
		got, problems := damaged(t, func(_, round map[string]any) { round["DeferredBy"] = "the moon" })
		if len(problems) != 1 || got.DeferralSetting() != "" || got.DeferredUntil.IsZero() {
			t.Errorf("%q until %v: %v", got.DeferralSetting(), got.DeferredUntil, problems)
		}
	})
	t.Run("is unknown in an older file", func(t *testing.T) {
		got, problems := damaged(t, func(_, round map[string]any) { delete(round, "DeferredBy") })
		if len(problems) != 0 || got.DeferralSetting() != "" || got.DeferredUntil.IsZero() {
			t.Errorf("%q until %v: %v", got.DeferralSetting(), got.DeferredUntil, problems)
		}
	})
}
