package lifetimes

import (
	"slices"
	"time"

	"installordefer/deferral"
	"installordefer/deferral/settings"
	"installordefer/internal/simmac"
	"installordefer/internal/simmac/life"
)

// A written is what an administrator has written into the state file last. It
// survives every wake, also one that runs at the time, and counts.
type written struct {
	contact  string    // a setting
	deadline time.Time // earlier than the one that was known; zero when there is none
	set      settings.Settings
}

// wrote takes note of what "defaults write" has done.
func (g *guard) wrote(key string, value time.Time, contact string) {
	g.written = written{contact: contact, set: g.set}
	if key == "AppleSoftwareUpdatesForcedAfter" || key == "UpdatesForcedAfter" {
		if g.round.active && value.Before(g.round.deadline) && g.round.deadline.After(believable) && value.After(believable) {
			g.written.deadline = value
		}
	}
}

// heeded checks that a wake has kept what an administrator has written, and has
// taken over an earlier deadline.
func (g *guard) heeded(st deferral.State, wake life.Wake) {
	want := &g.written
	if want.contact == "" || g.let(theWakeDied, died(wake)) || g.let(theDiskLies, g.lies) || g.l.Mac.Disk().Fault != simmac.DiskWorks {
		return
	}
	if contact, _ := g.l.Mac.Default(domain, "SupportContact"); contact != want.contact {
		g.fail(5, "an administrator has written SupportContact = %q, and it is %v", want.contact, contact)
	}
	g.reached.named("written", "kept")
	same := g.set.MaxDeferralTime == want.set.MaxDeferralTime && g.set.SkipDeferral == want.set.SkipDeferral
	if !want.deadline.IsZero() && st.Active() && same && g.round.sightedAt.After(believable) {
		// One that is nearer than the notice leaves that, in whole seconds.
		noticed := g.l.Mac.Now().Wall.Add(g.set.MinimumNotice + time.Second)
		if st.ForcedAfter.After(want.deadline) && st.ForcedAfter.After(noticed) {
			g.fail(5, "an administrator has written the deadline %v, and it is %v", want.deadline, st.ForcedAfter)
		}
		g.reached.named("written", "deadline counts")
	}
	want.deadline = time.Time{}
}

// settingsAlone tells whether the preferences hold nothing but what an
// administrator has written into them.
func (g *guard) settingsAlone() bool {
	return !slices.ContainsFunc(settings.StateKeys(), func(key string) bool {
		_, there := g.l.Mac.Default(domain, key)
		return there
	})
}
