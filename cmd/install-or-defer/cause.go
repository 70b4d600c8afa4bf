package main

import (
	"context"
	"os"
	"strings"
	"time"

	"golang.org/x/sys/unix"

	"installordefer/internal/explained"
	"installordefer/internal/wake"
)

// installedFor is for how long the program has been where it is; 0 where that cannot
// be told. A simulated Mac has another clock than the disk that it lies on.
func (m *mac) installedFor() time.Duration {
	var st unix.Stat_t
	if m.Path() != "/" || unix.Stat(m.Program(), &st) != nil {
		return 0
	}
	return m.clock.Now().Wall.Sub(time.Unix(st.Ctim.Unix()))
}

// findStand fills in what the two lines are made of.
func (m *mac) findStand(s *wake.Status) {
	_, err := os.Stat(m.JobFile())
	v := explained.Seen{Status: *s, Installed: err == nil, Now: m.clock.Now().Wall, Version: s.Version, Since: m.installedFor()}
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
