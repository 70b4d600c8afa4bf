package wake

import (
	"context"
	"errors"
	"strings"

	"installordefer/deferral"
	"installordefer/internal/logging"
	"installordefer/softwareupdate"
)

// install has Apple's tool install some updates in one call. A call that also
// restarts the Mac may end this process at any moment from then on.
func (w *wake) install(ctx context.Context, a deferral.Act) (deferral.Event, error) {
	order := softwareupdate.Install{Labels: toolLabels(a.Updates)}
	restarts := a.Do != deferral.Install
	if restarts {
		order.Restart, order.RestartWait, order.ConsoleUID = true, w.s.Settings.HardRestartDelay, a.Who.UID
	}
	if a.Do == deferral.InstallWithPassword {
		order.Owner, order.Password = w.owner, w.secret
	}
	show := w.openUpdating(ctx, a)
	show.say(a.Updates)
	reached, stopped, err := w.runTool(ctx, a, order, func(p softwareupdate.Progress) { show.progress(p, restarts) })
	if ctx.Err() != nil {
		return nil, nil
	}
	return w.installed(a, reached, stopped, show.staged, err), unsaved(err)
}

// installed is what a call of Apple's tool has come to.
func (w *wake) installed(a deferral.Act, reached softwareupdate.Reached, stopped, staged bool, err error) deferral.Installed {
	e := deferral.Installed{OK: err == nil && !stopped, Stopped: stopped, Staged: staged || reached.Staged,
		Restart: reached.NeedsRestart, Shutdown: reached.NeedsShutdown}
	f := &softwareupdate.Failure{}
	errors.As(err, &f)
	password := a.Do == deferral.InstallWithPassword
	switch {
	case stopped || err == nil:
	case password && (f.Kind == softwareupdate.FailurePassword || f.Kind == softwareupdate.FailureAuthentication):
		e.Rejected = true
	case !password && (f.Kind == softwareupdate.FailureGone || f.Kind == softwareupdate.FailureNoSuchUpdate):
		// What is left instead, the check that follows says.
		w.Log.Notice(logging.Install, "%v", err)
	default:
		if f.Kind == softwareupdate.FailureAuthentication {
			e.NeedsOwner = string(f.Label)
		}
		e.Failure, e.NeedsKiB, e.Because = w.failed(logging.Install, err), needs(err), failing(f.Kind)
	}
	return e
}

// failing is the kind of a failure as people are told of it.
func failing(k softwareupdate.FailureKind) deferral.Failing {
	switch k {
	case softwareupdate.FailureNetwork:
		return deferral.LacksApple
	case softwareupdate.FailureSpace:
		return deferral.LacksSpace
	}
	return deferral.OtherFailed
}

// errUnsaved is the error of a state that could not be saved while something
// ran. It ends the wake.
type errUnsaved struct{ error }

func unsaved(err error) error {
	var u errUnsaved
	if errors.As(err, &u) {
		return u.error
	}
	return nil
}

// runTool has Apple's tool install, and accompanies it to its end. It works in
// the session of whoever is there: outside of every session it hangs while
// somebody is logged in.
func (w *wake) runTool(ctx context.Context, a deferral.Act, order softwareupdate.Install, report func(softwareupdate.Progress)) (reached softwareupdate.Reached, stopped bool, err error) {
	order.ConsoleUID = w.s.Wake.People.Is.Session
	run, err := w.Updater.Install(ctx, order)
	if err != nil {
		return softwareupdate.Reached{}, false, err
	}
	return w.accompany(ctx, a, run, report)
}

// accompany follows Apple's tool to its end, and hands on what it reports. It is
// stopped where the act may not continue, and ended when the wake is to end.
func (w *wake) accompany(ctx context.Context, a deferral.Act, run softwareupdate.Run, report func(softwareupdate.Progress)) (reached softwareupdate.Reached, stopped bool, err error) {
	defer run.Stop() // also in a panic
	for over := false; !over && ctx.Err() == nil && !stopped; {
		var reports []softwareupdate.Progress
		reports, over = run.Wait(ctx, a.Do.Tick())
		if !over {
			stopped, err = w.hasToStop(ctx, a, false)
		}
		for _, p := range reports {
			if stopped || err != nil || ctx.Err() != nil {
				break
			}
			if stopped, err = w.hasToStop(ctx, a, finished(p)); !stopped && err == nil {
				report(p)
			}
		}
		if err != nil {
			return softwareupdate.Reached{}, false, errUnsaved{err}
		}
	}
	run.Stop()
	reached, err = run.Result()
	return reached, stopped, err
}

func toolLabels(updates []deferral.Update) []softwareupdate.Label {
	out := make([]softwareupdate.Label, len(updates))
	for i, u := range updates {
		out[i] = softwareupdate.Label(u.Label)
	}
	return out
}

func titles(updates []deferral.Update) string { return strings.Join(names(updates), ", ") }

func names(updates []deferral.Update) []string {
	out := make([]string, len(updates))
	for i, u := range updates {
		out[i] = u.Name
	}
	return out
}
