package deferral

// A Cause is what a deferral goes back to. It is stored, so that a later wake
// and status can still name it.
type Cause string

// The causes. UnknownCause is that of a round from an older file.
const (
	UnknownCause Cause = ""
	ByPeriod     Cause = "period"       // Defer was clicked, and DeferralPeriod is the only choice
	ByChoice     Cause = "choice"       // one of DeferralChoices was clicked
	ByTimeout    Cause = "timeout"      // nobody answered within PromptTimeout
	ByDeadline   Cause = "deadline"     // it would last longer, but the deadline comes first
	ByNoAnswer   Cause = "no answer"    // the prompt was closed, or could not be shown
	ByInstalling Cause = "installation" // an installation left something to install
	ByHand       Cause = "hand"         // an administrator has changed its end
)

// known tells whether c is one of the causes.
func (c Cause) known() bool {
	switch c {
	case UnknownCause, ByPeriod, ByChoice, ByTimeout, ByDeadline, ByNoAnswer, ByInstalling, ByHand:
		return true
	}
	return false
}

// DeferralSetting names the setting that decided when the running deferral
// ends; empty where none did.
func (s State) DeferralSetting() string {
	switch s.Round.DeferredBy {
	case ByPeriod, ByInstalling:
		return "DeferralPeriod"
	case ByChoice:
		return "DeferralChoices"
	case ByTimeout:
		return "PromptTimeout"
	case ByDeadline:
		return s.DeadlineSetting()
	}
	return ""
}

// DeadlineSetting names the setting that decided when the deadline is; empty
// where it was adopted or changed by hand.
func (s State) DeadlineSetting() string {
	r := s.Round
	reckoned := r.Began.Wall.Add(r.MaxDeferral)
	switch {
	case r.Deadline.Equal(reckoned):
		return r.deadlineKey()
	case r.Deadline.After(reckoned) && r.Deadline.Equal(r.Began.Wall.Add(r.Allowed)):
		return "WorkdayEndHour"
	}
	return ""
}

// deadlineKey names the setting that MaxDeferral stands for.
func (r Round) deadlineKey() string {
	if r.MaxDeferral == 0 {
		return "SkipDeferral"
	}
	return "MaxDeferralTime"
}

// deferralWords says what the wait for the next prompt goes back to; at is when
// it ends.
func (s State) deferralWords(at string) string {
	switch s.Round.DeferredBy {
	case ByTimeout:
		return "Nobody answered the last prompt. The next one comes at " + at + "."
	case ByNoAnswer:
		return "The last prompt ended without an answer. The next one comes at " + at + "."
	case ByInstalling:
		return "The last installation left something to install. The next prompt comes at " + at + "."
	case ByHand:
		return "The end of the deferral was changed by hand. The next prompt comes at " + at + "."
	case ByDeadline:
		return "The prompt is deferred until the deadline at " + at + "."
	}
	return "The prompt is deferred until " + at + "."
}

// longestSetting names the setting that holds the longest deferral on offer.
func (s Settings) longestSetting() (string, Cause) {
	if s.longestDeferral() > s.DeferralPeriod {
		return "DeferralChoices", ByChoice
	}
	return "DeferralPeriod", ByPeriod
}
