package simmac

import (
	"time"

	"installordefer/internal/clock"
	"installordefer/prompt"
)

// A Showing is a helper with one dialog on the screen: the helper's side of
// the line protocol, and the person before it.
type Showing struct {
	// Dialog is what the helper was given.
	Dialog prompt.Dialog

	m       *Mac
	session *session
	opened  clock.Moment
	timeout *occurrence // when the dialog ends by itself
	next    *occurrence // when the person acts
	frozen  bool
	sight   prompt.Sight // what the helper has said last
	shownAt clock.Moment // when it first said that its dialog is seen
	fault   FaultKind    // why it never shows its dialog
	opening bool         // it has not brought its dialog to the screen yet
	// observed is true where a real helper shows the dialog.
	observed bool
	ended    bool
	line     []byte // all that the helper wrote
	code     int    // its exit code, -1 when it was killed
	endedAt  clock.Moment
	turn     func() // called when the helper ends or is stopped
}

// Show starts the helper in the session of the person with this UID and gives
// it the line that opens a dialog. Turn, which may be nil, is called when the
// helper ends or is stopped. Show returns nil when the helper cannot reach the
// screen; its exit code is then prompt.ExitNone.
func (m *Mac) Show(uid int, line []byte, turn func()) *Showing {
	w := m.open(uid, line, turn)
	switch {
	case w == nil:
	case w.fault == "" && m.facts.Quirks.SlowDialogs:
		m.schedule(m.now+slowDialog, w.opens)
	case w.fault == "":
		w.appears()
	case w.fault == HangsInside:
		w.countTo(w.Dialog.Limit())
	}
	return w
}

// Observe is Show for a real helper, with a real person before it: the model
// only keeps the journal, until Report. Installing in Software Update is still
// done by the people of the model.
func (m *Mac) Observe(uid int, line []byte, turn func()) *Showing {
	w := m.open(uid, line, turn)
	if w != nil {
		if w.fault == "" {
			w.shows()
		}
		w.observed = true
		if w.Dialog.Kind == prompt.InstallNow {
			w.installInSettings()
		}
	}
	return w
}

// open brings a dialog to the screen.
func (m *Mac) open(uid int, line []byte, turn func()) *Showing {
	s := m.sessionOf(uid)
	d, err := prompt.DecodeDialog(line)
	if s == nil || !s.onConsole || err != nil {
		return nil
	}
	if s.window != nil {
		// A second helper: the one on the screen stays, in the background.
		m.noteName(FactChanged, string(d.Kind), "A second dialog is opened over the first.")
	}
	w := &Showing{m: m, Dialog: d, session: s, opened: m.Now(), turn: turn}
	s.window = w
	if f := m.fault([]string{HelperProgram, string(d.Kind)}); f != nil && (f.Kind == HangsAtStart || f.Kind == HangsInside) {
		w.fault = f.Kind
	}
	w.opening = true
	w.look()
	return w
}

// slowDialog is how long a dialog takes to come up on a Mac of slow dialogs.
const slowDialog = 3 * time.Second

// opens brings the dialog to the screen once the helper has had its time for it.
func (w *Showing) opens() {
	switch {
	case w.ended || w.frozen:
	case w.m.asleep:
		w.m.schedule(w.m.now+time.Second, w.opens)
	default:
		w.appears()
		if w.turn != nil {
			w.turn()
		}
	}
}

// appears is the dialog coming to the screen, before the person.
func (w *Showing) appears() {
	w.shows()
	w.countTo(w.Dialog.Limit())
	w.person()
}

// shows brings the dialog to the screen.
func (w *Showing) shows() {
	w.opening = false
	w.look()
	w.m.record(Event{Kind: DialogShown, Name: string(w.Dialog.Kind), Text: w.Page().Heading, Dialog: &w.Dialog})
}

// Report tells how a real helper ended.
func (w *Showing) Report(line []byte, code int) {
	text := "The helper ended without an answer."
	a := prompt.JudgeAnswer(w.Dialog, line, code, time.Hour)
	switch a.Result {
	case prompt.ResultRun:
		text = "The person clicks " + w.runLabel() + "."
	case prompt.ResultDefer:
		text = "The person defers until " + w.Dialog.Choices[a.Choice].Until.Format("Mon 15:04") + "."
	case prompt.ResultTimeout:
		text = "The dialog's time is over."
	case prompt.ResultPassword:
		text = "The person types a password."
		a.Secret.Wipe()
	case prompt.ResultCancel:
		text = "The person gives no password."
	case prompt.ResultClosed:
		text = ""
	case prompt.ResultNone:
	}
	w.finish(line, code, text)
}

// Frozen tells whether somebody has stopped the helper.
func (w *Showing) Frozen() bool { return w.frozen }

// countTo lets the dialog end by itself after d, counted on the continuous
// clock: at the end of a sleep where it would have been within it.
func (w *Showing) countTo(d time.Duration) {
	w.m.cancel(w.timeout)
	w.timeout = nil
	if d <= 0 {
		return
	}
	w.timeout = w.m.schedule(w.m.now+d, w.timeIsUp)
}

func (w *Showing) timeIsUp() {
	switch {
	case w.ended || w.frozen || w.observed:
	case w.m.asleep:
		w.timeout = w.m.schedule(w.m.now+time.Second, w.timeIsUp)
	default:
		w.answer(prompt.Answer{Result: prompt.ResultTimeout}, "The dialog's time is over.")
	}
}

// person plans what the person does.
func (w *Showing) person() {
	r := w.reaction()
	if r.Do == ActLastMoment {
		left := w.Dialog.Limit()
		if left <= 0 {
			return
		}
		// Sooner in the same second: scheduled at the same instant it would
		// come after the dialog's own end.
		r.After, r.Do = left-time.Millisecond, ActRun
	}
	if r.Do == ActNothing || r.Do == "" {
		if w.Dialog.Kind == prompt.InstallNow {
			w.installInSettings()
		}
		return
	}
	w.plan(r.After, func() { w.act(r) })
	if w.Dialog.Kind == prompt.InstallNow {
		w.installInSettings()
	}
}

// plan lets do happen after d, or as soon as the person is at the screen.
func (w *Showing) plan(d time.Duration, do func()) {
	w.next = w.m.schedule(w.m.now+d, func() {
		switch {
		case w.ended || w.frozen:
		case !w.m.seen(w.session):
			w.plan(time.Minute, do)
		default:
			do()
		}
	})
}

// Change gives the helper a line that changes the dialog.
func (w *Showing) Change(line []byte) {
	if w.ended || w.frozen {
		return
	}
	c, err := prompt.DecodeChange(line)
	if err != nil {
		return
	}
	if c.Progress != nil {
		w.Dialog.Progress = c.Progress
	}
	if w.m.Journal.Keeps(DialogChanged) {
		w.m.record(Event{Kind: DialogChanged, Name: string(w.Dialog.Kind), Change: &c})
	}
	if c.Countdown != nil && !w.observed {
		if *c.Countdown <= 0 {
			w.timeIsUp()
			return
		}
		w.countTo(*c.Countdown)
	}
}

// CloseInput ends the helper's standard input: it takes its dialog away.
func (w *Showing) CloseInput() {
	if !w.ended && !w.frozen && !w.observed {
		w.answer(prompt.Answer{Result: prompt.ResultClosed}, "")
	}
}

// Kill ends the helper by a signal.
func (w *Showing) Kill() { w.finish(nil, -1, "") }

// Ended tells whether the helper has ended and when, what it wrote and its exit
// code. The line is the caller's.
func (w *Showing) Ended() (line []byte, code int, at clock.Moment, ended bool) {
	return w.line, w.code, w.endedAt, w.ended
}

// answer ends the helper with an answer in the form that it should have.
func (w *Showing) answer(a prompt.Answer, text string) {
	line, code := prompt.EncodeAnswer(w.Dialog, a)
	w.finish(line, code, text)
}

// finish ends the helper. Text tells what the person did; it is empty where
// the dialog was only taken away.
func (w *Showing) finish(line []byte, code int, text string) {
	if w.ended {
		return
	}
	w.ended, w.line, w.code, w.endedAt = true, line, code, w.m.Now()
	w.m.cancel(w.timeout)
	w.m.cancel(w.next)
	if w.session.window == w {
		w.session.window = nil
	}
	if w.fault != "" || w.opening {
		text = ""
	}
	if text != "" {
		w.m.record(Event{Kind: Answered, Name: string(w.Dialog.Kind), Text: text, Code: code})
	}
	if w.fault == "" && !w.opening {
		w.m.noteName(DialogClosed, string(w.Dialog.Kind), "")
	}
	if w.turn != nil {
		w.turn()
	}
}

// endWindow ends the dialog of a session that ends.
func (s *session) endWindow() {
	if s.window != nil {
		// AppKit leaves with status 0 when its session is logged out.
		s.window.finish(nil, 0, "The session ends and takes the dialog with it.")
	}
}
