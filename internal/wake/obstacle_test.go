package wake

import (
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"installordefer/deferral"
	"installordefer/launchd"
	"installordefer/prompt"
	"installordefer/softwareupdate"
)

// tells has ada told of a gate, and returns what came of it.
func tells(t *testing.T, f *fake, gate string, edit func(*wake)) deferral.Told {
	t.Helper()
	w := f.wake()
	if edit != nil {
		edit(w)
	}
	w.apply(w.lookAtMac(t.Context()))
	e, err := w.do(t.Context(), deferral.Act{Do: deferral.TellObstacle, Who: ada, Updates: only(safari), Gate: gate, For: time.Hour, Patience: 5 * time.Minute})
	if err != nil {
		t.Fatal(err)
	}
	return e.(deferral.Told)
}

func TestTheDialogAboutAnObstacle(t *testing.T) {
	flat := launchd.Power{Known: true, HasBattery: true, Percent: 9}
	offline := func(w *wake) { w.s.State.LastCheck.Failed = 1 }
	cured := func(at time.Duration) bool { return at < time.Hour+10*time.Minute }
	t.Run("says what the battery lacks, again and again", func(t *testing.T) {
		f := &fake{power: flat, answer: &prompt.Answer{Result: prompt.ResultCancel}, lasts: 3 * time.Minute}
		if e := tells(t, f, "power", nil); e.Aside || e.Failure != "" {
			t.Errorf("%+v", e)
		}
		want := &prompt.Obstacle{Is: prompt.LowBattery, Percent: 9, NeedsPercent: 20}
		if diff := cmp.Diff(want, f.dialogs[0].Obstacle); diff != "" || f.dialogs[0].Pane != "" {
			t.Error(diff, f.dialogs[0].Pane)
		}
		if len(f.changes) < 5 || f.changes[4].Obstacle == nil || f.now.Continuous != time.Hour+3*time.Minute {
			t.Errorf("%d changes until %v", len(f.changes), f.now.Continuous)
		}
	})
	t.Run("goes as soon as nothing is in the way", func(t *testing.T) {
		f := &fake{network: cured}
		if e := tells(t, f, "network", offline); e.Aside || f.now.Continuous > time.Hour+10*time.Minute+30*time.Second {
			t.Errorf("%+v at %v", e, f.now.Continuous)
		}
	})
	t.Run("goes and comes again where something else is in the way", func(t *testing.T) {
		f := &fake{network: cured, converts: true}
		if e := tells(t, f, "network", offline); !e.Aside {
			t.Errorf("%+v", e)
		}
	})
	t.Run("goes and comes again when the screen is locked", func(t *testing.T) {
		f := &fake{power: flat, locked: func(at time.Duration) bool { return at > time.Hour+time.Minute }}
		if e := tells(t, f, "power", nil); !e.Aside {
			t.Errorf("%+v", e)
		}
	})
	t.Run("stays for its time", func(t *testing.T) {
		f := &fake{power: flat}
		if e := tells(t, f, "power", nil); e.Aside || f.now.Continuous < 2*time.Hour || f.now.Continuous > 2*time.Hour+time.Minute {
			t.Errorf("%+v at %v", e, f.now.Continuous)
		}
	})
	t.Run("shows the way to what fills the disk", func(t *testing.T) {
		f := &fake{free: 5e6}
		tells(t, f, "space", func(w *wake) { w.s.State.Round.Short = deferral.Shortage{At: w.s.Now, NeedsKiB: 15e6, Said: true} })
		want := &prompt.Obstacle{Is: prompt.LowSpace, FreeKiB: 5e6, NeedsKiB: 15e6}
		if diff := cmp.Diff(want, f.dialogs[0].Obstacle); diff != "" || f.dialogs[0].Pane != launchd.StoragePane(26) {
			t.Error(diff, f.dialogs[0].Pane)
		}
	})
	t.Run("that does not come up is told of", func(t *testing.T) {
		if e := tells(t, &fake{power: flat, broken: true}, "power", nil); e.Failure == "" {
			t.Errorf("%+v", e)
		}
	})
}

func TestACountdownEndsWhenTheAdapterGoes(t *testing.T) {
	f := &fake{power: launchd.Power{Known: true, HasBattery: true, Percent: 9}}
	w := f.wake()
	overdue(w)
	e, err := w.do(t.Context(), deferral.Act{Do: deferral.FinalPrompt, Who: ada, For: 10 * time.Minute, Patience: 5 * time.Minute})
	a, ok := e.(deferral.Answered)
	if err != nil || !ok || a.Reply != deferral.NoReply || a.After > 90*time.Second {
		t.Errorf("%+v, %v", e, err)
	}
}

func TestWhatAppleNeedsOfTheDisk(t *testing.T) {
	for name, c := range map[string]struct {
		err  error
		want int64
	}{
		"a number":        {&softwareupdate.Failure{Kind: softwareupdate.FailureSpace, Needed: 2048}, 2},
		"no number":       {&softwareupdate.Failure{Kind: softwareupdate.FailureSpace}, deferral.SpaceUnsaid},
		"another failure": {&softwareupdate.Failure{Kind: softwareupdate.FailureNetwork, Needed: 2048}, 0},
		"another error":   {errors.New("down"), 0},
		"none":            {nil, 0},
	} {
		if got := needs(c.err); got != c.want {
			t.Errorf("%s: %d KiB, want %d", name, got, c.want)
		}
	}
}
