// Package driver uses a dialog on the screen as a person does, by mouse and
// keyboard. It finds the controls by the trace that the helper writes, never
// by fixed places, and it waits for what the trace says, never for a time.
//
// It needs xdotool and a display of package display.
package driver

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"image"
	"io"
	"maps"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"time"

	"installordefer/internal/toolchain/display"
)

// Patience is how long anything may take that takes a fraction of a second on
// a machine with nothing else to do.
const Patience = 2 * time.Minute

// A Place is where a control is and what it says, in pixels from the upper
// left corner of the screen; X and Y are its middle.
type Place struct {
	Event, Name, Text string
	X, Y, W, H        int
	Value             float64
	// Key presses it, Next is where Tab goes from it, and Label is what
	// VoiceOver calls it, where the toolkit knows that.
	Key, Next, Label string
	// Armed is said of an event: the dialog listens to the person.
	Armed bool
}

// A Helper is a running helper with a dialog on a display.
type Helper struct {
	Command *exec.Cmd
	Stdin   io.WriteCloser
	display *display.Display
	started time.Time

	mu      sync.Mutex
	changed *sync.Cond
	places  map[string]Place
	events  []string
	armed   bool
	between bool // what is traced is still the last dialog's
	log     []string
	gone    bool

	output bytes.Buffer
	ended  chan struct{}
}

// Start starts the program with the dialog, which is the protocol's line.
func Start(d *display.Display, program string, dialog []byte, env ...string) (*Helper, error) {
	h := &Helper{Command: exec.Command(program), display: d, places: map[string]Place{}, ended: make(chan struct{})}
	h.changed = sync.NewCond(&h.mu)
	h.Command.Env = append(os.Environ(), d.Env...)
	h.Command.Env = append(h.Command.Env, "INSTALL_OR_DEFER_TRACE=stderr")
	h.Command.Env = append(h.Command.Env, env...)
	var err error
	if h.Stdin, err = h.Command.StdinPipe(); err != nil {
		return nil, err
	}
	h.Command.Stdout = &h.output
	trace, tell, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	h.Command.Stderr = tell
	h.started = time.Now()
	err = h.Command.Start()
	tell.Close()
	if err != nil {
		trace.Close()
		return nil, err
	}
	go h.follow(trace)
	if _, err := h.Stdin.Write(dialog); err != nil {
		return h, fmt.Errorf("hand over the dialog: %w", err)
	}
	return h, nil
}

// Starts is the event with which each helper that is watched begins. Whoever
// starts it traces it.
const Starts = "starts"

// Watch follows helpers that somebody else starts on the display, one after
// the other, by what they trace.
func Watch(d *display.Display, trace io.ReadCloser) *Helper {
	h := &Helper{display: d, places: map[string]Place{}, ended: make(chan struct{})}
	h.changed = sync.NewCond(&h.mu)
	go func() {
		h.read(trace)
		close(h.ended)
	}()
	return h
}

// Forget makes the next dialog a new one: what was traced before is gone, and what
// the last one traces until it ends is not heard.
func (h *Helper) Forget() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.forget()
	h.between = true
}

func (h *Helper) forget() {
	clear(h.places)
	h.events, h.armed = nil, false
}

// follow reads the trace to its end, then waits for the process.
func (h *Helper) follow(trace io.ReadCloser) {
	h.read(trace)
	h.Command.Wait()
	h.mu.Lock()
	h.gone = true
	h.changed.Broadcast()
	h.mu.Unlock()
	close(h.ended)
}

// read takes the trace to its end. Places are told before the event that they
// belong to, and count from then on.
func (h *Helper) read(trace io.ReadCloser) {
	defer trace.Close()
	told := map[string]Place{}
	lines := bufio.NewScanner(trace)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		h.mu.Lock()
		var p Place
		switch err := json.Unmarshal(lines.Bytes(), &p); {
		case err == nil && p.Event == Starts:
			h.forget()
			clear(told)
			h.between = false
		case err == nil && h.between:
		case err == nil && p.Event != "":
			h.events, h.armed = append(h.events, p.Event), p.Armed
			maps.Copy(h.places, told)
			clear(told)
		case err == nil && p.Name != "":
			told[p.Name] = p
		default:
			h.log = append(h.log, lines.Text())
		}
		h.changed.Broadcast()
		h.mu.Unlock()
	}
}

// until waits for what done, called with the lock held, wants to see.
func (h *Helper) until(what string, patience time.Duration, done func() bool) error {
	out := time.AfterFunc(patience, h.changed.Broadcast)
	defer out.Stop()
	limit := time.Now().Add(patience)
	h.mu.Lock()
	defer h.mu.Unlock()
	for !done() {
		if h.gone {
			return fmt.Errorf("%s: the helper ended first (exit code %d)\n%s", what, h.Command.ProcessState.ExitCode(), strings.Join(h.log, "\n"))
		}
		if time.Now().After(limit) {
			return fmt.Errorf("%s: not within %v; events: %s\n%s", what, patience, strings.Join(h.events, ", "), strings.Join(h.log, "\n"))
		}
		h.changed.Wait()
	}
	return nil
}

// Event waits until the helper has traced the event, or has before.
func (h *Helper) Event(name string) error {
	return h.until("event "+name, Patience, func() bool {
		for _, e := range h.events {
			if e == name {
				return true
			}
		}
		return false
	})
}

// Sees waits for a dialog that listens and has a control with a text that
// fits.
func (h *Helper) Sees(name string, fits func(string) bool) error {
	return h.until("a dialog that listens, with "+name, Patience, func() bool {
		p, there := h.places[name]
		return h.armed && there && fits(p.Text)
	})
}

// Text waits until the control's text is one that fits.
func (h *Helper) Text(name string, fits func(string) bool) error {
	return h.text(name, fits, Patience)
}

func (h *Helper) text(name string, fits func(string) bool, patience time.Duration) error {
	last := ""
	err := h.until("text of "+name, patience, func() bool {
		last = h.places[name].Text
		return fits(last)
	})
	if err != nil {
		return fmt.Errorf("%w\nit says %q", err, last)
	}
	return nil
}

// Place returns the control as it was traced last.
func (h *Helper) Place(name string) (Place, bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	p, ok := h.places[name]
	return p, ok
}

// Names returns the controls that there are.
func (h *Helper) Names() map[string]Place {
	h.mu.Lock()
	defer h.mu.Unlock()
	all := map[string]Place{}
	for name, p := range h.places {
		all[name] = p
	}
	return all
}

// Log returns what else the helper wrote to standard error.
func (h *Helper) Log() string {
	h.mu.Lock()
	defer h.mu.Unlock()
	return strings.Join(h.log, "\n")
}

// Click clicks into the middle of a control.
func (h *Helper) Click(name string) error {
	p, ok := h.Place(name)
	if !ok {
		return fmt.Errorf("there is no control %q", name)
	}
	return h.ClickAt(p.X, p.Y)
}

// ClickAt clicks at a place on the screen. The button is held for a moment,
// and the pointer moves afterwards: GNUstep does not see a release that comes
// in the same instant as the press, nor one that is the last event.
func (h *Helper) ClickAt(x, y int) error {
	return h.tool("mousemove", strconv.Itoa(x), strconv.Itoa(y), "sleep", "0.03", "mousedown", "1", "sleep", "0.08", "mouseup", "1", "mousemove_relative", "1", "0")
}

// Pick chooses from a menu button: it presses, goes down by rows, and lets go.
// A menu that takes longer to open than a hand can wait is tried again, as a
// person would. Fits says whether the button then shows what was meant.
func (h *Helper) Pick(menu string, rows int, fits func(string) bool) error {
	const tries, each = 6, 5 * time.Second
	var err error
	for range tries {
		p, ok := h.Place(menu)
		if !ok {
			return fmt.Errorf("there is no control %q", menu)
		}
		if err := h.tool("mousemove", strconv.Itoa(p.X), strconv.Itoa(p.Y), "sleep", "0.05", "mousedown", "1", "sleep", "0.3",
			"mousemove_relative", "--sync", "--", "0", strconv.Itoa(rows*p.H), "sleep", "0.3", "mouseup", "1", "sleep", "0.05", "mousemove_relative", "1", "0"); err != nil {
			return err
		}
		if err = h.text(menu, fits, each); err == nil {
			return nil
		}
	}
	return err
}

// Key presses keys by their X names, such as Return.
func (h *Helper) Key(keys ...string) error { return h.tool(append([]string{"key"}, keys...)...) }

// Type types text.
func (h *Helper) Type(text string) error { return h.tool("type", "--delay", "12", text) }

func (h *Helper) tool(args ...string) error {
	cmd := exec.Command("xdotool", args...)
	cmd.Env = append(os.Environ(), h.display.Env...)
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("xdotool %s: %w: %s", strings.Join(args, " "), err, out)
	}
	return nil
}

// Wait waits for the end of the helper and returns its exit code, -1 for a
// signal, and what it wrote.
func (h *Helper) Wait() (code int, output []byte, err error) {
	select {
	case <-h.ended:
		return h.Command.ProcessState.ExitCode(), h.output.Bytes(), nil
	case <-time.After(Patience):
		return 0, nil, fmt.Errorf("the helper did not end within %v; it wrote %q", Patience, h.Log())
	}
}

// Ended tells whether the helper has ended.
func (h *Helper) Ended() bool {
	select {
	case <-h.ended:
		return true
	default:
		return false
	}
}

// Age is the time since the helper was started.
func (h *Helper) Age() time.Duration { return time.Since(h.started) }

// Kill ends the helper, whatever it does.
func (h *Helper) Kill() {
	h.Command.Process.Kill()
	<-h.ended
}

// Picture returns the helper's window as the screen shows it.
func (h *Helper) Picture() (image.Image, error) {
	screen, err := h.display.Picture()
	if err != nil {
		return nil, err
	}
	w, ok := h.Place("window")
	if !ok {
		return nil, fmt.Errorf("the helper has no window")
	}
	x, y := w.X-w.W/2, w.Y-w.H/2
	return screen.SubImage(image.Rect(x, y, x+w.W, y+w.H)), nil
}
