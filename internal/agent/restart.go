package agent

import (
	"context"
	"errors"
	"fmt"
	"time"

	"installordefer/deferral"
	"installordefer/internal/logging"
	"installordefer/launchd"
	"installordefer/prompt"
	"installordefer/softwareupdate"
)

// softRestart asks the Mac to restart, or to shut down where Apple's tool says
// so. Apps may save first, and may refuse. Somebody who has come while updates
// installed is not surprised by it: the next wake lists what still needs a
// restart, and asks anew.
func (w *wake) softRestart(ctx context.Context, labels []string, result installResult) error {
	person, present, err := w.Host.ConsoleUser(ctx)
	if why := w.barredBy(person, present, err); why != "" {
		w.Log.Notice(logging.Restart, "%s The Mac is not restarted.", why)
		return w.concludeInstall(ctx, result, nil)
	}
	shutdown := result.shutdown
	w.st = w.st.Begin(deferral.StepSoft, labels, shutdown, w.policyMachine(), w.now())
	if err := w.save(); err != nil {
		return err
	}
	if !present {
		w.Log.Notice(logging.Restart, "Nobody is logged in, so nothing can be lost: %s.", restartWord(shutdown))
		return w.hardRestart(ctx, w.occupied)
	}
	w.Log.Notice(logging.Restart, "Asking the Mac to %s; apps may save first. In %v it does so without asking (HardRestartDelay).", verb(shutdown), w.set.HardRestartDelay)
	if err := w.Host.SoftRestart(ctx, w.person, shutdown); err != nil && !errors.Is(err, launchd.ErrNobody) {
		w.failed(logging.Restart, fmt.Errorf("the soft restart could not be asked for; the hard one follows in its time: %w", err))
	}
	w.st = w.st.Asked(w.now())
	return w.save()
}

// occupied says why a Mac whose screen was empty may not be restarted without
// asking: somebody may have come. It is empty while nobody has.
func (w *wake) occupied(ctx context.Context) string {
	if w.alone(ctx) {
		return ""
	}
	return "Somebody has come to the screen and is told first."
}

// nothingBars is for the hard restart that follows a soft one: whoever is at
// the screen has been asked.
func nothingBars(context.Context) string { return "" }

// hardRestart restarts the Mac without asking. An update of macOS is applied
// by the restart of Apple's tool; should that not happen, a plain one follows.
// Barred is asked before each.
func (w *wake) hardRestart(ctx context.Context, barred func(context.Context) string) error {
	step := w.st.Round.Step
	first := step.Kind == deferral.StepSoft
	w.st = w.st.Harden(w.now())
	if err := w.save(); err != nil {
		return err
	}
	system := w.systemLabels(step.Labels)
	if w.machine.AppleSilicon && len(system) > 0 {
		return w.restartWithPassword(ctx, system)
	}
	if first && len(system) > 0 && !step.Shutdown {
		if calledOff := w.restartByTool(ctx, system, barred); !calledOff {
			if err := w.Clock.Sleep(ctx, time.Minute); err != nil {
				return nil
			}
			w.Log.Notice(logging.Restart, "Apple's tool did not restart the Mac, so it is restarted directly.")
		}
	}
	if why := barred(ctx); why != "" && ctx.Err() == nil {
		w.Log.Notice(logging.Restart, "%s The Mac is not restarted.", why)
		w.st = w.st.Unrestarted()
		return w.concludeInstall(ctx, installResult{}, nil)
	}
	if ctx.Err() != nil {
		return nil
	}
	if err := w.Host.HardRestart(ctx, step.Shutdown); err != nil && ctx.Err() == nil {
		w.failed(logging.Restart, err)
		return w.save()
	}
	return nil
}

// restartByTool has Apple's tool apply updates of macOS and restart the Mac
// without asking. It returns where the tool did not do so; calledOff tells
// whether because that was barred.
func (w *wake) restartByTool(ctx context.Context, system []softwareupdate.Label, barred func(context.Context) string) (calledOff bool) {
	order := softwareupdate.Install{Labels: system, Restart: true, Force: true}
	mayRestart := w.watch(ctx, barred, true)
	_, err := w.runTool(ctx, order, func(p softwareupdate.Progress) bool {
		calledOff = calledOff || !mayRestart(p)
		return !calledOff
	})
	if ctx.Err() != nil || calledOff {
		return true
	}
	if err != nil {
		w.failed(logging.Restart, err)
	}
	return false
}

// awaitRestart waits for a restart that was asked for, and shows how long
// there is to save.
func (w *wake) awaitRestart(ctx context.Context, d deferral.Decision) error {
	step := w.st.Round.Step
	if person, present, err := w.Host.ConsoleUser(ctx); err == nil && present && step.Kind == deferral.StepSoft {
		w.person = person
		dialog := w.dialog(prompt.Updating, w.set.MessageUpdatingHeading, saveWork(step.Shutdown), w.byLabel(step.Labels), true)
		dialog.Countdown = d.For
		if window, err := w.Screen.Open(ctx, person, dialog); err != nil {
			w.Log.Error(logging.Restart, "How long there is to save could not be shown: %v", err)
		} else {
			defer window.Close()
		}
	}
	_ = w.Clock.Sleep(ctx, d.For) // one that is cut short ends the wake
	return nil
}

// saveWork is what the person reads while there is time left before a restart
// that does not ask. The dialog counts down by itself.
func saveWork(shutdown bool) string {
	return fmt.Sprintf("Please save your work now. Your Mac will %s without asking again.", verb(shutdown))
}

func verb(shutdown bool) string {
	if shutdown {
		return "shut down"
	}
	return "restart"
}

func restartWord(shutdown bool) string {
	if shutdown {
		return "shutting the Mac down"
	}
	return "restarting the Mac"
}

// barred says why the Mac may not be restarted as it was allowed: it was
// allowed for the one person at the screen then, or for an empty screen, and
// after a countdown only because the deadline has passed. It is empty where
// nothing has changed.
func (w *wake) barred(ctx context.Context) string {
	return w.barredBy(w.Host.ConsoleUser(ctx))
}

// barredBy is barred for a screen that has been looked at.
func (w *wake) barredBy(person launchd.ConsoleUser, present bool, err error) string {
	switch {
	case w.overtaken():
		return clockSetBack
	case err == nil && present && w.consent == deferral.NoConsent:
		return "Somebody has come to the screen and is told first."
	}
	return w.anotherBy(person, present, err)
}

// another says that the screen may have passed from the person who allowed a
// restart to somebody else.
func (w *wake) another(ctx context.Context) string {
	return w.anotherBy(w.Host.ConsoleUser(ctx))
}

func (w *wake) anotherBy(person launchd.ConsoleUser, present bool, err error) string {
	switch {
	case err != nil:
		return "Who is at the screen cannot be told now."
	case present && person.UID != w.person.UID:
		return "Another person has come to the screen and is told first."
	}
	return ""
}

// lookEvery is how often the screen is looked at while Apple's tool works on an
// empty one.
const lookEvery = 10 * time.Second

// watch returns what is to be asked with each progress of a call of Apple's tool
// that ends with a restart. It works for minutes, in which anybody may have come
// to the screen: when it has finished an update, and on an empty screen all the
// time, it is called off where something bars the restart.
func (w *wake) watch(ctx context.Context, barred func(context.Context) string, empty bool) func(softwareupdate.Progress) bool {
	looked := w.now().Continuous
	return func(p softwareupdate.Progress) bool {
		now := w.now().Continuous
		if !finished(p) && !(empty && now-looked >= lookEvery) {
			return true
		}
		looked = now
		why := barred(ctx)
		if why == "" || ctx.Err() != nil {
			return ctx.Err() == nil
		}
		w.Log.Notice(logging.Restart, "%s Apple's tool is ended before it restarts the Mac.", why)
		return false
	}
}

// finished tells whether Apple's tool has come to its end with an update, so
// that the restart may be the next that it does.
func finished(p softwareupdate.Progress) bool {
	return p.Phase == softwareupdate.PhaseStaged || p.Phase == softwareupdate.PhaseDone || p.Fraction >= 1
}
