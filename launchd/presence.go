package launchd

import (
	"context"
	"errors"
	"fmt"
	"time"

	"installordefer/internal/tool"
	"installordefer/launchd/mac"
)

// A Presence says whether what is on the screen can be seen.
type Presence struct {
	// Locked are the user ids of those whose sessions are behind their lock.
	Locked []int
	// Dark is set while the Mac is awake without its display, as with its lid
	// closed.
	Dark bool
}

// Presence asks whether anybody can see the screen. What it could not find out
// is left unset, and the error says so.
func (h *Host) Presence(ctx context.Context) (Presence, error) {
	var p Presence
	r, err := h.run(ctx, "asking whether the screen is locked", tool.Command{Path: tool.Ioreg, Args: []string{"-n", "Root", "-d1", "-a"}})
	if err == nil {
		var sessions []mac.Session
		sessions, err = mac.ParseSessions(r.Stdout)
		for _, s := range sessions {
			if s.Locked {
				p.Locked = append(p.Locked, s.UID)
			}
		}
	}
	r, power := h.run(ctx, "asking how far the Mac is awake", tool.Command{Path: tool.Pmset, Args: []string{"-g", "systemstate"}})
	if power == nil {
		p.Dark = mac.ParseSystemState(r.Stdout) == mac.AwakeDark
	}
	return p, errors.Join(err, power)
}

// busyLimit is how long the question takes at most: somebody waits for a dialog,
// and one that comes at a bad moment is better than none.
const busyLimit = 3 * time.Second

// Busy asks whether the person at the screen is in a call, presents, records or
// is helped from elsewhere; more is what mac.Busy takes. What they do stays in
// this function: an error holds nothing of what macOS has said.
func (h *Host) Busy(ctx context.Context, more []string) (bool, error) {
	r, err := h.Runner.Run(ctx, tool.Command{Path: tool.Pmset, Args: []string{"-g", "assertions"}, Limit: busyLimit})
	switch {
	case err != nil:
		return false, fmt.Errorf("asking whether the person is busy: %w", err)
	case r.ExitCode != 0:
		return false, fmt.Errorf("asking whether the person is busy: %s ended with status %d", tool.Pmset, r.ExitCode)
	}
	return mac.Busy(mac.ParseAssertions(r.Stdout), more), nil
}
