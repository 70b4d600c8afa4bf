package lifetimes

import (
	"maps"
	"reflect"
	"slices"
	"time"

	"pgregory.net/rapid"

	"installordefer/deferral"
	"installordefer/deferral/settings"
	"installordefer/internal/simmac"
	"installordefer/internal/simmac/scenario"
)

// keptFor is how long a profile that is away counts as unchanged, and local
// preferences that cannot be read.
const keptFor = 24 * time.Hour

// A profileSeen is what the guard knows of the configuration profile, or of the
// local preferences.
type profileSeen struct {
	// values are what the last wake that found any has found.
	values map[string]any
	// sure is true once such a wake has ended well in a round: from then on
	// the job must know them.
	sure bool
	// gone is since when wakes find none, boots how often the Mac has started
	// since, and off how much of the time until now it was off.
	gone  time.Duration
	boots int
	off   time.Duration
	// noticed is until when nothing may be enforced, because the deadline was
	// brought nearer.
	noticed time.Duration
}

// drawProfile lets the configuration profile go, or its file be damaged, and
// come back or not.
func (w *world) drawProfile(t *rapid.T) {
	if len(w.Settings) == 0 {
		return
	}
	at := within(t, 0, w.calm, "profile goes at")
	how := rapid.SampledFrom([]deed{noProfile, noProfile, emptiesProfile, rubbishProfile, barrenProfile}).Draw(t, "profile is")
	if how == noProfile {
		w.Events = append(w.Events, scenario.Event{At: at, Do: "remove settings"})
	} else {
		w.beside = append(w.beside, beside{At: at, Do: how})
	}
	away := scenario.Duration(290 * time.Second)
	switch rapid.IntRange(0, 2).Draw(t, "profile comes back") {
	case 0:
		return
	case 1:
		away = within(t, time.Minute, 30*time.Hour, "profile is away for")
	}
	w.Events = append(w.Events, scenario.Event{At: at + away, Do: "settings", Settings: w.Settings})
}

// settingsOf reads the settings that a wake begins with. Whether the job still
// goes by a file that is away, its state says; how long it may and must, the
// guard knows by itself.
func (g *guard) settingsOf(files settings.Files) settings.Settings {
	local := slices.IndexFunc(files.List, func(f settings.File) bool { return f.Path == settings.LocalPath(id) })
	g.idle.stirred = true // what is kept of a file is written down
	profile, own := g.profile.found(g, &files.List[0]), g.local.found(g, &files.List[local])
	if profile && own && len(settings.Unusable(g.profile.values)) == 0 {
		set, _, _ := files.Settings()
		return set
	}
	in, st := g.inForce(files) // in the place of what cannot be used the round has what it had
	if !profile {
		g.judgeKept("profile", &g.profile, st, &in.List[0])
	}
	if !own {
		g.judgeKept("local", &g.local.profileSeen, st, &in.List[local])
	}
	set, _, _ := in.Settings()
	return set
}

// inForce are the files with what the round keeps of a profile, as the job sees them
// in its state.
func (g *guard) inForce(files settings.Files) (settings.Files, deferral.State) {
	st, err := g.state.read(g)
	if err != nil || !st.Active() && !st.Stays() && st.Share == 0 {
		st = g.copied()
	}
	// The job reads the clock a moment after the guard.
	now := g.l.Mac.Now()
	now.Wall, now.Continuous = now.Wall.Add(time.Second), now.Continuous+time.Second
	_, in, _ := st.InForce(files, now)
	return in, st
}

// found takes note of what a file holds; false means that settings are missing.
func (p *profileSeen) found(g *guard, m *settings.File) bool {
	if m.Away == "" {
		p.values, p.gone, p.sure = known(m.Layer.Values), never, false
		return true
	}
	if p.gone == never {
		p.gone, p.boots, p.off = g.now(), g.wake.boots, 0
	}
	return false
}

// judgeKept checks how long the settings of a file that is away go on.
func (g *guard) judgeKept(what string, p *profileSeen, st deferral.State, m *settings.File) {
	kept, values := m.Kept, m.Layer.Values
	if ends := slices.ContainsFunc(st.Round.Profiles, func(k deferral.Profile) bool { return k.Path == m.Path }); ends && !kept {
		// This wake goes by other settings than the last, and may die before it
		// has written down what follows from them.
		g.repin, g.dirty, g.wake.deferred = true, true, never
	}
	away := g.now() - p.gone
	on := away - p.off
	boots := time.Duration(g.wake.boots - p.boots)
	switch {
	case kept && !reflect.DeepEqual(usable(values, p.values), usable(p.values, p.values)) && p.sure:
		g.fail(7, "the profile is away, and instead of %v the job goes by %v", p.values, values)
	case !kept && p.sure && on < keptFor && !g.let(theRemovalHasBegun, g.removing):
		g.fail(7, "the settings of the profile end %v after it has gone", on)
	case kept && p.sure && on > keptFor+(boots+2)*(time.Hour+5*time.Minute)+longestWake:
		g.fail(7, "the settings of the profile go on %v after it has gone", on)
	}
	if !kept {
		if p.sure {
			g.reached.named(what, "no longer kept")
		}
		p.sure = false
		return
	}
	g.dirty = true // the next wake may end it
	g.reached.named(what, "kept")
}

// usable are those of the values that could be used in the profile. In the place of
// the others the round has what it had before, if anything.
func usable(values, profile map[string]any) map[string]any {
	in := maps.Clone(values)
	for _, name := range settings.Unusable(profile) {
		delete(in, name)
	}
	return in
}

// known are those of the values that are settings.
func known(values map[string]any) map[string]any {
	in := map[string]any{}
	for name, v := range values {
		if _, known := settings.KeyNamed(name); known {
			in[name] = v
		}
	}
	return in
}

// profileSettled notes after a wake that the job knows the settings that it has
// found.
func (g *guard) profileSettled(st deferral.State, well bool) {
	for _, p := range []*profileSeen{&g.profile, &g.local.profileSeen} {
		switch {
		case g.let(theDiskLies, g.lies) || g.l.Mac.Disk().Fault != simmac.DiskWorks:
			p.sure = false
		case p.gone == never && len(p.values) > 0 && well && (st.Active() || st.Stays() || st.Share > 0):
			p.sure = true
		}
	}
}

// noticed checks a deadline that has moved: nothing but time brings it nearer
// than MinimumNotice.
func (g *guard) noticed(st deferral.State) {
	r := &g.round
	nearer := r.active && st.ForcedAfter.Before(r.deadline)
	if !nearer || g.set.SkipDeferral || g.let(theDiskLies, g.lies) || g.let(bothFilesAreDeleted, g.forgotten) ||
		g.let(whatWasLeftIsUnknown, r.stepped || r.sightedAt.Equal(g.wake.beganAt) || g.wake.faulty) {
		return
	}
	if !r.deadline.After(g.wake.beganAt) || g.let(whatWasLeftIsUnknown, !r.deadline.After(g.l.Mac.Now().Wall)) {
		return // it had passed
	}
	notice := g.set.MinimumNotice
	if least := g.wake.beganAt.Add(notice - time.Second); st.ForcedAfter.Before(least) {
		g.fail(7, "the deadline is brought from %v to %v, which is less than %v after %v", r.deadline, st.ForcedAfter, notice, g.wake.beganAt)
	}
	g.reached.named("deadline", "brought nearer")
	g.profile.noticed = g.wake.began + notice - 10*time.Second
}

// heardOf checks that nothing is enforced within the notice.
func (g *guard) heardOf(e simmac.Event) {
	if e.At < g.profile.noticed && !g.set.SkipDeferral && !g.let(whatWasLeftIsUnknown, g.round.stepped) &&
		!g.let(nobodyIsLoggedIn, g.set.InstallWhenNobody && len(g.l.Mac.LoggedIn()) == 0) {
		g.fail(7, "enforced %v before the end of the notice", g.profile.noticed-e.At)
	}
}
