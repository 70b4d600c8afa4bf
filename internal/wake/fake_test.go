package wake

import (
	"context"
	"fmt"
	"time"

	"installordefer/deferral"
	"installordefer/deferral/settings"
	"installordefer/internal/clock"
	"installordefer/internal/logging"
	"installordefer/internal/macos"
	"installordefer/launchd"
	"installordefer/launchd/mac"
	"installordefer/prompt"
	"installordefer/softwareupdate"
)

// A fake is a Mac that does what a test says, and writes down what it was asked
// to do. The test sets the fields; nothing comes to it of its own.
type fake struct {
	now   clock.Moment
	calls []string
	log   []string

	console   func(at time.Duration) (launchd.Console, error)
	locked    func(at time.Duration) bool
	dark      func(at time.Duration) bool
	power     launchd.Power
	converts  bool
	network   func(at time.Duration) bool // offline
	free      int64
	busy      bool
	owner     bool
	admin     bool
	declared  mac.Declared
	err       error // of the call that is tested
	list      softwareupdate.List
	reports   []softwareupdate.Progress // one each minute
	silent    time.Duration             // after them
	reached   softwareupdate.Reached
	stopped   bool
	talks     bool // it says what is seen of its dialog all the time
	sight     func(at time.Duration) prompt.Sight
	changes   []prompt.Change
	broken    bool           // no dialog comes up
	answer    *prompt.Answer // after lasts
	lasts     time.Duration
	opened    time.Duration
	ends      time.Duration
	dialogs   []prompt.Dialog
	st        deferral.State
	saved     []deferral.Step
	loadFails error
}

func (f *fake) did(format string, args ...any) {
	f.calls = append(f.calls, fmt.Sprintf(format, args...))
}

func (f *fake) Now() clock.Moment { return f.now }

func (f *fake) Sleep(_ context.Context, d time.Duration) error {
	f.now = f.now.Add(d)
	return nil
}

func (f *fake) Load() (deferral.State, []settings.Problem, error) { return f.st, nil, f.loadFails }
func (f *fake) Heed(s deferral.State) (deferral.State, []string)  { return s, nil }
func (f *fake) Mirror(context.Context) error                      { return nil }
func (f *fake) Clear(context.Context) error                       { return nil }

func (f *fake) Save(s deferral.State) error {
	f.st = s
	f.saved = append(f.saved, s.Round.Step)
	return nil
}

func (f *fake) Console(context.Context) (launchd.Console, error) { return f.console(f.now.Continuous) }
func (f *fake) FileVault(context.Context) (bool, error)          { return f.converts, f.err }
func (f *fake) Power(context.Context) (launchd.Power, error)     { return f.power, f.err }
func (f *fake) Free(context.Context) (int64, error)              { return f.free, f.err }
func (f *fake) Offline(context.Context) (bool, error) {
	return f.network != nil && f.network(f.now.Continuous), f.err
}
func (f *fake) Busy(context.Context, []string) (bool, error) { return f.busy, f.err }
func (f *fake) RemovalBegun() (bool, error)                  { return false, nil }

func (f *fake) Presence(context.Context) (launchd.Presence, error) {
	at := f.now.Continuous
	p := launchd.Presence{Dark: f.dark != nil && f.dark(at)}
	if f.locked != nil && f.locked(at) {
		p.Locked = []int{ada.UID}
	}
	return p, nil
}

func (f *fake) Machine() (macos.Machine, error) {
	return macos.Machine{Version: "26.6", Build: "25G72"}, nil
}

func (f *fake) IsVolumeOwner(_ context.Context, u launchd.ConsoleUser) (bool, error) {
	f.did("is %s an owner", u.Name)
	return f.owner, f.err
}

func (f *fake) IsAdministrator(context.Context, launchd.ConsoleUser) (bool, error) {
	return f.admin, f.err
}

func (f *fake) OpenSoftwareUpdate(_ context.Context, u launchd.ConsoleUser, _ int, rapid bool) error {
	f.did("open Software Update for %s, rapid %v", u.Name, rapid)
	return f.err
}

func (f *fake) SoftRestart(_ context.Context, u launchd.ConsoleUser, shutdown bool) error {
	f.did("soft restart for %s, shutdown %v", u.Name, shutdown)
	return f.err
}

func (f *fake) HardRestart(_ context.Context, shutdown bool) error {
	f.did("hard restart, shutdown %v", shutdown)
	return f.err
}

func (f *fake) Remove(context.Context, launchd.Removal) error {
	f.did("remove")
	return f.err
}

func (f *fake) List(context.Context) softwareupdate.List {
	f.did("list")
	return f.list
}

func (f *fake) Download(_ context.Context, d softwareupdate.Download) (softwareupdate.Run, error) {
	f.did("download %s in the session of %d", d.Label, d.ConsoleUID)
	return &fakeRun{fake: f}, nil
}

func (f *fake) Install(_ context.Context, in softwareupdate.Install) (softwareupdate.Run, error) {
	f.did("install %q in the session of %d, restart %v, force %v, owner %q", in.Labels, in.ConsoleUID, in.Restart, in.Force, in.Owner)
	return &fakeRun{fake: f}, nil
}

// A fakeRun is Apple's tool, which reports once a minute.
type fakeRun struct {
	*fake
	at int
}

func (r *fakeRun) Wait(_ context.Context, tick time.Duration) ([]softwareupdate.Progress, bool) {
	if r.silent > 0 {
		r.silent -= tick
		r.now = r.now.Add(tick)
		return nil, false
	}
	if r.at >= len(r.reports) {
		return nil, true
	}
	r.now = r.now.Add(time.Minute)
	r.at++
	return r.reports[r.at-1 : r.at], false
}

func (r *fakeRun) Stop() { r.stopped = r.stopped || r.at < len(r.reports) || r.silent > 0 }

func (r *fakeRun) Result() (softwareupdate.Reached, error) {
	if r.stopped {
		return softwareupdate.Reached{}, softwareupdate.ErrStopped
	}
	return r.reached, r.err
}

func (f *fake) Open(_ context.Context, u launchd.ConsoleUser, d prompt.Dialog) (Window, error) {
	f.did("show %s to %s", d.Kind, u.Name)
	if f.broken {
		return nil, fmt.Errorf("no helper")
	}
	f.dialogs = append(f.dialogs, d)
	f.opened, f.ends = f.now.Continuous, f.now.Continuous+f.lasts
	return f, nil
}

func (f *fake) Change(c prompt.Change) error {
	f.changes = append(f.changes, c)
	return nil
}

func (f *fake) Close() {}

func (f *fake) Sight() prompt.Sight {
	if f.sight == nil {
		return prompt.Shown
	}
	return f.sight(f.now.Continuous)
}

func (f *fake) Wait(_ context.Context, most time.Duration) (prompt.Answer, bool) {
	if f.talks {
		most = min(most, time.Second)
	}
	if left := f.ends - f.now.Continuous; f.answer != nil && left <= most {
		f.now = f.now.Add(max(left, 0))
		a := *f.answer
		a.After = f.lasts // whenever it is heard
		return a, true
	}
	f.now = f.now.Add(most)
	return prompt.Answer{}, false
}

func (f *fake) Debug(logging.Category, string, ...any) {}

func (f *fake) Notice(_ logging.Category, format string, args ...any) {
	f.log = append(f.log, fmt.Sprintf(format, args...))
}

func (f *fake) Error(_ logging.Category, format string, args ...any) {
	f.log = append(f.log, fmt.Sprintf(format, args...))
}

var (
	ada    = deferral.Person{Name: "ada", UID: 501}
	grace  = deferral.Person{Name: "grace", UID: 502}
	safari = deferral.Update{Label: "Safari27.0-27.0", Name: "Safari 27.0"}
	tahoe  = deferral.Update{Label: "macOS Tahoe 26.7-25G229", Name: "macOS Tahoe 26.7", Restart: true, System: true, MacOS: true}
)

func at(p deferral.Person) launchd.Console {
	return launchd.Console{User: consoleUser(p), Present: true, Session: p.UID}
}

func adaIsThere(time.Duration) (launchd.Console, error) { return at(ada), nil }

// after is a screen that ada leaves to what c says.
func after(then time.Duration, c launchd.Console, err error) func(time.Duration) (launchd.Console, error) {
	return func(now time.Duration) (launchd.Console, error) {
		if now < time.Hour+then {
			return adaIsThere(now)
		}
		return c, err
	}
}

// wake is a wake on f in a round that began an hour ago, with ada at the screen.
func (f *fake) wake() *wake {
	f.now = clock.Moment{Wall: time.Date(2026, 11, 23, 10, 0, 0, 0, time.UTC), Continuous: time.Hour, Boot: "b"}
	if f.console == nil {
		f.console = adaIsThere
	}
	w := (&Job{Clock: f, Store: f, Holds: noHold{}, Host: f, Screen: f, Updater: f, Log: f, Zone: time.UTC}).newWake()
	w.s.Settings, w.s.Zone, w.s.Now = settings.Defaults(), time.UTC, f.now
	w.s.State = deferral.State{}.Checked(deferral.Found, []deferral.Update{safari, tahoe}, w.s.Settings, w.s.Machine, f.now, time.UTC)
	w.apply(w.look(context.Background()))
	return w
}
