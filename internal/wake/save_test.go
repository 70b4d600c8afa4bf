package wake

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"installordefer/deferral"
	"installordefer/deferral/settings"
	"installordefer/internal/clock"
	"installordefer/internal/logging"
	"installordefer/launchd"
	"installordefer/prompt"
)

// A desk is a Mac on which somebody has time to save. Only what that needs
// answers; anything else that is called is a nil pointer.
type desk struct {
	Host
	now     clock.Moment
	console func(at time.Duration) (launchd.Console, error)
	broken  bool // no dialog comes up
	opened  []time.Duration
	lasts   time.Duration // each dialog, until somebody closes it
	until   time.Duration
	clicks  bool // they click Restart Now
	st      deferral.State
	saved   []deferral.Step
}

func (d *desk) Now() clock.Moment { return d.now }

func (d *desk) Sleep(_ context.Context, t time.Duration) error {
	d.now = d.now.Add(t)
	return nil
}

func (d *desk) Console(context.Context) (launchd.Console, error) { return d.console(d.now.Continuous) }

func (d *desk) Open(context.Context, launchd.ConsoleUser, prompt.Dialog) (Window, error) {
	if d.broken {
		return nil, errors.New("no helper")
	}
	d.opened = append(d.opened, d.now.Continuous)
	d.until = d.now.Continuous + d.lasts
	return d, nil
}

func (d *desk) Change(prompt.Change) error { return nil }
func (d *desk) Close()                     {}

func (d *desk) Wait(_ context.Context, most time.Duration) (prompt.Answer, bool) {
	if left := d.until - d.now.Continuous; d.lasts > 0 && left <= most {
		d.now = d.now.Add(max(left, 0))
		if d.clicks {
			return prompt.Answer{Result: prompt.ResultRun}, true
		}
		return prompt.Answer{Result: prompt.ResultNone}, true
	}
	d.now = d.now.Add(most)
	return prompt.Answer{}, false
}

func (d *desk) Load() (deferral.State, []settings.Problem, error) { return d.st, nil, nil }
func (d *desk) Heed(s deferral.State) (deferral.State, []string)  { return s, nil }
func (d *desk) Mirror(context.Context) error                      { return nil }
func (d *desk) Clear(context.Context) error                       { return nil }

func (d *desk) Save(s deferral.State) error {
	d.saved = append(d.saved, s.Round.Step)
	return nil
}

func (d *desk) Debug(logging.Category, string, ...any)  {}
func (d *desk) Notice(logging.Category, string, ...any) {}
func (d *desk) Error(logging.Category, string, ...any)  {}

var ada = launchd.ConsoleUser{Name: "ada", UID: 501}

func adaIsThere(time.Duration) (launchd.Console, error) {
	return launchd.Console{User: ada, Present: true}, nil
}

func TestTheTimeToSaveIsGivenToWhomItIsFor(t *testing.T) {
	grace := launchd.Console{User: launchd.ConsoleUser{Name: "grace", UID: 502}, Present: true}
	after := func(at time.Duration, c launchd.Console, err error) func(time.Duration) (launchd.Console, error) {
		return func(now time.Duration) (launchd.Console, error) {
			if now < at {
				return adaIsThere(now)
			}
			return c, err
		}
	}
	tests := []struct {
		name  string
		desk  desk
		why   string
		left  bool
		took  time.Duration
		asked bool
	}{
		{name: "she has all of it", desk: desk{console: adaIsThere}, took: 5 * time.Minute, asked: true},
		{name: "a dialog that she closes comes back, and the time goes on", desk: desk{console: adaIsThere, lasts: time.Second}, took: 5 * time.Minute, asked: true},
		{name: "she does not want to wait", desk: desk{console: adaIsThere, lasts: 20 * time.Second, clicks: true}, took: 20 * time.Second, asked: true},
		{name: "a dialog that never comes up has asked nobody", desk: desk{console: adaIsThere, broken: true}, took: 5 * time.Minute, why: "The dialog about saving could not be shown to ada."},
		{name: "another takes the screen", desk: desk{console: after(time.Minute, grace, nil)}, took: time.Minute, asked: true, why: "Another person has come to the screen and is told first."},
		{name: "nobody can tell who is there", desk: desk{console: after(time.Minute, launchd.Console{}, launchd.ErrUnsettled)}, took: time.Minute, asked: true, why: "Who is at the screen cannot be told now."},
		{name: "she goes behind the login window", desk: desk{console: after(time.Minute, launchd.Console{Behind: 1}, nil)}, took: time.Minute, asked: true,
			why: "The login window is up, but 1 person is logged in behind it."},
		{name: "she logs out", desk: desk{console: after(time.Minute, launchd.Console{}, nil)}, took: time.Minute, asked: true, left: true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			d := &tt.desk
			d.now.Boot = "b"
			w := &wake{Job: &Job{Clock: d, Store: d, Host: d, Screen: d, Log: d, Zone: time.UTC}}
			w.s.Settings, w.s.Zone = settings.Defaults(), time.UTC
			w.s.State.Round.Step = deferral.Step{Kind: deferral.StepSoft, At: d.now}
			w.s.Wake.Restart.Allowed = deferral.Allowed{Consent: deferral.Clicked, Who: deferral.Person{Name: "ada", UID: 501}}
			w.take(w.look(t.Context()))
			e, err := w.timeToSave(t.Context(), deferral.Decide(w.s))
			if err != nil {
				t.Fatal(err)
			}
			took := d.now.Continuous
			w.take(e)
			next := deferral.Decide(w.s)
			if next.Do == deferral.GiveUp != (tt.why != "") || tt.why != "" && next.Why != tt.why || next.Unattended != tt.left {
				t.Errorf("then %s, because %q, unattended %v; want %q, %v", next.Do, next.Why, next.Unattended, tt.why, tt.left)
			}
			if over := took - tt.took; over < 0 || over > deferral.TimeToSave.Tick() {
				t.Errorf("it took %v, want %v", took, tt.took)
			}
			asked := slices.ContainsFunc(d.saved, func(s deferral.Step) bool { return s.Asked && s.AskedUID == ada.UID })
			if asked != tt.asked {
				t.Errorf("that she was asked is saved: %v, want %v", asked, tt.asked)
			}
		})
	}
}
