package deferral

import (
	"slices"
	"time"

	"installordefer/deferral/calendar"
	"installordefer/deferral/settings"
	"installordefer/internal/clock"
)

// exploitedDelay is the most that windows and blackouts hold up an update that
// closes a hole which is being exploited.
const exploitedDelay = 24 * time.Hour

// hours are what a calendar says about now.
type hours struct {
	// closed is set while it may not happen, and setting says by which key.
	closed  bool
	setting string
	// next is when it may, by the wall clock.
	next time.Time
}

// asking says whether people may be asked before the deadline.
func asking(set settings.Settings, now clock.Moment, zone *time.Location) hours {
	if len(set.QuietHours)+len(set.Blackouts) == 0 {
		return hours{}
	}
	c := calendar.Calendar{Quiet: set.QuietHours, Blackouts: set.Blackouts, Zone: zone}
	return hoursOf(c, now, "QuietHours")
}

// fitting is how far past the next opening one is looked for that is long enough.
// Windows come again each week: where none is by then, none will be, and by a wrong
// clock the deadline may be decades away.
const fitting = 31 * 24 * time.Hour

// enforcing says whether what is due may happen by itself. It needs an opening
// that has room for the countdown before it. From the deadline on windows and blackouts hold
// it up for MaxMaintenanceDelay, and not longer by either clock.
func (s State) enforcing(set settings.Settings, room time.Duration, now clock.Moment, zone *time.Location) hours {
	if len(set.MaintenanceWindows)+len(set.Blackouts) == 0 {
		return hours{}
	}
	c := calendar.Calendar{Windows: set.MaintenanceWindows, Blackouts: set.Blackouts, Zone: zone}
	last := s.latest(set, c)
	left := last.Sub(s.ForcedAfter) + s.TimeLeft(now)
	if !now.Wall.Before(last) || left <= 0 {
		return hours{}
	}
	if sooner := now.Wall.Add(left); sooner.Before(last) {
		last = sooner // the wall clock was set back
	}
	h := hoursOf(c, now, "MaintenanceWindows")
	if h.next.IsZero() {
		h.next = last
		return h
	}
	for from := h.next; ; {
		open, ok := c.Next(from)
		if !ok || !open.From.Before(last) || open.From.Sub(h.next) > fitting {
			return hours{closed: true, setting: h.setting, next: last}
		}
		if open.To.IsZero() || open.To.Sub(open.From) >= room {
			return hours{closed: open.From.After(now.Wall), setting: h.setting, next: open.From}
		}
		from = open.To
	}
}

// latest is when windows and blackouts hold nothing up any more.
func (s State) latest(set settings.Settings, c calendar.Calendar) time.Time {
	if s.exploited() {
		return s.ForcedAfter.Add(min(exploitedDelay, set.MaxMaintenanceDelay))
	}
	return c.Cap(s.ForcedAfter, set.MaxMaintenanceDelay)
}

// exploited tells whether the round has an update that closes a hole which is
// being exploited.
func (s State) exploited() bool {
	return limitOf(s.Round.Limits, "MaxDeferralTimeExploited") >= 0
}

// hoursOf asks a calendar. Where it never opens, next is zero.
func hoursOf(c calendar.Calendar, now clock.Moment, setting string) hours {
	open, next := c.Open(now.Wall)
	in := func(d calendar.Days) bool { return d.In(c.Zone).Has(now.Wall) }
	if slices.ContainsFunc(c.Blackouts, in) {
		setting = "Blackouts"
	}
	return hours{closed: !open, setting: setting, next: next}
}
