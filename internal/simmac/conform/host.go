package conform

import (
	"context"
	"errors"
	"testing"

	"installordefer/internal/simmac"
	"installordefer/launchd"
)

// Host tests the Mac around the job.
func Host(t *testing.T, mac Mac) {
	t.Run("it knows who is at the screen", func(t *testing.T) { hostPeople(t, mac) })
	t.Run("it knows what Mac it is", func(t *testing.T) { hostFacts(t, mac) })
	t.Run("it knows who owns the volume", func(t *testing.T) { hostOwners(t, mac) })
	t.Run("it opens Software Update for the person at the screen", func(t *testing.T) {
		mac.loggedIn(t, func(r Rig) {
			if err := r.Host.OpenSoftwareUpdate(r.Context, ada, 26, false); err != nil || !r.happened(simmac.PaneOpened) {
				t.Errorf("opened %v, %v", r.happened(simmac.PaneOpened), err)
			}
		})
	})
	t.Run("a soft restart asks, and is refused by unsaved work", func(t *testing.T) {
		f := facts()
		f.Accounts[0].Apps = []simmac.App{{Name: "TextEdit", ID: "com.apple.TextEdit", Unsaved: true}}
		mac(t, f, func(r Rig) {
			r.Do(func(m *simmac.Mac) { m.Login(ada.Name) })
			err := r.Host.SoftRestart(r.Context, ada, false)
			if sleepErr := r.Clock.Sleep(r.Context, patience/24); sleepErr != nil {
				t.Errorf("the Mac went down: %v", sleepErr)
			}
			if err != nil || !r.happened(simmac.RestartAsked) || !r.happened(simmac.RestartRefused) || r.happened(simmac.WentDown) {
				t.Errorf("asked %v, refused %v, down %v, %v", r.happened(simmac.RestartAsked), r.happened(simmac.RestartRefused), r.happened(simmac.WentDown), err)
			}
		})
	})
	t.Run("a soft restart with nobody at the screen says so", func(t *testing.T) {
		mac(t, facts(), func(r Rig) {
			if err := r.Host.SoftRestart(r.Context, ada, false); err == nil {
				t.Error("nobody was asked, and it gave no error")
			}
		})
	})
	t.Run("a removal that was cut off is known, and goes on", func(t *testing.T) { hostRemoval(t, mac) })
}

func hostPeople(t *testing.T, mac Mac) {
	mac(t, facts(), func(r Rig) {
		for _, step := range []struct {
			what  string
			do    func(*simmac.Mac)
			want  launchd.ConsoleUser
			there bool
			// behind is how many others are logged in.
			behind int
		}{
			{"before anybody has logged in", func(*simmac.Mac) {}, launchd.ConsoleUser{}, false, 0},
			{"ada logs in", func(m *simmac.Mac) { m.Login(ada.Name) }, ada, true, 0},
			{"she locks her screen", func(m *simmac.Mac) { m.Lock() }, ada, true, 0},
			{"grace logs in beside her", func(m *simmac.Mac) { m.Login(grace.Name) }, grace, true, 1},
			{"the login window comes", func(m *simmac.Mac) { m.LoginWindow() }, launchd.ConsoleUser{}, false, 2},
			{"ada is back", func(m *simmac.Mac) { m.Login(ada.Name) }, ada, true, 1},
			{"she logs out", func(m *simmac.Mac) { m.Logout(ada.Name) }, launchd.ConsoleUser{}, false, 1},
		} {
			r.Do(step.do)
			c, err := r.Host.Console(r.Context)
			if err != nil || c.Present != step.there || c.User != step.want || c.Behind != step.behind {
				t.Errorf("%s: %+v, %v", step.what, c, err)
			}
		}
	})
}

func hostFacts(t *testing.T, mac Mac) {
	mac(t, facts(), func(r Rig) {
		if m, err := r.Host.Machine(); err != nil || m.Version != "26.6" || m.Build != "25G72" || m.AppleSilicon {
			t.Errorf("machine %+v, %v", m, err)
		}
		if p, err := r.Host.Power(r.Context); err != nil || !p.Known || !p.HasBattery || p.OnAC || p.Percent != 42 {
			t.Errorf("on battery: %+v, %v", p, err)
		}
		r.Do(func(m *simmac.Mac) { m.SetPower(simmac.Battery{Percent: 43, Adapter: true}) })
		if p, err := r.Host.Power(r.Context); err != nil || !p.Known || !p.HasBattery || !p.OnAC || p.Percent != 43 {
			t.Errorf("at the adapter: %+v, %v", p, err)
		}
		for _, app := range []string{"FaceTime", "zoom.us", "MSTeams", "Google Chrome", "Music"} {
			r.Do(func(m *simmac.Mac) { m.Call(app, true) })
			if busy, err := isBusy(r.Context, r.Host); err != nil || busy != (app != "Music") {
				t.Errorf("%s: busy %v, %v", app, busy, err)
			}
			r.Do(func(m *simmac.Mac) { m.Call(app, false) })
		}
		if busy, err := isBusy(r.Context, r.Host); err != nil || busy {
			t.Errorf("after the calls: busy %v, %v", busy, err)
		}
		for state, want := range map[simmac.FileVault]bool{simmac.FileVaultOn: false, simmac.FileVaultOff: false, simmac.FileVaultEncrypting: true, simmac.FileVaultDecrypting: true} {
			r.Do(func(m *simmac.Mac) { m.SetFileVault(state) })
			if converting, err := r.Host.FileVault(r.Context); err != nil || converting != want {
				t.Errorf("FileVault %s: converting %v, %v", state, converting, err)
			}
		}
		for gb, want := range map[float64]int64{120: 117187500, 0.5: 488281} {
			r.Do(func(m *simmac.Mac) { m.SetFreeGB(gb) })
			if free, err := r.Host.Free(r.Context); err != nil || free != want {
				t.Errorf("%v GB free: %d KiB, %v", gb, free, err)
			}
		}
		for state, want := range map[simmac.Network]bool{simmac.NetworkUp: false, simmac.NetworkCaptive: false, simmac.NetworkDown: true} {
			r.Do(func(m *simmac.Mac) { m.SetNetwork(state) })
			if offline, err := r.Host.Offline(r.Context); err != nil || offline != want {
				t.Errorf("network %s: offline %v, %v", state, offline, err)
			}
		}
	})
}

func hostOwners(t *testing.T, mac Mac) {
	f := facts()
	for i := range f.Accounts {
		f.Accounts[i].Standard = f.Accounts[i].Name == grace.Name
	}
	f.AppleSilicon = true
	mac(t, f, func(r Rig) {
		if m, err := r.Host.Machine(); err != nil || !m.AppleSilicon {
			t.Errorf("machine %+v, %v", m, err)
		}
		for u, want := range map[launchd.ConsoleUser]bool{ada: true, grace: false} {
			if owner, err := r.Host.IsVolumeOwner(r.Context, u); err != nil || owner != want {
				t.Errorf("%s is a volume owner: %v, %v", u.Name, owner, err)
			}
			if admin, err := r.Host.IsAdministrator(r.Context, u); err != nil || admin != want {
				t.Errorf("%s is an administrator: %v, %v", u.Name, admin, err)
			}
		}
	})
}

func hostRemoval(t *testing.T, mac Mac) {
	mac(t, facts(), func(r Rig) {
		is := func(want bool) {
			t.Helper()
			if begun, err := r.Host.RemovalBegun(); err != nil || begun != want {
				t.Errorf("a removal has begun: %v, %v; want %v", begun, err, want)
			}
		}
		is(false)
		cut := errors.New("cut off")
		if err := r.Host.Remove(r.Context, launchd.Removal{ClearState: func(context.Context) error { return cut }}); !errors.Is(err, cut) {
			t.Errorf("a step that failed gave %v", err)
		}
		is(true)
		for _, path := range []string{layout.Program(), layout.JobFile()} {
			if _, there := r.Read(path); !there {
				t.Errorf("%s is gone, and nothing could go on with the removal", path)
			}
		}
		cleared := false
		err := r.Host.Remove(r.Context, launchd.Removal{ClearState: func(context.Context) error { cleared = true; return nil }})
		if err != nil || !cleared {
			t.Errorf("the second time: state cleared %v, %v", cleared, err)
		}
		is(false)
		for _, path := range []string{layout.Program(), layout.Helper(), layout.JobFile(), layout.DeadlineCopy()} {
			if _, there := r.Read(path); there {
				t.Errorf("%s is still there", path)
			}
		}
		r.Do(func(m *simmac.Mac) {
			if m.JobLoaded() || m.HasReceipt() {
				t.Errorf("launchd knows the job: %v, the installer: %v", m.JobLoaded(), m.HasReceipt())
			}
		})
	})
}

// isBusy asks until there is an answer: the limit of this question is so short that
// a machine with much to do exceeds it.
func isBusy(ctx context.Context, h interface {
	Busy(ctx context.Context, more []string) (bool, error)
}) (busy bool, err error) {
	for range 10 {
		if busy, err = h.Busy(ctx, nil); err == nil {
			break
		}
	}
	return busy, err
}
