package prompt

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"

	"installordefer/internal/clock"
	"installordefer/internal/text"
)

// A Peer is a started helper as a Conversation holds it: the pipes to it and
// its end. Open makes one of a Process; the helpers of a simulated Mac have no
// process.
type Peer interface {
	// Send hands a line to the helper. It does not wait for the helper to
	// read it.
	Send(line []byte) error
	// CloseInput ends the helper's standard input, which asks the helper to
	// take its dialog away.
	CloseInput()
	// Kill ends the helper and all it started. It does not wait for the end,
	// which may never come.
	Kill()
	// Wait waits for the end of the helper, at most d on the continuous
	// clock or until ctx ends, and tells whether it has ended. It may come
	// back sooner when the helper says what is seen of its dialog.
	Wait(ctx context.Context, d time.Duration) bool
	// WaitAwake is Wait in time that stands still while the Mac sleeps: the
	// helper stands still then, too.
	WaitAwake(ctx context.Context, d time.Duration) bool
	// Sight is what the helper has said last of what is seen of its dialog.
	Sight() Sight
	// Ended says how the helper has ended; ok is false while it has not.
	Ended() (e Ended, ok bool)
}

// Ended is how a helper has ended.
type Ended struct {
	// Line is all that it wrote. It may hold a password, and is wiped by the
	// conversation.
	Line []byte
	// ExitCode is -1 when it did not exit by itself.
	ExitCode int
	// At is when it began to write; without a word, when it ended.
	At clock.Moment
	// Shown is when it first said that its dialog is seen; zero where it never did.
	Shown clock.Moment
	// Why says why what it wrote can be no answer; empty means it may be one.
	Why string
	// Forced says why it was killed for what it did; empty when it was not.
	Forced string
}

// The patience of the root job with a helper, in time that stands still while
// the Mac sleeps.
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
	helper Peer
	clock  clock.Clock
	opened clock.Moment
	dialog Dialog // its limits follow the changes
	asked  string // why the helper was asked to end; empty when it was not
	forced string // why it was killed; empty when it was not
	over   bool
	answer Answer // valid when over
}

// Open gives the dialog d to the helper p, which is Open's from now on, also
// when it fails. The clock is read from more than one goroutine.
func Open(p Process, c clock.Clock, d Dialog) (*Conversation, error) {
	d = named(d)
	v, err := Converse(newPiped(p, c, d.ID), c, d)
	if err != nil {
		p.Kill()
		return nil, err
	}
	return v, nil
}

// Converse gives the dialog d to the helper h. After an error the dialog is not
// on the screen, and h is still the caller's.
func Converse(h Peer, c clock.Clock, d Dialog) (*Conversation, error) {
	d = named(d)
	d.Tells = true
	line, err := EncodeDialog(d)
	if err != nil {
		return nil, err
	}
	v := &Conversation{helper: h, clock: c, dialog: d, opened: c.Now()}
	if err := h.Send(line); err != nil {
		return nil, err
	}
	return v, nil
}

// named returns d with an id. It tells this dialog's answer from a late one of
// another. It is no secret: an answer comes over the pipe of this helper or not
// at all.
func named(d Dialog) Dialog {
	if d.ID == "" {
		d.ID = fmt.Sprintf("%016x", rand.Uint64())
	}
	return d
}

// Sight is what the helper has said last of what is seen of the dialog. It is
// the helper's own word: one that was stopped goes on saying the same.
func (v *Conversation) Sight() Sight { return v.helper.Sight() }

// Change tells the helper what is different. It does not wait for the helper
// to read it.
func (v *Conversation) Change(c Change) error {
	line, err := EncodeChange(c)
	if err != nil {
		return err
	}
	if v.hasEnded() {
		return ErrEnded
	}
	if err := v.helper.Send(line); err != nil {
		return err
	}
	if c.Countdown != nil {
		v.dialog.Countdown = v.after(v.clock.Now()) + *c.Countdown
	}
	return nil
}

// Wait waits for the answer, at most max on the continuous clock; ok is false
// when there is none yet. It comes back sooner when the helper says what is seen
// of the dialog. A helper that stays longer than the dialog's own
// limit is ended, which takes ten seconds at most. After the helper has ended
// every call returns the same answer.
func (v *Conversation) Wait(ctx context.Context, max time.Duration) (a Answer, ok bool) {
	wait, own := max, v.dialog.Limit()
	if own > 0 {
		wait = min(max, own-v.after(v.clock.Now()))
	}
	if v.over || v.helper.Wait(ctx, wait) {
		v.hasEnded()
		return v.answer, true
	}
	if ctx.Err() != nil || wait == max || v.after(v.clock.Now()) < own {
		return Answer{}, false
	}
	if !v.helper.WaitAwake(ctx, overtime) {
		if ctx.Err() != nil {
			return Answer{}, false
		}
		v.shut(fmt.Sprintf("the helper did not end by itself after %s", text.Length(own)))
	}
	v.hasEnded()
	return v.answer, true
}

// taken is why a dialog ends that the caller closes.
const taken = "its dialog was taken away"

// Close takes the dialog away and ends the helper, by force if need be. It
// takes three seconds at most, and may be called again.
func (v *Conversation) Close() {
	if !v.hasEnded() {
		v.shut(taken)
	}
}

// shut asks the helper to end, and ends it if it does not.
func (v *Conversation) shut(why string) {
	v.asked = why
	v.helper.CloseInput()
	if !v.helper.WaitAwake(context.Background(), closing) {
		v.forced = why
		if why == taken {
			v.forced = "the helper did not end when " + taken
		}
		v.helper.Kill()
		v.helper.WaitAwake(context.Background(), killing)
	}
	if !v.hasEnded() {
		v.over = true
		v.answer = Answer{Result: ResultNone, After: v.after(v.clock.Now()), Why: v.forced + ", nor when it was killed"}
	}
}

// hasEnded tells whether there is an answer, or that there will be none. It
// judges what the helper has left behind.
func (v *Conversation) hasEnded() bool {
	if v.over {
		return true
	}
	e, ok := v.helper.Ended()
	if !ok {
		return false
	}
	e.Forced = cmp.Or(v.forced, e.Forced)
	v.over, v.answer = true, judgeEnd(v.dialog, e, v.after(e.At), v.asked)
	clear(e.Line)
	return true
}

// after returns the time from opening the dialog to now.
func (v *Conversation) after(now clock.Moment) time.Duration {
	d, _ := now.Since(v.opened)
	return d
}
