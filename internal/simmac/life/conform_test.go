package life

import (
	"testing"

	"installordefer/internal/simmac"
	"installordefer/internal/simmac/conform"
	"installordefer/internal/wake"
)

// inProcess is the simulated Mac in process.
func inProcess(t *testing.T, f simmac.Facts, use func(conform.Rig)) {
	m := simmac.New(f)
	defer m.Close()
	l := New(m, conform.ID)
	p := m.Begin()
	defer p.End()
	d := m.Disk()
	use(conform.Rig{
		Job: l.job(p), Context: p.Context,
		Do:   func(do func(*simmac.Mac)) { do(m) },
		Open: func() wake.Store { return l.newStore(l.newHost(p)) },
		Read: d.Get,
		Write: func(path string, data []byte) {
			if data == nil {
				d.Delete(path)
				return
			}
			d.Put(path, data)
		},
	})
}

func TestTheHostConforms(t *testing.T)    { conform.Host(t, inProcess) }
func TestTheUpdaterConforms(t *testing.T) { conform.Updater(t, inProcess) }
func TestTheScreenConforms(t *testing.T)  { conform.Screen(t, inProcess) }
func TestTheStoreConforms(t *testing.T)   { conform.Store(t, inProcess) }
