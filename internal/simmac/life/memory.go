package life

import (
	"slices"

	"installordefer/deferral"
	"installordefer/internal/simmac"
)

// A memory stands in for reading files that have not changed since they were
// last read. Most wakes change nothing, and reading property lists is most of
// what such a wake costs here. What is read is the same either way, which a
// test shows.
type memory struct {
	disk *simmac.Disk

	settings   deferral.Settings
	problems   []deferral.Problem
	settingsAt int // changes to the disk when the settings were read, -1 never

	store   *deferral.FileStore
	state   deferral.State
	stateAt int
}

func (m *memory) fresh(at int) bool {
	return at == m.disk.Changes && m.disk.Fault == simmac.DiskWorks
}

// readSettings reads the settings as the command does on a real Mac.
func (l *Life) readSettings() (deferral.Settings, []deferral.Problem) {
	m := &l.memory
	if l.Forgetful || !m.fresh(m.settingsAt) {
		layers, problems := deferral.LoadLayers(m.disk.Read, string(l.ID))
		set, _, more := deferral.ReadSettings(layers...)
		m.settings, m.problems, m.settingsAt = set, append(problems, more...), m.disk.Changes
		if m.disk.Fault != simmac.DiskWorks {
			m.settingsAt = -1
		}
	}
	return m.settings, slices.Clone(m.problems)
}

// A store is the real one, which remembers what it has read. Each process
// begins with a new one unless nothing has changed.
type store struct {
	*deferral.FileStore
	memory *memory
	known  bool
}

// newStore returns the store of a process that begins.
func (l *Life) newStore() *store {
	m := &l.memory
	known := !l.Forgetful && m.store != nil && m.fresh(m.stateAt)
	if !known {
		m.store = &deferral.FileStore{
			Disk: m.disk, Path: l.layout.StateFile(), Copy: l.layout.DeadlineCopy(), Formerly: l.formerly(),
		}
	}
	return &store{FileStore: m.store, memory: m, known: known}
}

// Load reads the state.
func (s *store) Load() (deferral.State, []deferral.Problem, error) {
	if s.known {
		return copied(s.memory.state), nil, nil
	}
	before := s.memory.disk.Changes
	st, problems, err := s.FileStore.Load()
	s.memory.stateAt = -1
	if err == nil && len(problems) == 0 && before == s.memory.disk.Changes {
		s.memory.state, s.memory.stateAt = copied(st), before
	}
	return st, problems, err
}

// copied returns a state that shares nothing with s.
func copied(s deferral.State) deferral.State {
	s.Round.Updates = slices.Clone(s.Round.Updates)
	s.Round.Downloaded = slices.Clone(s.Round.Downloaded)
	s.Round.Step.Labels = slices.Clone(s.Round.Step.Labels)
	return s
}

// formerly are the state files of the original.
func (l *Life) formerly() []string {
	var paths []string
	for _, id := range deferral.UpstreamIDs {
		if id != string(l.ID) {
			paths = append(paths, deferral.LocalPath(id))
		}
	}
	return paths
}
