package lifetimes

import (
	"fmt"
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

// A localSeen is what the guard knows of the local preferences. Until the file
// shows what an administrator's "defaults write" has given, macOS has it in memory
// alone.
type localSeen struct {
	profileSeen
	// key and value are what was typed last, and typed is when.
	key   string
	value int64
	typed time.Duration
	// mirrored is when the job last gave the preferences something, and exported
	// when it last asked macOS what it has of them.
	mirrored, exported time.Duration
	// late is true once something typed waited for a disk that took nothing: it
	// counts whenever macOS writes it.
	late bool
}

// overwritten checks that the job changes no key that somebody has just written:
// it asks macOS before, and what was written until then is left alone.
func (g *guard) overwritten(e simmac.Event) {
	switch {
	case e.Argv[1] == "export":
		g.local.exported = e.At
	case len(e.Argv) > 3 && e.Argv[3] == g.local.key && g.local.typed < g.local.exported && !g.let(theRemovalHasBegun, g.removing):
		now, _ := g.l.Mac.Default(domain, g.local.key)
		file, _ := settings.ReadLocal(g.l.Mac.Disk().Read, layout.LocalFile())
		if now == g.local.value && fmt.Sprint(file.Values[g.local.key]) != fmt.Sprint(g.local.value) {
			g.fail(5, "%s was written %v ago, and the job writes over it", g.local.key, e.At-g.local.typed)
		}
	}
}

// mirrors leaves what is given to the preferences out of what a wake starts, until
// macOS has written it: also in the next wake, in the midst of which it may do so.
func (g *guard) mirrors(e simmac.Event) {
	again := e.At-g.local.mirrored < time.Minute
	if !again {
		g.local.mirrored = e.At
	}
	if g.let(theCacheIsLate, again || g.fileLags()) {
		g.wake.tools--
	}
}

// fileLags tells whether the file of the preferences lacks what the state says, in one
// of the four keys. macOS may have lost what it was given, or the disk does.
func (g *guard) fileLags() bool {
	st, err := g.state.read(g)
	if err != nil {
		return false
	}
	file, _ := settings.ReadLocal(g.l.Mac.Disk().Read, layout.LocalFile())
	has := func(t time.Time, keys ...string) bool {
		for _, key := range keys {
			if v, there := file.Values[key]; there == t.IsZero() || there && fmt.Sprint(v) != fmt.Sprint(t.Unix()) {
				return false
			}
		}
		return true
	}
	return !has(st.ForcedAfter, settings.KeyForcedAfter, settings.KeyForcedAfterLater) || !has(st.DeferredUntil, settings.KeyDeferredUntil, settings.KeyDeferredUntilLater)
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
