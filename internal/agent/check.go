package agent

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"installordefer/deferral"
	"installordefer/internal/logging"
	"installordefer/internal/macos"
	"installordefer/softwareupdate"
)

// scope is what the settings make of Apple's list.
func (w *wake) scope() softwareupdate.Scope {
	return softwareupdate.Scope{
		OS:                 w.os,
		AllowMajorUpgrades: w.set.AllowMajorUpgrades,
		Ignore:             w.set.IgnoreUpdates,
		Only:               w.set.OnlyUpdates,
		Required:           w.required(),
	}
}

// required are the versions of macOS that this Mac has to have and has not.
func (w *wake) required() []macos.Version {
	var out []macos.Version
	for _, r := range deferral.Lacking(w.set.RequiredVersions, w.machine.OSVersion) {
		out = append(out, r.Minimum)
	}
	return out
}

// check asks Apple for updates and records the outcome.
func (w *wake) check(ctx context.Context) error {
	list := w.Updater.List(ctx)
	if ctx.Err() != nil {
		return nil // ended from outside: it says nothing about updates
	}
	w.checked = true
	for _, warning := range list.Warnings {
		w.Log.Notice(logging.Check, "%s", warning)
	}
	scope := w.scope()
	verdicts := scope.JudgeList(list)
	outcome, updates := outcomeOf(scope, list, verdicts)
	w.tellVerdicts(verdicts, outcome == deferral.Found && w.st.Active() && slices.Equal(updates, w.st.Round.Updates))
	switch outcome {
	case deferral.None:
		w.Log.Notice(logging.Check, "No update that this job deals with is left.")
	case deferral.Unknown:
		why := list.Err
		if why == nil {
			why = errors.New("the list of updates could not be read as a whole, so it does not prove that no update is left. Nothing is concluded from it")
		}
		w.failed(logging.Check, why)
	}
	for _, v := range verdicts {
		w.sizes[string(v.Update.Label)] = v.Update.SizeKiB
	}
	began := !w.st.Active()
	w.st = w.st.Checked(outcome, updates, w.set, w.policyMachine(), w.now(), w.Zone)
	if began && w.st.Active() {
		w.tellDeadline()
	}
	return w.save()
}

// outcomeOf says what a list means for the round.
func outcomeOf(scope softwareupdate.Scope, list softwareupdate.List, verdicts []softwareupdate.Verdict) (deferral.Outcome, []deferral.Update) {
	var updates []deferral.Update
	seen := map[softwareupdate.Label]bool{}
	for _, v := range verdicts {
		if v.InScope && !seen[v.Update.Label] {
			seen[v.Update.Label] = true
			updates = append(updates, policyUpdate(v.Update, scope.OS))
		}
	}
	switch {
	case len(updates) > 0:
		return deferral.Found, updates
	case scope.NothingLeft(list):
		return deferral.None, nil
	}
	return deferral.Unknown, nil
}

func policyUpdate(u softwareupdate.Update, os macos.Version) deferral.Update {
	version := ""
	if to := u.LeadsTo(os); to.Known() {
		version = to.String()
	}
	return deferral.Update{
		Label:   string(u.Label),
		Name:    u.Name(),
		Restart: u.Action != softwareupdate.ActionNone,
		System:  u.NeedsOwner(),
		Version: version,
	}
}

// tellVerdicts says what is in scope and why, where it is not as it was.
func (w *wake) tellVerdicts(verdicts []softwareupdate.Verdict, asBefore bool) {
	tell := w.Log.Notice
	if asBefore {
		w.Log.Notice(logging.Check, "The same updates as before: %s.", titles(w.st.Round.Updates))
		tell = w.Log.Debug
	}
	for _, v := range verdicts {
		state := "Out of scope"
		if v.InScope {
			state = "In scope"
		}
		tell(logging.Check, "%s: %s (%s).", state, v.Update.Label.Shown(), v.Reason)
	}
}

func (w *wake) tellDeadline() {
	w.Log.Notice(logging.State, "Updates were found. Deadline: %s, in %v%s.",
		w.st.ForcedAfter.In(w.Zone).Format("2006-01-02 15:04:05 MST"), w.st.Round.Allowed, because(w.st.DeadlineSetting()))
}

// download fetches what is not on the disk yet. A download that fails does
// not stop the prompt: Apple's tool downloads again when it installs.
func (w *wake) download(ctx context.Context) error {
	w.tried = true
	for _, u := range w.situation().ToDownload() {
		if w.st.Due(w.now()) {
			return nil // the rest comes with the installation
		}
		w.Log.Notice(logging.Download, "Downloading %s.", u.Name)
		err := w.downloadOne(ctx, u)
		switch f := (*softwareupdate.Failure)(nil); {
		case ctx.Err() != nil:
			return nil
		case err == nil, errors.As(err, &f) && f.Downloaded:
			w.Log.Notice(logging.Download, "Downloaded %s.", u.Name)
			w.st = w.st.DownloadEnded([]string{u.Label})
		case errors.As(err, &f) && f.Kind == softwareupdate.FailureHung:
			w.failed(logging.Download, err)
			w.st = w.st.DownloadEnded([]string{u.Label})
		default:
			w.failed(logging.Download, err)
		}
		if err := w.save(); err != nil {
			return err
		}
	}
	return nil
}

// downloadOne downloads one update, at most until the deadline: what is not
// there by then comes with the installation.
func (w *wake) downloadOne(ctx context.Context, u deferral.Update) error {
	run, err := w.Updater.Download(ctx, softwareupdate.Download{Label: softwareupdate.Label(u.Label), ConsoleUID: w.session(ctx)})
	if err != nil {
		return err
	}
	tenth := 0
	inTime := func() bool { return !w.st.Due(w.now()) }
	_, err = accompany(ctx, run, inTime, func(p softwareupdate.Progress) bool {
		if t := int(p.Fraction * 10); t > tenth {
			tenth = t
			w.mark()
			w.Log.Notice(logging.Download, "Downloading %s: %d %%.", u.Name, t*10)
		}
		return inTime()
	})
	if errors.Is(err, softwareupdate.ErrStopped) {
		return fmt.Errorf("the download of %s was ended: the deadline has passed", strings.TrimSpace(u.Name))
	}
	return err
}
