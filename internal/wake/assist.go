package wake

import (
	"context"
	"fmt"
	"slices"
	"time"

	"installordefer/deferral"
	"installordefer/internal/logging"
	"installordefer/launchd"
	"installordefer/prompt"
	"installordefer/softwareupdate"
)

// lookForOwner finds out whether the person can authorise updates, and, where only
// administrators may install by hand, whether they are one.
func (w *wake) lookForOwner(ctx context.Context, a deferral.Act) deferral.Event {
	adminOnly := w.s.Wake.Declared.Is.AdminOnly
	owner, err := adminOnly && !w.machine.AppleSilicon, error(nil) // with Intel everybody owns the volume
	if !owner {
		owner, err = w.Host.IsVolumeOwner(ctx, consoleUser(a.Who))
	}
	found := deferral.OwnerFound{Owner: deferral.Ownership{UID: a.Who.UID, Looked: true, Known: err == nil, Owner: owner && err == nil}}
	if adminOnly {
		admin, unknown := w.Host.IsAdministrator(ctx, consoleUser(a.Who))
		if found.Owner.Standard = !admin && unknown == nil; unknown != nil && ctx.Err() == nil {
			w.Log.Error(logging.Install, "Could not tell whether %s is an administrator, so they are asked as one: %v", a.Who.Name, unknown)
		}
	}
	if owner && err == nil || w.s.Wake.Assist == nil && err == nil {
		return found
	}
	or := ""
	if err != nil {
		or = ", or macOS did not say: " + err.Error()
	}
	if w.s.Wake.Assist == nil {
		w.Log.Error(logging.Install, "Could not tell whether %s owns the volume, so the prompt comes: %v", a.Who.Name, err)
		return found
	}
	w.Log.Notice(logging.Install, "%s cannot authorise updates on this Mac, because the account is no volume owner%s. Software Update is opened instead (AppleSiliconPassword).", a.Who.Name, or)
	return found
}

// askPassword asks a volume owner for the password that Apple's tool needs.
func (w *wake) askPassword(ctx context.Context, a deferral.Act) deferral.Event {
	dialog := w.dialog(prompt.Password, a.Updates)
	dialog.Account, dialog.Timeout = a.Who.Name, a.For
	if a.Again {
		dialog.Rejected = &prompt.Rejected{TriesLeft: a.Tries}
	}
	out := deferral.Answer{To: a.Do, Who: a.Who}
	window, err := w.Screen.Open(ctx, consoleUser(a.Who), dialog)
	if err != nil {
		out.Unshown = true
		return deferral.Answered{Answer: out, Failure: w.failed(logging.Install, fmt.Errorf("the password dialog could not be shown: %w", err))}
	}
	defer window.Close()
	answer, answered := w.hear(ctx, window, a.For+time.Minute)
	if answered && answer.Result == prompt.ResultPassword && ctx.Err() == nil {
		w.owner, w.secret = a.Who.Name, answer.Secret
		out.Reply = deferral.Password
	} else {
		answer.Secret.Wipe()
		out.Why = why(answer, answered)
	}
	return deferral.Answered{Answer: out}
}

// why says, as the end of a sentence, why an answer holds no password.
func why(a prompt.Answer, answered bool) string {
	switch {
	case !answered:
		return " in time"
	case a.Why != "":
		return ": " + a.Why
	}
	return ""
}

// forget wipes the password. It is kept until the restart that it authorises
// has happened, at most to the end of the wake.
func (w *wake) forget() {
	w.secret.Wipe()
	w.owner, w.secret = "", nil
}

// openPane opens Software Update for the person.
func (w *wake) openPane(ctx context.Context, a deferral.Act) deferral.Event {
	if err := w.Host.OpenSoftwareUpdate(ctx, consoleUser(a.Who), w.machine.Major(), allRapid(a.Updates)); err != nil && ctx.Err() == nil {
		return deferral.PaneOpened{Failure: w.failed(logging.Install, fmt.Errorf("the Software Update pane could not be opened for %s: %w", a.Who.Name, err))}
	}
	return deferral.PaneOpened{}
}

func allRapid(updates []deferral.Update) bool {
	return !slices.ContainsFunc(updates, func(u deferral.Update) bool { return kindOf(u) != softwareupdate.KindRapid })
}

// stay keeps the dialog about installing on the screen for a while.
func (w *wake) stay(ctx context.Context, a deferral.Act) deferral.Event {
	if w.staying == nil {
		dialog := w.dialog(prompt.InstallNow, a.Updates)
		dialog.Pane = launchd.Pane(w.machine.Major(), allRapid(a.Updates))
		dialog.Timeout = a.For
		window, err := w.Screen.Open(ctx, consoleUser(a.Who), dialog)
		if err != nil {
			return deferral.Stayed{Closed: true, Failure: w.failed(logging.Install, fmt.Errorf("the dialog about installing could not be shown: %w", err))}
		}
		w.staying = window
	}
	answer, answered := w.hear(ctx, w.staying, min(a.Do.Tick(), a.For))
	if answered && answer.Result == prompt.ResultCancel {
		w.Log.Notice(logging.Install, "%s has put the dialog about installing aside.", a.Who.Name)
	}
	if answered && answer.Result == prompt.ResultNone {
		if ctx.Err() == nil {
			w.Log.Notice(logging.Install, "The dialog about installing was closed: %s.", answer.Why)
		}
		return deferral.Stayed{Closed: true}
	}
	return deferral.Stayed{Answered: answered}
}
