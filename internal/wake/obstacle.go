package wake

import (
	"context"
	"errors"
	"fmt"

	"installordefer/deferral"
	"installordefer/internal/logging"
	"installordefer/launchd"
	"installordefer/prompt"
	"installordefer/softwareupdate"
)

// tellObstacle says what is in the way until it is gone, somebody has put the
// dialog aside, or its time is over.
func (w *wake) tellObstacle(ctx context.Context, a deferral.Act) (deferral.Event, error) {
	dialog := w.telling(a)
	window, err := w.Screen.Open(ctx, consoleUser(a.Who), dialog)
	if err != nil {
		return deferral.Told{Failure: w.failed(logging.Prompt, fmt.Errorf("the dialog about what is in the way could not be shown: %w", err))}, nil
	}
	defer window.Close()
	for end := w.now().Add(a.For + a.Do.Tick()); ctx.Err() == nil && w.now().Continuous < end.Continuous; {
		if answer, answered := window.Wait(ctx, a.Do.Tick()); answered {
			if answer.Result == prompt.ResultNone {
				w.Log.Notice(logging.Prompt, "The dialog about what is in the way was closed: %s.", answer.Why)
			}
			return deferral.Told{}, nil
		}
		w.passed()
		hidden, err := w.paused(ctx, a)
		if err != nil || hidden != "" {
			return deferral.Told{Aside: true}, err
		}
		if a.Gate == deferral.NoOwner {
			continue
		}
		if err := w.take(w.lookAtMac(ctx)); err != nil {
			return nil, err
		}
		switch gate := deferral.InTheWay(w.s); {
		case ctx.Err() != nil:
		case gate == "":
			w.Log.Notice(logging.Prompt, "Nothing is in the way any more.")
			return deferral.Told{}, nil
		case gate != a.Gate, deferral.MayContinue(w.s, a) != "":
			return deferral.Told{Aside: true}, nil
		}
		_ = window.Change(prompt.Change{Obstacle: w.obstacle(a.Gate)}) // a helper that is gone answers in Wait
	}
	return deferral.Told{}, nil
}

// telling is the dialog about what is in the way: something about the Mac, or that
// the person may not install.
func (w *wake) telling(a deferral.Act) prompt.Dialog {
	if a.Gate == deferral.NoOwner {
		d := w.dialog(prompt.InstallNow, a.Updates)
		d.NotAllowed, d.Timeout = true, a.For
		return d
	}
	d := w.dialog(prompt.InTheWay, a.Updates)
	d.Obstacle, d.Timeout = w.obstacle(a.Gate), a.For
	if a.Gate == "space" {
		d.Pane = launchd.StoragePane(w.machine.Major())
	}
	return d
}

// obstacle is what a gate is closed for, as people are told of it.
func (w *wake) obstacle(gate string) *prompt.Obstacle {
	c, o := w.s.Wake.Mac.Is, &prompt.Obstacle{}
	switch gate {
	case "power":
		o.Is, o.Percent, o.NeedsPercent = prompt.LowBattery, c.BatteryPercent, w.s.Settings.MinimumBatteryPercent
	case "space":
		o.Is, o.FreeKiB = prompt.LowSpace, c.FreeKiB
		if short := w.s.State.Round.Short; short.Said {
			o.NeedsKiB = short.NeedsKiB
		}
	case "network":
		o.Is = prompt.NoNetwork
	default:
		o.Is = prompt.DiskAtWork
	}
	return o
}

// needs is what Apple's tool needs of the disk, in KiB, where it has complained of
// too little.
func needs(err error) (kib int64) {
	f := &softwareupdate.Failure{}
	switch {
	case !errors.As(err, &f) || f.Kind != softwareupdate.FailureSpace:
		return 0
	case f.Needed > 0:
		return (f.Needed + 1023) / 1024
	}
	return deferral.SpaceUnsaid
}
