package wake

import (
	"context"
	"slices"

	"installordefer/deferral"
	"installordefer/internal/logging"
	"installordefer/launchd"
	"installordefer/softwareupdate"
)

// look finds out who is there, and before whether they can see the screen: who
// is there comes last.
func (w *wake) look(ctx context.Context) deferral.Looked {
	p, unknown := w.Host.Presence(ctx)
	if unknown != nil && ctx.Err() == nil {
		w.Log.Error(logging.Prompt, "Could not tell whether anybody can see the screen, so it counts as seen: %v", unknown)
	}
	c, err := w.Host.Console(ctx)
	if err != nil && ctx.Err() == nil && !(c.Present && w.s.State.Settled(c.User.UID)) {
		w.Log.Error(logging.Prompt, "Could not tell who is logged in: %v", err)
	}
	people := deferral.People{Present: c.Present, Behind: c.Behind, Session: c.Session, Dark: p.Dark, Locked: c.Present && slices.Contains(p.Locked, c.User.UID)}
	if c.Present {
		people.Person = deferral.Person{Name: c.User.Name, UID: c.User.UID, Root: c.User.IsRoot()}
	}
	return deferral.Looked{People: deferral.Look(people, err, w.now())}
}

func consoleUser(p deferral.Person) launchd.ConsoleUser {
	return launchd.ConsoleUser{Name: p.Name, UID: p.UID}
}

// lookAtMac finds out whether the Mac is in a condition to install anything. What
// it does not say stands in no way.
func (w *wake) lookAtMac(ctx context.Context) deferral.LookedAtMac {
	var c deferral.Condition
	var unknown error
	ask := func(what string, err error) {
		if err != nil {
			unknown = err
			w.Log.Error(logging.Install, "Could not tell %s: %v", what, err)
		}
	}
	var err error
	c.Converting, err = w.Host.FileVault(ctx)
	ask("whether FileVault is converting the disk", err)
	power, err := w.Host.Power(ctx)
	ask("how full the battery is", err)
	w.portable = err == nil && power.Known && power.HasBattery
	c.OnBattery = w.portable && !power.OnAC
	c.BatteryPercent = power.Percent
	c.FreeKiB = -1
	if w.s.AsksForSpace() {
		free, err := w.Host.Free(ctx)
		if ask("how much space is free", err); err == nil {
			c.FreeKiB = free
		}
	}
	if w.s.AsksForNetwork() {
		c.Offline, err = w.Host.Offline(ctx)
		ask("whether there is a network", err)
	}
	return deferral.LookedAtMac{Mac: deferral.Look(c, unknown, w.now())}
}

// lookForObstacles looks at the Mac, where it is time to, while a countdown runs
// that must not end with nothing.
func (w *wake) lookForObstacles(ctx context.Context, a deferral.Act) error {
	if !a.LookAtMacNow(w.s.Wake.Mac, w.s.Now) {
		return nil
	}
	looked := w.lookAtMac(ctx)
	if ctx.Err() != nil {
		return nil
	}
	return w.take(looked)
}

// lookAtHardware finds out which Mac it is. One that cannot tell does not wait for its
// first check.
func (w *wake) lookAtHardware(ctx context.Context) deferral.LookedAtHardware {
	uuid, err := w.Host.Hardware(ctx)
	if err != nil && ctx.Err() == nil {
		w.Log.Error(logging.Job, "Could not tell which Mac this is, so the first check does not wait: %v", err)
	}
	return deferral.LookedAtHardware(uuid)
}

// lookAtBusy finds out whether the person at the screen is busy. Not knowing it
// keeps no dialog away.
func (w *wake) lookAtBusy(ctx context.Context) deferral.LookedAtBusy {
	busy, err := w.Host.Busy(ctx, w.s.Settings.BusyApplications)
	if err != nil && ctx.Err() == nil {
		w.Log.Error(logging.Prompt, "Could not tell whether anybody is busy, so the dialog does not wait for it: %v", err)
	}
	return deferral.LookedAtBusy{Busy: deferral.Look(busy, err, w.now())}
}

// glance looks who is there while an act runs, where it is time to. Ends is set
// where Apple's tool has come to its end with an update. Over is set where the
// wake was asked to end meanwhile, and with it the act.
func (w *wake) glance(ctx context.Context, a deferral.Act, ends bool) (over bool, err error) {
	w.tick()
	if !a.LookNow(w.s.Wake.People, w.s.Now, ends) {
		return false, nil
	}
	looked := w.look(ctx)
	if ctx.Err() != nil {
		return true, nil
	}
	return false, w.take(looked)
}

// hasToStop tells, after a glance, whether an act has to stop.
func (w *wake) hasToStop(ctx context.Context, a deferral.Act, ends bool) (bool, error) {
	if over, err := w.glance(ctx, a, ends); over || err != nil {
		return false, err
	}
	why := deferral.MayContinue(w.s, a)
	if why != "" && a.Do != deferral.TimeToSave && a.Do != deferral.Download {
		w.Log.Notice(logging.Restart, "%s Apple's tool is ended before it restarts the Mac.", why)
	}
	return why != "", nil
}

// paused says, after a glance, why the dialog of an act does not count at the
// moment.
func (w *wake) paused(ctx context.Context, a deferral.Act) (why string, err error) {
	if over, err := w.glance(ctx, a, false); over || err != nil {
		return "", err
	}
	return deferral.Paused(w.s, a), nil
}

// finished tells whether Apple's tool has come to its end with an update, so
// that the restart may be the next that it does.
func finished(p softwareupdate.Progress) bool {
	return p.Phase == softwareupdate.PhaseStaged || p.Phase == softwareupdate.PhaseDone || p.Fraction >= 1
}
