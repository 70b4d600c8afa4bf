package lifetimes

import (
	"fmt"
	"reflect"
	"regexp"
	"strconv"
	"strings"
	"time"

	"installordefer/deferral"
	"installordefer/deferral/calendar"
	"installordefer/deferral/settings"
	"installordefer/internal/simmac"
	"installordefer/prompt"
)

// The guard's own calendar. It reads windows and days as they are written, by the
// clock on the wall.

// A today is what the guard knows of hours, days, a hold and Apple's date.
type todays struct {
	// moved is when the clock, the zone or a declaration changed last, and holdAt
	// when somebody began or ended a hold.
	moved, holdAt time.Duration
	// profile is HoldUntil as it was written, and until the instant that it was
	// when it arrived.
	profile string
	until   time.Time
	// asked is when people were last asked for what Apple enforces.
	asked time.Duration
	// ours are the updates that were this program's at the last look.
	ours string
	// begun is true once something was installed in the wake that runs.
	begun bool
}

// inWindow tells whether the clock on the wall is inside a window such as
// "Mon-Fri 18:00-22:00".
func inWindow(text string, local time.Time) bool {
	days, hours := "Mon-Sun", "00:00-24:00"
	for _, field := range strings.Fields(text) {
		if strings.Contains(field, ":") {
			hours = field
		} else {
			days = field
		}
	}
	var h1, m1, h2, m2 int
	if _, err := fmt.Sscanf(hours, "%d:%d-%d:%d", &h1, &m1, &h2, &m2); err != nil {
		panic(err)
	}
	from, to := h1*60+m1, h2*60+m2
	if to <= from {
		to += 24 * 60
	}
	minute := local.Hour()*60 + local.Minute()
	has := func(m int) bool { return m >= from && m < to }
	return onDay(days, local.Weekday()) && has(minute) || onDay(days, (local.Weekday()+6)%7) && has(minute+24*60)
}

// onDay tells whether days such as "Mon,Fri-Sun" have a weekday.
func onDay(days string, day time.Weekday) bool {
	number := func(name string) int { return strings.Index("MonTueWedThuFriSatSun", name) / 3 }
	n := (int(day) + 6) % 7
	for part := range strings.SplitSeq(days, ",") {
		first, last, ranged := strings.Cut(part, "-")
		from, to := number(first), number(first)
		if ranged {
			to = number(last)
		}
		if from <= n && n <= to || to < from && (n >= from || n <= to) {
			return true
		}
	}
	return false
}

func inWindows(windows []calendar.Window, local time.Time) bool {
	for _, w := range windows {
		if inWindow(w.String(), local) {
			return true
		}
	}
	return false
}

// frozen tells whether a day is one of a blackout.
func frozen(set *settings.Settings, local time.Time) bool {
	for _, b := range set.Blackouts {
		first, last, ranged := strings.Cut(b.String(), "/")
		if !ranged {
			last = first
		}
		if day := local.Format(time.DateOnly); first <= day && day <= last {
			return true
		}
	}
	return false
}

// open tells whether what is due may begin by itself.
func (g *guard) open(wall time.Time) bool {
	local := wall.In(g.l.Mac.Zone())
	return (len(g.set.MaintenanceWindows) == 0 || inWindows(g.set.MaintenanceWindows, local)) && !frozen(&g.set, local)
}

// quietAt tells whether nobody may be asked.
func (g *guard) quietAt(wall time.Time) bool {
	local := wall.In(g.l.Mac.Zone())
	return inWindows(g.set.QuietHours, local) || frozen(&g.set, local)
}

// step is how exactly the guard counts the cap.
const step = 15 * time.Minute

// capped is when windows and blackouts hold nothing up any more, at the latest:
// the days of blackouts do not count.
func (g *guard) capped(deadline time.Time) time.Time {
	at := deadline
	for left := g.set.MaxMaintenanceDelay; left > 0; at = at.Add(step) {
		if !frozen(&g.set, at.In(g.l.Mac.Zone())) {
			left -= step
		}
	}
	return at
}

// beforeTheCap tells whether windows and blackouts still count, by both clocks.
// What is being exploited they hold up for a day at most.
func (g *guard) beforeTheCap(at time.Duration, wall time.Time) bool {
	deadline := g.round.deadline
	if !g.round.active {
		deadline = g.onDisk()
	}
	until := g.capped(deadline).Add(-2 * step) // one at each end of what does not count
	if g.set.MaxDeferralTimeExploited > 0 && len(g.set.Releases) > 0 {
		until = deadline.Add(min(until.Sub(deadline), day))
	}
	past := g.continuous(at) - deadline.Sub(g.round.sightedAt)
	return wall.Before(until) && (g.round.sighted == never || past < until.Sub(deadline)-2*time.Minute)
}

var holdsUntil = regexp.MustCompile(`<key>Until</key><integer>(\d+)</integer>`)

// onHold tells whether the Mac is held at a time by the clock on the wall.
func (g *guard) onHold(wall time.Time) bool {
	if data, there := g.l.Mac.Disk().Get(layout.HoldFile()); there {
		if m := holdsUntil.FindSubmatch(data); m != nil {
			n, _ := strconv.ParseInt(string(m[1]), 10, 64)
			if left := time.Unix(n, 0).Sub(wall); left > 0 && left <= deferral.HoldMost {
				return true
			}
		}
	}
	return g.today.until.After(wall)
}

// heedHold notes HoldUntil when it arrives: it is by the clock of then.
func (g *guard) heedHold() {
	switch text := g.set.HoldUntil.String(); {
	case !g.set.HoldUntil.Known():
		g.today.profile, g.today.until = "", time.Time{}
	case text != g.today.profile || !g.round.active:
		g.today.profile, g.today.until = text, g.set.HoldUntil.In(g.l.Mac.Zone())
	}
}

// doubtful tells whether nobody can say what hour it is for the wake that runs:
// the clock, the zone or a declaration have changed since it began, or the
// clock is put back or forward around now.
func (g *guard) doubtful(wall time.Time) bool {
	zone := g.l.Mac.Zone()
	_, before := wall.Add(-26 * time.Hour).In(zone).Zone()
	_, after := wall.Add(26 * time.Hour).In(zone).Zone()
	return g.today.moved >= g.wake.began || before != after || wall.Before(believable)
}

// hoursChanged takes note of what changes by which hours the Mac goes.
func (g *guard) hoursChanged(e simmac.Event) {
	switch {
	case e.Kind == simmac.FactChanged && e.Name == "hold":
		g.today.holdAt = e.At
	case e.Kind == simmac.ClockSet, e.Kind == simmac.ZoneSet, e.Name == "declaration", strings.HasPrefix(e.Text, "Apple is told to enforce "):
		g.today.moved = e.At
		if g.dialog.d != nil && g.dialog.d.Declared {
			g.wake.deferred = never // what Apple no longer enforces is asked for by this program's date
		}
	}
}

// inItsTime checks that something begins by itself only when it may.
func (g *guard) inItsTime(e simmac.Event, what string) {
	wall := e.Moment.Wall
	if g.let(theHourIsDoubtful, g.doubtful(wall)) || g.let(theDiskLies, g.lies) || g.let(anAdministratorMovesIt, g.repin) || g.let(bothFilesAreDeleted, g.forgotten) {
		return
	}
	g.notHeld(e, what)
	if g.reserved(wall) {
		g.fail(34, "%s comes around the date of Apple's: %v", what, g.declared(wall))
	}
	if !g.open(wall) && g.open(wall.Add(-time.Minute)) && g.let(theHourIsDoubtful, true) {
		return // it has closed while the dialog came up
	}
	if !g.open(wall) && g.beforeTheCap(e.At, wall) {
		g.fail(32, "%s comes by itself outside the windows %v, or in the blackout %v, before the cap: the deadline was %v", what, g.set.MaintenanceWindows, g.set.Blackouts, g.round.deadline)
	}
	if len(g.set.MaintenanceWindows)+len(g.set.Blackouts) > 0 {
		g.reached.named("hours", "enforced in time")
	}
}

// notHeld checks that the Mac is not held.
func (g *guard) notHeld(e simmac.Event, what string) {
	if g.onHold(e.Moment.Wall) && !g.let(theHourIsDoubtful, e.At-g.today.holdAt < time.Minute) {
		g.fail(33, "%s comes while the Mac is held", what)
	}
}

// dialogInItsTime checks when a dialog comes up that nobody has asked for, and
// what it says of Apple's date.
func (g *guard) dialogInItsTime(e simmac.Event) {
	d, wall := e.Dialog, e.Moment.Wall
	switch {
	case d.Kind == prompt.RunNow, d.Kind == prompt.InstallNow && !d.NotAllowed && !g.wake.consent:
		g.inItsTime(e, "the dialog "+string(d.Kind))
		g.leftToApple(e)
	case d.Kind == prompt.RunOrDefer, d.Kind == prompt.Updating && d.Countdown > 0:
		if g.let(theHourIsDoubtful, g.doubtful(wall)) || g.let(theDiskLies, g.lies) || g.let(anAdministratorMovesIt, g.repin) || g.let(bothFilesAreDeleted, g.forgotten) {
			return
		}
		g.notHeld(e, "the dialog "+string(d.Kind))
		if g.reserved(wall) {
			g.fail(34, "the dialog %s comes around the date of Apple's: %v", d.Kind, g.declared(wall))
		}
		if d.Kind == prompt.RunOrDefer {
			g.askedInItsTime(e)
		}
	}
}

// askedInItsTime checks a prompt: not in quiet hours, with one date, and for what
// Apple enforces once a day.
func (g *guard) askedInItsTime(e simmac.Event) {
	d, wall := e.Dialog, e.Moment.Wall
	if g.quietAt(wall) && g.quietAt(wall.Add(-time.Minute)) {
		g.fail(32, "a prompt comes in the quiet hours %v, or in the blackout %v", g.set.QuietHours, g.set.Blackouts)
	}
	if len(g.set.QuietHours)+len(g.set.Blackouts) > 0 {
		g.reached.named("hours", "asked in time")
	}
	all, by := g.coveredOf(d, wall)
	switch {
	case by.IsZero() && d.Declared:
		g.fail(34, "the prompt says that Apple enforces by %v what nobody has declared", d.Deadline)
	case by.IsZero():
		return
	case d.Deadline.After(by.Add(time.Second)):
		g.fail(34, "the prompt shows %v for what Apple enforces by %v", d.Deadline, by)
	case all && !d.Deadline.Equal(by):
		g.fail(34, "the prompt shows %v for nothing but what Apple enforces by %v", d.Deadline, by)
	case g.set.LeaveDeclaredUpdates:
		g.fail(34, "a prompt names what is to be left to Apple")
	case g.today.asked != never && e.At-g.today.asked < day-5*time.Minute && !g.let(theClockIsSet, g.round.stepped || g.round.boots > 0):
		g.fail(34, "people are asked for what Apple enforces %v after they were asked last", e.At-g.today.asked)
	}
	g.today.asked = e.At
	g.reached.named("declared", "asked for")
}

// closedInTime checks that a dialog goes when what allows it ends. A tick of a
// prompt takes half a minute.
func (g *guard) closedInTime(e simmac.Event) {
	d, wall := &g.dialog, e.Moment.Wall
	if d.d == nil || e.At-d.at < 5*time.Minute || !awakeFor(g, e.At) || g.let(theHourIsDoubtful, g.doubtful(wall)) ||
		g.let(theDiskLies, g.lies) || g.let(anAdministratorMovesIt, g.repin) || g.let(aFaultHidIt, g.wake.faulty) {
		return
	}
	ago := wall.Add(-2 * time.Minute)
	shown := d.kind == prompt.RunOrDefer || d.kind == prompt.RunNow
	switch {
	case shown && g.onHold(ago) && g.onHold(wall) && e.At-g.today.holdAt > 2*time.Minute:
		g.fail(33, "the dialog %s is up while the Mac is held", d.kind)
	case shown && g.reserved(ago) && g.reserved(wall):
		g.fail(34, "the dialog %s is up around the date of Apple's", d.kind)
	case d.kind == prompt.RunOrDefer && g.quietAt(ago) && g.quietAt(wall):
		g.fail(32, "a prompt is up in quiet hours or a blackout")
	case d.kind == prompt.RunNow && !g.open(ago) && !g.open(wall) && g.beforeTheCap(e.At, ago):
		g.fail(32, "a countdown is up outside the windows or in a blackout")
	}
}

// bySources checks that the deadline is not later than a date in the settings, or
// than the notice that a date which has passed gives.
func (g *guard) bySources(st deferral.State) {
	r, zone := &g.round, g.l.Mac.Zone()
	if g.set.SkipDeferral || g.let(theClockIsSet, r.stepped || g.today.moved > 0) || g.let(anAdministratorMovesIt, g.repin) || g.let(theDiskLies, g.lies) ||
		g.let(bothFilesAreDeleted, g.forgotten) || g.let(whatWasLeftIsUnknown, g.wake.faulty) {
		return
	}
	late := func(key string, date time.Time) {
		most := date
		if noticed := g.wake.beganAt.Add(g.set.MinimumNotice + 15*time.Minute); noticed.After(most) {
			most = noticed
		}
		if g.set.WorkdayStartHour >= 0 {
			most = most.Add(day)
		}
		if st.ForcedAfter.After(most) {
			g.fail(31, "the deadline %v is later than %s, %v, and than the notice", st.ForcedAfter, key, date)
		}
		g.reached.named("source", key)
	}
	if g.set.DeadlineDate.Known() {
		late("DeadlineDate", g.set.DeadlineDate.In(zone))
	}
	for _, e := range g.set.RequiredVersions {
		if v := e.Minimum.String(); strings.HasPrefix(v, "26") && higher(v, st.Round.Runs) {
			late("RequiredVersions", e.By.In(zone))
		}
	}
	if n := g.set.MaxDeferrals; n > 0 && st.Round.Deferrals >= n {
		late("MaxDeferrals", g.l.Mac.Now().Wall.Add(max(g.longest(), g.set.MinimumNotice)+time.Second))
	}
}

// longest is the longest deferral that the settings offer.
func (g *guard) longest() time.Duration {
	most := g.set.DeferralPeriod
	for _, c := range g.set.DeferralChoices {
		most = max(most, c)
	}
	if len(g.set.DeferralTimes) > 0 {
		most = max(most, day)
	}
	return most
}

// noticeAtFirst checks that the deadline of a round that has just begun leaves
// people their notice.
func (g *guard) noticeAtFirst(st deferral.State) {
	r := &g.round
	least := r.sightedAt.Add(min(g.set.MinimumNotice, g.set.MaxDeferralTime) - time.Second)
	if g.set.SkipDeferral || g.let(theClockIsSet, g.today.moved >= g.wake.began) || g.let(whatWasLeftIsUnknown, g.wake.handed || g.wake.faulty) ||
		g.let(anAdministratorMovesIt, g.repin) {
		return
	}
	if st.ForcedAfter.Before(least) {
		g.fail(31, "a round that begins at %v has the deadline %v, which leaves less than the notice", r.sightedAt, st.ForcedAfter)
	}
}

// sources tells whether the deadline may have another source than MaxDeferralTime.
func (g *guard) sources() bool {
	s := &g.set
	return s.DeadlineDate.Known() || len(s.RequiredVersions)+len(s.Releases) > 0 || s.MaxDeferrals > 0
}

// sameSources tells whether settings have the same sources of a deadline.
func sameSources(a, b settings.Settings) bool {
	only := func(s settings.Settings) settings.Settings {
		return settings.Settings{DeadlineDate: s.DeadlineDate, RequiredVersions: s.RequiredVersions, Releases: s.Releases, MaxTimeAfterRelease: s.MaxTimeAfterRelease,
			MaxDeferralTimeExploited: s.MaxDeferralTimeExploited, MaxDeferrals: s.MaxDeferrals, MinimumNotice: s.MinimumNotice}
	}
	return reflect.DeepEqual(only(a), only(b))
}

// beginsInTime checks the first installation of a wake that nobody has clicked
// for. What follows on a countdown follows whatever the hour.
func (g *guard) beginsInTime(e simmac.Event, line string) {
	if g.today.begun || g.wake.complete || g.wake.counted {
		return
	}
	g.today.begun = true
	g.inItsTime(e, line)
}

// shut tells whether windows or blackouts still keep what is due from beginning,
// or have no room for the countdown.
func (g *guard) shut(st deferral.State) bool {
	wall := g.l.Mac.Now().Wall
	return len(g.set.MaintenanceWindows)+len(g.set.Blackouts) > 0 &&
		(!g.open(wall) || !g.open(wall.Add(g.set.UpdateDelay)) || g.today.moved > g.now()-2*day) && g.now() < g.live.capped(g, st)
}

// capped is when in the story windows and blackouts hold nothing up any more.
func (a *alive) capped(g *guard, st deferral.State) time.Duration {
	return g.now() + g.capped(st.ForcedAfter).Sub(g.l.Mac.Now().Wall)
}
