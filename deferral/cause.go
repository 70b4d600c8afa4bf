package deferral

import (
	"slices"
	"time"

	"installordefer/deferral/settings"
)

// A Cause is what a deferral goes back to. It is stored, so that a later wake
// and status can still name it.
type Cause string

// The causes. unknownCause is that of a round from an older file.
const (
	unknownCause Cause = ""
	byPeriod     Cause = "period"       // Defer was clicked, and DeferralPeriod is the only choice
	byChoice     Cause = "choice"       // one of DeferralChoices was clicked
	byTime       Cause = "time"         // one of DeferralTimes was clicked
	byTimeout    Cause = "timeout"      // nobody answered within PromptTimeout
	byDeadline   Cause = "deadline"     // it would last longer, but the deadline comes first
	byNoAnswer   Cause = "no answer"    // the prompt was closed, or could not be shown
	byInstalling Cause = "installation" // an installation left something to install
	byHand       Cause = "hand"         // an administrator has changed its end
)

// Known tells whether c is one of the causes.
func (c Cause) Known() bool {
	switch c {
	case unknownCause, byPeriod, byChoice, byTime, byTimeout, byDeadline, byNoAnswer, byInstalling, byHand:
		return true
	}
	return false
}

// DeferralSetting names the setting that decided when the running deferral
// ends; empty where none did.
func (s State) DeferralSetting() string {
	switch s.Round.DeferredBy {
	case byPeriod, byInstalling:
		return "DeferralPeriod"
	case byChoice:
		return "DeferralChoices"
	case byTime:
		return "DeferralTimes"
	case byTimeout:
		return "PromptTimeout"
	case byDeadline:
		return s.DeadlineSetting()
	}
	return ""
}

// DeadlineSetting names the setting that decided when the deadline is; empty
// where it was adopted or changed by hand.
func (s State) DeadlineSetting() string {
	r := s.Round
	reckoned, key := r.earliest()
	switch {
	case r.Noticed && r.Deadline.After(reckoned):
		return "MinimumNotice"
	case r.Deadline.Equal(reckoned):
		return key
	case r.Deadline.After(reckoned) && r.Deadline.Equal(r.Began.Wall.Add(r.Allowed)):
		return "WorkdayEndHour"
	}
	return ""
}

// earliest is the earliest source of the deadline, and the setting that it comes from.
func (r *Round) earliest() (at time.Time, key string) {
	at, key = r.Began.Wall.Add(r.MaxDeferral), r.deadlineKey()
	for _, l := range r.Limits {
		if l.At.Before(at) {
			at, key = l.At, l.Setting
		}
	}
	return at, key
}

// deadlineKey names the setting that MaxDeferral stands for.
func (r *Round) deadlineKey() string {
	if r.MaxDeferral == 0 {
		return "SkipDeferral"
	}
	return "MaxDeferralTime"
}

// deferralWords says what the wait for the next prompt goes back to; at is when
// it ends.
func (s State) deferralWords(at string) string {
	switch s.Round.DeferredBy {
	case byTimeout:
		return "Nobody answered the last prompt. The next one comes at " + at + "."
	case byNoAnswer:
		return "The last prompt ended without an answer. The next one comes at " + at + "."
	case byInstalling:
		return "The last installation left something to install. The next prompt comes at " + at + "."
	case byHand:
		return "The end of the deferral was changed by hand. The next prompt comes at " + at + "."
	case byDeadline:
		return "The prompt is deferred until the deadline at " + at + "."
	}
	return "The prompt is deferred until " + at + "."
}

// longestSetting names the setting that holds the longest deferral on offer.
func longestSetting(s settings.Settings) (string, Cause) {
	switch longest := longestOffered(s); {
	case longest == s.DeferralPeriod:
	case slices.Contains(s.DeferralChoices, longest):
		return "DeferralChoices", byChoice
	default:
		return "DeferralTimes", byTime
	}
	return "DeferralPeriod", byPeriod
}
