package deferral

import (
	"fmt"
	"slices"
	"sort"
	"strings"
	"time"

	"installordefer/deferral/settings"
	"installordefer/internal/clock"
	"installordefer/internal/macos"
	"installordefer/internal/text"
)

// afterRelease is what is added to the day of a release. Apple releases towards
// the end of that day in UTC, and lists give no time of day.
const afterRelease = 24 * time.Hour

// leastAfterSighting is how long a release at least leaves after the first
// sighting, however long ago it was.
const leastAfterSighting = 24 * time.Hour

// A Limit is a deadline that the round has from another source than
// MaxDeferralTime. It became an instant when it arrived and stays that as long as
// the setting says the same: zones change how it is shown, not when it is.
type Limit struct {
	// Setting is the key that it comes from, and Value what that says.
	Setting, Value string
	At             time.Time
}

// limits returns the limits that settings give the round, one for each key,
// sorted by key. Those that the round has already keep their instants, but for one
// that a wrong clock has put.
func (s State) limits(set settings.Settings, now clock.Moment, zone *time.Location) []Limit {
	if set.SkipDeferral {
		return nil
	}
	var out []Limit
	add := func(key, value string, at time.Time) {
		if i := slices.IndexFunc(s.Round.Limits, func(l Limit) bool { return l.Setting == key && l.Value == value }); i >= 0 && !givenAgain(s.Round.Limits[i].At, at) {
			at = s.Round.Limits[i].At
		}
		out = append(out, Limit{key, value, at.UTC().Truncate(time.Second)})
	}
	if d := set.DeadlineDate; d.Known() {
		add("DeadlineDate", d.String(), d.In(zone))
	}
	if n := set.MaxDeferrals; n > 0 && s.Round.Deferrals >= n {
		left := max(s.DeferralLeft(now), set.MinimumNotice)
		add("MaxDeferrals", fmt.Sprint(n), now.Wall.Add(left+time.Second-1))
	}
	if r, ok := s.Round.required(set, zone); ok {
		add("RequiredVersions", r.String(), r.By.In(zone))
	}
	for _, source := range []struct {
		key       string
		allowed   time.Duration
		exploited bool
	}{{"MaxDeferralTimeExploited", set.MaxDeferralTimeExploited, true}, {"MaxTimeAfterRelease", set.MaxTimeAfterRelease, false}} {
		if r, ok := s.Round.skipped(set.Releases, source.exploited); ok && source.allowed > 0 {
			at := r.Released.Start(time.UTC).Add(afterRelease + source.allowed)
			if least := s.Round.Began.Wall.Add(leastAfterSighting); at.Before(least) {
				at = least
			}
			add(source.key, afterReleaseOf(source.allowed, r), at)
		}
	}
	out = s.keeping(out, set)
	sort.Slice(out, func(i, j int) bool { return out[i].Setting < out[j].Setting })
	return out
}

// givenAgain tells whether an instant was put by a wrong clock and now is by a right
// one. A date that is long ago is the same by both.
func givenAgain(was, is time.Time) bool { return was.Unix() < believable && is.Unix() >= believable }

// keeping returns limits with those that the round has already and that the
// settings still say, where they are not later: installing what one was about puts
// nothing off that is still to be installed.
func (s State) keeping(limits []Limit, set settings.Settings) []Limit {
	for _, had := range s.Round.Limits {
		if !saidBy(set, had) {
			continue
		}
		i := limitOf(limits, had.Setting)
		switch {
		case i < 0:
			limits = append(limits, had)
		case had.At.Before(limits[i].At):
			limits[i] = had
		}
	}
	return limits
}

// saidBy tells whether settings still say what a limit goes back to, whether or
// not it is about this Mac as it runs now.
func saidBy(set settings.Settings, l Limit) bool {
	released := func(allowed time.Duration) bool {
		for _, r := range set.Releases {
			if afterReleaseOf(allowed, r) == l.Value {
				return true
			}
		}
		return false
	}
	switch l.Setting {
	case "RequiredVersions":
		for _, r := range set.RequiredVersions {
			if r.String() == l.Value {
				return true
			}
		}
	case "MaxDeferralTimeExploited":
		return released(set.MaxDeferralTimeExploited)
	case "MaxTimeAfterRelease":
		return released(set.MaxTimeAfterRelease)
	}
	return false
}

// afterReleaseOf says what a limit after a release goes back to.
func afterReleaseOf(allowed time.Duration, r settings.Release) string {
	return fmt.Sprintf("%s after macOS %v", text.Exact(allowed), r)
}

// required returns the entry of RequiredVersions that the Mac has to meet first.
func (r Round) required(set settings.Settings, zone *time.Location) (settings.Required, bool) {
	var first settings.Required
	for _, e := range Lacking(set.RequiredVersions, r.Runs) {
		if !first.By.Known() || e.By.In(zone).Before(first.By.In(zone)) {
			first = e
		}
	}
	return first, first.By.Known()
}

// Lacking returns the entries of RequiredVersions that a Mac which runs a version
// of macOS does not meet: those of its own major version that are higher.
func Lacking(required []settings.Required, runs string) []settings.Required {
	v, err := macos.ParseVersion(runs)
	if err != nil {
		return nil
	}
	var lacking []settings.Required
	for _, e := range required {
		if e.Minimum.Major().Compare(v.Major()) == 0 && e.Minimum.Compare(v) > 0 {
			lacking = append(lacking, e)
		}
	}
	return lacking
}

// lacking returns the first entry of RequiredVersions that a Mac does not meet.
func lacking(set settings.Settings, m macos.Machine) (settings.Required, bool) {
	all := Lacking(set.RequiredVersions, m.Version)
	if len(all) == 0 {
		return settings.Required{}, false
	}
	return all[0], true
}

// skipped returns the earliest release that the Mac lacks and that the updates of
// the round bring, of all or of those that close a hole which is being exploited.
func (r Round) skipped(releases []settings.Release, exploited bool) (settings.Release, bool) {
	runs, err := macos.ParseVersion(r.Runs)
	if err != nil {
		return settings.Release{}, false
	}
	target := runs
	for _, u := range r.Updates {
		if v, err := macos.ParseVersion(u.Version); err == nil && v.Compare(target) > 0 {
			target = v
		}
	}
	var first settings.Release
	for _, e := range releases {
		if e.Version.Compare(runs) <= 0 || e.Version.Compare(target) > 0 || exploited && !e.Exploited {
			continue
		}
		if !first.Released.Known() || e.Released.Start(time.UTC).Before(first.Released.Start(time.UTC)) {
			first = e
		}
	}
	return first, first.Released.Known()
}

// limitOf returns the place of the limit that a setting gives; -1 where it gives none.
func limitOf(limits []Limit, setting string) int {
	for i, l := range limits {
		if l.Setting == setting {
			return i
		}
	}
	return -1
}

// limitChanges says in words how limits differ, without a full stop; it is empty
// where they do not.
func limitChanges(was, is []Limit) string {
	var parts []string
	for _, l := range is {
		switch i := limitOf(was, l.Setting); {
		case i < 0 || was[i].Value == l.Value && !was[i].At.Equal(l.At):
			parts = append(parts, l.Setting+" is "+l.Value)
		case was[i].Value != l.Value:
			parts = append(parts, l.Setting+" is now "+l.Value+" instead of "+was[i].Value)
		}
	}
	for _, w := range was {
		if limitOf(is, w.Setting) < 0 {
			parts = append(parts, w.Setting+" no longer applies")
		}
	}
	if len(parts) > 1 {
		last := len(parts) - 1
		return strings.Join(parts[:last], ", ") + " and " + parts[last]
	}
	return strings.Join(parts, "")
}
