package conform

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"installordefer/internal/simmac"
	"installordefer/softwareupdate"
)

// Updater tests Apple's software update tool.
func Updater(t *testing.T, mac Mac) {
	t.Run("it lists what Apple offers", func(t *testing.T) { updaterLists(t, mac) })
	t.Run("it downloads what is named", func(t *testing.T) {
		mac.loggedIn(t, func(r Rig) {
			reports, reached, err := follow(r, start(r.Updater.Download(r.Context, softwareupdate.Download{Label: safari, ConsoleUID: ada.UID})))
			if err != nil || !slices.Equal(reached.Done, []softwareupdate.Label{safari}) || !reports.has(safari, softwareupdate.PhaseDone) {
				t.Errorf("reached %+v, %v, after %v", reached, err, reports)
			}
			r.Do(func(m *simmac.Mac) {
				if !m.HasDownloaded(string(safari)) || m.HasDownloaded(string(tahoe)) || m.Installed(string(safari)) {
					t.Error("something else was downloaded, or nothing")
				}
			})
		})
	})
	t.Run("it installs what is named", func(t *testing.T) {
		mac.loggedIn(t, func(r Rig) {
			reports, reached, err := follow(r, start(r.Updater.Install(r.Context, softwareupdate.Install{Labels: []softwareupdate.Label{safari}, ConsoleUID: ada.UID})))
			if err != nil || !slices.Equal(reached.Done, []softwareupdate.Label{safari}) || reached.Staged || reached.NeedsRestart || !reports.has(safari, softwareupdate.PhaseDone) {
				t.Errorf("reached %+v, %v, after %v", reached, err, reports)
			}
			r.Do(func(m *simmac.Mac) {
				if !m.Installed(string(safari)) || m.HasDownloaded(string(tahoe)) {
					t.Error("something else was installed, or nothing")
				}
			})
		})
	})
	t.Run("it only stages macOS without a restart", func(t *testing.T) {
		mac.loggedIn(t, func(r Rig) {
			reports, reached, err := follow(r, start(r.Updater.Install(r.Context, softwareupdate.Install{Labels: []softwareupdate.Label{tahoe}, ConsoleUID: ada.UID})))
			if err != nil || !reached.Staged || !reached.NeedsRestart || len(reached.Done) > 0 || !reports.has(tahoe, softwareupdate.PhaseStaged) {
				t.Errorf("reached %+v, %v, after %v", reached, err, reports)
			}
		})
	})
	t.Run("outside of the session of who is logged in it never begins", func(t *testing.T) {
		mac.loggedIn(t, func(r Rig) {
			_, _, err := follow(r, start(r.Updater.Install(r.Context, softwareupdate.Install{Labels: []softwareupdate.Label{safari}})))
			var f *softwareupdate.Failure
			if !errors.As(err, &f) || f.Kind != softwareupdate.FailureHung {
				t.Errorf("it did not hang: %v", err)
			}
		})
	})
	t.Run("it is followed in ticks", func(t *testing.T) { updaterTicks(t, mac) })
	t.Run("it is stopped with all that it does", func(t *testing.T) { updaterStops(t, mac) })
	t.Run("it says why it failed", func(t *testing.T) {
		mac.loggedIn(t, func(r Rig) {
			for label, kind := range map[softwareupdate.Label]softwareupdate.FailureKind{"--all": softwareupdate.FailureRefused, "Nothing-1.0": softwareupdate.FailureNoSuchUpdate} {
				_, _, err := follow(r, start(r.Updater.Install(r.Context, softwareupdate.Install{Labels: []softwareupdate.Label{label}})))
				var f *softwareupdate.Failure
				if !errors.As(err, &f) || f.Kind != kind {
					t.Errorf("%q: %v", label, err)
				}
			}
		})
	})
}

func updaterLists(t *testing.T, mac Mac) {
	mac.loggedIn(t, func(r Rig) {
		l := r.Updater.List(r.Context)
		var got []softwareupdate.Label
		for _, u := range l.Updates {
			got = append(got, u.Label)
		}
		if l.Outcome != softwareupdate.Updates || l.Err != nil || !slices.Equal(got, []softwareupdate.Label{safari, tahoe}) {
			t.Errorf("%v: %q, %v", l.Outcome, got, l.Err)
		}
		r.Do(func(m *simmac.Mac) { m.Withdraw(string(safari)); m.Withdraw(string(tahoe)) })
		if l := r.Updater.List(r.Context); l.Outcome != softwareupdate.None || l.Err != nil {
			t.Errorf("with nothing on offer: %v, %v", l.Outcome, l.Err)
		}
		r.Do(func(m *simmac.Mac) { m.SetNetwork(simmac.NetworkDown) })
		if l := r.Updater.List(r.Context); l.Outcome != softwareupdate.Unknown || l.Err == nil {
			t.Errorf("without a network: %v, %v", l.Outcome, l.Err)
		}
	})
}

func updaterTicks(t *testing.T, mac Mac) {
	mac.loggedIn(t, func(r Rig) {
		run, err := r.Updater.Download(r.Context, softwareupdate.Download{Label: tahoe, ConsoleUID: ada.UID})
		if err != nil {
			t.Fatal(err)
		}
		defer run.Stop()
		if reports, over := run.Wait(r.Context, time.Millisecond); over {
			t.Errorf("a download was over at once, with %v", reports)
		}
		ended, cancel := context.WithCancel(r.Context)
		cancel()
		if _, over := run.Wait(ended, patience); over {
			t.Error("a wait that was cut short ended the download")
		}
		begun, quiet := r.Clock.Now(), 0
		var phases []softwareupdate.Phase
		for over := false; !over; {
			var reports []softwareupdate.Progress
			if reports, over = run.Wait(r.Context, 5*time.Second); len(reports) == 0 && !over {
				quiet++
			}
			for _, p := range reports {
				phases = append(phases, p.Phase)
			}
			if d, _ := r.Clock.Now().Since(begun); d > patience {
				t.Fatal("it does not end")
			}
		}
		if _, over := run.Wait(r.Context, patience); !over {
			t.Error("what was over is not over any more")
		}
		if !slices.Contains(phases, softwareupdate.PhaseDownloading) || phases[len(phases)-1] != softwareupdate.PhaseStaged {
			t.Errorf("phases %v", phases)
		}
		if _, err := run.Result(); err != nil {
			t.Error(err)
		}
		t.Logf("%d reports, %d quiet ticks", len(phases), quiet)
	})
}

func updaterStops(t *testing.T, mac Mac) {
	mac.loggedIn(t, func(r Rig) {
		run, err := r.Updater.Download(r.Context, softwareupdate.Download{Label: tahoe, ConsoleUID: ada.UID})
		if err != nil {
			t.Fatal(err)
		}
		for reports, over := run.Wait(r.Context, time.Minute); len(reports) == 0 && !over; {
			reports, over = run.Wait(r.Context, time.Minute)
		}
		run.Stop()
		run.Stop()
		_, over := run.Wait(r.Context, patience)
		if _, err := run.Result(); !over || !errors.Is(err, softwareupdate.ErrStopped) {
			t.Errorf("over %v, %v", over, err)
		}
		if err := r.Clock.Sleep(r.Context, 10*time.Minute); err != nil {
			t.Fatal(err)
		}
		r.Do(func(m *simmac.Mac) {
			if m.Waiting() || m.HasDownloaded(string(tahoe)) {
				t.Error("the download went on")
			}
		})
	})
}

// reports are what a run has reported.
type reports []softwareupdate.Progress

func (rs reports) has(l softwareupdate.Label, p softwareupdate.Phase) bool {
	return slices.ContainsFunc(rs, func(r softwareupdate.Progress) bool { return r.Label == l && r.Phase == p })
}

// A started is a run, or why there is none.
type started struct {
	run softwareupdate.Run
	err error
}

func start(run softwareupdate.Run, err error) started { return started{run, err} }

// follow follows a run to its end.
func follow(r Rig, s started) (all reports, reached softwareupdate.Reached, err error) {
	if s.err != nil {
		return nil, reached, s.err
	}
	defer s.run.Stop()
	begun := r.Clock.Now()
	for over := false; !over; {
		var some []softwareupdate.Progress
		some, over = s.run.Wait(r.Context, time.Minute)
		all = append(all, some...)
		if d, _ := r.Clock.Now().Since(begun); d > patience {
			return all, reached, errors.New("it does not end")
		}
	}
	reached, err = s.run.Result()
	return all, reached, err
}
