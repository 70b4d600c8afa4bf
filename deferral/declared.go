package deferral

import (
	"slices"
	"strings"
	"time"

	"installordefer/internal/clock"
	"installordefer/internal/macos"
)

// Apple's own times around the date of a declaration.
const (
	// silence is how long before and after such a date nothing of this program is
	// on the screen: Apple counts down there, and pads a date that has passed by
	// about an hour.
	silence = time.Hour
	// applesDay is how long before its date Apple reminds people every hour, and
	// how long after it Apple is left to it.
	applesDay = 24 * time.Hour
	// daily is the time between two prompts for what Apple enforces.
	daily = 24 * time.Hour
	// looping is how many times Apple puts an enforcement off that it fails at
	// again and again.
	looping = 6
)

// An Enforced is a version of macOS that Apple itself enforces on this Mac, and
// that does not run yet.
type Enforced struct {
	// Version is not known where a build alone is asked for.
	Version macos.Version
	Build   string
	// By is the date in the zone in which the Mac is now, and Next the time to
	// which Apple has put it off; zero where it has not.
	By, Next time.Time
	// Tries is how many times Apple has done so, and Gone is set where it no
	// longer offers the version.
	Tries int
	Gone  bool
}

// Name is what is enforced, in words.
func (e Enforced) Name() string {
	if !e.Version.Known() {
		return "the build " + e.Build + " of macOS"
	}
	return "macOS " + e.Version.String()
}

// overdue says what Apple did with what it was to enforce, and what is this
// program's again; it is empty
// while it is Apple's.
func (e Enforced) overdue(now time.Time) string {
	switch past := now.Sub(e.By); {
	case past < 0:
		return ""
	case e.Gone:
		return "no longer offers it"
	case past < applesDay:
		return ""
	case e.Tries >= looping:
		return "has put it off again and again"
	}
	return "has not installed it within a day"
}

// covers tells whether installing e brings what an update brings.
func (e Enforced) covers(u Update) bool {
	v, err := macos.ParseVersion(u.Version)
	if err != nil {
		return false
	}
	if !e.Version.Known() {
		return strings.HasSuffix(u.Label, "-"+e.Build)
	}
	return e.Version.Major().Compare(v.Major()) == 0 && e.Version.Compare(v) >= 0
}

// A Declared is what a device management service has declared about updates.
type Declared struct {
	// Enforced is in the order in which Apple takes it.
	Enforced []Enforced
	// Silent is set where Apple's own notices are off until the last hour.
	Silent bool
	// AdminOnly is set where only administrators may install by hand.
	AdminOnly bool
	// MinorDays is for how many days Apple's offers of the major version that runs
	// are held back; 0 for not at all.
	MinorDays int
}

// Missed tells whether Apple was to enforce one of the updates, and it is this
// program's again: a day has passed, or Apple no longer offers it.
func (d Declared) Missed(updates []Update, now time.Time) bool {
	for _, e := range d.Enforced {
		if e.overdue(now) != "" && slices.ContainsFunc(updates, e.covers) {
			return true
		}
	}
	return false
}

// covering returns what Apple enforces that covers an update: the first whose
// time has not passed in vain.
func (d Declared) covering(u Update, now time.Time) (Enforced, bool) {
	for _, e := range d.Enforced {
		if e.overdue(now) == "" && e.covers(u) {
			return e, true
		}
	}
	return Enforced{}, false
}

// parted returns the updates that are this program's, those that Apple enforces,
// and the earliest of what covers them.
func (d Declared) parted(updates []Update, now time.Time) (ours, covered []Update, by Enforced) {
	for _, u := range updates {
		e, is := d.covering(u, now)
		if !is {
			ours = append(ours, u)
			continue
		}
		covered = append(covered, u)
		if by.By.IsZero() || e.By.Before(by.By) {
			by = e
		}
	}
	return ours, covered, by
}

// silent says until when nothing of this program may be on the screen because
// Apple is about to restart the Mac; zero where it may. What Apple has not done
// within a day is this program's again, however often it is put off.
func (d Declared) silent(now time.Time) (until time.Time) {
	for _, e := range d.Enforced {
		if e.overdue(now) != "" {
			continue
		}
		for _, at := range []time.Time{e.By, e.Next} {
			if at.IsZero() || now.Before(at.Add(-silence)) || !now.Before(at.Add(silence)) {
				continue
			}
			end := at.Add(silence)
			if ours := e.By.Add(applesDay); ours.Before(end) {
				end = ours
			}
			if end.After(until) {
				until = end
			}
		}
	}
	return until
}

// mentioned says until when people are not asked for what Apple enforces: once a
// day at most, and not at all while Apple itself reminds them every hour. It is
// zero where they are asked.
func (d Declared) mentioned(e Enforced, asked clock.Moment, now clock.Moment) (until time.Time) {
	if !now.Wall.Before(e.By) || !d.Silent && !now.Wall.Before(e.By.Add(-applesDay)) {
		return e.By.Add(applesDay)
	}
	if since, ok := now.Since(asked); ok && since < daily {
		return now.Wall.Add(daily - since)
	}
	if since := now.Wall.Sub(asked.Wall); asked.Boot != now.Boot && since >= 0 && since < daily {
		return now.Wall.Add(daily - since)
	}
	return time.Time{}
}
