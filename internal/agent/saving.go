package agent

import (
	"context"
	"fmt"

	"installordefer/deferral"
	"installordefer/internal/logging"
)

// save makes the state durable, with what an administrator has written into the
// preferences meanwhile.
func (w *wake) save() error {
	w.heed()
	w.st = w.st.Marked(w.now()).Keeping(w.files)
	if err := w.Store.Save(w.st); err != nil {
		return fmt.Errorf("the state could not be saved, so nothing further is done in this wake: %w", err)
	}
	return nil
}

// mirror shows the two times that people know to "defaults read".
func (w *wake) mirror(ctx context.Context) {
	if err := w.Store.Mirror(ctx); err != nil && ctx.Err() == nil {
		w.Log.Error(logging.State, "The preferences could not be changed, so that \"defaults read\" may show an older deadline or deferral. The next wake tries again: %v", err)
	}
}

// mark writes the time spent down where a dialog or a download stays for long.
func (w *wake) mark() {
	if !w.st.MarkDue(w.now()) {
		return
	}
	if err := w.save(); err != nil {
		w.Log.Error(logging.State, "%v", err)
	}
}

// heed takes up what an administrator has written into the preferences while
// this wake ran. It tells whether there was something.
func (w *wake) heed() bool {
	st, notes := w.Store.Heed(w.st)
	w.note(notes)
	changed := len(notes) > 0 || !st.ForcedAfter.Equal(w.st.ForcedAfter) || !st.DeferredUntil.Equal(w.st.DeferredUntil)
	w.byHand = w.byHand || !st.DeferredUntil.Equal(w.st.DeferredUntil)
	if w.st = st; changed {
		w.settle()
	}
	return changed
}

// settle brings the state in line with the clocks, which may have been set, and
// with what was heeded.
func (w *wake) settle() {
	st, notes := deferral.Settle(w.st, w.set, w.now(), w.Zone)
	w.st = st
	w.note(notes)
}

// note writes what was found about the state into the log.
func (w *wake) note(notes []string) {
	for _, n := range notes {
		w.Log.Notice(logging.State, "%s", n)
	}
}

// deferTo goes on with what an answer makes of the state. An end of the
// deferral that an administrator has written meanwhile, and that is still to
// come, holds whatever was answered.
func (w *wake) deferTo(st deferral.State) {
	if w.byHand && w.st.DeferralLeft(w.now()) > 0 {
		st = st.WithDeferralOf(w.st)
	}
	w.st = st
}
