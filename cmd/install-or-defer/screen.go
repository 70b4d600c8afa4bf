package main

import (
	"context"
	"fmt"
	"io"
	"strings"

	"installordefer/internal/clock"
	"installordefer/internal/logging"
	"installordefer/internal/tool"
	"installordefer/internal/wake"
	"installordefer/launchd"
	"installordefer/prompt"
)

// A screen shows dialogs by starting the helper in the person's session.
type screen struct {
	host   *launchd.Host
	runner *tool.System
	clock  clock.Clock
	log    wake.Log
	noted  bool
}

// Open starts the helper with d. The helper is checked before each start: it
// runs as the person, but what the person answers is believed.
func (s *screen) Open(ctx context.Context, u launchd.ConsoleUser, d prompt.Dialog) (wake.Window, error) {
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
	return &window{Conversation: c, end: func() {
		forget()
		for _, line := range lastLines(p.Stderr()) {
			s.log.Error(logging.Prompt, "The helper, or what should have started it, said: %s", line)
		}
	}}, nil
}

// A window is a conversation that looks after the helper's process at its end.
type window struct {
	*prompt.Conversation
	end func()
}

func (w *window) Close() {
	w.Conversation.Close()
	w.end()
}

// lastLines are a few lines for the log, made fit to be read there.
func lastLines(output []byte) []string {
	const most = 5
	lines := strings.FieldsFunc(strings.ToValidUTF8(string(output), "?"), func(c rune) bool { return c == '\n' || c == '\r' })
	return lines[max(0, len(lines)-most):]
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
