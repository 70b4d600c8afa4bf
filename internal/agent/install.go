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
	if w.consent == deferral.NoConsent && !w.alone(ctx) {
		w.Log.Notice(logging.Install, "Somebody has come to the screen. Nothing is installed before they have been told.")
		w.facts = nil
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

// alone tells whether nobody is at the screen beyond doubt.
func (w *wake) alone(ctx context.Context) bool {
	_, present, err := w.Host.ConsoleUser(ctx)
	return err == nil && !present
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

// prepared tells whether the call that installs and restarts may be made. On an
// empty screen its updates are prepared before, so that it takes little time in
// which somebody could come and begin to work.
func (w *wake) prepared(ctx context.Context, updates []deferral.Update, show *updating, result *installResult) bool {
	if w.consent != deferral.NoConsent {
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
	w.st = w.st.Begin(deferral.StepSoft, labels(updates), false, w.policyMachine(), w.now())
	if err := w.save(); err != nil {
		return false, err
	}
	order := softwareupdate.Install{Restart: true, RestartWait: w.set.HardRestartDelay, ConsoleUID: w.person.UID}
	show.mayRestart = w.watch(ctx, w.barred, w.consent == deferral.NoConsent)
	show.staged = w.restartAsked
	var own installResult
	ok := w.installGroup(ctx, updates, order, show, &own)
	result.add(own)
	switch {
	case ctx.Err() != nil:
		return false, nil
	case show.calledOff, !ok && !own.restart && !own.shutdown:
		w.st = w.st.Unrestarted()
		return false, w.save()
	case !show.isStaged:
		w.restartAsked(show)
	}
	return true, w.save()
}

// clockSetBack is why nothing further happens to a Mac whose clock told a
// later time when the deadline seemed to have passed.
const clockSetBack = "The clock was set, and the deadline has not passed any more."

// overtaken tells whether what the passed deadline has allowed is allowed no
// longer, because the clock was set and it has not passed.
func (w *wake) overtaken() bool {
	return w.consent != deferral.Clicked && !w.st.Due(w.now())
}

// restartAsked notes that Apple's tool has finished its preparations and asks
// apps to quit. HardRestartDelay counts from here.
func (w *wake) restartAsked(show *updating) {
	now := w.now()
	w.st = w.st.Asked(now)
	if err := w.save(); err != nil {
		w.Log.Error(logging.State, "%v", err)
	}
	w.Log.Notice(logging.Restart, "The Mac is asked to restart, and apps may save first. In %v it restarts without asking (HardRestartDelay).", w.set.HardRestartDelay)
	show.change(prompt.Change{Body: saveWork(false), Countdown: &w.set.HardRestartDelay, Progress: &prompt.Progress{Fraction: 1}})
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
	switch {
	case w.overtaken():
		w.Log.Notice(logging.Install, "%s Nothing more is installed.", clockSetBack)
		return false
	case w.consent == deferral.NoConsent && !w.alone(ctx):
		w.Log.Notice(logging.Install, "Somebody has come to the screen. Nothing more is installed before they have been told.")
		return false
	}
	if why, setting := w.unready(ctx); why != "" {
		w.Log.Notice(logging.Install, "%s Nothing more is installed%s.", why, because(setting))
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
		result.failure = err
		w.failed(logging.Install, err)
	}
	return false
}

// runTool has Apple's tool install, and accompanies it to its end.
func (w *wake) runTool(ctx context.Context, order softwareupdate.Install, goOn func(softwareupdate.Progress) bool) (softwareupdate.Reached, error) {
	run, err := w.Updater.Install(ctx, order)
	if err != nil {
		return softwareupdate.Reached{}, err
	}
	return accompany(ctx, run, goOn)
}

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
