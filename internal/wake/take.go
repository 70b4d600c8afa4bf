package wake

import (
	"context"
	"fmt"

	"installordefer/deferral"
	"installordefer/internal/logging"
)

// take makes an event part of the situation, tells of it, and saves the state
// where it has changed. Nothing else changes either.
func (w *wake) take(e deferral.Event) error {
	was := w.s
	w.apply(e)
	w.tell(&was, e)
	if w.secret != nil && !w.s.Wake.Password && w.s.Wake.Answer == nil {
		if began, ok := e.(deferral.Began); !ok || began.Act.Do != deferral.ToolRestart {
			w.forget()
		}
	}
	if !w.mended && !w.s.State.Changed(was.State) {
		return nil
	}
	w.mended = false
	return w.save()
}

// tick brings the clocks of the situation up to date.
func (w *wake) tick() { w.s.Now = w.now() }

func (w *wake) apply(e deferral.Event) {
	w.tick()
	var notes []string
	w.s, notes = deferral.Apply(w.s, e)
	w.note(notes)
}

// save makes the state durable, with what an administrator has written into the
// preferences meanwhile.
func (w *wake) save() error {
	w.heed()
	w.s.State = w.s.State.Marked(w.now()).Keeping(w.files)
	if err := w.Store.Save(w.s.State); err != nil {
		return fmt.Errorf("could not save the state, so this wake does nothing more: %w", err)
	}
	w.record()
	return nil
}

// mirror shows the two times that people know to "defaults read".
func (w *wake) mirror(ctx context.Context) {
	if err := w.Store.Mirror(ctx); err != nil && ctx.Err() == nil {
		w.Log.Error(logging.State, "The preferences could not be changed, so that \"defaults read\" may show an older deadline or deferral. The next wake tries again: %v", err)
	}
}

// mark writes the time spent down where a dialog or a download stays for long.
func (w *wake) mark() error {
	if !w.s.State.MarkDue(w.now()) {
		return nil
	}
	return w.take(deferral.Woke{})
}

// heed takes up what an administrator has written into the preferences while
// this wake ran. It tells whether there was something.
func (w *wake) heed() (changed bool) {
	was := &w.s.State
	st, notes := w.Store.Heed(*was)
	w.note(notes)
	if len(notes) == 0 && st.ForcedAfter.Equal(was.ForcedAfter) && st.DeferredUntil.Equal(was.DeferredUntil) {
		return false
	}
	w.apply(deferral.Heeded{State: st})
	w.apply(deferral.Woke{})
	return true
}

// note writes what was found about the state into the log.
func (w *wake) note(notes []string) {
	w.noted = w.noted || len(notes) > 0
	for _, n := range notes {
		w.Log.Notice(logging.State, "%s", n)
	}
}
