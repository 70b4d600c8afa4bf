package lifetimes

import (
	"strconv"
	"strings"
	"time"

	"installordefer/deferral"
	"installordefer/internal/simmac"
	"installordefer/prompt"
)

// What Apple enforces by itself, as the guard reads it.

// An enforced is a version that Apple enforces and that does not run yet.
type enforced struct {
	version string
	by      time.Time
}

// declared is what Apple enforces at a time and has not failed at.
func (g *guard) declared(wall time.Time) []enforced {
	var out []enforced
	log, _ := g.l.Mac.Disk().Get("/private/var/log/install.log")
	for _, d := range g.l.Mac.Declared() {
		by, err := time.ParseInLocation("2006-01-02T15:04:05", d.By, g.l.Mac.Zone())
		failed := !wall.Before(by.Add(day)) || !wall.Before(by) && notFound(string(log), d.Version)
		if err == nil && !failed && higher(d.Version, g.l.Mac.OS().Version) {
			out = append(out, enforced{d.Version, by})
		}
	}
	return out
}

// notFound tells whether Apple, by its log, did not find a version when it last tried to
// enforce it. The sentence stands before the one that the try is put off.
func notFound(log, version string) (gone bool) {
	its, missing := false, false
	for line := range strings.Lines(log) {
		_, after, names := strings.Cut(line, "|VersionString:")
		switch {
		case names:
			its = strings.HasPrefix(after, version+"|")
		case its && strings.Contains(line, "pallasNoPMVMatchFound=true"):
			gone, missing = true, true
		case its && strings.Contains(line, "setPastDuePaddedEnforcementDate"):
			gone, missing = missing, false
		}
	}
	return gone
}

// higher tells whether one version is higher than another, number by number.
func higher(a, b string) bool {
	as, bs := strings.Split(a, "."), strings.Split(b, ".")
	for i := range max(len(as), len(bs)) {
		var x, y int
		if i < len(as) {
			x, _ = strconv.Atoi(as[i])
		}
		if i < len(bs) {
			y, _ = strconv.Atoi(bs[i])
		}
		if x != y {
			return x > y
		}
	}
	return false
}

// covered is the earliest date by which Apple enforces what an update brings.
func (g *guard) covered(version string, wall time.Time) (by time.Time) {
	major, _, _ := strings.Cut(version, ".")
	for _, d := range g.declared(wall) {
		if m, _, _ := strings.Cut(d.version, "."); m == major && !higher(version, d.version) && (by.IsZero() || d.by.Before(by)) {
			by = d.by
		}
	}
	return by
}

// applesDate is the date by which Apple enforces all that a round whose deadline has
// passed is about; zero where it does not.
func (g *guard) applesDate(st deferral.State) (by time.Time) {
	now := g.l.Mac.Now()
	if !st.Due(now) {
		return by
	}
	for _, u := range st.Round.Updates {
		at := g.covered(u.Version, now.Wall)
		if u.Version == "" || at.IsZero() {
			return time.Time{}
		}
		if by.IsZero() || at.Before(by) {
			by = at
		}
	}
	return by
}

// ofMacOS is the version of macOS that an update leads to, by its label.
func ofMacOS(label, version string) string {
	if strings.HasPrefix(label, "macOS") {
		return version
	}
	return ""
}

// ours are the updates that are left and that Apple does not enforce by itself.
func (g *guard) ours() []simmac.Update {
	wall := g.l.Mac.Now().Wall
	var out []simmac.Update
	for _, u := range g.left() {
		if v := ofMacOS(u.Label, u.Version); v == "" || g.covered(v, wall).IsZero() {
			out = append(out, u)
		}
	}
	return out
}

// reserved tells whether Apple is about to restart the Mac, or has just tried to,
// so that nothing of this program is on the screen. Around its edges a look is not
// to the second.
func (g *guard) reserved(wall time.Time) bool {
	for _, d := range g.declared(wall) {
		if wall.Sub(d.by).Abs() < time.Hour-time.Minute {
			return true
		}
	}
	return false
}

// coveredOf says which date Apple has for what a dialog names, and whether it has
// one for all of it.
func (g *guard) coveredOf(d *prompt.Dialog, wall time.Time) (all bool, by time.Time) {
	all = true
	for _, u := range d.Updates {
		at := time.Time{}
		if v := g.w.versions[words(u.Name)]; v != "" {
			at = g.covered(v, wall)
		}
		all = all && !at.IsZero()
		if !at.IsZero() && (by.IsZero() || at.Before(by)) {
			by = at
		}
	}
	return all, by
}

// leftToApple checks that a dialog that cannot be put off names nothing that Apple
// enforces.
func (g *guard) leftToApple(e simmac.Event) {
	if g.let(theHourIsDoubtful, g.doubtful(e.Moment.Wall)) || g.let(theDiskLies, g.lies) {
		return
	}
	if _, by := g.coveredOf(e.Dialog, e.Moment.Wall); !by.IsZero() {
		g.fail(34, "the dialog %s enforces what Apple enforces by %v", e.Dialog.Kind, by)
	}
}

// withApple tells whether Apple is about to act, or has just given up what is this
// program's again.
func (g *guard) withApple() bool {
	var labels []string
	for _, u := range g.ours() {
		labels = append(labels, u.Label)
	}
	was := g.today.ours
	g.today.ours = strings.Join(labels, "\n")
	for _, d := range g.declared(g.l.Mac.Now().Wall) {
		if g.l.Mac.Now().Wall.Sub(d.by).Abs() < time.Hour+5*time.Minute {
			return true
		}
	}
	return len(g.l.Mac.Declared()) > 0 && g.today.ours != was
}
