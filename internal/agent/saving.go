package agent

import (
	"errors"
	"fmt"

	"installordefer/deferral"
	"installordefer/deferral/statefile"
	"installordefer/internal/logging"
)

// savesMost bounds how often a save begins anew because somebody writes into
// the state file at the same time.
const savesMost = 8

// save makes the state durable, with what an administrator has written into it
// meanwhile.
func (w *wake) save() error {
	var err error
	for range savesMost {
		w.st = w.st.Marked(w.now()).Keeping(w.files)
		if err = w.Store.Save(w.st); !errors.Is(err, statefile.ErrChanged) {
			break
		}
		if err := w.heed(); err != nil {
			return err
		}
		w.settle()
	}
	if err != nil {
		return fmt.Errorf("the state could not be saved, so nothing further is done in this wake: %w", err)
	}
	return nil
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

// heed takes up what an administrator has written into the state while this
// wake ran.
func (w *wake) heed() error {
	st, notes, err := w.Store.Heed(w.st)
	if err != nil {
		return fmt.Errorf("the state could not be read again, so nothing further is done in this wake: %w", err)
	}
	w.note(notes)
	w.byHand = w.byHand || !st.DeferredUntil.Equal(w.st.DeferredUntil)
	w.st = st
	return nil
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
