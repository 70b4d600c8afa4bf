package main

import (
	"context"
	"fmt"
	"io"

	"installordefer/internal/agent"
	"installordefer/internal/clock"
	"installordefer/internal/logging"
	"installordefer/internal/tool"
	"installordefer/launchd"
	"installordefer/prompt"
)

// A screen shows dialogs by starting the helper in the person's session.
type screen struct {
	host   *launchd.Host
	runner *tool.System
	clock  clock.Clock
	log    agent.Log
	noted  bool
}

// Open starts the helper with d. The helper is checked before each start: it
// runs as the person, but what the person answers is believed.
func (s *screen) Open(ctx context.Context, u launchd.ConsoleUser, d prompt.Dialog) (agent.Window, error) {
	note, err := s.host.CheckHelper(ctx)
	if err != nil {
		return nil, err
	}
	if note != "" && !s.noted {
		s.noted = true
		s.log.Debug(logging.Prompt, "%s.", note)
	}
	p, err := s.runner.Start(ctx, s.host.HelperCommand(u))
	if err != nil {
		return nil, fmt.Errorf("start the helper: %w", err)
	}
	forget, err := s.host.Remember(p.Pid())
	if err != nil {
		s.log.Error(logging.Prompt, "%v", err)
		forget = func() {}
	}
	c, err := prompt.Open(&helper{p}, s.clock, d)
	if err != nil {
		p.Kill()
		forget()
		return nil, err
	}
	return &window{c, forget}, nil
}

// A window is a conversation that forgets the helper's process at its end.
type window struct {
	*prompt.Conversation
	forget func()
}

func (w *window) Close() {
	w.Conversation.Close()
	w.forget()
}

// A helper is a process as prompt knows it.
type helper struct{ p *tool.Process }

func (h *helper) Stdin() io.WriteCloser { return h.p.Stdin }
func (h *helper) Stdout() io.ReadCloser { return h.p.Stdout }
func (h *helper) Kill()                 { h.p.Kill() }

func (h *helper) Wait() int {
	code, err := h.p.Wait()
	if err != nil {
		return -1
	}
	return code
}
