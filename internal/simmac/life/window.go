package life

import (
	"context"
	"errors"
	"fmt"
	"time"

	"installordefer/internal/simmac"
	"installordefer/internal/wake"
	"installordefer/launchd"
	"installordefer/prompt"
)

// screen shows dialogs to the people of the model.
type screen struct {
	life    *Life
	process *simmac.Process
}

var errNoScreen = errors.New("the helper could not reach the screen")

// Open starts the helper with d.
func (s *screen) Open(ctx context.Context, u launchd.ConsoleUser, d prompt.Dialog) (wake.Window, error) {
	if s.process.Dead() {
		return nil, errNoScreen
	}
	s.life.shown++
	d.ID = fmt.Sprintf("dialog-%d", s.life.shown)
	e := s.process.Effect("open the dialog " + string(d.Kind))
	h := &helper{life: s.life, process: s.process, uid: u.UID}
	c, err := prompt.Converse(h, s.process, d)
	e.Middle()
	e.After()
	if err != nil {
		return nil, err
	}
	return &window{Conversation: c, process: s.process}, nil
}

// window is the root job's side of one dialog: a conversation whose end is a
// side effect, and that does nothing after the death of its process.
type window struct {
	*prompt.Conversation
	process *simmac.Process
	heard   bool
}

// Wait waits for the answer.
func (w *window) Wait(ctx context.Context, most time.Duration) (prompt.Answer, bool) {
	if w.process.Dead() {
		return prompt.Answer{}, false
	}
	a, ok := w.Conversation.Wait(ctx, most)
	if ok && !w.heard && !w.process.Dead() {
		w.heard = true
		w.process.Effect("an answer").After()
	}
	return a, ok
}

// Close takes the dialog away, by force where it has to.
func (w *window) Close() {
	if !w.process.Dead() {
		w.Conversation.Close()
	}
}

// helper is a helper on the screen of the model, as its parent holds it.
type helper struct {
	life    *Life
	process *simmac.Process
	uid     int
	showing *simmac.Showing
	heard   prompt.Sight // what it has said that ended a Wait
}

// Send gives the helper a line. The first one opens the dialog.
func (h *helper) Send(line []byte) error {
	switch {
	case h.process.Dead():
		return prompt.ErrEnded
	case h.showing != nil:
		h.showing.Change(line)
		return nil
	}
	if h.showing = h.life.Mac.Show(h.uid, line, nil); h.showing == nil {
		return errNoScreen
	}
	h.process.AtEnd(h.showing.CloseInput) // the pipe ends with its writer
	h.life.last = h.showing
	return nil
}

func (h *helper) CloseInput() {
	if !h.process.Dead() {
		h.showing.CloseInput()
	}
}

func (h *helper) Kill() {
	if !h.process.Dead() {
		h.showing.Kill()
	}
}

func (h *helper) Wait(ctx context.Context, d time.Duration) bool {
	h.process.SleepUntil(ctx, d, func() bool {
		_, ended := h.Ended()
		return ended || h.Sight() != h.heard
	})
	_, ended := h.Ended()
	h.heard = h.Sight()
	return ended
}

// WaitAwake waits as long: a process of the model sleeps with its Mac.
func (h *helper) WaitAwake(ctx context.Context, d time.Duration) bool {
	h.heard = h.Sight()
	return h.Wait(ctx, d)
}

func (h *helper) Sight() prompt.Sight { return h.showing.Sight() }

func (h *helper) Ended() (prompt.Ended, bool) {
	line, code, at, ended := h.showing.Ended()
	return prompt.Ended{Line: line, ExitCode: code, At: at, Shown: h.showing.ShownAt()}, ended
}
