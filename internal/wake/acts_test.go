package wake

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"installordefer/deferral"
	"installordefer/launchd"
	"installordefer/prompt"
	"installordefer/softwareupdate"
)

// An act of the tables below is done alone, on a Mac that does as it is told.
type act struct {
	name  string
	mac   fake
	edit  func(*wake)
	act   deferral.Act
	calls string // what the Mac was asked to do, one line each
	event deferral.Event
}

func (c *act) test(t *testing.T) {
	t.Run(c.name, func(t *testing.T) {
		f := &c.mac
		w := f.wake()
		if c.edit != nil {
			c.edit(w)
		}
		if c.act.Who.Name == "" {
			c.act.Who = ada
		}
		e, err := w.do(t.Context(), c.act)
		if err != nil {
			t.Fatal(err)
		}
		if got := strings.Join(f.calls, "\n"); got != c.calls {
			t.Errorf("the Mac was asked to\n%s\nwant\n%s", got, c.calls)
		}
		if diff := cmp.Diff(c.event, e, cmp.AllowUnexported(deferral.Act{})); diff != "" {
			t.Error(diff)
		}
		if f.stopped != strings.Contains(c.name, "is stopped") {
			t.Errorf("Apple's tool was stopped: %v", f.stopped)
		}
	})
}

func failure(k softwareupdate.FailureKind, label deferral.Update) error {
	return &softwareupdate.Failure{Operation: "the installation", Kind: k, Label: softwareupdate.Label(label.Label)}
}

// says is a helper that says the same all the time, and saysAfter one that says
// so after a while on the screen.
func says(s prompt.Sight) func(time.Duration) prompt.Sight { return saysAfter(0, s) }

func saysAfter(d time.Duration, s prompt.Sight) func(time.Duration) prompt.Sight {
	return func(now time.Duration) prompt.Sight {
		if now < time.Hour+d {
			return prompt.Shown
		}
		return s
	}
}

// unasked is a dialog that never came to the screen, and aside one that was taken
// away because nobody could see it.
func unasked(a deferral.Answer, after time.Duration, why, failure string) deferral.Answered {
	a.After, a.Why, a.Unshown = after, why, true
	return deferral.Answered{Answer: a, Failure: failure}
}

func aside(a deferral.Answer, after time.Duration, why string) deferral.Answered {
	a.After, a.Why, a.Aside = after, why, true
	return deferral.Answered{Answer: a}
}

func only(u ...deferral.Update) []deferral.Update { return u }

func TestAnActAlone(t *testing.T) {
	down := errors.New("down")
	half := softwareupdate.Progress{Fraction: 0.5}
	whole := softwareupdate.Progress{Fraction: 1, Phase: softwareupdate.PhaseStaged}
	asked := deferral.Answer{To: deferral.Prompt, Who: ada}
	final := deferral.Answer{To: deferral.FinalPrompt, Who: ada}
	password := deferral.Answer{To: deferral.AskPassword, Who: ada}
	working := func(w *wake) {
		w.apply(deferral.Began{Act: deferral.Act{Do: deferral.Install, Updates: only(safari), Work: &deferral.Work{
			Allowed: deferral.Allowed{Consent: deferral.Clicked, Who: ada}, Plan: deferral.Plan{Quiet: only(safari)}, Calls: []deferral.Call{{Updates: only(safari)}}}}})
	}
	shown := func(s string) string { return "show updating to ada\n" + s }
	quiet := shown(`install ["Safari27.0-27.0"] in the session of 501, restart false, force false, owner ""`)
	restarts := shown(`install ["macOS Tahoe 26.7-25G229"] in the session of 501, restart true, force false, owner ""`)
	install := deferral.Act{Do: deferral.Install, Updates: only(safari)}
	restart := deferral.Act{Do: deferral.InstallAndRestart, Consent: deferral.Clicked, Updates: only(tahoe)}
	for _, c := range []act{
		{name: "a prompt is answered with Run Updates", act: deferral.Act{Do: deferral.Prompt, For: time.Hour}, calls: "show run-or-defer to ada",
			mac: fake{answer: &prompt.Answer{Result: prompt.ResultRun}, lasts: time.Minute}, event: answered(asked, deferral.Run, time.Minute, "")},
		{name: "a prompt that is closed is no answer", act: deferral.Act{Do: deferral.Prompt, For: time.Hour}, calls: "show run-or-defer to ada",
			mac: fake{answer: &prompt.Answer{Result: prompt.ResultNone, Why: "killed"}, lasts: time.Minute}, event: answered(asked, deferral.NoReply, time.Minute, "killed")},
		{name: "a prompt whose helper does not end times out", act: deferral.Act{Do: deferral.Prompt, For: time.Hour}, calls: "show run-or-defer to ada",
			event: answered(asked, deferral.TimedOut, time.Hour, "")},
		{name: "a prompt whose helper shows nothing has asked nobody", act: deferral.Act{Do: deferral.Prompt, For: time.Hour}, calls: "show run-or-defer to ada", mac: fake{sight: says(prompt.Opening)},
			event: unasked(asked, 0, notShown, "the prompt never came to the screen, so nobody was asked: its helper has not shown it")},
		{name: "a helper that has shown nothing and says that nobody has answered", act: deferral.Act{Do: deferral.Prompt, For: 20 * time.Second}, calls: "show run-or-defer to ada",
			mac:   fake{sight: says(prompt.Opening), answer: &prompt.Answer{Result: prompt.ResultTimeout}, lasts: 20 * time.Second},
			event: unasked(asked, 20*time.Second, notShown, "the prompt never came to the screen, so nobody was asked: its helper has not shown it")},
		{name: "a click on a helper of before that says nothing", act: deferral.Act{Do: deferral.Prompt, For: time.Hour}, calls: "show run-or-defer to ada",
			mac: fake{sight: says(prompt.Unsaid), answer: &prompt.Answer{Result: prompt.ResultRun}, lasts: 20 * time.Second}, event: answered(asked, deferral.Run, 20*time.Second, "")},
		{name: "a prompt that other windows cover", act: deferral.Act{Do: deferral.Prompt, For: time.Hour, Patience: 5 * time.Minute}, calls: "show run-or-defer to ada",
			mac: fake{sight: says(prompt.Covered)}, event: aside(asked, 0, "Other windows cover the dialog")},
		{name: "a prompt on a display that is off", act: deferral.Act{Do: deferral.Prompt, For: time.Hour}, calls: "show run-or-defer to ada",
			mac: fake{sight: says(prompt.DisplayOff)}, event: aside(asked, 0, "The display is off")},
		{name: "a countdown whose helper shows nothing has told nobody", act: deferral.Act{Do: deferral.FinalPrompt, For: 10 * time.Minute, Patience: 5 * time.Minute}, edit: overdue, calls: "show run-now to ada",
			mac: fake{sight: says(prompt.Opening)}, event: unasked(final, 0, notShown, "the final prompt never came to the screen, so nobody was asked: its helper has not shown it")},
		{name: "a countdown whose helper was killed before it was shown has told nobody", act: deferral.Act{Do: deferral.FinalPrompt, For: 10 * time.Minute, Patience: 5 * time.Minute}, edit: overdue, calls: "show run-now to ada",
			mac:   fake{sight: says(prompt.Opening), answer: &prompt.Answer{Result: prompt.ResultNone, Why: "killed"}, lasts: 2 * time.Second},
			event: unasked(final, 0, "killed", "the final prompt never came to the screen, so nobody was asked: killed")},
		{name: "a countdown that is covered half way stands still, for a while", act: deferral.Act{Do: deferral.FinalPrompt, For: 10 * time.Minute, Patience: 5 * time.Minute}, edit: overdue, calls: "show run-now to ada",
			mac: fake{sight: saysAfter(5*time.Minute, prompt.Covered)}, event: aside(final, 4*time.Minute+55*time.Second, "Other windows cover the dialog")},
		{name: "a helper that says for eight hours that nobody sees it is not believed any more", act: deferral.Act{Do: deferral.FinalPrompt, For: 10 * time.Minute, Patience: 5 * time.Minute}, calls: "show run-now to ada",
			edit: func(w *wake) {
				overdue(w)
				w.s.State.Round.Lock = deferral.Lock{UID: ada.UID, Unshown: true, For: 8 * time.Hour, At: w.s.Now}
			},
			mac: fake{sight: says(prompt.Opening)}, event: answered(final, deferral.NoReply, 10*time.Minute, "")},
		{name: "what a helper says meanwhile is no answer to the question for a password", act: deferral.Act{Do: deferral.AskPassword, For: 5 * time.Minute}, calls: "show password to ada",
			mac: fake{talks: true, answer: &prompt.Answer{Result: prompt.ResultPassword, Secret: prompt.Secret("x")}, lasts: time.Minute}, event: deferral.Answered{Answer: deferral.Answer{To: deferral.AskPassword, Who: ada, Reply: deferral.Password}}},
		{name: "a prompt that cannot be shown", act: deferral.Act{Do: deferral.Prompt, For: time.Hour}, calls: "show run-or-defer to ada", mac: fake{broken: true},
			event: deferral.Answered{Answer: deferral.Answer{To: deferral.Prompt, Who: ada, Why: "the prompt could not be shown", Unshown: true}, Failure: "the prompt could not be shown: no helper"}},
		{name: "a countdown that is clicked", act: deferral.Act{Do: deferral.FinalPrompt, For: 10 * time.Minute}, edit: overdue, calls: "show run-now to ada",
			mac: fake{answer: &prompt.Answer{Result: prompt.ResultRun}, lasts: time.Minute}, event: answered(final, deferral.Run, time.Minute, "")},
		{name: "a countdown that is seen to its end", act: deferral.Act{Do: deferral.FinalPrompt, For: 10 * time.Minute}, edit: overdue, calls: "show run-now to ada",
			event: answered(final, deferral.NoReply, 10*time.Minute, "")},
		{name: "a countdown ends with the deadline set back", act: deferral.Act{Do: deferral.FinalPrompt, For: 10 * time.Minute}, calls: "show run-now to ada",
			event: answered(final, deferral.NoReply, 5*time.Second, "The clock was set back: the deadline is in the future again")},
		{name: "a look at a Mac on its battery", act: deferral.Act{Do: deferral.LookAtMac}, mac: fake{power: launchd.Power{Known: true, HasBattery: true, Percent: 12}},
			event: deferral.LookedAtMac{Mac: deferral.Fact[deferral.Condition]{Is: deferral.Condition{OnBattery: true, BatteryPercent: 12, FreeKiB: -1}, Known: true, Last: true, At: (&fake{}).wake().s.Now}}},
		{name: "a check that fails", act: deferral.Act{Do: deferral.DoCheck}, mac: fake{list: softwareupdate.List{Err: down}}, calls: "list",
			event: deferral.Checked{Outcome: deferral.Unknown, Failure: "down"}},
		{name: "a download", act: deferral.Act{Do: deferral.Download, Updates: only(safari)}, mac: fake{reports: []softwareupdate.Progress{half}},
			calls: "download Safari27.0-27.0 in the session of 501", event: deferral.Downloaded{Label: safari.Label}},
		{name: "a download that hung", act: deferral.Act{Do: deferral.Download, Updates: only(safari)}, mac: fake{err: failure(softwareupdate.FailureHung, safari)},
			calls: "download Safari27.0-27.0 in the session of 501", event: deferral.Downloaded{Label: safari.Label, Hung: true, Failure: failure(softwareupdate.FailureHung, safari).Error()}},
		{name: "a silent download is stopped at the deadline", act: deferral.Act{Do: deferral.Download, Updates: only(safari)}, edit: overdue, mac: fake{silent: time.Hour},
			calls: "download Safari27.0-27.0 in the session of 501", event: deferral.Downloaded{Label: safari.Label, Failure: "the download of Safari 27.0 was ended: the deadline has passed"}},
		{name: "an installation", act: install, edit: working, mac: fake{reports: []softwareupdate.Progress{half}}, calls: quiet, event: deferral.Installed{OK: true}},
		{name: "an installation that fails", act: install, edit: working, mac: fake{err: failure(softwareupdate.FailureUnknown, safari)}, calls: quiet,
			event: deferral.Installed{Failure: failure(softwareupdate.FailureUnknown, safari).Error(), Because: deferral.OtherFailed}},
		{name: "an installation of what Apple has taken back", act: install, edit: working, mac: fake{err: failure(softwareupdate.FailureGone, safari)}, calls: quiet, event: deferral.Installed{}},
		{name: "an installation that wants an owner", act: install, edit: working, mac: fake{err: failure(softwareupdate.FailureAuthentication, safari)}, calls: quiet,
			event: deferral.Installed{Because: deferral.OtherFailed, NeedsOwner: safari.Label, Failure: failure(softwareupdate.FailureAuthentication, safari).Error()}},
		{name: "an installation that restarts is stopped when another has come", act: restart, mac: fake{console: after(time.Minute, at(grace), nil), reports: []softwareupdate.Progress{half, whole, half}},
			calls: restarts, event: deferral.Installed{Stopped: true}},
		{name: "an installation that does not restart", act: restart, mac: fake{reports: []softwareupdate.Progress{half, whole}}, calls: restarts, event: deferral.Installed{OK: true, Staged: true}},
		{name: "a password that is not accepted", act: deferral.Act{Do: deferral.InstallWithPassword, Updates: only(tahoe)}, mac: fake{err: failure(softwareupdate.FailurePassword, tahoe)},
			calls: restarts, event: deferral.Installed{Rejected: true}},
		{name: "a soft restart", act: deferral.Act{Do: deferral.SoftRestart}, calls: "soft restart for ada, shutdown false", event: deferral.RestartAsked{}},
		{name: "a soft restart that asks nobody", act: deferral.Act{Do: deferral.SoftRestart}, mac: fake{err: down}, calls: "soft restart for ada, shutdown false",
			event: deferral.RestartAsked{Failure: "the soft restart could not be asked for, so apps were not asked to quit: down"}},
		{name: "a restart by Apple's tool that does not come", act: deferral.Act{Do: deferral.ToolRestart, Updates: only(tahoe)},
			calls: `install ["macOS Tahoe 26.7-25G229"] in the session of 501, restart true, force true, owner ""`, event: deferral.ToolRestarted{}},
		{name: "a hard restart", act: deferral.Act{Do: deferral.HardRestart}, calls: "hard restart, shutdown false", event: deferral.HardRestarted{}},
		{name: "a look at somebody in a call", act: deferral.Act{Do: deferral.LookAtBusy}, mac: fake{busy: true},
			event: deferral.LookedAtBusy{Busy: deferral.Fact[bool]{Is: true, Known: true, Last: true, At: (&fake{}).wake().s.Now}}},
		{name: "one that tells nothing", act: deferral.Act{Do: deferral.LookAtBusy}, mac: fake{err: errors.New("no answer")},
			event: deferral.LookedAtBusy{Busy: deferral.Fact[bool]{Last: true, At: (&fake{}).wake().s.Now}}},
		{name: "a wait for the end of a deferral", act: deferral.Act{Do: deferral.AwaitPrompt, For: time.Minute}, event: deferral.Woke{}},
		{name: "a wait for a restart", act: deferral.Act{Do: deferral.AwaitRestart, For: time.Minute}, event: deferral.Woke{}},
		{name: "a look for an administrator that finds none", act: deferral.Act{Do: deferral.LookForOwner}, edit: func(w *wake) { w.s.Wake.Declared.Is.AdminOnly = true },
			event: deferral.OwnerFound{Owner: deferral.Ownership{UID: ada.UID, Looked: true, Known: true, Owner: true, Standard: true}}},
		{name: "a look for an administrator on Apple silicon, and for an owner", act: deferral.Act{Do: deferral.LookForOwner}, mac: fake{owner: true, admin: true}, calls: "is ada an owner",
			edit:  func(w *wake) { w.s.Wake.Declared.Is.AdminOnly, w.machine.AppleSilicon = true, true },
			event: deferral.OwnerFound{Owner: deferral.Ownership{UID: ada.UID, Looked: true, Known: true, Owner: true}}},
		{name: "a look for an owner that finds none", act: deferral.Act{Do: deferral.LookForOwner}, calls: "is ada an owner", event: deferral.OwnerFound{Owner: deferral.Ownership{UID: ada.UID, Looked: true, Known: true}}},
		{name: "a password", act: deferral.Act{Do: deferral.AskPassword, For: time.Minute}, mac: fake{answer: &prompt.Answer{Result: prompt.ResultPassword, Secret: prompt.Secret("secret")}}, calls: "show password to ada",
			event: answered(password, deferral.Password, 0, "")},
		{name: "a password that is not given", act: deferral.Act{Do: deferral.AskPassword, For: time.Minute}, calls: "show password to ada", event: answered(password, deferral.NoReply, 0, " in time")},
		{name: "Software Update", act: deferral.Act{Do: deferral.OpenPane, Updates: only(tahoe)}, calls: "open Software Update for ada, rapid false", event: deferral.PaneOpened{}},
		{name: "the dialog about installing stays", act: deferral.Act{Do: deferral.Stay, For: time.Hour, Updates: only(tahoe)}, calls: "show install-now to ada", event: deferral.Stayed{}},
		{name: "the dialog about installing is closed", act: deferral.Act{Do: deferral.Stay, For: time.Hour, Updates: only(tahoe)}, mac: fake{answer: &prompt.Answer{Result: prompt.ResultNone}}, calls: "show install-now to ada",
			event: deferral.Stayed{Closed: true}},
		{name: "giving up", act: deferral.Act{Do: deferral.GiveUp, Of: deferral.Install, Why: "Why."}, event: deferral.GaveUp{Act: deferral.Act{Do: deferral.GiveUp, Of: deferral.Install, Why: "Why.", Who: ada}}},
		{name: "the removal", act: deferral.Act{Do: deferral.Remove}, calls: "remove"},
	} {
		c.test(t)
	}
}

// overdue lets the deadline pass.
func overdue(w *wake) { w.s.State.ForcedAfter = w.s.Now.Wall.Add(-time.Minute) }

func answered(a deferral.Answer, r deferral.Reply, after time.Duration, why string) deferral.Answered {
	a.Reply, a.After, a.Why = r, after, why
	return deferral.Answered{Answer: a}
}

func TestTheMacGoesDown(t *testing.T) {
	for shutdown, want := range map[bool]string{false: "restarts", true: "shuts down"} {
		t.Run("and the log says that it "+want, func(t *testing.T) {
			f := &fake{}
			w := f.wake()
			w.s.State.Round.Step.Shutdown = shutdown
			w.tellAsked(ada)
			if log := strings.Join(f.log, "\n"); !strings.Contains(log, "the Mac "+want+" without asking") {
				t.Errorf("it logs %q", log)
			}
		})
	}
}
