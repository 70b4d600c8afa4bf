package profile

import (
	"fmt"
	"time"

	"installordefer/deferral/calendar"
	"installordefer/deferral/settings"
)

// releasesLast is how old the newest entry of Releases may be. Apple releases
// something every one to five weeks.
const releasesLast = 45 * 24 * time.Hour

// dates finds what is wrong with the sources of the deadline by today's date,
// and which of them are without effect.
func (c *checker) dates(path string, set settings.Settings, sources map[string]string) {
	c.date(path, "DeadlineDate", set.DeadlineDate)
	for _, r := range set.RequiredVersions {
		c.date(path, "RequiredVersions", r.By)
	}
	c.releases(path, set)
	if n := time.Duration(set.MaxDeferrals); n > 0 && n*shortest(set) >= set.MaxDeferralTime {
		c.add(join(path, "MaxDeferrals"), "MaxDeferrals", fmt.Sprint(set.MaxDeferrals),
			fmt.Sprintf("so many deferrals last longer than MaxDeferralTime, which is %.0f", set.MaxDeferralTime.Seconds()),
			"Allow fewer deferrals, or make MaxDeferralTime longer.")
	}
	if sources["MinimumNotice"] == given && set.MinimumNotice >= set.MaxDeferralTime {
		c.add(join(path, "MinimumNotice"), "MinimumNotice", fmt.Sprintf("%.0f", set.MinimumNotice.Seconds()),
			fmt.Sprintf("not less than MaxDeferralTime, which is %.0f, so that no date ever brings a deadline nearer", set.MaxDeferralTime.Seconds()),
			"Make MinimumNotice shorter, or MaxDeferralTime longer.")
	}
}

// shortest is the shortest deferral on offer.
func shortest(set settings.Settings) time.Duration {
	if len(set.DeferralTimes) > 0 {
		return 0 // a time of the day can be near
	}
	if len(set.DeferralChoices) > 0 {
		return set.DeferralChoices[0]
	}
	return set.DeferralPeriod
}

// date checks a date that is a deadline.
func (c *checker) date(path, key string, d calendar.Date) {
	at := join(path, key)
	switch {
	case !d.Known():
	case !c.Now.IsZero() && d.In(c.Now.Location()).Before(c.Now):
		c.add(at, key, d.String(), "in the past, so that people get MinimumNotice and nothing more", "Give a date that is still to come, or remove it.")
	case !d.Timed():
		c.add(at, key, d.String(), "without a time of day, which means the end of that day", "Give the time, too: "+d.String()+"T18:00.")
	}
}

// releases checks the list of releases and what counts from it.
func (c *checker) releases(path string, set settings.Settings) {
	var newest time.Time
	for _, r := range set.Releases {
		if t := r.Released.Start(time.UTC); t.After(newest) {
			newest = t
		}
	}
	for key, d := range map[string]time.Duration{"MaxTimeAfterRelease": set.MaxTimeAfterRelease, "MaxDeferralTimeExploited": set.MaxDeferralTimeExploited} {
		if d > 0 && newest.IsZero() {
			c.add(join(path, key), key, "", "without effect, because nothing says when Apple released what", "Set Releases, too, which \"install-or-defer-admin severity\" writes.")
		}
	}
	if set.MaxTimeAfterRelease > 0 && set.MaxDeferralTimeExploited >= set.MaxTimeAfterRelease {
		c.add(join(path, "MaxDeferralTimeExploited"), "MaxDeferralTimeExploited", fmt.Sprintf("%.0f", set.MaxDeferralTimeExploited.Seconds()),
			"without effect, because MaxTimeAfterRelease is not longer", "Make it shorter than MaxTimeAfterRelease, or remove it.")
	}
	if !newest.IsZero() && !c.Now.IsZero() && c.Now.Sub(newest) > releasesLast {
		c.add(join(path, "Releases"), "Releases", "", "an old list: its newest release is of "+newest.Format("2 January 2006"),
			"Write it again with \"install-or-defer-admin severity\", best every day in CI.")
	}
}
