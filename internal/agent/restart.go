package agent

import (
	"context"
	"fmt"
	"time"

	"installordefer/deferral"
	"installordefer/internal/logging"
	"installordefer/softwareupdate"
)

// softRestart asks the Mac to restart, or to shut down where Apple's tool says
// so. Apps may save first, and may refuse. Somebody who has come while updates
// installed is not surprised by it: the next wake lists what still needs a
// restart, and asks anew.
func (w *wake) softRestart(ctx context.Context, labels []string, result installResult) error {
	c, err := w.Host.Console(ctx)
	if why := w.barredBy(c, err); why != "" {
		w.Log.Notice(logging.Restart, "%s The Mac is not restarted.", why)
		return w.concludeInstall(ctx, result, nil)
	}
	shutdown := result.shutdown
	if err := w.beginRestart(labels, shutdown); err != nil {
		return err
	}
	if c.Deserted() {
		return w.restartDeserted(ctx)
	}
	w.Log.Notice(logging.Restart, "Asking the Mac to %s; apps may save first.", verb(shutdown))
	if err := w.Host.SoftRestart(ctx, w.person, shutdown); err != nil {
		w.failed(logging.Restart, fmt.Errorf("the soft restart could not be asked for, so apps were not asked to quit: %w", err))
		return w.restartAfterAsking(ctx)
	}
	w.st = w.st.Asked(w.person.UID, w.now())
	return w.save()
}

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
		return w.restartWithPassword(ctx, system, barred)
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
		return w.takeBack(ctx, why)
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

// awaitRestart waits for a restart that was asked for, or that is under way.
func (w *wake) awaitRestart(ctx context.Context, d deferral.Decision) error {
	if w.st.Round.Step.Kind == deferral.StepSoft {
		return w.restartAfterAsking(ctx)
	}
	_ = w.Clock.Sleep(ctx, d.For) // one that is cut short ends the wake
	return nil
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
