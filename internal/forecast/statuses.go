package forecast

import (
	"cmp"
	"slices"
	"strings"

	"installordefer/internal/fleet"
	"installordefer/internal/simmac/scenario"
	"installordefer/internal/statusfile"
)

// combinationsMost is how many different Macs are told apart in a fleet.
const combinationsMost = 500

// usualKiB is the size of an update of which only the name is known.
const usualKiB = 2 << 20

// Statuses take from the statuses of real Macs what can be known: hardware, macOS
// and what is missing. It is a fleet.Taker.
type Statuses struct {
	// Macs is how many were read, and Skipped how much was no status.
	Macs, Skipped int

	seen map[string]*Catalogue
}

// Mac takes one Mac.
func (s *Statuses) Mac(m fleet.Mac) error {
	st := m.Status
	s.Macs++
	c := Catalogue{Share: 1, MacOS: st.MacOS, Build: st.Build, hardware: strings.ReplaceAll(st.Hardware, "-", " ")}
	if c.hardware != appleSilicon && c.hardware != intel {
		c.hardware = ""
	}
	for _, u := range st.Updates {
		c.Updates = append(c.Updates, offered(u))
	}
	key := []string{c.MacOS, c.Build, c.hardware}
	for _, u := range c.Updates {
		key = append(key, u.Label)
	}
	name := strings.Join(key, "\x00")
	if s.seen == nil {
		s.seen = map[string]*Catalogue{}
	}
	switch there, known := s.seen[name]; {
	case known:
		there.Share++
	case len(s.seen) < combinationsMost && usable(c):
		s.seen[name] = &c
	}
	return nil
}

// NoStatus counts what is not a status.
func (s *Statuses) NoStatus(string, error) { s.Skipped++ }

// Apply lets a mix draw such Macs. It reports whether there were any.
func (s *Statuses) Apply(m *Mix) bool {
	if len(s.seen) == 0 {
		return false
	}
	m.Catalogue = nil
	for _, c := range s.seen {
		m.Catalogue = append(m.Catalogue, *c)
	}
	slices.SortFunc(m.Catalogue, func(a, b Catalogue) int {
		return cmp.Or(cmp.Compare(b.Share, a.Share), cmp.Compare(a.Build, b.Build), cmp.Compare(a.hardware, b.hardware), slices.CompareFunc(a.Updates, b.Updates, func(a, b scenario.Update) int { return cmp.Compare(a.Label, b.Label) }))
	})
	return true
}

// usable tells whether a Mac can be simulated by what its status says.
func usable(c Catalogue) bool {
	if c.MacOS == "" || c.Build == "" {
		return false
	}
	s := scenario.Scenario{Start: usualStart, Mac: scenario.Mac{Hardware: intel, MacOS: c.MacOS, Build: c.Build}, Updates: c.Updates}
	return s.Check() == nil
}

// offered is an update as Apple lists it, as far as the status says so. The label
// of macOS ends in its build.
func offered(u statusfile.Update) scenario.Update {
	o := scenario.Update{Label: u.Label, Title: cmp.Or(u.Name, u.Label), SizeKiB: usualKiB}
	if u.Restart {
		o.Action = "restart"
	}
	o.Version = o.Title[strings.LastIndexByte(o.Title, ' ')+1:]
	if dash := strings.LastIndexByte(u.Label, '-'); dash > 0 && strings.HasPrefix(u.Label, "macOS ") {
		o.Build = u.Label[dash+1:]
	}
	return o
}
