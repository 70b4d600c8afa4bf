package wake

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"installordefer/deferral"
	"installordefer/deferral/settings"
	"installordefer/internal/clock"
	"installordefer/internal/logging"
	"installordefer/internal/macos"
	"installordefer/launchd"
	"installordefer/prompt"
	"installordefer/softwareupdate"
)

// A faulty Mac panics at the call that is named.
type faulty struct {
	Host
	at              string
	saved           deferral.State
	saves           int
	closed, stopped int
	log             []string
	ctx             context.Context
	now             time.Duration
}

func (f *faulty) reach(ctx context.Context, what string) {
	f.ctx = ctx
	f.touch(what)
}

func (f *faulty) touch(what string) {
	if f.at == what {
		var none []string
		_ = none[len(what)] // as real faults do
	}
}

func (f *faulty) Load() (deferral.State, []settings.Problem, error) {
	f.touch("load")
	return f.saved, nil, nil
}

func (f *faulty) Heed(s deferral.State) (deferral.State, []string) { return s, nil }

func (f *faulty) Save(s deferral.State) error {
	f.touch("save")
	f.saved, f.saves = s, f.saves+1
	return nil
}
func (f *faulty) Mirror(context.Context) error { return nil }

func (f *faulty) Clear(context.Context) error {
	f.touch("clear")
	f.saved = deferral.State{}
	return nil
}

func (f *faulty) Machine() (macos.Machine, error) {
	return macos.Machine{Version: "26.6", Build: "25G72"}, nil
}
func (f *faulty) RemovalBegun() (bool, error) { return f.at == "remove", nil }

func (f *faulty) Remove(ctx context.Context, rm launchd.Removal) error {
	rm.ClearState(ctx)
	f.reach(ctx, "remove")
	return nil
}

func (f *faulty) Console(ctx context.Context) (launchd.Console, error) {
	f.reach(ctx, "look")
	return launchd.Console{User: launchd.ConsoleUser{UID: 501, Name: "ada"}, Present: true}, nil
}
func (f *faulty) FileVault(context.Context) (bool, error)      { return false, nil }
func (f *faulty) Power(context.Context) (launchd.Power, error) { return launchd.Power{}, nil }
func (f *faulty) Free(context.Context) (int64, error)          { return 0, nil }
func (f *faulty) Offline(context.Context) (bool, error)        { return false, nil }

func (f *faulty) List(ctx context.Context) softwareupdate.List {
	f.reach(ctx, "list")
	return softwareupdate.List{}
}

func (f *faulty) Download(ctx context.Context, d softwareupdate.Download) (softwareupdate.Run, error) {
	f.reach(ctx, "download")
	return &faultyRun{f}, nil
}

func (f *faulty) Install(context.Context, softwareupdate.Install) (softwareupdate.Run, error) {
	return nil, errors.New("nothing installs here")
}

// A faultyRun is a download.
func (f *faulty) Presence(context.Context) (launchd.Presence, error) {
	return launchd.Presence{}, nil
}

func (f *faulty) Busy(context.Context, []string) (bool, error) { return false, nil }

type faultyRun struct{ f *faulty }

func (r *faultyRun) Stop() { r.f.stopped++ }
func (r *faultyRun) Result() (softwareupdate.Reached, error) {
	return softwareupdate.Reached{}, nil
}

func (r *faultyRun) Wait(ctx context.Context, tick time.Duration) ([]softwareupdate.Progress, bool) {
	r.f.reach(ctx, "progress")
	return nil, true
}

func (f *faulty) Open(ctx context.Context, u launchd.ConsoleUser, d prompt.Dialog) (Window, error) {
	f.reach(ctx, "open")
	return &faultyWindow{f}, nil
}

type faultyWindow struct{ f *faulty }

func (w *faultyWindow) Change(prompt.Change) error { w.f.touch("change"); return nil }
func (w *faultyWindow) Close()                     { w.f.closed++ }
func (w *faultyWindow) Sight() prompt.Sight        { return prompt.Shown }
func (w *faultyWindow) Wait(ctx context.Context, max time.Duration) (prompt.Answer, bool) {
	w.f.reach(ctx, "wait")
	w.f.now += max
	return prompt.Answer{}, false
}

func (f *faulty) Now() clock.Moment {
	return clock.Moment{Wall: time.Date(2026, 9, 21, 8, 0, 0, 0, time.UTC).Add(f.now), Continuous: time.Hour + f.now, Boot: "b"}
}
func (f *faulty) Sleep(ctx context.Context, d time.Duration) error { f.now += d; return ctx.Err() }

func (f *faulty) Debug(logging.Category, string, ...any)  {}
func (f *faulty) Notice(logging.Category, string, ...any) {}
func (f *faulty) Error(c logging.Category, format string, args ...any) {
	f.log = append(f.log, fmt.Sprintf(format, args...))
}

// job is a job in a round that prompts at once.
func (f *faulty) job() *Job {
	set, _, _ := settings.Read()
	update := deferral.Update{Label: "Safari27.0-27.0", Name: "Safari 27.0"}
	f.saved = deferral.State{}.Checked(deferral.Found, []deferral.Update{update}, set, macos.Machine{Build: "25G72"}, f.Now(), time.UTC)
	if f.at == "list" {
		f.saved = deferral.State{}
	}
	return &Job{
		Holds: noHold{},
		Clock: f, Store: f, Updater: f, Host: f, Screen: f, Log: f, Zone: time.UTC,
		Settings: func() settings.Files { f.touch("settings"); return settings.Files{} },
	}
}

func TestAPanic(t *testing.T) {
	for _, at := range []string{"settings", "look", "list", "download", "progress", "open", "wait", "change"} {
		t.Run("costs one wake and shows in status: "+at, func(t *testing.T) {
			f := &faulty{at: at}
			j := f.job()
			deadline := f.saved.ForcedAfter
			_, err := j.Run(t.Context())
			if !errors.Is(err, ErrBroken) {
				t.Fatalf("got %v", err)
			}
			if f.ctx != nil && f.ctx.Err() == nil {
				t.Error("what the wake has started goes on")
			}
			if dialog := at == "wait" || at == "change"; (f.closed == 1) != dialog {
				t.Errorf("%d dialogs were taken away", f.closed)
			}
			if at == "progress" && f.stopped != 1 {
				t.Errorf("the download was stopped %d times", f.stopped)
			}
			if !strings.Contains(f.saved.LastError.Text, "index out of range") || !strings.Contains(f.saved.LastError.Text, "(*faulty).touch (broken_test.go:") {
				t.Errorf("status shows %q", f.saved.LastError.Text)
			}
			if !f.saved.ForcedAfter.Equal(deadline) {
				t.Errorf("the deadline went from %v to %v", deadline, f.saved.ForcedAfter)
			}
			if len(f.log) < 4 || len(f.log) > framesMost+2 || !strings.HasPrefix(f.log[0], "This program has a fault, and the wake ends with it: runtime error: index out of range") {
				t.Errorf("the log has %d lines: %q", len(f.log), f.log)
			}
			for _, line := range f.log[1:] {
				if !strings.HasPrefix(line, "at ") || strings.Contains(line, "\n") || strings.Contains(line, "runtime.") {
					t.Errorf("a line of the stack is %q", line)
				}
			}
			f.at = ""
			if _, err := j.Run(t.Context()); errors.Is(err, ErrBroken) {
				t.Errorf("the next wake: %v", err)
			}
		})
	}
}

func TestAPanicAroundTheState(t *testing.T) {
	for _, at := range []string{"load", "save"} {
		t.Run("of the state itself leaves it as it was: "+at, func(t *testing.T) {
			f := &faulty{at: at}
			j := f.job()
			before := f.saved.ForcedAfter
			if _, err := j.Run(t.Context()); !errors.Is(err, ErrBroken) {
				t.Fatalf("got %v", err)
			}
			if f.saves != 0 || !f.saved.ForcedAfter.Equal(before) {
				t.Errorf("%d saves, deadline %v", f.saves, f.saved.ForcedAfter)
			}
			if last := f.log[len(f.log)-1]; !strings.Contains(last, "could not be kept for status") {
				t.Errorf("the log ends with %q", last)
			}
		})
	}
	t.Run("in the middle of a removal brings no state back", func(t *testing.T) {
		f := &faulty{at: "remove"}
		j := f.job()
		if _, err := j.Run(t.Context()); !errors.Is(err, ErrBroken) {
			t.Fatalf("got %v", err)
		}
		if f.saved.LastError.Text != "" || f.saved.Active() {
			t.Errorf("the state is back: %+v", f.saved)
		}
	})
	t.Run("of a process before this one shows in log and status", func(t *testing.T) {
		f := &faulty{}
		j := f.job()
		j.Broken = "panic: send on closed channel"
		if _, err := j.Run(t.Context()); err != nil {
			t.Fatal(err)
		}
		const want = "a wake before this one broke down and said: panic: send on closed channel"
		if len(f.log) == 0 || f.log[0] != want || f.saved.LastError.Text != want {
			t.Errorf("log %q, last error %q", f.log, f.saved.LastError.Text)
		}
	})
}
