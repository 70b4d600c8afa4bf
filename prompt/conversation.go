package prompt

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
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

// The patience of the root job with a helper. It is real time, which stands
// still while the Mac sleeps: the helper stands still then, too.
const (
	// overtime is how much longer than its own limit a helper may take, and
	// how long it may stay after its answer.
	overtime = 5 * time.Second
	// closing is how long a helper may take to end when its standard input
	// has ended.
	closing = 2 * time.Second
	// killing is how long the end of a killed helper is waited for.
	killing = time.Second
	// draining is how long the rest of the output of a helper that has
	// ended is waited for.
	draining = 2 * time.Second
)

// ErrEnded is returned when a change comes too late.
var ErrEnded = errors.New("the helper has ended")

// A Conversation is one dialog on the screen, as the root job sees it. Its
// methods are for one goroutine.
type Conversation struct {
	process Process
	clock   clock.Clock
	opened  clock.Moment

	toHelper chan []byte
	ended    context.Context // is done when the helper has ended
	end      context.CancelFunc

	mu     sync.Mutex
	dialog Dialog // its limits follow the changes
	asked  string // why the helper was asked to end; empty when it was not
	forced string // why it was killed; empty when it was not
	answer Answer // valid when ended is done
}

// Open gives the dialog d to the helper p, which is Open's from now on, also
// when it fails. The clock is read from more than one goroutine.
func Open(p Process, c clock.Clock, d Dialog) (*Conversation, error) {
	if d.ID == "" {
		// It tells this dialog's answer from a late one of another. It is no
		// secret: an answer comes over the pipe of this helper or not at all.
		d.ID = fmt.Sprintf("%016x", rand.Uint64())
	}
	line, err := EncodeDialog(d)
	if err != nil {
		p.Kill()
		return nil, err
	}
	v := &Conversation{process: p, clock: c, dialog: d, opened: c.Now(), toHelper: make(chan []byte, 64)}
	v.ended, v.end = context.WithCancel(context.Background())
	v.toHelper <- line
	go v.write()
	go v.read()
	return v, nil
}

// Change tells the helper what is different. It does not wait for the helper
// to read it.
func (v *Conversation) Change(c Change) error {
	line, err := EncodeChange(c)
	if err != nil {
		return err
	}
	if v.ended.Err() != nil {
		return ErrEnded
	}
	select {
	case v.toHelper <- line:
	default:
		return errors.New("the helper does not read what it is told")
	}
	if c.Countdown != nil {
		v.mu.Lock()
		v.dialog.Countdown = v.after(v.clock.Now()) + *c.Countdown
		v.mu.Unlock()
	}
	return nil
}

// Wait waits for the answer, at most max on the continuous clock; ok is false
// when there is none yet. A helper that stays longer than the dialog's own
// limit is ended, which takes ten seconds at most. After the helper has ended
// every call returns the same answer.
func (v *Conversation) Wait(ctx context.Context, max time.Duration) (a Answer, ok bool) {
	wait, own := max, v.limit()
	if own > 0 {
		wait = min(max, own-v.after(v.clock.Now()))
	}
	if v.sleep(ctx, wait) {
		return v.answer, true
	}
	if ctx.Err() != nil || wait == max {
		return Answer{}, false
	}
	if !v.endsWithin(ctx, overtime) {
		if ctx.Err() != nil {
			return Answer{}, false
		}
		v.shut(fmt.Sprintf("the helper did not end by itself after %v", own))
	}
	return v.answer, true
}

// taken is why a dialog ends that the caller closes.
const taken = "its dialog was taken away"

// Close takes the dialog away and ends the helper, by force if need be. It
// takes three seconds at most, and may be called again.
func (v *Conversation) Close() { v.shut(taken) }

// shut asks the helper to end, and ends it if it does not.
func (v *Conversation) shut(why string) {
	v.mu.Lock()
	v.asked = why
	v.mu.Unlock()
	v.process.Stdin().Close()
	if v.endsWithin(context.Background(), closing) {
		return
	}
	if why == taken {
		why = "the helper did not end when " + taken
	}
	v.kill(why)
	if !v.endsWithin(context.Background(), killing) {
		v.mu.Lock()
		v.forced += ", nor when it was killed"
		v.mu.Unlock()
		v.finish(Answer{Result: ResultNone, After: v.after(v.clock.Now())})
	}
}

// kill ends the helper by force. It does not wait for the end, which may never
// come.
func (v *Conversation) kill(why string) {
	v.mu.Lock()
	v.forced = why
	v.mu.Unlock()
	go v.process.Kill()
}

func (v *Conversation) limit() time.Duration {
	v.mu.Lock()
	defer v.mu.Unlock()
	return limit(v.dialog)
}

// sleep waits for d or the end of the helper and says whether it has ended.
func (v *Conversation) sleep(ctx context.Context, d time.Duration) bool {
	if v.ended.Err() == nil && d > 0 {
		ctx, cancel := context.WithCancel(ctx)
		defer context.AfterFunc(v.ended, cancel)()
		defer cancel()
		v.clock.Sleep(ctx, d)
	}
	return v.ended.Err() != nil
}

// endsWithin waits for the end of the helper and says whether it has ended.
func (v *Conversation) endsWithin(ctx context.Context, d time.Duration) bool {
	select {
	case <-ctx.Done():
	case <-v.ended.Done():
	case <-time.After(d):
	}
	return v.ended.Err() != nil
}

// write hands the lines to the helper. A helper that does not read blocks only
// this.
func (v *Conversation) write() {
	for {
		select {
		case line := <-v.toHelper:
			if _, err := v.process.Stdin().Write(line); err != nil {
				return // The end of the helper tells the rest.
			}
		case <-v.ended.Done():
			v.process.Stdin().Close()
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

// read takes the helper's output to its end, waits for the helper, and judges.
func (v *Conversation) read() {
	outputs := make(chan output, 1)
	go func() {
		o := v.output()
		if o.why != "" {
			v.process.Kill()
		}
		outputs <- o
	}()
	code := v.process.Wait()
	var o output
	select {
	case o = <-outputs:
	case <-time.After(draining):
		o = output{at: v.clock.Now(), why: "something that the helper started still holds its output"}
	}
	v.process.Stdout().Close()
	after := v.after(o.at)
	if o.why != "" {
		v.finish(Answer{Result: ResultNone, After: after, Why: o.why})
		return
	}
	v.mu.Lock()
	d := v.dialog
	v.mu.Unlock()
	a := JudgeAnswer(d, o.line, code, after)
	clear(o.line)
	v.finish(a)
}

// output reads what the helper writes: one line, and nothing after it.
func (v *Conversation) output() output {
	var o output
	buf := make([]byte, maxLine+2)
	n := 0
	for n < len(buf) {
		m, err := v.process.Stdout().Read(buf[n:])
		if n == 0 {
			o.at = v.clock.Now()
		}
		n += m
		switch i := bytes.IndexByte(buf[:n], '\n'); {
		case i >= 0 && i < n-1:
			clear(buf)
			o.why = "the helper wrote more than one line"
			return o
		case i >= 0:
			slow := time.AfterFunc(overtime, func() { v.kill("the helper did not end after its answer") })
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

// finish records the answer and wakes whoever waits. The first one stands.
func (v *Conversation) finish(a Answer) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.ended.Err() != nil {
		a.Secret.Wipe()
		return
	}
	switch {
	case a.Result == ResultNone && v.forced != "":
		a.Why = v.forced
	case a.Result == ResultClosed && v.asked == taken:
		a.Why = taken
	case a.Result == ResultClosed:
		a.Result, a.Why = ResultNone, cmp.Or(v.asked, "the helper took its dialog away unasked")
	}
	v.answer = a
	v.end()
}

// after returns the time from opening the dialog to now.
func (v *Conversation) after(now clock.Moment) time.Duration {
	d, _ := now.Since(v.opened)
	return d
}
