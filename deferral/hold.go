package deferral

import (
	"time"

	"installordefer/deferral/settings"
	"installordefer/internal/clock"
)

// The longest holds: one that somebody with a terminal asks for, and one in a
// profile. A hold without an end is a Mac without updates.
const (
	HoldMost        = 7 * 24 * time.Hour
	profileHoldMost = 31 * 24 * time.Hour
)

// A Hold is an administrator's word that on this Mac nobody is asked and nothing
// happens by itself for a while. It moves no deadline.
type Hold struct {
	Since, Until time.Time
	// Reason is for the eyes of root: it may name people.
	Reason string
}

// left returns how long the hold goes on; zero or less where it does not. One
// that would go on for longer than it can was begun by another clock.
func (h Hold) left(now clock.Moment) time.Duration {
	if left := h.Until.Sub(now.Wall); left <= HoldMost {
		return left
	}
	return 0
}

// holdOf returns the hold that HoldUntil asks for, as a limit of the round: it
// becomes an instant when it arrives, a month away at most. An instant that a wrong
// clock has made of it does not outlast that clock.
func (s State) holdOf(set settings.Settings, now clock.Moment, zone *time.Location) Limit {
	if !set.HoldUntil.Known() {
		return Limit{}
	}
	value := set.HoldUntil.String()
	if wrong := s.Round.Hold.At.Unix() < believable && now.Wall.Unix() >= believable; s.Round.Hold.Value == value && !wrong {
		return s.Round.Hold
	}
	at := set.HoldUntil.In(zone)
	if most := now.Wall.Add(profileHoldMost); at.After(most) {
		at = most
	}
	return Limit{Setting: "HoldUntil", Value: value, At: at.UTC().Truncate(time.Second)}
}

// heldUntil says until when something is held, and by which setting; a hold that
// somebody has asked for on this Mac has none. It is zero where nothing is.
func heldUntil(own Hold, profile Limit, now clock.Moment) (until time.Time, setting string) {
	if own.left(now) > 0 {
		until = own.Until
	}
	if profile.At.After(now.Wall) && profile.At.After(until) {
		return profile.At, profile.Setting
	}
	return until, ""
}
