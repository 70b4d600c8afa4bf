package profile

import (
	"time"

	"installordefer/deferral/calendar"
	"installordefer/deferral/settings"
)

// openingsShown is how many of the next openings lint names.
const openingsShown = 5

// hours finds what is wrong with windows, quiet hours, blackouts and a hold, and
// notes when due updates install by themselves next.
func (c *checker) hours(path string, set settings.Settings, sources map[string]string) {
	if c.Now.IsZero() {
		return
	}
	at := func(key string) string { return join(path, key) }
	zone := c.Now.Location()
	asked := calendar.Calendar{Quiet: set.QuietHours, Zone: zone}
	if _, ever := asked.Next(c.Now); !ever {
		c.add(at("QuietHours"), "QuietHours", "", "no hour of the week is left in which anybody is asked", "Leave some hours of the week out.")
	}
	c.windows(path, set)
	for _, b := range set.Blackouts {
		if !b.In(zone).To.After(c.Now) {
			c.add(at("Blackouts"), "Blackouts", b.String(), "days that are over", "Remove them.")
		}
	}
	switch until := set.HoldUntil; {
	case !until.Known():
	case !until.In(zone).After(c.Now):
		c.add(at("HoldUntil"), "HoldUntil", until.String(), "over, so that nothing is held", "Remove it.")
	case until.In(zone).Sub(c.Now) > calendar.MostDays*24*time.Hour:
		c.add(at("HoldUntil"), "HoldUntil", until.String(), "more than 31 days from now, and only so long is held", "Give a date within 31 days.")
	}
	if sources["MaxMaintenanceDelay"] == given && set.MaxMaintenanceDelay != settings.Defaults().MaxMaintenanceDelay && len(set.MaintenanceWindows)+len(set.Blackouts) == 0 {
		c.add(at("MaxMaintenanceDelay"), "MaxMaintenanceDelay", "", "without effect, because there are no MaintenanceWindows and no Blackouts", "Remove it, or set one of them.")
	}
}

// windows checks the windows and names the next ones.
func (c *checker) windows(path string, set settings.Settings) {
	if len(set.MaintenanceWindows)+len(set.Blackouts) == 0 {
		return
	}
	cal := calendar.Calendar{Windows: set.MaintenanceWindows, Blackouts: set.Blackouts, Zone: c.Now.Location()}
	room := len(set.MaintenanceWindows) == 0
	for _, o := range cal.Openings(c.Now, openingsShown) {
		text := o.From.In(cal.Zone).Format("Mon 2 Jan 15:04") + " on"
		if !o.To.IsZero() {
			text = o.From.In(cal.Zone).Format("Mon 2 Jan 15:04") + " to " + o.To.In(cal.Zone).Format("Mon 2 Jan 15:04")
		}
		c.openings = append(c.openings, text)
		room = room || o.To.IsZero() || o.To.Sub(o.From) >= set.UpdateDelay
	}
	if !room {
		c.add(join(path, "MaintenanceWindows"), "MaintenanceWindows", "",
			"no window is as long as UpdateDelay, so that none has room for the countdown", "Make the windows longer.")
	}
}
