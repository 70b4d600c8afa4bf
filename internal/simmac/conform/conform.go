// Package conform holds the tests that everything must pass that stands between
// a wake and its Mac: the Host, the Updater, the Screen and the Store. The same
// suite runs over the simulated Mac in process and over the one of real
// processes below a folder; Look, which changes nothing, also runs over a real
// Mac:
//
//	go test ./internal/simmac/conform -v -confirm
//
// What must hold here: a suite knows the Mac only by the model behind it, and
// the doors only by their interfaces. What one implementation is allowed and
// another is not has no place in it.
package conform

import (
	"context"
	"testing"
	"time"

	"installordefer/deferral/settings"
	"installordefer/internal/simmac"
	"installordefer/internal/wake"
	"installordefer/launchd"
	"installordefer/softwareupdate"
)

// ID is the identifier of the job on every Mac of the suites.
const ID = "com.github.install-or-defer"

// A Rig is one implementation of the doors, and the model behind it.
type Rig struct {
	// Job has the Clock and the doors. Nothing else of it is used.
	*wake.Job
	// Context ends when the Mac asks the root job to end.
	Context context.Context
	// Do looks at the model, or changes it.
	Do func(func(*simmac.Mac))
	// Open opens the store as a wake does that begins.
	Open func() wake.Store
	// Read returns a file of the job's layout without a root; ok is false
	// where it is not there. Write replaces it, as an administrator does.
	Read  func(path string) (data []byte, ok bool)
	Write func(path string, data []byte)
}

// A Mac makes the Mac of these facts and calls use while its root job is at
// work.
type Mac func(t *testing.T, f simmac.Facts, use func(Rig))

const (
	safari = softwareupdate.Label("Safari27.0TahoeAuto-27.0")
	tahoe  = softwareupdate.Label("macOS Tahoe 26.7-25G229")
)

// patience bounds a wait for what must come, on the Mac's clock.
const patience = 2 * time.Hour

var (
	layout = launchd.Layout{ID: ID}
	domain = settings.DomainOf(settings.LocalPath(string(ID)))
)

var (
	ada   = launchd.ConsoleUser{Name: "ada", UID: 501}
	grace = launchd.ConsoleUser{Name: "grace", UID: 502}
)

// facts are those of a Mac with two people, of whom one owns the volume, and
// three updates.
func facts() simmac.Facts {
	return simmac.Facts{
		Seed: 1, Start: time.Date(2026, 9, 21, 8, 0, 0, 0, time.UTC), AppleSilicon: false,
		OS:      simmac.OS{Version: "26.6", Build: "25G72"},
		Battery: &simmac.Battery{Percent: 42},
		Accounts: []simmac.Account{
			{Name: ada.Name, FullName: "Ada Byron", UID: ada.UID, Password: "correct horse", Owner: true},
			{Name: grace.Name, FullName: "Grace Hopper", UID: grace.UID, Password: "battery staple"},
		},
		Updates: []simmac.Update{
			{Label: string(safari), Title: "Safari", Version: "27.0", SizeKiB: 249465, Download: 30 * time.Second},
			{Label: string(tahoe), Title: "macOS Tahoe 26.7", Version: "26.7", Build: "25G229", SizeKiB: 3039632, Action: simmac.RestartAction, Download: 3 * time.Minute},
		},
		Job: simmac.Job{Label: ID},
	}
}

// loggedIn is a Mac with ada at the screen.
func (mac Mac) loggedIn(t *testing.T, use func(Rig)) {
	t.Helper()
	mac(t, facts(), func(r Rig) {
		r.Do(func(m *simmac.Mac) { m.Login(ada.Name) })
		use(r)
	})
}

// happened tells whether something of a kind has happened on the Mac.
func (r Rig) happened(k simmac.Kind) (yes bool) {
	r.Do(func(m *simmac.Mac) { yes = m.Journal.Count(k) > 0 })
	return yes
}
