package prompt

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"sync"
	"time"

	"installordefer/internal/clock"
)

// A Toolkit shows dialogs to the person at the Mac.
type Toolkit interface {
	// Show shows d and returns what the person answered: ResultRun,
	// ResultDefer with the choice, ResultPassword with the secret, or
	// ResultCancel. It follows the changes as they come. Time that passes
	// arrives as changes too, every second, so that Show needs no clock of
	// its own for the dialog to stay true. When ctx ends, Show takes the
	// dialog away and returns the zero Answer. It ignores the person for the
	// first second (TooFast). An error means that the dialog could not be
	// shown.
	//
	// Helper.Serve calls Show once, on the goroutine that called Serve: a
	// toolkit that owns the main thread gets it.
	//
	// Show calls sees, from any goroutine, once the dialog is on the screen and
	// whenever it can be seen no more or again.
	Show(ctx context.Context, d Dialog, changes <-chan Change, sees func(Sight)) (Answer, error)
}

// A Helper is the on-screen process's side of one dialog.
type Helper struct {
	// In is where the root job's lines come from, Out where the answer goes,
	// Log where it says what went wrong.
	In  io.Reader
	Out io.Writer
	Log io.Writer
	// Clock counts the dialog's time.
	Clock clock.Clock
	// Toolkit shows the dialog.
	Toolkit Toolkit
	// Exit ends the process. It is called when the toolkit keeps the dialog
	// although its time is over, as AppKit does while a menu is open.
	Exit func(code int)
}

// stubborn is how long a toolkit may take to take its dialog away.
const stubborn = time.Second

// Why a dialog ends without the person.
var (
	errClosed  = errors.New("the root job took the dialog away")
	errTimeout = errors.New("the dialog's time is over")
)

// Serve reads the dialog, shows it, writes the answer and returns the exit
// code. It ends when the person has answered, when In ends, at the dialog's
// time limit, and when ctx ends; always with an answer, which is ResultNone in
// the last case.
func (h Helper) Serve(ctx context.Context) (exitCode int) {
	in := newReader(h.In)
	d, err := h.dialog(ctx, in)
	if err != nil {
		fmt.Fprintf(h.Log, "The dialog is not shown: %v\n", err)
		return ExitNone
	}
	voice := &voice{out: h.Out, dialog: d}
	voice.sees(Opening)
	ctx, end := context.WithCancelCause(ctx)
	defer end(nil)

	changes := make(chan Change)
	go h.keep(ctx, end, d, in, changes)
	var once sync.Once
	finish := func(a Answer) int {
		once.Do(func() { exitCode = h.answer(voice, a) })
		return exitCode
	}
	served := make(chan struct{})
	defer close(served)
	context.AfterFunc(ctx, func() {
		select {
		case <-served:
		case <-time.After(stubborn):
			h.Exit(finish(Answer{Result: reason(ctx)}))
		}
	})

	a, err := h.Toolkit.Show(ctx, d, changes, voice.sees)
	if err != nil {
		fmt.Fprintf(h.Log, "The dialog is not shown: %v\n", err)
		a = Answer{Result: ResultNone}
	} else if a.Result == "" {
		a.Result = reason(ctx)
	}
	return finish(a)
}

// dialog reads the dialog, until ctx ends.
func (h Helper) dialog(ctx context.Context, in *Reader) (Dialog, error) {
	type result struct {
		d   Dialog
		err error
	}
	got := make(chan result, 1)
	go func() {
		d, err := in.Dialog()
		got <- result{d, err}
	}()
	select {
	case r := <-got:
		return r.d, r.err
	case <-ctx.Done():
		return Dialog{}, context.Cause(ctx)
	}
}

// answer writes a and returns the exit code that goes with it.
func (h Helper) answer(v *voice, a Answer) int {
	code, err := v.answer(a)
	a.Secret.Wipe()
	if err != nil {
		fmt.Fprintf(h.Log, "The answer could not be given: %v\n", err)
	}
	return code
}

// reason returns the result of a dialog that ended without the person.
func reason(ctx context.Context) Result {
	switch context.Cause(ctx) {
	case errClosed:
		return ResultClosed
	case errTimeout:
		return ResultTimeout
	}
	return ResultNone
}

// keep passes the root job's changes and the time that passes on to the
// toolkit, and ends the dialog when its time is over.
func (h Helper) keep(ctx context.Context, end context.CancelCauseFunc, d Dialog, in *Reader, out chan<- Change) {
	fromRoot := make(chan Change)
	go func() {
		err := in.Changes(func(c Change) {
			select {
			case fromRoot <- c:
			case <-ctx.Done():
			}
		})
		if err != nil {
			fmt.Fprintf(h.Log, "The dialog is taken away: %v\n", err)
		}
		end(errClosed)
	}()
	t := newTimes(d, h.Clock.Now())
	next, ticks := make(chan time.Duration, 1), make(chan struct{}, 1)
	next <- t.next()
	go func() {
		for {
			select {
			case d := <-next:
				if h.Clock.Sleep(ctx, d) != nil {
					return
				}
				ticks <- struct{}{}
			case <-ctx.Done():
				return
			}
		}
	}()
	var pending Change
	for {
		var ready chan<- Change // nil, which is never ready, when there is nothing to tell
		if pending != (Change{}) {
			ready = out
		}
		select {
		case ready <- pending:
			pending = Change{}
		case c := <-fromRoot:
			t.pass(h.Clock.Now())
			t.correct(c)
			pending = pending.then(c)
		case <-ticks:
			t.pass(h.Clock.Now())
			pending = pending.then(t.change())
			next <- t.next()
		case <-ctx.Done():
			return
		}
		if t.over() {
			end(errTimeout)
			return
		}
	}
}

// then returns the change that c and after it next make.
func (c Change) then(next Change) Change {
	if next.Passed != nil {
		c.Passed = next.Passed
	}
	if next.TimeLeft != nil {
		c.TimeLeft = next.TimeLeft
	}
	if next.Countdown != nil {
		c.Countdown = next.Countdown
	}
	if next.Progress != nil {
		c.Progress = next.Progress
	}
	if next.Obstacle != nil {
		c.Obstacle = next.Obstacle
	}
	return c
}

// A Reader reads what the root job tells the helper.
type Reader struct{ lines *bufio.Reader }

// newReader returns a reader of in.
func newReader(in io.Reader) *Reader { return &Reader{bufio.NewReader(in)} }

// Dialog reads the dialog. It is called first, and once.
func (r *Reader) Dialog() (Dialog, error) {
	line, err := r.line(maxDialog)
	if err != nil {
		return Dialog{}, fmt.Errorf("read the dialog: %w", err)
	}
	return DecodeDialog(line)
}

// Changes reads changes and passes them on until the input ends. A line that
// is no change is left out. An error means that the input ended badly.
func (r *Reader) Changes(f func(Change)) error {
	for {
		line, err := r.line(maxLine)
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return fmt.Errorf("read the changes: %w", err)
		}
		if c, err := DecodeChange(line); err == nil {
			f(c)
		}
	}
}

// line reads one whole line without its end. A last line without an end was
// cut off and does not count.
func (r *Reader) line(limit int) ([]byte, error) {
	var line []byte
	for {
		part, err := r.lines.ReadSlice('\n')
		if len(line)+len(part) > limit+1 {
			return nil, fmt.Errorf("a line has more than %d bytes", limit)
		}
		line = append(line, part...)
		if err == nil {
			return line[:len(line)-1], nil
		}
		if err != bufio.ErrBufferFull {
			return nil, err
		}
	}
}

// writeAnswer writes the answer a to d as one line, in one write, and returns
// the exit code that goes with it.
func writeAnswer(out io.Writer, d Dialog, a Answer) (exitCode int, err error) {
	line, code := EncodeAnswer(d, a)
	defer clear(line)
	if _, err := out.Write(line); err != nil {
		return ExitNone, err
	}
	return code, nil
}
