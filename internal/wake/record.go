package wake

import (
	"context"
	"errors"

	"installordefer/deferral"
	"installordefer/internal/history"
	"installordefer/internal/logging"
	"installordefer/internal/statusfile"
)

// past is what the history has of this wake.
type past struct {
	saved deferral.State // the state that was last read or saved
	// length and sum are of the last event, once known is set.
	length int
	sum    string
	known  bool
	failed bool // and the log says so
}

// record adds to the history what has happened since the state was saved before.
// That it cannot be written stops nothing.
func (w *wake) record() {
	events := history.Between(w.past.saved, w.s.State)
	w.past.saved = w.s.State
	if w.History == nil || len(events) == 0 {
		return
	}
	length, sum, err := history.Append(w.History, events, w.now().Wall)
	if err == nil {
		w.past.length, w.past.sum, w.past.known = length, sum, true
	} else if !w.past.failed {
		w.past.failed = true
		w.Log.Error(logging.State, "The history lacks what happens now: %v.", err)
	}
}

// historyMark returns what the status says of the history. The last status has
// it, unless this wake has added to the history or nothing was published yet.
func (w *wake) historyMark() (length int, sum string) {
	p := &w.past
	if p.known || w.History == nil {
		return p.length, p.sum
	}
	p.known = true
	if data, err := w.Board.Read(); err == nil {
		if p.length, p.sum = statusfile.HistoryIn(data); p.sum != "" {
			return p.length, p.sum
		}
	}
	if data, err := w.History.Read(); err == nil {
		p.length, p.sum = history.Last(data)
	}
	return p.length, p.sum
}

// clear takes away what the job has kept, but for what an administrator has set
// and, with KeepHistory, the history.
func (w *wake) clear(ctx context.Context) error {
	var err error
	if w.History != nil && !w.s.Settings.KeepHistory {
		err = w.History.Remove()
	}
	return errors.Join(err, w.Store.Clear(ctx))
}
