package life

import (
	"bytes"
	"context"
	"slices"
	"time"

	"installordefer/deferral"
	"installordefer/deferral/settings"
	"installordefer/deferral/statefile"
	"installordefer/internal/clock"
	"installordefer/internal/simmac"
)

// A memory stands in for reading files that hold what they held when they were
// last read. Most wakes change nothing, and reading property lists is most of
// what such a wake costs here. What is read is the same either way, which a
// test shows.
type memory struct {
	disk *simmac.Disk

	settings     settings.Files
	settingsFrom []held

	store     *statefile.Store
	state     deferral.State
	stateFrom []held
	// misled is set when the disk went wrong under the store, which may then
	// believe of its files what is not so.
	misled bool

	// decoded is what the bytes of a state file say.
	decoded       deferral.State
	decodedFrom   []byte
	decodedWholly bool
	presence      glimpse
	// copyOf is the deadline that the bytes of its copy hold.
	copyOf   time.Time
	copyFrom []byte
}

// A held is what a file held, or that it was not there.
type held struct {
	path  string
	data  []byte
	there bool
}

// look notes what a file holds.
func (m *memory) look(path string) held {
	data, there := m.disk.Get(path)
	return held{path, data, there}
}

// unchanged tells whether files hold what they held.
func (m *memory) unchanged(files []held) bool {
	return files != nil && m.disk.Fault == simmac.DiskWorks && !slices.ContainsFunc(files, func(h held) bool {
		now := m.look(h.path)
		return now.there != h.there || !bytes.Equal(now.data, h.data)
	})
}

// readFiles reads the files with settings as the command does on a real Mac.
func (l *Life) readFiles() settings.Files {
	m := &l.memory
	if l.Forgetful || !m.unchanged(m.settingsFrom) {
		from := []held{}
		read := func(path string) ([]byte, error) {
			from = append(from, m.look(path))
			return m.disk.Read(path)
		}
		m.settings, m.settingsFrom = settings.ReadFiles(read, string(l.ID)), from
		if m.disk.Fault != simmac.DiskWorks {
			m.settingsFrom = nil
		}
	}
	return m.settings
}

// decode reads the bytes of a state file. Wholly is false where something in
// them could not be used.
func (m *memory) decode(data []byte) (st deferral.State, wholly bool, err error) {
	if m.decodedFrom == nil || !bytes.Equal(data, m.decodedFrom) {
		s, problems, err := statefile.Decode(data)
		if err != nil {
			return s, false, err
		}
		m.decoded, m.decodedFrom, m.decodedWholly = s, data, len(problems) == 0
	}
	return copied(m.decoded), m.decodedWholly, nil
}

// A store is the real one, which remembers what it has read. Each process
// begins with a new one unless nothing has changed but by its own hand.
type store struct {
	*statefile.Store
	life  *Life
	known bool
}

// newStore returns the store of a process that begins.
func (l *Life) newStore(host *host) *store {
	m := &l.memory
	own := l.readFiles().Own
	known := !l.Forgetful && m.store != nil && !m.misled && m.unchanged(m.stateFrom) && m.recall()
	if !known {
		m.store = &statefile.Store{
			Disk: m.disk, Path: l.layout.StateFile(), Copy: l.layout.DeadlineCopy(), Formerly: l.formerly(),
			Domain: settings.DomainOf(settings.LocalPath(string(l.ID))),
		}
		m.misled = m.disk.Fault != simmac.DiskWorks
	}
	m.store.Defaults, m.store.Local = asking{host}, own
	return &store{Store: m.store, life: l, known: known}
}

// recall brings to mind what the store has written last, or read. It is false
// where reading would say more than the state file does.
func (m *memory) recall() bool {
	main, second := m.stateFrom[0], m.stateFrom[1]
	if !main.there {
		return true
	}
	st, wholly, err := m.decode(main.data)
	m.state = st
	return err == nil && wholly && st.Migrated && (!second.there || st.Active() && st.Round.Mark != (clock.Moment{}))
}

// stateFiles notes what the files hold that the state is read from.
func (l *Life) stateFiles() []held {
	m := &l.memory
	files := []held{m.look(l.layout.StateFile()), m.look(l.layout.DeadlineCopy()), m.look(l.layout.LocalFile())}
	for _, domain := range l.formerly() {
		files = append(files, m.look(domain+".plist"))
	}
	return files
}

// Load reads the state.
func (s *store) Load() (deferral.State, []settings.Problem, error) {
	m := &s.life.memory
	if s.known {
		return copied(m.state), nil, nil
	}
	from := s.life.stateFiles()
	st, problems, err := s.Store.Load()
	if m.stateFrom = nil; err == nil && len(problems) == 0 && m.unchanged(from) {
		m.state, m.stateFrom = copied(st), from
	}
	return st, problems, err
}

// An asking is who changes preferences. The next process does not remember what
// this one has asked for, and reads the state anew.
type asking struct{ *host }

func (a asking) SetDefault(ctx context.Context, domain, key string, value int64) error {
	a.life.memory.stateFrom = nil
	return a.host.SetDefault(ctx, domain, key, value)
}

func (a asking) DeleteDefault(ctx context.Context, domain, key string) error {
	a.life.memory.stateFrom = nil
	return a.host.DeleteDefault(ctx, domain, key)
}

// Save makes the state durable.
func (s *store) Save(st deferral.State) error {
	m := &s.life.memory
	m.stateFrom = nil
	m.misled = m.misled || m.disk.Fault != simmac.DiskWorks
	if err := s.Store.Save(st); err != nil {
		m.misled = true
		return err
	}
	from := s.life.stateFiles()
	m.misled = m.misled || m.disk.Fault != simmac.DiskWorks || st.Active() && !m.holds(from[1], st.ForcedAfter)
	if !m.misled {
		m.stateFrom = from
	}
	return nil
}

// holds tells whether the copy of the deadline holds this one. Somebody may have
// deleted it behind the store's back.
func (m *memory) holds(second held, deadline time.Time) bool {
	if !bytes.Equal(second.data, m.copyFrom) || m.copyFrom == nil {
		st, _, _ := statefile.Decode(second.data) // bytes that cannot be read hold none
		m.copyOf, m.copyFrom = st.ForcedAfter, second.data
	}
	return second.there && m.copyOf.Equal(deadline)
}

// copied returns a state that shares nothing with s.
func copied(s deferral.State) deferral.State {
	s.Round.Updates = slices.Clone(s.Round.Updates)
	s.Round.Profiles = slices.Clone(s.Round.Profiles)
	s.Round.Downloaded = slices.Clone(s.Round.Downloaded)
	s.Round.Step.Labels = slices.Clone(s.Round.Step.Labels)
	return s
}

// formerly are the domains of the original.
func (l *Life) formerly() []string {
	var domains []string
	for _, id := range settings.UpstreamIDs {
		if id != string(l.ID) {
			domains = append(domains, settings.DomainOf(settings.LocalPath(id)))
		}
	}
	return domains
}
