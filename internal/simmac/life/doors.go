package life

import (
	"context"
	"errors"
	"fmt"
	"time"

	"installordefer/internal/agent"
	"installordefer/internal/clock"
	"installordefer/internal/simmac"
	"installordefer/internal/tool"
	"installordefer/launchd"
	"installordefer/prompt"
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
		_, err := h.process.Run(ctx, tool.Command{Path: tool.Pkgutil, Args: []string{"--forget", string(h.ID)}, Limit: time.Minute}, nil)
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

// screen shows dialogs to the people of the model.
type screen struct {
	life    *Life
	process *simmac.Process
}

var errNoScreen = errors.New("the helper could not reach the screen")

// Open starts the helper with d.
func (s *screen) Open(ctx context.Context, u launchd.ConsoleUser, d prompt.Dialog) (agent.Window, error) {
	if s.process.Dead() {
		return nil, errNoScreen
	}
	s.life.shown++
	d.ID = fmt.Sprintf("dialog-%d", s.life.shown)
	line, err := prompt.EncodeDialog(d)
	if err != nil {
		return nil, err
	}
	e := s.process.Effect("open the dialog " + string(d.Kind))
	w := &window{process: s.process, mac: s.life.Mac, dialog: d, opened: s.process.Now()}
	w.showing = s.life.Mac.Show(u.UID, line, nil)
	e.Middle()
	e.After()
	if w.showing == nil {
		return nil, errNoScreen
	}
	s.process.AtEnd(w.showing.CloseInput)
	s.life.last = w.showing
	return w, nil
}

// window is the root job's side of one dialog.
type window struct {
	process *simmac.Process
	mac     *simmac.Mac
	dialog  prompt.Dialog
	opened  clock.Moment
	showing *simmac.Showing
	closed  bool
	judged  bool
	answer  prompt.Answer
}

// overtime is how much longer than its own limit a helper may take.
const overtime = 10 * time.Second

// Change tells the helper what is different.
func (w *window) Change(c prompt.Change) error {
	line, err := prompt.EncodeChange(c)
	if err != nil {
		return err
	}
	if _, _, over := w.showing.Ended(); over || w.process.Dead() {
		return prompt.ErrEnded
	}
	if c.Countdown != nil {
		since, _ := w.process.Now().Since(w.opened)
		w.dialog.Countdown = since + *c.Countdown
	}
	w.showing.Change(line)
	return nil
}

// Wait waits for the answer.
func (w *window) Wait(ctx context.Context, max time.Duration) (prompt.Answer, bool) {
	if w.process.Dead() || w.judged {
		return w.answer, w.judged
	}
	left, overdue := max, false
	if own := ownLimit(w.dialog); own > 0 {
		since, _ := w.process.Now().Since(w.opened)
		if rest := own + overtime - since; rest < left {
			left, overdue = rest, true
		}
	}
	if w.process.SleepUntil(ctx, left, w.over) {
		return w.judge(), true
	}
	if ended(ctx) || !overdue {
		return prompt.Answer{}, false
	}
	w.Close()
	return w.judge(), true
}

func (w *window) over() bool {
	_, _, over := w.showing.Ended()
	return over
}

func ownLimit(d prompt.Dialog) time.Duration {
	if d.Timeout > 0 && d.Countdown > 0 {
		return min(d.Timeout, d.Countdown)
	}
	return max(d.Timeout, d.Countdown)
}

// judge judges what the helper wrote, by the real rules.
func (w *window) judge() prompt.Answer {
	if w.judged {
		return w.answer
	}
	e := w.process.Effect("an answer")
	line, code, _ := w.showing.Ended()
	a := prompt.JudgeAnswer(w.dialog, line, code, w.showing.Took(w.opened))
	if a.Result == prompt.ResultClosed && !w.closed {
		a = prompt.Answer{Result: prompt.ResultNone, After: a.After, Why: "the helper took its dialog away unasked"}
	}
	w.answer, w.judged = a, true
	e.After()
	return a
}

// Close takes the dialog away, by force where it has to.
func (w *window) Close() {
	if w.process.Dead() {
		return
	}
	w.closed = true
	w.showing.CloseInput()
	if !w.over() {
		w.showing.Kill()
	}
}
