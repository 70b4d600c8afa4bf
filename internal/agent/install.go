package agent

import (
	"context"
	"errors"
	"sort"
	"strings"

	"installordefer/deferral"
	"installordefer/internal/logging"
	"installordefer/prompt"
	"installordefer/softwareupdate"
)

// install installs what the plan holds for Apple's tool: first what needs no
// restart, so that a restart cannot cut it off, then the rest.
func (w *wake) install(ctx context.Context, plan deferral.Plan) error {
	if why := w.unconsented(ctx); why != "" {
		w.Log.Notice(logging.Install, "%s Nothing is installed before they have been told.", why)
		w.facts, w.consent = nil, deferral.NoConsent
		return nil
	}
	all := append(append([]deferral.Update{}, plan.Quiet...), plan.Restarting...)
	w.st = w.st.Begin(deferral.StepInstall, labels(all), false, w.policyMachine(), w.now())
	if err := w.save(); err != nil {
		return err
	}
	show := w.openUpdating(ctx, all)
	defer show.close()

	var result installResult
	for _, group := range groups(plan.Quiet, w.set.InstallTogether) {
		w.installGroup(ctx, group, softwareupdate.Install{}, show, &result)
	}
	if len(plan.Restarting) > 0 && ctx.Err() == nil {
		return w.installRestarting(ctx, plan.Restarting, show, &result)
	}
	if ctx.Err() != nil {
		return nil
	}
	show.close()
	if result.restart || result.shutdown {
		return w.softRestart(ctx, labels(all), result)
	}
	return w.concludeInstall(ctx, result, plan.Assisted)
}

// installRestarting installs updates that need a restart. Those of macOS
// itself are applied only by the restart that Apple's tool makes, so the last
// call asks it for one; it may end this process at any moment from then on.
func (w *wake) installRestarting(ctx context.Context, updates []deferral.Update, show *updating, result *installResult) error {
	var plain, system []deferral.Update
	for _, u := range updates {
		if u.System {
			system = append(system, u)
		} else {
			plain = append(plain, u)
		}
	}
	// macOS itself comes last: only the restart of the call that names it
	// applies it.
	sort.SliceStable(system, func(i, j int) bool { return rank(system[i]) < rank(system[j]) })
	calls := append(groups(plain, w.set.InstallTogether), groups(system, w.set.InstallTogether)...)
	var last []deferral.Update
	if len(system) > 0 {
		last, calls = calls[len(calls)-1], calls[:len(calls)-1]
	}
	var waiting []string // for a restart
	for _, group := range calls {
		if w.installGroup(ctx, group, softwareupdate.Install{}, show, result) {
			waiting = append(waiting, labels(group)...)
		}
	}
	if len(last) > 0 && ctx.Err() == nil && w.prepared(ctx, last, show, result) {
		if asked, err := w.installAndRestart(ctx, last, show, result); asked || err != nil {
			return err
		}
	}
	switch {
	case ctx.Err() != nil:
		return nil
	case len(waiting) == 0:
		return w.concludeInstall(ctx, *result, nil)
	}
	show.close()
	return w.softRestart(ctx, waiting, *result)
}

// prepared tells whether the call that installs and restarts may be made. Its
// updates are prepared before where that call should take little time: on an
// empty screen, to which somebody could come, where the Mac may not be restarted
// now, and where Apple's tool would ask nobody.
func (w *wake) prepared(ctx context.Context, updates []deferral.Update, show *updating, result *installResult) bool {
	if w.consent != deferral.NoConsent && !w.person.IsRoot() && w.barred(ctx) == "" {
		return true
	}
	var own installResult
	ok := w.installGroup(ctx, updates, softwareupdate.Install{}, show, &own)
	result.add(own)
	return ok || own.restart || own.shutdown // one of several may have failed
}

// rank is 1 for macOS itself and its rapid responses, 0 for all else.
func rank(u deferral.Update) int {
	if kindOf(u) == softwareupdate.KindOther {
		return 0
	}
	return 1
}

// installAndRestart has Apple's tool install updates of macOS and restart the
// Mac, which asks apps to quit: this is the soft restart. asked is false when
// the tool has not come that far.
func (w *wake) installAndRestart(ctx context.Context, updates []deferral.Update, show *updating, result *installResult) (asked bool, err error) {
	if why := w.barred(ctx); why != "" {
		w.Log.Notice(logging.Restart, "%s The Mac is not restarted.", why)
		return false, nil
	}
	if err := w.beginRestart(labels(updates), false); err != nil {
		return false, err
	}
	if c, err := w.Host.Console(ctx); w.person.IsRoot() && !(err == nil && c.Deserted()) {
		// There is no session to start the tool in, and without one it restarts
		// the Mac at once.
		show.close()
		return true, w.restartAfterAsking(ctx)
	}
	order := softwareupdate.Install{Restart: true, RestartWait: w.set.HardRestartDelay}
	show.mayRestart = w.watch(ctx, w.barred, w.consent == deferral.NoConsent)
	show.staged = w.restarting
	var own installResult
	ok := w.installGroup(ctx, updates, order, show, &own)
	result.add(own)
	switch {
	case ctx.Err() != nil:
		return false, nil
	case show.calledOff, !ok && !own.restart && !own.shutdown:
		w.st = w.st.Unrestarted()
		return false, w.save()
	}
	show.close()
	return true, w.notRestarted(ctx)
}

// restarting tells that Apple's tool has finished its preparations and goes on to
// restart the Mac. Whether it asks apps to quit before, nobody can see.
func (w *wake) restarting(show *updating) {
	w.Log.Notice(logging.Restart, "Apple's tool has prepared the updates and restarts the Mac.")
	show.change(prompt.Change{Body: "Please save your work now. Your Mac is about to restart.", Progress: &prompt.Progress{Fraction: 1}})
}

// notRestarted follows a call of Apple's tool after which the Mac should be
// restarting. One that was ended, or has failed, has asked nobody for all that
// is known.
func (w *wake) notRestarted(ctx context.Context) error {
	w.Log.Notice(logging.Restart, "Apple's tool has not restarted the Mac.")
	return w.restartAfterAsking(ctx)
}

// installResult is what a row of installations came to.
type installResult struct {
	// restart and shutdown are what Apple's tool asked for.
	restart, shutdown bool
	failure           error
}

func (r *installResult) add(o installResult) {
	r.restart, r.shutdown = r.restart || o.restart, r.shutdown || o.shutdown
	if o.failure != nil {
		r.failure = o.failure
	}
}

// installGroup installs some updates in one call and notes what came of it.
func (w *wake) installGroup(ctx context.Context, group []deferral.Update, order softwareupdate.Install, show *updating, result *installResult) (ok bool) {
	if w.overtaken() {
		w.Log.Notice(logging.Install, "%s Nothing more is installed.", clockSetBack)
		return false
	}
	if why, setting := w.unready(ctx); why != "" {
		w.Log.Notice(logging.Install, "%s Nothing more is installed%s.", why, because(setting))
		return false
	}
	// The look at who is there comes last: those before it may hang for so long
	// that somebody logs in meanwhile.
	if why := w.unconsented(ctx); why != "" {
		w.Log.Notice(logging.Install, "%s Nothing more is installed before they have been told.", why)
		return false
	}
	order.Labels = toolLabels(group)
	w.Log.Notice(logging.Install, "Installing %s.", titles(group))
	show.say(group)
	installed, err := w.runTool(ctx, order, show.progress)
	if ctx.Err() != nil || show.calledOff {
		return false
	}
	result.restart = result.restart || installed.NeedsRestart
	result.shutdown = result.shutdown || installed.NeedsShutdown
	var f *softwareupdate.Failure
	switch {
	case err == nil:
		if installed.Staged {
			w.Log.Notice(logging.Install, "Prepared %s; the restart installs it.", titles(group))
		} else {
			w.Log.Notice(logging.Install, "Installed %s.", titles(group))
		}
		return true
	case errors.As(err, &f) && (f.Kind == softwareupdate.FailureGone || f.Kind == softwareupdate.FailureNoSuchUpdate):
		// What is left instead, the check that follows says.
		w.Log.Notice(logging.Install, "%v", err)
	default:
		if errors.As(err, &f) && f.Kind == softwareupdate.FailureAuthentication {
			w.st = w.st.OwnerNeeded([]string{string(f.Label)})
		}
		result.failure = err
		w.failed(logging.Install, err)
	}
	return false
}

// runTool has Apple's tool install, and accompanies it to its end.
func (w *wake) runTool(ctx context.Context, order softwareupdate.Install, goOn func(softwareupdate.Progress) bool) (softwareupdate.Reached, error) {
	order.ConsoleUID = w.session(ctx)
	run, err := w.Updater.Install(ctx, order)
	if err != nil {
		return softwareupdate.Reached{}, err
	}
	return accompany(ctx, run, always, goOn)
}

// session is where Apple's tool works: outside of every session it hangs while
// somebody is logged in.
func (w *wake) session(ctx context.Context) (uid int) {
	c, err := w.Host.Console(ctx)
	if err != nil {
		return w.person.UID
	}
	return c.Session
}

func always() bool { return true }

// unready says why the Mac is in no condition to install the next updates: those
// before may have taken long.
func (w *wake) unready(ctx context.Context) (why, setting string) {
	if w.facts == nil {
		return "", ""
	}
	if w.stale() {
		w.lookAtMac(ctx, w.facts)
	}
	return w.facts.Unready(w.set)
}

// concludeInstall ends an installation after which the Mac stays up, and asks
// Apple what is left.
func (w *wake) concludeInstall(ctx context.Context, result installResult, assisted []deferral.Update) error {
	w.consent = deferral.NoConsent
	if result.failure != nil {
		w.st = w.st.InstallFailed(w.set, result.failure.Error(), w.now())
	} else {
		w.st = w.st.Installed(w.set, w.now())
	}
	if err := w.save(); err != nil {
		return err
	}
	if len(assisted) > 0 && w.facts != nil && w.facts.Person {
		return w.assist(ctx, deferral.Decision{Plan: deferral.Plan{Assisted: assisted}, Mandatory: w.st.Due(w.now())})
	}
	return w.check(ctx)
}

func labels(updates []deferral.Update) []string {
	out := make([]string, len(updates))
	for i, u := range updates {
		out[i] = u.Label
	}
	return out
}

func toolLabels(updates []deferral.Update) []softwareupdate.Label {
	out := make([]softwareupdate.Label, len(updates))
	for i, u := range updates {
		out[i] = softwareupdate.Label(u.Label)
	}
	return out
}

func titles(updates []deferral.Update) string {
	out := make([]string, len(updates))
	for i, u := range updates {
		out[i] = u.Name
	}
	return strings.Join(out, ", ")
}

// groups are the calls in which updates are installed: one each, so that one
// that fails holds up no other, or all in one.
func groups(updates []deferral.Update, together bool) [][]deferral.Update {
	if len(updates) == 0 {
		return nil
	}
	if together {
		return [][]deferral.Update{updates}
	}
	out := make([][]deferral.Update, len(updates))
	for i, u := range updates {
		out[i] = []deferral.Update{u}
	}
	return out
}

// byLabel returns the updates of the round that have one of the labels.
func (w *wake) byLabel(wanted []string) []deferral.Update {
	var out []deferral.Update
	for _, u := range w.st.Round.Updates {
		for _, l := range wanted {
			if u.Label == l {
				out = append(out, u)
				break
			}
		}
	}
	return out
}

func (w *wake) systemLabels(wanted []string) []softwareupdate.Label {
	var out []softwareupdate.Label
	for _, u := range w.byLabel(wanted) {
		if u.System {
			out = append(out, softwareupdate.Label(u.Label))
		}
	}
	return out
}
