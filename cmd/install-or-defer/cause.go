package main

import (
	"context"
	"os"
	"strings"

	"installordefer/internal/explained"
	"installordefer/internal/wake"
)

// findStand fills in what the two lines are made of.
func (m *mac) findStand(s *wake.Status) {
	_, err := os.Stat(m.JobFile())
	v := explained.Seen{Status: *s, Installed: err == nil, Now: m.clock.Now().Wall}
	if v.Installed {
		v.Loaded, err = m.Loaded(context.Background())
		v.Asked = err == nil
	}
	if v.Asked && !v.Loaded {
		v.Disabled, _ = m.Disabled(context.Background()) // unknown is not disabled
	}
	if last, err := readPublished(m.StatusFile()); err == nil {
		v.Last = &last
	}
	k := explained.Of(v)
	s.Cause, s.WayOut = k.Cause, strings.ReplaceAll(strings.ReplaceAll(k.WayOut, "/ID ", "/"+string(m.ID)+" "), "ID ", string(m.ID)+" ")
}
