package life

import (
	"strings"
	"testing"
	"time"

	"installordefer/internal/simmac"
	"installordefer/prompt"
)

// TestWhatIsInTheWayIsSaid lives with Macs past their deadline that are in no
// condition for the updates.
func TestWhatIsInTheWayIsSaid(t *testing.T) {
	const due, cured = 5 * time.Hour, 10 * time.Hour
	for _, c := range []struct {
		name string
		mac  func(*simmac.Facts)
		ail  func(*simmac.Mac) // at 3 h
		cure func(*simmac.Mac)
		is   prompt.Obstruction
	}{
		{"a low battery", func(f *simmac.Facts) { f.Battery = &simmac.Battery{Percent: 9} }, nil,
			func(m *simmac.Mac) { m.SetPower(simmac.Battery{Percent: 9, Adapter: true}) }, prompt.LowBattery},
		{"a disk at work", nil, func(m *simmac.Mac) { m.SetFileVault(simmac.FileVaultEncrypting) },
			func(m *simmac.Mac) { m.SetFileVault(simmac.FileVaultOn) }, prompt.DiskAtWork},
		{"no network", nil, func(m *simmac.Mac) { m.SetNetwork(simmac.NetworkDown) },
			func(m *simmac.Mac) { m.SetNetwork(simmac.NetworkUp) }, prompt.NoNetwork},
		{"a full disk", func(f *simmac.Facts) { f.FreeGB = 3 }, nil, func(m *simmac.Mac) { m.SetFreeGB(40) }, prompt.LowSpace},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := tahoe()
			if c.mac != nil {
				c.mac(&f)
			}
			f.Accounts[0].Person.Temper = simmac.Ignores
			l := live(t, f, 1, func(l *Life) {
				if c.ail != nil {
					l.Mac.At(3*time.Hour, func() { c.ail(l.Mac) })
				}
				l.Mac.At(cured, func() { c.cure(l.Mac) })
			})
			told, counted := 0, time.Duration(0)
			for _, e := range l.Mac.Journal.Of(simmac.DialogShown) {
				switch d := e.Dialog; {
				case e.At < due || e.Dialog.Kind == prompt.RunOrDefer:
				case d.Kind == prompt.InTheWay && d.Obstacle.Is == c.is && e.At < cured:
					told++
				case d.Kind == prompt.RunNow && counted == 0:
					counted = e.At
				}
			}
			if told < 2 || told > 6 || counted < cured || counted > cured+2*time.Hour+15*time.Minute {
				t.Errorf("told %d times, counted down at %v:\n%s", told, counted, trace(l.Mac))
			}
			if !strings.Contains(l.Mac.OS().Version, "26.7") {
				t.Errorf("macOS %s runs:\n%s", l.Mac.OS().Version, trace(l.Mac))
			}
		})
	}
}
