package life

import (
	"context"
	"fmt"
	"time"

	"installordefer/internal/agent"
	"installordefer/internal/simmac"
	"installordefer/internal/tool"
	"installordefer/launchd"
)

// host is the Mac around the job: the real one for what asks the Mac's tools,
// the model's for what touches files.
type host struct {
	launchd.Host
	life    *Life
	process *simmac.Process
}

var (
	_ agent.Host   = (*host)(nil)
	_ agent.Screen = (*screen)(nil)
	_ agent.Window = (*window)(nil)
)

// Machine tells what Mac it is.
func (h *host) Machine() (launchd.Machine, error) {
	m := h.life.Mac
	return launchd.Machine{OSVersion: m.OS().Version, Build: m.OS().Build, AppleSilicon: m.AppleSilicon()}, nil
}

// removing marks a removal that has begun.
func (h *host) removing() string { return h.SupportFolder() + "/removing" }

// RemovalBegun tells whether a removal was begun and not finished.
func (h *host) RemovalBegun() (bool, error) {
	_, begun := h.life.Mac.Disk().Get(h.removing())
	return begun, nil
}

// Remove takes the job off the Mac, in the steps of the real host.
func (h *host) Remove(ctx context.Context, rm launchd.Removal) error {
	for _, s := range launchd.Steps(h.Layout) {
		if ended(ctx) {
			return ctx.Err()
		}
		if rm.Before != nil {
			if err := rm.Before(s); err != nil {
				return err
			}
		}
		if !h.process.Dead() {
			h.life.Mac.Record(simmac.Event{Kind: simmac.RemovalStep, Name: s.What})
		}
		if err := h.step(ctx, s, rm); err != nil {
			return fmt.Errorf("%s: %w", s.What, err)
		}
	}
	return nil
}

func (h *host) step(ctx context.Context, s launchd.Step, rm launchd.Removal) error {
	d := h.life.Mac.Disk()
	switch s.Act {
	case launchd.Mark:
		return d.Write(s.Path, []byte("begun\n"))
	case launchd.Delete:
		if err := d.Remove(s.Path); err != nil {
			return err
		}
		if s.Path == h.JobFile() && !h.process.Dead() {
			h.life.Mac.DeleteJobFile()
		}
		return nil
	case launchd.Clear:
		return h.clear(s)
	case launchd.ClearState:
		if rm.ClearState == nil {
			return nil
		}
		return rm.ClearState()
	case launchd.Forget:
		_, err := h.process.Run(ctx, tool.Command{Path: tool.Pkgutil, Args: []string{"--forget", string(h.ID)}, Limit: time.Minute})
		return err
	case launchd.BootOut:
		return h.Unload(ctx)
	}
	return fmt.Errorf("unknown step %d", s.Act)
}

func (h *host) clear(s launchd.Step) error {
	d := h.life.Mac.Disk()
	keep := map[string]bool{}
	for _, name := range s.Keep {
		keep[s.Path+"/"+name] = true
	}
	for _, path := range d.Paths() {
		if len(path) > len(s.Path) && path[:len(s.Path)+1] == s.Path+"/" && !keep[path] {
			if err := d.Remove(path); err != nil {
				return err
			}
		}
	}
	return nil
}
