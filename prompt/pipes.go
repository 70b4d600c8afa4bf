package prompt

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"sync"
	"time"

	"installordefer/internal/clock"
)

// A Process is a helper that has been started, as its parent holds it.
type Process interface {
	// Stdin is the pipe to the helper's standard input.
	Stdin() io.WriteCloser
	// Stdout is the pipe from the helper's standard output.
	Stdout() io.ReadCloser
	// Wait waits until the helper has ended and returns its exit code, or
	// -1 when it did not exit by itself. Stdout may be read meanwhile, and
	// what is in the pipe can still be read afterwards. Wait is called once.
	Wait() (exitCode int)
	// Kill ends the helper and all it started, at once. It may be called
	// again; after the end it does nothing.
	Kill()
}

// A piped is the Peer that a Process makes.
type piped struct {
	process  Process
	clock    clock.Clock
	id       string // of the dialog
	toHelper chan []byte

	ended  context.Context // is done when the helper has ended
	end    context.CancelFunc
	result Ended // valid when ended is done

	news chan struct{} // holds one when it has said what is seen of its dialog

	mu     sync.Mutex
	sight  Sight
	shown  clock.Moment // when it first said so
	forced string       // why it was killed for what it did
}

func newPiped(p Process, c clock.Clock, id string) *piped {
	h := &piped{process: p, clock: c, id: id, toHelper: make(chan []byte, 64), news: make(chan struct{}, 1)}
	h.ended, h.end = context.WithCancel(context.Background())
	go h.write()
	go h.read()
	return h
}

func (h *piped) Send(line []byte) error {
	select {
	case h.toHelper <- line:
		return nil
	default:
		return errors.New("the helper does not read what it is told")
	}
}

func (h *piped) CloseInput() { h.process.Stdin().Close() }

func (h *piped) Kill() { go h.process.Kill() }

func (h *piped) Wait(ctx context.Context, d time.Duration) bool {
	if h.ended.Err() == nil && d > 0 {
		ctx, cancel := context.WithCancel(ctx)
		defer context.AfterFunc(h.ended, cancel)()
		defer cancel()
		go func() {
			select {
			case <-h.news:
				cancel()
			case <-ctx.Done():
			}
		}()
		h.clock.Sleep(ctx, d)
	}
	return h.ended.Err() != nil
}

// Sight is what the helper has said last.
func (h *piped) Sight() Sight {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.sight
}

func (h *piped) saw(s Sight) {
	h.mu.Lock()
	h.sight = s
	if s == Shown && h.shown == (clock.Moment{}) {
		h.shown = h.clock.Now()
	}
	h.mu.Unlock()
	select {
	case h.news <- struct{}{}:
	default: // it is waited for already
	}
}

func (h *piped) WaitAwake(ctx context.Context, d time.Duration) bool {
	select {
	case <-ctx.Done():
	case <-h.ended.Done():
	case <-time.After(d):
	}
	return h.ended.Err() != nil
}

func (h *piped) Ended() (Ended, bool) {
	if h.ended.Err() == nil {
		return Ended{}, false
	}
	return h.result, true
}

// write hands the lines to the helper. A helper that does not read blocks only
// this.
func (h *piped) write() {
	for {
		select {
		case line := <-h.toHelper:
			if _, err := h.process.Stdin().Write(line); err != nil {
				return // The end of the helper tells the rest.
			}
		case <-h.ended.Done():
			h.process.Stdin().Close()
			return
		}
	}
}

// An output is what the helper wrote, and when it began to.
type output struct {
	line []byte
	at   clock.Moment
	// why says why it cannot be an answer; empty means it may be one.
	why string
}

// read takes the helper's output to its end and waits for the helper.
func (h *piped) read() {
	outputs := make(chan output, 1)
	go func() {
		o := h.output()
		if o.why != "" {
			h.process.Kill()
		}
		outputs <- o
	}()
	code := h.process.Wait()
	var o output
	select {
	case o = <-outputs:
	case <-time.After(draining):
		o = output{at: h.clock.Now(), why: "something that the helper started still holds its output"}
	}
	h.process.Stdout().Close()
	h.mu.Lock()
	defer h.mu.Unlock()
	h.result = Ended{Line: o.line, ExitCode: code, At: o.at, Shown: h.shown, Why: o.why, Forced: h.forced}
	h.end()
}

// output reads what the helper writes: what is seen of its dialog, line by line,
// then one line, and nothing after it.
func (h *piped) output() output {
	var o output
	buf := make([]byte, maxLine+2)
	n, sights := 0, 0
	for n < len(buf) {
		m, err := h.process.Stdout().Read(buf[n:])
		if n == 0 {
			o.at = h.clock.Now()
		}
		n += m
		for said := true; said && sights < mostSights; {
			if n, said = h.heard(buf, n); said {
				sights++
				o.at = h.clock.Now()
			}
		}
		switch i := bytes.IndexByte(buf[:n], '\n'); {
		case i >= 0 && i < n-1:
			clear(buf)
			o.why = "the helper wrote more than one line"
			return o
		case i >= 0:
			slow := time.AfterFunc(overtime, h.killSlow)
			defer slow.Stop()
		}
		if err != nil {
			o.line = buf[:n]
			return o
		}
	}
	clear(buf)
	o.why = fmt.Sprintf("the helper wrote more than %d bytes", maxLine)
	return o
}

// heard takes a line that tells what is seen of the dialog from the n bytes of
// buf, and returns how many are left.
func (h *piped) heard(buf []byte, n int) (left int, said bool) {
	i := bytes.IndexByte(buf[:n], '\n')
	if i < 0 {
		return n, false
	}
	s, said := decodeSight(h.id, buf[:i])
	if !said {
		return n, false
	}
	h.saw(s)
	return copy(buf, buf[i+1:n]), true
}

func (h *piped) killSlow() {
	h.mu.Lock()
	h.forced = "the helper did not end after its answer"
	h.mu.Unlock()
	h.process.Kill()
}
