package wake

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"installordefer/deferral"
	"installordefer/internal/logging"
	"installordefer/internal/macos"
	"installordefer/internal/text"
	"installordefer/softwareupdate"
)

// scope is what the settings make of Apple's list.
func (w *wake) scope() softwareupdate.Scope {
	return softwareupdate.Scope{
		OS:                 w.os,
		AllowMajorUpgrades: w.s.Settings.AllowMajorUpgrades,
		Ignore:             w.s.Settings.IgnoreUpdates,
		Only:               w.s.Settings.OnlyUpdates,
		Required:           w.required(),
	}
}

// required are the versions of macOS that this Mac has to have and has not.
func (w *wake) required() []macos.Version {
	var out []macos.Version
	for _, r := range deferral.Lacking(w.s.Settings.RequiredVersions, w.machine.Version) {
		out = append(out, r.Minimum)
	}
	return out
}

// check asks Apple for updates.
func (w *wake) check(ctx context.Context) deferral.Event {
	list := w.Updater.List(ctx)
	if ctx.Err() != nil {
		return nil // ended from outside: it says nothing about updates
	}
	for _, warning := range list.Warnings {
		w.Log.Notice(logging.Check, "%s", warning)
	}
	scope := w.scope()
	verdicts := scope.JudgeList(list)
	outcome, updates := outcomeOf(scope, list, verdicts)
	w.tellVerdicts(verdicts, outcome == deferral.Found && w.s.State.Active() && slices.Equal(updates, w.s.State.Round.Updates))
	e := deferral.Checked{Outcome: outcome, Updates: updates}
	switch outcome {
	case deferral.Withheld:
		e.Withheld = withheldNames(scope.Withheld(list))
		w.Log.Notice(logging.Check, "No updates in scope are left but what MDM defers.")
	case deferral.None:
		w.Log.Notice(logging.Check, "No updates in scope are left.")
	case deferral.Unknown:
		why := list.Err
		if why == nil {
			why = errors.New("the list of updates could not be read as a whole, so it does not prove that no update is left. Nothing is concluded from it")
		}
		e.Failure = w.failed(logging.Check, why)
	}
	for _, v := range verdicts {
		w.sizes[string(v.Update.Label)] = v.Update.SizeKiB
	}
	return e
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
	case scope.NothingButWithheld(list):
		return deferral.Withheld, nil
	}
	return deferral.Unknown, nil
}

// withheldNames lists what updates are called, in words.
func withheldNames(updates []softwareupdate.Update) string {
	var list []string
	for _, u := range updates {
		list = append(list, u.Name())
	}
	return strings.Join(list, ", ")
}

func policyUpdate(u softwareupdate.Update, os macos.Version) deferral.Update {
	version := ""
	if to := u.LeadsTo(os); to.Known() {
		version = to.String()
	}
	p := deferral.Update{
		Label:   string(u.Label),
		Name:    u.Name(),
		Restart: u.Action != softwareupdate.ActionNone,
		System:  u.NeedsOwner(),
		Version: version,
	}
	p.MacOS = isMacOS(p)
	return p
}

// isMacOS tells whether an update of the round is macOS itself or one of its
// rapid responses.
func isMacOS(u deferral.Update) bool { return kindOf(u) != softwareupdate.KindOther }

func kindOf(u deferral.Update) softwareupdate.Kind {
	return softwareupdate.Update{Label: softwareupdate.Label(u.Label), Title: u.Name}.Kind()
}

// tellVerdicts says what is in scope and why, where it is not as it was.
func (w *wake) tellVerdicts(verdicts []softwareupdate.Verdict, asBefore bool) {
	tell := w.Log.Notice
	if asBefore {
		w.Log.Notice(logging.Check, "The same updates as before: %s.", titles(w.s.State.Round.Updates))
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
		text.Time(w.s.State.ForcedAfter, w.Zone), text.Length(w.s.State.Round.Allowed), because(w.s.State.DeadlineSetting()))
}

// download fetches one update, at most until the deadline: what is not there by
// then comes with the installation, and a download that fails does not stop the
// prompt.
func (w *wake) download(ctx context.Context, a deferral.Act) (deferral.Event, error) {
	u := a.Updates[0]
	w.Log.Notice(logging.Download, "Downloading %s.", u.Name)
	order := softwareupdate.Download{Label: softwareupdate.Label(u.Label), ConsoleUID: w.s.Wake.People.Is.Session}
	run, err := w.Updater.Download(ctx, order)
	if err == nil {
		_, _, err = w.accompany(ctx, a, run, w.downloading(u))
	}
	var f *softwareupdate.Failure
	switch {
	case ctx.Err() != nil:
		return nil, nil
	case err == nil, errors.As(err, &f) && f.Downloaded:
		w.Log.Notice(logging.Download, "Downloaded %s.", u.Name)
		return deferral.Downloaded{Label: u.Label}, nil
	case errors.Is(err, softwareupdate.ErrStopped):
		err = fmt.Errorf("the download of %s was ended: the deadline has passed", strings.TrimSpace(u.Name))
	}
	hung := f != nil && f.Kind == softwareupdate.FailureHung
	return deferral.Downloaded{Label: u.Label, Hung: hung, Failure: w.failed(logging.Download, err), NeedsKiB: needs(err)}, nil
}

// downloading follows the reports of a download.
func (w *wake) downloading(u deferral.Update) func(softwareupdate.Progress) {
	tenth := 0
	return func(p softwareupdate.Progress) {
		if t := int(p.Fraction * 10); t > tenth {
			tenth = t
			if err := w.mark(); err != nil {
				w.Log.Error(logging.State, "%v", err)
			}
			w.Log.Notice(logging.Download, "Downloading %s: %d %%.", u.Name, t*10)
		}
	}
}
