package agent

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"installordefer/deferral"
	"installordefer/internal/logging"
	"installordefer/launchd"
	"installordefer/prompt"
	"installordefer/softwareupdate"
)

const (
	// recheck is how often an assisted installation asks whether it is done.
	recheck = 10 * time.Minute
	// assistMost is how long one assisted dialog stays when the deadline has
	// passed; then the next wake looks at everything anew and shows it again.
	assistMost = time.Hour
	// passwordTries is how often a password may be typed. More would lock
	// accounts of organisations that count wrong ones.
	passwordTries = 3
	// passwordTime is how long the password dialog waits.
	passwordTime = 5 * time.Minute
)

// assist helps a person to install what only a person can: with the password
// of a volume owner where that is switched on, otherwise in Software Update.
// The Mac is never restarted for it: a restart would not install it.
func (w *wake) assist(ctx context.Context, d deferral.Decision) error {
	w.consent = deferral.NoConsent
	if w.set.AppleSiliconPassword && w.machine.AppleSilicon && w.machine.Major() >= 13 {
		done, err := w.installWithPassword(ctx, d.Plan.Assisted)
		if done || err != nil {
			return err
		}
	}
	stay := assistMost
	if !d.Mandatory {
		// Recorded first: whatever ends this, the next prompt is an ordinary
		// one.
		stay = min(w.set.DeferralPeriod, w.st.TimeLeft(w.now()))
		w.st = w.st.Deferred(w.set.DeferralPeriod, w.now())
		if err := w.save(); err != nil {
			return err
		}
	}
	rapid := !slices.ContainsFunc(d.Plan.Assisted, func(u deferral.Update) bool { return !isRapid(u) })
	if err := w.Host.OpenSoftwareUpdate(ctx, w.person, w.machine.Major(), rapid); err != nil {
		w.failed(logging.Install, fmt.Errorf("the Software Update pane could not be opened for %s: %w", w.person.Name, err))
	}
	if !d.Mandatory && w.set.DisablePostInstallAlert {
		w.Log.Notice(logging.Install, "Opened Software Update for %s. No dialog stays (DisablePostInstallAlert).", w.person.Name)
		return nil
	}
	w.Log.Notice(logging.Install, "Opened Software Update for %s. The dialog stays until the updates are installed, at most %v.", w.person.Name, stay)
	return w.stayUntilInstalled(ctx, d.Plan.Assisted, rapid, stay)
}

func isRapid(u deferral.Update) bool { return kindOf(u) == softwareupdate.KindRapid }

func kindOf(u deferral.Update) softwareupdate.Kind {
	return softwareupdate.Update{Label: softwareupdate.Label(u.Label), Title: u.Name}.Kind()
}

// stayUntilInstalled keeps the dialog on the screen until a check shows that
// the updates are gone.
func (w *wake) stayUntilInstalled(ctx context.Context, updates []deferral.Update, rapid bool, stay time.Duration) error {
	dialog := w.dialog(prompt.InstallNow, w.set.MessageInstallNowHeading, w.set.MessageInstallNow, updates, true)
	dialog.Pane = launchd.Pane(w.machine.Major(), rapid)
	dialog.Timeout = stay
	window, err := w.Screen.Open(ctx, w.person, dialog)
	if err != nil {
		w.failed(logging.Install, fmt.Errorf("the dialog about installing could not be shown: %w", err))
		w.st = w.st.Unseen(w.now())
		return w.save()
	}
	defer window.Close()
	for begun := w.now(); ; {
		a, answered := window.Wait(ctx, min(recheck, stay))
		now := w.now()
		since, _ := now.Since(begun)
		switch {
		case ctx.Err() != nil:
			return nil
		case answered && a.Result == prompt.ResultNone:
			w.Log.Notice(logging.Install, "The dialog about installing was closed: %s.", a.Why)
			w.st = w.st.Unseen(now)
			return w.save()
		}
		if err := w.check(ctx); err != nil {
			return err
		}
		switch {
		case w.st.LastCheck.Outcome == deferral.None || gone(updates, w.st.Round.Updates):
			return nil
		case answered || since >= stay:
			if w.st.Due(now) {
				w.st = w.st.Unheeded(now)
			}
			return w.save()
		case w.hasLeft(ctx):
			w.Log.Notice(logging.Install, "%s is no longer at the screen, so the dialog about installing is taken away.", w.person.Name)
			w.st = w.st.Unseen(now)
			return w.save()
		}
	}
}

// gone tells whether none of updates is among those that are left.
func gone(updates, left []deferral.Update) bool {
	return !slices.ContainsFunc(left, func(u deferral.Update) bool { return slices.Contains(labels(updates), u.Label) })
}

// installWithPassword asks a volume owner for the password that Apple's tool
// needs, and installs with it. done is false where the person has to install
// in Software Update instead.
func (w *wake) installWithPassword(ctx context.Context, updates []deferral.Update) (done bool, err error) {
	if w.person.IsRoot() {
		// Apple's tool has no session of root to work in, and restarts without
		// asking where it has none.
		w.Log.Notice(logging.Install, "root is not asked for a password: Apple's tool would restart the Mac without asking. Software Update is opened instead (AppleSiliconPassword).")
		return false, nil
	}
	owner, err := w.Host.IsVolumeOwner(ctx, w.person)
	if err != nil || !owner {
		w.Log.Notice(logging.Install, "%s cannot authorise updates on this Mac, because the account is no volume owner%s. Software Update is opened instead (AppleSiliconPassword).", w.person.Name, suffix(err))
		return false, nil
	}
	for try := 0; try < passwordTries; try++ {
		secret, ok := w.askPassword(ctx, updates, try)
		if !ok {
			return false, nil
		}
		w.owner, w.secret = w.person.Name, secret
		rejected, err := w.tryPassword(ctx, updates, secret)
		if !rejected || err != nil || ctx.Err() != nil {
			return true, err
		}
		w.forget()
		w.Log.Notice(logging.Install, "Apple's tool did not accept the password of %s.", w.person.Name)
	}
	return false, nil
}

func suffix(err error) string {
	if err == nil {
		return ""
	}
	return ", or it could not be found out: " + err.Error()
}

func (w *wake) askPassword(ctx context.Context, updates []deferral.Update, try int) (prompt.Secret, bool) {
	dialog := w.dialog(prompt.Password, w.set.MessageInstallNowHeading,
		"Your password lets your Mac install "+titles(updates)+" by itself. It is used for this and is not stored.", updates, true)
	dialog.Account, dialog.Timeout = w.person.Name, passwordTime
	if try > 0 {
		dialog.Rejected = &prompt.Rejected{TriesLeft: passwordTries - try}
	}
	window, err := w.Screen.Open(ctx, w.person, dialog)
	if err != nil {
		w.failed(logging.Install, fmt.Errorf("the password dialog could not be shown: %w", err))
		return nil, false
	}
	defer window.Close()
	a, ok := window.Wait(ctx, passwordTime+time.Minute)
	if !ok || a.Result != prompt.ResultPassword || !w.stillThere(ctx) {
		a.Secret.Wipe()
		w.Log.Notice(logging.Install, "No password was given%s. Software Update is opened instead.", why(a, ok))
		return nil, false
	}
	return a.Secret, true
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

// tryPassword installs with a password. rejected is true when the password
// was not accepted.
func (w *wake) tryPassword(ctx context.Context, updates []deferral.Update, secret prompt.Secret) (rejected bool, err error) {
	if why, setting := w.unready(ctx); why != "" {
		w.Log.Notice(logging.Install, "%s Nothing is installed with the password%s.", why, because(setting))
		w.st = w.st.Postponed(w.now())
		return false, w.save()
	}
	if err := w.beginRestart(labels(updates), false); err != nil {
		return false, err
	}
	show := w.openUpdating(ctx, updates)
	defer show.close()
	show.say(updates)
	show.mayRestart = w.watch(ctx, w.another, false)
	show.staged = w.restarting
	order := softwareupdate.Install{Labels: toolLabels(updates), Restart: true, RestartWait: w.set.HardRestartDelay, Owner: w.person.Name, Password: secret}
	installed, err := w.runTool(ctx, order, show.progress)
	if ctx.Err() != nil {
		return false, nil
	}
	if show.calledOff {
		w.st = w.st.Unrestarted()
		return false, w.save()
	}
	var f *softwareupdate.Failure
	if errors.As(err, &f) && (f.Kind == softwareupdate.FailurePassword || f.Kind == softwareupdate.FailureAuthentication) {
		w.st = w.st.Unrestarted()
		return true, w.save()
	}
	if err != nil {
		w.failed(logging.Install, err)
		w.st = w.st.Unrestarted().InstallFailed(w.set, err.Error(), w.now())
		return false, w.save()
	}
	restarts := func(u deferral.Update) bool { return u.Restart || u.System }
	if !show.isStaged && !installed.NeedsRestart && !installed.NeedsShutdown && !slices.ContainsFunc(updates, restarts) {
		show.close()
		w.st = w.st.Unrestarted()
		return false, w.concludeInstall(ctx, installResult{}, nil)
	}
	show.close()
	return false, w.notRestarted(ctx)
}

// forget wipes the password. It is kept until the restart that it authorises
// has come about, at most to the end of the wake.
func (w *wake) forget() {
	w.secret.Wipe()
	w.owner, w.secret = "", nil
}

// restartWithPassword is the hard restart on Apple silicon. Without the word of
// an owner a restart installs nothing there, so nobody's work is lost for one.
func (w *wake) restartWithPassword(ctx context.Context, updates []softwareupdate.Label, barred func(context.Context) string) error {
	why := errors.New("the password is not known any more")
	if len(w.secret) > 0 {
		if why := barred(ctx); why != "" {
			return w.takeBack(ctx, why)
		}
		order := softwareupdate.Install{Labels: updates, Restart: true, Force: true, Owner: w.owner, Password: w.secret}
		_, why = w.runTool(ctx, order, func(softwareupdate.Progress) bool { return true })
		w.forget()
		if why == nil && ctx.Err() == nil {
			why = w.Clock.Sleep(ctx, time.Minute)
		}
		if ctx.Err() != nil {
			return nil
		}
		if why == nil {
			why = errors.New("the tool of Apple did not restart the Mac")
		}
	}
	why = fmt.Errorf("the Mac is not restarted by force, because that would not install the updates. The person is asked again: %w", why)
	w.failed(logging.Restart, why)
	w.st = w.st.Unrestarted().InstallFailed(w.set, why.Error(), w.now())
	return w.save()
}
