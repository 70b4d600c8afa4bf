package wake

import (
	"context"
	"errors"
	"fmt"
	"path"
	"runtime"
	"strings"

	"installordefer/deferral"
	"installordefer/internal/logging"
)

// ErrBroken is wrapped by the error of a wake that a fault of the program has
// ended. The log has it already.
var ErrBroken = errors.New("the wake broke down")

// framesMost bounds how many frames of a stack the log gets.
const framesMost = 24

// Run is Wake for a process of the job: a panic is a fault of this program and
// costs one wake. What was started for it ends, the log gets the stack, one
// line for each frame, and status shows it as the last error. The state stays
// as it was last saved: what the wake had in memory is not to be trusted.
func (j *Job) Run(ctx context.Context) (out Outcome, err error) {
	ctx, end := context.WithCancel(ctx)
	defer end()
	w := j.newWake()
	defer func() {
		if v := recover(); v != nil {
			out, err = Outcome{}, w.broken(v, stack())
		}
	}()
	return w.live(ctx)
}

// broken tells of a panic and remembers it.
func (w *wake) broken(v any, frames []string) error {
	fault := fmt.Sprint(v)
	if len(frames) > 0 {
		fault += ", at " + frames[0]
	}
	why := fmt.Errorf("%w, because this program has a fault: %s", ErrBroken, fault)
	w.Log.Error(logging.Job, "This program has a fault, and the wake ends with it: %s. The next wake goes on from what is saved.", fault)
	for _, f := range frames {
		w.Log.Error(logging.Job, "at %s", f)
	}
	if err := w.remember(why); err != nil {
		w.Log.Error(logging.State, "That could not be kept for status: %v", err)
	}
	return why
}

// remember puts a fault into the saved state, for status. A removal under way
// gets no state back.
func (w *wake) remember(why error) (err error) {
	if w.s.State.Round.Step.Kind == deferral.StepRemove {
		return nil
	}
	defer func() {
		if v := recover(); v != nil {
			err = fmt.Errorf("another fault came on top: %v", v)
		}
	}()
	st, _, err := w.Store.Load()
	if err != nil {
		return err
	}
	return w.Store.Save(st.Failed(why.Error(), w.now()))
}

// tellBroken tells of a wake before this one that broke down without being able
// to say so itself. It tells whether status has something new.
func (w *wake) tellBroken() bool {
	if w.Broken == "" {
		return false
	}
	why := "a wake before this one broke down and said: " + w.Broken
	w.Log.Error(logging.Job, "%s", why)
	w.apply(deferral.Failed{Why: why})
	return w.s.State.Round.Step.Kind != deferral.StepRemove
}

// stack is what was being done when a panic came, the innermost first. It is
// called by the deferred function that recovers.
func stack() []string {
	callers := make([]uintptr, framesMost+16)
	frames := runtime.CallersFrames(callers[:runtime.Callers(0, callers)])
	var list []string
	panicked := false
	for more := true; more && len(list) < framesMost; {
		var f runtime.Frame
		f, more = frames.Next()
		switch {
		case f.Function == "runtime.gopanic":
			panicked, list = true, nil
		case panicked && f.Function != "" && !strings.HasPrefix(f.Function, "runtime."):
			list = append(list, fmt.Sprintf("%s (%s:%d)", f.Function, path.Base(f.File), f.Line))
		}
	}
	return list
}
