package deferral

import (
	"strings"
	"testing"
	"time"

	"installordefer/deferral/settings"
)

func TestDecisionNamesTheSettingThatDecided(t *testing.T) {
	set, skip, shifted := settings.Defaults(), settings.Defaults(), settings.Defaults()
	skip.SkipDeferral = true
	shifted.WorkdayStartHour, shifted.WorkdayEndHour = monday.Hour(), monday.Hour()+2
	choices := settings.Defaults()
	choices.DeferralChoices = []time.Duration{time.Hour, 24 * time.Hour}
	round := found(set, safari, tahoe)
	late := at(71 * time.Hour)
	for _, c := range []struct {
		name     string
		set      settings.Settings
		state    State
		after    time.Duration
		assisted bool
		setting  string
		why      string
	}{
		{"Defer with one choice", set, round.Deferred(4*time.Hour, at(0)), time.Hour, false, "DeferralPeriod", "is deferred until"},
		{"Defer with several choices", choices, round.Chose(4*time.Hour, at(0)), time.Hour, false, "DeferralChoices", "is deferred until"},
		{"a prompt that nobody answered", set, round.TimedOut(set, at(0)), time.Hour, false, "PromptTimeout", "Nobody answered"},
		{"a prompt that was closed", set, round.Unanswered(set, at(0)), time.Minute, false, "", "without an answer"},
		{"a deferral cut by the deadline", set, round.Deferred(4*time.Hour, late), 71*time.Hour + time.Minute, false, "MaxDeferralTime", "until the deadline"},
		{"a choice cut by the deadline", choices, round.Chose(24*time.Hour, late), 71*time.Hour + time.Minute, false, "MaxDeferralTime", "until the deadline"},
		{"a prompt cut by the deadline", set, round.TimedOut(set, late), 71*time.Hour + time.Minute, false, "MaxDeferralTime", "until the deadline"},
		{"an end that was changed by hand", set, until(round, 2*time.Hour), time.Hour, false, "", "by hand"},
		{"an end too far away that was changed by hand", set, until(round, 50*time.Hour), time.Hour, false, "DeferralPeriod", "is deferred until"},
		{"such an end with longer choices", choices, until(round, 50*time.Hour), time.Hour, false, "DeferralChoices", "is deferred until"},
		{"a prompt before the deadline", set, round, time.Hour, false, "MaxDeferralTime", "deadline"},
		{"a prompt before a deadline after the workday", shifted, found(shifted, safari), time.Hour, false, "WorkdayEndHour", "deadline"},
		{"a prompt before a deadline that was brought forward by hand", set, forced(round, 50*time.Hour), time.Hour, false, "", "deadline"},
		{"the final prompt", set, round, 73 * time.Hour, false, "MaxDeferralTime", "deadline has passed"},
		{"the final prompt under SkipDeferral", skip, found(skip, safari), time.Hour, false, "SkipDeferral", "deadline has passed"},
		{"what a person must install after the deadline", set, found(set, tahoe), 73 * time.Hour, true, "MaxDeferralTime", "deadline has passed"},
		{"what a person must install under SkipDeferral", skip, found(skip, tahoe), time.Hour, true, "SkipDeferral", "deadline has passed"},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := situation(c.state, c.after)
			s.Settings = c.set
			if c.assisted {
				s.Machine = m1
			}
			s, _ = woken(s)
			d := Decide(s)
			if d.Setting != c.setting || !strings.Contains(d.Why, c.why) {
				t.Errorf("%s: %s (%s), want (%s)", d.Do, d.Why, d.Setting, c.setting)
			}
		})
	}
}

func TestSettleNamesTheSettingThatChanged(t *testing.T) {
	set, skip, longer := settings.Defaults(), settings.Defaults(), settings.Defaults()
	skip.SkipDeferral = true
	longer.MaxDeferralTime *= 2
	for _, c := range []struct {
		name      string
		was, is   settings.Settings
		byHand    time.Duration
		want      string
		elsewhere string
	}{
		{"a longer MaxDeferralTime", set, longer, 0, "MaxDeferralTime is now", "SkipDeferral"},
		{"SkipDeferral is switched on", set, skip, 0, "SkipDeferral is now set", "MaxDeferralTime"},
		{"SkipDeferral is switched off", skip, set, 0, "SkipDeferral is no longer set and MaxDeferralTime is 3 days", ""},
		{"a deadline by hand later than allowed", set, set, 80 * time.Hour, "later than MaxDeferralTime allows", "SkipDeferral"},
		{"a deadline by hand under SkipDeferral", skip, skip, 80 * time.Hour, "later than SkipDeferral allows", "MaxDeferralTime"},
	} {
		t.Run(c.name, func(t *testing.T) {
			st := found(c.was, safari)
			if c.byHand > 0 {
				st = forced(st, c.byHand)
			}
			_, notes := Settle(st, c.is, at(time.Minute), time.UTC)
			all := strings.Join(notes, "\n")
			if !strings.Contains(all, c.want) || c.elsewhere != "" && strings.Contains(all, c.elsewhere) {
				t.Errorf("the notes are\n%s\nwant %q", all, c.want)
			}
		})
	}
}

// forced is s with a deadline that an administrator has written.
func forced(s State, after time.Duration) State {
	s.ForcedAfter = monday.Add(after)
	return s
}

func TestCauseOfADeferral(t *testing.T) {
	t.Run("ends with it", func(t *testing.T) {
		st := found(settings.Defaults(), safari).TimedOut(settings.Defaults(), at(0)).Deferred(time.Hour, at(72*time.Hour))
		if st.Round.DeferredBy != unknownCause || !st.DeferredUntil.IsZero() {
			t.Errorf("%q until %v", st.Round.DeferredBy, st.DeferredUntil)
		}
	})
}
